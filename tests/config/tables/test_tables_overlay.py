"""Updated feeds over the embedded tables: what each replaces, what goes on to answer, and which dataset is named for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.copies import Copy
from herkomst.config.tables.overlay import UpdatedFeed, overlay_tables
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import (
    CountryRow,
    Dataset,
    OriginRow,
    PlaceRow,
    RangeRow,
    TableKind,
    format_address,
    parse_address,
    parse_prefix,
)
from herkomst.config.tables.sources import FEEDS, FeedContent
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope
from hypothesis import given
from hypothesis import strategies as st

BASE_DATASETS = (
    Dataset(TableKind.RANGES, "old ranges", "1", "2026-03-01", "none"),
    Dataset(TableKind.ORIGIN, "old origins", "2", "2026-03-02", "none"),
    Dataset(TableKind.REGISTRATION, "old registrations", "3", "2026-03-03", "none"),
    Dataset(TableKind.LOCATION, "old locations", "4", "2026-03-04", "none"),
)
BY_NAME = {feed.name: feed for feed in FEEDS}
FIRST = {4: parse_address("192.0.2.0")[1], 6: parse_address("2001:db8::ffff:ffff:ffff:ff00")[1]}


def published(prefix: str, provider: str, dataset: str, region: str | None = "r1", group: str | None = None) -> RangeRow:
    return RangeRow(*parse_prefix(prefix), provider, region, group, (), RangeScope.REGIONAL, dataset)


def updated(name: str, **content: object) -> UpdatedFeed:
    found = FeedContent(**content)  # type: ignore[arg-type]  # fields of FeedContent
    return UpdatedFeed(
        BY_NAME[name], Copy("ab" * 32, "2026-04-01", True, "7", found.rows, "2026-04-02T00:00:00+00:00", "file"), found
    )


def build_base(folder: Path) -> Path:
    build_tables(
        folder,
        asn=[OriginRow(*parse_prefix("192.0.2.0/24"), 64496, "OLD"), OriginRow(*parse_prefix("2001:db8::/32"), 64497, "SIX")],
        registration=[CountryRow(*parse_prefix("192.0.2.0/24"), "NL"), CountryRow(*parse_prefix("198.51.100.0/24"), "DE")],
        location=[CountryRow(*parse_prefix("192.0.2.0/24"), "BE")],
        ranges=[published("192.0.2.0/24", "aws", "old ranges"), published("198.51.100.0/24", "azure", "old ranges")],
        datasets=BASE_DATASETS,
    )
    return folder


@contextmanager
def overlaid(folder: Path, base: Path, *feeds: UpdatedFeed) -> Iterator[PrefixTables]:
    opened = PrefixTables.open(base)
    try:
        overlay_tables(folder, opened, "digest", feeds)
    finally:
        opened.close()
    tables = PrefixTables.open(folder)
    try:
        yield tables
    finally:
        tables.close()


def test_a_feed_replaces_the_ranges_of_its_providers_and_no_others(tmp_path: Path) -> None:
    base = build_base(tmp_path / "base")
    rows = (published("192.0.2.0/25", "aws", "aws-ip-ranges", "eu-central-1", "eu-central-1-ist-1"),)
    with overlaid(tmp_path / "new", base, updated("aws-ip-ranges", ranges=rows)) as tables:
        (entry,) = tables.lookup("192.0.2.1").ranges
        assert (entry.prefix, entry.region, entry.border_group, entry.dataset) == (
            "192.0.2.0/25", "eu-central-1", "eu-central-1-ist-1", "aws-ip-ranges",
        )  # fmt: skip
        assert tables.lookup("192.0.2.129").ranges == ()  # no longer published
        assert [item.provider for item in tables.lookup("198.51.100.1").ranges] == ["azure"]
        rows_left = {item.name: item.rows for item in tables.datasets}
        assert (rows_left["old ranges"], rows_left["aws-ip-ranges"]) == (1, 1)
        assert tables.made_from == {"embedded": "digest", "aws-ip-ranges": "ab" * 32}


def test_a_dataset_of_which_nothing_is_left_is_no_longer_named(tmp_path: Path) -> None:
    base = build_base(tmp_path / "base")
    aws = updated("aws-ip-ranges", ranges=(published("192.0.2.0/25", "aws", "aws-ip-ranges"),))
    azure = updated("azure-service-tags", ranges=(published("192.0.2.0/25", "azure", "azure-service-tags"),))
    everything = (OriginRow(4, 0, (1 << 32) - 1, 0, ""), OriginRow(6, 0, (1 << 128) - 1, 64499, "ALL"))
    origins = updated("ip2asn-v4", origins=everything)
    with overlaid(tmp_path / "new", base, aws, azure, origins) as tables:
        assert {item.name for item in tables.datasets} == {
            "old registrations", "old locations", "aws-ip-ranges", "azure-service-tags", "ip2asn-v4",
        }  # fmt: skip


def test_an_origin_table_answers_for_what_it_speaks_of_and_says_nobody(tmp_path: Path) -> None:
    base = build_base(tmp_path / "base")
    origins = (OriginRow(*parse_prefix("192.0.2.0/26"), 64498, "NEW"), OriginRow(*parse_prefix("192.0.2.64/26"), 0, ""))
    with overlaid(tmp_path / "new", base, updated("ip2asn-v4", origins=origins)) as tables:
        new, nobody, old, six = (tables.lookup(text).origin for text in ("192.0.2.1", "192.0.2.65", "192.0.2.129", "2001:db8::1"))
        assert new is not None
        assert (new.asns, new.holders, new.dataset, new.prefix) == ((64498,), ("NEW",), "ip2asn-v4", "192.0.2.0/26")
        assert nobody is None
        assert old is not None
        assert (old.asns, old.dataset, old.prefix, old.first) == ((64496,), "old origins", "192.0.2.128/25", "192.0.2.128")
        assert six is not None
        assert six.dataset == "old origins"


def test_statistics_take_away_what_an_older_table_said(tmp_path: Path) -> None:
    base = build_base(tmp_path / "base")
    rows = (CountryRow(*parse_prefix("192.0.2.0/25"), "FR"), CountryRow(*parse_prefix("192.0.2.128/25"), ""))
    with overlaid(tmp_path / "new", base, updated("delegated-ripencc-extended", countries=rows)) as tables:
        found = [tables.lookup(text).registration for text in ("192.0.2.1", "192.0.2.129", "198.51.100.1")]
        assert [entry and (entry.country, entry.dataset) for entry in found] == [
            ("FR", "delegated-ripencc-extended"),
            None,
            ("DE", "old registrations"),
        ]
        located = tables.lookup("192.0.2.1").location
        assert located is not None
        assert (located.country, located.dataset) == ("BE", "old locations")


def test_a_geofeed_gives_the_holders_word_and_no_region_of_the_provider(tmp_path: Path) -> None:
    base = build_base(tmp_path / "base")
    place = PlaceRow(*parse_prefix("192.0.2.0/25"), "NL", "NL-ZH", "", "https://geofeed.example/", "linode-geofeed")
    feed = updated("linode-geofeed", ranges=(published("192.0.2.0/25", "linode", "linode-geofeed", None),), places=(place,))
    with overlaid(tmp_path / "new", base, feed) as tables:
        answer = tables.lookup("192.0.2.1")
        assert answer.geofeed is not None
        assert (answer.geofeed.country, answer.geofeed.region, answer.geofeed.city) == ("NL", "NL-ZH", None)
        assert (answer.geofeed.prefix, answer.geofeed.url) == ("192.0.2.0/25", "https://geofeed.example/")
        assert next((item.provider, item.region, item.scope) for item in answer.ranges) == ("linode", None, RangeScope.REGIONAL)
        assert tables.values("192.0.2.1").geofeed == "NL"
        assert tables.lookup("192.0.2.129").geofeed is None
        assert tables.values("192.0.2.129").geofeed is None


def test_updated_tables_are_not_laid_over_updated_tables(tmp_path: Path) -> None:
    base = build_base(tmp_path / "base")
    feed = updated("aws-ip-ranges", ranges=(published("192.0.2.0/25", "aws", "aws-ip-ranges"),))
    with overlaid(tmp_path / "new", base, feed) as tables, pytest.raises(KnowledgeError, match="embedded"):
        overlay_tables(tmp_path / "newer", tables, "digest", [feed])


def test_a_geofeed_may_be_built_into_tables_at_once(tmp_path: Path) -> None:
    rows = [PlaceRow(*parse_prefix("192.0.2.0/25"), "NL", "", "Den Haag", "https://geofeed.example/", "feed")]
    build_tables(tmp_path, geofeed=rows, datasets=[Dataset(TableKind.GEOFEED, "feed", "1", "2026-03-01", "none")])
    tables = PrefixTables.open(tmp_path)
    entry = tables.lookup("192.0.2.1").geofeed
    assert entry is not None
    assert (entry.city, entry.dataset) == ("Den Haag", "feed")
    assert [item.rows for item in tables.datasets] == [1]
    tables.close()


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int, int]:
    version = draw(st.sampled_from((4, 6)))
    first = FIRST[version] + draw(st.integers(0, 520))
    return version, first, first + draw(st.integers(0, 90))


origin_rows = st.builds(lambda span, asn: OriginRow(*span, asn, f"AS{asn}" if asn else ""), spans(), st.integers(0, 4))
country_rows = st.builds(lambda span, code: CountryRow(*span, code), spans(), st.sampled_from(("NL", "DE", "")))
Rows = Sequence[OriginRow | CountryRow]


def said(rows: Rows, version: int, number: int, read: Callable[[OriginRow | CountryRow], object]) -> set[object] | None:
    """What a table says of an address by a search through all its rows; None where it does not speak of it."""
    covering = [row for row in rows if row.version == version and row.first <= number <= row.last]
    if not covering:
        return None
    size = min(row.last - row.first for row in covering)
    return {read(row) for row in covering if row.last - row.first == size}


@given(
    st.lists(origin_rows, max_size=6),
    st.lists(origin_rows, max_size=6),
    st.lists(origin_rows, max_size=6),
    st.lists(country_rows, max_size=1),
    st.lists(country_rows, max_size=1),
    st.lists(st.integers(-40, 700), min_size=1, max_size=30),
)
def test_layers_agree_with_a_search_through_them_in_their_order(
    old: list[OriginRow],
    first: list[OriginRow],
    second: list[OriginRow],
    old_country: list[CountryRow],
    new_country: list[CountryRow],
    offsets: list[int],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        kept = [row for row in old if row.asn]
        countries = [row for row in old_country if row.country]
        build_tables(base, asn=kept, registration=countries, datasets=BASE_DATASETS)
        feeds = [
            updated("ip2asn-v4", origins=tuple(first)),
            updated("ip2asn-v6", origins=tuple(second)),
            updated("delegated-arin-extended", countries=tuple(new_country)),
        ]
        with overlaid(Path(folder) / "new", base, *feeds) as tables:
            for version in (4, 6):
                for number in (FIRST[version] + offset for offset in offsets):
                    answer = tables.lookup(format_address(version, number))
                    layers = [("ip2asn-v4", first), ("ip2asn-v6", second), ("old origins", kept)]
                    expected = next(
                        (
                            (name, found)
                            for name, rows in layers
                            if (found := said(rows, version, number, lambda row: row.asn)) is not None
                        ),  # type: ignore[union-attr]  # origins only
                        ("", {0}),
                    )
                    asns = set(expected[1]) - {0}
                    assert set(answer.origin.asns if answer.origin else ()) == asns
                    assert (answer.origin.dataset if answer.origin else "") == (expected[0] if asns else "")
                    country = said(new_country, version, number, lambda row: row.country)  # type: ignore[union-attr]  # countries only
                    if country is None:
                        country = said(countries, version, number, lambda row: row.country) or {""}  # type: ignore[union-attr]  # countries only
                    assert {answer.registration.country if answer.registration else ""} == country


def test_every_feed_has_a_name_a_web_address_and_a_provider_where_it_lists_ranges() -> None:
    assert len({feed.name for feed in FEEDS}) == len(FEEDS)
    for feed in FEEDS:
        assert feed.url.startswith("https://"), feed.name
        assert bool(feed.providers) == (feed.kind in (TableKind.RANGES, TableKind.GEOFEED)), feed.name
        assert feed.licence, feed.name
        assert feed.least_rows > 0, feed.name
    names: list[str] = [name for feed in FEEDS for name in (feed.name, *feed.aliases)]
    assert len(set(names)) == len(names)
