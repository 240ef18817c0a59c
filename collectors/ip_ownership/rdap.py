"""Asks the registries by RDAP (RFC 7480 to 9083), as few times as possible and no faster than they want.

An address inside a network that a registry returned before costs no call. Addresses that are likely to share a network wait for each
other: those in one range of one origin AS. A registry gets at most four questions at a time, and none for as long as it asked for silence.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict

from herkomst.collectors.fetching import Fetcher, Unanswered
from herkomst.collectors.ip_ownership.rdap_bootstrap import Bootstrap, find_service
from herkomst.collectors.ip_ownership.rdap_document import read_reply
from herkomst.collectors.ip_ownership.registered import NetworkMemory, RegisteredNetwork
from herkomst.config.tables.rows import format_address
from herkomst.scanner.model.failure import FailureReason

__all__ = ["RdapClient", "Unanswered"]

IN_FLIGHT_PER_REGISTRY = 4
FAILURES_BEFORE_SILENCE = 3
SILENCE_S = 60.0
"""For how long a registry is left alone after that many transport failures in a row."""
_TRANSPORT = frozenset({FailureReason.TIMEOUT, FailureReason.UNREACHABLE})
_SHARED_BITS = {4: 8, 6: 80}
"""Without a hint, addresses of one /24 or /48 wait for each other."""


class _Registry:
    """What is remembered of one registry during a run."""

    def __init__(self) -> None:
        self.slots = asyncio.Semaphore(IN_FLIGHT_PER_REGISTRY)
        self._failures = 0
        self._quiet_until = 0.0
        self._last: Unanswered | None = None

    def silence(self, now: float) -> Unanswered | None:
        """Return the failure that stands for an answer while the registry is left alone."""
        return self._last if now < self._quiet_until else None

    def note(self, answer: RegisteredNetwork | Unanswered, now: float) -> None:
        """Remember how a question went."""
        if isinstance(answer, RegisteredNetwork):
            self._failures = 0
            return
        self._failures = self._failures + 1 if answer.reason in _TRANSPORT else 0
        quiet_s = answer.quiet_s or (SILENCE_S if self._failures >= FAILURES_BEFORE_SILENCE else 0.0)
        if quiet_s:
            self._last, self._quiet_until = answer, now + quiet_s


class RdapClient:
    """Finds the registered network of an address. One a run; `close` it."""

    def __init__(self, bootstrap: str, timeout_s: float) -> None:
        self._fetcher = Fetcher(bootstrap, timeout_s)
        self._bootstrap = Bootstrap(bootstrap, self._fetcher)
        self._memory = NetworkMemory()
        self._registries: dict[str, _Registry] = defaultdict(_Registry)
        self._queues: dict[tuple[int, str | int], asyncio.Lock] = {}

    async def find(self, version: int, number: int, hint: str = "") -> RegisteredNetwork | Unanswered:
        """Return the registered network that holds an address, or why it is not known.

        `hint` is anything that addresses of one network are likely to share. A registry that knows no such network gives one without
        prefixes and holder, which is an answer.
        """
        known = self._memory.find(version, number)
        if known is not None:
            return known
        services = await self._bootstrap.services(version)
        if isinstance(services, Unanswered):
            return services
        service = find_service(services, number)
        if service is None:
            return RegisteredNetwork(version, number, number, (), "", "", None, None, None, "iana", None, b"{}")
        queue = self._queues.setdefault((version, hint or number >> _SHARED_BITS[version]), asyncio.Lock())
        async with queue:
            return await self._ask(service.base, version, number)

    async def close(self) -> None:
        """Close the connections."""
        await self._fetcher.close()

    async def _ask(self, base: str, version: int, number: int) -> RegisteredNetwork | Unanswered:
        registry = self._registries[base]
        now = asyncio.get_running_loop().time
        async with registry.slots:
            known = self._memory.find(version, number) or registry.silence(now())
            if known is not None:
                return known
            reply = await self._fetcher.get(f"{base}ip/{format_address(version, number)}")
            answer = reply if isinstance(reply, Unanswered) else read_reply(reply, version, number)
            registry.note(answer, now())
        if isinstance(answer, RegisteredNetwork):
            self._memory.add(answer)
        return answer
