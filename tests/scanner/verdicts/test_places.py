"""Where: countries and regions, grade by grade, and what a verdict carries beside its status."""

from __future__ import annotations

import pytest
from herkomst.scanner.claims.country import judge_country
from herkomst.scanner.claims.outcome import Context, Outcome, read_expectation
from herkomst.scanner.model.claim import Hearing, Operator, Role, SaidBy
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.location import Family, Grade, LocationEvidence
from herkomst.scanner.model.observation import RangeScope
from herkomst.scanner.model.placement import Layer, Placement
from herkomst.scanner.model.verdict import Confidence, NoteCode, Reason, Status, WouldChange
from scene import DAY, KNOWLEDGE, Scene

NAME = "voorbeeld.example"
IP, OTHER = "192.0.2.1", "192.0.2.65"


def seen(grade: Grade, *countries: str) -> LocationEvidence:
    family = {Grade.E1: Family.CONTROL_PLANE, Grade.E2: Family.PUBLISHED_RANGE, Grade.E3: Family.ROUND_TRIP}
    return LocationEvidence(grade, family.get(grade, Family.TABLE), countries, f"{grade}-{countries}")


def decided(*evidence: LocationEvidence, operator: Operator = Operator.IS, **more: object) -> Outcome:
    """Judge `NL` (or not `NL`) on a placement that no collector makes yet."""
    placement = Placement(NAME, Role.COMPUTE, Layer.ORIGIN, NAME, (IP,), location_evidence=evidence, **more)  # type: ignore[arg-type]  # fields of Placement
    context = Context(KNOWLEDGE, Scene().system((NAME,)), DAY)
    return judge_country(placement, read_expectation(operator, ("NL",), context), context)


# -- grades ------------------------------------------------------------------------------------------------------------------------


def test_the_control_plane_decides_where_nothing_strong_speaks_against_it() -> None:
    assert decided(seen(Grade.E1, "NL"), seen(Grade.E6, "DE")).status is Status.CONFIRMED
    assert decided(seen(Grade.E1, "DE"), seen(Grade.E2, "NL")).reason is Reason.CONTROL_PLANE_ELSEWHERE
    assert decided(seen(Grade.E1)).reason is Reason.NOT_OBSERVABLE


@pytest.mark.parametrize("grade", [Grade.E2, Grade.E3])
def test_a_range_or_a_disc_elsewhere_contradicts_the_control_plane_but_not_at_an_edge_or_anycast_address(grade: Grade) -> None:
    evidence = (seen(Grade.E1, "NL"), seen(grade, "DE"))
    assert decided(*evidence).status is Status.CONTRADICTED
    assert decided(*evidence, fronted=True).status is Status.CONFIRMED
    assert decided(*evidence, anycast=True).status is Status.CONFIRMED


def test_a_failed_look_up_that_could_have_shown_an_edge_does_not_touch_what_the_control_plane_says() -> None:
    failed = (Failure("ip_ownership", IP, "ip.range", FailureReason.TIMEOUT, True),)
    assert decided(seen(Grade.E1, "DE"), edge_unknown=True, failures=failed).status is Status.CONTRADICTED
    assert decided(seen(Grade.E3, "DE"), edge_unknown=True, failures=failed).status is Status.NOT_MEASURED


def test_evidence_that_allows_claimed_and_other_countries_says_nothing() -> None:
    assert decided(seen(Grade.E2, "NL", "DE")).reason is Reason.NOT_OBSERVABLE
    assert decided(seen(Grade.E2, "NL", "DE"), seen(Grade.E6, "NL")).status is Status.CONSISTENT
    assert decided(seen(Grade.E2, "NL", "DE"), operator=Operator.NOT).reason is Reason.NOT_OBSERVABLE


def test_a_claim_that_names_what_is_not_is_the_same_question_turned_round() -> None:
    assert decided(seen(Grade.E2, "NL"), operator=Operator.NOT).status is Status.CONTRADICTED
    assert decided(seen(Grade.E2, "DE"), seen(Grade.E3, "DE"), operator=Operator.NOT).status is Status.CONFIRMED
    assert decided(seen(Grade.E6, "NL"), operator=Operator.NOT).reason is Reason.POINTS_ELSEWHERE


def test_labels_and_tables_are_weak_and_labels_are_a_family_of_their_own() -> None:
    label = LocationEvidence(Grade.E6, Family.LABELS, ("NL",), "label")
    assert decided(label).confidence is Confidence.LOW
    assert decided(label, seen(Grade.E6, "NL")).confidence is Confidence.MEDIUM


# -- regions -----------------------------------------------------------------------------------------------------------------------


def test_a_region_is_compared_by_all_its_names_and_without_letter_case() -> None:
    scene = Scene().host(NAME, IP).range(IP, "azure", "westeurope")
    for value in ("westeurope", "WestEurope", "West Europe"):
        assert scene.judge("web.region", value).status is Status.CONSISTENT, value
    assert scene.judge("web.region", "northeurope").reason is Reason.REGION_ELSEWHERE
    assert scene.judge("web.region", "westeurope", negated=True).status is Status.CONTRADICTED
    assert scene.judge("web.region", "northeurope", negated=True).status is Status.CONSISTENT


@pytest.mark.parametrize(
    ("scope", "reason"), [(RangeScope.GLOBAL, Reason.ANYCAST), (RangeScope.EDGE, Reason.FRONTED), (RangeScope.REGIONAL, None)]
)
def test_only_a_regional_entry_speaks_of_a_region(scope: RangeScope, reason: Reason | None) -> None:
    scene = Scene().host(NAME, IP).range(IP, "azure", "westeurope", scope=scope)
    assert scene.judge("web.region", "westeurope").reason is reason


def test_a_region_of_no_providers_list_is_not_observable() -> None:
    verdict = Scene().host(NAME, IP).origin(IP, 64510).judge("web.region", "ams1")
    assert (verdict.reason, verdict.would_change) == (Reason.NOT_OBSERVABLE, WouldChange.INSIDE_ACCESS)


def test_a_zone_abroad_is_in_its_region_and_not_in_its_regions_country() -> None:
    scene = Scene().host(NAME, IP).range(IP, "aws", "eu-central-1", "eu-central-1-ist-1")
    assert scene.judge("web.region", "eu-central-1").status is Status.CONSISTENT
    assert scene.judge("web.country", "DE").observed == ("TR",)


def test_a_border_group_nobody_knows_leaves_the_country_to_weaker_evidence() -> None:
    scene = Scene().host(NAME, IP).range(IP, "aws", "eu-central-1", "eu-central-1-nieuw-1")
    assert scene.judge("web.country", "DE").reason is Reason.NOT_OBSERVABLE
    assert scene.location(IP, "DE").judge("web.country", "DE").confidence is Confidence.LOW


# -- what a verdict carries --------------------------------------------------------------------------------------------------------


def test_a_verdict_carries_who_said_it_where_and_how_far_the_hearing_is() -> None:
    scene = Scene().host(NAME, IP).range(IP, "azure", "northeurope")
    verdict = scene.judge("web.country", "NL", said_by=SaidBy.SUPPLIER_RESPONSE, source="brief, p. 2", hearing=Hearing.ANSWERED)
    assert (verdict.said_by, verdict.source, verdict.hearing) == (SaidBy.SUPPLIER_RESPONSE, "brief, p. 2", Hearing.ANSWERED)
    assert verdict.status is Status.CONTRADICTED
    assert scene.judge("web.country", "NL").hearing is Hearing.OPEN


def test_coverage_counts_every_endpoint_once_whatever_became_of_it() -> None:
    names = ("een.voorbeeld.example", "twee.voorbeeld.example", "drie.voorbeeld.example")
    scene = Scene().host(names[0], IP, OTHER).location(IP, "NL").location(OTHER, "DE").absent(names[1])
    scene.fail(names[2], "A").fail(names[2], "AAAA")
    verdict = scene.judge("web.country", "NL", assets=names)
    assert len(verdict.parts) == 3
    assert (verdict.coverage.targets, verdict.coverage.measured) == (3, 2)
    assert [dict(note.params)["outcome"] for note in verdict.notes if note.code is NoteCode.ABSENT_HOST] == ["nxdomain"]
    with_account = scene.judge("hosting.country", "NL", assets=(*names, "111122223333"))
    assert (with_account.coverage.targets, with_account.coverage.measured) == (4, 2)


def test_the_role_that_decided_is_named_and_the_group_where_several_did() -> None:
    scene = Scene().host(NAME, IP).location(IP, "NL").location(OTHER, "NL")
    assert scene.judge("hosting.country", "NL").role == "web"
    assert scene.judge("hosting.country", "NL", assets=(NAME, OTHER)).role == "hosting"
    assert scene.judge("mail.inbound.country", "NL").role == "mail.inbound"


def test_a_switched_off_source_is_named_only_where_it_could_have_mattered() -> None:
    scene = Scene(not_asked=("geofeed.entry", "rdap.network")).host(NAME, IP).origin(IP, 64510).location(IP, "NL")
    assert scene.judge("web.country", "NL").not_asked == ("geofeed.entry",)
    assert scene.judge("web.jurisdiction", "EU").not_asked == ("rdap.network",)
    assert scene.judge("web.country", "NL").confidence is Confidence.LOW
    published = Scene(not_asked=("geofeed.entry",)).host(NAME, IP).range(IP, "azure", "westeurope")
    assert (published.judge("web.country", "NL").not_asked, published.judge("web.country", "NL").confidence) == (
        (),
        Confidence.HIGH,
    )


def test_what_would_change_a_verdict_is_the_cheapest_thing_that_is_missing() -> None:
    scene = Scene().host(NAME, IP)
    assert scene.registration(IP, "NL").judge("web.country", "NL").would_change is WouldChange.GEOFEED
    assert scene.location(IP, "NL").judge("web.country", "NL").would_change is WouldChange.ROUND_TRIP
    assert scene.fail_address(IP, "ip.range").judge("web.country", "NL").would_change is WouldChange.RETRY
    lost_table = Scene().host(NAME, IP)
    lost_table.failures.append(Failure("ip_ownership", IP, "ip.range", FailureReason.NO_TABLE, retryable=False))
    verdict = lost_table.judge("web.country", "NL")
    assert (verdict.reason, verdict.retryable) == (Reason.NO_TABLE, False)
