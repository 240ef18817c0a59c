"""What the prefix tables answer about one address.

A table gives one range per address and kind, except the published ranges, which nest: all are given, the most specific first.
`first` and `last` bound the whole range in which the table says the same; `prefix` is the largest prefix in it around the address.
"""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.model.observation import RangeScope


@dataclass(frozen=True, slots=True)
class RangeEntry:
    """A prefix that a provider publishes as its own; it does not say who uses the address."""

    prefix: str
    provider: str
    region: str | None
    border_group: str | None
    services: tuple[str, ...]
    scope: RangeScope
    dataset: str


@dataclass(frozen=True, slots=True)
class OriginEntry:
    """The AS numbers that announce the address and their names, in the same order. Names lie: key on the number."""

    prefix: str
    first: str
    last: str
    asns: tuple[int, ...]
    holders: tuple[str, ...]
    dataset: str


@dataclass(frozen=True, slots=True)
class CountryEntry:
    """The country of registration or location, which `dataset` tells apart; registration says nothing of location."""

    prefix: str
    first: str
    last: str
    country: str
    dataset: str


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """Where the holder says that the range is used (RFC 8805): its word, not a measurement. `url` is where it says so."""

    prefix: str
    first: str
    last: str
    country: str
    region: str | None
    city: str | None
    url: str
    dataset: str


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """All tables about one address; None and empty mean that the table has no row for it."""

    ranges: tuple[RangeEntry, ...]
    origin: OriginEntry | None
    registration: CountryEntry | None
    location: CountryEntry | None
    geofeed: PlaceEntry | None = None


@dataclass(frozen=True, slots=True)
class TableValues:
    """The same without the ranges around the address: one shared record for all addresses that agree in everything.

    `registration`, `location` and `geofeed` are countries.
    """

    ranges: tuple[RangeEntry, ...]
    asns: tuple[int, ...]
    holders: tuple[str, ...]
    registration: str | None
    location: str | None
    geofeed: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkSegment:
    """A part of a network, from `first` to `last` address, in which all tables say the same."""

    first: str
    last: str
    values: TableValues


@dataclass(frozen=True, slots=True)
class NetworkAnswer:
    """The parts of a network in order; `complete` is false when it has more parts than were asked for."""

    segments: tuple[NetworkSegment, ...]
    complete: bool
