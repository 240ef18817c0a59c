"""How long to wait for a server before asking again, from how long it took before (RFC 6298, section 2).

A resolver answers from its cache in a millisecond and from far away in seconds, so giving up early would turn slow names into failures.
The estimate therefore only decides when the next attempt starts; the earlier query stays open and its answer is taken whenever it
comes, and the last attempt waits the whole configured time.
"""

from __future__ import annotations

FIRST_S = 1.0
"""Before anything was measured (RFC 6298 section 2.1)."""
SHORTEST_S = 0.2
"""Below this a busy resolver would be asked twice for nothing."""


class RoundTrip:
    """The smoothed round-trip time of one server and its variation."""

    __slots__ = ("_smoothed_s", "_variation_s", "longest_s")

    def __init__(self, longest_s: float) -> None:
        self.longest_s = longest_s
        self._smoothed_s = -1.0
        self._variation_s = 0.0

    def learn(self, took_s: float) -> None:
        """Take in one round trip."""
        if self._smoothed_s < 0:
            self._smoothed_s = took_s
            self._variation_s = took_s / 2
            return
        difference = took_s - self._smoothed_s
        self._smoothed_s += difference / 8
        self._variation_s += (abs(difference) - self._variation_s) / 4

    def timeout_s(self, attempt: int) -> float:
        """Return how long to wait before the attempt after this one (0 is the first): doubled for each (section 5.5), and bounded."""
        estimate = FIRST_S if self._smoothed_s < 0 else max(SHORTEST_S, self._smoothed_s + 4 * self._variation_s)
        return min(estimate * float(1 << attempt), self.longest_s)
