"""Updating the tables from real HTTP servers on loopback: what gets in, what is refused, and that the last good copy stays in force."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from herkomst.collectors.feed_files import Folder, Mirror, Published, file_date, open_files, plain_name
from herkomst.collectors.feed_update import FeedOutcome, Outcome, TableUpdate, update_tables
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.copies import STATE_NAME, TableFolder
from herkomst.config.tables.layout import FILE_NAME
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import Dataset, OriginRow, RangeRow, TableKind, parse_prefix
from herkomst.config.tables.sources import FEEDS, Feed
from herkomst.scanner.errors import KnowledgeError, UsageError
from herkomst.scanner.model.observation import RangeScope
from servers.registry import Page, Registry, run_registry

BY_NAME = {feed.name: feed for feed in FEEDS}
JSON, TEXT = "application/json", "text/plain"
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
ADDRESS = "192.0.2.1"


@pytest.fixture
def server() -> Iterator[Registry]:
    with run_registry() as running:
        yield running


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Small tables in the place of the embedded ones."""
    folder = tmp_path / "base"
    build_tables(
        folder,
        asn=[OriginRow(*parse_prefix("192.0.2.0/24"), 64496, "OLD")],
        ranges=[RangeRow(*parse_prefix("192.0.2.0/24"), "aws", "embedded", None, (), RangeScope.REGIONAL, "embedded")],
        datasets=[
            Dataset(TableKind.ORIGIN, "origins", "1", "2026-03-01", "none"),
            Dataset(TableKind.RANGES, "embedded", "1", "2026-03-01", "none"),
        ],
    )
    return folder


def aws(count: int = 10, token: int = 5, region: str = "eu-central-1", prefixes: list[str] | None = None) -> bytes:
    listed = prefixes or [f"192.0.2.{number * 8}/29" for number in range(count)]
    rows = [
        {"ip_prefix": prefix, "region": region, "service": "EC2", "network_border_group": f"{region}-ist-1"} for prefix in listed
    ]
    return json.dumps({"syncToken": str(token), "createDate": "2026-10-01-00-00-00", "prefixes": rows}).encode()


class Updating:
    """Two small feeds on one server, updated into one folder."""

    def __init__(self, server: Registry, folder: Path, base: Path) -> None:
        self.server, self.folder, self.base = server, folder, base
        self.feeds: tuple[Feed, ...] = (
            replace(BY_NAME["aws-ip-ranges"], url=server.url + "aws", least_rows=5, max_bytes=100_000),
            replace(BY_NAME["cloudflare-ips-v4"], url=server.url + "cf", least_rows=1, max_bytes=100_000),
        )
        self.serve(aws())
        self.server.pages["/cf"] = Page(b"198.51.100.0/25\n198.51.100.128/25", media_type=TEXT)

    def serve(self, body: bytes, media_type: str = JSON, **rest: object) -> None:
        """Answer for the first feed."""
        self.server.pages["/aws"] = Page(body, media_type=media_type, **rest)  # type: ignore[arg-type]  # fields of Page

    def update(self, *accepted: str, timeout_s: float = 5.0) -> dict[str, FeedOutcome]:
        update = TableUpdate(self.folder, Published(timeout_s), frozenset(accepted), self.feeds, base=self.base, now=lambda: AT)
        return {item.name: item for item in asyncio.run(update_tables(update))}

    def region(self) -> str | None:
        """The region that the packed tables give."""
        tables = PrefixTables.open(self.folder)
        try:
            ranges = tables.lookup(ADDRESS).ranges
            return ranges[0].region if ranges else None
        finally:
            tables.close()


@pytest.fixture
def updating(server: Registry, tmp_path: Path, base: Path) -> Updating:
    return Updating(server, tmp_path / "tables", base)


def test_feeds_are_fetched_packed_and_kept(updating: Updating) -> None:
    outcomes = updating.update()
    assert [item.outcome for item in outcomes.values()] == [Outcome.UPDATED, Outcome.UPDATED]
    assert updating.region() == "eu-central-1"
    copy = outcomes["aws-ip-ranges"].copy
    assert copy is not None
    assert (copy.as_of, copy.dated, copy.version, copy.rows) == ("2026-10-01", True, "5", 10)
    undated = outcomes["cloudflare-ips-v4"].copy
    assert undated is not None
    assert (undated.as_of, undated.dated) == ("2026-11-23", False)  # the day it was fetched
    before = (updating.folder / FILE_NAME).stat().st_mtime_ns
    assert [item.outcome for item in updating.update().values()] == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert (updating.folder / FILE_NAME).stat().st_mtime_ns == before  # nothing to pack


REFUSED = {
    "shrunk by half": (Page(aws(5, 6, "x"), media_type=JSON), "5 rows, and the last good copy had 10"),
    "grown by half": (Page(aws(15, 6, "x"), media_type=JSON), "15 rows"),
    "older": (Page(aws(10, 4, "x"), media_type=JSON), "of 4, and the last good copy of 5"),
    "a page": (Page(b"<html>moved</html>", media_type="text/html; charset=utf-8"), "text/html where JSON was"),
    "a page that calls itself JSON": (Page(b"\n<!doctype html>", media_type=JSON), "a page where JSON was"),
    "gzip where JSON was": (Page(gzip.compress(aws(10, 6, "x")), media_type=JSON), "gzip where JSON was"),
    "text where JSON was": (Page(b"192.0.2.0/24\n", media_type=TEXT), "something else where JSON was"),
    "JSON that ends early": (Page(aws(10, 6, "x")[:-40], media_type=JSON), "no JSON"),
    "JSON of another shape": (Page(b'{"values": []}', media_type=JSON), "'prefixes'|empty"),
    "nested without end": (Page(b"[" * 50_000, media_type=JSON), "no JSON|nested"),
    "empty": (Page(b"", media_type=JSON), "empty"),
    "no list": (Page(b'{"prefixes": []}', media_type=JSON), "empty"),
    "no UTF-8": (Page(b'{"prefixes": "\xff"}', media_type=JSON), "UTF-8"),
    "oversized": (Page(b" " * 200_000, media_type=JSON), "more than 100000 bytes"),
    "not found": (Page(b"", 404, media_type=JSON), "status 404"),
    "broken": (Page(b"", 500, media_type=JSON), "status 500"),
    "everybody's addresses": (Page(aws(prefixes=["0.0.0.0/0"] * 10), media_type=JSON), "shorter than /8"),
    "host bits": (Page(aws(prefixes=["192.0.2.1/24"]), media_type=JSON), "host bits"),
    "a redirect to a private address": (Page(b"", 302, headers=(("Location", "http://10.0.0.1/x"),)), "private"),
    "a redirect to the metadata service": (Page(b"", 302, headers=(("Location", "http://169.254.169.254/"),)), "link_local"),
    "a compressed body": (Page(b"x", media_type=JSON, headers=(("Content-Encoding", "gzip"),)), "compressed"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_the_feed_is_refused_and_the_last_good_copy_stays_in_force(updating: Updating, what: str) -> None:
    updating.update()
    page, why = REFUSED[what]
    updating.server.pages["/aws"] = page
    updating.server.pages["/cf"] = Page(b"198.51.100.0/24\n203.0.113.0/24", media_type=TEXT)
    outcomes = updating.update()
    refused = outcomes["aws-ip-ranges"]
    assert refused.outcome is Outcome.FAILED
    assert any(part in refused.detail for part in why.split("|")), refused.detail
    assert refused.copy is not None
    assert refused.copy.version == "5"
    assert updating.region() == "eu-central-1"
    assert outcomes["cloudflare-ips-v4"].outcome is Outcome.UPDATED  # a feed that fails holds up no other
    state = TableFolder(updating.folder).load()["aws-ip-ranges"]
    assert (state.failure, state.attempted_at) == (refused.detail, "2026-11-23T10:00:00+00:00")


@pytest.mark.parametrize("what", ["shrunk by half", "grown by half", "older"])
def test_what_differs_from_the_last_good_copy_names_its_remedy_and_may_be_accepted(updating: Updating, what: str) -> None:
    updating.update()
    updating.server.pages["/aws"] = REFUSED[what][0]
    assert "--accept aws-ip-ranges" in updating.update()["aws-ip-ranges"].detail
    assert updating.update("aws-ip-ranges")["aws-ip-ranges"].outcome is Outcome.UPDATED
    assert updating.region() == "x"
    assert TableFolder(updating.folder).load()["aws-ip-ranges"].failure == ""


@pytest.mark.parametrize("what", ["a page", "JSON that ends early", "empty", "everybody's addresses"])
def test_what_is_no_feed_cannot_be_accepted(updating: Updating, what: str) -> None:
    updating.update()
    updating.server.pages["/aws"] = REFUSED[what][0]
    assert updating.update("aws-ip-ranges")["aws-ip-ranges"].outcome is Outcome.FAILED


def test_a_first_copy_that_is_far_too_small_is_refused(updating: Updating) -> None:
    updating.serve(aws(2))
    outcomes = updating.update()
    assert "at least 5" in outcomes["aws-ip-ranges"].detail
    assert outcomes["aws-ip-ranges"].copy is None
    assert updating.region() == "embedded"


def test_a_feed_that_drips_ends_at_the_time_limit(updating: Updating) -> None:
    updating.update()
    updating.server.pages["/aws"] = Page(media_type=JSON, drips=True)
    assert "did not answer within 0.4 s" in updating.update(timeout_s=0.4)["aws-ip-ranges"].detail
    assert updating.region() == "eu-central-1"


def test_an_answer_that_is_cut_off_is_refused(updating: Updating) -> None:
    updating.update()
    body = aws(10, 6, "x")
    whole = b"%x\r\n%s" % (len(body) + 9, body)  # the chunk is announced longer than it is
    updating.server.pages["/aws"] = Page(
        whole, media_type=JSON, headers=(("Transfer-Encoding", "chunked"), ("Connection", "close"))
    )
    assert "incomplete" in updating.update()["aws-ip-ranges"].detail
    assert updating.region() == "eu-central-1"


def test_a_list_with_addresses_of_the_other_protocol_is_refused(updating: Updating) -> None:
    updating.server.pages["/cf"] = Page(b"198.51.100.0/24\n2001:db8::/32", media_type=TEXT)
    assert "IPv6" in updating.update()["cloudflare-ips-v4"].detail


def test_duplicate_and_overlapping_prefixes_count_once_and_the_longest_answers(updating: Updating) -> None:
    updating.serve(
        aws(prefixes=[*(f"192.0.2.{number * 8}/29" for number in range(8)), "192.0.2.0/29", "192.0.2.0/24", "192.0.2.0/24"])
    )
    assert updating.update()["aws-ip-ranges"].outcome is Outcome.UPDATED
    tables = PrefixTables.open(updating.folder)
    assert [item.prefix for item in tables.lookup(ADDRESS).ranges] == ["192.0.2.0/29", "192.0.2.0/24"]
    assert {item.name: item.rows for item in tables.datasets}["aws-ip-ranges"] == 9
    tables.close()


def test_a_feed_whose_address_moves_is_found_by_its_page(updating: Updating) -> None:
    link = updating.server.url + r"files/aws_\d{8}\.json"
    updating.feeds = (replace(updating.feeds[0], url=updating.server.url + "page", link=link),)
    page = f'<html><a href="{updating.server.url}files/aws_20261120.json">download</a>'.encode()
    updating.server.pages["/page"] = Page(page, media_type="text/html")
    updating.server.pages["/files/aws_20261120.json"] = Page(aws(), media_type="application/octet-stream")
    outcome = updating.update()["aws-ip-ranges"]
    assert outcome.outcome is Outcome.UPDATED
    assert outcome.copy is not None
    assert outcome.copy.source.endswith("aws_20261120.json")
    updating.server.pages["/page"] = Page(b"<html>new look</html>", media_type="text/html")
    assert "--from" in updating.update()["aws-ip-ranges"].detail


def test_a_feed_that_is_published_as_gzip_is_unpacked_and_one_that_ends_early_is_refused(updating: Updating) -> None:
    feed = replace(BY_NAME["ip2asn-v4"], url=updating.server.url + "asn", least_rows=2, max_bytes=100_000)
    updating.feeds = (feed,)
    text = "".join(f"192.0.2.{number * 64}\t192.0.2.{number * 64 + 63}\t{64500 + number}\tNL\tAS name\n" for number in range(4))
    packed = gzip.compress(text.encode())
    for body, why in (
        (packed[:-9], "ends early"),
        (packed[:-8] + b"\0" * 8, "damaged"),
        (packed + b"rest", "damaged"),
        (text.encode(), "gzip was expected"),
        (gzip.compress(text.encode()[:-5]), "middle of a line"),
        (gzip.compress(b"0" * 100_001, 9), "unpacks to more than"),
    ):
        updating.server.pages["/asn"] = Page(body, media_type="application/x-gzip")
        assert why in updating.update()["ip2asn-v4"].detail
    updating.server.pages["/asn"] = Page(packed, media_type="application/x-gzip")
    assert updating.update()["ip2asn-v4"].outcome is Outcome.UPDATED
    tables = PrefixTables.open(updating.folder)
    origin = tables.lookup(ADDRESS).origin
    assert origin is not None
    assert (origin.asns, origin.dataset) == ((64500,), "ip2asn-v4")
    tables.close()


def test_a_geofeed_with_many_lines_that_are_no_entries_is_refused(updating: Updating) -> None:
    updating.feeds = (replace(BY_NAME["linode-geofeed"], url=updating.server.url + "geo", least_rows=2),)
    good = "# Last modified: 2026-10-02 10:00:00\n192.0.2.0/25,NL,NL-ZH,Den Haag,\n192.0.2.128/25,,,,\n"
    for text, why in (
        (good + "elsewhere,NL,,,\n", "1 of 3 lines"),
        ("# nothing\n", "no geofeed"),
        (good[:-1], "middle of a line"),
        ("0.0.0.0/0,NL,,,\n128.0.0.0/1,NL,,,\n", "shorter than /8"),
    ):
        updating.server.pages["/geo"] = Page(text.encode(), media_type="text/csv")
        assert why in updating.update()["linode-geofeed"].detail
    updating.server.pages["/geo"] = Page(good.encode(), media_type="text/csv; charset=utf-8")
    copy = updating.update()["linode-geofeed"].copy
    assert copy is not None
    assert (copy.as_of, copy.rows) == ("2026-10-02", 2)
    tables = PrefixTables.open(updating.folder)
    assert tables.values(ADDRESS).geofeed == "NL"
    silent = tables.lookup("192.0.2.200")  # the holder asks not to be located
    assert (silent.geofeed, [item.provider for item in silent.ranges]) == (None, ["linode", "aws"])
    tables.close()


# -- folders and mirrors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "plain", "dated"),
    [
        ("aws-ip-ranges_2026-08-22.json.gz", "aws-ip-ranges", "2026-08-22"),
        ("ip-ranges.json", "ip-ranges", ""),
        ("ServiceTags_Public_20260504.json", "servicetags_public", "2026-05-04"),
        ("delegated-ripencc-extended-20261124", "delegated-ripencc-extended", "2026-11-24"),
        ("delegated-arin-extended-latest", "delegated-arin-extended", ""),
        ("ip2asn-v4.tsv.gz", "ip2asn-v4", ""),
        ("linode-geofeed_2025-13-45.csv", "linode-geofeed", ""),
    ],
)
def test_a_file_name_may_have_a_date_and_endings(name: str, plain: str, dated: str) -> None:
    assert (plain_name(name), file_date(name)) == (plain, dated)


def test_a_folder_gives_the_latest_file_of_a_feed_and_leaves_the_others_as_they_are(updating: Updating, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "aws-ip-ranges_2026-01-02.json").write_bytes(aws(region="old"))
    (files / "ip-ranges_2026-02-03.json.gz").write_bytes(gzip.compress(aws(region="new")))
    update = TableUpdate(updating.folder, Folder(files), frozenset(), updating.feeds, base=updating.base, now=lambda: AT)
    first, second = asyncio.run(update_tables(update))
    assert (first.outcome, second.outcome) == (Outcome.UPDATED, Outcome.ABSENT)
    assert updating.region() == "new"


def test_a_folder_with_no_feed_in_it_changes_nothing(updating: Updating, tmp_path: Path) -> None:
    update = TableUpdate(updating.folder, Folder(tmp_path), frozenset(), updating.feeds, base=updating.base, now=lambda: AT)
    assert {item.outcome for item in asyncio.run(update_tables(update))} == {Outcome.ABSENT}
    assert not (updating.folder / FILE_NAME).exists()


def test_a_mirror_has_files_called_like_the_feeds_packed_or_not(updating: Updating) -> None:
    updating.server.pages["/m/aws-ip-ranges.json"] = Page(aws(), media_type=JSON)
    updating.server.pages["/m/cloudflare-ips-v4.txt.gz"] = Page(gzip.compress(b"198.51.100.0/24"), media_type="application/gzip")
    update = TableUpdate(
        updating.folder, Mirror(updating.server.url + "m"), frozenset(), updating.feeds, base=updating.base, now=lambda: AT
    )
    assert [item.outcome for item in asyncio.run(update_tables(update))] == [Outcome.UPDATED, Outcome.UPDATED]
    del updating.server.pages["/m/aws-ip-ranges.json"]
    assert [item.outcome for item in asyncio.run(update_tables(update))] == [Outcome.FAILED, Outcome.UNCHANGED]


def test_an_update_of_one_feed_only_keeps_the_others_in_the_tables(updating: Updating) -> None:
    updating.update()
    updating.serve(aws(10, 6, "x"))
    update = TableUpdate(
        updating.folder, Published(5.0), feeds=updating.feeds, only=frozenset({"cloudflare-ips-v4"}), base=updating.base
    )
    updating.server.pages["/cf"] = Page(b"198.51.100.0/24\n203.0.113.0/24", media_type=TEXT)
    (outcome,) = asyncio.run(update_tables(update))
    assert (outcome.name, outcome.outcome) == ("cloudflare-ips-v4", Outcome.UPDATED)
    assert updating.region() == "eu-central-1"


@pytest.mark.parametrize("source", ["/no/such/folder", "ftp://mirror.example/"])
def test_a_source_that_is_neither_folder_nor_web_address_is_refused(source: str) -> None:
    with pytest.raises(UsageError, match="--from"):
        open_files(source)


# -- whatever happens, the tables are whole ---------------------------------------------------------------------------

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from herkomst.collectors.feed_files import Folder
from herkomst.collectors.feed_update import TableUpdate, update_tables
from herkomst.config.tables.sources import FEEDS
folder, files, base, after = sys.argv[1:]
renames = 0
def count(event, arguments):
    global renames
    if event == "os.rename":
        renames += 1
        if renames == int(after):
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
asyncio.run(update_tables(TableUpdate(Path(folder), Folder(Path(files)), frozenset({"aws-ip-ranges"}), FEEDS, base=Path(base))))
print(renames)
"""


def run_killed(updating: Updating, files: Path, after: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(updating.folder), str(files), str(updating.base), str(after)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_an_update_that_is_killed_at_any_moment_leaves_whole_tables_and_the_next_one_ends_the_work(
    updating: Updating, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    files.mkdir()
    updating.update()
    for after in range(1, 10):
        region = f"eu-{after}"
        (files / "aws-ip-ranges.json").write_bytes(aws(region=region))
        ran = run_killed(updating, files, after)
        if ran.returncode == 0:
            assert int(ran.stdout) == after - 1  # every file that is put in place was a moment to be killed at
            break
        assert ran.returncode == -signal.SIGKILL, ran.stderr
        assert updating.region() in {region, f"eu-{after - 1}", "eu-central-1"}
        update = TableUpdate(updating.folder, Folder(files), frozenset({"aws-ip-ranges"}), updating.feeds, base=updating.base)
        asyncio.run(update_tables(update))
        assert updating.region() == region
        leftovers = {path.name for path in (updating.folder / "copies").iterdir()}
        assert len(leftovers) == 2, leftovers  # one copy a feed, nothing partial
    else:
        pytest.fail("the update never came to its end")


def test_of_two_updates_at_once_one_is_turned_away(updating: Updating) -> None:
    async def both() -> list[object]:
        update = TableUpdate(updating.folder, Published(5.0), frozenset(), updating.feeds, base=updating.base)
        return list(await asyncio.gather(update_tables(update), update_tables(update), return_exceptions=True))

    first, second = asyncio.run(both())
    assert isinstance(second, UsageError)
    assert "Another update" in str(second)
    assert isinstance(first, tuple)
    assert [item.outcome for item in first] == [Outcome.UPDATED] * 2
    assert [item.outcome for item in updating.update().values()] == [Outcome.UNCHANGED] * 2


def test_a_folder_that_takes_no_more_files_leaves_what_was_before_in_force(updating: Updating) -> None:
    updating.update()
    updating.serve(aws(10, 6, "x"))
    (updating.folder / (STATE_NAME + ".partial")).mkdir()  # nothing can be written there
    with pytest.raises(KnowledgeError, match="those before are in force"):
        updating.update()
    assert updating.region() == "eu-central-1"
    (updating.folder / (STATE_NAME + ".partial")).rmdir()
    assert updating.update()["aws-ip-ranges"].outcome is Outcome.UPDATED
    assert updating.region() == "x"


@pytest.mark.parametrize("token", ["²", "٣", "-1", "1e9", "9" * 21])
def test_a_version_that_is_no_plain_number_is_none(updating: Updating, token: str) -> None:
    document = json.loads(aws())
    updating.serve(json.dumps(document | {"syncToken": token, "createDate": "²²²²-²²-²²"}).encode())
    copy = updating.update()["aws-ip-ranges"].copy
    assert copy is not None
    assert (copy.version, copy.dated) == ("", False)


def test_tables_that_no_update_made_are_not_overwritten(updating: Updating) -> None:
    updating.folder = updating.base
    with pytest.raises(UsageError, match="not made by an update"):
        updating.update()


def test_a_damaged_packed_file_is_refused_and_packed_again_by_the_next_update(updating: Updating) -> None:
    updating.update()
    packed = updating.folder / FILE_NAME
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(KnowledgeError, match="herkomst data update"):
        updating.region()
    updating.update()
    assert updating.region() == "eu-central-1"


def test_a_damaged_copy_leaves_the_tables_as_they_were_until_it_is_fetched_again(updating: Updating) -> None:
    updating.update()
    (copy,) = (updating.folder / "copies").glob("aws*")
    copy.write_bytes(b"damaged")
    updating.server.pages["/aws"] = Page(b"", 500)
    updating.server.pages["/cf"] = Page(b"198.51.100.0/24\n203.0.113.0/24", media_type=TEXT)
    update = TableUpdate(updating.folder, Published(5.0), frozenset(), updating.feeds, base=updating.base)
    details = [item.detail for item in asyncio.run(update_tables(update)) if item.name == "aws-ip-ranges"]
    assert any("stay as they were" in detail for detail in details)
    assert updating.region() == "eu-central-1"
    copy.unlink()
    updating.serve(aws(10, 6, "x"))
    assert updating.update()["aws-ip-ranges"].outcome is Outcome.UPDATED
    assert updating.region() == "x"


def test_a_damaged_list_of_updates_says_what_to_remove(updating: Updating) -> None:
    updating.update()
    (updating.folder / STATE_NAME).write_text("{")
    with pytest.raises(KnowledgeError, match="Remove"):
        updating.update()


def test_new_embedded_tables_are_packed_under_the_copies(updating: Updating, tmp_path: Path) -> None:
    updating.update()
    newer = tmp_path / "newer"
    build_tables(
        newer,
        asn=[OriginRow(*parse_prefix("192.0.2.0/24"), 64511, "NEW")],
        datasets=[Dataset(TableKind.ORIGIN, "origins", "2", "2026-09-01", "none")],
    )
    updating.base = newer
    updating.update()
    tables = PrefixTables.open(updating.folder)
    assert tables.values(ADDRESS).asns == (64511,)
    tables.close()
    assert updating.region() == "eu-central-1"
