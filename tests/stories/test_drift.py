"""What changed between two runs and why: the world, our knowledge, the claim, or only what could be asked. Every party is invented."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from herkomst.config.declarations import parse_claim_flag
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.lab.laboratory import Laboratory, compile_laboratory_catalogue
from herkomst.scanner.cli.assets import read_names, systems_of
from herkomst.scanner.cli.main import main
from herkomst.scanner.drift import compare_runs
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.change import Cause, Change, ChangeKind
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.knowledge import LinkStatus, ParentLink, Source
from herkomst.scanner.model.observation import IpLocation
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Status
from herkomst.scanner.service import Scan, judge_again, load_knowledge, run_scan
from herkomst.scanner.store import Store
from running import write_settings

from .conftest import Serve

NAME = "loket.buurdorp.example"
NL, ELSEWHERE = "192.0.2.66", "198.51.100.5"
"""Of Rietdijk Cloud, in the Netherlands, and of Highmoor Cloud, in the Netherlands under an American parent."""
CLOSED_ON = date(2026, 6, 1)
SCHEMA = Path(__file__).resolve().parents[2] / "reports" / "schemas" / "herkomst.diff-1.schema.json"


def records(*addresses: str) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return (("buurdorp.example", "NS", ("ns1.naamkade.example.",)), *((NAME, "A", (address,)) for address in addresses))


def declared(knowledge: Knowledge, *claims: str) -> tuple[System, ...]:
    assets, _ = read_names([("", NAME)])
    return systems_of(assets, tuple(parse_claim_flag(text, knowledge) for text in claims))


@dataclass
class Town:
    """A town that is scanned now and then, each time with its own resolver, knowledge and claims."""

    settings: Settings
    store: Store

    def scan(self, port: int, *claims: str, knowledge: Knowledge | None = None, on: date = date(2026, 5, 1)) -> RunResult:
        settings = replace(self.settings, resolvers=(ResolverAddress("127.0.0.1", port),), authority_port=port, dns_timeout_s=0.2)
        known = knowledge or load_knowledge(settings)
        at = datetime(on.year, on.month, on.day, 10, tzinfo=UTC)
        return asyncio.run(run_scan(Scan(settings, known, declared(known, *claims), self.store, now=lambda: at)))


@pytest.fixture
def town(laboratory: Laboratory, tmp_path: Path) -> Iterator[Town]:
    with Store.open(str(tmp_path / "store.db")) as store:
        yield Town(laboratory.settings(), store)


def changes(before: RunResult, after: RunResult, knowledge: Knowledge) -> tuple[Change, ...]:
    return compare_runs(before, after, judge_again(before, knowledge, after.run.started_at.date()))


def taken_over(status: LinkStatus) -> Knowledge:
    """What is known once the take-over of Rietdijk, which was announced, is closed or blocked."""
    known = compile_laboratory_catalogue()
    source = Source("https://harlan.example/press/result", "2026-06-02", "Press release: the outcome")
    link = ParentLink("harlan-holdings", status, CLOSED_ON, None, source)
    entities = tuple(
        replace(entity, parents=(*(each for each in entity.parents if each.parent != "harlan-holdings"), link))
        if entity.id == "rietdijk-bv"
        else entity
        for entity in known.entities
    )
    return Knowledge(replace(known, entities=entities))


def test_the_same_answers_twice_are_no_change(town: Town, serve: Serve) -> None:
    port = serve(*records(NL))
    first = town.scan(port, "web.country=NL", "web.jurisdiction=EU")
    second = town.scan(port, "web.country=NL", "web.jurisdiction=EU", on=date(2026, 5, 2))
    assert changes(first, second, load_knowledge(town.settings)) == ()


def test_an_address_that_moved_is_the_world(town: Town, serve: Serve) -> None:
    first = town.scan(serve(*records(NL)), "web.jurisdiction=EU")
    second = town.scan(serve(*records(ELSEWHERE)), "web.jurisdiction=EU", on=date(2026, 5, 2))
    (change,) = changes(first, second, load_knowledge(town.settings))
    assert change.causes == (Cause.WORLD,)
    assert (change.verdict.status, change.kind) == (Status.CONTRADICTED, ChangeKind.CHANGED)
    assert change.appeared
    assert change.vanished


def test_a_take_over_that_closes_is_our_knowledge_and_no_record_changes(town: Town, serve: Serve) -> None:
    port, closed = serve(*records(NL)), taken_over(LinkStatus.CLOSED)
    first = town.scan(port, "web.jurisdiction=EU")
    second = town.scan(port, "web.jurisdiction=EU", knowledge=closed, on=date(2026, 6, 3))
    assert {item.status for item in first.verdicts} == {Status.CONSISTENT}
    (change,) = changes(first, second, closed)
    assert change.causes == (Cause.KNOWLEDGE,)
    assert change.verdict.status is Status.CONTRADICTED
    assert first.observations.keys() == second.observations.keys()


def test_a_newer_table_is_our_knowledge_and_not_the_world(town: Town, serve: Serve) -> None:
    port = serve(*records(NL))
    first = town.scan(port, "web.country=NL")
    second = town.scan(port, "web.country=NL", on=date(2026, 5, 2))
    moved = {
        oid: replace(item, content=replace(item.content, country="DE")) if isinstance(item.content, IpLocation) else item
        for oid, item in second.observations.items()
    }
    newer = {item.id: item for item in moved.values()}
    versions = tuple(replace(version, version="2026-06") for version in second.run.knowledge)
    updated = replace(second, observations=newer, run=replace(second.run, knowledge=versions))
    updated = replace(updated, verdicts=judge_again(updated, load_knowledge(town.settings), date(2026, 5, 2)))
    (change,) = changes(first, updated, load_knowledge(town.settings))
    assert change.causes == (Cause.KNOWLEDGE,)


def test_the_day_on_which_a_known_take_over_closes_is_our_knowledge_too(town: Town, serve: Serve) -> None:
    port, closed = serve(*records(NL)), taken_over(LinkStatus.CLOSED)
    first = town.scan(port, "web.jurisdiction=EU", knowledge=closed, on=date(2026, 5, 31))
    second = town.scan(port, "web.jurisdiction=EU", knowledge=closed, on=CLOSED_ON)
    assert [change.causes for change in changes(first, second, closed)] == [(Cause.KNOWLEDGE,)]


def test_a_take_over_that_is_blocked_changes_no_verdict(town: Town, serve: Serve) -> None:
    port, blocked = serve(*records(NL)), taken_over(LinkStatus.BLOCKED)
    first = town.scan(port, "web.jurisdiction=EU")
    second = town.scan(port, "web.jurisdiction=EU", knowledge=blocked, on=date(2026, 6, 3))
    assert changes(first, second, blocked) == ()
    assert {item.status for item in second.verdicts} == {Status.CONSISTENT}


def test_both_at_once_are_two_causes(town: Town, serve: Serve) -> None:
    closed = taken_over(LinkStatus.CLOSED)
    first = town.scan(serve(*records(NL)), "web.jurisdiction=EU")
    port = serve(*records(NL, ELSEWHERE))
    second = town.scan(port, "web.jurisdiction=EU", knowledge=closed, on=date(2026, 6, 3))
    (change,) = changes(first, second, closed)
    assert change.causes == (Cause.WORLD, Cause.KNOWLEDGE)


def test_a_source_that_is_silent_is_the_measurement(town: Town, serve: Serve) -> None:
    first = town.scan(serve(*records(NL)), "web.country=NL")
    second = town.scan(9, "web.country=NL", on=date(2026, 5, 2))
    (change,) = changes(first, second, load_knowledge(town.settings))
    assert change.causes == (Cause.MEASUREMENT,)
    assert change.verdict.status is Status.NOT_MEASURED


def test_another_claim_is_the_claim(town: Town, serve: Serve) -> None:
    port = serve(*records(NL))
    first = town.scan(port, "web.country=NL")
    second = town.scan(port, "web.country=DE", on=date(2026, 5, 2))
    found = {(change.kind, change.causes) for change in changes(first, second, load_knowledge(town.settings))}
    assert found == {(ChangeKind.NEW, (Cause.CLAIM,)), (ChangeKind.GONE, (Cause.CLAIM,))}


def test_a_run_judged_again_with_the_same_knowledge_gives_the_same_verdicts(laboratory: Laboratory) -> None:
    from running import scan_laboratory

    result = scan_laboratory(laboratory)
    again = judge_again(result, load_knowledge(laboratory.settings()), result.run.started_at.date())
    assert again == result.verdicts


# -- the command ----------------------------------------------------------------------------------------------------


def test_the_command_compares_the_last_two_runs(
    town: Town, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.scan(serve(*records(NL)), "web.jurisdiction=EU")
    town.scan(serve(*records(ELSEWHERE)), "web.jurisdiction=EU", on=date(2026, 5, 2))
    config = write_settings(town.settings, tmp_path, store=str(tmp_path / "store.db"))
    assert main(["diff", "--config", str(config), "--lang", "nl"]) == 1
    text = capsys.readouterr().out
    assert "Oorzaak: de wereld." in text
    assert "Eerst: ○ niet weerlegd" in text
    assert "Nu: ✘ weersproken" in text
    assert max(map(len, text.splitlines())) <= 80
    assert main(["diff", "--config", str(config), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads(SCHEMA.read_text("utf-8")))
    assert [item["causes"] for item in document["changes"]] == [["world"]]


def test_one_run_alone_has_nothing_to_be_compared_with(
    town: Town, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = town.scan(serve(*records(NL)), "web.country=NL")
    config = write_settings(town.settings, tmp_path, store=str(tmp_path / "store.db"))
    assert main(["diff", "--config", str(config)]) == 2
    assert "no earlier run" in capsys.readouterr().err
    assert main(["diff", result.run.id, "--config", str(config)]) == 2
    assert "Give two runs, or none" in capsys.readouterr().err
    assert main(["diff", result.run.id, result.run.id, "--config", str(config)]) == 0
    assert "No verdict has changed." in capsys.readouterr().out


# -- history --------------------------------------------------------------------------------------------------------


def test_the_history_of_a_name_has_its_facts_with_their_time_and_its_verdicts(
    town: Town, serve: Serve, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.scan(serve(*records(NL)), "web.jurisdiction=EU")
    town.scan(serve(*records(NL)), "web.jurisdiction=EU", on=date(2026, 5, 2))
    town.scan(serve(*records(ELSEWHERE)), "web.jurisdiction=EU", on=date(2026, 5, 3))
    config = str(write_settings(town.settings, tmp_path, store=str(tmp_path / "store.db")))

    assert main(["history", f"https://{NAME}/", "--config", config, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, json.loads(SCHEMA.with_name("herkomst.history-1.schema.json").read_text("utf-8")))
    spans = {
        item["content"]["values"][0]: (item["valid_from"][:10], (item["valid_until"] or "")[:10])
        for item in document["facts"]
        if item["kind"] == "dns.rrset" and item["content"]["rdtype"] == "A"
    }
    assert spans == {NL: ("2026-05-01", "2026-05-03"), ELSEWHERE: ("2026-05-03", "")}
    assert [(item["since"][:10], item["status"]) for item in document["verdicts"]] == [
        ("2026-05-01", "consistent"),
        ("2026-05-03", "contradicted"),
    ]

    assert main(["history", NAME, "--config", config, "--as-of", "2026-05-02", "--lang", "nl"]) == 0
    text = capsys.readouterr().out
    assert NL in text
    assert ELSEWHERE not in text
    assert "weersproken" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_subject_that_no_run_met_is_told(tmp_path: Path, town: Town, serve: Serve, capsys: pytest.CaptureFixture[str]) -> None:
    town.scan(serve(*records(NL)), "web.country=NL")
    config = str(write_settings(town.settings, tmp_path, store=str(tmp_path / "store.db")))
    assert main(["history", "onbekend.example", "--config", config]) == 2
    assert "Nothing is known of 'onbekend.example'" in capsys.readouterr().err
