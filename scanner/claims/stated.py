"""What a holder's own export says of a place: it speaks against the holder like a counter-example, and for it never more than consistently.

A resource that the holder lists abroad is a statement against its own claim, which nobody makes up; one that it lists inside is only its word.
"""

from __future__ import annotations

from herkomst.scanner.claims.outcome import Expectation, Outcome
from herkomst.scanner.model.location import Family
from herkomst.scanner.model.placement import Placement
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange


def is_stated(placement: Placement) -> bool:
    """Say whether a placement rests on a holder's export."""
    return any(item.family is Family.INVENTORY for item in placement.location_evidence)


def judge_stated_country(placement: Placement, expectation: Expectation) -> Outcome:
    """Judge the country of what an export lists; a region that may lie in several countries, or that names none, decides nothing."""
    items = [item for item in placement.location_evidence if item.family is Family.INVENTORY]
    observed = tuple(sorted({country for item in items for country in item.countries}))
    evidence = tuple(sorted(placement.evidence))
    if any(item.countries and not any(map(expectation.accepts_country, item.countries)) for item in items):
        change = WouldChange.SUPPLIER_RESPONSE
        return Outcome(Status.CONTRADICTED, Reason.REGION_ELSEWHERE, Confidence.MEDIUM, observed, evidence, would_change=change)
    change = WouldChange.INSIDE_ACCESS
    if all(item.countries and all(map(expectation.accepts_country, item.countries)) for item in items):
        return Outcome(Status.CONSISTENT, None, Confidence.LOW, observed, evidence, would_change=change)
    return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW, observed, evidence, would_change=change)
