"""The whole program on the laboratory gives what was written down before, and every verdict leads to raw answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from herkomst.lab.laboratory import Laboratory
from herkomst.lab.story import Expectation, read_story
from herkomst.scanner.cli.main import main
from herkomst.scanner.model.observation import GeofeedEntry
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Status, Verdict
from herkomst.scanner.store import Store
from running import scan_laboratory, write_settings

EXPECTED = read_story().expected
SUPPORTED = frozenset({Status.CONFIRMED, Status.CONSISTENT, Status.PARTLY, Status.CONTRADICTED})
"""Statuses that say something was seen: without evidence they would be made up."""


@dataclass(frozen=True)
class Scanned:
    result: RunResult
    store: Store
    config: Path


@pytest.fixture(scope="module")
def scanned(laboratory: Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    folder = tmp_path_factory.mktemp("story")
    path = folder / "store.db"
    with Store.open(str(path)) as store:
        result = scan_laboratory(laboratory, store)
        yield Scanned(result, store, write_settings(laboratory.settings(), folder, store=str(path)))


def named(expected: Expectation) -> str:
    return f"{expected.system}-{expected.said_by}-{expected.claim}-{expected.operator}".replace(" ", "_")


def key(verdict: Verdict) -> tuple[str, str, str, str]:
    return verdict.system, verdict.said_by.value, verdict.claim, verdict.operator.value


@pytest.mark.parametrize("expected", EXPECTED, ids=named)
def test_the_verdict_is_as_it_was_written_down(expected: Expectation, scanned: Scanned) -> None:
    (verdict,) = [
        item
        for item in scanned.result.verdicts
        if key(item) == (expected.system, expected.said_by, expected.claim, expected.operator)
    ]
    assert verdict.status.value == expected.status, expected.why
    if expected.reason is not None:
        assert verdict.reason is not None
        assert verdict.reason.value == expected.reason, expected.why


def test_there_is_one_verdict_for_each_claim(scanned: Scanned) -> None:
    verdicts = scanned.result.verdicts
    assert (
        len({key(verdict) for verdict in verdicts}) == len({verdict.id for verdict in verdicts}) == len(verdicts) == len(EXPECTED)
    )


def test_all_seven_statuses_occur(scanned: Scanned) -> None:
    assert {verdict.status for verdict in scanned.result.verdicts} == set(Status)


def test_only_what_goes_wrong_on_purpose_is_a_failure(scanned: Scanned) -> None:
    broken = ("meldingen.mijnvoorbeeld.example", "reserveren.mijnvoorbeeld.example")
    assert {failure.subject for failure in scanned.result.failures} == set(broken)
    assert scanned.result.run.complete


def test_the_holders_geofeed_is_read(scanned: Scanned) -> None:
    found = [item.content for item in scanned.result.observations.values() if isinstance(item.content, GeofeedEntry)]
    assert {(item.prefix, item.country, item.city) for item in found} == {("192.0.2.16/28", "NL", "Alkmaar")}


def test_the_store_gives_the_run_back_as_it_was(scanned: Scanned) -> None:
    loaded = scanned.store.load_result(scanned.result.run.id)
    assert loaded == scanned.result
    assert scanned.store.load_result() == scanned.result


def test_every_evidence_id_is_an_observation_whose_raw_answer_is_kept(scanned: Scanned) -> None:
    observations = scanned.result.observations
    for verdict in scanned.result.verdicts:
        for identity in {*verdict.evidence, *(oid for part in verdict.parts for oid in part.evidence)}:
            digest = observations[identity].raw
            assert digest, observations[identity]
            raw = scanned.store.raw(digest)
            assert raw is not None, observations[identity]
            assert hashlib.sha256(raw.body).hexdigest() == digest


def test_a_verdict_that_says_something_was_seen_has_evidence_and_one_that_says_nothing_was_has_a_reason(scanned: Scanned) -> None:
    for verdict in scanned.result.verdicts:
        if verdict.status in SUPPORTED:
            assert verdict.evidence, verdict
        if verdict.status in (Status.NOT_MEASURED, Status.UNVERIFIABLE, Status.CONTRADICTED):
            assert verdict.reason, verdict


@pytest.mark.parametrize("expected", EXPECTED, ids=named)
def test_explain_follows_the_verdict_to_the_raw_answers(
    expected: Expectation, scanned: Scanned, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (verdict,) = [
        item
        for item in scanned.result.verdicts
        if key(item) == (expected.system, expected.said_by, expected.claim, expected.operator)
    ]
    assert main(["explain", verdict.id[:12], "--config", str(scanned.config)]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert verdict.id in shown
    digests = {identity: scanned.result.observations[identity].raw for identity in verdict.evidence}
    for identity, digest in digests.items():
        assert identity in shown
        assert digest
        assert digest in shown
    unfolded = [line for line in shown.splitlines() if line.lstrip().startswith("| ")]
    assert bool(unfolded) == bool(digests)
    assert max(len(line) for line in shown.splitlines() if not line.lstrip().startswith("| ")) <= 80


def test_two_scans_of_the_same_world_agree(laboratory: Laboratory, scanned: Scanned) -> None:
    again = scan_laboratory(laboratory)
    assert again.run.id != scanned.result.run.id
    assert again.verdicts == scanned.result.verdicts
    assert again.observations.keys() == scanned.result.observations.keys()
    assert {failure.id for failure in again.failures} == {failure.id for failure in scanned.result.failures}
