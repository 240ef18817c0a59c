"""iptoasn's table and the registries' statistics: what is read, and what is refused as not whole."""

from __future__ import annotations

import pytest
from herkomst.config.tables.address_tables import parse_iptoasn, parse_statistics
from herkomst.config.tables.rows import CountryRow, OriginRow, parse_prefix
from herkomst.scanner.errors import KnowledgeError

STATISTICS = """\
2|ripencc|1772323200|4|19700101|20260301|+0100
ripencc|*|asn|*|1|summary
ripencc|*|ipv4|*|3|summary
ripencc|*|ipv6|*|1|summary
# a comment
ripencc|NL|asn|64496|1|20260101|allocated|a1
ripencc|NL|ipv4|192.0.2.0|128|20260101|assigned|a1
ripencc||ipv4|192.0.2.128|128|20260101|available|
ripencc|EU|ipv4|198.51.100.0|256|20260101|allocated|a2
ripencc|de|ipv6|2001:db8::|32|20260101|allocated|a3
"""


def test_a_row_that_is_not_routed_is_kept_as_nobodys() -> None:
    lines = ["192.0.2.0\t192.0.2.127\t64496\tNL\tVOORBEELD-AS\n", "192.0.2.128\t192.0.2.255\t0\tNone\tNot routed\n"]
    assert list(parse_iptoasn(lines)) == [
        OriginRow(*parse_prefix("192.0.2.0/25"), 64496, "VOORBEELD-AS"),
        OriginRow(*parse_prefix("192.0.2.128/25"), 0, ""),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "192.0.2.0\t192.0.2.255\t64496\tNL",
        "192.0.2.0\t192.0.2.255\tAS64496\tNL\tx",
        "192.0.2.0\t192.0.2.255\t4294967296\tNL\tx",
        "192.0.2.0\t192.0.2.255\t²\tNL\tx",
        "192.0.2.9\t192.0.2.1\t1\tNL\tx",
        "192.0.2.0\t2001:db8::\t1\tNL\tx",
        "voorbeeld\t192.0.2.1\t1\tNL\tx",
        "",
    ],
)
def test_a_line_of_another_shape_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(KnowledgeError, match=r"line 2|no IP address"):
        list(parse_iptoasn(["198.51.100.0\t198.51.100.255\t64496\tNL\tx", line]))


def test_statistics_give_the_country_of_what_is_held_and_none_of_the_rest() -> None:
    found = parse_statistics(STATISTICS.splitlines())
    assert (found.serial, found.as_of) == ("1772323200", "2026-03-01")
    assert found.rows == (
        CountryRow(*parse_prefix("192.0.2.0/25"), "NL"),
        CountryRow(*parse_prefix("192.0.2.128/25"), ""),
        CountryRow(*parse_prefix("198.51.100.0/24"), ""),  # EU is no country
        CountryRow(*parse_prefix("2001:db8::/32"), "DE"),
    )


def test_statistics_need_not_hold_whole_prefixes() -> None:
    text = STATISTICS.replace("192.0.2.0|128", "192.0.2.0|100")
    row = parse_statistics(text.splitlines()).rows[0]
    assert row.last - row.first == 99


@pytest.mark.parametrize("dropped", range(5, 10))
def test_statistics_with_fewer_lines_than_promised_end_early(dropped: int) -> None:
    lines = [line for line in STATISTICS.splitlines() if not line.startswith("#")]
    del lines[dropped - 1]
    with pytest.raises(KnowledgeError, match="ends early"):
        parse_statistics(lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2|ripencc|", "9|ripencc|"),
        ("20260301|+0100", "2026|+0100"),
        ("ipv4|192.0.2.0|128", "ipv6|192.0.2.0|128"),
        ("192.0.2.0|128", "192.0.2.0|-128"),
        ("198.51.100.0|256", "255.255.255.0|257"),
        ("2001:db8::|32", "2001:db8::|129"),
        ("|assigned|", "|lost|"),
        ("ripencc|de|", "ripencc|Holland|"),
        ("ripencc|*|asn|*|1|summary\nripencc|*|ipv4|*|3|summary\nripencc|*|ipv6|*|1|summary\n", ""),
    ],
)
def test_statistics_of_another_shape_are_refused(old: str, new: str) -> None:
    assert old in STATISTICS
    with pytest.raises(KnowledgeError, match="not as its publisher describes"):
        parse_statistics(STATISTICS.replace(old, new).splitlines())
