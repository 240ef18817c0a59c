"""Exit codes are a contract: 0 nothing speaks against it, 1 contradicted, 2 usage, 3 something is not known."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from herkomst.scanner.cli import exit_codes
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.run import Run, RunResult, Vantage
from herkomst.scanner.model.verdict import Reason, Status
from hypothesis import given
from hypothesis import strategies as st
from running import run_program
from scene import Scene

Herkomst = Callable[..., Any]
ANSWERED = "archief.mijnvoorbeeld.example"
CONTRADICTED = ("zaken.mijnvoorbeeld.example", "--claim", "web.jurisdiction=EU")
FRONTED = "vergunningen.mijnvoorbeeld.example"
VERDICT = Scene().judge("web.country", "NL")


def test_0_where_every_claim_is_consistent(herkomst: Herkomst) -> None:
    said = herkomst("check", ANSWERED, "--claim", "web.country=NL", "--claim", "web.jurisdiction=EU")
    assert (said.code, said.err) == (0, "")


def test_1_where_a_claim_is_contradicted(herkomst: Herkomst) -> None:
    assert herkomst("check", *CONTRADICTED).code == 1


def test_2_where_the_command_line_is_wrong(herkomst: Herkomst) -> None:
    said = herkomst("check", ANSWERED, "--claim", "web.contry=NL")
    assert (said.code, said.out) == (2, "")
    assert "web.country" in said.err  # the nearest that exists


def test_3_where_a_claim_cannot_be_known(herkomst: Herkomst) -> None:
    assert herkomst("check", FRONTED, "--claim", "web.country=NL").code == 3


def test_1_comes_before_3(herkomst: Herkomst) -> None:
    said = herkomst("check", FRONTED, *CONTRADICTED, "--claim", "web.country=NL", "--format", "json")
    assert {"contradicted", "unverifiable"} <= {verdict["status"] for verdict in said.document["verdicts"]}
    assert said.code == 1


def test_requiring_confirmation_raises_the_bar(herkomst: Herkomst) -> None:
    assert herkomst("check", ANSWERED, "--claim", "web.country=NL", "--require", "confirmed").code == 3
    said = herkomst("check", "voorbeeld.example", "--claim", "mail.inbound.provider=veldpost", "--require", "confirmed")
    assert said.code == 0


def test_a_check_without_claims_shows_the_facts(herkomst: Herkomst) -> None:
    assert herkomst("check", ANSWERED).code == 0
    assert herkomst("check", "meldingen.mijnvoorbeeld.example").code == 3


def test_an_inspection_with_a_failure_is_3_and_without_one_0(herkomst: Herkomst) -> None:
    assert herkomst("inspect", ANSWERED).code == 0
    assert herkomst("inspect", ANSWERED, "meldingen.mijnvoorbeeld.example").code == 3


def test_nobody_there_gives_only_not_measured_and_3_in_bounded_time(tmp_path: Path, validate: Callable[..., None]) -> None:
    began = monotonic()
    command = "check nothing.invalid --claim hosting.country=NL --resolver 127.0.0.1:9 --offline --format json"
    done = run_program(*command.split(), folder=tmp_path, timeout_s=20)
    assert monotonic() - began < 20
    assert done.returncode == 3
    assert done.stderr == ""
    document = json.loads(done.stdout)
    validate("run", document)
    assert {verdict["status"] for verdict in document["verdicts"]} == {"not_measured"}
    assert {part["status"] for verdict in document["verdicts"] for part in verdict["parts"]} == {"not_measured"}
    assert document["failures"]


def test_an_unforeseen_error_is_no_contradiction(tmp_path: Path) -> None:
    program = (
        "import sys; from herkomst.scanner.cli import data, main; data.render_options = None  # any defect\n"
        "sys.argv = ['herkomst', 'data', 'status']; sys.exit(main.main())"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 3
    assert "Traceback" in done.stderr
    assert "defect of Herkomst" in done.stderr


# -- by what was found ----------------------------------------------------------------------------------------------


def result(*statuses: Status, reason: Reason | None = None, complete: bool = True, failures: int = 0) -> RunResult:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    run = Run("r", at, at, complete, "0", Vantage("test"))
    failed = tuple(Failure("dns", f"h{number}", "dns.rrset", FailureReason.TIMEOUT, True) for number in range(failures))
    return RunResult(run, verdicts=tuple(replace(VERDICT, status=status, reason=reason) for status in statuses), failures=failed)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.CONFIRMED, 0),
        (Status.CONSISTENT, 0),
        (Status.ATTESTED, 0),
        (Status.CONTRADICTED, 1),
        (Status.PARTLY, 1),
        (Status.UNVERIFIABLE, 3),
        (Status.NOT_MEASURED, 3),
    ],
)
def test_each_status_has_its_code(status: Status, code: int) -> None:
    assert exit_codes.of_result(result(status)) == code
    assert exit_codes.of_result(result(Status.CONFIRMED, status)) == code


def test_an_expired_statement_is_3() -> None:
    assert exit_codes.of_result(result(Status.ATTESTED, reason=Reason.EXPIRED)) == 3


def test_a_stopped_run_is_never_0() -> None:
    assert exit_codes.of_result(result(Status.ATTESTED, complete=False)) == 3
    assert exit_codes.of_result(result(complete=False)) == 3
    assert exit_codes.of_result(result(Status.CONTRADICTED, complete=False)) == 1


def test_nothing_but_failures_is_3_and_failures_beside_verdicts_are_theirs() -> None:
    assert exit_codes.of_result(result(failures=1)) == 3
    assert exit_codes.of_result(result()) == 0
    assert exit_codes.of_result(result(Status.CONSISTENT, failures=1)) == 0


@given(st.lists(st.sampled_from(Status), max_size=6), st.randoms())
def test_the_order_of_the_verdicts_does_not_matter(statuses: list[Status], random: Any) -> None:
    shuffled = list(statuses)
    random.shuffle(shuffled)
    assert exit_codes.of_result(result(*statuses)) == exit_codes.of_result(result(*shuffled))
