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
from herkomst.collectors.resolution import Resolver
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.target import Target

T = TypeVar("T")
MAX_DEPTH = 4
"""A declared name, its mail host, the host's address, the address's name: leads beyond this are not followed."""
LANE_THREADS = 16
STOP_GRACE_S = 3.0
"""How long a stopped run waits for the answers to what it has asked already."""

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

    def __init__(self, vantage: str, resolver: Resolver, now: Callable[[], datetime], threads: ThreadPoolExecutor) -> None:
        self._vantage = vantage
        self._resolver = resolver
        self._now = now
        self._threads = threads

    @property
    def vantage(self) -> str:
        """The label of the place from where the scan looks."""
        return self._vantage

    @property
    def resolver(self) -> Resolver:
        """Who asks the DNS for every collector of the run."""
        return self._resolver

    def now(self) -> datetime:
        """The current instant, aware, UTC."""
        return self._now()

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking call in a thread of the engine's pool."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


@dataclass
class _Batch:
    """The state of one call of `collect`."""

    depths: dict[Target, int] = field(default_factory=dict)
    """By how few leads each target was reached so far."""
    leads: dict[Target, set[Target]] = field(default_factory=dict)
    left_out: set[Target] = field(default_factory=set)
    """Leads met beyond the depth, by one way at least."""
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    observations: dict[str, Observation] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)


class Engine:
    """Runs the collectors of one run. Use it as an async context manager."""

    def __init__(
        self,
        collectors: Sequence[Collector],
        resolver: Resolver,
        vantage: str,
        now: Callable[[], datetime],
        deadline_s: float,
        sink: Sink | None = None,
        progress: Progress | None = None,
        stop_grace_s: float = STOP_GRACE_S,
    ) -> None:
        self._collectors = tuple(collectors)
        self._resolver = resolver
        self._now = now
        self._deadline_s = deadline_s
        self._sink = sink
        self.progress = progress or Progress()
        self._stop_grace_s = stop_grace_s
        self._threads = ThreadPoolExecutor(LANE_THREADS, thread_name_prefix="lane")
        self._lane = EngineLane(vantage, resolver, now, self._threads)
        self._slots = {collector.name: asyncio.Semaphore(collector.concurrency) for collector in self._collectors}
        self._in_hand: set[asyncio.Timeout] = set()
        self._stopped = False

    async def __aenter__(self) -> Engine:
        return self

    async def __aexit__(self, *_: object) -> None:
        # one that cannot be closed has nothing more to give: it must not keep the others open, nor lose what was collected
        await asyncio.gather(
            *(collector.close() for collector in self._collectors), self._resolver.close(), return_exceptions=True
        )
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def stopped(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stopped

    def stop(self) -> None:
        """Ask nothing more; what was collected stays, what is in hand gets the grace, and the rest is a failure.

        To be called on the engine's loop.
        """
        self._stopped = True
        end = asyncio.get_running_loop().time() + self._stop_grace_s
        for limit in self._in_hand:
            when = limit.when()
            if not limit.expired() and (when is None or when > end):
                limit.reschedule(end)

    async def collect(self, targets: Iterable[Target]) -> Collected:
        """Ask about the targets and everything they lead to."""
        batch = _Batch()
        for target in targets:
            self._reach(batch, target, 0)
        try:
            while batch.tasks:
                done, _ = await asyncio.wait(batch.tasks, return_when=asyncio.FIRST_COMPLETED)
                batch.tasks -= done  # never replaced: the visits that ran meanwhile have added their leads to it
                for task in done:
                    task.result()  # a defect of the engine itself, or of the store, ends the run
        finally:
            for task in batch.tasks:
                task.cancel()
            await asyncio.gather(*batch.tasks, return_exceptions=True)
        self._fail_left_out(batch)
        return Collected(tuple(batch.observations.values()), tuple(batch.failures.values()), not self._stopped)

    def _reach(self, batch: _Batch, target: Target, depth: int) -> None:
        """Visit a target that is new; of one that is reached by a shorter way than before, reach the leads by it too.

        So what is asked is what the fewest leads reach, whichever answer came first.
        """
        known = batch.depths.get(target)
        if depth >= MAX_DEPTH:
            batch.left_out.add(target)
        elif known is None:
            batch.depths[target] = depth
            for collector in self._collectors:
                if target.kind in collector.accepts:
                    self.progress.step(found=1)
                    batch.tasks.add(asyncio.create_task(self._visit(batch, collector, target)))
        elif depth < known:
            batch.depths[target] = depth
            for lead in tuple(batch.leads.get(target, ())):
                self._reach(batch, lead, depth + 1)

    async def _visit(self, batch: _Batch, collector: Collector, target: Target) -> None:
        async with self._slots[collector.name]:
            if self._stopped:  # no visit: a resumed run asks it
                batch.failures.update(_by_id(_for_all_kinds(collector, target, FailureReason.CANCELLED, "the run was stopped")))
                self.progress.step(done=1, failed=1)
                return
            findings = await self._ask(collector, target)
        if self._sink is not None:
            self._sink(target, collector.name, findings, self._now())
        batch.observations.update((observation.id, observation) for observation in findings.observations)
        batch.failures.update(_by_id(findings.failures))
        self.progress.step(done=1, failed=bool(findings.failures))
        batch.leads.setdefault(target, set()).update(findings.leads)
        for lead in findings.leads:
            self._reach(batch, lead, batch.depths[target] + 1)

    def _fail_left_out(self, batch: _Batch) -> None:
        """A lead beyond the depth is not followed: for each collector that would have asked, that is a failure."""
        for lead in sorted(batch.left_out - batch.depths.keys()):
            for collector in self._collectors:
                if lead.kind in collector.accepts:
                    detail = "beyond the depth of leads"
                    batch.failures.update(
                        _by_id(_for_all_kinds(collector, lead, FailureReason.TOO_DEEP, detail, retryable=False))
                    )

    async def _ask(self, collector: Collector, target: Target) -> Findings:
        limit = asyncio.timeout(self._deadline_s)
        try:
            async with limit:
                self._in_hand.add(limit)
                return await collector.collect(target, self._lane)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return Findings(failures=_defect(collector, target, error))  # the collector's own, which nobody asked for
        except Exception as error:  # noqa: BLE001 - the one place: a defect of one collector must not lose the others' work
            if not limit.expired():
                return Findings(failures=_defect(collector, target, error))
            if self._stopped:
                return Findings(failures=_for_all_kinds(collector, target, FailureReason.CANCELLED, "the run was stopped"))
            return Findings(failures=_for_all_kinds(collector, target, FailureReason.TIMEOUT, "the target's deadline passed"))
        finally:
            self._in_hand.discard(limit)


def _by_id(failures: Iterable[Failure]) -> dict[str, Failure]:
    return {failure.id: failure for failure in failures}


def _defect(collector: Collector, target: Target, error: BaseException) -> tuple[Failure, ...]:
    return _for_all_kinds(collector, target, FailureReason.INTERNAL, f"{type(error).__name__}: {error}", retryable=False)


def _for_all_kinds(
    collector: Collector, target: Target, reason: FailureReason, detail: str, *, retryable: bool = True
) -> tuple[Failure, ...]:
    kinds = sorted(collector.provides - collector.not_asked())
    return tuple(Failure(collector.name, target.value, kind, reason, retryable, "", detail) for kind in kinds)
