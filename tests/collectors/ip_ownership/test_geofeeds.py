"""Geofeeds (RFC 8805) as registered networks name them (RFC 9632, RFC 9877): parsing, and through the collector from a real server."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.base import Lane as LaneProtocol
from herkomst.collectors.ip_ownership.collector import IpOwnershipCollector
from herkomst.collectors.ip_ownership.geofeed import MAX_FEED_BYTES
from herkomst.config.settings import Settings
from herkomst.config.tables import geofeeds
from herkomst.config.tables.geofeeds import parse_geofeed
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import GeofeedEntry, RdapNetwork
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.model.verdict import Reason, Status
from scene import Scene
from servers.registry import Page, Registry, describe_network

ADDRESS = "192.0.2.7"


def collect(registry: Registry, lane: LaneProtocol, tmp_path: Path, *values: str) -> list[Findings]:
    """Collect targets at the same time with one collector that has no tables."""
    settings = Settings(tables=tmp_path, treat_documentation_as_public=True, rdap_bootstrap=registry.bootstrap, rdap_timeout_s=2)

    async def run() -> Sequence[Findings]:
        collector = IpOwnershipCollector.from_settings(settings)
        try:
            kinds = [TargetKind.NETWORK if "/" in value else TargetKind.ADDRESS for value in values]
            targets = [Target(kind, value) for kind, value in zip(kinds, values, strict=True)]
            return await asyncio.gather(*(collector.collect(target, lane) for target in targets))
        finally:
            await collector.close()

    return list(asyncio.run(run()))


def serve(registry: Registry, feed: str | Page, *, way: str = "geofeed") -> None:
    """Let 192.0.2.0/24 name a feed on this server."""
    url = registry.url + "feed.csv"
    links = [{"value": url, "rel": way, "href": url, "type": "application/geofeed+csv"}]
    remarks = [{"description": [f"Geofeed {url}"]}]
    named = {"remarks": remarks} if way == "remark" else {"links": links}
    registry.serve_bootstrap()
    document = describe_network("192.0.2.0", "192.0.2.255", **named)
    for last in (0, 1, 7, 8, 200):
        registry.serve(f"/rdap/ip/192.0.2.{last}", document)
    registry.pages["/feed.csv"] = feed if isinstance(feed, Page) else Page(feed.encode(), media_type="text/csv")


def entries(findings: Findings) -> list[GeofeedEntry]:
    return [item.content for item in findings.observations if isinstance(item.content, GeofeedEntry)]


def failure_reasons(findings: Findings) -> list[tuple[FailureReason, bool]]:
    return [(failure.reason, failure.retryable) for failure in findings.failures if failure.kind == "geofeed.entry"]


# -- parsing ----------------------------------------------------------------------------------------------------------


def test_comments_line_ends_byte_order_marks_and_blank_fields_are_read_as_the_rfc_says() -> None:
    body = b"\xef\xbb\xbf# prefix,country\r\n\r\n192.0.2.0/25,nl,NL-NH,Amsterdam,1000 AA\r\n2001:db8::/32,DE,,,\r192.0.2.128/25 , BE # own\n"
    feed = parse_geofeed(body)
    assert [(row.country, row.region, row.city) for row in feed.rows] == [
        ("NL", "NL-NH", "Amsterdam"),
        ("DE", None, None),
        ("BE", None, None),
    ]
    assert (feed.malformed, feed.cut_off) == (0, False)


def test_a_quoted_field_may_hold_a_comma() -> None:
    (row,) = parse_geofeed(b'192.0.2.0/24,NL,,"Den Haag, Centrum",').rows
    assert row.city == "Den Haag, Centrum"


@pytest.mark.parametrize(
    "line",
    [
        b"192.0.2.1/24,NL",
        b"192.0.2.0/33,NL",
        b"192.0.2.0/24,XQ",
        b"192.0.2.0/24,Netherlands",
        b"nothing,NL",
        b"192.0.2.0/24,\xff\xfe",
        b"192.0.2.0/24,NL," + b"x" * geofeeds.MAX_LINE,
        b"\x00,NL",
    ],
)
def test_a_malformed_line_is_counted_and_the_rest_is_read(line: bytes) -> None:
    feed = parse_geofeed(line + b"\n203.0.113.0/24,DE\n")
    assert (feed.malformed, [row.country for row in feed.rows]) == (1, ["DE"])


def test_a_region_of_another_country_is_left_out() -> None:
    (row,) = parse_geofeed(b"192.0.2.0/24,NL,DE-BE,Berlin").rows
    assert (row.country, row.region) == ("NL", None)


def test_a_feed_of_very_many_rows_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geofeeds, "MAX_ROWS", 3)
    feed = parse_geofeed(b"".join(b"192.0.2.%d,NL\n" % number for number in range(5)))
    assert (len(feed.rows), feed.cut_off) == (3, True)


@pytest.mark.parametrize(("name", "least"), [("digitalocean-geofeed_2025-07-24", 900), ("linode-geofeed_2025-07-24", 1_000)])
def test_published_geofeeds_are_read_without_a_malformed_line(shared: Path, name: str, least: int) -> None:
    feed = parse_geofeed(gzip.decompress((shared / "data" / "feeds" / f"{name}.csv.gz").read_bytes()))
    assert len(feed.rows) >= least
    assert feed.malformed == 0


# -- through the collector --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["geofeed", "geo", "remark"])
def test_a_feed_is_found_by_link_and_by_remark(registry: Registry, lane: LaneProtocol, tmp_path: Path, way: str) -> None:
    serve(registry, "192.0.2.0/24,NL,NL-NH,Alkmaar,\n", way=way)
    (findings,) = collect(registry, lane, tmp_path, ADDRESS)
    assert entries(findings) == [GeofeedEntry(ADDRESS, "192.0.2.0/24", "NL", "NL-NH", "Alkmaar", registry.url + "feed.csv")]
    assert failure_reasons(findings) == []
    (observation,) = [item for item in findings.observations if isinstance(item.content, GeofeedEntry)]
    (raw,) = [raw for raw in findings.raws if raw.digest == observation.raw]
    assert b"192.0.2.0/24,NL,NL-NH,Alkmaar," in raw.body


def test_the_longest_match_counts_also_where_it_names_no_country(registry: Registry, lane: LaneProtocol, tmp_path: Path) -> None:
    serve(registry, "192.0.2.0/28,,\n192.0.2.0/24,NL\n192.0.2.8,DE\n")
    silent, single, other = collect(registry, lane, tmp_path, ADDRESS, "192.0.2.8", "192.0.2.200")
    assert [item.country for item in entries(silent)] == [""]
    assert [(item.prefix, item.country) for item in entries(single)] == [("192.0.2.8/32", "DE")]
    assert [item.country for item in entries(other)] == ["NL"]


def test_only_entries_inside_the_network_that_names_the_feed_count(
    registry: Registry, lane: LaneProtocol, tmp_path: Path
) -> None:
    serve(registry, "192.0.0.0/16,US\n203.0.113.0/24,US\n0.0.0.0/0,US\n")
    (findings,) = collect(registry, lane, tmp_path, ADDRESS)
    assert entries(findings) == []
    assert failure_reasons(findings) == []


def test_a_declared_network_gets_every_entry_within_it(registry: Registry, lane: LaneProtocol, tmp_path: Path) -> None:
    serve(registry, "192.0.2.0/24,NL\n192.0.2.128/25,DE\n")
    (findings,) = collect(registry, lane, tmp_path, "192.0.2.0/24")
    assert {(item.prefix, item.country) for item in entries(findings)} == {("192.0.2.0/24", "NL"), ("192.0.2.128/25", "DE")}


def test_a_feed_is_fetched_once_for_all_addresses_of_a_run(registry: Registry, lane: LaneProtocol, tmp_path: Path) -> None:
    serve(registry, "192.0.2.0/24,NL\n")
    found = collect(registry, lane, tmp_path, ADDRESS, "192.0.2.8", "192.0.2.200")
    assert [len(entries(findings)) for findings in found] == [1, 1, 1]
    assert registry.asked.count("/feed.csv") == 1


@pytest.mark.parametrize(
    ("page", "reason", "retryable"),
    [
        (Page(b"", 404), FailureReason.UNREACHABLE, False),
        (Page(b"", 503), FailureReason.UNREACHABLE, True),
        (Page(b"", 403), FailureReason.DENIED, False),
        (Page(b"", 429), FailureReason.THROTTLED, True),
        (Page(b"<html>welcome</html>", media_type="text/html; charset=utf-8"), FailureReason.MALFORMED, False),
        (Page(b"<html>\nwelcome\n</html>", media_type="text/csv"), FailureReason.MALFORMED, False),
        (Page(b"#" * (MAX_FEED_BYTES + 1), media_type="text/csv"), FailureReason.TOO_LARGE, False),
        (Page(status=302, headers=(("Location", "http://10.0.0.1/feed.csv"),)), FailureReason.DENIED, False),
        (Page(status=302, headers=(("Location", "/feed.csv"),)), FailureReason.TOO_DEEP, False),
        (Page(drips=True), FailureReason.TIMEOUT, True),
    ],
    ids=["missing", "broken", "closed", "throttled", "html", "html as csv", "large", "private", "loop", "drip"],
)
def test_a_feed_that_is_not_given_is_a_failure(
    registry: Registry, lane: LaneProtocol, tmp_path: Path, page: Page, reason: FailureReason, retryable: bool
) -> None:
    serve(registry, page)
    (findings,) = collect(registry, lane, tmp_path, ADDRESS)
    assert failure_reasons(findings) == [(reason, retryable)]
    assert [item.kind for item in findings.observations] == ["rdap.network"]


@pytest.mark.parametrize("url", ["ftp://feeds.example/feed.csv", "file:///etc/passwd", "http://192.168.1.1/feed.csv"])
def test_a_feed_at_a_place_that_is_never_asked_is_no_entry(
    registry: Registry, lane: LaneProtocol, tmp_path: Path, url: str
) -> None:
    serve(registry, "")
    links = [{"rel": "geofeed", "href": url}]
    registry.serve(f"/rdap/ip/{ADDRESS}", describe_network("192.0.2.0", "192.0.2.255", links=links))
    (findings,) = collect(registry, lane, tmp_path, ADDRESS)
    assert entries(findings) == []
    named = any(isinstance(item.content, RdapNetwork) and item.content.geofeed for item in findings.observations)
    assert failure_reasons(findings) == ([(FailureReason.DENIED, False)] if named else [])


def test_where_the_registry_does_not_answer_the_geofeed_was_not_asked_either(
    registry: Registry, lane: LaneProtocol, tmp_path: Path
) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(b"{}", 429)
    (findings,) = collect(registry, lane, tmp_path, ADDRESS)
    assert failure_reasons(findings) == [(FailureReason.THROTTLED, True)]


# -- in verdicts ------------------------------------------------------------------------------------------------------


def judged(
    registry: Registry, lane: LaneProtocol, tmp_path: Path, reverse: str, located: str = ""
) -> tuple[Status, Reason | None]:
    (findings,) = collect(registry, lane, tmp_path, ADDRESS)
    scene = Scene().host("www.voorbeeld.example", ADDRESS).ptr(ADDRESS, reverse)
    if located:
        scene.location(ADDRESS, located)
    for entry in entries(findings):
        scene.see(ADDRESS, entry)
    verdict = scene.judge("web.country", "NL")
    return verdict.status, verdict.reason


def test_case_12_a_geofeed_and_a_reverse_name_that_differ_conflict(
    registry: Registry, lane: LaneProtocol, tmp_path: Path
) -> None:
    serve(registry, "192.0.2.0/24,NL\n")
    assert judged(registry, lane, tmp_path, "web1.fra2.hosting.example") == (Status.UNVERIFIABLE, Reason.CONFLICTING)


def test_a_holder_that_asks_not_to_be_placed_says_nothing_of_the_place(
    registry: Registry, lane: LaneProtocol, tmp_path: Path
) -> None:
    serve(registry, "192.0.2.0/24,\n")
    assert judged(registry, lane, tmp_path, "web1.voorbeeld.example", "NL") == (Status.CONSISTENT, None)
