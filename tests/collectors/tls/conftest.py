"""What the tests of the TLS collector share: an authority, servers with its certificates, and names that lead to them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import trustme
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.tls.collector import TlsCollector
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.lab.dns_server import DnsServer
from herkomst.lab.dns_zones import Behaviour, Zone, Zones
from herkomst.lab.laboratory import serving
from herkomst.lab.loop_thread import LoopThread
from herkomst.scanner.model.target import Target, TargetKind
from servers.tls import Server, Servers, run_servers

T = TypeVar("T")
NAME = "voorbeeld.example"
LOOPBACK = "127.0.0.1"
AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
Records = dict[str, tuple[str, ...]]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Zegelhuis B.V.")


@pytest.fixture(scope="session")
def authorities(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("authorities") / "authorities.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def servers() -> Iterator[Servers]:
    with run_servers() as running:
        yield running


def context_of(issued: trustme.LeafCert) -> ssl.SSLContext:
    """Return the settings of a server that shows a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    return context


class Lane:
    """A lane as the engine gives one, with a clock that stands still."""

    vantage = "test"

    def __init__(self, resolver: StubResolver) -> None:
        self.resolver = resolver

    def now(self) -> datetime:
        return AT

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        return function(*args)


@dataclass
class Look:
    """Collects about a name whose addresses a real DNS server gives, as the settings say."""

    stack: ExitStack
    settings: Settings

    def __call__(
        self,
        server: Server | int,
        *addresses: str,
        name: str = NAME,
        records: Records | None = None,
        behaviours: dict[tuple[str, str], Behaviour] | None = None,
        **changes: Any,
    ) -> Findings:
        port = server if isinstance(server, int) else server.port
        settings = self.asking(records or {name: addresses or (LOOPBACK,)}, behaviours)
        return self.collect(replace(settings, tls_port=port, **changes), name)[0]

    def asking(self, records: Records, behaviours: dict[tuple[str, str], Behaviour] | None = None) -> Settings:
        """Serve the addresses of names until the end of the test; return the settings that ask for them there."""
        zone = Zone("")
        for owner, values in records.items():
            for rdtype, mark in (("A", "."), ("AAAA", ":")):
                listed = [value for value in values if mark in value and (mark == ":") is (":" in value)]
                if listed:
                    zone.add(owner, rdtype, *listed)
        dns = DnsServer(Zones([zone], behaviours))
        self.stack.enter_context(serving(self.stack.enter_context(LoopThread("dns")), dns))
        return replace(self.settings, resolvers=(ResolverAddress(LOOPBACK, dns.port),))

    def collect(self, settings: Settings, *names: str) -> list[Findings]:
        """Collect about several names at once, with one collector."""
        return asyncio.run(self._collect(settings, names))

    async def _collect(self, settings: Settings, names: tuple[str, ...]) -> list[Findings]:
        resolver = StubResolver.from_settings(settings)
        collector = TlsCollector.from_settings(settings)
        targets = [Target(TargetKind.DOMAIN, name) for name in names]
        try:
            return await asyncio.gather(*(collector.collect(target, Lane(resolver)) for target in targets))
        finally:
            await collector.close()
            await resolver.close()


@pytest.fixture
def look(authorities: Path) -> Iterator[Look]:
    settings = Settings(
        tls_authorities=authorities, tls_timeout_s=20.0, connect_to_special_addresses=True, dns_timeout_s=5.0, dns_attempts=1
    )
    with ExitStack() as stack:
        yield Look(stack, settings)
