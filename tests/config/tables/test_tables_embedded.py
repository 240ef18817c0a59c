"""The packed tables that are shipped: whole, as their metadata says, and in agreement with the sources where these are at hand."""

from __future__ import annotations

import csv
import gzip
import hashlib
import ipaddress
import json
import lzma
import random
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from herkomst.config.tables import feeds
from herkomst.config.tables.answers import TableValues
from herkomst.config.tables.layout import FILE_NAME, METADATA_NAME
from herkomst.config.tables.reader import EMBEDDED, PrefixTables
from herkomst.config.tables.rows import RangeRow, TableKind, format_address
from herkomst.scanner.model.observation import RangeScope

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = 3000


@pytest.fixture(scope="module")
def tables() -> Iterator[PrefixTables]:
    opened = PrefixTables.open()
    yield opened
    opened.close()


def test_metadata_names_the_packed_file_by_size_and_checksum(tables: PrefixTables) -> None:
    metadata = json.loads((EMBEDDED / METADATA_NAME).read_text("utf-8"))
    packed = (EMBEDDED / FILE_NAME).read_bytes()
    assert metadata["size_bytes"] == len(packed)
    assert metadata["sha256"] == hashlib.sha256(packed).hexdigest()
    listed = [(item["name"], item["version"], item["as_of"], item["rows"], item["licence"]) for item in metadata["datasets"]]
    assert listed == [(item.name, item.version, item.as_of, item.rows, item.licence) for item in tables.datasets]


def test_the_tables_are_those_that_the_build_script_names(tables: PrefixTables) -> None:
    pytest.importorskip("msgpack", reason="the build script needs msgpack")
    script = runpy.run_path(str(ROOT / "scripts" / "build-tables"), run_name="script")
    versions = {item.kind: item.version for item, _ in tables.details}
    expected = dict.fromkeys((TableKind.ORIGIN, TableKind.REGISTRATION, TableKind.LOCATION), script["TABLE_VERSION"])
    assert versions == expected | {TableKind.RANGES: script["RANGES_VERSION"]}


def test_every_kind_has_the_rows_that_its_source_is_known_to_have(tables: PrefixTables) -> None:
    rows = {item.kind: rows for item, rows in tables.details}
    assert rows[TableKind.ORIGIN] == 515_158
    assert rows[TableKind.REGISTRATION] == 210_190
    assert rows[TableKind.LOCATION] == 550_668
    assert rows[TableKind.RANGES] > 80_000


def test_opening_and_reading_decodes_only_what_is_asked_for(tables: PrefixTables) -> None:
    assert tables.values("8.8.8.8") is tables.values("8.8.8.9")


def delta_rows(path: Path) -> Iterator[tuple[int, int, str]]:
    """Read the reference format: hexadecimal gap to the previous end, hexadecimal length, value."""
    end = -1
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for gap, length, value in csv.reader(file):
            first = end + 1 + int(gap, 16)
            end = first + int(length, 16)
            yield first, end, value


ORIGIN: Callable[[TableValues], str] = lambda values: str(values.asns[0]) if len(values.asns) == 1 else ""  # noqa: E731 - one line each
REGISTRATION: Callable[[TableValues], str] = lambda values: values.registration or ""  # noqa: E731 - one line each
LOCATION: Callable[[TableValues], str] = lambda values: values.location or ""  # noqa: E731 - one line each


@pytest.mark.parametrize("version", [4, 6])
@pytest.mark.parametrize(("name", "read"), [("asn", ORIGIN), ("reg", REGISTRATION), ("loc", LOCATION)])
def test_a_random_sample_agrees_with_the_reference_tables(
    shared: Path, tables: PrefixTables, name: str, read: Callable[[TableValues], str], version: int
) -> None:
    rows = list(delta_rows(shared / "data" / "ip" / f"{name}{version}.delta.csv.xz"))
    picker = random.Random(f"{name}{version}")  # noqa: S311 - a fixed sample
    asked = wrong = 0
    for first, last, value in picker.sample(rows, SAMPLE):
        for number in {first, last, picker.randint(first, last)}:
            asked += 1
            wrong += read(tables.values(format_address(version, number))) != value
    # the location package has rows inside other rows: here the smaller one counts, in the reference the larger one
    assert wrong <= (asked // 200 if name == "loc" else 0)


@pytest.mark.parametrize("version", [4, 6])
def test_addresses_between_the_rows_of_the_reference_have_no_origin(shared: Path, tables: PrefixTables, version: int) -> None:
    end, gaps = -1, []
    for first, last, _ in delta_rows(shared / "data" / "ip" / f"asn{version}.delta.csv.xz"):
        if first > end + 1:
            gaps.append((end + 1, first - 1))
        end = last
    picker = random.Random(version)  # noqa: S311 - a fixed sample
    for first, last in picker.sample(gaps, min(SAMPLE, len(gaps))):
        assert tables.values(format_address(version, picker.randint(first, last))).asns == ()


FEEDS: dict[str, tuple[str, Callable[[str, str], Iterator[RangeRow]], float]] = {
    # share of the feed's regional prefixes for which the tables, half a year older or younger, must name the same region
    "aws": ("aws-ip-ranges_2026-08-22.json.gz", feeds.parse_aws, 0.97),
    "azure": ("azure-service-tags_2026-05-06.json.gz", feeds.parse_azure, 0.97),
    "gcp": ("gcp-cloud_2026-05-05.json.gz", feeds.parse_gcp, 0.97),
    "oci": ("oracle-public-ip-ranges_2025-07-21.json.gz", feeds.parse_oracle, 0.90),
}


@pytest.mark.parametrize("provider", FEEDS)
def test_regions_agree_with_the_providers_own_feeds(shared: Path, tables: PrefixTables, provider: str) -> None:
    name, parse, least = FEEDS[provider]
    with gzip.open(shared / "data" / "feeds" / name, "rt", encoding="utf-8") as file:
        rows = [row for row in parse(file.read(), "feed") if row.scope is RangeScope.REGIONAL]
    picker = random.Random(provider)  # noqa: S311 - a fixed sample
    same = elsewhere = 0
    sample = picker.sample(rows, min(SAMPLE, len(rows)))
    for row in sample:
        regions = {entry.region for entry in tables.values(format_address(row.version, row.first)).ranges if entry.region}
        same += row.region in regions
        elsewhere += bool(regions) and row.region not in regions
    assert same >= least * len(sample)
    assert elsewhere <= 0.01 * len(sample)


@pytest.mark.parametrize(
    ("address", "provider", "scope"),
    [
        ("104.16.1.1", "cloudflare", RangeScope.EDGE),
        ("2606:4700::1", "cloudflare", RangeScope.EDGE),
        ("13.107.246.10", "azure", RangeScope.EDGE),
        ("34.90.1.1", "gcp", RangeScope.REGIONAL),
    ],
)
def test_known_addresses_lie_in_the_ranges_of_their_provider(
    tables: PrefixTables, address: str, provider: str, scope: RangeScope
) -> None:
    first = tables.lookup(address).ranges[0]
    assert (first.provider, first.scope) == (provider, scope)
    assert ipaddress.ip_address(address) in ipaddress.ip_network(first.prefix)
