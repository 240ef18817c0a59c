"""What the AWS tests share: moto over HTTP in a process of its own, an SDK that speaks to it, and the collector run by the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from herkomst.collectors.aws.collector import AwsCollector
from herkomst.collectors.resolution import NoReply, Reply
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.engine import Collected, Engine
from herkomst.scanner.model.claim import Asset, AssetKind
from herkomst.scanner.planning import plan_targets
from servers.aws_estate import CORE, Client, Collect, services_of

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)


class NoResolver:
    """The inside view asks no DNS."""

    async def ask(self, name: str, rdtype: str) -> Reply | NoReply:
        raise AssertionError((name, rdtype))

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(scope="session")
def aws_process() -> Iterator[AwsServer]:
    with AwsServer() as server:
        yield server


@pytest.fixture
def aws(aws_process: AwsServer, monkeypatch: pytest.MonkeyPatch) -> AwsServer:
    """An AWS without resources, to which the SDK's own settings lead."""
    aws_process.empty()
    for name, value in aws_process.environment.items():
        monkeypatch.setenv(name, value)
    return aws_process


@pytest.fixture
def client(aws: AwsServer) -> Client:
    """Make a client of a service, in Frankfurt unless told otherwise."""

    def make(service: str, region: str = "eu-central-1", **options: Any) -> Any:
        return boto3.client(service, region_name=region, **options)

    return make


@pytest.fixture
def collect(aws: AwsServer) -> Collect:
    """Run the real collector under the real engine on an account and all it leads to, for the services of these clients."""

    def run(account: str = ACCOUNT, deadline_s: float = 30.0, clients: Sequence[str] = CORE, **access: str) -> Collected:
        async def go() -> Collected:
            targets = plan_targets([Asset(AssetKind.AWS, account, tuple(access.items()))])
            async with Engine(
                [AwsCollector(deadline_s, services_of(*clients))], NoResolver(), "test", lambda: AT, deadline_s
            ) as engine:
                return await engine.collect(targets)

        return asyncio.run(go())

    return run
