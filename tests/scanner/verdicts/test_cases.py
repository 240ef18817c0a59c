"""The situations that the verdict rules were worked out on, one test each, by what was seen and what is claimed."""

from __future__ import annotations

from datetime import date

import pytest
from herkomst.scanner.model.claim import Organisation, Role, SaidBy, Scope, ScopePart, Supplier
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import RangeScope
from herkomst.scanner.model.placement import Layer
from herkomst.scanner.model.verdict import Confidence, NoteCode, Reason, Status, Verdict
from scene import Scene
from scene_catalogue import DAY_OF_CLOSING

NAME = "voorbeeld.example"
IP, OTHER = "192.0.2.1", "192.0.2.65"


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


def full(verdict: Verdict) -> tuple[Status, Reason | None, Confidence]:
    return verdict.status, verdict.reason, verdict.confidence


def azure(region: str = "westeurope") -> Scene:
    return Scene().host(NAME, IP).range(IP, "azure", region).origin(IP, 8075)


# -- location -------------------------------------------------------------------------------------------------------


def test_case_1_an_address_in_a_published_dutch_region_is_consistent_with_the_netherlands() -> None:
    assert full(azure().judge("web.country", "NL")) == (Status.CONSISTENT, None, Confidence.HIGH)


def test_case_2_a_dutch_region_of_an_american_group_contradicts_european_jurisdiction() -> None:
    verdict = azure().judge("web.jurisdiction", "EU")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.PARENT_ELSEWHERE)
    assert verdict.observed == ("IE", "US")
    assert any(dict(note.params)["party"] == "Microsoft Corporation" for note in verdict.notes)


def test_case_3_a_round_trip_disc_wholly_inside_the_country_confirms_the_published_range() -> None:
    assert outcome(azure().rtt(IP, 0.6, "NL").judge("web.country", "NL")) == (Status.CONFIRMED, None)


def test_case_4_a_german_border_group_contradicts_dutch_and_is_consistent_with_european() -> None:
    scene = Scene().host(NAME, IP).range(IP, "aws", "eu-central-1", "eu-central-1")
    assert outcome(scene.judge("web.country", "NL")) == (Status.CONTRADICTED, Reason.PROVIDER_RANGE_ELSEWHERE)
    assert full(scene.judge("web.country", "EU")) == (Status.CONSISTENT, None, Confidence.HIGH)


def test_case_5_a_border_group_in_istanbul_is_not_in_the_country_of_its_region() -> None:
    address = "83.119.128.7"
    scene = Scene().host(NAME, address).range(address, "aws", "eu-central-1", "eu-central-1-ist-1", prefix="83.119.128.0/18")
    verdict = scene.judge("web.country", "EU")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.PROVIDER_RANGE_ELSEWHERE)
    assert verdict.observed == ("TR",)


def test_case_6_an_edge_hides_the_origin_and_is_judged_itself() -> None:
    scene = Scene().host(NAME, IP).range(IP, "cloudflare", scope=RangeScope.EDGE).origin(IP, 13335)
    assert outcome(scene.judge("web.country", "NL")) == (Status.UNVERIFIABLE, Reason.FRONTED)
    assert scene.judge("web.jurisdiction", "EU").status is Status.CONTRADICTED
    assert outcome(scene.judge("edge.provider", "cloudflare", negated=True)) == (Status.CONTRADICTED, Reason.OTHER_PROVIDER)


def test_case_7_a_location_table_and_published_sites_are_two_families() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64510).location(IP, "NL")
    assert full(scene.judge("web.country", "NL")) == (Status.CONSISTENT, None, Confidence.MEDIUM)
    assert outcome(scene.judge("web.country", "DE")) == (Status.UNVERIFIABLE, Reason.POINTS_ELSEWHERE)


def test_case_8_a_location_table_alone_is_weak_and_never_contradicts() -> None:
    scene = Scene().host(NAME, IP).location(IP, "NL")
    assert full(scene.judge("web.country", "NL")) == (Status.CONSISTENT, None, Confidence.LOW)
    assert outcome(scene.judge("web.country", "DE")) == (Status.UNVERIFIABLE, Reason.POINTS_ELSEWHERE)


def test_case_9_the_registrys_country_says_nothing_of_the_place() -> None:
    scene = Scene().host(NAME, IP).registration(IP, "NL")
    assert outcome(scene.judge("web.country", "NL")) == (Status.UNVERIFIABLE, Reason.REGISTRATION_ONLY)


def test_case_10_a_finnish_location_with_a_german_registration_points_elsewhere() -> None:
    scene = Scene().host(NAME, IP).location(IP, "FI").registration(IP, "DE")
    assert outcome(scene.judge("web.country", "DE")) == (Status.UNVERIFIABLE, Reason.POINTS_ELSEWHERE)


def test_case_11_a_global_feed_entry_is_anycast() -> None:
    scene = Scene().host(NAME, IP).range(IP, "azure", scope=RangeScope.GLOBAL)
    assert outcome(scene.judge("web.country", "NL")) == (Status.UNVERIFIABLE, Reason.ANYCAST)


def test_case_12_a_geofeed_and_a_reverse_name_that_differ_conflict() -> None:
    scene = Scene().host(NAME, IP).geofeed(IP, "NL").ptr(IP, "web1.fra2.hosting.example")
    assert outcome(scene.judge("web.country", "NL")) == (Status.UNVERIFIABLE, Reason.CONFLICTING)


def test_case_13_a_short_round_trip_excludes_america_and_does_not_show_the_netherlands() -> None:
    scene = Scene().host(NAME, IP).rtt(IP, 3.0, "NL", "BE", "DE", "FR", "GB", "LU")
    assert full(scene.judge("web.country", "US", negated=True)) == (Status.CONSISTENT, None, Confidence.HIGH)
    assert outcome(scene.judge("web.country", "NL")) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_case_14_one_address_elsewhere_contradicts_the_whole_claim() -> None:
    scene = Scene().host(NAME, IP, OTHER).range(IP, "azure", "westeurope").range(OTHER, "azure", "northeurope")
    assert scene.judge("web.country", "NL").status is Status.CONTRADICTED


def test_case_15_two_silent_hosts_of_fourteen_leave_the_claim_not_measured() -> None:
    hosts = tuple(f"host{number}.voorbeeld.example" for number in range(14))
    scene = Scene()
    for number, host in enumerate(hosts[:12]):
        address = f"192.0.2.{number + 1}"
        scene.host(host, address).range(address, "azure", "westeurope").rtt(address, 0.6, "NL")
    for host in hosts[12:]:
        scene.fail(host, "A").fail(host, "AAAA")
    verdict = scene.judge("web.country", "NL", assets=hosts)
    assert outcome(verdict) == (Status.NOT_MEASURED, Reason.TIMEOUT)
    assert (verdict.coverage.measured, verdict.coverage.targets) == (12, 14)
    assert verdict.retryable


def test_case_16_a_host_that_does_not_exist_is_listed_and_no_endpoint_at_all_is_unverifiable() -> None:
    names = ("een.voorbeeld.example", "twee.voorbeeld.example")
    scene = Scene().host(names[0], IP).range(IP, "azure", "westeurope").rtt(IP, 0.6, "NL").absent(names[1])
    verdict = scene.judge("web.country", "NL", assets=names)
    assert verdict.status is Status.CONFIRMED
    assert [dict(note.params)["name"] for note in verdict.notes if note.code is NoteCode.ABSENT_HOST] == [names[1]]
    nothing = Scene().absent(names[1]).judge("web.country", "NL", assets=(names[1],))
    assert outcome(nothing) == (Status.UNVERIFIABLE, Reason.NO_ENDPOINT)


def test_case_17_one_part_of_the_scope_elsewhere_makes_it_partly() -> None:
    names = ("productie.voorbeeld.example", "acceptatie.voorbeeld.example")
    scene = Scene().host(names[0], IP).range(IP, "azure", "westeurope").rtt(IP, 0.6, "NL")
    scene.host(names[1], OTHER).range(OTHER, "azure", "northeurope")
    scope = Scope(parts=(ScopePart("productie", names[:1]), ScopePart("acceptatie", names[1:])))
    assert scene.judge("hosting.country", "NL", assets=names, scope=scope).status is Status.PARTLY
    assert scene.judge("hosting.country", "NL", assets=names).status is Status.CONTRADICTED


def test_case_18_hosting_is_only_confirmed_when_every_role_is_seen_or_declared_absent() -> None:
    scene = azure().rtt(IP, 0.6, "NL")
    assert outcome(scene.judge("hosting.country", "NL")) == (Status.CONSISTENT, Reason.ROLES_NOT_OBSERVED)
    scene.absent_roles = frozenset({Role.COMPUTE, Role.STORAGE, Role.DATABASE, Role.BACKUP})
    assert outcome(scene.judge("hosting.country", "NL")) == (Status.CONFIRMED, None)


# -- mail and DNS ---------------------------------------------------------------------------------------------------


def microsoft(region: str = "westeurope") -> Scene:
    mx = "voorbeeld-example.mail.protection.outlook.com"
    scene = Scene().mx(NAME, mx).host(mx, IP).range(IP, "azure", region).origin(IP, 8075)
    return scene.autodiscover(NAME, "autodiscover.outlook.com", OTHER).origin(OTHER, 8075)


def test_case_19_a_platforms_own_mail_exchanger_confirms_the_provider_and_not_the_country() -> None:
    scene = microsoft()
    assert scene.judge("mail.inbound.provider", "microsoft-365").status is Status.CONFIRMED
    assert full(scene.judge("mail.mailbox.provider", "microsoft-365")) == (Status.CONSISTENT, None, Confidence.HIGH)
    assert outcome(scene.judge("mail.mailbox.country", "NL")) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_case_20_the_address_of_a_front_door_says_nothing_of_the_mailbox() -> None:
    verdict = microsoft("northeurope").judge("mail.mailbox.country", "NL")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_case_21_a_gateway_in_front_of_an_own_mailbox_server() -> None:
    scene = Scene().mx(NAME, "mx.poortwachter.example").host("mx.poortwachter.example", OTHER).origin(OTHER, 64499, "Poort")
    scene.host(f"autodiscover.{NAME}", IP).origin(IP, 64500, "Gemeente Voorbeeld")
    assert outcome(scene.judge("mail.inbound.provider", "self")) == (Status.CONTRADICTED, Reason.OTHER_PROVIDER)
    assert scene.judge("mail.mailbox.provider", "self").status is Status.CONSISTENT


def barracuda(region: str = "eu-west-1") -> Scene:
    mx = "d1.ess.de.barracudanetworks.com"
    scene = Scene().mx(NAME, mx).host(mx, IP).range(IP, "aws", region, region).origin(IP, 16509)
    return scene.dkim(NAME, "selector1", "selector1-voorbeeld-example._domainkey.voorbeeld.onmicrosoft.com")


def test_case_22_three_layers_behind_a_german_looking_name() -> None:
    scene = barracuda()
    assert scene.judge("mail.inbound.country", "DE").status is Status.CONTRADICTED  # the address is in Ireland
    assert barracuda("eu-central-1").judge("mail.inbound.country", "DE").status is Status.CONSISTENT
    assert scene.judge("mail.mailbox.provider", "self").status is Status.CONTRADICTED
    assert scene.judge("mail.inbound.network", "aws", negated=True).status is Status.CONTRADICTED
    (picture,) = scene.pictures((NAME,))
    (inbound,) = [item for item in picture.placements if item.role is Role.MAIL_INBOUND]
    (mailbox,) = [item for item in picture.placements if item.role is Role.MAIL_MAILBOX]
    assert inbound.layer is Layer.EDGE
    assert inbound.provider is not None
    assert inbound.network is not None
    assert mailbox.provider is not None
    layers = (inbound.provider.provider, inbound.network.party and inbound.network.party.provider, mailbox.provider.provider)
    assert layers == ("barracuda", "aws", "microsoft-365")


def test_case_23_a_tenant_token_and_an_spf_include_leave_an_own_mailbox_open() -> None:
    scene = Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP).origin(IP, 64500, "Gemeente Voorbeeld")
    scene.spf(NAME, "spf.protection.outlook.com")
    scene.contents = [item for item in scene.contents if getattr(item[1], "rdtype", "") != "TXT"]
    scene.rrset(NAME, "TXT", "v=spf1 include:spf.protection.outlook.com -all", "MS=ms12345678")
    assert outcome(scene.judge("mail.mailbox.provider", "self")) == (Status.UNVERIFIABLE, Reason.CONFLICTING)


def test_case_24_an_own_server_on_a_hyperscaler_is_under_the_hyperscalers_law() -> None:
    scene = Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP).range(IP, "aws", "eu-west-1", "eu-west-1").origin(IP, 16509)
    assert scene.judge("mail.inbound.provider", "self").status is Status.CONSISTENT
    assert scene.judge("mail.inbound.jurisdiction", "NL").status is Status.CONTRADICTED


def test_case_25_a_bulk_sender_that_is_not_listed_contradicts_the_list() -> None:
    verdict = Scene().spf(NAME, "spf.bulkmail.example").judge("subprocessors", "polderhost")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)
    assert verdict.observed == ("bulkmail",)


def test_case_26_a_verification_token_alone_is_a_question() -> None:
    verdict = Scene().rrset(NAME, "TXT", "google-site-verification=abc").judge("subprocessors", "polderhost")
    assert verdict.status is Status.CONSISTENT
    assert [note.code for note in verdict.notes] == [NoteCode.CONTRACT_SIGN]


def test_case_27_anycast_name_servers_have_a_provider_and_no_country() -> None:
    address = "198.51.100.3"
    scene = Scene().rrset(NAME, "NS", "ns1.polderhost.example").host("ns1.polderhost.example", address).origin(address, 64510)
    assert outcome(scene.judge("dns.country", "NL")) == (Status.UNVERIFIABLE, Reason.ANYCAST)
    assert scene.judge("dns.provider", "polderhost").status is Status.CONFIRMED


def test_case_28_a_servfail_for_mail_leaves_the_website_alone() -> None:
    scene = azure().fail(NAME, "MX", FailureReason.SERVFAIL)
    assert outcome(scene.judge("mail.inbound.provider", "self")) == (Status.NOT_MEASURED, Reason.SERVFAIL)
    assert scene.judge("web.country", "NL").status is Status.CONSISTENT


# -- ownership ------------------------------------------------------------------------------------------------------


def hosted_at(asn: int, on: date = date(2026, 11, 23)) -> Scene:
    return Scene(on=on).host(NAME, IP).origin(IP, asn)


@pytest.mark.parametrize(("asn", "note"), [(64506, NoteCode.TAKEOVER_ANNOUNCED), (64507, NoteCode.TAKEOVER_BLOCKED)])
def test_case_29_a_pending_or_blocked_take_over_is_shown_and_never_counts(asn: int, note: NoteCode) -> None:
    verdict = hosted_at(asn).judge("hosting.jurisdiction", "EU")
    assert verdict.status is Status.CONSISTENT
    (shown,) = [item for item in verdict.notes if item.code is note]
    assert dict(shown.params)["as_of"]


def test_case_30_a_closed_take_over_counts_from_its_date() -> None:
    after = hosted_at(64505, DAY_OF_CLOSING).judge("hosting.jurisdiction", "EU")
    before = hosted_at(64505, date(2026, 5, 31)).judge("hosting.jurisdiction", "EU")
    assert outcome(after) == (Status.CONTRADICTED, Reason.PARENT_ELSEWHERE)
    assert before.status is Status.CONSISTENT


def test_case_31_a_parent_without_a_source_never_contradicts() -> None:
    verdict = hosted_at(64508).judge("web.jurisdiction", "EU")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.OWNERSHIP_UNSOURCED)


def test_case_32_an_investor_is_shown_and_not_counted() -> None:
    verdict = hosted_at(64509).judge("web.jurisdiction", "EU")
    assert verdict.status is Status.CONSISTENT
    assert [dict(note.params)["party"] for note in verdict.notes if note.code is NoteCode.INVESTOR] == ["Fonds LP"]


def test_case_33_a_legal_seat_by_the_registry_alone_is_weakly_consistent() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64498, "Onbekend").rdap(IP, "Onbekend B.V.", "NL")
    assert full(scene.judge("web.jurisdiction", "EU")) == (Status.CONSISTENT, None, Confidence.LOW)


def test_case_34_a_reseller_in_the_registry_on_a_large_hosters_network() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64511).rdap(IP, "Wederverkoper B.V.")
    assert scene.judge("web.network", "duinhost").status is Status.CONSISTENT
    assert scene.judge("web.provider", "wederverkoper").status is Status.CONSISTENT


def test_case_35_another_brand_on_a_large_hosters_network_may_be_a_reseller() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64511).rdap(IP, "Duinhost B.V.").ptr(IP, "static-1.duinhost.example")
    assert outcome(scene.judge("web.network", "ander-merk")) == (Status.CONTRADICTED, Reason.OTHER_NETWORK)
    assert outcome(scene.judge("web.provider", "ander-merk")) == (Status.UNVERIFIABLE, Reason.RESELLER_POSSIBLE)


def test_case_36_the_organisations_own_network() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64500, "GEM-VB").rdap(IP, "Gemeente Voorbeeld", "NL")
    assert outcome(scene.judge("hosting.network", "self")) == (Status.CONSISTENT, Reason.ROLES_NOT_OBSERVED)
    assert outcome(scene.judge("web.network", "self")) == (Status.CONFIRMED, None)


# -- paper ----------------------------------------------------------------------------------------------------------


def test_case_49_a_statement_attests_until_its_date() -> None:
    def judged(until: date) -> tuple[Status, Reason | None]:
        return outcome(Scene().judge("development.country", "NL", document="verklaring.pdf", valid_until=until))

    assert judged(date(2027, 3, 1)) == (Status.ATTESTED, None)
    assert judged(date(2026, 3, 1)) == (Status.ATTESTED, Reason.EXPIRED)


def test_case_50_supplier_and_policy_are_judged_apart() -> None:
    scene = Scene().host(NAME, IP).range(IP, "aws", "eu-central-1", "eu-central-1")
    assert scene.judge("hosting.country", "NL", said_by=SaidBy.SUPPLIER).status is Status.CONTRADICTED
    assert scene.judge("hosting.country", "EU", said_by=SaidBy.POLICY).status is Status.CONSISTENT


# -- beside the numbered ones ---------------------------------------------------------------------------------------


def test_the_supplier_is_no_subprocessor_of_himself() -> None:
    scene = Scene(supplier=Supplier("Duinhost B.V.")).host(NAME, IP).origin(IP, 64511)
    assert scene.judge("subprocessors", "polderhost").status is Status.CONSISTENT


def test_an_organisation_is_known_by_its_names_as_well_as_by_its_numbers() -> None:
    organisation = Organisation("Gemeente Voorbeeld", names=("Voorbeeld ICT",))
    scene = Scene(organisation=organisation).host(NAME, IP).origin(IP, 64497, "Voorbeeld ICT").rdap(IP, "Voorbeeld ICT")
    assert scene.judge("web.network", "self").status is Status.CONFIRMED
