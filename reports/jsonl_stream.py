"""The format `jsonl` of a run that comes in parts: the same lines as `JsonLinesRun`, without holding the run in memory.

The run's line, which has the counts, comes first, though they are known last: verdicts, placements and failures wait in files without
a name until then.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from types import TracebackType
from typing import BinaryIO, Self

from herkomst.reports.accounts import mask_accounts
from herkomst.reports.coverage import all_failures, count_run
from herkomst.reports.documents import RUN_SCHEMA, encode, failure_document, run_line, run_placements, verdict_document
from herkomst.reports.words import Words
from herkomst.scanner.model.identity import Plain
from herkomst.scanner.model.run import Run, RunResult
from herkomst.scanner.model.verdict import Coverage, Status

KINDS = ("verdict", "placement", "failure")
MAX_KNOWN_FAILURES = 100_000
"""Beyond so many, a failure of what many systems share may be listed again."""


class JsonLinesStream:
    """Takes the parts of a run, and writes its lines at the end. Use it as a context manager."""

    def __init__(self, words: Words, *, show_accounts: bool = False) -> None:
        self._words = words
        self._show_accounts = show_accounts
        self._files = ExitStack()
        self._waiting: dict[str, BinaryIO] = {
            kind: self._files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack is that context manager
            for kind in KINDS
        }
        self._statuses = Counter[Status]()
        self._coverage = Coverage(0, 0)
        self._known: dict[str, None] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._files.close()

    def add(self, part: RunResult) -> None:
        """Take in some systems. Raises OSError where there is no room for what waits."""
        part = part if self._show_accounts else mask_accounts(part)
        self._statuses.update(verdict.status for verdict in part.verdicts)
        counted = count_run(part)
        targets, measured = self._coverage.targets + counted.targets, self._coverage.measured + counted.measured
        self._coverage = Coverage(targets, measured)
        for verdict in part.verdicts:
            self._put("verdict", verdict_document(verdict, self._words))
        for placement in run_placements(part):
            self._put("placement", placement)
        for failure in all_failures(part):
            if failure.id not in self._known:
                if len(self._known) < MAX_KNOWN_FAILURES:
                    self._known[failure.id] = None
                self._put("failure", failure_document(failure))

    def write(self, run: Run, out: BinaryIO) -> None:
        """Write all lines, that of the finished run first."""
        counts: dict[str, Plain] = {status.value: self._statuses[status] for status in Status}
        out.write(encode(run_line(run, counts, self._coverage)))
        for file in self._waiting.values():
            file.seek(0)
            shutil.copyfileobj(file, out)

    def _put(self, kind: str, document: object) -> None:
        content = document if isinstance(document, dict) else {}
        self._waiting[kind].write(encode({"schema": RUN_SCHEMA, "type": kind, **content}))
