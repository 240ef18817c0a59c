"""Who: provider, network, owner, jurisdiction, and the list of subprocessors."""

from __future__ import annotations

from datetime import date

import pytest
from herkomst.scanner.model.claim import Organisation, Supplier
from herkomst.scanner.model.observation import RangeScope
from herkomst.scanner.model.verdict import Confidence, NoteCode, Reason, Status, WouldChange
from scene import Scene

NAME = "voorbeeld.example"
IP, OTHER = "192.0.2.1", "192.0.2.65"
LEI, OWN_LEI = "529900T8BM49AURSDO55", "5493001KJTIIGC8Y1R12"


def at(asn: int, holder: str = "", *, on: date = date(2026, 11, 23)) -> Scene:
    scene = Scene(on=on).host(NAME, IP).origin(IP, asn)
    return scene.rdap(IP, holder, "NL") if holder else scene


# -- network -------------------------------------------------------------------------------------------------------------------


def test_two_announcers_agree_with_a_claim_only_together() -> None:
    scene = Scene().host(NAME, IP).origins(IP, (64510, ""), (64511, ""))
    assert scene.judge("web.network", "polderhost", "duinhost").status is Status.CONSISTENT
    assert scene.judge("web.network", "polderhost").status is Status.CONTRADICTED
    assert scene.rdap(IP, "Polderhost B.V.").judge("web.network", "polderhost").status is Status.CONSISTENT
    assert scene.judge("web.network", "duinhost", negated=True).status is Status.CONTRADICTED


def test_two_registered_holders_agree_with_a_claim_only_together() -> None:
    scene = at(64510, "Polderhost B.V.").rdap(IP, "Duinhost B.V.", "NL")
    assert scene.judge("web.network", "polderhost").status is Status.CONSISTENT
    assert scene.judge("web.network", "polderhost", "duinhost").status is Status.CONFIRMED
    assert scene.judge("web.provider", "polderhost").status is Status.UNVERIFIABLE


def test_an_own_as_number_and_self_are_the_same_claim() -> None:
    scene = at(64500, "Gemeente Voorbeeld")
    for value in ("self", "AS64500"):
        assert scene.judge("web.network", value).status is Status.CONFIRMED
        assert scene.judge("web.network", value, negated=True).status is Status.CONTRADICTED


def test_an_as_number_names_whoever_uses_it() -> None:
    assert at(64510, "Polderhost B.V.").judge("web.network", "AS64510").status is Status.CONFIRMED
    assert at(64499, "Onbekend B.V.").judge("web.network", "AS64499").status is Status.CONSISTENT


def test_an_address_of_ipv6_alone_is_judged_like_any_other() -> None:
    six = "2001:db8::1"
    scene = Scene().host(NAME, six).origin(six, 64510).rdap(six, "Polderhost B.V.", "NL").location(six, "NL")
    assert scene.judge("web.network", "polderhost").status is Status.CONFIRMED
    assert scene.judge("web.country", "NL").confidence is Confidence.MEDIUM
    assert scene.judge("web.country", "DE").reason is Reason.POINTS_ELSEWHERE


def test_without_the_registry_another_announcer_is_no_counter_example() -> None:
    offline = at(64511)
    offline.not_asked = ("rdap.network",)
    verdict = offline.judge("web.network", "polderhost")
    assert (verdict.status, verdict.reason, verdict.would_change) == (
        Status.UNVERIFIABLE,
        Reason.RESELLER_POSSIBLE,
        WouldChange.ASK_RDAP,
    )
    assert verdict.not_asked == ("rdap.network",)


# -- owner ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["microsoft", "US"])
def test_the_top_of_a_sourced_chain_confirms_an_owner(value: str) -> None:
    assert at(8075).judge("web.owner", value).status is Status.CONFIRMED


@pytest.mark.parametrize("value", ["microsoft-ireland", "IE", "polderhost-bv", "polderhost", "aws"])
def test_an_owner_that_has_a_sourced_parent_outside_the_list_is_contradicted(value: str) -> None:
    verdict = at(8075).judge("web.owner", value)
    assert (verdict.status, verdict.observed) == (Status.CONTRADICTED, ("microsoft",))


@pytest.mark.parametrize("value", ["azure", "microsoft-365"])
def test_a_service_stands_for_its_owner_and_never_confirms(value: str) -> None:
    assert at(8075).judge("web.owner", value).status is Status.CONSISTENT
    assert at(8075).judge("web.owner", value, negated=True).status is Status.CONTRADICTED


def test_an_owner_before_and_after_a_take_over() -> None:
    before, after = at(64505, on=date(2026, 5, 31)), at(64505)
    assert before.judge("web.owner", "overgenomen-bv").status is Status.CONSISTENT
    assert after.judge("web.owner", "overgenomen-bv").status is Status.CONTRADICTED
    assert after.judge("web.owner", "amerika-inc").status is Status.CONFIRMED


def test_a_parent_that_no_source_supports_leaves_the_owner_open() -> None:
    assert at(64508).judge("web.owner", "ongestaafd-bv").reason is Reason.OWNERSHIP_UNSOURCED
    assert at(64508).judge("web.owner", "NL").reason is Reason.OWNERSHIP_UNSOURCED


def test_an_excluded_owner_contradicts_where_the_sign_itself_shows_it() -> None:
    assert at(64511).judge("web.owner", "duinhost-bv", negated=True).status is Status.CONTRADICTED
    assert at(64500).judge("web.owner", "self", negated=True).status is Status.CONTRADICTED
    assert at(64511).judge("web.owner", "amazon", negated=True).status is Status.CONSISTENT


def test_under_joint_control_both_owners_count() -> None:
    scene = at(64512)
    assert scene.judge("web.owner", "NL").status is Status.CONTRADICTED
    assert scene.judge("web.owner", "US", negated=True).status is Status.CONTRADICTED
    assert scene.judge("web.owner", "polderhost-bv", "amerika-inc").status is Status.CONFIRMED
    assert scene.judge("web.jurisdiction", "EU").status is Status.CONTRADICTED


def test_a_legal_entity_identifier_names_its_entity_and_the_own_one_the_organisation() -> None:
    assert at(64510).judge("web.owner", LEI).status is Status.CONFIRMED
    own = Scene(organisation=Organisation("Gemeente Voorbeeld", lei=OWN_LEI, asns=(64500,))).host(NAME, IP).origin(IP, 64500)
    assert own.judge("web.owner", OWN_LEI).status is Status.CONFIRMED
    assert own.judge("web.owner", LEI).status is not Status.CONFIRMED


# -- jurisdiction --------------------------------------------------------------------------------------------------------------


def test_every_party_brings_its_law_and_the_notes_say_via_whom() -> None:
    mx = "voorbeeld-example.mail.protection.outlook.com"
    scene = Scene().mx(NAME, mx).host(mx, IP).range(IP, "aws", "eu-central-1", "eu-central-1").origin(IP, 64510)
    verdict = scene.judge("mail.inbound.jurisdiction", "EU")
    assert verdict.observed == ("IE", "LU", "NL", "US")
    via = {dict(note.params)["party"] for note in verdict.notes if note.code is NoteCode.VIA_PARTY}
    assert via == {"Microsoft Corporation", "Amazon.com, Inc."}


def test_a_registered_holders_country_is_not_lost_behind_an_announcer_of_the_same_name() -> None:
    scene = Scene().host(NAME, IP, via=("www.polderhost.example",)).origin(IP, 64499, "Onbekend Inc.")
    assert scene.judge("web.jurisdiction", "EU").status is Status.CONSISTENT
    assert scene.rdap(IP, "Onbekend Inc.", "US").judge("web.jurisdiction", "EU").reason is Reason.OWNERSHIP_UNSOURCED


def test_a_parent_whose_seat_no_source_supports_does_not_contradict() -> None:
    verdict = at(64513).judge("web.jurisdiction", "EU")
    assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.OWNERSHIP_UNSOURCED)


def test_a_pending_take_over_two_levels_up_is_shown_and_not_counted() -> None:
    verdict = at(64514).judge("web.jurisdiction", "EU")
    assert verdict.status is Status.CONSISTENT
    assert [dict(note.params)["party"] for note in verdict.notes if note.code is NoteCode.TAKEOVER_ANNOUNCED] == ["Amerika Inc."]


def test_nothing_about_the_parties_behind_an_edge_is_confirmed() -> None:
    scene = Scene().host(NAME, IP).range(IP, "rand-nl", scope=RangeScope.EDGE).origin(IP, 64515).rdap(IP, "Rand Nederland B.V.")
    for key in ("web.jurisdiction", "web.owner"):
        verdict = scene.judge(key, "NL")
        assert (verdict.status, verdict.would_change) == (Status.CONSISTENT, WouldChange.ORIGIN_ADDRESS), key
    for key in ("web.provider", "web.network"):
        verdict = scene.judge(key, "aws", negated=True)
        assert (verdict.status, verdict.would_change) == (Status.CONSISTENT, WouldChange.ORIGIN_ADDRESS), key
        assert scene.judge(key.replace("web", "edge"), "aws", negated=True).status.rank >= 1
    assert scene.judge("web.provider", "rand-nl").status is Status.CONFIRMED
    assert scene.judge("edge.owner", "NL").status is Status.CONFIRMED


def test_an_address_that_nobody_announces_or_holds_leaves_a_party_unknown() -> None:
    scene = Scene().host(NAME, IP, via=("www.polderhost.example",)).origins(IP)
    assert scene.judge("web.jurisdiction", "NL").status is Status.CONSISTENT
    assert scene.origin(OTHER, 64510).judge("web.provider", "polderhost").status is Status.CONSISTENT


def test_a_declarations_own_set_of_countries_wins_over_the_catalogues() -> None:
    scene = at(64510, "Polderhost B.V.")
    assert scene.judge("web.jurisdiction", "buren").status is Status.CONTRADICTED
    scene.custom_sets = (("buren", ("NL", "BE", "DE")), ("EU", ("FR",)))
    assert scene.judge("web.jurisdiction", "buren").status is not Status.CONTRADICTED
    assert scene.judge("web.jurisdiction", "EU").status is Status.CONTRADICTED


# -- certificate authorities and top-level domains -----------------------------------------------------------------------------


def test_an_issuer_that_is_allowed_need_not_have_issued() -> None:
    scene = Scene().rrset(NAME, "CAA", '0 issue "zegel.example"', '0 issue "anders.example"')
    verdict = scene.judge("ca.provider", "zegel")
    assert (verdict.status, verdict.reason, verdict.would_change) == (
        Status.UNVERIFIABLE,
        Reason.NOT_OBSERVABLE,
        WouldChange.DOCUMENT,
    )
    only = Scene().rrset(NAME, "CAA", '0 issue "zegel.example; validationmethods=dns-01"', '0 iodef "mailto:x@zegel.example"')
    assert only.judge("ca.provider", "zegel").status is Status.CONSISTENT
    assert only.judge("ca.jurisdiction", "NL").status is Status.CONSISTENT
    assert only.judge("ca.jurisdiction", "US").status is Status.UNVERIFIABLE
    assert Scene().rrset(NAME, "CAA", '0 issue ";"').judge("ca.provider", "zegel").reason is Reason.NO_ENDPOINT


def test_the_registry_of_the_top_level_domain_is_known_and_has_no_place() -> None:
    scene, name = Scene(), ("voorbeeld.test",)
    assert scene.judge("tld.provider", "register-example", assets=name).status is Status.CONSISTENT
    assert scene.judge("tld.jurisdiction", "NL", assets=name).status is Status.CONFIRMED
    assert scene.judge("tld.jurisdiction", "DE", assets=name).status is Status.CONTRADICTED
    assert scene.judge("tld.country", "NL", assets=name).reason is Reason.NOT_OBSERVABLE
    assert scene.judge("tld.provider", "register-example").reason is Reason.NO_ENDPOINT


# -- subprocessors -------------------------------------------------------------------------------------------------------------


def test_a_party_that_the_catalogue_does_not_know_is_a_question_and_no_contradiction() -> None:
    verdict = at(64499, "Onbekend B.V.").judge("subprocessors", "polderhost")
    assert (verdict.status, verdict.reason, verdict.would_change) == (
        Status.UNVERIFIABLE,
        Reason.PARTY_UNKNOWN,
        WouldChange.CONTRACT,
    )


def test_a_list_that_excludes_somebody_is_contradicted_only_by_him() -> None:
    scene = at(64510, "Polderhost B.V.")
    assert scene.judge("subprocessors", "polderhost", negated=True).status is Status.CONTRADICTED
    assert scene.judge("subprocessors", "aws", negated=True).status is Status.CONSISTENT


def test_the_supplier_is_known_by_his_numbers_and_his_group_is_not_he() -> None:
    for supplier in (Supplier("Polder", kvk="00000001"), Supplier("Polder", lei=LEI), Supplier("POLDERHOST BV")):
        scene = at(64510, "Polderhost B.V.")
        scene.supplier = supplier
        assert scene.judge("subprocessors").status is Status.CONSISTENT, supplier
    scene = at(8075)
    scene.supplier = Supplier("Microsoft Corporation")
    assert scene.judge("subprocessors", "polderhost").status is Status.CONTRADICTED


def test_a_list_that_was_compared_without_the_registry_says_so() -> None:
    scene = at(64510)
    sure = scene.judge("subprocessors", "polderhost")
    scene.not_asked = ("geofeed.entry", "rdap.network")
    offline = scene.judge("subprocessors", "polderhost")
    assert (sure.confidence, sure.not_asked) == (Confidence.MEDIUM, ())
    assert (offline.confidence, offline.not_asked) == (Confidence.LOW, ("rdap.network",))


# -- the inventory of names ----------------------------------------------------------------------------------------------------


def test_a_name_of_the_organisation_that_is_not_declared_contradicts_a_complete_inventory() -> None:
    scene = Scene().host(NAME, IP).mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP)
    verdict = scene.judge("inventory.complete", "yes")
    assert (verdict.status, verdict.reason, verdict.observed) == (Status.CONTRADICTED, Reason.UNDECLARED_NAME, (f"mx.{NAME}",))
    assert scene.judge("inventory.complete", "yes", assets=(NAME, f"mx.{NAME}")).status is Status.CONSISTENT


def test_whoever_says_that_the_inventory_is_not_complete_is_right_as_soon_as_a_name_is_missing() -> None:
    scene = Scene().host(NAME, IP).mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP)
    assert scene.judge("inventory.complete", "no").status is Status.CONSISTENT
    assert scene.judge("inventory.complete", "no", assets=(NAME, f"mx.{NAME}")).status is Status.UNVERIFIABLE
    assert scene.judge("inventory.complete", "yes", negated=True).status is Status.CONSISTENT


def test_the_www_name_belongs_to_what_is_declared() -> None:
    scene = Scene().host(NAME, IP, via=(f"www.{NAME}",))
    assert scene.judge("inventory.complete", "yes").status is Status.CONSISTENT


def test_addresses_name_nobody_so_there_is_no_inventory_to_compare() -> None:
    assert Scene().origin(IP, 64510).judge("inventory.complete", "yes", assets=(IP,)).status is not Status.CONTRADICTED
