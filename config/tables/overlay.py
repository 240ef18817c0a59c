"""Lays updated feeds over the embedded tables, feed by feed, and packs the result like any other tables.

A feed of published ranges replaces all earlier ranges of its providers. A table of origins or registrations answers for the addresses
that it speaks of, "nobody" included; elsewhere the embedded table goes on to answer. Every answer keeps the dataset it came from.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from herkomst.config.tables.answers import TableValues
from herkomst.config.tables.builder import (
    Layers,
    check_rows,
    country_layer,
    geofeed_layer,
    origin_layer,
    sort_ranges,
    write_tables,
)
from herkomst.config.tables.copies import Copy
from herkomst.config.tables.flatten import flatten
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import Dataset, RangeRow, TableKind, parse_prefix
from herkomst.config.tables.sources import Feed, FeedContent
from herkomst.config.tables.values import Answer, ValueTables
from herkomst.scanner.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class UpdatedFeed:
    """A feed with its last good copy and what that says."""

    feed: Feed
    copy: Copy
    content: FeedContent


def overlay_tables(out: Path, base: PrefixTables, base_digest: str, updated: Sequence[UpdatedFeed]) -> Path:
    """Write the tables of `base` with the updated feeds over them into the folder `out`; return the packed file's path.

    Later feeds of one kind give way to earlier ones where both speak of an address.
    """
    collects = gc.isenabled()
    gc.disable()  # a million small tuples and no cycles: looking through them again and again takes a third of the time
    try:
        return _overlay(out, base, base_digest, updated)
    finally:
        if collects:
            gc.enable()


def _overlay(out: Path, base: PrefixTables, base_digest: str, updated: Sequence[UpdatedFeed]) -> Path:
    values = ValueTables()
    replaced = {provider for item in updated for provider in item.feed.providers}
    kept = [row for row in _base_ranges(base) if row.provider not in replaced]
    ranges = sort_ranges([*kept, *(row for item in updated for row in item.content.ranges)])
    places = [row for item in updated for row in item.content.places]
    datasets = [*_base_datasets(base, kept), *((_dataset(item), item.content.rows) for item in updated)]
    spans = (
        row for item in updated for rows in (item.content.origins, item.content.countries, item.content.places) for row in rows
    )
    check_rows(spans, ranges, [item for item, _ in datasets])
    base_answers = [_base_answers(item, base, values) for item in base.all_values()]
    layers: dict[int, Layers] = {}
    for version in (4, 6):
        layers[version] = Layers(
            flatten([row for row in ranges if row.version == version], values.list_of),
            _layers(version, updated, values),
            base.segments(version),
            base_answers,
        )
        if places:
            layers[version].kinds[TableKind.GEOFEED] = [geofeed_layer(version, places, values)]
    made_from = {"embedded": base_digest, **{item.feed.name: item.copy.sha256 for item in updated}}
    return write_tables(out, values, layers, datasets, with_datasets=True, made_from=made_from)


def _layers(version: int, updated: Iterable[UpdatedFeed], values: ValueTables) -> dict[TableKind, list[list[tuple[int, int]]]]:
    found: dict[TableKind, list[list[tuple[int, int]]]] = {TableKind.ORIGIN: [], TableKind.REGISTRATION: []}
    for item in updated:
        if item.content.origins:
            found[TableKind.ORIGIN].append(origin_layer(version, item.content.origins, item.feed.name, values))
        if item.content.countries:
            found[TableKind.REGISTRATION].append(country_layer(version, item.content.countries, item.feed.name, values))
    return found


def _base_answers(item: TableValues, base: PrefixTables, values: ValueTables) -> dict[TableKind, Answer]:
    names = base.kind_names
    return {
        TableKind.ORIGIN: values.origin(list(zip(item.asns, item.holders, strict=True)), names.get(TableKind.ORIGIN, "")),
        TableKind.REGISTRATION: values.country(item.registration or "", names.get(TableKind.REGISTRATION, "")),
        TableKind.LOCATION: values.country(item.location or "", names.get(TableKind.LOCATION, "")),
    }


def _base_ranges(base: PrefixTables) -> list[RangeRow]:
    if base.made_from:
        raise KnowledgeError("Updated tables lie over the embedded ones, not over each other.", advice="Give the embedded ones.")
    return [
        RangeRow(
            *parse_prefix(entry.prefix), entry.provider, entry.region, entry.border_group, entry.services, entry.scope, entry.dataset
        )
        for entry in base.all_ranges()
    ]  # fmt: skip


def _base_datasets(base: PrefixTables, kept: Sequence[RangeRow]) -> list[tuple[Dataset, int]]:
    """Return the datasets of the base that still answer something, with the number of rows that are left of them."""
    found: list[tuple[Dataset, int]] = []
    for dataset, rows in base.details:
        left = sum(row.dataset == dataset.name for row in kept) if dataset.kind is TableKind.RANGES else rows
        if left:
            found.append((dataset, left))
    return found


def _dataset(item: UpdatedFeed) -> Dataset:
    copy = item.copy
    version = copy.version or copy.sha256[:12]
    return Dataset(item.feed.kind, item.feed.name, version, copy.as_of, item.feed.licence, copy.source)
