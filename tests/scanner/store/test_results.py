"""Runs and results: what is loaded is what was saved, and verdicts are found by the beginning of their id."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from herkomst.collectors.base import Findings
from herkomst.scanner.errors import StoreError, UsageError
from herkomst.scanner.model.claim import Asset, AssetKind, Hearing, Operator, Organisation, SaidBy, Scope, System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.observation import CONTENT_TYPES, Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.run import Run, RunResult, merge_parts
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.model.verdict import Confidence, Coverage, Status, Verdict
from herkomst.scanner.store import Store, Visit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_scene import TARGET, address, day, failure, make_run, numbered_visit, seen

StrategyOf: TypeAlias = Callable[[Any], st.SearchStrategy[Any]]

SYSTEM = System("zaaksysteem", Organisation("Gemeente Voorbeeld"))


def make_verdict(identity: str, status: Status = Status.CONFIRMED) -> Verdict:
    return Verdict(
        id=identity,
        alert_key="key",
        system="zaaksysteem",
        subject=TARGET.value,
        role="web",
        claim="web.country",
        operator=Operator.IS,
        expected=("NL",),
        observed=("NL",),
        status=status,
        reason=None,
        confidence=Confidence.HIGH,
        said_by=SaidBy.SUPPLIER,
        source="",
        hearing=Hearing.OPEN,
        scope=Scope(),
        coverage=Coverage(1, 1),
    )


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(str(tmp_path / "herkomst.db")) as opened:
        yield opened


@st.composite
def results_and_visits(draw: st.DrawFn, strategy_of: StrategyOf, number: int) -> tuple[RunResult, list[Visit]]:
    """Draw a run with all its results; its observations are spread over visits, as collectors make them."""
    run = dataclasses.replace(draw(strategy_of(Run)), id=f"run {number}")
    contents = st.one_of(*(strategy_of(content_type) for content_type in CONTENT_TYPES))
    pairs = st.tuples(strategy_of(Target), strategy_of(str))
    visits, observations = [], {}
    for target, collector in draw(st.lists(pairs, max_size=3, unique_by=lambda pair: (pair[0].value, pair[1]))):
        at = draw(strategy_of(datetime))
        seen_at = st.one_of(st.just(at), strategy_of(datetime))
        made = [
            Observation(target.value, collector, run.vantage.label, draw(seen_at), content)
            for content in draw(st.lists(contents, max_size=4))
        ]
        found = {one.id: one for one in reversed(made)}
        observations.update(found)
        failures = tuple(draw(st.lists(strategy_of(Failure), max_size=2)))
        leads = tuple(draw(st.lists(strategy_of(Target), max_size=2)))
        visits.append(Visit(target, collector, Findings(tuple(made), leads, failures), at))
    result = RunResult(
        run=run,
        systems=tuple(draw(st.lists(strategy_of(System), max_size=2))),
        verdicts=tuple(draw(st.lists(strategy_of(Verdict), max_size=2))),
        pictures=tuple(draw(st.lists(strategy_of(Picture), max_size=2))),
        failures=tuple(draw(st.lists(strategy_of(Failure), max_size=2))),
        observations=observations,
    )
    # a run has a picture for each subject, and each failure once
    return merge_parts(result.run, result.systems, [result]), visits


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_loaded_is_what_was_saved_for_every_run(strategy_of: StrategyOf, data: st.DataObject) -> None:
    saved = [data.draw(results_and_visits(strategy_of, number)) for number in range(2)]
    with Store.open("sqlite://") as opened:
        for result, visits in saved:
            opened.begin_run(dataclasses.replace(result.run, complete=False, finished_at=None), result.systems)
            opened.save_many(result.run.id, visits)
            opened.finish_run(result)
        for result, visits in saved:
            assert opened.load_result(result.run.id) == result
            assert opened.targets_done(result.run.id) == {(visit.target, visit.collector) for visit in visits}


def test_an_interrupted_run_shows_what_was_collected_and_is_not_complete(store: Store) -> None:
    store.begin_run(make_run(0), (SYSTEM,))
    store.save_many("run-0", (numbered_visit(1), seen(at=day(0), failures=(failure(),))))
    result = store.load_result()
    assert result.run == make_run(0)
    assert not result.run.complete
    assert result.systems == (SYSTEM,)
    assert result.failures == (failure(),)
    assert len(result.observations) == 3
    assert (result.verdicts, result.pictures) == ((), ())


def test_how_an_account_is_reached_is_not_stored_and_does_not_count_when_a_run_is_resumed(store: Store) -> None:
    account = Asset(
        AssetKind.AWS, "111122223333", (("role_arn", "arn:aws:iam::111122223333:role/read"), ("external_id", "tekst"))
    )
    system = dataclasses.replace(SYSTEM, assets=(account,))
    store.begin_run(make_run(0), (system,))
    (stored,) = store.load_result().systems
    assert [(asset.value, asset.access) for asset in stored.assets] == [("111122223333", ())]
    renewed = dataclasses.replace(account, access=(("role_arn", "arn:aws:iam::111122223333:role/andere"),))
    assert store.find_interrupted((dataclasses.replace(system, assets=(renewed,)),)) == make_run(0).id


def test_the_failures_of_a_finished_run_are_those_that_were_handed_over(store: Store) -> None:
    store.begin_run(make_run(0), ())
    store.save_many("run-0", (seen(at=day(0), failures=(failure(),)),))
    store.finish_run(RunResult(make_run(0)))
    assert store.load_result().failures == ()


def test_finishing_again_replaces_the_results(store: Store) -> None:
    store.begin_run(make_run(0), (SYSTEM,))
    store.finish_run(RunResult(make_run(0), (SYSTEM,), (make_verdict("a"), make_verdict("b"))))
    second = RunResult(dataclasses.replace(make_run(0), complete=True, finished_at=day(1)), (SYSTEM,), (make_verdict("c"),))
    store.finish_run(second)
    assert store.load_result() == second


def test_the_latest_run_is_the_one_that_started_last(store: Store) -> None:
    assert store.latest_run() is None
    assert store.run_ids() == ()
    for number in (0, 2, 1):
        store.begin_run(make_run(number), ())
    assert store.latest_run() == make_run(2)
    assert store.run_ids(2) == ("run-2", "run-1")
    assert store.load_result().run == make_run(2)


def test_instants_are_the_same_whatever_the_time_zone_they_were_given_in(store: Store) -> None:
    started = day(0).astimezone(timezone(timedelta(hours=2)))
    store.begin_run(dataclasses.replace(make_run(0), started_at=started), ())
    store.save_many("run-0", (seen(address("192.0.2.1"), at=started),))
    (observation,) = store.load_result().observations.values()
    assert store.load_result().run == make_run(0)
    for loaded in (store.load_result().run.started_at, observation.observed_at, store.facts(TARGET.value)[0].valid_from):
        assert (loaded, loaded.tzinfo) == (day(0), UTC)


def test_a_run_id_is_used_once(store: Store) -> None:
    store.begin_run(make_run(0), ())
    with pytest.raises(StoreError, match="There is a run run-0 already"):
        store.begin_run(make_run(0), ())


def test_a_run_that_was_not_begun_is_named_with_the_nearest(store: Store) -> None:
    with pytest.raises(UsageError, match="There is no run in the store yet"):
        store.load_result()
    with pytest.raises(UsageError, match="Start with a scan or a check"):
        store.load_result("run-0")
    store.begin_run(make_run(0), ())
    with pytest.raises(UsageError, match=r"There is no run 'rum-0' in the store. Give one of: run-0\."):
        store.load_result("rum-0")
    with pytest.raises(UsageError, match="There is no run 'run-1'"):
        store.save_many("run-1", (numbered_visit(1),))


def save_verdicts(store: Store) -> None:
    for number, identities in enumerate((["ab12", "ab34", "old1"], ["ab12", "cd56"])):
        store.begin_run(make_run(number), ())
        status = (Status.CONFIRMED, Status.CONTRADICTED)[number]
        store.finish_run(RunResult(make_run(number), (), tuple(make_verdict(one, status) for one in identities)))


@pytest.mark.parametrize(
    ("prefix", "run_id", "expected"),
    [
        ("ab12", None, ("run-1", "ab12", Status.CONTRADICTED)),
        ("ab1", "run-0", ("run-0", "ab12", Status.CONFIRMED)),
        ("o", None, ("run-0", "old1", Status.CONFIRMED)),
        ("ab", "run-1", ("run-1", "ab12", Status.CONTRADICTED)),
    ],
)
def test_a_verdict_is_found_by_the_beginning_of_its_id(
    store: Store, prefix: str, run_id: str | None, expected: tuple[str, str, Status]
) -> None:
    save_verdicts(store)
    run, verdict = store.find_verdict(prefix, run_id)
    assert (run.id, verdict.id, verdict.status) == expected


@pytest.mark.parametrize(
    ("prefix", "run_id", "expected"),
    [
        ("ab", None, "Several verdicts have an id that begins with 'ab'. Give more of one of: ab12, ab34."),
        ("cd57", None, "There is no verdict 'cd57' in the store. Give the id, or the beginning of it, as a report shows it, such as cd56"),
        ("cd56", "run-0", "There is no verdict 'cd56' in the store."),
        ("", None, "There is no verdict '' in the store."),
        ("%", None, "There is no verdict '%' in the store."),
        ("AB12", None, "There is no verdict 'AB12' in the store."),
        ("\ud800\x00\x1b[31m", None, "There is no verdict '\\ud800\\u0000\\u001b[31m' in the store."),
    ],
)  # fmt: skip
def test_no_verdict_or_several_is_an_error_with_the_candidates(
    store: Store, prefix: str, run_id: str | None, expected: str
) -> None:
    save_verdicts(store)
    with pytest.raises(UsageError) as caught:
        store.find_verdict(prefix, run_id)
    assert str(caught.value).startswith(expected)


def test_an_exact_id_wins_from_a_longer_one(store: Store) -> None:
    store.begin_run(make_run(0), ())
    store.finish_run(RunResult(make_run(0), (), tuple(make_verdict(one) for one in ("ab", "ab1", "ab2"))))
    assert store.find_verdict("ab")[1].id == "ab"


@pytest.mark.parametrize("value", ["\x00", "\ud800", "a\\u0000b", "\\", "\udc00\ud800", "\U0001f600é", "\\ud800\ud800"])
def test_texts_that_a_database_cannot_hold_survive_everywhere(store: Store, value: str) -> None:
    target = Target(TargetKind.HOST, f"t{value}")
    visit = seen(
        address(value), at=day(0), target=target, collector=f"c{value}", vantage=f"v{value}", failures=(failure(scope=value),)
    )
    run = dataclasses.replace(make_run(0, f"v{value}"), id=f"r{value}")
    result = RunResult(run, (dataclasses.replace(SYSTEM, name=value),), (make_verdict(value),), (Picture(value),), (failure(),))
    store.begin_run(run, result.systems)
    store.save_many(run.id, (visit,))
    store.finish_run(result)
    (observation,) = visit.findings.observations
    assert store.load_result(run.id) == dataclasses.replace(result, observations={observation.id: observation})
    assert list(store.visits(run.id)) == [visit]
    assert [fact.content for fact in store.facts(target.value)] == [address(value)]
    assert store.find_verdict(value)[1].id == value
