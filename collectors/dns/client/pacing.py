"""A hard cap on the queries that one server address gets in any second (a generic cell rate algorithm, as ITU-T I.371 describes it)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

BURST_S = 0.05
"""How much of a second's allowance may be sent at once."""
JITTER_S = 0.05
"""How much closer together queries may arrive than they were sent, without the server counting more than the cap in a second."""


PER_SECOND = 500.0
"""What a resolver gets unless the settings say otherwise: public ones limit a client to hundreds or a thousand and some."""


def cap_of(address: str, per_second: float | None) -> float:
    """Return the cap of a server: the one that was set, else the usual one. A resolver of this machine is nobody else's: it has none."""
    if per_second is not None:
        return per_second
    return 0.0 if ipaddress.ip_address(address.partition("%")[0]).is_loopback else PER_SECOND


class Pacer:
    """Says when the next query may leave, so that no window of one second ever holds more than `per_second`; 0 is no cap.

    Queries are spaced evenly with a small burst. The spacing is `1 + BURST_S + JITTER_S` seconds divided by the cap, hence what is
    sent in the long run is nine tenths of it: the rest is the price of a promise that holds in every window, measured at the server.
    """

    __slots__ = ("_burst_s", "_next_at", "interval_s")

    def __init__(self, per_second: float) -> None:
        # a hair more, so that the window's two edges never both hold a query
        self.interval_s = (1 + BURST_S + JITTER_S) * 1.0001 / per_second if per_second > 0 else 0.0
        self._burst_s = BURST_S
        self._next_at = float("-inf")

    def wait_s(self, now: float) -> float:
        """Return how long to wait before a query may leave; 0 is at once."""
        return max(0.0, self._next_at - self._burst_s - now) if self.interval_s else 0.0

    def spend(self, now: float) -> None:
        """Count a query that leaves now."""
        if self.interval_s:
            self._next_at = max(now, self._next_at) + self.interval_s


class Pacers:
    """The pace of every address: one for each, whatever it is asked for, and on however many ports."""

    def __init__(self, cap_of: Callable[[str], float]) -> None:
        self._cap_of = cap_of
        self._pacers: dict[str, Pacer] = {}

    def of(self, address: str) -> Pacer:
        """Return the pace of an address."""
        pacer = self._pacers.get(address)
        if pacer is None:
            pacer = self._pacers[address] = Pacer(self._cap_of(address))
        return pacer
