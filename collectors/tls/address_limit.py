"""How many connections one address gets at once: a server that holds thousands of names is no more burdened than by a browser or two."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class AddressLimit:
    """Gives turns at addresses; an address that nobody waits for is forgotten, so that memory stays flat."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._users: Counter[str] = Counter()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait for a turn at an address, and hold it until the end of the block."""
        turns = self._turns.setdefault(address, asyncio.Semaphore(self._at_once))
        self._users[address] += 1
        try:
            async with turns:
                yield
        finally:
            self._users[address] -= 1
            if not self._users[address]:
                del self._users[address], self._turns[address]
