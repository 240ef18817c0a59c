"""Problems: what is wrong in a declaration, where, and what would be right. All are collected, so that one run names them all."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from herkomst.scanner.errors import DeclarationError
from herkomst.scanner.names import display

Hint: TypeAlias = Callable[[], str]
MAX_PROBLEMS = 200
"""Beyond this many a file is mostly one mistake repeated; the rest is counted."""
SHOWN_ACCEPTED = 12
_COMPARED_LENGTH = 64
_TOO_SHORT = 3
"""Every country code is like every other."""


class Severity(StrEnum):
    """An error makes the declaration unusable; a warning is shown and the declaration is used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file; line and column count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. `value` is what was found, safe to show; `accepted` all that would do, empty where it is no list."""

    severity: Severity
    file: str
    line: int
    column: int
    message: str
    value: str = ""
    accepted: tuple[str, ...] = ()
    nearest: str | None = None

    @property
    def place(self) -> str:
        """File, line and column, as editors and compilers write them."""
        return f"{self.file}:{self.line}:{self.column}"

    def render(self) -> str:
        """Return the problem on one line; a long list of accepted values is cut to those most like the value."""
        parts = [f"{self.place}: {self.severity}: {self.message}"]
        if self.value:
            parts.append(f"Found: '{self.value}'.")
        if self.nearest is not None:
            parts.append(f"Did you mean '{self.nearest}'?")
        if self.accepted:
            parts.append(f"Accepted: {cut_accepted(self.nearest or self.value, self.accepted)}.")
        return " ".join(parts)

    def __str__(self) -> str:
        return self.render()


class InvalidDeclarations(DeclarationError):
    """Declarations that cannot be used; `problems` holds every error and warning, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors = sum(problem.severity is Severity.ERROR for problem in problems)
        count = "1 error" if errors == 1 else f"{errors} errors"
        super().__init__("\n".join([*(problem.render() for problem in problems), f"{count} in the declarations."]))
        self.problems = tuple(problems)


class Problems:
    """Collects the problems of one file. Beyond MAX_PROBLEMS they are only counted, so that a hostile file costs little."""

    def __init__(self, file: str) -> None:
        self.file = display(file)
        self._found: list[Problem] = []
        self._errors = 0
        self._uncollected = 0

    @property
    def has_errors(self) -> bool:
        """Whether an error was found, collected or only counted."""
        return self._errors > 0

    def error(self, place: Place, message: str, value: str = "", accepted: Sequence[str] = (), hint: Hint | None = None) -> None:
        """Add a mistake that makes the declaration unusable; `hint` gives the value that is meant, where that is sure."""
        self._errors += 1
        self._add(Severity.ERROR, place, message, value, accepted, hint)

    def warn(self, place: Place, message: str, value: str = "", accepted: Sequence[str] = ()) -> None:
        """Add something to look at; the declaration is used all the same."""
        self._add(Severity.WARNING, place, message, value, accepted, None)

    def _add(
        self, severity: Severity, place: Place, message: str, value: str, accepted: Sequence[str], hint: Hint | None
    ) -> None:
        if len(self._found) >= MAX_PROBLEMS:
            self._uncollected += 1
            return
        like = (hint() if hint else None) or nearest(value, accepted)
        self._found.append(Problem(severity, self.file, place.line, place.column, message, display(value), tuple(accepted), like))

    def collected(self) -> tuple[Problem, ...]:
        """Return the problems by place, and as the last one how many more there are."""
        ordered = sorted(self._found, key=lambda problem: (problem.line, problem.column))
        if self._uncollected:
            severity = Severity.ERROR if self.has_errors else Severity.WARNING
            last = ordered[-1]
            ordered.append(
                Problem(severity, self.file, last.line, last.column, f"{self._uncollected} more problems are not shown.")
            )
        return tuple(ordered)


def nearest(value: str, accepted: Sequence[str]) -> str | None:
    """Return the accepted value most like this one, letter case aside, or None where none is like it."""
    if not value or len(value) > _COMPARED_LENGTH:
        return None
    folded = {item.casefold(): item for item in reversed(accepted)}
    found = difflib.get_close_matches(value.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None


def cut_accepted(value: str, accepted: Sequence[str]) -> str:
    """Return the accepted values as text; of a long list the ones most like the value, and how many more there are."""
    if len(accepted) <= SHOWN_ACCEPTED:
        return ", ".join(accepted)
    comparable = len(value) > _TOO_SHORT
    like = difflib.get_close_matches(value[:_COMPARED_LENGTH], accepted, n=SHOWN_ACCEPTED, cutoff=0.6) if comparable else []
    known = [value] if value in accepted else []
    shown = like or list(dict.fromkeys([*known, *accepted]))[:SHOWN_ACCEPTED]
    return f"{', '.join(shown)} and {len(accepted) - len(shown)} more"
