"""What goes into the prefix tables: one record a row, and the datasets the rows come from.

Addresses are numbers here, since a million of them are compared; `version` (4 or 6) says of which protocol.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope

LAST = {4: (1 << 32) - 1, 6: (1 << 128) - 1}
"""The last address of each protocol, as a number."""
BITS = {4: 32, 6: 128}


class TableKind(StrEnum):
    """What a dataset says of an address."""

    RANGES = "ranges"
    ORIGIN = "origin"
    REGISTRATION = "registration"
    LOCATION = "location"
    GEOFEED = "geofeed"
    """Its holder's own words on where a range is used (RFC 8805), with the ranges themselves as published by it."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One source of rows: `as_of` is the day its content speaks of (ISO date), `source` where to find it, for people."""

    kind: TableKind
    name: str
    version: str
    as_of: str
    licence: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class OriginRow:
    """The AS that announces a range. Rows of one range with different AS numbers are kept together (multi-origin).

    AS 0 (RFC 7607) is a statement too: the source read says that nobody announces the range.
    """

    version: int
    first: int
    last: int
    asn: int
    holder: str


@dataclass(frozen=True, slots=True)
class CountryRow:
    """The country in which a range is registered, or where a location table puts it (ISO 3166-1 alpha-2).

    An empty country is a statement too: the source speaks of the range and names none.
    """

    version: int
    first: int
    last: int
    country: str


@dataclass(frozen=True, slots=True)
class RangeRow:
    """A prefix that a provider publishes as its own. `provider` is a catalogue id; `services` are in upper case, sorted.

    `region` is None where the provider names none, and `scope` says why: `edge` (it fronts others), `global`, or `regional`
    where the provider says the place in another way, by a geofeed.
    """

    version: int
    first: int
    last: int
    provider: str
    region: str | None
    border_group: str | None
    services: tuple[str, ...]
    scope: RangeScope
    dataset: str


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where the holder says that a prefix is used (RFC 8805): country (ISO 3166-1), region (ISO 3166-2) and city, the last two
    empty where it names none; `url` is where the geofeed is published."""

    version: int
    first: int
    last: int
    country: str
    region: str
    city: str
    url: str
    dataset: str


def parse_address(text: str) -> tuple[int, int]:
    """Return protocol version and number of an address; raise KnowledgeError where the text is none."""
    family, version = (socket.AF_INET6, 6) if ":" in text else (socket.AF_INET, 4)
    try:
        return version, int.from_bytes(socket.inet_pton(family, text), "big")
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{text[:60]!r} is no IP address.", advice="Fetch the source again.") from error


def parse_prefix(text: str) -> tuple[int, int, int]:
    """Return protocol version, first and last number of a prefix; host bits are refused, as is anything else."""
    address, slash, length_text = text.strip().partition("/")
    version, first = parse_address(address)
    bits = BITS[version]
    if slash and not (length_text.isascii() and length_text.isdigit() and int(length_text) <= bits):
        raise KnowledgeError(f"{text[:60]!r} is no prefix.", advice="Fetch the source again.")
    size = 1 << (bits - int(length_text)) if slash else 1
    if first % size:
        raise KnowledgeError(f"{text[:60]!r} has host bits.", advice="Fetch the source again.")
    return version, first, first + size - 1


def format_address(version: int, number: int) -> str:
    """Return the text of an address, as RFC 5952 writes it for IPv6."""
    if version == 4:
        return socket.inet_ntop(socket.AF_INET, number.to_bytes(4, "big"))
    return socket.inet_ntop(socket.AF_INET6, number.to_bytes(16, "big"))


def format_prefix(version: int, first: int, last: int, around: int | None = None) -> str:
    """Return the prefix that is the range, or else the largest prefix inside it that holds `around` (default: its first address)."""
    number = first if around is None else around
    host_bits = (last - first + 1).bit_length() - 1
    while True:
        start = number >> host_bits << host_bits
        if start >= first and start + (1 << host_bits) - 1 <= last:
            return f"{format_address(version, start)}/{BITS[version] - host_bits}"
        host_bits -= 1
