"""A scan that is stopped, or killed, has stored what it collected."""

from __future__ import annotations

import select
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.model.verdict import Reason, Status
from herkomst.scanner.store import Store
from running import start_program, write_settings

ANSWERED, SILENT = "archief.mijnvoorbeeld.example", "reserveren.mijnvoorbeeld.example"
ADDRESS = "192.0.2.68"
DECLARATION = f"""
herkomst: 1
organisation: {{name: Gemeente Voorbeeld}}
systems:
  - name: archief
    assets: {{domains: [{ANSWERED}]}}
    claims:
      - {{claim: web.country, is: [NL], said_by: supplier}}
  - name: zaalreservering
    assets: {{domains: [{SILENT}]}}
    claims:
      - {{claim: web.country, is: [NL], said_by: supplier}}
"""
PATIENT_S = 30.0
"""How long a scan in hand waits for the silent name: much longer than any of these tests."""


@pytest.fixture
def patient(served: Laboratory, tmp_path: Path) -> Path:
    folder = tmp_path / "patient"
    folder.mkdir()
    return write_settings(served.settings(), folder, store=str(folder / "store.db"), dns_timeout_s=PATIENT_S)


@contextmanager
def scan_in_hand(config: Path, *more: object) -> Iterator[subprocess.Popen[str]]:
    """Start a scan that gets one answer and waits for another, and wait until the first is stored with all it led to."""
    folder = config.parent
    declaration = folder / "verklaring.yaml"
    declaration.write_text(DECLARATION)
    with start_program("scan", declaration, "--config", config, *more, folder=folder) as process:
        try:
            await_visits(folder / "store.db", process)
            yield process
        finally:
            process.kill()


def await_visits(path: Path, process: subprocess.Popen[str]) -> None:
    """Look into the store until the answered name and its address are in it; the pipe tells at once when the process ends."""
    wanted = {(Target(TargetKind.DOMAIN, ANSWERED), "dns"), (Target(TargetKind.ADDRESS, ADDRESS), "ip_ownership")}
    end = monotonic() + 30
    while monotonic() < end:
        if path.exists() and wanted <= visited(path):
            return
        assert not select.select([process.stdout, process.stderr], [], [], 0.05)[0], process.communicate()
    raise AssertionError("nothing was stored")


def visited(path: Path) -> set[Any]:
    with Store.open(str(path)) as store:
        run = store.latest_run()
        return store.targets_done(run.id) if run else set()


def test_a_stopped_scan_judges_and_stores_what_was_collected(patient: Path) -> None:
    with scan_in_hand(patient, "--format", "json") as process:
        began = monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert monotonic() - began < 10 < PATIENT_S
    assert process.returncode == 3
    assert "stopped before everything was asked" in err
    assert '"complete": false' in out
    with Store.open(str(patient.parent / "store.db")) as store:
        result = store.load_result()
        assert store.problems() == ()
        assert (Target(TargetKind.DOMAIN, ANSWERED), "dns") in store.targets_done(result.run.id)
    assert not result.run.complete
    assert result.run.finished_at is not None
    verdicts = {verdict.system: verdict for verdict in result.verdicts}
    assert verdicts["archief"].status is Status.CONSISTENT
    assert (verdicts["zaalreservering"].status, verdicts["zaalreservering"].reason) == (Status.NOT_MEASURED, Reason.CANCELLED)
    assert {failure.reason for failure in result.failures} == {FailureReason.CANCELLED}
    assert ANSWERED in {observation.subject for observation in result.observations.values()}


def test_a_killed_scan_has_lost_nothing_that_was_stored(patient: Path) -> None:
    with scan_in_hand(patient) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL
    with Store.open(str(patient.parent / "store.db")) as store:
        assert store.problems() == ()
        result = store.load_result()
    assert not result.run.complete
    assert result.run.finished_at is None
    assert {ANSWERED, ADDRESS} <= {observation.subject for observation in result.observations.values()}
    assert result.verdicts == ()


def test_a_killed_scan_goes_on_where_it_was(served: Laboratory, patient: Path, herkomst: Callable[..., Any]) -> None:
    with scan_in_hand(patient) as process:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
    before = served.dns.asked[ANSWERED, "MX", "udp"]
    silent = served.dns.asked[SILENT, "A", "udp"]
    store, declaration = patient.parent / "store.db", patient.parent / "verklaring.yaml"
    said = herkomst("scan", declaration, "--resume", "--store", store, "--format", "json")
    assert said.code == 3
    assert served.dns.asked[ANSWERED, "MX", "udp"] == before  # what was stored is not asked again
    assert served.dns.asked[SILENT, "A", "udp"] > silent  # what was not, is
    statuses = {verdict["system"]: verdict["status"] for verdict in said.document["verdicts"]}
    assert statuses == {"archief": "consistent", "zaalreservering": "not_measured"}
    assert said.document["run"]["complete"] is True
    with Store.open(str(store)) as opened:
        assert len(opened.run_ids()) == 1
        assert len(opened.load_result().verdicts) == 2
        assert opened.problems() == ()


def test_only_an_interrupted_run_of_the_same_systems_is_resumed(patient: Path, herkomst: Callable[..., Any]) -> None:
    with scan_in_hand(patient) as process:
        process.kill()
        process.communicate(timeout=20)
    said = herkomst("check", ANSWERED, "--resume", "--store", patient.parent / "store.db")
    assert said.code == 2
    assert "no interrupted run of just these systems" in said.err
    assert "--resume" in said.err


def test_a_run_that_was_killed_can_be_shown_and_says_that_it_is_not_whole(patient: Path, herkomst: Callable[..., Any]) -> None:
    with scan_in_hand(patient) as process:
        process.kill()
        process.communicate(timeout=20)
    for form in ("text", "html", "json"):
        said = herkomst("report", "--format", form, "--store", patient.parent / "store.db")
        assert (said.code, said.err) == (0, "")
    assert said.document["run"]["complete"] is False


def test_an_inspection_that_is_terminated_names_what_it_did_not_ask(served: Laboratory, patient: Path) -> None:
    before = served.dns.asked[SILENT, "A", "udp"]
    with start_program("inspect", ANSWERED, SILENT, "--format", "jsonl", "--config", patient, folder=patient.parent) as process:
        try:
            end = monotonic() + 30
            while served.dns.asked[SILENT, "A", "udp"] == before:
                assert monotonic() < end
                assert not select.select([process.stdout, process.stderr], [], [], 0.02)[0], process.communicate()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=20)
        finally:
            process.kill()
    assert process.returncode == 3
    assert "Traceback" not in err
    assert [line for line in out.splitlines() if SILENT in line and '"cancelled"' in line]
    assert len(out.splitlines()) == 2
