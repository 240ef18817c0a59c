"""Where something is, as evidence: every piece with its grade, its family and the countries that it allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.model.identity import keep_texts


class Grade(StrEnum):
    """Grades of location evidence, strongest first (docs/methodology.md)."""

    E1 = "E1"
    E2 = "E2"
    E3 = "E3"
    E4 = "E4"
    E5 = "E5"
    E6 = "E6"
    E7 = "E7"
    E8 = "E8"
    E9 = "E9"


class Family(StrEnum):
    """Sources that copy one another are one family and count once."""

    CONTROL_PLANE = "control_plane"
    PUBLISHED_RANGE = "published_range"
    ROUND_TRIP = "round_trip"
    TABLE = "table"
    """Geofeeds and location tables: the tables copy the feeds."""
    SITES = "sites"
    NAMES = "names"
    """PTR and router names."""
    LABELS = "labels"
    REGISTRATION = "registration"
    INVENTORY = "inventory"
    """An export of the holder: its own word, which can speak against it and never proves."""


@dataclass(frozen=True, slots=True)
class LocationEvidence:
    """One observation on the place: every country it allows, as a set.

    E2 of a region that has zones abroad, and a round-trip bound, allow several countries. Evidence speaks for a claim when all
    of them are claimed, against it when none is, and else says nothing.
    """

    grade: Grade
    family: Family
    countries: tuple[str, ...]
    evidence: str
    region: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """The summary of all location evidence: `reason` says why `countries` is empty (fronted, anycast, ...)."""

    countries: tuple[str, ...]
    grade: Grade | None
    reason: str | None


NOT_OBSERVED = Location((), None, "not_observable")
"""Nothing is known of the place."""
keep_texts(LocationEvidence)
