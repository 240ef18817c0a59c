"""Geofeeds (RFC 8805): what is read, what is left out, and what is no geofeed at all."""

from __future__ import annotations

import pytest
from herkomst.config.tables.geofeeds import parse_geofeed
from herkomst.config.tables.rows import GeofeedRow, parse_prefix
from herkomst.scanner.errors import KnowledgeError

URL = "https://geofeed.example/geofeed.csv"


def test_an_entry_has_a_country_and_perhaps_a_region_and_a_city() -> None:
    lines = [
        "# a comment",
        "",
        "192.0.2.0/24,nl,NL-ZH,Den Haag,2500 AA",
        "2001:db8::/32,DE,,,",
        "198.51.100.1,FR",
        '203.0.113.0/24,US,"x, y","A, B"',
    ]
    rows = parse_geofeed(lines, URL, "feed")
    assert rows == (
        GeofeedRow(*parse_prefix("192.0.2.0/24"), "NL", "NL-ZH", "Den Haag", URL, "feed"),
        GeofeedRow(*parse_prefix("2001:db8::/32"), "DE", "", "", URL, "feed"),
        GeofeedRow(*parse_prefix("198.51.100.1/32"), "FR", "", "", URL, "feed"),
        GeofeedRow(*parse_prefix("203.0.113.0/24"), "US", "", "A, B", URL, "feed"),
    )


def test_an_empty_country_is_kept_since_the_holder_asks_not_to_be_located() -> None:
    assert [row.country for row in parse_geofeed(["192.0.2.0/24,,,,"], URL, "feed")] == [""]


def test_a_few_lines_that_cannot_be_read_are_left_out() -> None:
    good = [f"198.51.100.{number},NL,,," for number in range(200)]
    assert len(parse_geofeed([*good, "192.0.2.1/24,NL,,,", "elsewhere,NL,,,"], URL, "feed")) == 200


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["# nothing"],
        ["<html>"],
        ["192.0.2.0/24,Netherlands,,,"],
        ["192.0.2.0/24,NL,,,", "192.0.2.1/24,NL,,,"],  # host bits
        ["a\0b,NL"],
    ],
)
def test_what_can_hardly_be_read_is_no_geofeed(lines: list[str]) -> None:
    with pytest.raises(KnowledgeError, match="no geofeed"):
        parse_geofeed(lines, URL, "feed")
