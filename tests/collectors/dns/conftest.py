"""What the DNS tests share: asking and collecting through real sockets, with servers of `servers.scripted`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.dns.collector import DnsCollector
from herkomst.collectors.resolution import NoReply, Reply, Resolver
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.scanner.model.target import Target, TargetKind
from servers.scripted import Respond, ScriptedServer

Ask: TypeAlias = Callable[..., list[Reply | NoReply]]
Collect: TypeAlias = Callable[..., Findings]
QUICK = Settings(dns_timeout_s=5.0, dns_attempts=2, target_deadline_s=40.0, ask_parents=False)
"""The parents of zones are asked in `test_delegation.py` only: the servers here are resolvers."""


class TestLane:
    """A lane with a clock that stands still: what is observed must not depend on it."""

    __test__ = False
    vantage = "test"

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 10, tzinfo=UTC)

    async def run_blocking(self, function: Callable[..., object], *args: object) -> object:
        return await asyncio.to_thread(function, *args)


async def _addresses(stack: AsyncExitStack, servers: tuple[Respond | ScriptedServer | int, ...]) -> tuple[ResolverAddress, ...]:
    """Start what is not yet a port and return the addresses in the given order."""
    found = []
    for server in servers:
        if isinstance(server, int):
            found.append(ResolverAddress("127.0.0.1", server))
            continue
        started = server if isinstance(server, ScriptedServer) else ScriptedServer(server)
        await stack.enter_async_context(started)
        found.append(ResolverAddress(started.address, started.port))
    return tuple(found)


@pytest.fixture
def ask() -> Ask:
    """Ask questions, all at once, of the given servers (a responder, a scripted server, or the port of a running one)."""

    def run(
        *questions: tuple[str, str], servers: tuple[Respond | ScriptedServer | int, ...], **changes: object
    ) -> list[Reply | NoReply]:
        async def go() -> list[Reply | NoReply]:
            async with AsyncExitStack() as stack:
                settings = replace(QUICK, resolvers=await _addresses(stack, servers), **changes)  # type: ignore[arg-type]  # fields of Settings
                resolver = StubResolver.from_settings(settings)
                stack.push_async_callback(resolver.close)
                return list(await asyncio.gather(*(resolver.ask(name, rdtype) for name, rdtype in questions)))

        return asyncio.run(go())

    return run


@pytest.fixture
def collect() -> Collect:
    """Collect one target with the given servers as resolvers."""

    def run(
        value: str,
        kind: TargetKind = TargetKind.DOMAIN,
        *,
        servers: tuple[Respond | ScriptedServer | int, ...],
        **changes: object,
    ) -> Findings:
        async def go() -> Findings:
            async with AsyncExitStack() as stack:
                settings = replace(QUICK, resolvers=await _addresses(stack, servers), **changes)  # type: ignore[arg-type]  # fields of Settings
                resolver = StubResolver.from_settings(settings)
                stack.push_async_callback(resolver.close)
                return await DnsCollector.from_settings(settings).collect(Target(kind, value), TestLane(resolver))  # type: ignore[arg-type]  # has what the collector uses

        return asyncio.run(go())

    return run
