"""Exit codes, stable: others build on them. 2 comes before 1, and 1 before 3."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status, Verdict

OK = 0
CONTRADICTED = 1
USAGE = 2
INCOMPLETE = 3


def of_result(result: RunResult, require: Status | None = None) -> int:
    """Return the exit code of a run: that of its verdicts, and never 0 where it was stopped or had nothing but failures."""
    code = of_verdicts(result.verdicts, require)
    unanswered = not result.run.complete or bool(result.failures and not result.verdicts)
    return INCOMPLETE if code == OK and unanswered else code


def of_verdicts(verdicts: Iterable[Verdict], require: Status | None = None) -> int:
    """Return the exit code of judged claims; `require` confirmed makes everything else an incomplete answer."""
    listed = tuple(verdicts)
    if any(verdict.status in (Status.CONTRADICTED, Status.PARTLY) for verdict in listed):
        return CONTRADICTED
    if any(verdict.status in (Status.NOT_MEASURED, Status.UNVERIFIABLE) for verdict in listed):
        return INCOMPLETE
    if any(verdict.reason is Reason.EXPIRED for verdict in listed):
        return INCOMPLETE
    if require is Status.CONFIRMED and any(verdict.status is not Status.CONFIRMED for verdict in listed):
        return INCOMPLETE
    return OK
