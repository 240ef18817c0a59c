"""What is known of one address or of a part of a declared network, and what a lost source leaves unknown of it."""

from __future__ import annotations

import pytest
from herkomst.scanner.attribution.location import discs_do_not_meet
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.location import Family, Grade, LocationEvidence
from herkomst.scanner.model.observation import IpLocation, IpRange, RangeScope
from herkomst.scanner.model.placement import Placement
from scene import DNS_KINDS, IP_KINDS, KNOWLEDGE, Scene

NAME = "voorbeeld.example"
IP = "192.0.2.1"


def placements(scene: Scene, asset: str = NAME) -> tuple[Placement, ...]:
    (picture,) = scene.pictures((asset,))
    return picture.placements


def web(scene: Scene) -> Placement:
    (found,) = [item for item in placements(scene) if item.role == "web"]
    return found


def test_every_origin_of_a_prefix_is_shown() -> None:
    network = web(Scene().host(NAME, IP).origins(IP, (64511, "DUIN"), (64510, "POLDER"))).network
    assert network is not None
    assert network.origins == (64510, 64511)


def test_a_lost_reverse_look_up_of_a_whole_address_is_one_of_its_name_and_of_nothing_else() -> None:
    scene = Scene().host(NAME, IP).location(IP, "NL").fail_target(IP, DNS_KINDS)
    assert [(failure.kind, failure.scope) for failure in web(scene).failures] == [("dns.rrset", "PTR")]


def test_an_address_that_only_its_reverse_name_was_asked_of_is_not_measured() -> None:
    scene = Scene().host(NAME, IP).fail_target(IP, DNS_KINDS)
    assert {failure.reason for failure in web(scene).failures} == {FailureReason.TIMEOUT, FailureReason.CANCELLED}


def test_an_address_of_which_one_source_failed_and_nothing_else_was_asked_is_not_measured() -> None:
    scene = Scene().host(NAME, IP).fail_address(IP, "ip.registration")
    assert {(failure.kind, failure.reason) for failure in web(scene).failures} == {
        ("ip.registration", FailureReason.TIMEOUT),
        ("ip.range", FailureReason.CANCELLED),
    }


def test_a_lost_address_leaves_open_whether_it_is_an_edge() -> None:
    scene = Scene().host(NAME, IP).fail_target(IP, IP_KINDS, "ip_ownership")
    assert {failure.kind for failure in web(scene).layer_failures} == {"ip.range", "ip.origin"}


@pytest.mark.parametrize(
    "segment", ["198.51.100.0-198.51.100.7", "198.51.100.8-198.51.100.255", "198.51.100.0/24", "198.51.100.9"]
)
def test_a_part_of_a_network_that_meets_an_anycast_prefix_is_anycast(segment: str) -> None:
    assert KNOWLEDGE.anycast(segment) is not None


@pytest.mark.parametrize(
    "segment", ["198.51.100.16-198.51.100.255", "198.51.101.0/24", "198.51.99.0/24", "2001:db8:54::/48", "x-y", "192.0.2.1-"]
)
def test_a_part_of_a_network_beside_every_anycast_prefix_is_not(segment: str) -> None:
    assert KNOWLEDGE.anycast(segment) is None


def test_each_part_of_a_declared_network_is_a_placement() -> None:
    network = "203.0.113.0/24"
    scene = Scene()
    for part, region in (("203.0.113.0-203.0.113.127", "westeurope"), ("203.0.113.128-203.0.113.255", "northeurope")):
        scene.see(network, IpRange(part, "203.0.113.0/25", "azure", region, None, (), RangeScope.REGIONAL, "ranges"))
        scene.see(network, IpLocation(part, "203.0.113.0/25", "NL", "location"))
    assert [item.location.countries for item in placements(scene, network)] == [("NL",), ("IE",)]


def bound(*countries: str) -> LocationEvidence:
    return LocationEvidence(Grade.E3, Family.ROUND_TRIP, countries, "-".join(countries))


def test_three_discs_that_meet_two_by_two_but_share_no_country_do_not_meet() -> None:
    discs = [bound("NL", "DE"), bound("DE", "FR"), bound("FR", "NL")]
    assert discs_do_not_meet(discs)
    assert not discs_do_not_meet(discs[:2])
    assert not discs_do_not_meet(discs[:1])
    assert not discs_do_not_meet([])


def test_a_border_group_that_the_catalogue_does_not_know_says_nothing_of_the_place() -> None:
    scene = Scene().host(NAME, IP).range(IP, "aws", "eu-central-1", "eu-central-1-nieuw-1")
    assert web(scene).location.countries == ()


def test_a_region_with_zones_abroad_allows_all_their_countries_where_no_border_group_is_given() -> None:
    scene = Scene().host(NAME, IP).range(IP, "aws", "eu-central-1")
    assert web(scene).location.countries == ("DE", "PL", "TR")


def test_two_codes_in_one_reverse_name_have_an_order_that_depends_on_nothing_else() -> None:
    scene = Scene().host(NAME, IP).ptr(IP, "fra1.ams2.hosting.example")
    assert [item.countries for item in web(scene).location_evidence] == [("DE",), ("NL",)]
