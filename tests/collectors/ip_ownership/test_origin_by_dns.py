"""Who announces an address that no table knows, by Team Cymru's DNS zones: real questions to a server on loopback."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import dns.rcode
import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.ip_ownership.collector import IpOwnershipCollector
from herkomst.collectors.ip_ownership.origin_by_dns import origin_name, parse_origins
from herkomst.collectors.ip_ownership.part import Part
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.feeds import parse_origin_csv
from herkomst.config.tables.rows import Dataset, TableKind, parse_address
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import IpOrigin
from herkomst.scanner.model.target import Target, TargetKind
from ipwhois.asn import IPASN
from ipwhois.net import Net
from servers.registry import Registry
from servers.scripted import Respond, ScriptedServer, ZoneText

ADDRESS = "198.51.100.7"
KNOWN = "192.0.2.1"
ZONE = "asn.voorbeeld.example"
SERVED = f"""
7.100.51.198.origin.{ZONE}. TXT "64500 | 198.51.0.0/16 | NL | ripencc | 2001-01-01"
7.100.51.198.origin.{ZONE}. TXT "64502 64501 | 198.51.100.0/24 | NL | ripencc | 2001-01-01"
8.100.51.198.origin.{ZONE}. TXT "64500 | 203.0.113.0/24 | NL | ripencc | 2001-01-01"
9.100.51.198.origin.{ZONE}. TXT "gibberish"
0.100.51.198.origin.{ZONE}. TXT "64500 | 198.51.100.0/25 | NL | ripencc | 2001-01-01"
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.origin6.{ZONE}. TXT "64500 | 2001:db8::/32 | NL | ripencc | 2001-01-01"
AS64500.{ZONE}. TXT "64500 | NL | ripencc | 2001-01-01 | VOORBEELD-AS - Voorbeeld Hosting B.V., NL"
AS64501.{ZONE}. TXT "64501 | NL | ripencc | 2001-01-01 | VOORBEELD-TWEE, NL"
"""


class Lane:
    """A lane with a resolver of its own."""

    vantage = "test"

    def __init__(self, resolver: StubResolver) -> None:
        self.resolver = resolver

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    async def run_blocking(self, function: object, *args: object) -> object:
        raise NotImplementedError


@pytest.fixture
def settings(tmp_path: Path, registry: Registry) -> Settings:
    """Tables that know one network, and a registry that knows none."""
    dataset = Dataset(TableKind.ORIGIN, "origins", "2", "2026-03-02", "none")
    build_tables(tmp_path / "tables", asn=parse_origin_csv(["192.0.2.0,192.0.2.255,64499,Bekend"]), datasets=[dataset])
    registry.serve_bootstrap()
    return Settings(
        tables=tmp_path / "tables",
        treat_documentation_as_public=True,
        rdap_bootstrap=registry.bootstrap,
        origin_zone=ZONE,
        dns_timeout_s=0.5,
        dns_attempts=1,
    )


def collect(settings: Settings, value: str, respond: Respond) -> tuple[Findings, ScriptedServer]:
    """Collect one target, with the zones at a server that answers as told."""

    async def run() -> tuple[Findings, ScriptedServer]:
        async with ScriptedServer(respond) as server:
            asked = replace(settings, resolvers=(ResolverAddress(server.address, server.port),))
            lane = Lane(StubResolver.from_settings(asked))
            collector = IpOwnershipCollector.from_settings(asked)
            try:
                kind = TargetKind.NETWORK if "/" in value else TargetKind.ADDRESS
                return await collector.collect(Target(kind, value), lane), server  # type: ignore[arg-type]  # nothing here blocks
            finally:
                await collector.close()
                await lane.resolver.close()

    return asyncio.run(run())


def origins(findings: Findings) -> list[IpOrigin]:
    return [item.content for item in findings.observations if isinstance(item.content, IpOrigin)]


def failures(findings: Findings) -> list[tuple[FailureReason, bool]]:
    return [(failure.reason, failure.retryable) for failure in findings.failures if failure.kind == "ip.origin"]


def test_all_origins_of_the_longest_announced_prefix_are_given_with_their_names(settings: Settings) -> None:
    findings, _ = collect(settings, ADDRESS, ZoneText(SERVED))
    assert origins(findings) == [IpOrigin(ADDRESS, "198.51.100.0/24", (64501, 64502), ("VOORBEELD-TWEE, NL", ""), "cymru-dns")]
    assert failures(findings) == []
    (observation,) = [item for item in findings.observations if item.kind == "ip.origin"]
    (raw,) = [raw for raw in findings.raws if raw.digest == observation.raw]
    assert raw.media_type == "application/dns-message"
    assert b"64502 64501" in raw.body


def test_an_ipv6_address_is_asked_nibble_by_nibble(settings: Settings) -> None:
    findings, _ = collect(settings, "2001:db8::1", ZoneText(SERVED))
    assert [(item.prefix, item.asns) for item in origins(findings)] == [("2001:db8::/32", (64500,))]


def test_an_address_that_the_tables_know_is_not_asked_about(settings: Settings) -> None:
    findings, server = collect(settings, KNOWN, ZoneText(SERVED))
    assert [item.asns for item in origins(findings)] == [(64499,)]
    assert server.asked == []


@pytest.mark.parametrize("change", [{"offline": True}, {"origin_by_dns": False}])
def test_where_it_is_switched_off_the_tables_word_stands(settings: Settings, change: dict[str, bool]) -> None:
    findings, server = collect(replace(settings, **change), ADDRESS, ZoneText(SERVED))  # type: ignore[arg-type]  # two flags
    assert origins(findings) == [IpOrigin(ADDRESS, "", (), (), "")]
    assert server.asked == []


def test_that_the_source_knows_no_origin_is_an_answer(settings: Settings) -> None:
    findings, _ = collect(settings, "198.51.100.99", ZoneText(SERVED))
    assert origins(findings) == [IpOrigin("198.51.100.99", "", (), (), "cymru-dns")]
    assert failures(findings) == []


@pytest.mark.parametrize(
    ("respond", "reason", "retryable"),
    [
        (ZoneText(SERVED, rcodes={f"7.100.51.198.origin.{ZONE}": dns.rcode.SERVFAIL}), FailureReason.SERVFAIL, True),
        (ZoneText(SERVED, rcodes={f"7.100.51.198.origin.{ZONE}": dns.rcode.REFUSED}), FailureReason.REFUSED, False),
        (ZoneText(SERVED, silent=frozenset({f"7.100.51.198.origin.{ZONE}"})), FailureReason.TIMEOUT, True),
    ],
    ids=["servfail", "refused", "silent"],
)
def test_a_source_that_gives_no_answer_is_a_failure(
    settings: Settings, respond: ZoneText, reason: FailureReason, retryable: bool
) -> None:
    findings, _ = collect(settings, ADDRESS, respond)
    assert failures(findings) == [(reason, retryable)]
    assert origins(findings) == []


@pytest.mark.parametrize("value", ["198.51.100.8", "198.51.100.9"], ids=["another prefix", "gibberish"])
def test_a_record_that_does_not_hold_the_address_is_malformed(settings: Settings, value: str) -> None:
    findings, _ = collect(settings, value, ZoneText(SERVED))
    assert failures(findings) == [(FailureReason.MALFORMED, False)]
    assert origins(findings) == []


def test_a_declared_network_that_is_not_announced_together_is_too_large(settings: Settings) -> None:
    findings, _ = collect(settings, "198.51.100.0/24", ZoneText(SERVED))
    assert failures(findings) == [(FailureReason.TOO_LARGE, False)]


def test_names_that_cannot_be_asked_for_leave_the_numbers(settings: Settings) -> None:
    findings, _ = collect(settings, ADDRESS, ZoneText(SERVED, rcodes={f"as64501.{ZONE}": dns.rcode.SERVFAIL}))
    assert [(item.asns, item.holders) for item in origins(findings)] == [((64501, 64502), ("", ""))]


@pytest.mark.parametrize(
    "record",
    [
        '"3333 | 193.0.0.0/21 | NL | ripencc | 1993-09-01"',
        '"13335 209242 | 193.0.0.0/20 | AU | apnic | 2011-08-11"',
        '"3333 | 193.0.6.0/24 |  | ripencc | "',
    ],
)
def test_records_are_read_as_another_program_reads_them(record: str) -> None:
    other = IPASN(Net("193.0.6.139")).parse_fields_dns(record)
    version, number = parse_address("193.0.6.139")
    found = parse_origins([record], Part("193.0.6.139", version, number, number))
    assert found is not None
    assert (" ".join(map(str, found.asns)), found.prefix) == (other["asn"], other["asn_cidr"])


def test_the_name_that_is_asked_for_is_the_reversed_address() -> None:
    assert origin_name(*parse_address("192.0.2.1"), "asn.example") == "1.2.0.192.origin.asn.example"
    assert Net("193.0.6.139").dns_zone.rstrip(".") == origin_name(*parse_address("193.0.6.139"), "asn.cymru.com")
