"""Turns what the prefix tables answer into contents of observations, each with its row as raw answer.

Many addresses of a scan share a row, so the raw answer of a row is made once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from herkomst.collectors.ip_ownership.recorder import make_raw
from herkomst.config.tables.answers import CountryEntry, OriginEntry, PlaceEntry, RangeEntry, TableAnswer
from herkomst.scanner.model.identity import canonical_json
from herkomst.scanner.model.observation import Content, GeofeedEntry, IpLocation, IpOrigin, IpRange, IpRegistration, RawAnswer
from herkomst.scanner.model.run import KnowledgeVersion

TABLE_KINDS = (IpRange.kind, IpOrigin.kind, IpRegistration.kind, IpLocation.kind)
NO_ORIGIN = make_raw(canonical_json({"kind": IpOrigin.kind, "row": None}).encode("utf-8"))
"""The raw answer where the tables were asked and no row tells who announces an address."""
MAX_REMEMBERED = 100_000
"""Rows whose raw answers are kept; a large scan meets about as many."""

Row = RangeEntry | OriginEntry | CountryEntry | PlaceEntry


class TableFacts:
    """Makes the facts of addresses from what the tables of one run say."""

    def __init__(self, datasets: Mapping[str, KnowledgeVersion]) -> None:
        self._datasets = datasets
        self._raws: dict[Row, RawAnswer] = {}

    def read(self, address: str, answer: TableAnswer) -> Iterator[tuple[Content, RawAnswer]]:
        """Give each fact and the raw answer it comes from, ranges first, the most specific before the less.

        No row is no fact; that no row tells who announces the address is left to the caller, who may ask further.
        """
        for entry in answer.ranges:
            yield (
                IpRange(
                    address,
                    entry.prefix,
                    entry.provider,
                    entry.region,
                    entry.border_group,
                    entry.services,
                    entry.scope,
                    entry.dataset,
                ),
                self._raw(IpRange.kind, entry),
            )
        origin = answer.origin
        if origin is not None:
            content = IpOrigin(address, origin.prefix, origin.asns, origin.holders, origin.dataset)
            yield content, self._raw(IpOrigin.kind, origin)
        row = answer.registration
        if row is not None:
            yield IpRegistration(address, row.prefix, row.country, row.dataset), self._raw(IpRegistration.kind, row)
        row = answer.location
        if row is not None:
            yield IpLocation(address, row.prefix, row.country, row.dataset), self._raw(IpLocation.kind, row)
        place = answer.geofeed
        if place is not None:
            entered = GeofeedEntry(address, place.prefix, place.country, place.region, place.city, place.url)
            yield entered, self._raw(GeofeedEntry.kind, place)

    def _raw(self, kind: str, entry: Row) -> RawAnswer:
        known = self._raws.get(entry)
        if known is None:
            if len(self._raws) == MAX_REMEMBERED:
                self._raws.clear()
            dataset = self._datasets.get(entry.dataset)
            version = {"version": dataset.version, "as_of": dataset.as_of} if dataset else {}
            known = self._raws[entry] = make_raw(canonical_json({"kind": kind, "row": entry, **version}).encode("utf-8"))
        return known
