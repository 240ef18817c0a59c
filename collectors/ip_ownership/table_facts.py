"""Turns what the prefix tables answer into contents of observations, each with its row as raw answer.

A scan meets many addresses of few networks. So what the tables say is made ready once for each /24 or /48 in which no table changes, and
the raw answer of a row once for all addresses that share the row: that takes three quarters off the cost of an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from herkomst.collectors.ip_ownership.part import Part
from herkomst.collectors.ip_ownership.recorder import Recorder, make_raw
from herkomst.config.tables.answers import CountryEntry, OriginEntry, PlaceEntry, RangeEntry, TableAnswer
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import BITS, format_address
from herkomst.scanner.model.identity import canonical_json
from herkomst.scanner.model.observation import Content, GeofeedEntry, IpLocation, IpOrigin, IpRange, IpRegistration, RawAnswer

TABLE_KINDS = (IpRange.kind, IpOrigin.kind, IpRegistration.kind, IpLocation.kind)
NO_ORIGIN = make_raw(canonical_json({"kind": IpOrigin.kind, "row": None}).encode("utf-8"))
"""The raw answer where the tables were asked and no row tells who announces an address."""
MAX_REMEMBERED = 100_000
"""Rows and neighbourhoods that are kept ready; a large scan meets about as many."""
_SHARED_BITS = {4: 8, 6: 80}

Row = RangeEntry | OriginEntry | CountryEntry | PlaceEntry


@dataclass(frozen=True, slots=True)
class _Ready:
    """What the tables say of an address, but for the address: each fact's record type, its further fields, and its raw answer."""

    answer: TableAnswer
    facts: tuple[tuple[Callable[..., Content], tuple[Any, ...], RawAnswer], ...]


class TableFacts:
    """Adds to findings what the tables of one run say."""

    def __init__(self, tables: PrefixTables) -> None:
        self._tables = tables
        self._datasets = {item.name: item for item in tables.datasets}
        self._raws: dict[Row, RawAnswer] = {}
        self._ready: dict[tuple[int, int], _Ready | None] = {}

    def describe(self, part: Part, recorder: Recorder) -> TableAnswer:
        """Add each fact of a part, ranges first, the most specific before the less; return what the tables said.

        No row is no fact; that no row tells who announces the address is left to the caller, who may ask further.
        """
        key = (part.version, part.first >> _SHARED_BITS[part.version])
        ready = self._ready.get(key) if part.first == part.last else self._make_ready(part)
        if ready is None:
            ready = self._make_ready(part)
            if key not in self._ready and part.first == part.last:
                self._share(key, ready)
        for make, fields, raw in ready.facts:
            recorder.add(make(part.text, *fields), raw)
        return ready.answer

    def _share(self, key: tuple[int, int], ready: _Ready) -> None:
        """Keep what is ready for the whole neighbourhood; None where some table changes in it."""
        if len(self._ready) == MAX_REMEMBERED:
            self._ready.clear()
        version, number = key
        bits = _SHARED_BITS[version]
        network = f"{format_address(version, number << bits)}/{BITS[version] - bits}"
        self._ready[key] = ready if self._tables.network_segments(network, 1).complete else None

    def _make_ready(self, part: Part) -> _Ready:
        answer = self._tables.lookup(format_address(part.version, part.first))
        return _Ready(answer, tuple(self._read(answer)))

    def _read(self, answer: TableAnswer) -> Iterator[tuple[Callable[..., Content], tuple[Any, ...], RawAnswer]]:
        for item in answer.ranges:
            place = (item.region, item.border_group, item.services, item.scope)
            yield IpRange, (item.prefix, item.provider, *place, item.dataset), self._raw(IpRange.kind, item)
        origin = answer.origin
        if origin is not None:
            named = (origin.prefix, origin.asns, origin.holders, origin.dataset)
            yield IpOrigin, named, self._raw(IpOrigin.kind, origin)
        row = answer.registration
        if row is not None:
            yield IpRegistration, (row.prefix, row.country, row.dataset), self._raw(IpRegistration.kind, row)
        row = answer.location
        if row is not None:
            yield IpLocation, (row.prefix, row.country, row.dataset), self._raw(IpLocation.kind, row)
        entry = answer.geofeed
        if entry is not None:
            said = (entry.prefix, entry.country, entry.region, entry.city, entry.url)
            yield GeofeedEntry, said, self._raw(GeofeedEntry.kind, entry)

    def _raw(self, kind: str, entry: Row) -> RawAnswer:
        known = self._raws.get(entry)
        if known is None:
            if len(self._raws) == MAX_REMEMBERED:
                self._raws.clear()
            dataset = self._datasets.get(entry.dataset)
            version = {"version": dataset.version, "as_of": dataset.as_of} if dataset else {}
            known = self._raws[entry] = make_raw(canonical_json({"kind": kind, "row": entry, **version}).encode("utf-8"))
        return known
