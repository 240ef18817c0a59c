"""The datasets that a run used, or that are embedded or updated, in words: name, version, date, age, and how an update went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from herkomst.reports.base import DatasetView
from herkomst.reports.phrases import Phrases, parse_day
from herkomst.reports.terminal import fill
from herkomst.reports.words import Words
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.names import display

_OUTCOMES = {
    "updated": "update.updated",
    "unchanged": "update.unchanged",
    "failed": "update.failed",
    "absent": "update.absent",
}


@dataclass(frozen=True, slots=True)
class UpdateState:
    """What is known of a feed besides its dataset: when its copy was fetched, and when the last attempt failed and why (else empty)."""

    fetched_on: str = ""
    failed_on: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """How the update of one feed went: `outcome` is updated, unchanged, failed or absent; `as_of` is empty where there is no copy."""

    name: str
    outcome: str
    as_of: str = ""
    rows: int = 0
    detail: str = ""


def view_datasets(versions: Iterable[KnowledgeVersion], on: date, phrases: Phrases) -> tuple[DatasetView, ...]:
    """Return the datasets with their age on a day; a dataset without a whole date has none."""
    return tuple(
        DatasetView(
            display(item.name), display(item.version), phrases.as_of(item.as_of), _age(item.as_of, on, phrases.words), item.rows
        )
        for item in versions
    )


def dataset_lines(views: Iterable[DatasetView], words: Words, width: int) -> list[str]:
    """Return the datasets as lines of a list."""
    lines: list[str] = []
    for view in views:
        age = f", {words.say('head.age')} {view.age}" if view.age else ""
        lines.extend(fill(f"{view.name} {view.version}, {words.say('head.as_of')} {view.as_of}{age}", width, "  - "))
    return lines


def status_lines(views: Iterable[DatasetView], updates: Mapping[str, UpdateState], phrases: Phrases, width: int) -> list[str]:
    """Return every dataset with its rows and whether it is embedded or updated, and every feed of which the last attempt failed."""
    words = phrases.words
    lines: list[str] = []
    shown = tuple(views)
    for view in shown:
        state = updates.get(view.name, UpdateState())
        origin = (
            words.say("update.fetched", date=phrases.as_of(state.fetched_on))
            if state.fetched_on
            else words.say("update.embedded")
        )
        age = f", {words.say('head.age')} {view.age}" if view.age else ""
        text = f"{view.name} {view.version}, {words.say('head.as_of')} {view.as_of}{age}, {_rows(view.rows, words)}, {origin}"
        lines.extend(fill(text, width, "  - "))
    for name, state in sorted(updates.items()):
        if state.failure:
            failed = words.say(
                "update.last_failed", name=display(name), date=phrases.as_of(state.failed_on), detail=display(state.failure)
            )
            lines.extend(fill(failed, width, "  ! "))
    return lines


def update_lines(updates: Iterable[UpdateLine], phrases: Phrases, width: int) -> list[str]:
    """Return how the update of each feed went, and what is in force now."""
    words = phrases.words
    lines: list[str] = []
    for item in updates:
        text = words.say(_OUTCOMES[item.outcome], name=display(item.name))
        if item.outcome == "failed":
            text = f"{text}: {display(item.detail)}"
            lines.extend(fill(text, width, "  ! "))
            kept = (
                words.say("update.copy_stays", date=phrases.as_of(item.as_of))
                if item.as_of
                else words.say("update.embedded_stays")
            )
            lines.extend(fill(kept, width, "    "))
            continue
        if item.outcome != "absent":
            text = f"{text}, {words.say('head.as_of')} {phrases.as_of(item.as_of)}, {_rows(item.rows, words)}"
        lines.extend(fill(text, width, "  - "))
    return lines


def _rows(number: int, words: Words) -> str:
    return f"{number} {words.say('head.rows')}"


def _age(as_of: str, on: date, words: Words) -> str:
    day = parse_day(as_of)
    return words.count("head.age_days", max((on - day).days, 0)) if day else ""
