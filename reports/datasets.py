"""The datasets that a run used, or that are embedded, in words: name, version, date and age."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from herkomst.reports.base import DatasetView
from herkomst.reports.phrases import Phrases, parse_day
from herkomst.reports.terminal import fill
from herkomst.reports.words import Words
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.names import display


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


def _age(as_of: str, on: date, words: Words) -> str:
    day = parse_day(as_of)
    return words.count("head.age_days", max((on - day).days, 0)) if day else ""
