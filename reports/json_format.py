"""The format `json`: a run as one `herkomst.run/1` document, the facts of `inspect` as `herkomst.inspect/1`."""

from __future__ import annotations

from typing import ClassVar

from herkomst.reports.base import PLAIN, RenderOptions, ReportModel
from herkomst.reports.documents import encode, inspect_documents, run_document


class JsonRun:
    """One `herkomst.run/1` document."""

    name: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"
    suffix: ClassVar[str] = ".json"

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return the run as one document, indented."""
        del options
        return encode(run_document(report.result, report.words), indent=2)


class JsonInspect:
    """One `herkomst.inspect/1` document for one subject, an array of them for any other number."""

    name: ClassVar[str] = "json"
    media_type: ClassVar[str] = "application/json"
    suffix: ClassVar[str] = ".json"

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return the facts, indented."""
        del options
        documents = inspect_documents(report.result)
        return encode(documents[0] if len(documents) == 1 else documents, indent=2)
