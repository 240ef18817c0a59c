"""The files of the story agree with each other, and with the rule that everything in them is invented."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from datetime import date
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest
import yaml
from herkomst.config.declarations import check_declaration
from herkomst.config.knowledge import load_catalogue
from herkomst.config.tables.reader import PrefixTables
from herkomst.lab.dns_server import LOOPBACK
from herkomst.lab.dns_zones import Behaviour
from herkomst.lab.laboratory import Laboratory
from herkomst.lab.story import CATALOGUE, STORY
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Declaration, Operator
from herkomst.scanner.model.verdict import Reason, Status

DOCUMENTATION = tuple(
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
)
DOCUMENTATION_ASNS = {*range(64496, 64512), *range(65536, 65552)}
TODAY = date(2026, 3, 10)
FILES = sorted((*STORY.rglob("*.yaml"), *CATALOGUE.rglob("*.yaml")))


@pytest.fixture(scope="module")
def declaration(laboratory: Laboratory) -> Declaration:
    knowledge = Knowledge(load_catalogue(laboratory.settings().catalogue))
    checked = check_declaration(laboratory.declaration, knowledge, TODAY)
    expired = [problem for problem in checked.problems if "expired" in str(problem)]
    assert checked.declaration is not None, "\n".join(map(str, checked.problems))
    assert len(checked.problems) == len(expired) == 1
    return checked.declaration


def is_documentation(network: str) -> bool:
    parsed = ipaddress.ip_network(network, strict=False)
    return any(parsed.version == block.version and parsed.subnet_of(block) for block in DOCUMENTATION)  # type: ignore[arg-type]  # versions compared first


def test_every_status_is_expected_by_some_story(laboratory: Laboratory) -> None:
    assert {item.status for item in laboratory.expected} == {status.value for status in Status}


def test_expectations_use_the_words_of_the_rules(laboratory: Laboratory) -> None:
    assert {item.reason for item in laboratory.expected} - {None} <= {reason.value for reason in Reason}
    for item in laboratory.expected:
        assert re.fullmatch(r"[A-Z].*[^.]\.", item.why), item


def test_every_claim_has_one_expectation_and_every_expectation_a_claim(laboratory: Laboratory, declaration: Declaration) -> None:
    claims = Counter(
        (system.name, claim.said_by.value, claim.key, claim.operator.value)
        for system in declaration.systems
        for claim in system.claims
    )
    expected = Counter((item.system, item.said_by, item.claim, item.operator) for item in laboratory.expected)
    assert claims == expected
    assert set(expected.values()) == {1}
    assert {item.operator for item in laboratory.expected} == {operator.value for operator in Operator}


def test_every_story_is_told_in_both_languages_and_expected_somewhere(laboratory: Laboratory) -> None:
    tales = {tale.id: tale for tale in laboratory.story.tales}
    assert len(tales) == len(laboratory.story.tales)
    assert set(tales) == {item.story for item in laboratory.expected}
    for tale in tales.values():
        assert tale.told_nl.endswith(".")
        assert tale.told_en.endswith(".")
        assert tale.told_nl != tale.told_en


def test_all_names_are_example_names(laboratory: Laboratory) -> None:
    names = laboratory.story.zones.names
    assert names
    assert not [name for name in names if name != "example" and not name.endswith((".example", ".in-addr.arpa", ".ip6.arpa"))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_names_no_address_outside_documentation_and_no_host_outside_example(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    addresses = re.findall(r"(?<![\w.])\d+\.\d+\.\d+\.\d+(?:/\d+)?(?![\w.])", text)
    assert not [address for address in addresses if not is_documentation(address)]
    hosts = re.findall(r"https?://([^/\"]+)", text)
    assert not [host for host in hosts if not host.endswith(".example")]


def test_all_networks_and_as_numbers_are_documentation_ones(laboratory: Laboratory) -> None:
    story = laboratory.story
    prefixes = [item.prefix for item in story.networks] + [item.prefix for feed in story.feeds for item in feed.ranges]
    assert not [prefix for prefix in prefixes if not is_documentation(prefix)]
    asns = {item.asn for item in story.networks}
    asns |= {span.asn for provider in load_catalogue(laboratory.settings().catalogue).providers for span in provider.asns}
    assert asns <= DOCUMENTATION_ASNS


def test_every_address_in_the_zones_has_a_network_with_an_as_and_a_holder(laboratory: Laboratory) -> None:
    registered = [ipaddress.ip_network(item.prefix) for item in laboratory.story.networks if item.rdap is not None]
    tables = PrefixTables.open(laboratory.settings().tables)
    try:
        for address in addresses_of(laboratory):
            assert tables.lookup(address).origin is not None, address
            assert any(ipaddress.ip_address(address) in block for block in registered), address
    finally:
        tables.close()


def addresses_of(laboratory: Laboratory) -> list[str]:
    return [
        value
        for zone in laboratory.story.zones.zones.values()
        for rrsets in zone.records.values()
        for rdtype in ("A", "AAAA")
        for value in rrsets.get(rdtype, ())
        if value != LOOPBACK  # the server of the parent zone, which is asked and not described
    ]


def test_every_name_resolves_as_the_story_tells_it(laboratory: Laboratory) -> None:
    zones = laboratory.story.zones
    for zone in zones.zones.values():
        for name, rrsets in zone.records.items():
            for rdtype, wanted in rrsets.items():
                if zones.behaviour(name, rdtype) in {Behaviour.SERVFAIL, Behaviour.SILENT} or name.startswith("*"):
                    continue
                query = dns.message.make_query(name, rdtype)
                response, _ = dns.query.udp_with_fallback(query, LOOPBACK, port=laboratory.dns.port, timeout=5)
                assert response.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}
                assert {rdata.to_text() for rdata in response.answer[0]} == set(wanted), (name, rdtype)


def test_every_host_that_a_record_names_exists_in_the_story(laboratory: Laboratory) -> None:
    zones = laboratory.story.zones
    dangling = [
        (name, rdtype, value)
        for zone in zones.zones.values()
        for name, rrsets in zone.records.items()
        for rdtype in ("CNAME", "MX", "NS")
        for value in rrsets.get(rdtype, ())
        if not zones.rrsets(value.split()[-1].rstrip("."))
    ]
    assert not dangling


def test_every_declared_name_is_in_the_zones(laboratory: Laboratory, declaration: Declaration) -> None:
    for system in declaration.systems:
        for asset in system.assets:
            assert laboratory.story.zones.rrsets(asset.value), asset


def test_every_catalogue_fact_of_the_laboratory_has_a_source(laboratory: Laboratory) -> None:
    catalogue = load_catalogue(laboratory.settings().catalogue)
    assert not [entity.id for entity in catalogue.entities if entity.seat is None]
    assert not [link for entity in catalogue.entities for link in entity.parents if link.source is None]


def test_the_laboratory_uses_the_real_country_sets(laboratory: Laboratory) -> None:
    assert load_catalogue(laboratory.settings().catalogue).country_sets == load_catalogue().country_sets


def test_a_laboratory_leaves_nothing_behind() -> None:
    with Laboratory() as running:
        settings = running.settings()
        assert settings.tables is not None
        assert settings.catalogue is not None
        assert settings.tables.is_dir()
    assert not settings.tables.exists()
    assert not settings.catalogue.exists()


def test_the_story_files_are_what_the_reader_reads() -> None:
    assert {path.name for path in STORY.glob("*.yaml")} == {"voorbeeld.yaml", "networks.yaml", "expected.yaml", "tales.yaml"}
    for path in FILES:
        assert yaml.safe_load(path.read_text(encoding="utf-8")), path
