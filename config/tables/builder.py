"""Builds the packed prefix tables: flattens each kind, lays them over each other, and writes one file to be mapped.

Sections (all little-endian): `datasets` (JSON); `text` and `text.at` (strings and where each begins); `range` (published
prefixes, start, length, description), `about` (their descriptions), `list` and `list.at` (which prefixes cover an
address, the most specific first); `origin` and `origin.at` (pairs of AS number and name); `value` (four numbers: list, origin,
registration, location); and per protocol `start*` (where segments begin), `value*` (their value), `mark*` (per kind: 1 where its
answer changes), and `index4` (first segment by the upper 16 bits). Number 0 means "none" everywhere. The same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

from herkomst.config.tables.flatten import Segment, combine, flatten, smallest
from herkomst.config.tables.layout import ABOUT_ITEM, FILE_NAME, METADATA_NAME, RANGE_ITEM, SCOPES, pack_sections
from herkomst.config.tables.rows import BITS, LAST, CountryRow, Dataset, OriginRow, RangeRow, TableKind
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope

Item = TypeVar("Item", bound=Hashable)
_SCOPE_ORDER = (RangeScope.EDGE, RangeScope.REGIONAL, RangeScope.GLOBAL)
"""Of the entries for one prefix, the one that fronts others is the most specific, the one without a place the least."""


class Numbering(Generic[Item]):
    """Gives every distinct thing a number from 1 on, in the order of first use; 0 is "none"."""

    def __init__(self) -> None:
        self._numbers: dict[Item, int] = {}

    def number(self, item: Item) -> int:
        """Return the number of an item."""
        return self._numbers.setdefault(item, len(self._numbers) + 1)

    @property
    def items(self) -> list[Item]:
        """All items, the first of which has number 1."""
        return list(self._numbers)


class _Texts(Numbering[str]):
    """Strings; the empty one is "none"."""

    def number(self, item: str) -> int:
        return super().number(item) if item else 0

    def sections(self) -> dict[str, bytes]:
        at, blob = array("I", [0, 0]), bytearray()
        for item in self.items:
            blob += item.encode("utf-8")
            at.append(len(blob))
        return {"text": bytes(blob), "text.at": at.tobytes()}


class _Values:
    """The value tables that segments point into."""

    def __init__(self) -> None:
        self.texts = _Texts()
        self.abouts: Numbering[bytes] = Numbering()
        self.ranges: Numbering[bytes] = Numbering()
        self.lists: Numbering[tuple[int, ...]] = Numbering()
        self.origins: Numbering[tuple[tuple[int, int], ...]] = Numbering()
        self.values: Numbering[tuple[int, ...]] = Numbering()

    def list_of(self, covering: tuple[RangeRow, ...]) -> int:
        """Number the published prefixes that cover a point, without the summaries of more specific ones."""
        placed: set[str] = set()
        kept: list[int] = []
        for row in covering:
            if row.scope is RangeScope.GLOBAL and row.provider in placed:
                continue  # Azure's AzureCloud sums up its regions: behind a regional prefix it says nothing
            if row.scope is RangeScope.REGIONAL:
                placed.add(row.provider)
            kept.append(self.ranges.number(self._range(row)))
        return self.lists.number(tuple(kept))

    def _range(self, row: RangeRow) -> bytes:
        bits = BITS[row.version] - (row.last - row.first).bit_length()
        number = self.texts.number
        about = ABOUT_ITEM.pack(
            number(row.provider), number(row.region or ""), number(row.border_group or ""),
            number(" ".join(row.services)), SCOPES.index(row.scope), number(row.dataset),
        )  # fmt: skip
        return RANGE_ITEM.pack(row.first >> 64, row.first & ((1 << 64) - 1), bits, row.version, self.abouts.number(about))

    def origin_of(self, covering: tuple[OriginRow, ...]) -> int:
        """Number the AS numbers of the most specific rows."""
        holders = {row.asn: row.holder for row in reversed(smallest(covering))}
        return self.origins.number(tuple((asn, self.texts.number(holder)) for asn, holder in sorted(holders.items())))

    def country_of(self, covering: tuple[CountryRow, ...]) -> int:
        """Number the country of the most specific row; of two rows for one range the one given first counts."""
        return self.texts.number(covering[0].country)

    def sections(self) -> dict[str, bytes]:
        """Return the value tables as sections."""
        lists, lists_at = _ragged(self.lists.items)
        origins, origins_at = _ragged([tuple(number for pair in item for number in pair) for item in self.origins.items])
        return {
            **self.texts.sections(),
            "range": _items(self.ranges, RANGE_ITEM.size),
            "about": _items(self.abouts, ABOUT_ITEM.size),
            "list": lists,
            "list.at": lists_at,
            "origin": origins,
            "origin.at": origins_at,
            "value": array("I", [0, 0, 0, 0, *(n for item in self.values.items for n in item)]).tobytes(),
        }


def build_tables(
    out: Path,
    *,
    asn: Iterable[OriginRow] = (),
    registration: Iterable[CountryRow] = (),
    location: Iterable[CountryRow] = (),
    ranges: Iterable[RangeRow] = (),
    datasets: Sequence[Dataset] = (),
) -> Path:
    """Write the packed tables and their metadata into the folder `out`; return the packed file's path.

    Rows may overlap and come in any order. Every kind that has rows needs its dataset, and every published range names one.
    Published ranges must be whole prefixes. Raises KnowledgeError for rows that fit no dataset.
    """
    origin_rows, registration_rows, location_rows = list(asn), list(registration), list(location)
    range_rows = sorted(set(ranges), key=_range_order)
    _check(origin_rows, registration_rows, location_rows, range_rows, datasets)
    values = _Values()
    sections: dict[str, bytes] = {}
    for version in (4, 6):
        tables = [
            flatten([row for row in range_rows if row.version == version], values.list_of),
            flatten([row for row in origin_rows if row.version == version], values.origin_of),
            flatten([row for row in registration_rows if row.version == version], values.country_of),
            flatten([row for row in location_rows if row.version == version], values.country_of),
        ]
        sections |= _segment_sections(version, tables, values)
    counts = {
        TableKind.ORIGIN: len(origin_rows),
        TableKind.REGISTRATION: len(registration_rows),
        TableKind.LOCATION: len(location_rows),
    }
    metadata: list[dict[str, str | int]] = [
        {**asdict(item), "rows": counts.get(item.kind, sum(row.dataset == item.name for row in range_rows))} for item in datasets
    ]
    listed = json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode("utf-8")
    return _write(out, pack_sections({"datasets": listed, **values.sections(), **sections}), metadata)


def _write(out: Path, packed: bytes, metadata: list[dict[str, str | int]]) -> Path:
    """Put the packed file and its metadata into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    _write_whole(out / FILE_NAME, packed)
    checksum = hashlib.sha256(packed).hexdigest()
    readable = {"file": FILE_NAME, "size_bytes": len(packed), "sha256": checksum, "datasets": metadata}
    text = json.dumps(readable, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    _write_whole(out / METADATA_NAME, text.encode("utf-8"))
    return out / FILE_NAME


def _segment_sections(version: int, tables: Sequence[list[Segment]], values: _Values) -> dict[str, bytes]:
    starts: list[int] = []
    numbers = array("I")
    marks = [bytearray() for _ in tables]
    previous: tuple[int, ...] | None = None
    for point, combined in combine(tables):
        if point > LAST[version]:
            break  # a row that ends at the last address opens no segment behind it
        starts.append(point)
        numbers.append(values.values.number(combined) if any(combined) else 0)
        for kind, mark in enumerate(marks):
            mark.append(previous is None or previous[kind] != combined[kind])
        previous = combined
    found = {f"value{version}": numbers.tobytes()}
    found |= {f"mark{version}.{kind}": bytes(mark) for kind, mark in enumerate(marks) if kind}
    if version == 4:
        found["start4"] = array("I", starts).tobytes()
        found["index4"] = _upper_index(starts).tobytes()
    else:
        found["start6.high"] = array("Q", (start >> 64 for start in starts)).tobytes()
        found["start6.low"] = array("Q", (start & ((1 << 64) - 1) for start in starts)).tobytes()
    return found


def _upper_index(starts: Sequence[int]) -> array[int]:
    """For each value of the upper 16 bits, how many segments begin at or before its first address."""
    index = array("I")
    position = 0
    for upper in range(1 << 16):
        while position < len(starts) and starts[position] <= upper << 16:
            position += 1
        index.append(position)
    index.append(len(starts))
    return index


def _range_order(row: RangeRow) -> tuple[object, ...]:
    return (
        row.version, row.first, -row.last, _SCOPE_ORDER.index(row.scope), row.provider, row.region is None, row.region or "", row.border_group or "",
        row.services, row.dataset,
    )  # fmt: skip


def _check(
    asn: Sequence[OriginRow],
    registration: Sequence[CountryRow],
    location: Sequence[CountryRow],
    ranges: Sequence[RangeRow],
    datasets: Sequence[Dataset],
) -> None:
    kinds = [item.kind for item in datasets]
    for kind, rows in ((TableKind.ORIGIN, asn), (TableKind.REGISTRATION, registration), (TableKind.LOCATION, location)):
        if kinds.count(kind) != 1 and (rows or kinds.count(kind)):
            raise KnowledgeError(f"The {kind} rows need exactly one dataset.", advice="Name it in `datasets`.")
    names = {item.name for item in datasets if item.kind is TableKind.RANGES}
    for dataset in sorted({row.dataset for row in ranges} - names):
        raise KnowledgeError(f"Ranges name the dataset {dataset!r}, which is not given.", advice="Name it in `datasets`.")
    spans: Iterator[OriginRow | CountryRow | RangeRow] = chain(asn, registration, location, ranges)
    for span in spans:
        if not 0 <= span.first <= span.last <= LAST[span.version]:
            raise KnowledgeError(f"A row runs from {span.first} to {span.last}.", advice="Fetch the source again.")
    for row in ranges:
        size = row.last - row.first + 1
        if size & (size - 1) or row.first % size:
            raise KnowledgeError(f"A range of {row.provider} is no prefix.", advice="Give whole prefixes.")
        if any(" " in service for service in row.services):
            raise KnowledgeError(f"A service of {row.provider} has a space in its name.", advice="Put `_` in its place.")


def _ragged(rows: Sequence[tuple[int, ...]]) -> tuple[bytes, bytes]:
    flat, at = array("I", [0]), array("I", [1, 1])
    for row in rows:
        flat.extend(row)
        at.append(len(flat))
    return flat.tobytes(), at.tobytes()


def _items(numbering: Numbering[bytes], size: int) -> bytes:
    return bytes(size) + b"".join(numbering.items)


def _write_whole(path: Path, data: bytes) -> None:
    """Put a file in place at once, so that no reader ever maps half of it."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    partial.replace(path)
