from __future__ import annotations

import ipaddress
import tempfile
from pathlib import Path

import pytest
from herkomst.config.tables.answers import CountryEntry, TableAnswer
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import CountryRow, Dataset, OriginRow, RangeRow, TableKind, format_address, parse_prefix
from herkomst.scanner.errors import InvalidName, KnowledgeError
from herkomst.scanner.model.observation import RangeScope
from hypothesis import given
from hypothesis import strategies as st

RANGES = "published ranges"
DATASETS = (
    Dataset(TableKind.RANGES, RANGES, "1", "2026-03-01", "none"),
    Dataset(TableKind.ORIGIN, "origins", "2", "2026-03-02", "none"),
    Dataset(TableKind.REGISTRATION, "registrations", "3", "2026-03-03", "none"),
    Dataset(TableKind.LOCATION, "locations", "4", "2026-03-04", "none"),
)
BASES = {4: int(ipaddress.IPv4Address("192.0.2.0")), 6: int(ipaddress.IPv6Address("2001:db8::ffff:ffff:ffff:ff00"))}


def origin(prefix: str, asn: int, holder: str = "") -> OriginRow:
    return OriginRow(*parse_prefix(prefix), asn, holder or f"AS name {asn}")


def country(prefix: str, code: str) -> CountryRow:
    return CountryRow(*parse_prefix(prefix), code)


def published(
    prefix: str, provider: str, region: str | None = None, scope: RangeScope = RangeScope.REGIONAL, *services: str
) -> RangeRow:
    return RangeRow(*parse_prefix(prefix), provider, region, None, services, scope, RANGES)


@st.composite
def origin_rows(draw: st.DrawFn) -> OriginRow:
    version = draw(st.sampled_from((4, 6)))
    # the IPv6 base lies just below a change of the upper half, so that segments begin within one and on both sides of it
    first = BASES[version] + draw(st.integers(0, 520))
    return OriginRow(version, first, first + draw(st.integers(0, 90)), draw(st.integers(1, 6)), "name")


@st.composite
def country_rows(draw: st.DrawFn) -> CountryRow:
    version = draw(st.sampled_from((4, 6)))
    first = BASES[version] + draw(st.integers(0, 520))
    return CountryRow(version, first, first + draw(st.integers(0, 90)), draw(st.sampled_from(("NL", "DE", "US"))))


@st.composite
def range_rows(draw: st.DrawFn) -> RangeRow:
    version = draw(st.sampled_from((4, 6)))
    size = 1 << draw(st.integers(0, 8))
    first = (BASES[version] + draw(st.integers(0, 520))) // size * size
    provider, region = draw(st.sampled_from(("one", "two"))), draw(st.sampled_from(("r1", "r2", None)))
    scope = RangeScope.REGIONAL if region else draw(st.sampled_from((RangeScope.EDGE, RangeScope.GLOBAL)))
    return RangeRow(version, first, first + size - 1, provider, region, None, ("A",), scope, RANGES)


def expected_ranges(rows: list[RangeRow], number: int, version: int) -> list[tuple[str, str | None, RangeScope]]:
    """The same by a search through all rows: no summary behind a place of the same provider."""
    order = (RangeScope.EDGE, RangeScope.REGIONAL, RangeScope.GLOBAL)
    covering = sorted(
        {row for row in rows if row.version == version and row.first <= number <= row.last},
        key=lambda row: (row.last - row.first, order.index(row.scope), row.provider, row.region or ""),
    )
    found: list[tuple[str, str | None, RangeScope]] = []
    for row in covering:
        if row.scope is RangeScope.GLOBAL and any(item[0] == row.provider and item[2] is RangeScope.REGIONAL for item in found):
            continue
        found.append((row.provider, row.region, row.scope))
    return found


@given(
    st.lists(origin_rows(), max_size=10),
    st.lists(country_rows(), max_size=10),
    st.lists(country_rows(), max_size=10),
    st.lists(range_rows(), max_size=8),
    st.lists(st.integers(-40, 700), min_size=1, max_size=40),
)
def test_packed_tables_agree_with_a_search_through_all_rows(
    asn: list[OriginRow],
    registration: list[CountryRow],
    location: list[CountryRow],
    ranges: list[RangeRow],
    offsets: list[int],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        build_tables(Path(folder), asn=asn, registration=registration, location=location, ranges=ranges, datasets=DATASETS)
        tables = PrefixTables.open(Path(folder))
        try:
            for version in (4, 6):
                for number in (BASES[version] + offset for offset in offsets):
                    answer = tables.lookup(format_address(version, number))
                    check_origin(asn, version, number, answer)
                    check_country(registration, version, number, answer.registration)
                    check_country(location, version, number, answer.location)
                    given_ranges = [(entry.provider, entry.region, entry.scope) for entry in answer.ranges]
                    assert given_ranges == expected_ranges(ranges, number, version)
                    check_values(tables, format_address(version, number), answer)
        finally:
            tables.close()


def check_origin(rows: list[OriginRow], version: int, number: int, answer: TableAnswer) -> None:
    covering = [row for row in rows if row.version == version and row.first <= number <= row.last]
    if not covering:
        assert answer.origin is None
        return
    assert answer.origin is not None
    size = min(row.last - row.first for row in covering)
    assert set(answer.origin.asns) == {row.asn for row in covering if row.last - row.first == size}
    first, last = ipaddress.ip_address(answer.origin.first), ipaddress.ip_address(answer.origin.last)
    assert int(first) <= number <= int(last)
    network = ipaddress.ip_network(answer.origin.prefix)
    assert int(first) <= int(network.network_address) <= number <= int(network.broadcast_address) <= int(last)


def check_country(rows: list[CountryRow], version: int, number: int, given_entry: CountryEntry | None) -> None:
    covering = [row for row in rows if row.version == version and row.first <= number <= row.last]
    if not covering:
        assert given_entry is None
        return
    size = min(row.last - row.first for row in covering)
    assert given_entry is not None
    assert given_entry.country == next(row.country for row in covering if row.last - row.first == size)


def check_values(tables: PrefixTables, address: str, answer: TableAnswer) -> None:
    values = tables.values(address)
    assert values.ranges == answer.ranges
    assert values.asns == (answer.origin.asns if answer.origin else ())
    assert values.registration == (answer.registration.country if answer.registration else None)
    assert values.location == (answer.location.country if answer.location else None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    build_tables(
        tmp_path,
        asn=[origin("198.51.100.0/24", 64500), origin("198.51.100.0/24", 64501), origin("203.0.113.0/24", 64502)],
        registration=[country("198.51.100.0/24", "US"), country("2001:db8::/32", "NL")],
        location=[country("198.51.100.0/25", "NL"), country("198.51.100.128/25", "DE")],
        ranges=[
            published("198.51.100.0/26", "one", "west", RangeScope.REGIONAL, "A", "B"),
            published("198.51.100.0/24", "one", None, RangeScope.GLOBAL),
            published("198.51.100.64/28", "one", None, RangeScope.EDGE, "CDN"),
        ],
        datasets=DATASETS,
    )
    return tmp_path


def test_all_origins_of_a_range_are_given(folder: Path) -> None:
    tables = PrefixTables.open(folder)
    answer = tables.lookup("198.51.100.7")
    assert answer.origin is not None
    assert (answer.origin.asns, answer.origin.holders) == ((64500, 64501), ("AS name 64500", "AS name 64501"))
    assert (answer.origin.prefix, answer.origin.dataset) == ("198.51.100.0/24", "origins")
    tables.close()


def test_ranges_nest_and_a_summary_is_left_out_behind_a_place(folder: Path) -> None:
    tables = PrefixTables.open(folder)
    assert [(entry.prefix, entry.services) for entry in tables.lookup("198.51.100.7").ranges] == [("198.51.100.0/26", ("A", "B"))]
    edge = tables.lookup("198.51.100.65").ranges
    assert [(entry.prefix, entry.scope) for entry in edge] == [
        ("198.51.100.64/28", RangeScope.EDGE),
        ("198.51.100.0/24", RangeScope.GLOBAL),
    ]
    tables.close()


def test_an_ipv4_mapped_address_is_looked_up_as_ipv4(folder: Path) -> None:
    tables = PrefixTables.open(folder)
    assert tables.lookup("::ffff:198.51.100.7") == tables.lookup("198.51.100.7")
    assert tables.values("::ffff:198.51.100.7") is tables.values("198.51.100.7")
    tables.close()


@pytest.mark.parametrize(
    "text", ["", "198.51.100", "198.51.100.7 ", "2001:db8::g", "::1%eth0", "198.51.100.7\0", "example.nl", "é"]
)
def test_text_that_is_no_address_is_refused(folder: Path, text: str) -> None:
    tables = PrefixTables.open(folder)
    for look_up in (tables.lookup, tables.values):
        with pytest.raises(InvalidName):
            look_up(text)
    tables.close()


def test_a_network_is_described_by_the_parts_in_which_tables_differ(folder: Path) -> None:
    tables = PrefixTables.open(folder)
    answer = tables.network_segments("198.51.100.0/24")
    assert answer.complete
    assert [(part.first, part.last) for part in answer.segments] == [
        ("198.51.100.0", "198.51.100.63"),
        ("198.51.100.64", "198.51.100.79"),
        ("198.51.100.80", "198.51.100.127"),
        ("198.51.100.128", "198.51.100.255"),
    ]
    assert [part.values.location for part in answer.segments] == ["NL", "NL", "NL", "DE"]
    tables.close()


def test_a_network_with_more_parts_than_asked_for_says_so(folder: Path) -> None:
    tables = PrefixTables.open(folder)
    answer = tables.network_segments("0.0.0.0/0", limit=3)
    assert (len(answer.segments), answer.complete) == (3, False)
    assert tables.network_segments("2001:db8::/33").complete
    with pytest.raises(InvalidName):
        tables.network_segments("198.51.100.7/24")
    tables.close()


def test_the_first_and_the_last_address_of_each_protocol_have_an_answer(tmp_path: Path) -> None:
    build_tables(tmp_path, registration=[country("0.0.0.0/0", "NL"), country("::/0", "DE")], datasets=DATASETS[2:3])
    tables = PrefixTables.open(tmp_path)
    ends = ("0.0.0.0", "NL"), ("255.255.255.255", "NL"), ("::", "DE"), ("ffff:" * 7 + "ffff", "DE")  # noqa: S104 - nothing listens on it
    for text, code in ends:
        registration = tables.lookup(text).registration
        assert registration is not None
        assert registration.country == code
    tables.close()


def test_datasets_carry_version_date_and_number_of_rows(folder: Path) -> None:
    tables = PrefixTables.open(folder)
    assert [(item.name, item.version, item.as_of, item.rows) for item in tables.datasets] == [
        (RANGES, "1", "2026-03-01", 3),
        ("origins", "2", "2026-03-02", 3),
        ("registrations", "3", "2026-03-03", 2),
        ("locations", "4", "2026-03-04", 2),
    ]
    tables.close()


def test_the_same_rows_give_the_same_bytes_whatever_order_the_ranges_come_in(tmp_path: Path) -> None:
    rows = [published("198.51.100.0/26", "one", "west"), published("198.51.100.0/24", "two", "east")]
    one = build_tables(tmp_path / "one", ranges=rows, datasets=DATASETS[:1]).read_bytes()
    other = build_tables(tmp_path / "other", ranges=rows[::-1], datasets=DATASETS[:1]).read_bytes()
    assert one == other


def test_rows_without_their_dataset_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="dataset"):
        build_tables(tmp_path, asn=[origin("198.51.100.0/24", 64500)])
    with pytest.raises(KnowledgeError, match="dataset"):
        build_tables(tmp_path, ranges=[published("198.51.100.0/24", "one")], datasets=DATASETS[1:])
    assert not (tmp_path / "prefixes.bin").exists()
