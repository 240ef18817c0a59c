"""How often a registry is asked: a token bucket each, and silence for as long as it wants (RFC 6585 section 4, RFC 9110 section 10.2.3).

The registries publish no rate that they allow everybody. The rates here are ours, chosen low, and LACNIC's lowest, since it is known to
answer that its limit is reached; the setting `rdap_rates` gives others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from herkomst.collectors.fetching import Unanswered
from herkomst.collectors.ip_ownership.registered import RegisteredNetwork
from herkomst.scanner.model.failure import FailureReason

IN_FLIGHT_PER_REGISTRY: Final = 4
FAILURES_BEFORE_SILENCE: Final = 3
SILENCE_S: Final = 60.0
"""For how long a registry is left alone after that many transport failures in a row."""
ANY_HOST: Final = "*"
_TRANSPORT = frozenset({FailureReason.TIMEOUT, FailureReason.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class RegistryLimit:
    """At most `per_s` questions a second at a host in the long run, and `burst` at once."""

    per_s: float
    burst: int

    def among(self, sharers: int) -> RegistryLimit:
        """Return the part of one of so many processes that share the limit."""
        return RegistryLimit(self.per_s / sharers, max(1, self.burst // sharers))


LIMITS: Final[Mapping[str, RegistryLimit]] = {
    "rdap.afrinic.net": RegistryLimit(2.0, 10),
    "rdap.apnic.net": RegistryLimit(5.0, 20),
    "rdap.arin.net": RegistryLimit(5.0, 20),
    "rdap.db.ripe.net": RegistryLimit(10.0, 20),
    "rdap.lacnic.net": RegistryLimit(1.0, 5),
    ANY_HOST: RegistryLimit(5.0, 20),
}


def find_limit(base: str, rates: Mapping[str, float]) -> RegistryLimit:
    """Return the limit of the registry at a base URL. `rates` are questions a second by host, from the settings; `*` is any other."""
    host = urlsplit(base).hostname or ""
    for name in (host, ANY_HOST):
        if name in rates:
            return RegistryLimit(rates[name], max(1, round(2 * rates[name])))
        if name in LIMITS and (name != ANY_HOST or ANY_HOST not in rates):
            return LIMITS[name]
    return LIMITS[ANY_HOST]


class TokenBucket:
    """Gives turns, as the generic cell rate algorithm counts them: one number instead of a count that has to be refilled."""

    def __init__(self, limit: RegistryLimit) -> None:
        self._interval_s = 1.0 / limit.per_s
        self._tolerance_s = (limit.burst - 1) * self._interval_s
        self._due = float("-inf")

    def wait_s(self, now: float) -> float:
        """Return after how many seconds the next turn would be."""
        return max(0.0, self._due - self._tolerance_s - now)

    def take(self, now: float) -> float:
        """Take the next turn; return after how many seconds it is."""
        wait_s = self.wait_s(now)
        self._due = max(self._due, now) + self._interval_s
        return wait_s


class RegistryState:
    """What is remembered of one registry during a run: its turns, its slots, and whether it is left alone."""

    def __init__(self, base: str, limit: RegistryLimit) -> None:
        self.base = base
        self.slots = asyncio.Semaphore(IN_FLIGHT_PER_REGISTRY)
        self._limit = limit
        self._bucket = TokenBucket(limit)
        self._failures = 0
        self._quiet_until = 0.0
        self._last: Unanswered | None = None

    def silence(self, now: float) -> Unanswered | None:
        """Return the failure that stands for an answer while the registry is left alone."""
        return self._last if now < self._quiet_until else None

    def keep_silent(self, why: Unanswered, until: float) -> None:
        """Leave the registry alone until an instant of the loop's clock."""
        self._last, self._quiet_until = why, until

    async def take_turn(self, longest_wait_s: float) -> Unanswered | None:
        """Wait for the next turn; where that takes too long, take none and return why."""
        now = asyncio.get_running_loop().time()
        wait_s = self._bucket.wait_s(now)
        if wait_s > longest_wait_s:
            detail = f"{self.base} is asked {self._limit.per_s:g} times a second: the turn would come in {wait_s:.0f} s"
            return Unanswered(FailureReason.THROTTLED, True, detail)
        self._bucket.take(now)
        if wait_s:
            await asyncio.sleep(wait_s)
        return None

    def note(self, answer: RegisteredNetwork | Unanswered, now: float) -> float:
        """Remember how a question went; return for how many seconds the registry is left alone from now on."""
        if isinstance(answer, RegisteredNetwork):
            self._failures = 0
            return 0.0
        self._failures = self._failures + 1 if answer.reason in _TRANSPORT else 0
        quiet_s = answer.quiet_s or (SILENCE_S if self._failures >= FAILURES_BEFORE_SILENCE else 0.0)
        if quiet_s:
            self.keep_silent(answer, now + quiet_s)
        return quiet_s
