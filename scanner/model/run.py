"""A run: when, from where, with which knowledge; and all its results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from herkomst.scanner.model.claim import System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class KnowledgeVersion:
    """One dataset or catalogue that the run used: its age is shown on every report."""

    name: str
    version: str
    as_of: str
    rows: int
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Vantage:
    """From where the scan looked. `asn` and `country` are the vantage's own, as configured; None where not known."""

    label: str
    resolvers: tuple[str, ...] = ()
    asn: int | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One scan. `complete` is false when it was stopped before every target was asked. `not_asked`: kinds switched off."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    complete: bool
    version: str
    vantage: Vantage
    knowledge: tuple[KnowledgeVersion, ...] = ()
    not_asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownBefore:
    """Resources of one type in one Region of an AWS account that earlier runs saw, and that this run could not look for.

    `since` is when the first of them was first seen. No verdict rests on them: they may be gone.
    """

    account: str
    region: str
    service: str
    type: str
    count: int
    since: datetime


@dataclass(frozen=True)
class RunResult:
    """A run with all its results, as reports and the store see it.

    `pictures` hold the placements, in the order of `systems` and their assets; a picture belongs to every system that has its
    subject among its assets. `observations` are by id: every evidence id in a placement or verdict is a key.
    """

    run: Run
    systems: tuple[System, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    pictures: tuple[Picture, ...] = ()
    failures: tuple[Failure, ...] = ()
    observations: dict[str, Observation] = field(default_factory=dict)
    known_before: tuple[KnownBefore, ...] = ()
    """Stale: not seen in this run, and only there for who reads the result."""


def pictures_by_subject(pictures: Iterable[Picture]) -> tuple[Picture, ...]:
    """Return a picture for each subject: where a cluster is called like a domain, that of which something was seen."""
    chosen: dict[str, Picture] = {}
    for picture in pictures:
        if picture.placements or picture.subject not in chosen:
            chosen[picture.subject] = picture
    return tuple(chosen.values())


def merge_parts(run: Run, systems: tuple[System, ...], parts: Sequence[RunResult]) -> RunResult:
    """Return the parts of one run as its whole result."""
    return RunResult(
        run,
        systems,
        tuple(verdict for part in parts for verdict in part.verdicts),
        pictures_by_subject(picture for part in parts for picture in part.pictures),
        tuple(dict.fromkeys(failure for part in parts for failure in part.failures)),
        {oid: observation for part in parts for oid, observation in part.observations.items()},
    )
