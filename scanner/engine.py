"""The engine: asks every collector about every target, follows leads to a fixpoint, and turns whatever goes wrong into failures.

Every target that is not asked in the end, for whatever reason, leaves a failure for each kind it would have given: nothing is
silently missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from herkomst.collectors.base import Collector, Findings, Patient
from herkomst.collectors.resolution import Resolver
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.target import Target, TargetKind

T = TypeVar("T")
MAX_DEPTH = 4
"""A declared name, its mail host, the host's address, the address's name: leads beyond this are not followed."""
LANE_THREADS = 16
MAX_REMEMBERED = 4_000
"""Visits whose findings are kept for others that lead to the same target; some 5 kB each."""
STOP_GRACE_S = 3.0
"""How long a stopped run waits for the answers to what it has asked already."""

Sink = Callable[[Target, str, Findings, datetime], None]
"""Called once for each visit, as soon as its findings are in, with the raw answers; afterwards they are let go."""
Recall = Callable[[str, Target], Findings | None]
"""What a run that is resumed knows of a collector's visit to a target; None where it has to be asked."""


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
        recall: Recall | None = None,
    ) -> None:
        self._collectors = tuple(collectors)
        self._resolver = resolver
        self._now = now
        self._deadlines = {
            collector.name: collector.deadline_s if isinstance(collector, Patient) else deadline_s
            for collector in self._collectors
        }
        self._sink = sink
        self.progress = progress or Progress()
        self._stop_grace_s = stop_grace_s
        self._threads = ThreadPoolExecutor(LANE_THREADS, thread_name_prefix="lane")
        self._lane = EngineLane(vantage, resolver, now, self._threads)
        # one that has nothing left to ask makes no visits
        asking = [item for item in self._collectors if item.provides - item.not_asked()]
        self._by_kind = {kind: [item for item in asking if kind in item.accepts] for kind in TargetKind}
        self._visits: dict[tuple[str, Target], asyncio.Task[Findings]] = {}
        self._recall = recall
        self._slots = {collector.name: asyncio.Semaphore(collector.concurrency) for collector in self._collectors}
        self._in_hand: set[asyncio.Timeout] = set()
        self._stopped = False
        self._broken_by: Exception | None = None

    async def __aenter__(self) -> Engine:
        return self

    async def __aexit__(self, *_: object) -> None:
        for visit in self._visits.values():
            visit.cancel()
        await asyncio.gather(*self._visits.values(), return_exceptions=True)
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
        """Ask about the targets and everything they lead to, level by level, so that a target's depth is its shortest way.

        Any number of these may run at once: they share visits. A target that several of them reach is asked about once.
        """
        seen = dict.fromkeys(targets)
        level: Sequence[Target] = list(seen)
        observations: dict[str, Observation] = {}
        failures: dict[str, Failure] = {}
        for _ in range(MAX_DEPTH):
            visits = [(target, self._visit(collector, target)) for target in level for collector in self._by_kind[target.kind]]
            level = []
            for target, visit in visits:
                findings = visit.result() if visit.done() else await self._wait_for(visit)
                observations.update((observation.id, observation) for observation in findings.observations)
                failures.update((failure.id, failure) for failure in findings.failures)
                for found in findings.leads:
                    lead = replace(found, access=target.access) if target.access and not found.access else found
                    if lead not in seen:
                        seen[lead] = None
                        level.append(lead)
            if not level:
                break
        for lead in level:
            failures.update(self._too_deep(lead))
        return Collected(tuple(observations.values()), tuple(failures.values()), not self._stopped)

    async def _wait_for(self, visit: asyncio.Future[Findings]) -> Findings:
        try:
            return await asyncio.shield(visit)
        except asyncio.CancelledError:
            if self._broken_by is not None:
                raise self._broken_by from None
            raise

    def _break(self, error: Exception) -> None:
        """End every visit: what is found can no longer be kept, so nobody waits for the slowest."""
        self._broken_by = error
        current = asyncio.current_task()
        for visit in self._visits.values():
            if visit is not current:
                visit.cancel()

    def _visit(self, collector: Collector, target: Target) -> asyncio.Future[Findings]:
        """Begin a visit, or join the one that was begun before; the oldest finished ones are forgotten, so that memory stays flat."""
        key = (collector.name, target)
        visit = self._visits.pop(key, None)
        if visit is None:
            self.progress.step(found=1)
            visit = asyncio.create_task(self._perform(collector, target))
        self._visits[key] = visit  # now the newest: what many lead to is kept longest
        self._forget()
        return visit

    def _forget(self) -> None:
        while len(self._visits) > MAX_REMEMBERED:
            key = next(iter(self._visits))
            oldest = self._visits.pop(key)
            if not oldest.done():  # still waited for: it counts as new, and so do those behind it
                self._visits[key] = oldest
                return

    async def _perform(self, collector: Collector, target: Target) -> Findings:
        known = self._recall(collector.name, target) if self._recall is not None else None
        if known is not None:
            self.progress.step(done=1, failed=bool(known.failures))
            return known
        async with self._slots[collector.name]:
            if self._stopped:  # no visit: a resumed run asks it
                self.progress.step(done=1, failed=1)
                return Findings(failures=_for_all_kinds(collector, target, FailureReason.CANCELLED, "the run was stopped"))
            findings = await self._ask(collector, target)
        if self._sink is not None:
            try:
                self._sink(target, collector.name, findings, self._now())
            except Exception as error:
                self._break(error)
                raise
        self.progress.step(done=1, failed=bool(findings.failures))
        return replace(findings, raws=())  # they are stored, and nobody else reads them

    def _too_deep(self, lead: Target) -> dict[str, Failure]:
        """A lead beyond the depth is not followed: for each collector that would have asked, that is a failure."""
        return {
            failure.id: failure
            for collector in self._by_kind[lead.kind]
            for failure in _for_all_kinds(collector, lead, FailureReason.TOO_DEEP, "beyond the depth of leads", retryable=False)
        }

    async def _ask(self, collector: Collector, target: Target) -> Findings:
        limit = asyncio.timeout(self._deadlines[collector.name])
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


def _defect(collector: Collector, target: Target, error: BaseException) -> tuple[Failure, ...]:
    return _for_all_kinds(collector, target, FailureReason.INTERNAL, f"{type(error).__name__}: {error}", retryable=False)


def _for_all_kinds(
    collector: Collector, target: Target, reason: FailureReason, detail: str, *, retryable: bool = True
) -> tuple[Failure, ...]:
    kinds = sorted(collector.provides - collector.not_asked())
    return tuple(Failure(collector.name, target.value, kind, reason, retryable, "", detail) for kind in kinds)
