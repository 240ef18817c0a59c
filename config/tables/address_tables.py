"""Reads whole-Internet tables that are published daily: iptoasn's AS table and the registries' extended statistics.

The statistics follow the RIR Statistics Exchange Format (extended: with an opaque id, and with what is available or reserved). Both
also list what nobody has: such rows are kept, since they take away what an older table said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from herkomst.config.tables.rows import BITS, LAST, CountryRow, OriginRow, parse_address
from herkomst.scanner.errors import KnowledgeError

_MAX_ASN = (1 << 32) - 1
_NO_COUNTRY = frozenset({"", "ZZ", "EU", "AP"})
"""Codes in the statistics that stand for no country: none, unknown, and regions."""
_HELD = frozenset({"allocated", "assigned"})
_STATUSES = _HELD | {"available", "reserved"}


@dataclass(frozen=True, slots=True)
class Statistics:
    """The ranges of one registry's file, its serial number, and the last day it covers (ISO date)."""

    rows: tuple[CountryRow, ...]
    serial: str
    as_of: str


def parse_iptoasn(lines: Iterable[str]) -> Iterator[OriginRow]:
    """Read iptoasn's `ip2asn-v4.tsv` or `-v6`: first and last address, AS number (0: not routed), country, AS name."""
    for number, line in enumerate(lines, 1):
        fields = line.rstrip("\r\n").split("\t")
        if len(fields) != 5 or not (fields[2].isascii() and fields[2].isdigit()) or int(fields[2]) > _MAX_ASN:
            _refuse(f"line {number} has not five fields with an AS number")
        version, first = parse_address(fields[0])
        other, last = parse_address(fields[1])
        if version != other or last < first:
            _refuse(f"line {number} has a range that ends before it begins")
        asn = int(fields[2])
        yield OriginRow(version, first, last, asn, fields[4].strip() if asn else "")


def parse_statistics(lines: Iterable[str]) -> Statistics:
    """Read `delegated-*-extended-latest`; a file with fewer lines of a type than its summaries promise ends early, and is refused."""
    head: list[str] = []
    promised: dict[str, int] = {}
    seen: Counter[str] = Counter()
    rows: list[CountryRow] = []
    for number, line in enumerate(lines, 1):
        fields = line.strip().split("|")
        if not line.strip() or line.startswith("#"):
            continue
        if not head:
            head = _head(fields)
        elif len(fields) == 6 and fields[5] == "summary":
            promised[fields[2]] = _count(fields[4], number)
        elif len(fields) < 7 or fields[6] not in _STATUSES:
            _refuse(f"line {number} has not the seven fields of a record")
        else:
            seen[fields[2]] += 1
            if fields[2] != "asn":
                rows.append(_record(fields, number))
    if not head or not promised:
        _refuse("the version line or the summary is missing")
    for kind, count in promised.items():
        if seen[kind] < count:
            _refuse(f"{count} lines of type {kind} are promised and {seen[kind]} are there: it ends early")
    day = head[5]
    return Statistics(tuple(rows), head[2], f"{day[:4]}-{day[4:6]}-{day[6:8]}")


def _head(fields: list[str]) -> list[str]:
    if (
        len(fields) < 7
        or not fields[0].startswith("2")
        or len(fields[5]) != 8
        or not (fields[5].isascii() and fields[5].isdecimal())
    ):
        _refuse("the first line is no version line")
    return fields


def _record(fields: list[str], line: int) -> CountryRow:
    version, first = parse_address(fields[3])
    size = _count(fields[4], line)
    if fields[2] != f"ipv{version}" or (version == 6 and size > BITS[6]):
        _refuse(f"line {line} names a type that its address is not of")
    last = first + (size if version == 4 else 1 << (BITS[6] - size)) - 1
    if not first <= last <= LAST[version]:
        _refuse(f"line {line} has a range beyond the last address")
    country = fields[1].upper()
    held = fields[6] in _HELD and country not in _NO_COUNTRY
    if held and not (len(country) == 2 and country.isascii() and country.isalpha()):
        _refuse(f"line {line} has no country code")
    return CountryRow(version, first, last, country if held else "")


def _count(text: str, line: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        _refuse(f"line {line} has no number where one belongs")
    return int(text)


def _refuse(what: str) -> NoReturn:
    raise KnowledgeError(f"The table is not as its publisher describes it: {what}.", advice="Fetch the source again.")
