"""Builds the packed prefix tables: flattens each kind, lays them over each other, and writes one file to be mapped.

Sections (all little-endian): `datasets` (JSON); `text` and `text.at` (strings and where each begins); `range` (published
prefixes, start, length, description), `about` (their descriptions), `list` and `list.at` (which prefixes cover an
address, the most specific first); `origin` and `origin.at` (pairs of AS number and name); `place` (geofeed entries); `value` (a row
of numbers); `columns` (what each of them is; absent where they are list, origin, registration, location); `made.from` (checksums of
what an update was made from); and per protocol `start*` (where segments begin), `value*` (their value), `mark*` (per kind: 1 where
its answer changes), and `index4` (first segment by the upper 16 bits). The same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path

from herkomst.config.tables.flatten import Segment, combine, flatten
from herkomst.config.tables.layout import BASE_COLUMNS, FILE_NAME, METADATA_NAME, pack_sections
from herkomst.config.tables.rows import LAST, CountryRow, Dataset, OriginRow, PlaceRow, RangeRow, TableKind
from herkomst.config.tables.values import NOBODY, Answer, ValueTables
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope

_SCOPE_ORDER = (RangeScope.EDGE, RangeScope.REGIONAL, RangeScope.GLOBAL)
"""Of the entries for one prefix, the one that fronts others is the most specific, the one without a place the least."""
KINDS = (TableKind.ORIGIN, TableKind.REGISTRATION, TableKind.LOCATION, TableKind.GEOFEED)
"""The kinds that give one answer an address; their marks are numbered from 1 in this order."""


@dataclass
class Layers:
    """What lies over each other for one protocol, as segments: the lists of published prefixes, and what answers each kind.

    Of several layers of one kind the first that speaks of an address answers; a layer's numbers are `ValueTables.answers`, and 0 where it
    is silent. Under them lies an older file: its segments, and for each of its value numbers the answers by kind.
    """

    lists: list[Segment]
    kinds: dict[TableKind, list[list[Segment]]] = field(default_factory=dict)
    base: list[Segment] = field(default_factory=list)
    base_answers: Sequence[Mapping[TableKind, Answer]] = ()


def build_tables(
    out: Path,
    *,
    asn: Iterable[OriginRow] = (),
    registration: Iterable[CountryRow] = (),
    location: Iterable[CountryRow] = (),
    ranges: Iterable[RangeRow] = (),
    geofeed: Iterable[PlaceRow] = (),
    datasets: Sequence[Dataset] = (),
) -> Path:
    """Write the packed tables and their metadata into the folder `out`; return the packed file's path.

    Rows may overlap and come in any order. Every kind that has rows needs its dataset, and every published range names one.
    Published ranges must be whole prefixes. Raises KnowledgeError for rows that fit no dataset.
    """
    origin_rows, registration_rows, location_rows = list(asn), list(registration), list(location)
    range_rows, place_rows = sort_ranges(ranges), list(geofeed)
    _check(origin_rows, registration_rows, location_rows, datasets)
    check_rows([*origin_rows, *registration_rows, *location_rows, *place_rows], range_rows, datasets)
    names = {item.kind: item.name for item in datasets}
    values = ValueTables()
    layers: dict[int, Layers] = {}
    for version in (4, 6):
        layers[version] = Layers(flatten([row for row in range_rows if row.version == version], values.list_of))
        kinds = layers[version].kinds
        kinds[TableKind.ORIGIN] = [origin_layer(version, origin_rows, names.get(TableKind.ORIGIN, ""), values)]
        for kind, rows in ((TableKind.REGISTRATION, registration_rows), (TableKind.LOCATION, location_rows)):
            kinds[kind] = [country_layer(version, rows, names.get(kind, ""), values)]
        if place_rows:
            kinds[TableKind.GEOFEED] = [geofeed_layer(version, place_rows, values)]
    counts = {
        TableKind.ORIGIN: len(origin_rows),
        TableKind.REGISTRATION: len(registration_rows),
        TableKind.LOCATION: len(location_rows),
    }
    named: list[Sequence[RangeRow | PlaceRow]] = [range_rows, place_rows]
    rows_by_name = {item.name: sum(row.dataset == item.name for rows in named for row in rows) for item in datasets}
    counted = [(item, counts.get(item.kind, rows_by_name[item.name])) for item in datasets]
    return write_tables(out, values, layers, counted, with_datasets=False)


def origin_layer(version: int, rows: Iterable[OriginRow], dataset: str, values: ValueTables) -> list[Segment]:
    """Return the origin rows of one protocol as a layer."""
    return flatten([row for row in rows if row.version == version], lambda covering: values.origin_of(covering, dataset))


def country_layer(version: int, rows: Iterable[CountryRow], dataset: str, values: ValueTables) -> list[Segment]:
    """Return the country rows of one protocol as a layer."""
    return flatten([row for row in rows if row.version == version], lambda covering: values.country_of(covering, dataset))


def geofeed_layer(version: int, rows: Iterable[PlaceRow], values: ValueTables) -> list[Segment]:
    """Return the geofeed rows of one protocol as a layer."""
    return flatten([row for row in rows if row.version == version], values.place_of)


def write_tables(
    out: Path,
    values: ValueTables,
    layers: Mapping[int, Layers],
    datasets: Sequence[tuple[Dataset, int]],
    *,
    with_datasets: bool,
    made_from: Mapping[str, str] | None = None,
) -> Path:
    """Pack the layers, and put the file and its readable metadata into the folder; return the packed file's path.

    `with_datasets` keeps for each answer which dataset gave it, which is needed where a kind has more than one. `made_from` names
    what the tables were made from by checksum. Of the datasets, those of one kind that no answer comes from are left out.
    """
    kinds = KINDS if any(layers[version].kinds.get(TableKind.GEOFEED) for version in layers) else KINDS[:-1]
    columns = (*BASE_COLUMNS, *kinds[3:], *(f"{kind}.dataset" for kind in kinds[:3] if with_datasets))
    sections: dict[str, bytes] = {}
    used: set[int] = set()
    for version in (4, 6):
        sections |= _segment_sections(version, layers[version], values, kinds, with_datasets, used)
    names = values.texts.items
    answering = {names[number - 1] for number in used if number}
    kept = [
        (item, rows) for item, rows in datasets if not with_datasets or item.kind is TableKind.RANGES or item.name in answering
    ]
    metadata: list[dict[str, str | int]] = [{**asdict(item), "rows": rows} for item, rows in kept]
    listed = {"datasets": json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode("utf-8")}
    extra = {} if columns == BASE_COLUMNS else {"columns": " ".join(columns).encode("ascii")}
    if made_from is not None:
        extra["made.from"] = json.dumps(dict(made_from), sort_keys=True).encode("ascii")
    return _write(out, pack_sections({**listed, **extra, **values.sections(len(columns)), **sections}), metadata)


def _segment_sections(
    version: int, layers: Layers, values: ValueTables, kinds: Sequence[TableKind], with_datasets: bool, used: set[int]
) -> dict[str, bytes]:
    starts: list[int] = []
    numbers = array("I")
    marks = [bytearray() for _ in kinds]
    before: tuple[int, tuple[Answer, ...]] | None = None
    for point, said in _walk(layers, values, kinds, with_datasets, used):
        if point > LAST[version]:
            break  # a row that ends at the last address opens no segment behind it
        number, answers = said
        if before is not None and before[0] == number:
            continue
        starts.append(point)
        numbers.append(number)
        for position, mark in enumerate(marks):
            mark.append(before is None or before[1][position] != answers[position])
        before = said
    found = {f"value{version}": numbers.tobytes()}
    found |= {f"mark{version}.{number}": bytes(mark) for number, mark in enumerate(marks, 1)}
    if version == 4:
        found["start4"] = array("I", starts).tobytes()
        found["index4"] = _upper_index(starts).tobytes()
    else:
        found["start6.high"] = array("Q", (start >> 64 for start in starts)).tobytes()
        found["start6.low"] = array("Q", (start & ((1 << 64) - 1) for start in starts)).tobytes()
    return found


def _walk(
    layers: Layers, values: ValueTables, kinds: Sequence[TableKind], with_datasets: bool, used: set[int]
) -> Iterator[tuple[int, tuple[int, tuple[Answer, ...]]]]:
    """Give every point at which something may change, with the number of the value and the answer of each kind from there on."""
    stacks = [layers.kinds.get(kind, []) for kind in kinds]
    answers = [NOBODY, *values.answers.items]
    silent = (NOBODY,) * len(kinds)
    base_answers = [tuple(item.get(kind, NOBODY) for kind in kinds) for item in layers.base_answers] or [silent]
    known: dict[tuple[int, ...], tuple[int, tuple[Answer, ...]]] = {}
    for point, numbers in combine([layers.lists, layers.base, *chain.from_iterable(stacks)]):
        said = known.get(numbers)
        if said is None:
            found = list(base_answers[numbers[1]])
            position = 2
            for column, stack in enumerate(stacks):
                speaking = [number for number in numbers[position : position + len(stack)] if number]
                if speaking:
                    found[column] = answers[speaking[0]]
                position += len(stack)
            by = tuple(answer[1] for answer in found)
            used.update(by)
            row = (numbers[0], *(answer[0] for answer in found), *(by[:3] if with_datasets else ()))
            said = known[numbers] = (values.values.number(row) if any(row) else 0, tuple(found))
        yield point, said


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


def sort_ranges(rows: Iterable[RangeRow]) -> list[RangeRow]:
    """Return the distinct rows in the one order in which they are packed."""
    return sorted(set(rows), key=_range_order)


def _range_order(row: RangeRow) -> tuple[object, ...]:
    return (
        row.version, row.first, -row.last, _SCOPE_ORDER.index(row.scope), row.provider, row.region is None, row.region or "", row.border_group or "",
        row.services, row.dataset,
    )  # fmt: skip


def _check(
    asn: Sequence[OriginRow], registration: Sequence[CountryRow], location: Sequence[CountryRow], datasets: Sequence[Dataset]
) -> None:
    kinds = [item.kind for item in datasets]
    for kind, rows in ((TableKind.ORIGIN, asn), (TableKind.REGISTRATION, registration), (TableKind.LOCATION, location)):
        if kinds.count(kind) != 1 and (rows or kinds.count(kind)):
            raise KnowledgeError(f"The {kind} rows need exactly one dataset.", advice="Name it in `datasets`.")


def check_rows(
    spans: Iterable[OriginRow | CountryRow | PlaceRow], ranges: Sequence[RangeRow], datasets: Sequence[Dataset]
) -> None:
    """Raise KnowledgeError for rows out of bounds, ranges that are no prefix, and ranges of a dataset that is not given."""
    names = {item.name for item in datasets if item.kind in (TableKind.RANGES, TableKind.GEOFEED)}
    for dataset in sorted({row.dataset for row in ranges} - names):
        raise KnowledgeError(f"Ranges name the dataset {dataset!r}, which is not given.", advice="Name it in `datasets`.")
    for span in chain(spans, ranges):
        if not 0 <= span.first <= span.last <= LAST[span.version]:
            raise KnowledgeError(f"A row runs from {span.first} to {span.last}.", advice="Fetch the source again.")
    for row in ranges:
        size = row.last - row.first + 1
        if size & (size - 1) or row.first % size:
            raise KnowledgeError(f"A range of {row.provider} is no prefix.", advice="Give whole prefixes.")
        if any(" " in service for service in row.services):
            raise KnowledgeError(f"A service of {row.provider} has a space in its name.", advice="Put `_` in its place.")


def _write(out: Path, packed: bytes, metadata: list[dict[str, str | int]]) -> Path:
    """Put the packed file and its metadata into the folder."""
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / FILE_NAME, packed)
    checksum = hashlib.sha256(packed).hexdigest()
    readable = {"file": FILE_NAME, "size_bytes": len(packed), "sha256": checksum, "datasets": metadata}
    text = json.dumps(readable, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    write_whole(out / METADATA_NAME, text.encode("utf-8"))
    return out / FILE_NAME


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place at once and for good, so that no reader ever sees half of it, whenever this process or the machine stops."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name itself, not only the content
    finally:
        os.close(folder)
