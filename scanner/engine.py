"""The engine: asks every collector about every target, follows leads to a fixpoint, and turns whatever goes wrong into failures.

Every target that is not asked in the end, for whatever reason, leaves a failure for each kind it would have given: nothing is
silently missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from herkomst.collectors.base import Collector, Findings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.target import Target

T = TypeVar("T")
MAX_DEPTH = 4
"""A declared name, its mail host, the host's address, the address's name: leads beyond this are not followed."""
LANE_THREADS = 16

Sink = Callable[[Target, str, Findings, datetime], None]
"""Called once for each collector and target, as soon as its findings are in: what it stored is safe from then on."""


@dataclass
class Progress:
    """How far a run is; `on_change` is called after each step."""

    found: int = 0
    done: int = 0
    failed: int = 0
    on_change: Callable[[Progress], None] | None = None

    def step(self, *, found: int = 0, done: int = 0, failed: int = 0) -> None:
        """Count, and tell."""
        self.found += found
        self.done += done
        self.failed += failed
        if self.on_change is not None:
            self.on_change(self)


@dataclass(frozen=True)
class Collected:
    """What was collected about some targets and their leads; `complete` is false where the run was stopped."""

    observations: tuple[Observation, ...]
    failures: tuple[Failure, ...]
    complete: bool


class EngineLane:
    """What a collector gets for one target (`herkomst.collectors.base.Lane`)."""

    def __init__(self, vantage: str, now: Callable[[], datetime], threads: ThreadPoolExecutor) -> None:
        self._vantage = vantage
        self._now = now
        self._threads = threads

    @property
    def vantage(self) -> str:
        """The label of the place from where the scan looks."""
        return self._vantage

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        return self._now()

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking call in a thread of the engine's pool."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


@dataclass
class _Batch:
    """The state of one call of `collect`."""

    seen: set[Target] = field(default_factory=set)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    observations: dict[str, Observation] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)


class Engine:
    """Runs the collectors of one run. Use it as an async context manager."""

    def __init__(
        self,
        collectors: Sequence[Collector],
        vantage: str,
        now: Callable[[], datetime],
        deadline_s: float,
        sink: Sink | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._collectors = tuple(collectors)
        self._now = now
        self._deadline_s = deadline_s
        self._sink = sink
        self.progress = progress or Progress()
        self._threads = ThreadPoolExecutor(LANE_THREADS, thread_name_prefix="lane")
        self._lane = EngineLane(vantage, now, self._threads)
        self._slots = {collector.name: asyncio.Semaphore(collector.concurrency) for collector in self._collectors}
        self._stopped = False

    async def __aenter__(self) -> Engine:
        return self

    async def __aexit__(self, *_: object) -> None:
        for collector in self._collectors:
            await collector.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def stopped(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stopped

    def stop(self) -> None:
        """Ask nothing more; what was collected stays, and what was not is a failure."""
        self._stopped = True

    async def collect(self, targets: Iterable[Target]) -> Collected:
        """Ask about the targets and everything they lead to."""
        batch = _Batch()
        for target in targets:
            self._add(batch, target, 0)
        while batch.tasks:
            done, _ = await asyncio.wait(batch.tasks, return_when=asyncio.FIRST_COMPLETED)
            batch.tasks -= done  # never replaced: the visits that ran meanwhile have added their leads to it
            for task in done:
                task.result()  # a defect of the engine itself ends the run
        return Collected(tuple(batch.observations.values()), tuple(batch.failures.values()), not self._stopped)

    def _add(self, batch: _Batch, target: Target, depth: int) -> None:
        if target in batch.seen:
            return
        batch.seen.add(target)
        for collector in self._collectors:
            if target.kind in collector.accepts:
                self.progress.step(found=1)
                batch.tasks.add(asyncio.create_task(self._visit(batch, collector, target, depth)))

    async def _visit(self, batch: _Batch, collector: Collector, target: Target, depth: int) -> None:
        async with self._slots[collector.name]:
            findings = await self._ask(collector, target)
        if self._sink is not None:
            self._sink(target, collector.name, findings, self._now())
        batch.observations.update((observation.id, observation) for observation in findings.observations)
        batch.failures.update((failure.id, failure) for failure in findings.failures)
        self.progress.step(done=1, failed=bool(findings.failures))
        for lead in findings.leads:
            if depth + 1 < MAX_DEPTH:
                self._add(batch, lead, depth + 1)
            else:
                self._leave_out(batch, lead)

    def _leave_out(self, batch: _Batch, lead: Target) -> None:
        """A lead beyond the depth is not followed: for each collector that would have asked, that is a failure."""
        if lead in batch.seen:
            return
        for collector in self._collectors:
            if lead.kind in collector.accepts:
                failures = _for_all_kinds(collector, lead, FailureReason.TOO_DEEP, "beyond the depth of leads", retryable=False)
                batch.failures.update((failure.id, failure) for failure in failures)

    async def _ask(self, collector: Collector, target: Target) -> Findings:
        if self._stopped:
            return Findings(failures=_for_all_kinds(collector, target, FailureReason.CANCELLED, "the run was stopped"))
        try:
            async with asyncio.timeout(self._deadline_s):
                return await collector.collect(target, self._lane)
        except TimeoutError:
            return Findings(failures=_for_all_kinds(collector, target, FailureReason.TIMEOUT, "the target's deadline passed"))
        except Exception as error:  # noqa: BLE001 - the one place: a defect of one collector must not lose the others' work
            detail = f"{type(error).__name__}: {error}"
            return Findings(failures=_for_all_kinds(collector, target, FailureReason.INTERNAL, detail, retryable=False))


def _for_all_kinds(
    collector: Collector, target: Target, reason: FailureReason, detail: str, *, retryable: bool = True
) -> tuple[Failure, ...]:
    kinds = sorted(collector.provides - collector.not_asked())
    return tuple(Failure(collector.name, target.value, kind, reason, retryable, "", detail) for kind in kinds)
