"""`.jurisdiction`: the states that can compel the parties that control an endpoint.

Only a sourced fact contradicts. What is announced or blocked is shown and never counted; investors likewise.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from herkomst.scanner.claims.outcome import (
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    lower_for_switched_off,
    not_measured,
)
from herkomst.scanner.model.location import Family
from herkomst.scanner.model.placement import Jurisdiction, JurisdictionStatus, OwnerFact, Placement, Via
from herkomst.scanner.model.verdict import Confidence, Note, NoteCode, Reason, Status, WouldChange

PARTY_SOURCES = ("dns.address", "ip.range", "ip.origin", "ip.registration", "rdap.network")
COUNTED = frozenset({JurisdictionStatus.CURRENT, JurisdictionStatus.CLOSED, JurisdictionStatus.REGISTERED})
CACHED = 4096
"""Notes on so many facts are kept: the domains of one run meet the same few owners."""
_PENDING = {
    JurisdictionStatus.ANNOUNCED: NoteCode.TAKEOVER_ANNOUNCED,
    JurisdictionStatus.BLOCKED: NoteCode.TAKEOVER_BLOCKED,
}


def judge_jurisdiction(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge the states that can compel the parties of one endpoint."""
    base = _decide(placement, expectation)
    notes = ownership_notes(placement)
    if notes:
        base = replace(base, notes=(*base.notes, *notes))
    if base.status is Status.CONTRADICTED:
        return base
    failures = bearing_failures(placement, PARTY_SOURCES, names=placement.names_incomplete)
    if failures:
        return not_measured(failures, base)
    return lower_for_switched_off(base, PARTY_SOURCES, context)


def _decide(placement: Placement, expectation: Expectation) -> Outcome:
    counted = [item for item in placement.jurisdictions if item.status in COUNTED]
    observed = tuple(sorted({item.country for item in counted}))
    evidence = _party_evidence(placement)
    elsewhere = [item for item in counted if not expectation.accepts_country(item.country)]
    sourced = [item for item in elsewhere if item.sourced]
    if sourced:
        reason = Reason.PARENT_ELSEWHERE if all(item.via is Via.PARENT for item in sourced) else Reason.PARTY_ELSEWHERE
        notes = tuple(_via_note(item) for item in sourced)
        return Outcome(Status.CONTRADICTED, reason, Confidence.HIGH, observed, evidence, notes, WouldChange.SUPPLIER_RESPONSE)
    if elsewhere:
        notes = tuple(_via_note(item) for item in elsewhere)
        return Outcome(
            Status.UNVERIFIABLE,
            Reason.OWNERSHIP_UNSOURCED,
            Confidence.MEDIUM,
            observed,
            evidence,
            notes,
            WouldChange.OWNERSHIP_SOURCE,
        )
    if not counted:
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.OWNERSHIP_SOURCE)
    if placement.tops_known and all(item.sourced for item in counted):
        return Outcome(Status.CONFIRMED, None, Confidence.HIGH, observed, evidence)
    by_registry_only = not any(item.sourced for item in counted)
    confidence = Confidence.LOW if by_registry_only else Confidence.MEDIUM
    return Outcome(Status.CONSISTENT, None, confidence, observed, evidence, would_change=WouldChange.OWNERSHIP_SOURCE)


def _party_evidence(placement: Placement) -> tuple[str, ...]:
    """Return the evidence that names a party or leads to it; where an endpoint stands says nothing of whose law it is under."""
    signs = {sign.evidence for sign in (*placement.service_signs, *placement.address_signs)}
    places = {item.evidence for item in placement.location_evidence if item.family is not Family.REGISTRATION}
    return tuple(oid for oid in placement.evidence if oid in signs or oid not in places)


@lru_cache(maxsize=CACHED)
def _via_note(item: Jurisdiction) -> Note:
    params = (
        ("country", item.country),
        ("via", item.via.value),
        ("party", item.party),
        ("as_of", item.as_of),
        ("source", item.source),
    )
    return Note(NoteCode.VIA_PARTY, params)


def ownership_notes(placement: Placement) -> tuple[Note, ...]:
    """Return the pending take-overs and the investors of an endpoint's parties: shown, never counted."""
    notes = [
        Note(
            _PENDING[item.status],
            (("country", item.country), ("party", item.party), ("as_of", item.as_of), ("source", item.source)),
        )
        for item in placement.jurisdictions
        if item.status in _PENDING
    ]
    for fact in (placement.owner, placement.ultimate_parent):
        if fact is not None and fact.investors:
            notes.extend(_investor_notes(fact))
    return tuple(dict.fromkeys(notes)) if notes else ()


@lru_cache(maxsize=CACHED)
def _investor_notes(fact: OwnerFact) -> tuple[Note, ...]:
    return tuple(
        Note(
            NoteCode.INVESTOR,
            (("party", item.name), ("country", item.country), ("share", item.share), ("source", item.source)),
        )
        for item in fact.investors
    )
