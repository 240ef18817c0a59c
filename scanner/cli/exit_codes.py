"""Exit codes, stable: others build on them. 2 comes before 1, and 1 before 3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status, Verdict

OK = 0
CONTRADICTED = 1
USAGE = 2
INCOMPLETE = 3


@dataclass
class Tally:
    """What of a run decides its exit code, counted part by part."""

    contradicted: bool = False
    open: bool = False
    not_confirmed: bool = False
    judged: bool = False
    failed: bool = False

    def add(self, part: RunResult) -> None:
        """Count some systems of a run."""
        self.failed = self.failed or bool(part.failures)
        self.add_verdicts(part.verdicts)

    def add_verdicts(self, verdicts: Iterable[Verdict]) -> None:
        """Count some verdicts."""
        for verdict in verdicts:
            self.judged = True
            self.contradicted = self.contradicted or verdict.status in (Status.CONTRADICTED, Status.PARTLY)
            unknown = verdict.status in (Status.NOT_MEASURED, Status.UNVERIFIABLE) or verdict.reason is Reason.EXPIRED
            self.open = self.open or unknown
            self.not_confirmed = self.not_confirmed or verdict.status is not Status.CONFIRMED

    def code(self, *, complete: bool, require: Status | None = None) -> int:
        """Return the exit code: that of the verdicts, and never 0 where the run was stopped or had nothing but failures.

        `require` confirmed makes everything else an incomplete answer.
        """
        if self.contradicted:
            return CONTRADICTED
        lacking = self.open or (require is Status.CONFIRMED and self.not_confirmed)
        return INCOMPLETE if lacking or not complete or (self.failed and not self.judged) else OK


def of_result(result: RunResult, require: Status | None = None) -> int:
    """Return the exit code of a whole run."""
    tally = Tally()
    tally.add(result)
    return tally.code(complete=result.run.complete, require=require)
