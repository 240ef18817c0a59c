"""`.country`: in which country does it run? The order of docs/methodology.md, first match decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from herkomst.scanner.attribution.location import WEAK_GRADES, ZERO_GRADES
from herkomst.scanner.claims.outcome import (
    INSIDE,
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    lower_for_switched_off,
    not_measured,
)
from herkomst.scanner.claims.stated import is_stated, judge_stated_country
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.location import Grade, LocationEvidence
from herkomst.scanner.model.placement import Placement
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange

STRONG_SOURCES = ("dns.address", "ip.range", "ip.origin", "rtt.bound", INSIDE)
"""Each of these could have shown a place elsewhere, an edge or anycast, whatever else is known."""
WEAK_SOURCES = ("ip.location", "geofeed.entry", "dns.ptr")
"""These only matter where nothing stronger decides."""


def judge_country(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge the place of one endpoint."""
    if is_stated(placement):
        return judge_stated_country(placement, expectation)
    base, decided_by = _decide(placement, expectation, context)
    if base.reason in (Reason.FRONTED, Reason.ANYCAST) or (placement.role is Role.MAIL_MAILBOX and not placement.addresses):
        return base if not placement.addresses_incomplete else _cap(base, placement, STRONG_SOURCES)
    if decided_by is Grade.E1 and not placement.addresses:
        return base  # no address source has anything to say of it
    kinds = STRONG_SOURCES if decided_by in (Grade.E1, Grade.E2, Grade.E3) else STRONG_SOURCES + WEAK_SOURCES
    if base.status is Status.CONTRADICTED:
        # a failure never accuses: what could have shown an edge or anycast would have taken this evidence away
        if placement.edge_unknown and (decided_by is not Grade.E1 or placement.joined):
            return not_measured(bearing_failures(placement, STRONG_SOURCES), base)
        return base
    capped = _cap(base, placement, kinds)
    return lower_for_switched_off(capped, kinds, context)


def _cap(base: Outcome, placement: Placement, kinds: Iterable[str]) -> Outcome:
    failures = bearing_failures(placement, kinds)
    return not_measured(failures, base) if failures else base


def _decide(placement: Placement, expectation: Expectation, context: Context) -> tuple[Outcome, Grade | None]:
    items = placement.location_evidence
    control = [item for item in items if item.grade is Grade.E1]
    ranges = [item for item in items if item.grade is Grade.E2]
    bounds = [item for item in items if item.grade is Grade.E3]
    weak = [item for item in items if item.grade in WEAK_GRADES]
    elsewhere = _elsewhere(control, expectation)
    if elsewhere:
        return _contradicted(elsewhere, Reason.CONTROL_PLANE_ELSEWHERE), Grade.E1
    shielded = placement.fronted or placement.anycast
    if control:
        far = () if shielded else (*_elsewhere(ranges, expectation), *_elsewhere(bounds, expectation))
        if far:
            return _elsewhere_outcome(far), Grade.E2
        if all(_inside(item, expectation) for item in control):
            return _outcome(Status.CONFIRMED, control, Confidence.HIGH), Grade.E1
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE), Grade.E1
    if placement.fronted and not context.edge_claim:
        return Outcome(Status.UNVERIFIABLE, Reason.FRONTED, would_change=WouldChange.ORIGIN_ADDRESS), None
    if placement.anycast:
        return Outcome(Status.UNVERIFIABLE, Reason.ANYCAST, would_change=WouldChange.INSIDE_ACCESS), None
    if placement.special_use or (placement.role is Role.MAIL_MAILBOX and not placement.addresses):
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.DOCUMENT), None
    far = (*_elsewhere(ranges, expectation), *_elsewhere(bounds, expectation))
    if far:
        return _elsewhere_outcome(far), far[0].grade
    return _decide_nearby(ranges, bounds, weak, items, expectation)


def _decide_nearby(
    ranges: list[LocationEvidence],
    bounds: list[LocationEvidence],
    weak: list[LocationEvidence],
    items: Iterable[LocationEvidence],
    expectation: Expectation,
) -> tuple[Outcome, Grade | None]:
    """Decide where nothing strong speaks against the claim."""
    in_range = [item for item in ranges if _inside(item, expectation)]
    in_reach = [item for item in bounds if _inside(item, expectation)]
    if in_range and in_reach:
        return _outcome(Status.CONFIRMED, [*in_range, *in_reach], Confidence.HIGH), Grade.E2
    if in_range:
        outcome = _outcome(Status.CONSISTENT, in_range, Confidence.HIGH)
        return replace(outcome, would_change=WouldChange.ROUND_TRIP), Grade.E2
    if in_reach:
        outcome = _outcome(Status.CONSISTENT, in_reach, Confidence.HIGH)
        return replace(outcome, would_change=WouldChange.INSIDE_ACCESS), Grade.E3
    if weak:
        return _decide_weak(weak, expectation), min(item.grade for item in weak)
    if any(item.grade in ZERO_GRADES for item in items):
        return Outcome(Status.UNVERIFIABLE, Reason.REGISTRATION_ONLY, would_change=WouldChange.GEOFEED), None
    return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.ROUND_TRIP), None


def _decide_weak(weak: list[LocationEvidence], expectation: Expectation) -> Outcome:
    inside = [item for item in weak if _inside(item, expectation)]
    if len(inside) == len(weak):
        families = {item.family for item in weak}
        sure = len(families) > 1 or any(item.grade is Grade.E4 for item in weak)
        outcome = _outcome(Status.CONSISTENT, weak, Confidence.MEDIUM if sure else Confidence.LOW)
        return replace(outcome, would_change=WouldChange.ROUND_TRIP)
    reason = Reason.CONFLICTING if inside else Reason.POINTS_ELSEWHERE
    outcome = _outcome(Status.UNVERIFIABLE, weak, Confidence.LOW if inside else Confidence.MEDIUM)
    return replace(outcome, reason=reason, would_change=WouldChange.ROUND_TRIP)


def _inside(item: LocationEvidence, expectation: Expectation) -> bool:
    return bool(item.countries) and all(expectation.accepts_country(country) for country in item.countries)


def _elsewhere(items: Iterable[LocationEvidence], expectation: Expectation) -> tuple[LocationEvidence, ...]:
    """Return the evidence that allows no accepted country: only all of it together makes a counter-example."""
    return tuple(
        item for item in items if item.countries and not any(expectation.accepts_country(country) for country in item.countries)
    )


def _elsewhere_outcome(far: tuple[LocationEvidence, ...]) -> Outcome:
    by_range = any(item.grade is Grade.E2 for item in far)
    return _contradicted(far, Reason.PROVIDER_RANGE_ELSEWHERE if by_range else Reason.ROUND_TRIP_ELSEWHERE)


def _contradicted(items: tuple[LocationEvidence, ...], reason: Reason) -> Outcome:
    outcome = _outcome(Status.CONTRADICTED, items, Confidence.HIGH)
    return replace(outcome, reason=reason, would_change=WouldChange.SUPPLIER_RESPONSE)


def _outcome(status: Status, items: Iterable[LocationEvidence], confidence: Confidence) -> Outcome:
    listed = tuple(items)
    return Outcome(
        status,
        confidence=confidence,
        observed=tuple(sorted({country for item in listed for country in item.countries})),
        evidence=tuple(sorted({item.evidence for item in listed})),
    )
