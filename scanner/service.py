"""The service: one scan from declared systems to judged claims, one line a step."""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from herkomst.collectors.base import Collector
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.registry import load_collectors
from herkomst.config.knowledge import catalogue_version, load_catalogue
from herkomst.config.settings import Settings
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.engine import Engine, Progress
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Asset, Organisation, System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.run import Run, RunResult, Vantage
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.planning import in_chunks, plan_assets, plan_targets
from herkomst.scanner.verdicts.judge import judge_system

if TYPE_CHECKING:
    from herkomst.scanner.store import Store

CHUNK = 256
"""Assets in hand at once."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def load_knowledge(settings: Settings) -> Knowledge:
    """Return the catalogue that the settings name, indexed."""
    return Knowledge(load_catalogue(settings.catalogue))


def program_version() -> str:
    """Return the installed version."""
    try:
        return version("herkomst")
    except PackageNotFoundError:
        return "0"


@dataclass
class Scan:
    """What a scan needs. `store` may be None: then nothing is kept. `now` is the only clock."""

    settings: Settings
    knowledge: Knowledge
    systems: tuple[System, ...]
    store: Store | None = None
    progress: Progress = field(default_factory=Progress)
    now: Callable[[], datetime] = _utc_now


@dataclass(frozen=True)
class Chunk:
    """Some assets, as declared by an organisation, with all that was learnt of them."""

    pictures: dict[tuple[Organisation, Asset], Picture]
    observations: dict[str, Observation]
    failures: tuple[Failure, ...]


async def inspect_assets(scan: Scan) -> AsyncIterator[RunResult]:
    """Collect and attribute without judging, a result for each chunk of assets, so that memory stays flat; nothing is stored."""
    collectors = make_collectors(scan.settings)
    run = _begin_run(scan, collectors)
    async with make_engine(scan, collectors, run) as engine:
        async for chunk in collect_chunks(scan, engine, run):
            finished = replace(run, finished_at=scan.now(), complete=not engine.stopped)
            yield RunResult(finished, scan.systems, (), _by_subject(chunk.pictures), chunk.failures, chunk.observations)


async def run_scan(scan: Scan) -> RunResult:
    """Collect, store, attribute, judge and store the verdicts; a stop by signal ends the collecting and nothing else."""
    collectors = make_collectors(scan.settings)
    run = _begin_run(scan, collectors)
    if scan.store is not None:
        scan.store.begin_run(run, scan.systems)
    async with make_engine(scan, collectors, run) as engine:
        chunks = [chunk async for chunk in collect_chunks(scan, engine, run)]
        complete = not engine.stopped
    pictures = {declared: picture for chunk in chunks for declared, picture in chunk.pictures.items()}
    result = RunResult(
        run=replace(run, finished_at=scan.now(), complete=complete),
        systems=scan.systems,
        verdicts=judge_all(scan, run, pictures),
        pictures=_by_subject(pictures),
        failures=tuple(dict.fromkeys(failure for chunk in chunks for failure in chunk.failures)),
        observations={oid: observation for chunk in chunks for oid, observation in chunk.observations.items()},
    )
    if scan.store is not None:
        scan.store.finish_run(result)
    return result


def make_collectors(settings: Settings) -> tuple[Collector, ...]:
    """Return the collectors of a run; none has opened anything yet."""
    return tuple(collector.from_settings(settings) for collector in load_collectors())


def make_engine(scan: Scan, collectors: Sequence[Collector], run: Run) -> Engine:
    """Return the engine of a run, storing what it collects at once where there is a store."""
    store = scan.store
    sink = None
    if store is not None:
        keep = store

        def sink(target: object, collector: str, findings: object, at: datetime) -> None:
            keep.save_findings(run.id, target, collector, findings, at)  # type: ignore[arg-type]  # this signature says only object

    settings = scan.settings
    resolver = StubResolver.from_settings(settings)
    return Engine(collectors, resolver, run.vantage.label, scan.now, settings.target_deadline_s, sink, scan.progress)


async def collect_chunks(scan: Scan, engine: Engine, run: Run) -> AsyncIterator[Chunk]:
    """Collect and attribute the systems' assets chunk by chunk."""
    with stop_on_signal(engine):
        for assets in in_chunks(plan_assets(scan.systems), CHUNK):
            collected = await engine.collect(plan_targets(asset for _, asset in assets))
            evidence = Evidence(collected.observations, collected.failures, run.not_asked)
            yield Chunk(
                {(organisation, asset): _picture(scan, run, organisation, asset, evidence) for organisation, asset in assets},
                {observation.id: observation for observation in collected.observations},
                collected.failures,
            )


def _by_subject(pictures: dict[tuple[Organisation, Asset], Picture]) -> tuple[Picture, ...]:
    """Return a picture for each subject: where a cluster is called like a domain, that of which something was seen."""
    chosen: dict[str, Picture] = {}
    for picture in pictures.values():
        if picture.placements or picture.subject not in chosen:
            chosen[picture.subject] = picture
    return tuple(chosen.values())


def _picture(scan: Scan, run: Run, organisation: Organisation, asset: Asset, evidence: Evidence) -> Picture:
    return attribute(asset, evidence, Outlook(scan.knowledge, organisation, run.started_at.date()))


def judge_all(scan: Scan, run: Run, pictures: dict[tuple[Organisation, Asset], Picture]) -> tuple[Verdict, ...]:
    """Judge every claim of every system on the pictures of its assets."""
    verdicts: list[Verdict] = []
    for system in scan.systems:
        own = [pictures[system.organisation, asset] for asset in system.assets]
        context = Context(scan.knowledge, system, run.started_at.date(), run.not_asked)
        verdicts.extend(judge_system(system, own, context))
    return tuple(verdicts)


def _begin_run(scan: Scan, collectors: Sequence[Collector]) -> Run:
    settings = scan.settings
    knowledge = [catalogue_version(scan.knowledge.catalogue)]
    for collector in collectors:
        knowledge.extend(collector.knowledge())
    resolvers = tuple(str(resolver) for resolver in settings.resolvers)
    return Run(
        id=uuid.uuid4().hex,
        started_at=scan.now(),
        finished_at=None,
        complete=False,
        version=program_version(),
        vantage=Vantage(settings.vantage, resolvers, settings.vantage_asn, settings.vantage_country),
        knowledge=tuple(knowledge),
        not_asked=tuple(sorted({kind for collector in collectors for kind in collector.not_asked()})),
    )


@contextmanager
def stop_on_signal(engine: Engine) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM stop the collecting, so that everything collected is judged and stored; a second one kills."""
    loop = asyncio.get_running_loop()
    caught: list[signal.Signals] = []

    def stop(number: signal.Signals) -> None:
        engine.stop()
        loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop, number)
            caught.append(number)
        except (NotImplementedError, RuntimeError, ValueError):
            continue  # not the main thread, or a platform without signals: then there is nobody to press Ctrl-C
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)
