"""The service: one scan from declared systems to judged claims, one line a step."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from herkomst.collectors.base import Collector
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.registry import load_collectors
from herkomst.collectors.resolution import Resolver
from herkomst.config.knowledge import catalogue_version, load_catalogue
from herkomst.config.settings import Settings
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.join import has_joined, join_accounts
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.kubernetes.join import join_clusters
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.engine import Engine, Progress
from herkomst.scanner.halt import Halt
from herkomst.scanner.heap import settled_heap
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import AssetKind, System
from herkomst.scanner.model.kubernetes import explored_assets
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.run import Run, RunResult, Vantage, merge_parts, pictures_by_subject
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.parts import Part, PartBuilder, VisitWriter, explore
from herkomst.scanner.planning import plan_assets
from herkomst.scanner.verdicts.judge import judge_system

if TYPE_CHECKING:
    from herkomst.scanner.pool import Shard
    from herkomst.scanner.store import Store


def _utc_now() -> datetime:
    return datetime.now(UTC)


def load_knowledge(settings: Settings) -> Knowledge:
    """Return the catalogue that the settings name, indexed."""
    return Knowledge(load_catalogue(settings.catalogue))


@lru_cache(maxsize=1)
def load_shared_knowledge(settings: Settings) -> Knowledge:
    """Return the knowledge of a process that scans many shards, loaded once."""
    return load_knowledge(settings)


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
    make_resolver: Callable[[Settings], Resolver] = StubResolver.from_settings
    processes: int = 1
    """Over how many processes the systems are spread; a resolver's limits are shared out among them."""
    resumes: str | None = None
    """The id of a stored run of these systems that was interrupted: what it asked is not asked again."""
    shared_elsewhere: frozenset[str] = frozenset()
    """Cloud accounts that systems of the run declare which are not among these."""

    @cached_property
    def uses_of_accounts(self) -> dict[str, list[System]]:
        """The systems that declare each cloud account."""
        found: dict[str, list[System]] = {}
        for system in self.systems:
            for account in {asset.value for asset in system.assets if asset.kind is AssetKind.AWS}:
                found.setdefault(account, []).append(system)
        return found

    @cached_property
    def collectors(self) -> tuple[Collector, ...]:
        """The collectors of the run; none has opened anything yet."""
        return make_collectors(self.settings)


async def inspect_assets(scan: Scan) -> AsyncGenerator[RunResult, None]:
    """Collect and attribute without judging, a part of the result at a time, so that memory stays flat; nothing is stored."""
    run, halt = begin_run(scan), Halt()
    with halt.on_signal(), settled_heap():
        async with make_engine(scan, run) as engine, aclosing(collect_parts(scan, engine, run)) as parts:
            halt.stops(engine)
            async for part in parts:
                yield replace(part, run=replace(run, finished_at=scan.now(), complete=not engine.stopped))


async def run_scan(scan: Scan) -> RunResult:
    """Collect, store, attribute, judge and store the verdicts; a stop by signal ends the collecting and nothing else."""
    async with aclosing(stream_scan(scan)) as stream:
        parts = [part async for part in stream]
    result = merge_parts(parts[-1].run, scan.systems, parts)
    return result if scan.store is None else scan.store.complete(result)


async def stream_scan(scan: Scan) -> AsyncGenerator[RunResult, None]:
    """Scan, and yield the systems that are judged, some at a time, each with all that is known of them; at last an empty part.

    The last part's run is the finished one. Memory stays flat however many systems there are; what was yielded has been stored.
    """
    run, store = begin_run(scan), scan.store
    if store is not None and scan.resumes is None:
        store.begin_run(run, scan.systems)
    halt = Halt()
    with halt.on_signal(), settled_heap():
        parts = scan_shard(scan, run, halt) if scan.processes == 1 else scan_in_processes(scan, run, halt)
        async with aclosing(parts):
            async for part in parts:
                yield part
    run = replace(run, finished_at=scan.now(), complete=not halt.is_called)
    if store is not None:
        store.end_run(run)
    yield Part(run)


async def scan_shard(scan: Scan, run: Run, halt: Halt) -> AsyncGenerator[Part, None]:
    """Collect, store, attribute and judge the systems of a scan as a part, or all, of a run that was begun."""
    store = scan.store
    writer = VisitWriter(store, run.id) if store is not None else None
    async with make_engine(scan, run, writer) as engine, aclosing(collect_parts(scan, engine, run)) as collected:
        halt.stops(engine)
        async for part in collected:
            judged = judge_part(scan, run, part)
            if store is not None and writer is not None:
                writer.flush()  # first what the verdicts rest on
                store.save_part(run.id, judged)
            yield judged


async def scan_in_processes(scan: Scan, run: Run, halt: Halt) -> AsyncGenerator[Part, None]:
    """Scan shards of the systems in processes of their own; what is left when the run is halted is judged here, unasked."""
    from herkomst.scanner.pool import Shard, make_shards, run_shards  # only a large scan needs it

    store = scan.store.url if scan.store is not None else ""
    shared = frozenset(account for account, users in scan.uses_of_accounts.items() if len(users) > 1)
    whole = Shard(scan.settings, store, run, scan.systems, scan.resumes, shared)
    shards = make_shards(whole, scan.processes)
    done = 0
    async with aclosing(run_shards(work_on, shards, scan.processes, halt)) as results:
        async for parts in results:
            for part in parts:
                done += len(part.systems)
                yield replace(part, run=run)
    if done < len(scan.systems):
        async with aclosing(scan_shard(replace(scan, systems=scan.systems[done:]), run, halt)) as rest:
            async for part in rest:
                yield part


async def work_on(shard: Shard, halt: Halt) -> list[Part]:
    """Scan a shard in a process of its own; its parts come back without what only judging needs."""
    knowledge = load_shared_knowledge(shard.settings)
    scan = Scan(shard.settings, knowledge, shard.systems, resumes=shard.resumes, shared_elsewhere=shard.shared_accounts)
    with ExitStack() as stack:
        stack.enter_context(settled_heap())
        if shard.store:
            from herkomst.scanner.store import Store

            scan.store = stack.enter_context(Store.open(shard.store))
        async with aclosing(scan_shard(scan, shard.run, halt)) as parts:
            return [replace(part, declared={}) async for part in parts]


def make_collectors(settings: Settings) -> tuple[Collector, ...]:
    """Return the collectors of a run; none has opened anything yet."""
    return tuple(collector.from_settings(settings) for collector in load_collectors())


def make_engine(scan: Scan, run: Run, writer: VisitWriter | None = None) -> Engine:
    """Return the engine of a run; what it collects goes to the writer as well."""
    settings, store = scan.settings, scan.store
    return Engine(
        scan.collectors,
        scan.make_resolver(settings),
        run.vantage.label,
        scan.now,
        settings.target_deadline_s,
        writer.add if writer is not None else None,
        scan.progress,
        recall=partial(store.recall, run.id) if store is not None and scan.resumes is not None else None,
    )


async def collect_parts(scan: Scan, engine: Engine, run: Run) -> AsyncGenerator[Part, None]:
    """Collect and attribute the systems' assets, many at a time, and yield the systems whose assets are done, in their order."""
    part = PartBuilder(scan.systems)
    async with aclosing(explore(engine, plan_assets(scan.systems))) as explored:
        async for (organisation, asset), collected in explored:
            evidence = Evidence(collected.observations, collected.failures, run.not_asked)
            picture = attribute(asset, evidence, Outlook(scan.knowledge, organisation, run.started_at.date()))
            part.add(organisation, asset, picture, collected)
            if part.is_full:
                yield part.take(run)
    yield part.take(run)


def judge_part(scan: Scan, run: Run, part: Part) -> Part:
    """Return a part with every claim of its systems judged on the pictures of their assets, what is seen inside and outside joined."""
    verdicts: list[Verdict] = []
    pictures = {picture.subject: picture for picture in part.pictures}
    for system in part.systems:
        own = [part.declared[system.organisation, asset] for asset in explored_assets(system)]
        own = join_declared(system, own, scan)
        context = Context(scan.knowledge, system, run.started_at.date(), run.not_asked)
        verdicts.extend(judge_system(system, own, context))
        joined = [picture for picture in own if picture.platforms or picture.is_cluster or has_joined(picture)]
        changed = {picture.subject for picture in joined}
        earlier = [picture for subject, picture in pictures.items() if subject in changed]
        pictures.update((picture.subject, picture) for picture in pictures_by_subject([*earlier, *joined]))
    return replace(part, verdicts=tuple(verdicts), pictures=tuple(pictures.values()))


def join_declared(system: System, pictures: Sequence[Picture], scan: Scan) -> list[Picture]:
    """Return the pictures of a system joined; what other systems declare beside the same account is mentioned too."""
    accounts = [asset.value for asset in system.assets if asset.kind is AssetKind.AWS]
    if not accounts:
        return list(join_clusters(pictures, system.assets))
    uses = scan.uses_of_accounts
    users = [user for account in accounts for user in uses.get(account, ())]
    assets = {asset for user in (system, *users) for asset in user.assets}
    shared = {account for account in accounts if len(uses.get(account, ())) > 1} | scan.shared_elsewhere
    return list(join_clusters(join_accounts(pictures, assets, shared), assets))


def judge_again(result: RunResult, knowledge: Knowledge, on: date) -> tuple[Verdict, ...]:
    """Return the verdicts of a stored run's claims on what it saw, with other knowledge and today's rules, as of another day; asks nothing."""
    evidence = Evidence(result.observations.values(), result.failures, result.run.not_asked)
    scan = Scan(Settings(), knowledge, result.systems)
    verdicts: list[Verdict] = []
    for system in result.systems:
        outlook = Outlook(knowledge, system.organisation, on)
        pictures = [attribute(asset, evidence, outlook) for asset in explored_assets(system)]
        context = Context(knowledge, system, on, result.run.not_asked)
        verdicts.extend(judge_system(system, join_declared(system, pictures, scan), context))
    return tuple(verdicts)


def begin_run(scan: Scan) -> Run:
    """Return the run as it begins, or begins again where one is resumed."""
    if scan.resumes is not None and scan.store is not None:
        return scan.store.resume_run(scan.resumes)
    settings = scan.settings
    knowledge = [catalogue_version(scan.knowledge.catalogue)]
    for collector in scan.collectors:
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
        not_asked=tuple(sorted({kind for collector in scan.collectors for kind in collector.not_asked()})),
    )
