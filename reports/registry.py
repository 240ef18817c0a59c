"""The report formats that exist: one line each. Third parties add theirs by the entry-point group `herkomst.reports`."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from herkomst.reports.base import Format
from herkomst.scanner.errors import UsageError
from herkomst.scanner.names import display

ENTRY_POINT_GROUP = "herkomst.reports"
FORMATS: dict[str, str] = {
    "text": "herkomst.reports.text_format:TextFormat",
    "json": "herkomst.reports.json_format:JsonRun",
    "jsonl": "herkomst.reports.jsonl_format:JsonLinesRun",
    "html": "herkomst.reports.html_format:HtmlFormat",
}
INSPECT_FORMATS: dict[str, str] = {
    "text": "herkomst.reports.text_format:TextFormat",
    "json": "herkomst.reports.json_format:JsonInspect",
    "jsonl": "herkomst.reports.jsonl_format:JsonLinesInspect",
}


def format_names() -> tuple[str, ...]:
    """Return the names of all formats for a run, ours first."""
    return tuple(dict.fromkeys((*FORMATS, *(entry.name for entry in entry_points(group=ENTRY_POINT_GROUP)))))


def load_format(name: str) -> Format:
    """Return a format for a run; UsageError, with the accepted ones, where there is none of that name."""
    if name in FORMATS:
        return _load(FORMATS[name])
    for entry in entry_points(group=ENTRY_POINT_GROUP, name=name):
        return cast("type[Format]", entry.load())()
    raise _unknown(name, format_names())


def load_inspect_format(name: str) -> Format:
    """Return a format for the facts of `inspect`; UsageError, with the accepted ones, where there is none of that name."""
    if name not in INSPECT_FORMATS:
        raise _unknown(name, tuple(INSPECT_FORMATS))
    return _load(INSPECT_FORMATS[name])


def _load(place: str) -> Format:
    module, _, name = place.partition(":")
    return cast("type[Format]", getattr(import_module(module), name))()


def _unknown(name: str, accepted: tuple[str, ...]) -> UsageError:
    return UsageError(f"There is no format {display(name)!r} here.", advice=f"Choose one of: {', '.join(accepted)}.")
