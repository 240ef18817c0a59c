"""Reads a geofeed: where the holder of a network says that its prefixes are used (RFC 8805).

A line that is not as section 2.1 says is counted and left out, and the rest is read: one slip of the holder does not silence it. Only
entries inside the registered network that names the feed are its holder's word (RFC 9632 section 3); the others are another's addresses.
Signatures (RFC 9632 section 5) are comments here: they are not checked, so a feed is as trustworthy as its HTTPS server.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from herkomst.config.knowledge.countries import COUNTRY_CODES
from herkomst.config.tables.rows import LAST, parse_address, parse_prefix
from herkomst.scanner.errors import InvalidName, KnowledgeError

MAX_ROWS = 100_000
MAX_LINE = 1_000
"""Characters; a prefix, a country, a region and a city need fewer than a hundred."""
_MAX_PLACE = 80


@dataclass(frozen=True, slots=True)
class GeofeedRow:
    """One entry. `country` is empty where the holder asks not to be placed (RFC 8805 section 2.1.1.2); `line` is as it was sent."""

    version: int
    first: int
    last: int
    country: str
    region: str | None
    city: str | None
    line: str


@dataclass(frozen=True, slots=True)
class Geofeed:
    """A feed that was read: its rows, how many lines were no entries, and whether it had more rows than are read."""

    rows: tuple[GeofeedRow, ...]
    malformed: int
    cut_off: bool

    def rows_within(self, version: int, first: int, last: int) -> tuple[GeofeedRow, ...]:
        """Return the rows that lie wholly in a registered network, the largest first: what its holder may speak of."""
        inside = (row for row in self.rows if row.version == version and first <= row.first and row.last <= last)
        return tuple(sorted(inside, key=lambda row: (row.first - row.last, row.first)))


def parse_geofeed(body: bytes) -> Geofeed:
    """Return what a feed says. UTF-8 with or without a byte order mark; bytes that are not make only their own line malformed."""
    rows: list[GeofeedRow] = []
    malformed = 0
    for raw in body.removeprefix(b"\xef\xbb\xbf").replace(b"\r", b"\n").split(b"\n"):
        line = raw.partition(b"#")[0].strip()
        if not line:
            continue
        if len(rows) == MAX_ROWS:
            return Geofeed(tuple(rows), malformed, cut_off=True)
        row = _parse_line(line)
        if row is None:
            malformed += 1
        else:
            rows.append(row)
    return Geofeed(tuple(rows), malformed, cut_off=False)


def _parse_line(raw: bytes) -> GeofeedRow | None:
    """Return the entry of a line: prefix, country, region, city, and a postal code that is not read (it is deprecated)."""
    if len(raw) > MAX_LINE:
        return None
    try:
        line = raw.decode("utf-8")
        prefix, country, region, city = [*(field.strip() for field in next(csv.reader([line]))), "", "", ""][:4]
        version, first, last = _parse_network(prefix)
    except (UnicodeDecodeError, csv.Error, StopIteration, KnowledgeError, InvalidName):
        return None
    country = country.upper()
    if country and country not in COUNTRY_CODES:
        return None
    region = region.upper()
    if not country or not region.startswith(f"{country}-"):
        region = ""  # a region of another country is a slip; ISO 3166-2 codes begin with the country
    return GeofeedRow(version, first, last, country, region[:_MAX_PLACE] or None, city[:_MAX_PLACE] or None, line)


def _parse_network(text: str) -> tuple[int, int, int]:
    """Return protocol version, first and last address; an address without a length stands for itself (section 2.1.1.1)."""
    if "/" in text:
        return parse_prefix(text)
    version, number = parse_address(text)
    return version, number, min(number, LAST[version])
