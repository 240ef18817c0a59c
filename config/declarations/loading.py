"""Loading declarations: one file with all its mistakes, or files and folders that must all be usable."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from herkomst.config.declarations.document import START, read_document
from herkomst.config.declarations.problem import InvalidDeclarations, Problem, Problems, Severity
from herkomst.config.declarations.systems import PlacedDeclaration, read_declaration
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Declaration

SUFFIXES: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome for one file: the declaration is None where any error was found; warnings leave it usable."""

    declaration: Declaration | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """Usable declarations, in the order given (folders by file name), and what to look at."""

    declarations: tuple[Declaration, ...]
    warnings: tuple[Problem, ...]


def check_declaration(path: Path, knowledge: Knowledge, today: date) -> Checked:
    """Return the declaration in a file and every problem with it, sorted by place.

    A file that cannot be read, is no YAML or is beyond the limits of `document` gives one error. `today` decides what has expired.
    """
    placed, problems = _read(path, knowledge, today)
    return Checked(placed.declaration if placed else None, problems.collected())


def load_declarations(paths: Sequence[Path], knowledge: Knowledge, today: date) -> Loaded:
    """Return the declarations in files and folders (`*.yaml`, `*.yml`, at any depth); InvalidDeclarations names every mistake.

    Two systems of one organisation with the same name in two files are an error, since their verdicts would have one id.
    """
    files, problems = _find_files(paths)
    declarations: list[Declaration] = []
    names: dict[tuple[str, str], str] = {}
    for path in files:
        placed, found = _read(path, knowledge, today)
        if placed is not None:
            _name_shared_systems(placed, names, found)
            declarations.append(placed.declaration)
        problems.extend(found.collected())
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InvalidDeclarations(problems)
    return Loaded(tuple(declarations), tuple(problems))


def _read(path: Path, knowledge: Knowledge, today: date) -> tuple[PlacedDeclaration | None, Problems]:
    problems = Problems(str(path))
    node = read_document(path, problems)
    placed = read_declaration(node, str(path), knowledge, today, problems) if node is not None else None
    return (None if problems.has_errors else placed), problems


def _name_shared_systems(placed: PlacedDeclaration, names: dict[tuple[str, str], str], problems: Problems) -> None:
    organisation = placed.declaration.organisation.name
    for name, place in placed.system_places:
        here = f"{problems.file}:{place.line}"
        first = names.setdefault((organisation, name), here)
        if first != here:
            problems.error(place, f"This organisation has a system of this name in another file already ({first}).", name)


def _find_files(paths: Iterable[Path]) -> tuple[tuple[Path, ...], list[Problem]]:
    files: dict[str, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        found: Sequence[Path] = (path,)
        if path.is_dir():
            found = sorted(_declarations_in(path))
            if not found:
                sink = Problems(str(path))
                sink.error(START, "There is no declaration in this folder.", "", [f"*{suffix}" for suffix in SUFFIXES])
                problems.extend(sink.collected())
        for file in found:
            files.setdefault(str(file.resolve()), file)
    return tuple(files.values()), problems


def _declarations_in(folder: Path) -> Iterable[Path]:
    """Links to folders are not followed, so a loop of links ends."""
    for current, _, names in os.walk(folder):
        yield from (Path(current, name) for name in names if name.endswith(SUFFIXES) and not name.startswith("."))
