"""A scan in parts: assets explored many at a time, and the systems whose assets are done put together, so that memory stays flat."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from herkomst.collectors.base import Findings
from herkomst.scanner.engine import Collected, Engine
from herkomst.scanner.errors import StoreError
from herkomst.scanner.model.claim import Asset, Organisation, System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.kubernetes import explored_assets
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.run import Run, RunResult, pictures_by_subject
from herkomst.scanner.planning import plan_targets

if TYPE_CHECKING:
    from datetime import datetime

    from herkomst.scanner.model.target import Target
    from herkomst.scanner.store import Store

Declared: TypeAlias = "tuple[Organisation, Asset]"
WINDOW = 256
"""Assets in hand at once. One that is slow holds back the results of those behind it, not their questions, until this many wait."""
PART_ASSETS = 256
"""A part is handed on once it holds so many assets, or more where one system has more."""
WRITE_VISITS = 128
WRITE_AFTER_S = 1.0
"""Visits are written together, so many or after so long: that is what a kill can lose."""


@dataclass(frozen=True)
class Part(RunResult):
    """Some systems of a run with all that is known of them; `declared` has the pictures by organisation and asset."""

    declared: dict[Declared, Picture] = field(default_factory=dict)


async def explore(engine: Engine, assets: Sequence[Declared]) -> AsyncGenerator[tuple[Declared, Collected], None]:
    """Yield every asset with what was collected about it and all it leads to, in the order given."""
    waiting: deque[tuple[Declared, asyncio.Task[Collected]]] = deque()
    todo = iter(assets)
    try:
        while True:
            while len(waiting) < WINDOW and (declared := next(todo, None)) is not None:
                waiting.append((declared, asyncio.create_task(engine.collect(plan_targets(declared[1:])))))
            if not waiting:
                return
            await waiting[0][1]
            declared, explored = waiting.popleft()
            yield declared, explored.result()
    finally:
        for _, task in waiting:
            task.cancel()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)


class PartBuilder:
    """Gathers pictures until the systems that declare them are complete. A picture is let go when no system to come needs it."""

    def __init__(self, systems: Sequence[System]) -> None:
        self._systems = deque(systems)
        self._uses = Counter(key for system in systems for key in _keys(system))
        self._pictures: dict[Declared, Picture] = {}
        self._observations: dict[str, Observation] = {}
        self._failures: dict[Failure, None] = {}
        self._fresh = 0

    @property
    def is_full(self) -> bool:
        """Whether there is enough for a part, and a system that is complete."""
        return self._fresh >= PART_ASSETS and bool(self._systems) and self._is_complete(self._systems[0])

    @property
    def kept(self) -> int:
        """How many pictures are held for systems to come."""
        return len(self._pictures)

    def add(self, organisation: Organisation, asset: Asset, picture: Picture, collected: Collected) -> None:
        """Take in one asset."""
        self._fresh += 1
        self._pictures[organisation, asset] = picture
        self._observations.update((observation.id, observation) for observation in collected.observations)
        self._failures.update(dict.fromkeys(collected.failures))

    def take(self, run: Run) -> Part:
        """Return the systems that are complete, and forget them."""
        systems: list[System] = []
        while self._systems and self._is_complete(self._systems[0]):
            systems.append(self._systems.popleft())
        declared = {key: self._pictures[key] for system in systems for key in _keys(system)}
        part = Part(
            run,
            tuple(systems),
            (),
            pictures_by_subject(declared.values()),
            tuple(self._failures),
            self._observations,
            declared=declared,
        )
        for system in systems:
            for key in _keys(system):
                self._uses[key] -= 1
                if not self._uses[key]:
                    self._pictures.pop(key, None)
                    del self._uses[key]
        self._observations, self._failures, self._fresh = {}, {}, 0
        return part

    def _is_complete(self, system: System) -> bool:
        return all(key in self._pictures for key in _keys(system))


def _keys(system: System) -> dict[Declared, None]:
    return dict.fromkeys((system.organisation, asset) for asset in explored_assets(system))


class VisitWriter:
    """Writes visits to the store, several in a transaction, none later than `WRITE_AFTER_S`."""

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._waiting: list[tuple[Target, str, Findings, datetime]] = []
        self._refused: StoreError | None = None

    def add(self, target: Target, collector: str, findings: Findings, at: datetime) -> None:
        """Take in a visit; raises StoreError where an earlier one could not be written, so that the run ends."""
        self._waiting.append((target, collector, findings, at))
        if len(self._waiting) >= WRITE_VISITS or self._refused is not None:
            self.flush()
        elif len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(WRITE_AFTER_S, self._flush_late)

    def flush(self) -> None:
        """Write what waits."""
        from herkomst.scanner.store import Visit  # with the database's library, which only a run with a store needs

        if self._refused is not None:
            raise self._refused
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._store.save_many(self._run_id, [Visit(*visit) for visit in waiting])

    def _flush_late(self) -> None:
        try:
            self.flush()
        except StoreError as error:
            self._refused = error  # nobody hears an exception of a timer: the next visit, or the end of the part, raises it
