"""The verdict put together: what was found for a claim and the parts of it, its fingerprint, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from herkomst.scanner.claims.outcome import Outcome
from herkomst.scanner.model.claim import Claim, System
from herkomst.scanner.model.identity import content_id
from herkomst.scanner.model.placement import Absence
from herkomst.scanner.model.verdict import Note, NoteCode, Part, Reason, Status, Verdict, WouldChange
from herkomst.scanner.verdicts.coverage import claim_coverage
from herkomst.scanner.verdicts.keys import ClaimKey
from herkomst.scanner.verdicts.rollup import Rolled


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was found for a claim: its status, and all that it rests on."""

    rolled: Rolled
    parts: tuple[Part, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    absences: tuple[Absence, ...] = ()
    notes: tuple[Note, ...] = ()
    evidence: tuple[str, ...] = ()
    """What the notes rest on, beside the evidence of the parts."""


def assemble(system: System, claim: Claim, key: ClaimKey, ruling: Ruling) -> Verdict:
    """Return the verdict of a ruling."""
    rolled, parts, absences = ruling.rolled, ruling.parts, ruling.absences
    subject = claim.scope.assets[0] if len(claim.scope.assets) == 1 else system.name
    identity = fingerprint(system, claim, subject, key.subject)
    absent = tuple(Note(NoteCode.ABSENT_HOST, (("name", item.endpoint), ("outcome", item.outcome))) for item in absences)
    shown = (note for outcome in ruling.outcomes for note in outcome.notes)
    evidence = (
        {oid for part in parts for oid in part.evidence}
        | {oid for item in absences for oid in item.evidence}
        | set(ruling.evidence)
    )
    return Verdict(
        id=identity,
        alert_key=content_id(identity, rolled.status, rolled.reason),
        system=system.name,
        subject=subject,
        role=_deciding_role(key, rolled),
        claim=claim.key,
        operator=claim.operator,
        expected=claim.values,
        observed=tuple(sorted({value for part in parts for value in part.observed})),
        status=rolled.status,
        reason=rolled.reason,
        confidence=rolled.confidence,
        said_by=claim.said_by,
        source=claim.source or claim.document,
        hearing=claim.hearing,
        scope=claim.scope,
        coverage=claim_coverage(parts, absences),
        parts=parts,
        not_asked=tuple(sorted({kind for outcome in ruling.outcomes for kind in outcome.not_asked})),
        evidence=tuple(sorted(evidence - {""})),
        would_change=_would_change(ruling),
        retryable=any(part.retryable for part in rolled.deciding) if rolled.status is Status.NOT_MEASURED else None,
        notes=tuple(dict.fromkeys((*absent, *shown, *ruling.notes))),
    )


def fingerprint(system: System, claim: Claim, subject: str, role: str) -> str:
    """Return the id of a verdict: what was claimed by whom of what, the same in every run and however the lists are ordered."""
    scope = claim.scope
    parts = sorted((part.name, sorted(part.assets), part.cluster, part.namespace, part.selector) for part in scope.parts)
    return content_id(
        "verdict",
        (system.organisation.name, system.name),
        claim.said_by,
        (claim.key, claim.operator, sorted(claim.values)),
        (sorted(scope.assets), sorted(scope.roles), parts),
        subject,
        role,
    )


def _deciding_role(key: ClaimKey, rolled: Rolled) -> str:
    """Return the role that decided; the claim's own role or group where several did, or none."""
    roles = {part.role for part in rolled.deciding if part.role}
    return str(roles.pop()) if len(roles) == 1 else key.subject


_CHEAPNESS = {change: rank for rank, change in enumerate(WouldChange)}
_CHANGE_BY_REASON = {
    Reason.NO_ENDPOINT: WouldChange.DECLARE_ASSETS,
    Reason.NOT_OBSERVABLE: WouldChange.INSIDE_ACCESS,
    Reason.NO_DOCUMENT: WouldChange.DOCUMENT,
    Reason.EXPIRED: WouldChange.DOCUMENT,
    Reason.NOT_COLLECTED: WouldChange.INSTALL_COLLECTOR,
    Reason.UNDECLARED_PARTY: WouldChange.SUPPLIER_RESPONSE,
    Reason.UNDECLARED_NAME: WouldChange.DECLARE_ASSETS,
    Reason.UNDECLARED_RESOURCE: WouldChange.DECLARE_ASSETS,
    Reason.UNDECLARED_SERVICE: WouldChange.SUPPLIER_RESPONSE,
    Reason.SHARE_ABOVE_MAXIMUM: WouldChange.SUPPLIER_RESPONSE,
    Reason.PARTY_UNKNOWN: WouldChange.CONTRACT,
}


def _would_change(ruling: Ruling) -> WouldChange | None:
    """Return the cheapest missing measurement: what the deciding endpoints name, else what the reason calls for."""
    rolled = ruling.rolled
    if rolled.status is Status.CONFIRMED:
        return None
    if rolled.status is Status.NOT_MEASURED and any(part.retryable for part in rolled.deciding):
        return WouldChange.RETRY
    if rolled.reason is Reason.ROLES_NOT_OBSERVED:
        return WouldChange.DECLARE_ABSENT_ROLES
    deciding = {(part.status, part.reason) for part in rolled.deciding}
    named: Sequence[WouldChange] = [
        item.would_change for item in ruling.outcomes if item.would_change is not None and (item.status, item.reason) in deciding
    ]
    if named:
        return min(named, key=_CHEAPNESS.__getitem__)
    return _CHANGE_BY_REASON.get(rolled.reason) if rolled.reason is not None else None
