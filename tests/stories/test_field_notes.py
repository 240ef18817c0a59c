"""What users asked for and what went wrong elsewhere, as stories: told by DNS and addresses, through the whole program.

Companies and names are those of the laboratory: Brightgate is an edge, Highmoor a cloud with regions, Deskmere a mailbox platform,
Pellmell a mail gateway, Severnaya Set a network; Zaakvlot, Kanaalweb and Kadehaven are Dutch brands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from herkomst.config.declarations import parse_claim_flag
from herkomst.config.knowledge import load_catalogue
from herkomst.lab.laboratory import Laboratory
from herkomst.scanner.errors import HerkomstError
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Layer, Placement
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status, Verdict
from herkomst.scanner.service import Scan, load_knowledge, run_scan
from running import check_names, declared_systems
from scene import Scene

Serve = Callable[..., int]
NAME = "verhaal.example"
EDGE_ADDRESS = "203.0.113.4"
NL_REGION, IE_REGION = "198.51.100.5", "198.51.100.20"
MAILBOX_ADDRESS = "192.0.2.164"
OWN_ADDRESS = "192.0.2.4"


def outcomes(result: RunResult) -> dict[str, tuple[Status, Reason | None]]:
    return {f"{item.claim}={','.join(item.expected)}": (item.status, item.reason) for item in result.verdicts}


def placed(result: RunResult, role: Role) -> list[Placement]:
    return [item for picture in result.pictures for item in picture.placements if item.role is role]


def name_of(party: object) -> str | None:
    return getattr(party, "provider", None)


@pytest.fixture
def tell(laboratory: Laboratory, serve: Serve) -> Callable[..., RunResult]:
    """Serve the records, check the name, and return the result."""

    def check(*records: tuple[str, str, tuple[str, ...]], claims: tuple[str, ...], name: str = NAME) -> RunResult:
        return check_names(laboratory.settings(), name, claims=claims, port=serve(*records))

    return check


Tell = Callable[..., RunResult]


def test_story_1_a_sovereignty_page_behind_an_edge_shows_the_edge_and_not_the_origin(tell: Tell) -> None:
    result = tell(
        (NAME, "CNAME", ("soeverein.cdn.brightgate.example.",)),
        ("soeverein.cdn.brightgate.example", "A", (EDGE_ADDRESS,)),
        claims=("web.country=NL", "web.country=US", "web.jurisdiction=EU", "edge.provider=brightgate"),
    )
    assert outcomes(result) == {
        "web.country=NL": (Status.UNVERIFIABLE, Reason.FRONTED),
        "web.country=US": (Status.UNVERIFIABLE, Reason.FRONTED),  # nor is it said to be in America
        "web.jurisdiction=EU": (Status.CONTRADICTED, Reason.PARTY_ELSEWHERE),
        "edge.provider=brightgate": (Status.CONFIRMED, None),
    }
    (web,) = placed(result, Role.WEB)
    assert (web.layer, web.fronted, web.location.countries, web.location.reason) == (Layer.EDGE, True, (), "fronted")


def test_story_2_a_register_says_one_region_and_the_live_endpoint_is_in_another(tell: Tell) -> None:
    result = tell((NAME, "A", (IE_REGION,)), claims=("web.region=de-1", "web.region=ie-1", "web.country=DE"))
    found = outcomes(result)
    assert found["web.region=de-1"] == (Status.CONTRADICTED, Reason.REGION_ELSEWHERE)
    assert found["web.country=DE"] == (Status.CONTRADICTED, Reason.PROVIDER_RANGE_ELSEWHERE)
    assert found["web.region=ie-1"][0] in (Status.CONFIRMED, Status.CONSISTENT)
    contradicted = next(item for item in result.verdicts if item.expected == ("de-1",))
    assert contradicted.observed == ("ie-1",)


def test_story_3_a_take_over_changes_the_law_while_no_record_changes(laboratory: Laboratory) -> None:
    systems = tuple(item for item in declared_systems(laboratory) if item.name == "zorgloket")

    def scan_on(moment: datetime) -> tuple[Verdict, RunResult]:
        settings = laboratory.settings()
        result = asyncio.run(run_scan(Scan(settings, load_knowledge(settings), systems, now=lambda: moment)))
        (verdict,) = result.verdicts
        return verdict, result

    before, seen_before = scan_on(datetime(2026, 1, 31, 12, tzinfo=UTC))
    after, seen_after = scan_on(datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert before.status is Status.CONSISTENT
    assert (after.status, after.reason) == (Status.CONTRADICTED, Reason.PARENT_ELSEWHERE)
    assert seen_before.observations.keys() == seen_after.observations.keys()
    assert before.id == after.id
    assert before.alert_key != after.alert_key


def test_story_5_place_network_and_law_of_one_machine_are_three_answers(tell: Tell) -> None:
    result = tell(
        (NAME, "CNAME", ("verhaal.kanaalweb.example.",)),
        ("verhaal.kanaalweb.example", "A", ("192.0.2.116",)),
        claims=("web.country=NL", "web.country=RU", "web.provider=kanaalweb", "web.network=kanaalweb", "web.jurisdiction=EU"),
    )
    found = outcomes(result)
    assert found["web.country=NL"] == (Status.CONSISTENT, None)
    assert found["web.country=RU"] == (Status.UNVERIFIABLE, Reason.POINTS_ELSEWHERE)  # registered there, and that is no place
    assert found["web.provider=kanaalweb"] == (Status.CONSISTENT, None)
    assert found["web.network=kanaalweb"] == (Status.CONTRADICTED, Reason.OTHER_NETWORK)
    assert found["web.jurisdiction=EU"] == (Status.CONTRADICTED, Reason.PARTY_ELSEWHERE)
    (web,) = placed(result, Role.WEB)
    assert web.location.countries == ("NL",)
    assert name_of(web.provider) == "kanaalweb"
    assert web.network is not None
    assert name_of(web.network.party) == "severnaya-set"
    assert {item.country for item in web.jurisdictions} >= {"NL", "RU"}


def test_story_6_an_own_mail_exchanger_in_front_of_a_mailbox_platform(tell: Tell) -> None:
    result = tell(
        (NAME, "MX", (f"10 mx.{NAME}.",)),
        (f"mx.{NAME}", "A", (OWN_ADDRESS,)),
        (f"autodiscover.{NAME}", "CNAME", ("autodiscover.deskmere.example.",)),
        ("autodiscover.deskmere.example", "A", (MAILBOX_ADDRESS,)),
        (f"selector1._domainkey.{NAME}", "CNAME", ("selector1-verhaal._domainkey.verhaal.tenants.deskmere.example.",)),
        ("selector1-verhaal._domainkey.verhaal.tenants.deskmere.example", "TXT", ('"v=DKIM1; p=AAAA"',)),
        claims=(
            "mail.inbound.provider=self",
            "mail.mailbox.provider=self",
            "mail.mailbox.provider=deskmere",
            "mail.mailbox.jurisdiction=EU",
        ),
    )
    found = outcomes(result)
    assert found["mail.inbound.provider=self"] == (Status.CONSISTENT, None)
    assert found["mail.mailbox.provider=self"] == (Status.CONTRADICTED, Reason.OTHER_PROVIDER)
    assert found["mail.mailbox.provider=deskmere"] == (Status.CONSISTENT, None)
    assert found["mail.mailbox.jurisdiction=EU"] == (Status.CONTRADICTED, Reason.PARTY_ELSEWHERE)
    (inbound,) = placed(result, Role.MAIL_INBOUND)
    assert (inbound.layer, inbound.endpoint) == (Layer.EDGE, f"mx.{NAME}")  # a mailbox platform is shown behind it
    assert {name_of(item.provider) for item in placed(result, Role.MAIL_MAILBOX)} == {"deskmere"}


def test_story_7_a_home_server_behind_a_proxy_is_neither_green_nor_red(tell: Tell) -> None:
    result = tell(
        (NAME, "A", (EDGE_ADDRESS,)), claims=("web.country=NL", "web.country=US", "web.country!=US", "hosting.country=NL")
    )
    assert {status for status, _ in outcomes(result).values()} == {Status.UNVERIFIABLE}
    for verdict in result.verdicts:
        assert verdict.would_change is not None  # what its owner could show


def test_story_8_a_crawler_inside_a_clouds_published_ranges_is_not_the_clouds_own(tell: Tell) -> None:
    result = tell(
        (NAME, "A", (NL_REGION,)),
        ("5.100.51.198.in-addr.arpa", "PTR", ("crawl-5.zoekmachine.example.",)),
        claims=("web.provider=highmoor", "web.provider=zaakvlot", "web.network=highmoor"),
    )
    found = outcomes(result)
    assert found["web.provider=highmoor"] == (Status.CONSISTENT, None)  # the range names the network, nobody the provider
    assert found["web.provider=zaakvlot"] == (Status.UNVERIFIABLE, Reason.RESELLER_POSSIBLE)
    assert found["web.network=highmoor"] == (Status.CONFIRMED, None)
    (web,) = placed(result, Role.WEB)
    assert web.provider is None
    assert web.network is not None
    assert name_of(web.network.party) == "highmoor"


def test_story_9_europe_is_no_set_and_london_and_zurich_are_in_neither_union_nor_area() -> None:
    embedded = load_catalogue()
    sets = {item.name: item.countries for item in embedded.country_sets}
    assert not {"GB", "CH"} & (sets["EU"] | sets["EEA"])
    assert {"GB", "CH"} <= sets["adequate"]
    knowledge = Knowledge(embedded)
    for text in ("web.country=Europe", "web.country=EUROPE", "web.jurisdiction=Europa"):
        with pytest.raises(HerkomstError, match="no country set"):
            parse_claim_flag(text, knowledge)
    for country in ("GB", "CH"):
        seen = Scene().host("voorbeeld.example", "192.0.2.1").rtt("192.0.2.1", 0.5, country)
        verdict = seen.judge("web.country", "EU")
        assert (verdict.status, verdict.reason) == (Status.CONTRADICTED, Reason.ROUND_TRIP_ELSEWHERE)


def test_story_11_a_german_looking_mail_exchanger_on_a_cloud_with_a_mailbox_platform_behind_is_three_layers(tell: Tell) -> None:
    gateway = "verhaal.ess.de.pellmell.example"
    result = tell(
        (NAME, "MX", (f"10 {gateway}.",)),
        (gateway, "A", (IE_REGION,)),
        (f"autodiscover.{NAME}", "CNAME", ("autodiscover.deskmere.example.",)),
        ("autodiscover.deskmere.example", "A", (MAILBOX_ADDRESS,)),
        claims=(
            "mail.inbound.country=DE",
            "mail.inbound.provider=pellmell",
            "mail.inbound.network!=highmoor",
            "mail.mailbox.provider=self",
        ),
    )
    found = outcomes(result)
    assert found["mail.inbound.country=DE"] == (Status.CONTRADICTED, Reason.PROVIDER_RANGE_ELSEWHERE)
    assert found["mail.inbound.provider=pellmell"] == (Status.CONSISTENT, None)
    assert found["mail.inbound.network=highmoor"] == (Status.CONTRADICTED, Reason.OTHER_NETWORK)
    assert found["mail.mailbox.provider=self"] == (Status.CONTRADICTED, Reason.OTHER_PROVIDER)
    (inbound,) = placed(result, Role.MAIL_INBOUND)
    (mailbox,) = placed(result, Role.MAIL_MAILBOX)
    assert inbound.layer is Layer.EDGE
    assert inbound.network is not None
    layers = (name_of(inbound.provider), name_of(inbound.network.party), name_of(mailbox.provider))
    assert layers == ("pellmell", "highmoor", "deskmere")
