"""A large scan spread over processes: shards of systems, each scanned in one of a few processes.

Every process has a resolver client, a catalogue and a connection to the store of its own, and an equal share of the limits, so that a
server gets no more questions than from one process. Results come back in the order of the systems.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections import deque
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Event
from typing import Any, TypeAlias

from herkomst.config.settings import Settings
from herkomst.scanner.halt import Halt
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.run import Run
from herkomst.scanner.parts import Part

SHARD_SYSTEMS = 250
"""So many systems cost a process a fraction of a second, beside which starting a shard costs a few milliseconds."""
SHARDS_AHEAD = 2
"""Shards handed out for each process: one in hand and one waiting, so that none is idle and the results in memory are few."""
HALT_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Shard:
    """What a process needs for one shard; `store` is empty where nothing is kept."""

    settings: Settings
    store: str
    run: Run
    systems: tuple[System, ...]
    resumes: str | None
    shared_accounts: frozenset[str] = frozenset()
    """Cloud accounts that several systems of the run declare, in whichever shard."""


Work: TypeAlias = "Callable[[Shard, Halt], Coroutine[Any, Any, list[Part]]]"


async def run_shards(work: Work, shards: Iterator[Shard], processes: int, halt: Halt) -> AsyncGenerator[list[Part], None]:
    """Yield the parts of each shard, in order; after a halt, those of the shards that were handed out.

    `work` is a function of a module, which the processes import.
    """
    context = multiprocessing.get_context("spawn")  # a fork would copy a running loop and open sockets
    event = context.Event()
    halt.tell(event.set)
    handed: deque[asyncio.Future[list[Part]]] = deque()
    with ProcessPoolExecutor(processes, context, _begin_process, (event,)) as pool:
        try:
            while True:
                while len(handed) < processes * SHARDS_AHEAD and not halt.is_called and (shard := next(shards, None)):
                    handed.append(asyncio.wrap_future(pool.submit(_run, work, shard)))
                if not handed:
                    return
                yield await handed.popleft()
        finally:
            for waiting in handed:
                waiting.cancel()


def make_shards(whole: Shard, processes: int) -> Iterator[Shard]:
    """Yield the systems of `whole` in shards, each with an equal share of the limits."""
    share = replace(whole.settings, sharers=processes)
    for begin in range(0, len(whole.systems), SHARD_SYSTEMS):
        yield replace(whole, settings=share, systems=whole.systems[begin : begin + SHARD_SYSTEMS])


_halting: list[Event] = []
"""Of a worker process: the event that the first process sets."""


def _begin_process(event: Event) -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches every process of a terminal; the first one decides what it means
    _halting.append(event)


def _run(work: Work, shard: Shard) -> list[Part]:
    return asyncio.run(_run_watched(work, shard))


async def _run_watched(work: Work, shard: Shard) -> list[Part]:
    halt = Halt()
    watching = asyncio.create_task(_watch(halt))
    try:
        return await work(shard, halt)
    finally:
        watching.cancel()


async def _watch(halt: Halt) -> None:
    while not _halting[0].is_set():  # noqa: ASYNC110 - an event of another process cannot be awaited
        await asyncio.sleep(HALT_POLL_S)
    halt.call()
