"""Turns what the prefix tables answer into contents of observations, each with its row as raw answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from herkomst.config.tables.answers import CountryEntry, OriginEntry, RangeEntry, TableAnswer
from herkomst.scanner.model.identity import canonical_json
from herkomst.scanner.model.observation import Content, IpLocation, IpOrigin, IpRange, IpRegistration
from herkomst.scanner.model.run import KnowledgeVersion

TABLE_KINDS = (IpRange.kind, IpOrigin.kind, IpRegistration.kind, IpLocation.kind)


def read_table_facts(
    address: str, answer: TableAnswer, datasets: Mapping[str, KnowledgeVersion]
) -> Iterator[tuple[Content, bytes]]:
    """Give each fact and the bytes of the row it comes from, ranges first, the most specific before the less."""
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
            _row(IpRange.kind, entry, datasets),
        )
    if answer.origin is not None:
        origin = answer.origin
        yield (
            IpOrigin(address, origin.prefix, origin.asns, origin.holders, origin.dataset),
            _row(IpOrigin.kind, origin, datasets),
        )
    else:
        # asked and not there: that nobody announces the address is an answer, and tells it from an address never asked about
        yield IpOrigin(address, "", (), (), ""), canonical_json({"kind": IpOrigin.kind, "row": None}).encode("utf-8")
    if answer.registration is not None:
        row = answer.registration
        yield IpRegistration(address, row.prefix, row.country, row.dataset), _row(IpRegistration.kind, row, datasets)
    if answer.location is not None:
        row = answer.location
        yield IpLocation(address, row.prefix, row.country, row.dataset), _row(IpLocation.kind, row, datasets)


def _row(kind: str, entry: RangeEntry | OriginEntry | CountryEntry, datasets: Mapping[str, KnowledgeVersion]) -> bytes:
    dataset = datasets.get(entry.dataset)
    version = {"version": dataset.version, "as_of": dataset.as_of} if dataset else {}
    return canonical_json({"kind": kind, "row": entry, **version}).encode("utf-8")
