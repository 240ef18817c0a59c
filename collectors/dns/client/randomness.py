"""Unpredictable octets from the operating system, fetched by the block: a system call for every query would cost more than the query."""

from __future__ import annotations

import os

BLOCK = 16384


class Randomness:
    """Hands out octets that nobody can foretell, each once."""

    __slots__ = ("_at", "_block")

    def __init__(self) -> None:
        self._block = b""
        self._at = 0

    def take(self, size: int) -> bytes:
        """Return `size` octets; at most a block."""
        at = self._at
        if at + size > len(self._block):
            self._block = os.urandom(BLOCK)
            at = 0
        self._at = at + size
        return self._block[at : at + size]
