"""What the tests of the collector share: a lane, and a cluster read from beginning to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.kubernetes.collector import KubernetesCollector
from herkomst.collectors.kubernetes.kind import Kind
from herkomst.collectors.resolution import Resolver
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.kubernetes import ClusterScope, KubeCluster, KubeCoverage, KubeObject, KubePods
from herkomst.scanner.model.observation import Content
from herkomst.scanner.model.target import Target, TargetKind
from servers.kubernetes_api import KubernetesApi

T = TypeVar("T")
C = TypeVar("C", bound=Content)


class ThreadLane:
    """A lane with threads of its own and a fixed clock; the collector asks no DNS."""

    vantage = "test"

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads = threads

    @property
    def resolver(self) -> Resolver:
        raise AssertionError("the collector for clusters asks no DNS")

    def now(self) -> datetime:
        return datetime(2026, 11, 27, tzinfo=UTC)

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


@dataclass(frozen=True)
class Read:
    """What reading a cluster gave."""

    findings: Findings

    def all(self, kind: type[C]) -> list[C]:
        return [item.content for item in self.findings.observations if isinstance(item.content, kind)]

    def objects(self, resource: str) -> list[KubeObject]:
        return [item for item in self.all(KubeObject) if item.resource == resource]

    @property
    def pods(self) -> list[KubePods]:
        return self.all(KubePods)

    @property
    def cluster(self) -> KubeCluster:
        (found,) = self.all(KubeCluster)
        return found

    @property
    def outcomes(self) -> dict[str, str]:
        return {row.resource: str(row.outcome) for row in self.all(KubeCoverage)}

    def counted(self, resource: str) -> int:
        (row,) = [row for row in self.all(KubeCoverage) if row.resource == resource]
        return row.objects

    @property
    def failures(self) -> dict[str, Failure]:
        return {failure.scope: failure for failure in self.findings.failures}


def read_target(target: Target, kinds: Sequence[Kind] = (), deadline_s: float = 30.0) -> Read:
    """Read a target with a collector of its own."""
    with ThreadPoolExecutor(8) as threads:
        lane = cast("Lane", ThreadLane(threads))
        return Read(asyncio.run(KubernetesCollector(deadline_s, kinds).collect(target, lane)))


def read_cluster(api: KubernetesApi, user: str = "admin", namespace: str = "", kinds: Sequence[Kind] = ()) -> Read:
    """Read a running cluster as one of its users."""
    access = (("server", api.server), ("token_file", str(api.token_file(user))), ("ca_file", str(api.ca_file)))
    return read_target(Target(TargetKind.KUBERNETES, str(ClusterScope("productie", namespace)), access), kinds)
