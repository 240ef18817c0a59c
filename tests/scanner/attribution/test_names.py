"""Names: every way they lead, the zone they are served from, and the parties that a policy names."""

from __future__ import annotations

from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.observation import ChainEnd, DnsChain, DnsNoAnswer, DnsRRset, NoAnswer, SpfTerm
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.names import WILDCARD_LABEL
from scene import Scene

NAME = "voorbeeld.example"
IP = "192.0.2.1"


def picture(scene: Scene, asset: str = NAME) -> Picture:
    (found,) = scene.pictures((asset,))
    return found


def endpoints(scene: Scene, role: Role, asset: str = NAME) -> list[str]:
    return [item.endpoint for item in picture(scene, asset).placements if item.role is role]


def test_an_alias_that_leads_two_ways_shows_the_parties_on_both() -> None:
    scene = Scene().host(NAME, IP, "2001:db8::1")
    scene.see(NAME, DnsChain(NAME, ("www.polderhost.example",), ChainEnd.ADDRESS))
    scene.see(NAME, DnsChain(NAME, ("voorbeeld.cdn.cloudflare.net",), ChainEnd.ADDRESS))
    placement = picture(scene).placements[0]
    assert {sign.party.provider for sign in placement.service_signs} == {"polderhost", "cloudflare"}
    assert placement.fronted


def test_a_name_that_was_answered_twice_has_the_addresses_of_both_answers() -> None:
    scene = Scene().host(NAME, IP)
    scene.see("elders.example", DnsRRset(NAME, "A", ("192.0.2.65",)))
    assert {address for item in picture(scene).placements for address in item.addresses} == {IP, "192.0.2.65"}


def test_the_name_servers_of_a_name_deep_in_a_zone_are_those_of_the_zone() -> None:
    deep = "a.b.c.d.e.f.g.h.i.j." + NAME
    scene = Scene().rrset(NAME, "NS", "ns1.polderhost.example").host("ns1.polderhost.example", IP)
    labels = deep.split(".")
    for start in range(len(labels) - 2):
        name = ".".join(labels[start:])
        scene.see(name, DnsNoAnswer(name, "NS", NoAnswer.NODATA))
        scene.see(name, DnsNoAnswer(name, "CAA", NoAnswer.NODATA))
    assert endpoints(scene, Role.DNS, deep) == ["ns1.polderhost.example"]


def test_a_name_under_a_platform_has_the_name_servers_of_the_platforms_zone() -> None:
    """The platform's zone is a public suffix: it lies above the registrable domain of the name."""
    name, zone = "voorbeeld.azurewebsites.net", "azurewebsites.net"
    scene = Scene().see(name, DnsNoAnswer(name, "NS", NoAnswer.NODATA)).see(name, DnsNoAnswer(name, "CAA", NoAnswer.NODATA))
    scene.rrset(zone, "NS", "ns1.polderhost.example").host("ns1.polderhost.example", IP)
    assert endpoints(scene, Role.DNS, name) == ["ns1.polderhost.example"]


def test_the_zone_above_a_name_that_does_not_exist_serves_somebody_else() -> None:
    name, zone = "voorbeeld.azurewebsites.net", "azurewebsites.net"
    scene = Scene().see(name, DnsNoAnswer(name, "NS", NoAnswer.NXDOMAIN)).rrset(zone, "NS", "ns1.polderhost.example")
    assert endpoints(scene, Role.DNS, name) == []


def test_a_stranger_in_the_organisations_own_part_of_a_policy_is_a_party() -> None:
    own = f"_spf.{NAME}"
    scene = Scene().spf(NAME, own).see(NAME, SpfTerm(NAME, (NAME, own), "+", "include", "spf.elders.example"))
    assert endpoints(scene, Role.MAIL_OUTBOUND) == ["spf.elders.example"]


def test_a_stranger_in_another_partys_policy_is_that_partys_affair() -> None:
    scene = Scene().spf(NAME, "spf.bulkmail.example")
    scene.see(NAME, SpfTerm(NAME, (NAME, "spf.bulkmail.example"), "+", "include", "spf.elders.example"))
    assert endpoints(scene, Role.MAIL_OUTBOUND) == ["spf.bulkmail.example"]


def test_a_selector_that_only_a_wildcard_answers_names_no_sender() -> None:
    scene = Scene().dkim(NAME, "k1", "dkim.bulkmail.example")
    assert endpoints(scene, Role.MAIL_OUTBOUND) == ["dkim.bulkmail.example"]
    assert endpoints(scene.dkim(NAME, WILDCARD_LABEL, "dkim.bulkmail.example"), Role.MAIL_OUTBOUND) == []


def test_an_own_host_that_autodiscover_leads_to_is_a_name_that_was_seen() -> None:
    scene = Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP).autodiscover(NAME, f"mail.{NAME}", IP)
    assert {(item.name, item.origin) for item in picture(scene).names} == {(f"mx.{NAME}", "mx"), (f"mail.{NAME}", "autodiscover")}


def test_a_null_mx_is_an_absence_of_its_own_kind() -> None:
    absences = picture(Scene().rrset(NAME, "MX", "0 .")).absences
    assert {(item.role, item.outcome) for item in absences if item.role is not Role.WEB} == {
        (Role.MAIL_INBOUND, "null_mx"),
        (Role.MAIL_MAILBOX, "null_mx"),
        (Role.MAIL_OUTBOUND, "none"),
    }
