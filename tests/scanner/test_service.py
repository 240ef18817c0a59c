"""One scan: from systems to judged claims, with whatever part of the sources answers."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner import parts, service
from herkomst.scanner.engine import Progress
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Organisation, SaidBy, System
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status
from herkomst.scanner.service import Scan, inspect_assets, load_knowledge, make_collectors, run_scan
from herkomst.scanner.store import Store
from running import declared_systems
from servers.scripted import SilentServer

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
GEMEENTE = Organisation("Gemeente Voorbeeld", asns=(64496,))
WATERSCHAP = Organisation("Waterschap Voorbeeld", asns=(65551,))


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory() as running:
        yield running


@pytest.fixture(scope="module")
def knowledge(laboratory: Laboratory) -> Knowledge:
    return load_knowledge(laboratory.settings())


def claim(key: str, *values: str) -> Claim:
    return Claim(key, Operator.IS, values, SaidBy.SUPPLIER)


def system(name: str, organisation: Organisation, *assets: Asset, claims: tuple[Claim, ...] = ()) -> System:
    return System(name, organisation, assets=assets, claims=claims)


def domain(name: str) -> Asset:
    return Asset(AssetKind.DOMAIN, name)


def scan(
    laboratory: Laboratory, knowledge: Knowledge, *systems: System, store: Store | None = None, **changes: object
) -> RunResult:
    settings = replace(laboratory.settings(), **changes)  # type: ignore[arg-type]  # fields of Settings
    return asyncio.run(run_scan(Scan(settings, knowledge, systems, store)))


def statuses(result: RunResult) -> dict[str, tuple[Status, Reason | None]]:
    return {verdict.system: (verdict.status, verdict.reason) for verdict in result.verdicts}


def seen_in(result: RunResult) -> list[object]:
    """What a result says, without the ids of the observations that it rests on."""
    return [
        (
            picture.subject,
            item.role,
            item.endpoint,
            item.addresses,
            item.provider,
            item.network,
            item.location,
            item.jurisdictions,
        )
        for picture in result.pictures
        for item in picture.placements
    ]


# -- who is who -----------------------------------------------------------------------------------------------------


def test_an_asset_of_two_organisations_is_judged_for_each_as_its_own(laboratory: Laboratory, knowledge: Knowledge) -> None:
    own = claim("web.network", "self")
    for order in (1, -1):
        systems = [
            system("van de gemeente", GEMEENTE, domain("voorbeeld.example"), claims=(own,)),
            system("van het waterschap", WATERSCHAP, domain("voorbeeld.example"), claims=(own,)),
        ][::order]
        assert statuses(scan(laboratory, knowledge, *systems)) == {
            "van de gemeente": (Status.CONFIRMED, None),
            "van het waterschap": (Status.CONTRADICTED, Reason.OTHER_NETWORK),
        }


def test_a_cluster_that_is_called_like_a_domain_does_not_take_its_place(laboratory: Laboratory, knowledge: Knowledge) -> None:
    name = "parkeren.mijnvoorbeeld.example"  # in Ireland
    for assets in ((domain(name), Asset(AssetKind.KUBERNETES, name)), (Asset(AssetKind.KUBERNETES, name), domain(name))):
        result = scan(laboratory, knowledge, system("parkeren", GEMEENTE, *assets, claims=(claim("web.country", "NL"),)))
        assert statuses(result) == {"parkeren": (Status.CONTRADICTED, Reason.PROVIDER_RANGE_ELSEWHERE)}
        assert any(picture.placements for picture in result.pictures)


def test_an_account_that_there_are_no_credentials_for_is_not_measured(laboratory: Laboratory, knowledge: Knowledge) -> None:
    account = Asset(AssetKind.AWS, "111122223333")
    result = scan(laboratory, knowledge, system("wolk", GEMEENTE, account, claims=(claim("hosting.country", "NL"),)))
    assert statuses(result) == {"wolk": (Status.NOT_MEASURED, Reason.DENIED)}
    assert ["AWS_PROFILE" in failure.detail for failure in result.failures] == [True]


def test_addresses_and_networks_are_assets_too(laboratory: Laboratory, knowledge: Knowledge) -> None:
    assets = (Asset(AssetKind.ADDRESS, "192.0.2.68"), Asset(AssetKind.NETWORK, "192.0.2.64/28"))
    result = scan(
        laboratory, knowledge, *(system(item.value, GEMEENTE, item, claims=(claim("compute.country", "NL"),)) for item in assets)
    )
    assert {status for status, _ in statuses(result).values()} == {Status.CONSISTENT}


# -- chunks ---------------------------------------------------------------------------------------------------------


def test_the_size_of_the_chunks_does_not_matter(
    laboratory: Laboratory, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    systems = [item for item in declared_systems(laboratory) if item.name not in ("zaalreservering",)]
    whole = scan(laboratory, knowledge, *systems)
    monkeypatch.setattr(parts, "PART_ASSETS", 3)
    monkeypatch.setattr(parts, "WINDOW", 2)
    in_parts = scan(laboratory, knowledge, *systems)
    assert [(item.id, item.status, item.reason, item.observed) for item in in_parts.verdicts] == [
        (item.id, item.status, item.reason, item.observed) for item in whole.verdicts
    ]
    assert seen_in(in_parts) == seen_in(whole)
    assert in_parts.observations.keys() == whole.observations.keys()


def test_an_inspection_gives_a_result_a_chunk_with_the_same_pictures(
    laboratory: Laboratory, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_ASSETS", 2)
    systems = [
        system(name, GEMEENTE, domain(name))
        for name in ("voorbeeld.example", "archief.mijnvoorbeeld.example", "nieuws-voorbeeld.example")
    ]

    async def inspect() -> list[RunResult]:
        return [part async for part in inspect_assets(Scan(laboratory.settings(), knowledge, tuple(systems)))]

    inspected = asyncio.run(inspect())
    assert [[picture.subject for picture in part.pictures] for part in inspected] == [
        ["voorbeeld.example", "archief.mijnvoorbeeld.example"],
        ["nieuws-voorbeeld.example"],
    ]
    whole = scan(laboratory, knowledge, *systems)
    assert tuple(picture for part in inspected for picture in part.pictures) == whole.pictures
    for part in inspected:
        evidence = {
            oid
            for picture in part.pictures
            for placement in picture.placements
            for oid in (item.evidence for item in placement.location_evidence)
        }
        assert evidence <= part.observations.keys()


# -- the run --------------------------------------------------------------------------------------------------------


def test_a_run_says_when_from_where_and_with_which_knowledge(laboratory: Laboratory, knowledge: Knowledge) -> None:
    progress = Progress()
    settings = replace(laboratory.settings(), vantage="kantoor", vantage_asn=64500, vantage_country="NL")
    systems = (system("archief", GEMEENTE, domain("archief.mijnvoorbeeld.example")),)
    run = asyncio.run(run_scan(Scan(settings, knowledge, systems, None, progress, lambda: AT))).run
    assert (run.started_at, run.finished_at, run.complete) == (AT, AT, True)
    assert (run.vantage.label, run.vantage.asn, run.vantage.country) == ("kantoor", 64500, "NL")
    assert run.vantage.resolvers == tuple(str(item) for item in settings.resolvers)
    assert {"catalogue", "laboratory-origin", "highmoor-ranges"} <= {item.name for item in run.knowledge}
    assert progress.found == progress.done > 3
    assert progress.failed == 0


def test_what_offline_leaves_out_is_listed_and_is_no_failure(laboratory: Laboratory, knowledge: Knowledge) -> None:
    wanted = system("zaak", GEMEENTE, domain("zaken.mijnvoorbeeld.example"), claims=(claim("web.provider", "zaakvlot"),))
    result = scan(laboratory, knowledge, wanted, offline=True)
    assert "rdap.network" in result.run.not_asked
    (verdict,) = result.verdicts
    assert "rdap.network" in verdict.not_asked
    assert result.failures == ()
    assert "rdap.network" not in {item.kind for item in result.observations.values()}


def test_a_scan_outside_the_main_thread_needs_no_signals(laboratory: Laboratory, knowledge: Knowledge) -> None:
    done: list[RunResult] = []
    wanted = system("archief", GEMEENTE, domain("archief.mijnvoorbeeld.example"), claims=(claim("web.country", "NL"),))
    thread = threading.Thread(target=lambda: done.append(scan(laboratory, knowledge, wanted)))
    thread.start()
    thread.join(30)
    assert statuses(done[0]) == {"archief": (Status.CONSISTENT, None)}


def test_no_systems_are_an_empty_run(laboratory: Laboratory, knowledge: Knowledge, tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        result = scan(laboratory, knowledge, store=store)
        assert store.load_result() == result
    assert result.verdicts == result.failures == ()
    assert result.run.complete


def test_making_collectors_opens_nothing(laboratory: Laboratory) -> None:
    before = threading.active_count()
    collectors = make_collectors(laboratory.settings())
    assert {collector.name for collector in collectors} == {"aws", "dns", "inventories", "ip_ownership", "kubernetes", "tls"}
    assert threading.active_count() == before


# -- never greener --------------------------------------------------------------------------------------------------


def claims_on_paper(result: RunResult) -> set[str]:
    return {verdict.id for verdict in result.verdicts if verdict.status is Status.ATTESTED}


def test_a_run_that_is_stopped_before_it_asks_measures_nothing(laboratory: Laboratory, knowledge: Knowledge) -> None:
    async def stopped() -> RunResult:
        scan = Scan(laboratory.settings(), knowledge, declared_systems(laboratory))
        run = service.begin_run(scan)
        async with service.make_engine(scan, run) as engine:
            engine.stop()
            taken = [part async for part in service.collect_parts(scan, engine, run)]
        return RunResult(
            run, verdicts=tuple(verdict for part in taken for verdict in service.judge_part(scan, run, part).verdicts)
        )

    result = asyncio.run(stopped())
    measured = {verdict for verdict in result.verdicts if verdict.id not in claims_on_paper(result)}
    assert {(verdict.status, verdict.reason) for verdict in measured} == {(Status.NOT_MEASURED, Reason.CANCELLED)}


@pytest.mark.parametrize("deadline_s", [60.0, 1.0])
def test_a_resolver_that_never_answers_ends_in_time_and_measures_nothing(
    laboratory: Laboratory, knowledge: Knowledge, deadline_s: float
) -> None:
    with SilentServer() as silent:
        result = scan(
            laboratory,
            knowledge,
            *declared_systems(laboratory),
            resolvers=(ResolverAddress("127.0.0.1", silent.port),),
            dns_timeout_s=0.2,
            target_deadline_s=deadline_s,
        )
    measured = {verdict for verdict in result.verdicts if verdict.id not in claims_on_paper(result)}
    assert {verdict.status for verdict in measured} == {Status.NOT_MEASURED}
    assert {failure.reason for failure in result.failures} <= {FailureReason.TIMEOUT, FailureReason.UNREACHABLE}
    assert result.run.complete


def test_settings_without_tables_fail_and_accuse_nobody(laboratory: Laboratory, knowledge: Knowledge, tmp_path: Path) -> None:
    settings: Settings = laboratory.settings()
    result = asyncio.run(run_scan(Scan(replace(settings, tables=tmp_path), knowledge, declared_systems(laboratory))))
    assert FailureReason.NO_TABLE in {failure.reason for failure in result.failures}
    whole = {verdict.id: verdict for verdict in scan(laboratory, knowledge, *declared_systems(laboratory)).verdicts}
    for verdict in result.verdicts:
        assert verdict.status.rank <= whole[verdict.id].status.rank, verdict
        if verdict.status is Status.CONTRADICTED:
            assert whole[verdict.id].status is Status.CONTRADICTED, verdict
