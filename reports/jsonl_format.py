"""The format `jsonl`: one JSON value a line, so that a long result can be read as a stream."""

from __future__ import annotations

from typing import ClassVar

from herkomst.reports.base import PLAIN, RenderOptions, ReportModel
from herkomst.reports.documents import encode, inspect_documents, run_lines


class JsonLinesRun:
    """A run line by line: itself, then its verdicts, placements and failures, each with its `type`."""

    name: ClassVar[str] = "jsonl"
    media_type: ClassVar[str] = "application/jsonl"
    suffix: ClassVar[str] = ".jsonl"

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return one JSON value a line."""
        del options
        return b"".join(encode(line) for line in run_lines(report.result, report.words))


class JsonLinesInspect:
    """One `herkomst.inspect/1` document a line, one line a subject."""

    name: ClassVar[str] = "jsonl"
    media_type: ClassVar[str] = "application/jsonl"
    suffix: ClassVar[str] = ".jsonl"

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return one document a line."""
        del options
        return b"".join(encode(document) for document in inspect_documents(report.result))
