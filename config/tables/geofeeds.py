"""Reads self-published geofeeds (RFC 8805): where the holder of a prefix says that it is used.

It is the holder's word (grade E5), not a measurement. A line that cannot be read is left out, as section 2.1 of the RFC lets
consumers do; a file with many such lines is no geofeed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

from herkomst.config.tables.rows import GeofeedRow, parse_prefix
from herkomst.scanner.errors import KnowledgeError

_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}\Z")
MOST_UNREADABLE = 0.01
"""The share of lines that may be unreadable."""


def parse_geofeed(lines: Iterable[str], url: str, dataset: str) -> tuple[GeofeedRow, ...]:
    """Return the entries of a geofeed, those with an empty country too: there the holder asks not to be located.

    Raises KnowledgeError where no line, or fewer than 99 of 100, can be read.
    """
    rows: list[GeofeedRow] = []
    unreadable = 0
    for fields in csv.reader(line for line in lines if line.strip() and not line.lstrip().startswith("#")):
        row = _row([field.strip() for field in fields], url, dataset)
        if row is None:
            unreadable += 1
        else:
            rows.append(row)
    if not rows or unreadable > MOST_UNREADABLE * (len(rows) + unreadable):
        raise KnowledgeError(
            f"This is no geofeed (RFC 8805): {len(rows)} lines can be read, {unreadable} cannot.",
            advice="Fetch the source again.",
        )
    return tuple(rows)


def _row(fields: list[str], url: str, dataset: str) -> GeofeedRow | None:
    prefix, country, region, city, *_ = [*fields, "", "", ""]
    country, region = country.upper(), region.upper()
    if country and not _COUNTRY.match(country):
        return None
    try:
        version, first, last = parse_prefix(prefix)
    except KnowledgeError:
        return None
    return GeofeedRow(version, first, last, country, region if _REGION.match(region) else "", city, url, dataset)
