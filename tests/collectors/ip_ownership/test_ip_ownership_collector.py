"""The collector as the engine sees it: real tables built from rows, a real registry on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.base import Lane as LaneProtocol
from herkomst.collectors.ip_ownership.collector import MAX_SEGMENTS, IpOwnershipCollector
from herkomst.collectors.ip_ownership.registries import MAX_NETWORKS
from herkomst.config.settings import Settings
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.feeds import parse_aws, parse_country_csv, parse_origin_csv
from herkomst.config.tables.rows import Dataset, PlaceRow, TableKind, parse_prefix
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import (
    CONTENT_BY_KIND,
    GeofeedEntry,
    IpLocation,
    IpOrigin,
    IpRange,
    IpRegistration,
    IpSpecialUse,
    RangeScope,
    RdapNetwork,
)
from herkomst.scanner.model.target import Target, TargetKind
from servers.registry import Page, Registry, describe_network

ORIGINS = ["198.51.100.0,198.51.100.255,64500,Voorbeeld Hosting", "198.51.100.0,198.51.100.255,64501,Voorbeeld Netwerk"]
COUNTRIES = ["198.51.100.0,198.51.100.127,NL", "198.51.100.128,198.51.100.255,DE"]
FEED = {
    "prefixes": [
        {
            "ip_prefix": "198.51.100.0/25",
            "region": "eu-voorbeeld-1",
            "service": "AMAZON",
            "network_border_group": "eu-voorbeeld-1",
        },
        {"ip_prefix": "198.51.100.0/28", "region": "GLOBAL", "service": "CLOUDFRONT", "network_border_group": "GLOBAL"},
    ]
}
DATASETS = [
    Dataset(TableKind.RANGES, "feed", "1", "2026-03-01", "none"),
    Dataset(TableKind.ORIGIN, "origins", "2", "2026-03-02", "none"),
    Dataset(TableKind.REGISTRATION, "registrations", "3", "2026-03-03", "none"),
    Dataset(TableKind.LOCATION, "locations", "4", "2026-03-04", "none"),
]
TABLE_KINDS = {"ip.range", "ip.origin", "ip.registration", "ip.location"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a laboratory: own tables, documentation addresses as public, no registry."""
    build_tables(
        tmp_path / "tables",
        asn=parse_origin_csv(ORIGINS),
        registration=parse_country_csv(["198.51.100.0,198.51.100.255,US"]),
        location=parse_country_csv(COUNTRIES),
        ranges=parse_aws(json.dumps(FEED), "feed"),
        datasets=DATASETS,
    )
    return Settings(tables=tmp_path / "tables", offline=True, treat_documentation_as_public=True)


def collect(settings: Settings, lane: LaneProtocol, *values: str) -> list[Findings]:
    """Collect targets one after the other with one collector."""

    async def run() -> list[Findings]:
        collector = IpOwnershipCollector.from_settings(settings)
        try:
            kinds = [TargetKind.NETWORK if "/" in value else TargetKind.ADDRESS for value in values]
            return [await collector.collect(Target(kind, value), lane) for kind, value in zip(kinds, values, strict=True)]
        finally:
            await collector.close()

    return asyncio.run(run())


def contents(findings: Findings) -> list[object]:
    return [observation.content for observation in findings.observations]


def online(settings: Settings, registry: Registry) -> Settings:
    return replace(settings, offline=False, rdap_bootstrap=registry.bootstrap)


def test_an_address_is_described_by_every_table_the_most_specific_range_first(settings: Settings, lane: LaneProtocol) -> None:
    (findings,) = collect(settings, lane, "198.51.100.7")
    assert contents(findings) == [
        IpRange("198.51.100.7", "198.51.100.0/28", "aws", None, None, ("CLOUDFRONT",), RangeScope.EDGE, "feed"),
        IpRange(
            "198.51.100.7", "198.51.100.0/25", "aws", "eu-voorbeeld-1", "eu-voorbeeld-1", ("AMAZON",), RangeScope.REGIONAL, "feed"
        ),
        IpOrigin("198.51.100.7", "198.51.100.0/24", (64500, 64501), ("Voorbeeld Hosting", "Voorbeeld Netwerk"), "origins"),
        IpRegistration("198.51.100.7", "198.51.100.0/24", "US", "registrations"),
        IpLocation("198.51.100.7", "198.51.100.0/25", "NL", "locations"),
    ]
    assert findings.failures == ()


def test_every_fact_has_its_row_as_raw_answer(settings: Settings, lane: LaneProtocol) -> None:
    (findings,) = collect(settings, lane, "198.51.100.7")
    raws = {raw.digest: raw for raw in findings.raws}
    assert {observation.raw for observation in findings.observations} == set(raws)
    for digest, raw in raws.items():
        assert hashlib.sha256(raw.body).hexdigest() == digest
        assert raw.media_type == "application/json"
    row = json.loads(raws[findings.observations[2].raw or ""].body)
    assert (row["kind"], row["version"], row["as_of"]) == ("ip.origin", "2", "2026-03-02")
    assert row["row"]["asns"] == [64500, 64501]


def test_observations_carry_subject_vantage_and_the_lanes_time(settings: Settings, lane: LaneProtocol) -> None:
    (findings,) = collect(settings, lane, "198.51.100.7")
    for observation in findings.observations:
        assert (observation.subject, observation.collector, observation.vantage) == ("198.51.100.7", "ip_ownership", "test")
        assert observation.observed_at == lane.now()


def test_that_no_table_knows_who_announces_an_address_is_an_answer_and_the_only_one(
    settings: Settings, lane: LaneProtocol
) -> None:
    (findings,) = collect(settings, lane, "8.8.8.8")
    assert [observation.content for observation in findings.observations] == [IpOrigin("8.8.8.8", "", (), (), "")]
    assert findings.failures == findings.leads == ()


@pytest.mark.parametrize(
    ("value", "use"),
    [("10.1.2.3", "private"), ("fe80::1", "link_local"), ("192.168.0.0/24", "private"), ("224.0.0.1", "multicast")],
)
def test_an_address_of_special_use_gets_its_use_and_nothing_else(
    settings: Settings, lane: LaneProtocol, registry: Registry, value: str, use: str
) -> None:
    (findings,) = collect(online(settings, registry), lane, value)
    assert contents(findings) == [IpSpecialUse(value, use)]
    assert registry.asked == []


@pytest.mark.parametrize(("value", "use"), [("198.51.100.7", "documentation"), ("127.0.0.1", "loopback")])
def test_documentation_and_loopback_are_special_outside_a_laboratory(
    settings: Settings, lane: LaneProtocol, value: str, use: str
) -> None:
    (findings,) = collect(replace(settings, treat_documentation_as_public=False), lane, value)
    assert contents(findings) == [IpSpecialUse(value, use)]


def check_no_table(findings: Findings) -> None:
    assert {failure.kind for failure in findings.failures} == TABLE_KINDS
    assert {failure.reason for failure in findings.failures} == {FailureReason.NO_TABLE}
    assert all("herkomst data update" in failure.detail for failure in findings.failures)
    assert findings.observations == ()


def test_missing_tables_are_a_failure_of_each_kind(settings: Settings, lane: LaneProtocol, tmp_path: Path) -> None:
    missing = replace(settings, tables=tmp_path / "nowhere")
    for findings in collect(missing, lane, "198.51.100.7", "198.51.100.0/24"):
        check_no_table(findings)
    collector = IpOwnershipCollector.from_settings(missing)
    assert collector.knowledge() == ()


def test_damaged_tables_are_a_failure_of_each_kind(settings: Settings, lane: LaneProtocol) -> None:
    assert settings.tables is not None
    packed = settings.tables / "prefixes.bin"
    packed.write_bytes(packed.read_bytes()[:-1])
    check_no_table(collect(settings, lane, "198.51.100.7")[0])


def test_the_registry_is_asked_where_the_tables_are_missing(
    settings: Settings, lane: LaneProtocol, registry: Registry, tmp_path: Path
) -> None:
    registry.serve_bootstrap()
    registry.serve("/rdap/ip/198.51.100.7", describe_network("198.51.100.0", "198.51.100.255"))
    (findings,) = collect(online(replace(settings, tables=tmp_path / "nowhere"), registry), lane, "198.51.100.7")
    assert {failure.kind for failure in findings.failures} == TABLE_KINDS
    assert [observation.kind for observation in findings.observations] == ["rdap.network"]


def test_the_registered_network_is_a_fact_with_its_answer(settings: Settings, lane: LaneProtocol, registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.serve("/rdap/ip/198.51.100.7", describe_network("198.51.100.0", "198.51.100.255"))
    (findings,) = collect(online(settings, registry), lane, "198.51.100.7")
    observation = findings.observations[-1]
    assert observation.content == RdapNetwork(
        address="198.51.100.7",
        prefixes=("198.51.100.0/24",),
        handle="198.51.100.0 - 198.51.100.255",
        name="VOORBEELD-NET",
        holder="Voorbeeld Hosting B.V.",
        holder_country="NL",
        country="NL",
        registry="ripencc",
    )
    (raw,) = [raw for raw in findings.raws if raw.digest == observation.raw]
    assert raw.media_type == "application/rdap+json"
    assert json.loads(raw.body)["startAddress"] == "198.51.100.0"


def test_a_failing_registry_leaves_the_tables_facts(settings: Settings, lane: LaneProtocol, registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(b"{}", 429, headers=(("Retry-After", "30"),))
    (findings,) = collect(online(settings, registry), lane, "198.51.100.7")
    failures = [(failure.kind, failure.reason, failure.retryable) for failure in findings.failures]
    assert failures == [(kind, FailureReason.THROTTLED, True) for kind in ("rdap.network", "geofeed.entry")]
    assert {failure.subject for failure in findings.failures} == {"198.51.100.7"}
    assert len(findings.observations) == 5


def test_offline_nothing_is_asked_and_that_is_said(settings: Settings, lane: LaneProtocol, registry: Registry) -> None:
    offline = replace(settings, rdap_bootstrap=registry.bootstrap)
    collect(offline, lane, "198.51.100.7")
    assert registry.asked == []
    assert IpOwnershipCollector.from_settings(offline).not_asked() == {"rdap.network", "geofeed.entry"}
    assert IpOwnershipCollector.from_settings(online(settings, registry)).not_asked() == set()


def test_a_declared_network_is_described_part_by_part(settings: Settings, lane: LaneProtocol) -> None:
    (findings,) = collect(settings, lane, "198.51.100.0/24")
    where = [(item.address, item.country) for item in contents(findings) if isinstance(item, IpLocation)]
    assert where == [
        ("198.51.100.0-198.51.100.15", "NL"),
        ("198.51.100.16-198.51.100.127", "NL"),
        ("198.51.100.128-198.51.100.255", "DE"),
    ]
    assert {observation.subject for observation in findings.observations} == {"198.51.100.0/24"}


def test_a_network_in_which_all_tables_agree_is_one_part(settings: Settings, lane: LaneProtocol) -> None:
    (findings,) = collect(settings, lane, "198.51.100.64/26")
    assert [item.address for item in contents(findings) if isinstance(item, IpLocation)] == ["198.51.100.64/26"]


def test_the_registered_networks_within_a_declared_one_are_all_asked_for_once(
    settings: Settings, lane: LaneProtocol, registry: Registry
) -> None:
    registry.serve_bootstrap()
    registry.serve("/rdap/ip/198.51.100.0", describe_network("198.51.100.0", "198.51.100.63"))
    registry.serve("/rdap/ip/198.51.100.64", describe_network("198.51.100.64", "198.51.101.255"))
    (findings,) = collect(online(settings, registry), lane, "198.51.100.0/24")
    assert registry.questions() == ["198.51.100.0", "198.51.100.64"]
    networks = [(item.address, item.prefixes[0]) for item in contents(findings) if isinstance(item, RdapNetwork)]
    assert networks == [
        ("198.51.100.0-198.51.100.15", "198.51.100.0/26"),
        ("198.51.100.16-198.51.100.127", "198.51.100.0/26"),
        ("198.51.100.16-198.51.100.127", "198.51.100.64/26"),
        ("198.51.100.128-198.51.100.255", "198.51.100.64/26"),
    ]


def test_a_network_of_very_many_registered_networks_is_too_large(
    settings: Settings, lane: LaneProtocol, registry: Registry
) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = lambda path: Page(json.dumps(describe_network(*[path.rpartition("/")[2]] * 2)).encode())
    (findings,) = collect(online(settings, registry), lane, "198.51.100.64/26")
    assert [failure.kind for failure in findings.failures] == ["rdap.network", "geofeed.entry"]
    assert {failure.reason for failure in findings.failures} == {FailureReason.TOO_LARGE}
    assert len(registry.questions()) == MAX_NETWORKS + 1


def test_a_network_that_mixes_too_much_is_too_large(lane: LaneProtocol, tmp_path: Path) -> None:
    rows = [f"198.51.{number}.0,198.51.{number}.255,{'NL' if number % 2 else 'DE'}" for number in range(MAX_SEGMENTS + 1)]
    build_tables(tmp_path, location=parse_country_csv(rows), datasets=DATASETS[3:])
    settings = Settings(tables=tmp_path, offline=True, treat_documentation_as_public=True)
    (findings,) = collect(settings, lane, "198.51.0.0/16")
    assert {(failure.kind, failure.reason) for failure in findings.failures} == {
        (kind, FailureReason.TOO_LARGE) for kind in TABLE_KINDS
    }
    assert findings.observations == ()


def test_two_runs_over_the_same_tables_give_the_same_ids(settings: Settings, lane: LaneProtocol) -> None:
    def ids(found: Iterable[Findings]) -> list[str]:
        return [observation.id for findings in found for observation in findings.observations]

    one = ids(collect(settings, lane, "198.51.100.7", "198.51.100.200"))
    assert one == ids(collect(settings, lane, "198.51.100.7", "198.51.100.200"))
    assert len(set(one)) == len(one)


def test_the_collector_says_what_it_provides_and_knows(settings: Settings) -> None:
    collector = IpOwnershipCollector.from_settings(settings)
    assert collector.provides <= set(CONTENT_BY_KIND)
    assert [(item.name, item.as_of) for item in collector.knowledge()] == [(item.name, item.as_of) for item in DATASETS]
    assert collector.accepts == {TargetKind.ADDRESS, TargetKind.NETWORK}
    asyncio.run(collector.close())


def test_importing_the_collector_loads_neither_an_http_client_nor_an_rdap_parser() -> None:
    code = "import sys, herkomst.collectors.ip_ownership.collector; print({'httpx', 'ipwhois', 'numpy'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "set()"


def test_neighbours_are_described_like_strangers(settings: Settings, lane: LaneProtocol) -> None:
    """What is kept ready for a /24 says of every address what the tables say of it alone, also where they change inside the /24."""
    addresses = [f"198.51.100.{number}" for number in (7, 8, 15, 16, 127, 128, 255)] + ["198.51.101.1", "198.51.101.2", "8.8.8.8"]
    together = collect(settings, lane, *addresses)
    assert together == [collect(settings, lane, address)[0] for address in addresses]


def test_an_address_in_a_known_neighbourhood_keeps_its_own_name(lane: LaneProtocol, tmp_path: Path) -> None:
    build_tables(tmp_path, location=parse_country_csv(["198.51.100.0,198.51.101.255,NL"]), datasets=DATASETS[3:])
    settings = Settings(tables=tmp_path, offline=True, treat_documentation_as_public=True)
    found = collect(settings, lane, "198.51.100.7", "198.51.100.9", "198.51.100.7", "198.51.101.9")
    where = [(item.address, item.prefix) for findings in found for item in contents(findings) if isinstance(item, IpLocation)]
    assert where == [
        ("198.51.100.7", "198.51.100.0/23"),
        ("198.51.100.9", "198.51.100.0/23"),
        ("198.51.100.7", "198.51.100.0/23"),
        ("198.51.101.9", "198.51.100.0/23"),
    ]


def test_a_geofeed_in_the_tables_is_the_holders_word_with_its_raw_answer(lane: LaneProtocol, tmp_path: Path) -> None:
    url = "https://geofeed.example/geofeed.csv"
    rows = [PlaceRow(*parse_prefix("198.51.100.0/28"), "NL", "NL-ZH", "", url, "feed")]
    build_tables(tmp_path, geofeed=rows, datasets=[Dataset(TableKind.GEOFEED, "feed", "1", "2026-03-01", "none")])
    settings = Settings(tables=tmp_path, offline=True, treat_documentation_as_public=True)
    inside, outside = collect(settings, lane, "198.51.100.7", "198.51.100.17")
    entries = [item for item in contents(inside) if isinstance(item, GeofeedEntry)]
    assert entries == [GeofeedEntry("198.51.100.7", "198.51.100.0/28", "NL", "NL-ZH", None, url)]
    assert any(b'"geofeed.entry"' in raw.body for raw in inside.raws)
    assert not any(isinstance(item, GeofeedEntry) for item in contents(outside))
