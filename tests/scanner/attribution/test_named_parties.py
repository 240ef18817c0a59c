"""Third parties that records name beside the endpoints, and what the list of subprocessors makes of them."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import NamedParty, Picture
from herkomst.scanner.model.verdict import Reason, Status
from scene import Scene

NAME = "voorbeeld.example"


def picture(scene: Scene, name: str = NAME) -> Picture:
    return scene.pictures((name,))[0]


def named(scene: Scene, name: str = NAME) -> list[tuple[str, str | None]]:
    parties: tuple[NamedParty, ...] = picture(scene, name).parties
    return [(party.name, party.sign.party.provider) for party in parties]


def dmarc(record: str, owner: str = NAME) -> Scene:
    return Scene().rrset(f"_dmarc.{owner}", "TXT", record)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=DMARC1; p=none; rua=mailto:a@rapport.bulkmail.example", ["rapport.bulkmail.example"]),
        ("v=DMARC1;p=reject;rua=mailto:a@Een.example!10m,mailto:b@twee.example;ruf=mailto:c@drie.example", ["een.example", "twee.example", "drie.example"]),
        ("V = DMARC1 ; rua = MAILTO:a@een.example?subject=x", ["een.example"]),
        ("v=DMARC1; rua=https://user@een.example:8443/x!5m", ["een.example"]),
        ("v=DMARC1; rua=mailto:dmarc@voorbeeld.example, mailto:dmarc@mail.voorbeeld.example", []),
        ("v=DMARC1; rua=een.example, ftp://een.example/, mailto:, mailto:a@, mailto:a@%, mailto:a@..", []),
        ("v=spf1 rua=mailto:a@een.example", []),
        ("v=DMARC1", []),
    ],
)  # fmt: skip
def test_the_receivers_of_reports_are_read_from_a_policy_as_its_grammar_says(record: str, expected: list[str]) -> None:
    assert [name for name, _ in named(dmarc(record))] == expected


def test_a_name_without_a_policy_of_its_own_has_that_of_its_organisation() -> None:
    scene = dmarc("v=DMARC1; p=none; rua=mailto:a@een.example")
    assert named(scene, f"zaken.{NAME}") == [("een.example", None)]
    own = scene.rrset(f"_dmarc.zaken.{NAME}", "TXT", "v=DMARC1; p=none")
    assert named(own, f"zaken.{NAME}") == []


def test_a_policy_that_is_an_alias_names_whose_policy_it_is() -> None:
    scene = dmarc("v=DMARC1; p=none").rrset(f"_dmarc.{NAME}", "CNAME", "voorbeeld.rapport.bulkmail.example")
    assert named(scene) == [("voorbeeld.rapport.bulkmail.example", "bulkmail")]


def test_an_alias_that_leads_to_no_policy_names_nobody() -> None:
    scene = dmarc("parked").rrset(f"_dmarc.{NAME}", "CNAME", "parkeren.rapport.bulkmail.example")
    assert named(scene) == []


def test_receivers_of_delivery_reports_and_hosts_of_the_mail_policy_are_parties() -> None:
    scene = Scene().rrset(f"_smtp._tls.{NAME}", "TXT", "v=TLSRPTv1;rua=https://in.rapport.bulkmail.example/v1")
    scene.rrset(f"_mta-sts.{NAME}", "TXT", "v=STSv1; id=20261101").rrset(f"mta-sts.{NAME}", "CNAME", "x.dienst.example")
    assert named(scene) == [("in.rapport.bulkmail.example", "bulkmail"), ("x.dienst.example", "dienst")]


def test_a_policy_that_is_not_announced_is_served_by_nobody() -> None:
    assert named(Scene().rrset(f"mta-sts.{NAME}", "CNAME", "x.dienst.example")) == []


def test_a_service_record_names_a_party_and_a_dot_nobody() -> None:
    scene = Scene().rrset(f"_imaps._tcp.{NAME}", "SRV", "0 1 993 autodiscover.outlook.com")
    assert named(scene.rrset(f"_imap._tcp.{NAME}", "SRV", "0 0 0 .")) == [("autodiscover.outlook.com", "microsoft-365")]


def test_the_settings_host_is_no_party_where_a_wildcard_leads_there_too() -> None:
    scene = Scene().rrset(f"autoconfig.{NAME}", "CNAME", "parkeren.elders.example")
    assert named(scene) == [("parkeren.elders.example", None)]
    assert named(scene.host(f"herkomst-wildcard-probe.{NAME}", via=("parkeren.elders.example",))) == []


def test_own_hosts_met_in_services_are_names_of_the_inventory() -> None:
    scene = Scene().rrset(f"_imaps._tcp.{NAME}", "SRV", f"0 1 993 imap.{NAME}")
    assert [(seen.name, seen.origin) for seen in picture(scene).names] == [(f"imap.{NAME}", "srv")]
    assert scene.judge("inventory.complete", "yes").reason is Reason.UNDECLARED_NAME


# -- subprocessors --------------------------------------------------------------------------------------------------


def test_a_known_receiver_of_reports_that_is_not_in_the_list_contradicts_it() -> None:
    scene = dmarc("v=DMARC1; rua=mailto:a@rapport.bulkmail.example")
    verdict = scene.judge("subprocessors", "polderhost")
    assert (verdict.status, verdict.reason, verdict.observed) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY, ("bulkmail",))
    assert scene.judge("subprocessors", "bulkmail").status is Status.CONSISTENT


def test_a_receiver_that_the_catalogue_does_not_know_is_a_question() -> None:
    verdict = dmarc("v=DMARC1; rua=mailto:a@elders.example").judge("subprocessors", "polderhost")
    assert (verdict.status, verdict.reason, verdict.observed) == (Status.UNVERIFIABLE, Reason.PARTY_UNKNOWN, ("elders.example",))


@pytest.mark.parametrize("owner", [f"_dmarc.{NAME}", f"_smtp._tls.{NAME}", f"_mta-sts.{NAME}"])
def test_a_record_that_could_have_named_a_party_and_failed_leaves_the_list_not_measured(owner: str) -> None:
    assert Scene().judge("subprocessors", "polderhost").status is Status.CONSISTENT
    verdict = Scene().fail(owner, "TXT").judge("subprocessors", "polderhost")
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.TIMEOUT)


def test_a_named_party_speaks_of_mail_and_not_of_where_anything_is_hosted() -> None:
    scene = dmarc("v=DMARC1; rua=mailto:a@rapport.bulkmail.example")
    assert {party.role for party in picture(scene).parties} == {Role.MAIL_OUTBOUND}
    assert Role.MAIL_OUTBOUND not in {placement.role for placement in picture(scene).placements}
