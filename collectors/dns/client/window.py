"""How many queries may be on their way to one server at once: more while it keeps up, fewer when many go unanswered together.

A burst overflows the receive buffer of a small server, and what it drops looks like time-outs. Single losses say nothing, so unlike TCP
only a batch of time-outs at one moment counts as too much; a line that loses one packet in fifty keeps its speed.
"""

from __future__ import annotations

FIRST = 100
"""Small queries that fit the receive buffer that a socket has by default on Linux, with room to spare."""
FEWEST = 16
_GROWTH = 1 / 8
_SHARE, _BATCH = 1 / 16, 4


class Window:
    """`size` queries at once, at most `largest`."""

    __slots__ = ("_largest", "size")

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self.size: float = min(FIRST, largest)

    def answered(self) -> None:
        """Grow a little for an answer."""
        if self.size < self._largest:
            self.size = min(self._largest, self.size + _GROWTH)

    def timed_out(self, together: int) -> None:
        """Take in how many queries timed out at one moment."""
        if together > max(_BATCH, self.size * _SHARE):
            self.size = max(min(FEWEST, self._largest), self.size / 2)
