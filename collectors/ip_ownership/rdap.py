"""Asks the registries by RDAP (RFC 7480 to 9083), as few times as possible and no faster than they want.

An address inside a network that a registry returned before, in this run or in the last 30 days, costs no call. Addresses that are likely
to share a network wait for each other: those that one AS announces. Where a registry wants silence, or its turn would come too
late, the address carries that failure and is queued in the cache; the next run asks what is queued, beside its own questions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from herkomst.collectors.fetching import Fetcher, Unanswered
from herkomst.collectors.ip_ownership.network_cache import NetworkCache, Question
from herkomst.collectors.ip_ownership.rdap_bootstrap import Bootstrap, find_service
from herkomst.collectors.ip_ownership.rdap_document import read_reply
from herkomst.collectors.ip_ownership.registered import NetworkMemory, RegisteredNetwork
from herkomst.collectors.ip_ownership.registry_limits import RegistryState, find_limit
from herkomst.config.tables.rows import format_address
from herkomst.scanner.model.failure import FailureReason

__all__ = ["RdapClient", "Unanswered"]

LONGEST_WAIT_S = 20.0
"""For how long a question waits for its turn at a registry; one that would wait longer is queued."""
MAX_RESUMED = 2_000
"""Queued questions that one run asks."""
MAX_ASKED_AGAIN = 100
"""Questions of one run inside allocations that are known already; then the allocation answers for what the same AS announces in it."""


class RdapClient:
    """Finds the registered network of an address. One a run; `close` it.

    `cache` is the folder of the file that lasts between runs, None for no such file; `rates` are questions a second by registry host.
    """

    def __init__(
        self,
        bootstrap: str,
        timeout_s: float,
        *,
        cache: Path | None = None,
        rates: Mapping[str, float] | None = None,
        longest_wait_s: float = LONGEST_WAIT_S,
        sharers: int = 1,
    ) -> None:
        self._fetcher = Fetcher(bootstrap, timeout_s)
        self._bootstrap = Bootstrap(bootstrap, self._fetcher)
        self._memory = NetworkMemory()
        self._cache = NetworkCache(cache, bootstrap)
        self._rates = rates or {}
        self._sharers = sharers
        self._longest_wait_s = longest_wait_s
        self._registries: dict[str, RegistryState] = {}
        self._silences: dict[str, float] = {}
        self._queues: dict[tuple[int, str], asyncio.Lock] = {}
        self._asked_again = 0
        self.resuming: asyncio.Task[None] | None = None
        """The questions that earlier runs left, being asked; None before the first question of this run."""

    async def find(self, version: int, number: int, now: datetime, origin: str = "") -> RegisteredNetwork | Unanswered:
        """Return the registered network that holds an address, or why it is not known.

        `origin` is anything that says who announces the address. A registry that knows no such network gives one without prefixes and
        holder, which is an answer.
        """
        if self.resuming is None:
            self._open(now)
        return await self._find(Question(version, number, origin), now)

    async def close(self) -> None:
        """Close the connections and the cache."""
        if self.resuming is not None:
            self.resuming.cancel()
            await asyncio.gather(self.resuming, return_exceptions=True)
        await self._fetcher.close()
        self._cache.close()

    def _open(self, now: datetime) -> None:
        self._cache.open(self._memory, now)
        self._silences = self._cache.silences(now)
        self.resuming = asyncio.create_task(self._resume(now))

    async def _resume(self, now: datetime) -> None:
        """Ask what earlier runs had to leave, one after the other: their own questions keep most of the turns."""
        for question in self._cache.questions(MAX_RESUMED):
            found = await self._find(question, now)
            if isinstance(found, RegisteredNetwork) or not found.retryable:
                self._cache.settle(question.version, question.number)

    async def _find(self, question: Question, now: datetime) -> RegisteredNetwork | Unanswered:
        known = self._recall(question)
        if known is not None:
            return known
        services = await self._bootstrap.services(question.version)
        if isinstance(services, Unanswered):
            return services
        service = find_service(services, question.number)
        if service is None:
            return _nobodys(question, now)
        shared = question.origin or question.neighbourhood
        async with self._queues.setdefault((question.version, shared), asyncio.Lock()):
            return self._recall(question) or await self._ask(self._registry(service.base), question, now)

    def _recall(self, question: Question) -> RegisteredNetwork | None:
        """Return the network that is known to hold an address, if there is none to ask for inside it.

        Inside an allocation there may be an assignment to somebody else, most likely in another neighbourhood. That is asked for while
        the run is small; what other AS announce there is always asked for.
        """
        remembered = self._memory.find(question.version, question.number, question.origin)
        if remembered is None:
            return None
        asked_for = remembered.asked_for
        if asked_for is not None and question.neighbourhood not in asked_for and self._asked_again < MAX_ASKED_AGAIN:
            return None
        return self._cache.read(remembered)

    def _registry(self, base: str) -> RegistryState:
        registry = self._registries.get(base)
        if registry is None:
            registry = self._registries[base] = RegistryState(base, find_limit(base, self._rates).among(self._sharers))
            if base in self._silences:
                why = Unanswered(FailureReason.THROTTLED, True, f"{base} asked an earlier run to wait")
                registry.keep_silent(why, asyncio.get_running_loop().time() + self._silences[base])
        return registry

    async def _ask(self, registry: RegistryState, question: Question, now: datetime) -> RegisteredNetwork | Unanswered:
        time = asyncio.get_running_loop().time
        refused = registry.silence(time()) or await registry.take_turn(self._longest_wait_s)
        answer = refused or await self._ask_now(registry, question, now)
        if isinstance(answer, Unanswered):
            if answer.reason is FailureReason.THROTTLED:
                self._cache.queue(question, now)
            return answer
        self._cache.keep(self._memory.add(answer, question.origin, question.neighbourhood))
        self._cache.settle(question.version, question.number)
        return answer

    async def _ask_now(self, registry: RegistryState, question: Question, now: datetime) -> RegisteredNetwork | Unanswered:
        time = asyncio.get_running_loop().time
        async with registry.slots:
            known = self._recall(question) or registry.silence(time())
            if known is not None:
                return known
            self._asked_again += self._memory.find(question.version, question.number, question.origin) is not None
            reply = await self._fetcher.get(f"{registry.base}ip/{format_address(question.version, question.number)}")
            if isinstance(reply, Unanswered):
                answer: RegisteredNetwork | Unanswered = reply
            else:
                answer = read_reply(reply, question.version, question.number, now)
            quiet_s = registry.note(answer, time())
        if quiet_s and isinstance(answer, Unanswered) and answer.quiet_s:
            self._cache.keep_silence(registry.base, now + timedelta(seconds=quiet_s))
        return answer


def _nobodys(question: Question, now: datetime) -> RegisteredNetwork:
    """Return IANA's "none": no registry is responsible for the address."""
    version, number = question.version, question.number
    return RegisteredNetwork(version, number, number, (), "", "", None, None, None, "iana", None, b"{}", answered_at=now)
