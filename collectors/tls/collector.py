"""The TLS collector: which certificate a declared name and its `www` show at each of their addresses, and which names stand in it.

A certificate is asked for at the very address that was looked up, with the name as server name (RFC 6066 section 3). Addresses in
private, loopback and documentation networks are not connected to, so that a record cannot lead the scan into somebody's network.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from contextlib import closing
from functools import cached_property
from typing import ClassVar, Final, Self

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.resolution import NoReply
from herkomst.collectors.special_use import special_use_of
from herkomst.collectors.tls.address_limit import AddressLimit
from herkomst.collectors.tls.findings import COLLECTOR, KINDS, Visit
from herkomst.collectors.tls.handshake import look_at, make_contexts
from herkomst.config.settings import Breadth, Settings
from herkomst.scanner.model.breadth import IPV6_CERTIFICATES
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.names import MAX_NAME

MAX_ADDRESSES: Final = 8
"""Of a name, that are connected to: four of each version are common behind a CDN, and what is left out is told."""
AT_ONE_ADDRESS: Final = 16
"""Connections at once to one address, whatever the number of names that lead to it."""
DEADLINE_SHARE: Final = 0.9
"""Of the target's deadline: the rest is for returning what was collected before the engine ends the collector."""
_FAR_AWAY: Final = ("2001:db8::1", 443)
"""Nothing is sent there: it only shows whether this machine has a way to IPv6 addresses."""
Contexts = tuple[ssl.SSLContext, ssl.SSLContext]


class TlsCollector:
    """Looks at certificates, and sends nothing but the handshake."""

    name: ClassVar[str] = COLLECTOR
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.DOMAIN})
    provides: ClassVar[frozenset[str]] = frozenset(KINDS)
    concurrency: ClassVar[int] = 24
    """Times two names and eight addresses, the most connections that are open at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asks = settings.tls and not settings.offline and settings.breadth is Breadth.FULL
        self._limit = AddressLimit(AT_ONE_ADDRESS)
        self._deadline_s = settings.target_deadline_s * DEADLINE_SHARE

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run; opens nothing."""
        return cls(settings)

    def not_asked(self) -> frozenset[str]:
        """Everything where it is switched off, offline, or in a narrow run; else what this machine has no way to."""
        if not self._asks:
            return self.provides
        return frozenset() if self._reaches_ipv6 else frozenset({IPV6_CERTIFICATES})

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """Return nothing: the authorities that are trusted are this system's, and have no version."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Look at the certificates of one name and of its `www`; what cannot be seen is a failure."""
        visit = Visit(target.value, lane.vantage, lane.now(), self._settings.tls_port)
        if self._asks:
            end = asyncio.get_running_loop().time() + self._deadline_s
            names = [name for name in (target.value, f"www.{target.value}") if len(name) <= MAX_NAME]
            await asyncio.gather(*(self._look_at_name(name, visit, lane, end) for name in names))
        return visit.findings()

    async def close(self) -> None:
        """Release nothing: every connection was closed with its handshake."""

    @cached_property
    def _reaches_ipv6(self) -> bool:
        if self._settings.connect_to_special_addresses:
            return True  # those of this machine need no route
        try:
            with closing(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)) as probe:
                return probe.connect_ex(_FAR_AWAY) == 0
        except OSError:
            return False

    @cached_property
    def _contexts(self) -> Contexts | None:
        return make_contexts(self._settings.tls_authorities)

    async def _look_at_name(self, name: str, visit: Visit, lane: Lane, end: float) -> None:
        addresses = await self._addresses(name, visit, lane, end)
        contexts = self._contexts if addresses else None
        if addresses and contexts is None:
            detail = "this system has no certificate authorities: install its package of them, or set tls_authorities"
            visit.fail(name, "", FailureReason.NO_TABLE, retryable=False, detail=detail)
        elif contexts is not None:
            await asyncio.gather(*(self._look_at(address, name, contexts, visit, end) for address in addresses))

    async def _addresses(self, name: str, visit: Visit, lane: Lane, end: float) -> list[str]:
        """Return the addresses of a name that are to be connected to; every other one is a failure."""
        rdtypes = ("A", "AAAA") if self._reaches_ipv6 else ("A",)
        flights = [lane.resolver.ask(name, rdtype) for rdtype in rdtypes]
        found: set[str] = set()
        try:
            async with asyncio.timeout_at(end):
                for reply in [await flight for flight in flights]:
                    if isinstance(reply, NoReply):
                        visit.fail(name, reply.rdtype, reply.reason, retryable=reply.retryable, detail=reply.detail)
                    else:
                        found.update(reply.values)
        except TimeoutError:
            visit.fail(name, "", FailureReason.TIMEOUT, retryable=True, detail="the time for this target was up")
        public = self._without_special(sorted(found), name, visit)
        if len(public) > MAX_ADDRESSES:
            detail = f"{len(public) - MAX_ADDRESSES} of {len(public)} addresses were not connected to"
            visit.fail(name, "", FailureReason.TOO_LARGE, retryable=False, detail=detail)
        return public[:MAX_ADDRESSES]

    def _without_special(self, addresses: Iterable[str], name: str, visit: Visit) -> list[str]:
        public = []
        for address in addresses:
            use = special_use_of(address)
            if use is None or self._settings.connect_to_special_addresses:
                public.append(address)
            else:
                visit.fail(name, address, FailureReason.DENIED, retryable=False, detail=f"a {use} address is not connected to")
        return public

    async def _look_at(self, address: str, name: str, contexts: Contexts, visit: Visit, end: float) -> None:
        try:
            async with asyncio.timeout_at(end), self._limit.turn(address):
                look = await look_at(address, self._settings.tls_port, name, contexts, self._settings.tls_timeout_s)
        except TimeoutError:
            visit.fail(name, address, FailureReason.TIMEOUT, retryable=True, detail="the time for this target was up")
        else:
            visit.add(name, address, look)
