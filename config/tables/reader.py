"""Reads the packed prefix tables: mapped, not parsed, so that opening takes milliseconds and a look-up about a microsecond.

A look-up bisects the start of the segments, gets one number, and decodes what it stands for once; addresses that agree in everything
share one record. No `ipaddress` objects: they cost more than the look-up.
"""

from __future__ import annotations

import json
import struct
from array import array
from bisect import bisect_left, bisect_right
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from typing import Literal, Self

from herkomst.config.tables.answers import (
    CountryEntry,
    NetworkAnswer,
    NetworkSegment,
    OriginEntry,
    PlaceEntry,
    RangeEntry,
    TableAnswer,
    TableValues,
)
from herkomst.config.tables.bulk import find_values4
from herkomst.config.tables.layout import (
    ABOUT_ITEM,
    BASE_COLUMNS,
    FILE_NAME,
    PLACE_ITEM,
    RANGE_ITEM,
    SCOPES,
    MappedFile,
)
from herkomst.config.tables.rows import LAST, Dataset, TableKind, format_address, format_prefix, parse_prefix
from herkomst.scanner.errors import InvalidName, KnowledgeError
from herkomst.scanner.model.run import KnowledgeVersion

EMBEDDED = Path(__file__).resolve().parent.parent / "data" / "tables"
_KIND_NUMBERS = {TableKind.ORIGIN: 1, TableKind.REGISTRATION: 2, TableKind.LOCATION: 3, TableKind.GEOFEED: 4}
_HALVES = struct.Struct(">QQ")
_MAPPED = 0xFFFF
"""The third and fourth quarter of an IPv4-mapped IPv6 address begin with this (RFC 4291 section 2.5.5.2)."""
NETWORK_PARTS = 256


class PrefixTables:
    """The packed tables, open. Holds a map of the file, to be released with `close`."""

    def __init__(self, file: MappedFile) -> None:
        self._file = file
        self._views: list[memoryview[int]] = []
        self._start4 = self._column("start4", "I")
        self._index4 = self._column("index4", "I")
        self._value4 = self._column("value4", "I")
        self._high6 = self._column("start6.high", "Q")
        self._low6 = self._column("start6.low", "Q")
        self._value6 = self._column("value6", "I")
        self._values = self._column("value", "I")
        self._text_at = self._column("text.at", "I")
        self._text = self._column("text", "B")
        self._list_at = self._column("list.at", "I")
        self._list = self._column("list", "I")
        self._origin_at = self._column("origin.at", "I")
        self._origin = self._column("origin", "I")
        self._range = self._column("range", "B")
        self._about = self._column("about", "B")
        columns = self._text_section("columns").split() or list(BASE_COLUMNS)
        self._width = len(columns)
        self._columns = {name: number for number, name in enumerate(columns)}
        self._place = self._column("place", "B") if TableKind.GEOFEED in self._columns else None
        self._marks = {
            (version, kind): self._file.section(f"mark{version}.{number}")
            for version in (4, 6)
            for kind, number in _KIND_NUMBERS.items()
            if kind in self._columns
        }
        self._decoded: list[TableValues | None] = [None] * (len(self._values) // self._width)
        self._entries: dict[int, RangeEntry] = {}
        self.details = self._read_datasets()
        """The datasets with their kind, as they were built in."""
        self.kind_names = {item.kind: item.name for item, _ in self.details}
        """The dataset of each kind, where a kind has one."""

    @classmethod
    def open(cls, folder: Path | None = None) -> Self:
        """Map the tables in a folder, or the embedded ones; raise KnowledgeError where they are missing or damaged."""
        if folder is None or folder == EMBEDDED:
            return cls(MappedFile(EMBEDDED / FILE_NAME))
        return cls(MappedFile(folder / FILE_NAME, f"Run `herkomst data update`, or remove {folder} to use the embedded tables."))

    @property
    def datasets(self) -> tuple[KnowledgeVersion, ...]:
        """The datasets with version, date and number of rows."""
        return tuple(
            KnowledgeVersion(name=item.name, version=item.version, as_of=item.as_of, rows=rows, licence=item.licence)
            for item, rows in self.details
        )

    def close(self) -> None:
        """Release the map; the tables answer nothing after it."""
        for view in self._views:
            view.release()
        self._views.clear()
        self._file.map.close()

    # -- look-ups ---------------------------------------------------------------------------------------------------

    def values(self, address: str) -> TableValues:
        """Return what the tables say of an address, without the ranges around it: the fast way, for many addresses."""
        if ":" in address:
            high, low = _halves(address)
            if high or low >> 32 != _MAPPED:
                value = self._value6[self._segment6(high, low)]
                return self._decoded[value] or self._values_of(value)
            number = low & 0xFFFF_FFFF
        else:
            number = _number4(address)
        upper = number >> 16
        index = self._index4
        segment = bisect_right(self._start4, number, index[upper] - 1, index[upper + 1]) - 1
        value = self._value4[segment]
        return self._decoded[value] or self._values_of(value)

    def lookup(self, address: str) -> TableAnswer:
        """Return what all tables say of an address, each with the range it lies in; raise InvalidName where it is none."""
        version, number = _number(address)
        segment = self._segment(version, number)
        value = (self._value4 if version == 4 else self._value6)[segment]
        values = self._values_of(value)

        def country(kind: TableKind, code: str | None) -> CountryEntry | None:
            return CountryEntry(*self._run(version, segment, number, kind), code, self._dataset(value, kind)) if code else None

        origin = place = None
        if values.asns:
            run = self._run(version, segment, number, TableKind.ORIGIN)
            origin = OriginEntry(*run, values.asns, values.holders, self._dataset(value, TableKind.ORIGIN))
        if values.geofeed:
            place = self._place_entry(value, self._run(version, segment, number, TableKind.GEOFEED))
        return TableAnswer(
            ranges=values.ranges,
            origin=origin,
            registration=country(TableKind.REGISTRATION, values.registration),
            location=country(TableKind.LOCATION, values.location),
            geofeed=place,
        )

    def network_segments(self, network: str, limit: int = NETWORK_PARTS) -> NetworkAnswer:
        """Return the parts of a network in which the tables differ, at most `limit`; raise InvalidName where it is no network."""
        try:
            version, first, last = parse_prefix(network)
        except KnowledgeError as error:
            raise InvalidName(f"{network[:60]!r} is no network.", advice="Give one such as 192.0.2.0/24.") from error
        segment = self._segment(version, first)
        values = self._value4 if version == 4 else self._value6
        found: list[NetworkSegment] = []
        start = first
        while start <= last:
            if len(found) == limit:
                return NetworkAnswer(tuple(found), complete=False)
            end = min(last, self._segment_end(version, segment))
            found.append(
                NetworkSegment(format_address(version, start), format_address(version, end), self._values_of(values[segment]))
            )
            start, segment = end + 1, segment + 1
        return NetworkAnswer(tuple(found), complete=True)

    def value_numbers(self, version: int, packed: bytes) -> memoryview[int]:
        """Return the number of the value of each address, in order; `packed` are the addresses in network order (4 or 16 bytes each).

        `value` gives what a number stands for. With numpy (the extra `bulk`) IPv4 addresses are searched for all at once.
        """
        if version == 4:
            return find_values4(packed, self._start4, self._value4)
        halves = _HALVES.iter_unpack(packed)
        return memoryview(array("I", (self._value6[self._segment6(high, low)] for high, low in halves)))

    def value(self, number: int) -> TableValues:
        """Return what a number of `value_numbers` stands for."""
        return self._decoded[number] or self._values_of(number)

    # -- everything, for those who build upon it --------------------------------------------------------------------

    @property
    def made_from(self) -> dict[str, str]:
        """What an update made this file from: checksums by name; empty for tables that were built from their sources."""
        text = self._text_section("made.from")
        return dict(json.loads(text)) if text else {}

    def segments(self, version: int) -> list[tuple[int, int]]:
        """Return where each segment of a protocol begins, and the number of its value."""
        if version == 4:
            return list(zip(self._start4, self._value4, strict=True))
        starts = (high << 64 | low for high, low in zip(self._high6, self._low6, strict=True))
        return list(zip(starts, self._value6, strict=True))

    @property
    def columns4(self) -> tuple[memoryview[int], memoryview[int]]:
        """Where the segments of IPv4 begin, and the numbers of their values, as they are mapped."""
        return self._start4, self._value4

    def all_values(self) -> list[TableValues]:
        """Return what every value number stands for."""
        return [self._values_of(number) for number in range(len(self._decoded))]

    def all_ranges(self) -> list[RangeEntry]:
        """Return every published prefix, in the order in which they are packed."""
        return [self._entry(number) for number in range(1, len(self._range) // RANGE_ITEM.size)]

    # -- segments ---------------------------------------------------------------------------------------------------

    def _segment(self, version: int, number: int) -> int:
        if version == 4:
            return bisect_right(self._start4, number) - 1
        return self._segment6(number >> 64, number & 0xFFFF_FFFF_FFFF_FFFF)

    def _segment6(self, high: int, low: int) -> int:
        segment = bisect_right(self._high6, high) - 1
        if self._high6[segment] != high or self._low6[segment] <= low:
            return segment
        # several segments begin within one upper half: look for the lower half among them
        begin = bisect_left(self._high6, high, 0, segment)
        return bisect_right(self._low6, low, begin, segment + 1) - 1

    def _segment_start(self, version: int, segment: int) -> int:
        return self._start4[segment] if version == 4 else self._high6[segment] << 64 | self._low6[segment]

    def _segment_end(self, version: int, segment: int) -> int:
        following = segment + 1
        count = len(self._value4 if version == 4 else self._value6)
        return self._segment_start(version, following) - 1 if following < count else LAST[version]

    def _run(self, version: int, segment: int, number: int, kind: TableKind) -> tuple[str, str, str]:
        """Return the prefix around an address and the bounds of the range in which this kind says the same."""
        base, length = self._marks[version, kind]
        begin = self._file.map.rfind(b"\1", base, base + segment + 1) - base
        after = self._file.map.find(b"\1", base + segment + 1, base + length) - base
        first = self._segment_start(version, begin)
        last = self._segment_end(version, after - 1) if after >= 0 else LAST[version]
        return format_prefix(version, first, last, number), format_address(version, first), format_address(version, last)

    # -- values -----------------------------------------------------------------------------------------------------

    def _values_of(self, value: int) -> TableValues:
        known = self._decoded[value]
        if known is not None:
            return known
        listed, origin, registration, location = self._values[value * self._width : value * self._width + 4]
        pairs = self._origin[self._origin_at[origin] : self._origin_at[origin + 1]]
        decoded = TableValues(
            ranges=tuple(self._entry(item) for item in self._list[self._list_at[listed] : self._list_at[listed + 1]]),
            asns=tuple(pairs[0::2]),
            holders=tuple(self._string(number) for number in pairs[1::2]),
            registration=self._string(registration) or None,
            location=self._string(location) or None,
            geofeed=(self._string(self._place_numbers(value)[0]) or None) if self._place is not None else None,
        )
        self._decoded[value] = decoded
        return decoded

    def _entry(self, number: int) -> RangeEntry:
        known = self._entries.get(number)
        if known is not None:
            return known
        high, low, bits, version, about = RANGE_ITEM.unpack_from(self._range, number * RANGE_ITEM.size)
        provider, region, border_group, services, scope, dataset = ABOUT_ITEM.unpack_from(self._about, about * ABOUT_ITEM.size)
        entry = RangeEntry(
            prefix=f"{format_address(version, high << 64 | low)}/{bits}",
            provider=self._string(provider),
            region=self._string(region) or None,
            border_group=self._string(border_group) or None,
            services=tuple(self._string(services).split()),
            scope=SCOPES[scope],
            dataset=self._string(dataset),
        )
        self._entries[number] = entry
        return entry

    def _string(self, number: int) -> str:
        return bytes(self._text[self._text_at[number] : self._text_at[number + 1]]).decode("utf-8")

    def _cell(self, value: int, column: str) -> int:
        return self._values[value * self._width + self._columns[column]]

    def _dataset(self, value: int, kind: TableKind) -> str:
        """Return which dataset gave the answer of a kind: the only one of that kind, or what the value says."""
        column = f"{kind}.dataset"
        return self._string(self._cell(value, column)) if column in self._columns else self.kind_names[kind]

    def _place_numbers(self, value: int) -> tuple[int, ...]:
        return PLACE_ITEM.unpack_from(self._place or b"", self._cell(value, TableKind.GEOFEED) * PLACE_ITEM.size)

    def _place_entry(self, value: int, run: tuple[str, str, str]) -> PlaceEntry:
        country, region, city, url, dataset = map(self._string, self._place_numbers(value))
        return PlaceEntry(*run, country, region or None, city or None, url, dataset)

    # -- opening ----------------------------------------------------------------------------------------------------

    def _text_section(self, name: str) -> str:
        """Return a section of text; empty where the file has none of that name."""
        offset, length = self._file.sections.get(name, (0, 0))
        return self._file.map[offset : offset + length].decode("ascii", "replace")

    def _column(self, name: str, code: Literal["B", "I", "Q"]) -> memoryview[int]:
        offset, length = self._file.section(name)
        view = memoryview(self._file.map)[offset : offset + length]
        column = view.cast(code) if length else view  # an empty view cannot be cast
        self._views += [column, view]
        return column

    def _read_datasets(self) -> tuple[tuple[Dataset, int], ...]:
        offset, length = self._file.section("datasets")
        try:
            listed = json.loads(self._file.map[offset : offset + length])
            return tuple(
                (Dataset(**{**item, "kind": TableKind(item["kind"])}), rows) for item in listed for rows in [item.pop("rows")]
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self.close()
            raise KnowledgeError(
                "The list of datasets is damaged.", advice=self._file.advice, place=str(self._file.path)
            ) from error


def _number4(address: str) -> int:
    try:
        return int.from_bytes(inet_pton(AF_INET, address), "big")
    except (OSError, ValueError) as error:
        raise InvalidName(f"{address[:60]!r} is no IP address.", advice="Give one such as 192.0.2.1.") from error


def _halves(address: str) -> tuple[int, int]:
    try:
        high, low = _HALVES.unpack(inet_pton(AF_INET6, address))
    except (OSError, ValueError) as error:
        raise InvalidName(f"{address[:60]!r} is no IP address.", advice="Give one such as 2001:db8::1.") from error
    return high, low


def _number(address: str) -> tuple[int, int]:
    """Return protocol version and number; an IPv4-mapped IPv6 address counts as IPv4."""
    if ":" not in address:
        return 4, _number4(address)
    high, low = _halves(address)
    if not high and low >> 32 == _MAPPED:
        return 4, low & 0xFFFF_FFFF
    return 6, high << 64 | low
