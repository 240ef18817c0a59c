"""What was listed, what was measured, and what was not: one count, the same on every page and in every format."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.model.claim import System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Picture, Placement
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Coverage


def declared_subjects(systems: Iterable[System]) -> tuple[str, ...]:
    """Return the values of all declared assets, each once, in the order declared."""
    return tuple(dict.fromkeys(asset.value for system in systems for asset in system.assets))


def is_measured(picture: Picture | None) -> bool:
    """Say whether an asset was measured: something was seen or shown to be absent, and no role is missing for want of an answer."""
    if picture is None or picture.gaps:
        return False
    return bool(picture.placements or picture.absences or picture.complete_roles) and not any(
        unanswered(item) for item in picture.placements
    )


def unanswered(placement: Placement) -> bool:
    """Say whether the endpoint is known by name only, because its addresses could not be asked for."""
    return not placement.addresses and placement.addresses_incomplete


def split_subjects(result: RunResult, subjects: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the subjects that were measured and those that were not; together they are all that was listed."""
    pictures = {picture.subject: picture for picture in result.pictures}
    measured: list[str] = []
    missing: list[str] = []
    for subject in subjects:
        (measured if is_measured(pictures.get(subject)) else missing).append(subject)
    return tuple(measured), tuple(missing)


def count_run(result: RunResult) -> Coverage:
    """Return how many of the declared assets were measured; of the subjects, where nothing was declared (`inspect`)."""
    subjects = declared_subjects(result.systems) or tuple(dict.fromkeys(picture.subject for picture in result.pictures))
    measured, missing = split_subjects(result, subjects)
    return Coverage(len(measured) + len(missing), len(measured))


def failures_of(picture: Picture) -> tuple[Failure, ...]:
    """Return every failure that concerns a picture, each once."""
    at_placements = (failure for placement in picture.placements for failure in placement.failures)
    in_gaps = (failure for gap in picture.gaps for failure in gap.failures)
    return tuple(dict.fromkeys((*picture.failures, *at_placements, *in_gaps)))


def all_failures(result: RunResult) -> tuple[Failure, ...]:
    """Return every failure of a run, each once: those that travel with the run and those of its pictures."""
    met = (failure for picture in result.pictures for failure in failures_of(picture))
    return tuple(dict.fromkeys((*result.failures, *met)))
