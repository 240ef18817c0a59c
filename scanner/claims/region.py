"""`.region`: which of a provider's regions? Only the control plane and published ranges speak of regions."""

from __future__ import annotations

from herkomst.scanner.claims.country import STRONG_SOURCES
from herkomst.scanner.claims.outcome import (
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    lower_for_switched_off,
    not_measured,
)
from herkomst.scanner.claims.stated import is_stated
from herkomst.scanner.model.location import Grade, LocationEvidence
from herkomst.scanner.model.placement import Placement, SignKind
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange


def judge_region(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge the region of one endpoint; a region of no provider's list is not observable from outside."""
    if placement.fronted and not context.edge_claim:
        base = Outcome(Status.UNVERIFIABLE, Reason.FRONTED, would_change=WouldChange.ORIGIN_ADDRESS)
    elif placement.anycast:
        base = Outcome(Status.UNVERIFIABLE, Reason.ANYCAST, would_change=WouldChange.INSIDE_ACCESS)
    else:
        base = _decide(placement, expectation, context)
    failures = bearing_failures(placement, STRONG_SOURCES)
    shielded = base.reason in (Reason.FRONTED, Reason.ANYCAST)
    if failures and not shielded and (base.status is not Status.CONTRADICTED or placement.edge_unknown):
        return not_measured(failures, base)
    return lower_for_switched_off(base, STRONG_SOURCES, context)


def _decide(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    items = [
        item
        for item in placement.location_evidence
        if (item.grade in (Grade.E1, Grade.E2) or is_stated(placement)) and item.region
    ]
    if not items:
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.INSIDE_ACCESS)
    accepted = [item for item in items if _accepts(item, placement, expectation, context)]
    observed = tuple(sorted({item.region for item in items if item.region}))
    evidence = tuple(sorted({item.evidence for item in items}))
    if len(accepted) < len(items):
        return Outcome(
            Status.CONTRADICTED,
            Reason.REGION_ELSEWHERE,
            Confidence.HIGH,
            observed,
            evidence,
            would_change=WouldChange.SUPPLIER_RESPONSE,
        )
    status = Status.CONFIRMED if any(item.grade is Grade.E1 for item in items) else Status.CONSISTENT
    return Outcome(status, None, Confidence.HIGH, observed, evidence, would_change=WouldChange.INSIDE_ACCESS)


def _accepts(item: LocationEvidence, placement: Placement, expectation: Expectation, context: Context) -> bool:
    seen = _spellings(item.region or "", placement, context)
    claimed = {value.lower() for value in expectation.values}
    return bool(seen & claimed) is not expectation.negated


def _spellings(region: str, placement: Placement, context: Context) -> set[str]:
    """Return the region's code and the other codes under which its provider knows it."""
    found = {region.lower()}
    for sign in placement.address_signs:
        if sign.kind is SignKind.RANGE and sign.party.provider:
            known = context.knowledge.region(sign.party.provider, region)
            if known is not None:
                found |= {known.code.lower(), *(alias.lower() for alias in known.aliases)}
    return found
