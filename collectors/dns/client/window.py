"""How many queries may be on their way to one server, from how long its answers take (the idea of TCP Vegas, Brakmo and Peterson 1995).

A server that is slower than we ask lets queries queue, and past some 200 datagrams its socket drops them without a word: what looks like
silence is our own doing, and asking again makes it worse. A queue shows in the round trips before anything is lost. Time-outs tell
nothing here: a domain whose name servers are dead has them too, and is no reason to ask about others more slowly.
"""

from __future__ import annotations

FIRST = 64.0
SMALLEST = 24.0
"""Enough to keep a server busy while answers travel and are read."""
SHORT_QUEUE, LONG_QUEUE = 48.0, 96.0
"""Queries that wait at the server, by our estimate: below the first the window grows, above the second it shrinks."""


class Window:
    """The number of queries that may be open, between `SMALLEST` and the largest that the settings allow."""

    __slots__ = ("_fastest_s", "_largest", "_smallest", "size")

    def __init__(self, largest: int) -> None:
        self._largest = float(max(1, largest))
        self._smallest = min(SMALLEST, self._largest)
        self.size = min(FIRST, self._largest)
        self._fastest_s = float("inf")

    def learn(self, took_s: float) -> None:
        """Take in one round trip: what it took longer than the fastest, it waited in a queue."""
        took_s = max(took_s, 1e-6)
        if took_s < self._fastest_s:
            self._fastest_s = took_s
        queued = self.size * (1 - self._fastest_s / took_s)
        if queued > LONG_QUEUE:
            self.size = max(self._smallest, self.size - 1)
        elif queued < SHORT_QUEUE:
            self.size = min(self._largest, self.size + 1)
