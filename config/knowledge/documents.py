"""YAML files read with their line numbers: every value knows its place, and every mistake is collected, none stops the reading.

Scalars are taken as they are written, never as YAML guesses them: `NO` is Norway and no falsehood, `2026-05` is a month.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml
from herkomst.config.knowledge.countries import COUNTRY_CODES
from herkomst.scanner.errors import KnowledgeError

E = TypeVar("E", bound=StrEnum)
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\Z")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Problems:
    """The mistakes met so far, each with its file and line."""

    found: list[tuple[str, int, str]] = field(default_factory=list)

    def add(self, file: str, line: int, text: str) -> None:
        """Note one mistake."""
        self.found.append((file, line, text))

    def raise_if_any(self) -> None:
        """Raise one KnowledgeError that lists every mistake, sorted by file and line."""
        if not self.found:
            return
        lines = [f"{file}:{line}: {text}" for file, line, text in sorted(set(self.found))]
        count = "one mistake" if len(lines) == 1 else f"{len(lines)} mistakes"
        raise KnowledgeError(
            f"The catalogue has {count}:\n  " + "\n  ".join(lines) + "\n",
            advice="Mend each line named; docs/knowledge.md explains the format.",
        )


class Fields:
    """One mapping of a file, read key by key; whatever is left when it is closed is an unknown key."""

    def __init__(self, node: yaml.Node, file: str, problems: Problems) -> None:
        self.file = file
        self.line = node.start_mark.line + 1
        self.problems = problems
        self._nodes: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        if not isinstance(node, yaml.MappingNode):
            self.add("a mapping of keys and values is expected here")
            return
        for key, value in node.value:
            name = str(key.value)
            if name in self._nodes:
                self.problems.add(file, key.start_mark.line + 1, f"the key {name!r} stands here twice")
            self._nodes[name] = value

    def add(self, text: str, key: str = "") -> None:
        """Note a mistake at a key's line, or at the mapping's own."""
        node = self._nodes.get(key)
        self.problems.add(self.file, node.start_mark.line + 1 if node else self.line, text)

    def close(self) -> None:
        """Note the keys that nobody asked for, each with the nearest one that is accepted."""
        for name in self._nodes.keys() - self._asked:
            near = get_close_matches(name, self._asked, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; accepted: {', '.join(sorted(self._asked))}"
            self.add(f"unknown key {name!r}{hint}", name)

    def has(self, key: str) -> bool:
        """Say whether the key is written, and count it as known."""
        self._asked.add(key)
        return key in self._nodes

    def _take(self, key: str, *, required: bool = False) -> yaml.Node | None:
        self._asked.add(key)
        node = self._nodes.get(key)
        if node is None and required:
            self.add(f"the key {key!r} is missing")
        return node

    def text(self, key: str, *, required: bool = False) -> str:
        """Return a scalar as it is written; empty where absent."""
        node = self._take(key, required=required)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or (not node.value.strip() and required):
            self.add(f"{key!r} takes one value", key)
            return ""
        return str(node.value).strip()

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of scalars; empty where absent."""
        node = self._take(key, required=required)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(item, yaml.ScalarNode) for item in node.value):
            self.add(f"{key!r} takes a list of values", key)
            return ()
        return tuple(str(item.value).strip() for item in node.value)

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E | None:
        """Return one of an enumeration's values."""
        text = self.text(key, required=default is None)
        if not text:
            return default
        return self._one_of(key, text, kind)

    def choices(self, key: str, kind: type[E]) -> frozenset[E]:
        """Return a set of an enumeration's values, at least one."""
        found = (self._one_of(key, text, kind) for text in self.texts(key, required=True))
        return frozenset(item for item in found if item is not None)

    def _one_of(self, key: str, text: str, kind: type[E]) -> E | None:
        try:
            return kind(text)
        except ValueError:
            self.add(f"{key!r} has the unknown value {text!r}; accepted: {', '.join(item.value for item in kind)}", key)
            return None

    def country(self, key: str) -> str:
        """Return one country code, which is required."""
        text = self.text(key, required=True)
        return self._known_country(key, text) if text else ""

    def countries(self, key: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of country codes."""
        return tuple(self._known_country(key, text) for text in self.texts(key, required=required))

    def _known_country(self, key: str, text: str) -> str:
        if text not in COUNTRY_CODES:
            self.add(f"{text!r} is no ISO 3166-1 alpha-2 country code", key)
        return text

    def day(self, key: str) -> date | None:
        """Return a day; a month or a year alone stands for its last day, the first on which the fact is certain."""
        text = self.text(key)
        if not text:
            return None
        try:
            return last_day(text)
        except ValueError:
            self.add(f"{text!r} is no date; write 2026-05-25, 2026-05 or 2026", key)
            return None

    def as_of(self, key: str) -> str:
        """Return a required date as it is written: a day, a month or a year."""
        text = self.text(key, required=True)
        if text:
            try:
                last_day(text)
            except ValueError:
                self.add(f"{text!r} is no date; write 2026-05-25, 2026-05 or 2026", key)
        return text

    def number(self, key: str) -> int | None:
        """Return a required whole number."""
        text = self.text(key, required=True)
        if text.isascii() and text.isdigit():
            return int(text)
        if text:
            self.add(f"{text!r} is no whole number", key)
        return None

    def flag(self, key: str) -> bool:
        """Return true or false; false where absent."""
        text = self.text(key)
        if text not in ("", "true", "false"):
            self.add(f"{key!r} takes true or false", key)
        return text == "true"

    def one(self, key: str) -> Fields | None:
        """Return a nested mapping; None where absent."""
        node = self._take(key)
        return None if node is None else Fields(node, self.file, self.problems)

    def many(self, key: str, *, required: bool = False) -> Iterator[Fields]:
        """Return a list of nested mappings; none where absent."""
        node = self._take(key, required=required)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.add(f"{key!r} takes a list", key)
            return
        for item in node.value:
            yield Fields(item, self.file, self.problems)


def last_day(text: str) -> date:
    """Return a written day, or the last day of a written month or year; raise ValueError for anything else."""
    match = _DATE.match(text)
    if match is None:
        raise ValueError(text)
    year, month, day = int(match[1]), int(match[2] or 12), match[3]
    if not 1 <= month <= 12:
        raise ValueError(text)
    return date(year, month, int(day) if day else calendar.monthrange(year, month)[1])


def open_document(path: Path, folder: Path, problems: Problems) -> Fields | None:
    """Return a file's top mapping; None, with the mistake noted, where it is no YAML mapping."""
    file = str(path.relative_to(folder))
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        problems.add(file, 1, f"the file cannot be read ({error})")
        return None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.add(file, line, f"this is no YAML ({error.problem})")
        return None
    except yaml.YAMLError as error:
        problems.add(file, 1, f"this is no YAML ({error})")
        return None
    if node is None:
        problems.add(file, 1, "the file is empty")
        return None
    return Fields(node, file, problems)
