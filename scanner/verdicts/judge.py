"""Judging: the claims of a system and the pictures of its assets in, a verdict for each claim out. Pure, and without a clock.

The rules are written down for readers in docs/methodology.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from herkomst.scanner.claims.outcome import (
    REASON_OF_FAILURE,
    Context,
    Expectation,
    Outcome,
    read_expectation,
)
from herkomst.scanner.claims.registry import PROPERTY_JUDGES, PropertyJudge
from herkomst.scanner.claims.system_wide import (
    is_expired,
    judge_attestation,
    judge_inventory,
    judge_subprocessors,
)
from herkomst.scanner.model.claim import EDGE, GROUPS, AssetKind, Claim, Property, Role, System
from herkomst.scanner.model.identity import content_id
from herkomst.scanner.model.placement import Absence, Layer, Picture
from herkomst.scanner.model.verdict import (
    Confidence,
    Coverage,
    Note,
    NoteCode,
    Part,
    Reason,
    Status,
    Verdict,
    WouldChange,
)
from herkomst.scanner.verdicts.coverage import claim_coverage
from herkomst.scanner.verdicts.rollup import Rolled, roll_up

INSIDE_ROLES = frozenset(
    {
        Role.COMPUTE,
        Role.STORAGE,
        Role.DATABASE,
        Role.BACKUP,
        Role.KEYS,
        Role.CONTROL_PLANE,
        Role.IMAGES,
        Role.IDENTITY,
        Role.TELEMETRY,
    }
)
"""Roles that cloud accounts and clusters can show."""
OUTSIDE_ROLES = frozenset(Role) - INSIDE_ROLES - {Role.REGISTRAR} | {Role.COMPUTE}
"""Roles that DNS and addresses can show."""
SUBPROCESSORS = "subprocessors"
INVENTORY = "inventory.complete"


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """A claim key taken apart; `judge` is None where no property judge serves it."""

    subject: str
    roles: tuple[Role, ...]
    judge: PropertyJudge | None


def read_key(key: str) -> ClaimKey:
    """Take a claim key apart: role, group or `edge`, and property."""
    subject, _, last = key.rpartition(".")
    judge = PROPERTY_JUDGES.get(Property(last)) if last in {item.value for item in Property} else None
    if subject in GROUPS:
        return ClaimKey(subject, GROUPS[subject], judge)
    if subject == EDGE:
        return ClaimKey(EDGE, tuple(Role), judge)
    if subject in {role.value for role in Role}:
        return ClaimKey(subject, (Role(subject),), judge)
    return ClaimKey(key, (), None)


def judge_system(system: System, pictures: Sequence[Picture], context: Context) -> tuple[Verdict, ...]:
    """Return one verdict for each claim of a system, in the order of its claims."""
    return tuple(judge_claim(system, claim, pictures, context) for claim in system.claims)


def judge_claim(system: System, claim: Claim, pictures: Sequence[Picture], context: Context) -> Verdict:
    """Judge one claim on what was collected about its scope."""
    key = read_key(claim.key)
    in_scope = [picture for picture in pictures if not claim.scope.assets or picture.subject in claim.scope.assets]
    if is_expired(claim, context.on):
        return _verdict(system, claim, key, Rolled(Status.ATTESTED, Reason.EXPIRED, Confidence.LOW, ()), (), (), ())
    context = replace(context, edge_claim=key.subject == EDGE)
    expectation = read_expectation(claim.operator, claim.values, context)
    if claim.key == SUBPROCESSORS:
        return _system_wide(system, claim, key, judge_subprocessors(in_scope, expectation, context), in_scope)
    if claim.key == INVENTORY:
        return _system_wide(system, claim, key, judge_inventory(in_scope, context), in_scope)
    if key.judge is None or not set(_roles(claim, key)) & OUTSIDE_ROLES:
        return _without_endpoints(system, claim, key, context)
    return _property_verdict(system, claim, key, in_scope, expectation, context)


def _roles(claim: Claim, key: ClaimKey) -> tuple[Role, ...]:
    return tuple(role for role in key.roles if not claim.scope.roles or role in claim.scope.roles)


# -- claims of a property -------------------------------------------------------------------------------------------


def _property_verdict(
    system: System, claim: Claim, key: ClaimKey, pictures: Sequence[Picture], expectation: Expectation, context: Context
) -> Verdict:
    roles = _roles(claim, key)
    judged = list(_judge_endpoints(claim, key, roles, pictures, expectation, context))
    judged.extend(_uncollected(system, claim, roles))
    parts = [part for part, _ in judged]
    absences = [item for picture in pictures for item in picture.absences if item.role in roles and key.subject != EDGE]
    missing_roles = key.subject in GROUPS and bool(set(roles) - _observed_roles(pictures) - system.absent_roles)
    if not parts and key.subject == EDGE and expectation.negated and pictures:
        rolled = Rolled(Status.CONSISTENT, None, Confidence.LOW, ())  # no edge was seen, so no excluded one
    else:
        rolled = roll_up(parts, missing_roles, tuple(part.name for part in claim.scope.parts))
    outcomes = [outcome for _, outcome in judged if outcome is not None]
    return _verdict(system, claim, key, rolled, parts, outcomes, absences)


def _judge_endpoints(
    claim: Claim,
    key: ClaimKey,
    roles: Sequence[Role],
    pictures: Sequence[Picture],
    expectation: Expectation,
    context: Context,
) -> Iterable[tuple[Part, Outcome | None]]:
    if key.judge is None:
        return
    for picture in pictures:
        part_name = next((part.name for part in claim.scope.parts if picture.subject in part.assets), "")
        for placement in picture.placements:
            if placement.role not in roles:
                continue
            if key.subject == EDGE and placement.layer is not Layer.EDGE:
                if not placement.edge_unknown:
                    continue
                outcome = Outcome(Status.NOT_MEASURED, _failure_reason(placement.failures), Confidence.LOW, retryable=True)
            else:
                outcome = key.judge(placement, expectation, replace(context, not_asked=picture.not_asked))
            part = Part(
                picture.subject,
                placement.role,
                placement.endpoint,
                placement.addresses,
                outcome.status,
                outcome.reason,
                outcome.confidence,
                outcome.observed,
                outcome.evidence,
                part_name,
                outcome.retryable,
            )
            yield part, outcome
        for gap in picture.gaps:
            if gap.role in roles:
                retryable = any(failure.retryable for failure in gap.failures)
                reason = _failure_reason(gap.failures)
                status = Status.NOT_MEASURED
                yield (
                    Part(
                        picture.subject, gap.role, gap.endpoint, (), status, reason, Confidence.LOW, (), (), part_name, retryable
                    ),
                    None,
                )


def _failure_reason(failures: Sequence[object]) -> Reason:
    reasons = sorted(REASON_OF_FAILURE[failure.reason] for failure in failures if hasattr(failure, "reason"))
    return reasons[0] if reasons else Reason.NOT_COLLECTED


def _uncollected(system: System, claim: Claim, roles: Sequence[Role]) -> Iterable[tuple[Part, Outcome | None]]:
    """Declared accounts and clusters that no collector looked into: their roles are not measured, never forgotten."""
    inside = [role for role in roles if role in INSIDE_ROLES]
    if not inside:
        return
    for asset in system.assets:
        if asset.kind not in (AssetKind.AWS, AssetKind.KUBERNETES):
            continue
        if claim.scope.assets and asset.value not in claim.scope.assets:
            continue
        outcome = Outcome(Status.NOT_MEASURED, Reason.NOT_COLLECTED, would_change=WouldChange.INSTALL_COLLECTOR, retryable=False)
        part = Part(
            asset.value, inside[0], asset.value, (), outcome.status, outcome.reason, Confidence.LOW, (), (), "", retryable=False
        )
        yield part, outcome


def _observed_roles(pictures: Iterable[Picture]) -> set[Role]:
    """Return the roles of which an endpoint was seen. A bare address shows that something runs, not all that does."""
    return {placement.role for picture in pictures for placement in picture.placements if placement.role is not Role.COMPUTE}


# -- claims of a whole system ---------------------------------------------------------------------------------------


def _system_wide(system: System, claim: Claim, key: ClaimKey, parts: Sequence[Part], pictures: Sequence[Picture]) -> Verdict:
    rolled = roll_up(parts, missing_roles=False)
    if rolled.status is Status.UNVERIFIABLE and rolled.reason is Reason.NO_ENDPOINT and pictures:
        rolled = Rolled(Status.CONSISTENT, None, Confidence.LOW, ())  # asked everywhere, and nobody was seen
    questions = tuple(
        Note(NoteCode.CONTRACT_SIGN, (("party", sign.party.name), ("token", sign.detail)))
        for picture in pictures
        for sign in picture.contract_signs
    )
    seen = tuple(
        Note(NoteCode.NAME_SEEN, (("name", item.name), ("origin", item.origin))) for picture in pictures for item in picture.names
    )
    outcome = Outcome(rolled.status, notes=questions if claim.key == SUBPROCESSORS else seen)
    return _verdict(system, claim, key, rolled, parts, [outcome], ())


def _without_endpoints(system: System, claim: Claim, key: ClaimKey, context: Context) -> Verdict:
    """Judge a claim that nothing was asked for: attested where a document is named, else not observable from here."""
    parts = [part for part, _ in _uncollected(system, claim, _roles(claim, key))]
    if parts:
        return _verdict(system, claim, key, roll_up(parts, missing_roles=False), parts, (), ())
    status, reason = judge_attestation(claim, context.on)
    if key.judge is not None and reason is Reason.NO_DOCUMENT:
        reason = Reason.NOT_OBSERVABLE
    return _verdict(system, claim, key, Rolled(status, reason, Confidence.LOW, ()), (), (), ())


# -- the verdict ----------------------------------------------------------------------------------------------------


def _verdict(
    system: System,
    claim: Claim,
    key: ClaimKey,
    rolled: Rolled,
    parts: Sequence[Part],
    outcomes: Sequence[Outcome],
    absences: Sequence[Absence],
) -> Verdict:
    subject = claim.scope.assets[0] if len(claim.scope.assets) == 1 else system.name
    fingerprint = content_id(
        "verdict", system.name, claim.said_by, claim.key, claim.operator, claim.values, claim.scope, subject, key.subject
    )
    absent = tuple(Note(NoteCode.ABSENT_HOST, (("name", item.endpoint), ("outcome", item.outcome))) for item in absences)
    notes = tuple(dict.fromkeys((*absent, *(note for outcome in outcomes for note in outcome.notes))))
    evidence = {oid for part in parts for oid in part.evidence} | {oid for item in absences for oid in item.evidence}
    return Verdict(
        id=fingerprint,
        alert_key=content_id(fingerprint, rolled.status, rolled.reason),
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
        coverage=claim_coverage(parts, absences) if parts or absences else Coverage(0, 0),
        parts=tuple(parts),
        not_asked=tuple(sorted({kind for outcome in outcomes for kind in outcome.not_asked})),
        evidence=tuple(sorted(evidence - {""})),
        would_change=_would_change(rolled, outcomes),
        retryable=any(part.retryable for part in rolled.deciding) if rolled.status is Status.NOT_MEASURED else None,
        notes=notes,
    )


def _deciding_role(key: ClaimKey, rolled: Rolled) -> str:
    """Return the role that decided; the claim's own role or group where several did, or none."""
    roles = {part.role for part in rolled.deciding if part.role}
    return str(roles.pop()) if len(roles) == 1 else key.subject


_CHANGE_BY_REASON = {
    Reason.NO_ENDPOINT: WouldChange.DECLARE_ASSETS,
    Reason.ROLES_NOT_OBSERVED: WouldChange.INSIDE_ACCESS,
    Reason.NOT_OBSERVABLE: WouldChange.INSIDE_ACCESS,
    Reason.NO_DOCUMENT: WouldChange.DOCUMENT,
    Reason.EXPIRED: WouldChange.DOCUMENT,
    Reason.NOT_COLLECTED: WouldChange.INSTALL_COLLECTOR,
    Reason.UNDECLARED_PARTY: WouldChange.SUPPLIER_RESPONSE,
    Reason.UNDECLARED_NAME: WouldChange.DECLARE_ASSETS,
    Reason.PARTY_UNKNOWN: WouldChange.CONTRACT,
}


def _would_change(rolled: Rolled, outcomes: Sequence[Outcome]) -> WouldChange | None:
    """Return the cheapest missing measurement: what the deciding endpoints name, else what the reason calls for."""
    if rolled.status is Status.CONFIRMED:
        return None
    if rolled.status is Status.NOT_MEASURED and any(part.retryable for part in rolled.deciding):
        return WouldChange.RETRY
    deciding = {(part.status, part.reason) for part in rolled.deciding}
    named = [item.would_change for item in outcomes if item.would_change is not None and (item.status, item.reason) in deciding]
    if named:
        return min(named, key=list(WouldChange).index)
    return _CHANGE_BY_REASON.get(rolled.reason) if rolled.reason is not None else None
