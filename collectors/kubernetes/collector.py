"""The collector for Kubernetes clusters: every kind of object that tells where workloads and data are, listed to its end.

The official client reaches the cluster; its calls run in the lane's threads. Nothing of it is imported before a cluster is asked about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from herkomst.collectors.base import Findings, Lane
from herkomst.config.settings import Settings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.kubernetes import (
    ALL,
    KubeCluster,
    KubeContexts,
    KubeCoverage,
    KubeObject,
    KubePods,
    address_in,
    read_scope,
)
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

if TYPE_CHECKING:
    from herkomst.collectors.kubernetes.inventory import KindFindings, Overview
    from herkomst.collectors.kubernetes.kind import Kind
    from herkomst.collectors.kubernetes.lists import Budget
    from herkomst.collectors.kubernetes.problems import Problem
    from herkomst.collectors.kubernetes.rights import Rights
    from kubernetes.client import ApiClient

DEADLINES = 10
"""A cluster may take so many of the run's deadlines for a target: 50,000 pods alone are 100 answers after one another."""
DEADLINE_SHARE = 0.9
"""Of that: the rest is for the call that has begun, and for returning what was collected."""
LISTS_AT_ONCE = 4
"""Lists that are read side by side: more would be a burden to the API server, and to our memory."""
EXTRA = "no Kubernetes client here; install the extra: pip install 'herkomst[kubernetes]'"
KINDS = frozenset({KubeCluster.kind, KubeContexts.kind, KubeCoverage.kind, KubeObject.kind, KubePods.kind})


class KubernetesCollector:
    """Reads clusters with the credentials that their users have (`KUBECONFIG`, a service account, a token file)."""

    name: ClassVar[str] = "kubernetes"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.KUBERNETES})
    provides: ClassVar[frozenset[str]] = KINDS
    concurrency: ClassVar[int] = 4

    def __init__(self, target_deadline_s: float, kinds: Sequence[Kind] = ()) -> None:
        self.deadline_s = target_deadline_s * DEADLINES
        self._kinds = tuple(kinds)

    @classmethod
    def from_settings(cls, settings: Settings) -> KubernetesCollector:
        """Make the collector for one run; opens nothing."""
        return cls(settings.target_deadline_s)

    def not_asked(self) -> frozenset[str]:
        """Nothing is switched off: a cluster that is declared is read."""
        return frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """No datasets: where regions lie is in the catalogue, which judging reads."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Read a cluster, or one namespace of it."""
        if find_spec("kubernetes") is None:
            return _all_failed(target, FailureReason.NOT_COLLECTED, EXTRA)
        from herkomst.collectors.kubernetes.access import NoAccess, open_client, read_access
        from herkomst.collectors.kubernetes.inventory import look_at
        from herkomst.collectors.kubernetes.lists import Budget
        from herkomst.collectors.kubernetes.problems import Refused

        if read_scope(target.value).cluster == ALL:
            return await self._list(target, lane)
        budget = Budget.of(self.deadline_s * DEADLINE_SHARE)
        try:
            client = await lane.run_blocking(open_client, read_access(target))
        except NoAccess as error:
            return _all_failed(target, FailureReason.DENIED, str(error))
        try:
            overview = await lane.run_blocking(look_at, client, budget)
            return await self._read(target, lane, client, overview, budget)
        except Refused as error:
            problem = error.problem
            return _all_failed(target, problem.reason, problem.detail, retryable=problem.retryable)
        finally:
            budget.is_halted.set()  # a thread that is still listing ends with its page
            client.rest_client.close()

    async def close(self) -> None:
        """Nothing is open between targets."""

    async def _list(self, target: Target, lane: Lane) -> Findings:
        """Lead to every context of the kubeconfig: each is a target of its own, and one that cannot be reached holds up none of the others."""
        from herkomst.collectors.kubernetes.access import NoAccess, list_contexts

        try:
            contexts = await lane.run_blocking(list_contexts)
        except NoAccess as error:
            return _all_failed(target, FailureReason.DENIED, str(error))
        scope = read_scope(target.value)
        leads = tuple(Target(TargetKind.KUBERNETES, replace(scope, cluster=context).read_as) for context in contexts)
        found = Observation(target.value, self.name, lane.vantage, lane.now(), KubeContexts(target.value, contexts))
        return Findings((found,), leads)

    async def _read(self, target: Target, lane: Lane, client: ApiClient, overview: Overview, budget: Budget) -> Findings:
        from herkomst.collectors.kubernetes.inventory import read_kind
        from herkomst.collectors.kubernetes.registry import KINDS as ALL
        from herkomst.collectors.kubernetes.rights import review_rights

        namespace, kinds = read_scope(target.value).namespace, self._kinds or ALL
        slots = asyncio.Semaphore(LISTS_AT_ONCE)

        async def read(kind: Kind) -> KindFindings:
            async with slots:
                return await lane.run_blocking(read_kind, client, target.value, namespace, kind, overview, budget)

        found = await asyncio.gather(*(read(kind) for kind in kinds))
        rights = await lane.run_blocking(review_rights, client, namespace, kinds, budget)
        contents: list[Content] = [_cluster(target, overview, kinds, rights)]
        failures: list[Failure] = []
        for kind, item in zip(kinds, found, strict=True):
            contents += (item.coverage, *item.contents)
            if item.problem is not None:
                content = KubePods.kind if kind.plural == "pods" and not kind.group else KubeObject.kind
                failures.append(_failure(target, content, item.problem, kind.resource, item.coverage.namespace))
        at = lane.now()
        observed = tuple(Observation(target.value, self.name, lane.vantage, at, content) for content in contents)
        return Findings(observed, leads_of(contents), tuple(failures))


def leads_of(contents: Iterable[Content]) -> tuple[Target, ...]:
    """Return the public addresses and load balancers' names of a cluster, to be asked about like any other address or host."""
    addresses: dict[str, None] = {}
    names: dict[str, None] = {}
    for content in contents:
        if isinstance(content, KubeObject):
            addresses.update(dict.fromkeys(content.addresses))
            addresses.update(dict.fromkeys(found for link in content.links if (found := address_in(link.target))))
            if content.resource == "services":
                names.update(dict.fromkeys(content.names))
    return (
        *(Target(TargetKind.ADDRESS, address) for address in addresses),
        *(Target(TargetKind.HOST, name) for name in names),
    )


def _cluster(target: Target, overview: Overview, kinds: Sequence[Kind], rights: Rights) -> KubeCluster:
    return KubeCluster(
        target.value,
        overview.server,
        overview.version,
        tuple(kind.question for kind in kinds),
        rights.missing,
        rights.beyond,
        rights.is_known,
        tuple(sorted(group for group in overview.groups if "." in group and not group.endswith(".k8s.io"))),
    )


def _failure(target: Target, kind: str, problem: Problem, resource: str, namespace: str) -> Failure:
    place = f"{resource} in {namespace}" if namespace else resource
    return Failure(
        KubernetesCollector.name, target.value, kind, problem.reason, problem.retryable, resource, f"{place}: {problem.detail}"
    )


def _all_failed(target: Target, reason: FailureReason, detail: str, *, retryable: bool = False) -> Findings:
    name = KubernetesCollector.name
    return Findings(failures=tuple(Failure(name, target.value, kind, reason, retryable, "", detail) for kind in sorted(KINDS)))
