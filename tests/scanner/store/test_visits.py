"""Visits: what a rescan costs, when facts begin and end, and what two times say about them."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from herkomst.collectors.base import Findings
from herkomst.scanner.model.observation import DnsNoAnswer, NoAnswer, Observation, RawAnswer, SpfTerm
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.store import Fact, Store, Visit
from store_scene import START, TARGET, address, day, failure, make_run, numbered_visit, seen, text

TABLES = ("contents", "states", "past_facts", "visits", "raws")


def count_rows(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # noqa: S608 - names from a constant


def save_days(path: Path, *visits: Visit, vantage: str = "local") -> None:
    """Save one run a day with one visit each; every run is recorded an hour after it looked."""
    for number, visit in enumerate(visits):
        with Store.open(str(path), now=lambda at=visit.at: at + timedelta(hours=1)) as store:  # type: ignore[misc]  # binds the loop variable
            store.begin_run(make_run(number, vantage), ())
            store.save_many(f"run-{number}", (visit,))


def values(facts: tuple[Fact, ...]) -> list[str]:
    return [fact.content.values[0] for fact in facts]  # type: ignore[attr-defined]  # all are record sets


def raw(body: bytes) -> RawAnswer:
    return RawAnswer(hashlib.sha256(body).hexdigest(), "application/dns-message", body)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "herkomst.db"


def test_an_unchanged_rescan_stores_one_visit_row_a_subject_and_nothing_else(path: Path) -> None:
    with Store.open(str(path)) as store:
        for number in range(3):
            store.begin_run(make_run(number), ())
            store.save_many(f"run-{number}", (numbered_visit(subject, day(number)) for subject in range(20)))
            rows = count_rows(path)
            assert rows == {"contents": 20, "states": 20, "past_facts": 0, "visits": 20 * (number + 1), "raws": 0}
        assert store.load_result("run-0").observations.keys() == store.load_result("run-2").observations.keys()


def test_order_and_repetition_of_observations_and_leads_are_no_change(path: Path) -> None:
    leads = (Target(TargetKind.HOST, "b.example"), Target(TargetKind.HOST, "a.example"))
    save_days(
        path,
        seen(address("192.0.2.1"), text("x"), at=day(0), leads=leads),
        seen(text("x"), address("192.0.2.1"), text("x"), at=day(1), leads=(*reversed(leads), leads[0])),
    )
    assert count_rows(path) == {"contents": 1, "states": 1, "past_facts": 0, "visits": 2, "raws": 0}


def test_a_changed_answer_closes_one_interval_and_opens_one(path: Path) -> None:
    save_days(
        path,
        seen(address("192.0.2.1"), text("same"), at=day(0)),
        seen(address("192.0.2.1"), text("same"), at=day(1)),
        seen(address("192.0.2.2"), text("same"), at=day(2)),
    )
    assert count_rows(path)["past_facts"] == 1
    with Store.open(str(path)) as store:
        old, same, new = store.facts(TARGET.value)
    assert (old.valid_from, old.valid_until) == (day(0), day(2))
    assert (old.recorded_from, old.recorded_until) == (day(0) + timedelta(hours=1), day(2) + timedelta(hours=1))
    assert (same.valid_from, same.valid_until, same.recorded_from) == (day(0), None, day(0) + timedelta(hours=1))
    assert (new.valid_from, new.valid_until, new.recorded_from) == (day(2), None, day(2) + timedelta(hours=1))
    assert values((old, same, new)) == ["192.0.2.1", "same", "192.0.2.2"]


def test_an_answer_that_comes_back_opens_a_second_interval(path: Path) -> None:
    save_days(path, *(seen(address(f"192.0.2.{last}"), at=day(number)) for number, last in enumerate((1, 2, 1))))
    with Store.open(str(path)) as store:
        facts = store.facts(TARGET.value)
    assert [(fact.valid_from, fact.valid_until) for fact in facts] == [(day(0), day(1)), (day(1), day(2)), (day(2), None)]
    assert values(facts) == ["192.0.2.1", "192.0.2.2", "192.0.2.1"]
    assert count_rows(path)["contents"] == 2


def test_a_visit_that_only_fails_closes_nothing(path: Path) -> None:
    save_days(path, seen(address("192.0.2.1"), at=day(0)), seen(at=day(1), failures=(failure(), failure(scope="A"))))
    with Store.open(str(path)) as store:
        (fact,) = store.facts(TARGET.value)
        assert fact.valid_until is None
        assert store.load_result("run-1").failures == (failure(), failure(scope="A"))
        assert store.load_result("run-1").observations == {}


def test_a_partly_failed_visit_closes_only_what_it_saw_answered_otherwise(path: Path) -> None:
    term = SpfTerm(TARGET.value, (TARGET.value,), "+", "include", "spf.example")
    save_days(
        path,
        seen(address("192.0.2.1"), text("x"), term, at=day(0)),
        seen(DnsNoAnswer(TARGET.value, "A", NoAnswer.NODATA), at=day(1), failures=(failure(scope="TXT"),)),
        seen(DnsNoAnswer(TARGET.value, "A", NoAnswer.NODATA), text("x"), term, at=day(2)),
        seen(DnsNoAnswer(TARGET.value, "A", NoAnswer.NODATA), text("x"), at=day(3)),
    )
    with Store.open(str(path)) as store:
        spans = {fact.content: (fact.valid_from, fact.valid_until) for fact in store.facts(TARGET.value)}
        assert len(store.load_result("run-1").observations) == 1
    assert spans == {
        address("192.0.2.1"): (day(0), day(1)),
        text("x"): (day(0), None),
        term: (day(0), day(3)),
        DnsNoAnswer(TARGET.value, "A", NoAnswer.NODATA): (day(1), None),
    }


def test_a_visit_after_a_failed_one_costs_one_row_again(path: Path) -> None:
    whole = (address("192.0.2.1"), text("x"))
    save_days(path, seen(*whole, at=day(0)), seen(whole[0], at=day(1), failures=(failure(scope="TXT"),)), seen(*whole, at=day(2)))
    assert count_rows(path) == {"contents": 2, "states": 1, "past_facts": 0, "visits": 3, "raws": 0}


def test_two_vantages_are_kept_apart(path: Path) -> None:
    with Store.open(str(path)) as store:
        for number, vantage in enumerate(("den haag", "elsewhere")):
            store.begin_run(make_run(number, vantage), ())
            store.save_many(f"run-{number}", (seen(address("192.0.2.1"), at=day(number), vantage=vantage),))
        store.begin_run(make_run(2, "elsewhere"), ())
        store.save_many("run-2", (seen(address("192.0.2.2"), at=day(2), vantage="elsewhere"),))
        spans = [(fact.vantage, fact.valid_from, fact.valid_until) for fact in store.facts(TARGET.value)]
        (observation,) = store.load_result("run-0").observations.values()
    assert spans == [("den haag", day(0), None), ("elsewhere", day(1), day(2)), ("elsewhere", day(2), None)]
    assert observation.vantage == "den haag"


def test_a_domain_and_a_host_of_one_name_are_two_subjects(path: Path) -> None:
    host = Target(TargetKind.HOST, TARGET.value)
    with Store.open(str(path)) as store:
        store.begin_run(make_run(0), ())
        store.save_many(
            "run-0", (seen(address("192.0.2.1"), at=START), seen(address("192.0.2.1"), at=START, target=host))
        )  # fmt: skip
        store.begin_run(make_run(1), ())
        store.save_many("run-1", (seen(address("192.0.2.2"), at=day(1), target=host),))
        open_facts = {fact.target: values((fact,)) for fact in store.facts(TARGET.value) if fact.valid_until is None}
        assert store.targets_done("run-0") == {(TARGET, "dns"), (host, "dns")}
    assert open_facts == {TARGET: ["192.0.2.1"], host: ["192.0.2.2"]}


@pytest.mark.parametrize(
    ("as_of", "known_at", "expected"),
    [
        (day(0), None, ["192.0.2.1"]),
        (day(1) - timedelta(microseconds=1), None, ["192.0.2.1"]),
        (day(1), None, ["192.0.2.2"]),
        (day(9), None, ["192.0.2.2"]),
        (day(-1), None, []),
        (day(9), day(1), ["192.0.2.1"]),
        (day(9), day(1) + timedelta(hours=1), ["192.0.2.2"]),
        (day(0), day(0), []),
        (None, day(1), ["192.0.2.1"]),
        (None, None, ["192.0.2.1", "192.0.2.2"]),
    ],
)
def test_what_was_known_then_about_another_day_can_be_asked(
    path: Path, as_of: datetime | None, known_at: datetime | None, expected: list[str]
) -> None:
    save_days(path, seen(address("192.0.2.1"), at=day(0)), seen(address("192.0.2.2"), at=day(1)))
    with Store.open(str(path)) as store:
        assert values(store.facts(TARGET.value, as_of, known_at)) == expected


def test_an_end_that_was_not_recorded_yet_is_not_shown(path: Path) -> None:
    save_days(path, seen(address("192.0.2.1"), at=day(0)), seen(address("192.0.2.2"), at=day(1)))
    with Store.open(str(path)) as store:
        (fact,) = store.facts(TARGET.value, known_at=day(1))
    assert (fact.valid_until, fact.recorded_until) == (None, None)


def test_an_older_visit_that_comes_late_is_kept_and_moves_no_interval(path: Path) -> None:
    save_days(path, seen(address("192.0.2.2"), at=day(5)), seen(address("192.0.2.1"), at=day(1)))
    with Store.open(str(path)) as store:
        (fact,) = store.facts(TARGET.value)
        (observation,) = store.load_result("run-1").observations.values()
    assert (values((fact,)), fact.valid_from) == (["192.0.2.2"], day(5))
    assert observation.content == address("192.0.2.1")


def test_a_later_run_does_not_change_what_an_earlier_one_saw(path: Path) -> None:
    first = seen(address("192.0.2.1"), text("x"), at=day(0))
    save_days(path, first, seen(address("192.0.2.2"), at=day(1)), seen(text("y"), at=day(2)))
    with Store.open(str(path)) as store:
        assert store.load_result("run-0").observations == {one.id: one for one in first.findings.observations}


def test_the_instant_of_each_observation_is_kept_also_without_change(path: Path) -> None:
    def at(number: int) -> Visit:
        contents = (address("192.0.2.1"), text("x"))
        times = (day(number) - timedelta(microseconds=5), day(number) + timedelta(seconds=2 * number))
        made = tuple(Observation(TARGET.value, "dns", "local", time, one) for time, one in zip(times, contents, strict=True))
        return Visit(TARGET, "dns", Findings(made), day(number))

    save_days(path, at(0), at(1))
    with Store.open(str(path)) as store:
        for number in range(2):
            assert store.load_result(f"run-{number}").observations == {one.id: one for one in at(number).findings.observations}


def test_a_raw_answer_is_kept_once_and_given_back_as_it_was(path: Path) -> None:
    short, long = raw(b"\x00\x01short"), raw(b"long" * 400)
    save_days(path, *(seen(address("192.0.2.1"), text("x"), at=day(number), raws=(short, long)) for number in range(2)))
    with Store.open(str(path)) as store:
        assert (store.raw(short.digest), store.raw(long.digest)) == (short, long)
        assert store.raw("0" * 64) is None
    assert count_rows(path)["raws"] == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT sum(length(body)) FROM raws").fetchone()[0] < 150


def test_an_unchanged_answer_keeps_the_raw_answer_that_first_said_so(path: Path) -> None:
    save_days(path, *(seen(address("192.0.2.1"), at=day(number), raws=(raw(b"ttl %d" % number),)) for number in range(3)))
    with Store.open(str(path)) as store:
        (observation,) = store.load_result("run-2").observations.values()
        assert observation.raw is not None
        assert store.raw(observation.raw) == raw(b"ttl 0")
    assert count_rows(path)["raws"] == 1


def test_each_vantage_keeps_its_own_raw_answer_for_the_same_facts(path: Path) -> None:
    with Store.open(str(path)) as store:
        for number, vantage in enumerate(("den haag", "elsewhere")):
            answer = raw(vantage.encode())
            store.begin_run(make_run(number, vantage), ())
            store.save_many(f"run-{number}", (seen(address("192.0.2.1"), at=day(number), vantage=vantage, raws=(answer,)),))
            (observation,) = store.load_result(f"run-{number}").observations.values()
            assert observation.raw == answer.digest
            assert store.raw(answer.digest) == answer


def test_every_raw_answer_that_a_fact_names_is_kept_when_only_part_changes(path: Path) -> None:
    save_days(
        path,
        seen(address("192.0.2.1"), text("x"), at=day(0), raws=(raw(b"a0"), raw(b"x0"))),
        seen(address("192.0.2.2"), text("x"), at=day(1), raws=(raw(b"a1"), raw(b"x1"))),
        seen(at=day(2), failures=(failure(),)),
    )
    with Store.open(str(path)) as store:
        named = [fact.raw for fact in store.facts(TARGET.value)]
        assert len(named) == 3
        assert all(digest is not None and store.raw(digest) is not None for digest in named)


def test_an_observation_is_found_by_its_id_as_a_run_saw_it_or_as_it_was_seen_last(path: Path) -> None:
    first = seen(address("192.0.2.1"), at=day(0))
    save_days(path, first, seen(address("192.0.2.1"), text("x"), at=day(1)), seen(text("x"), at=day(2)))
    (observation,) = first.findings.observations
    with Store.open(str(path)) as store:
        assert store.observation(observation.id, "run-0") == observation
        last = store.observation(observation.id)
        assert last is not None
        assert last.observed_at == day(1)
        assert store.observation(observation.id, "run-2") is None
        assert store.observation("%") is None


def test_the_visits_of_a_run_give_back_leads_and_failures_for_resuming(path: Path) -> None:
    host = Target(TargetKind.HOST, "mx.example")
    visit = seen(address("192.0.2.1"), at=day(0), leads=(host,), failures=(failure(),))
    save_days(path, visit)
    with Store.open(str(path)) as store:
        assert list(store.visits("run-0")) == [visit]


def test_a_second_visit_in_one_run_adds_to_the_first(path: Path) -> None:
    with Store.open(str(path)) as store:
        store.begin_run(make_run(0), ())
        failed = seen(address("192.0.2.1"), at=day(0), failures=(failure(scope="TXT"),))
        retried = seen(text("x"), at=day(0) + timedelta(seconds=9))
        store.save_many("run-0", (failed, retried))
        result = store.load_result("run-0")
    assert {one.content for one in result.observations.values()} == {address("192.0.2.1"), text("x")}
    assert result.failures == ()


@pytest.mark.parametrize(("collector", "vantage"), [("tls", "local"), ("dns", "elsewhere")])
def test_an_observation_of_another_collector_or_vantage_is_a_mistake_and_nothing_is_stored(
    path: Path, collector: str, vantage: str
) -> None:
    wrong = seen(address("192.0.2.1"), at=day(0), collector=collector, vantage=vantage)
    with Store.open(str(path)) as store:
        store.begin_run(make_run(0), ())
        with pytest.raises(ValueError, match="is none of dns at local"):
            store.save_many("run-0", (numbered_visit(1), Visit(TARGET, "dns", wrong.findings, day(0))))
        assert store.targets_done("run-0") == set()


def test_an_instant_without_a_time_zone_is_a_mistake(path: Path) -> None:
    with Store.open(str(path)) as store:
        store.begin_run(make_run(0), ())
        with pytest.raises(ValueError, match="has no time zone"):
            store.save_many("run-0", (seen(address("192.0.2.1"), at=day(0).replace(tzinfo=None)),))


def test_a_subject_that_was_never_asked_about_has_no_facts(path: Path) -> None:
    with Store.open(str(path)) as store:
        assert store.facts("never.example") == ()
