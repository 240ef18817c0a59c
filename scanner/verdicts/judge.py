"""Judging: the claims of a system and the pictures of its assets in, a verdict for each claim out. Pure, and without a clock.

The rules are written down for readers in docs/methodology.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from herkomst.scanner.claims.custody import ROLES as CUSTODY_ROLES
from herkomst.scanner.claims.custody import judge_custody
from herkomst.scanner.claims.lock_in import describe_uses, judge_lock_in, list_unread
from herkomst.scanner.claims.outcome import Context, Expectation, Outcome, read_expectation
from herkomst.scanner.claims.system_wide import (
    INSIDE_KEYS,
    does_not_exist,
    is_expired,
    judge_attestation,
    judge_inventory,
    judge_subprocessors,
)
from herkomst.scanner.model.aws import UNREAD_SERVICE
from herkomst.scanner.model.breadth import IPV6_CERTIFICATES, PARTS
from herkomst.scanner.model.claim import INSIDE_ROLES, AssetKind, Claim, Property, Role, Scope, System
from herkomst.scanner.model.observation import DnsDelegation, TlsChain
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Confidence, Note, NoteCode, Part, Reason, Status, Verdict
from herkomst.scanner.verdicts.assembly import Ruling, assemble
from herkomst.scanner.verdicts.endpoints import (
    concerns,
    is_in_scope,
    judge_endpoints,
    list_uncollected,
    name_part,
)
from herkomst.scanner.verdicts.keys import (
    CUSTODY,
    INVENTORY,
    LOCK_IN,
    LOOKED_INTO,
    OUTSIDE_ROLES,
    SUBPROCESSORS,
    ClaimKey,
    read_key,
)
from herkomst.scanner.verdicts.rollup import Rolled, roll_up

ATTESTABLE_ROLES = frozenset({Role.MAIL_MAILBOX, Role.TLD, Role.CA})
"""Roles that can be seen without any address to ask about: a document counts for where they are."""
CERTIFICATES = frozenset({TlsChain.kind, IPV6_CERTIFICATES})
"""What shows names of the organisation, and no party."""
WITHOUT_ADDRESS = frozenset({Property.COUNTRY, Property.REGION, Property.NETWORK})


def judge_system(system: System, pictures: Sequence[Picture], context: Context) -> tuple[Verdict, ...]:
    """Return one verdict for each claim of a system, in the order of its claims."""
    return tuple(judge_claim(system, claim, pictures, context) for claim in system.claims)


def judge_claim(system: System, claim: Claim, pictures: Sequence[Picture], context: Context) -> Verdict:
    """Judge one claim on what was collected about its scope."""
    key = read_key(claim.key)
    declared = {asset.value for asset in system.assets}
    # a part of a cluster that only another claim speaks of is no asset of its own
    in_scope = [
        picture
        for picture in pictures
        if is_in_scope(picture.subject, claim.scope) and (claim.scope.parts or picture.subject in declared)
    ]
    context = context if context.edge_claim == key.is_edge else replace(context, edge_claim=key.is_edge)
    expectation = read_expectation(claim.operator, claim.values, context)
    if is_expired(claim, context.on):
        # nobody stands by the statement any more: it is paper past its date, and what was seen is held neither for nor against it
        ruling = Ruling(Rolled(Status.ATTESTED, Reason.EXPIRED, Confidence.LOW, ()))
    elif not _can_be_asked(system, claim, key):
        ruling = _rule_on_paper(system, claim, key, context)
    elif key.prop is None:
        ruling = _rule_on_system(system, claim, key, in_scope, expectation, context)
    else:
        ruling = _rule_on_endpoints(system, claim, key, in_scope, expectation, context)
    return assemble(system, claim, key, ruling)


def _can_be_asked(system: System, claim: Claim, key: ClaimKey) -> bool:
    """Say whether any source could be asked for what the claim speaks of, with the assets that are declared."""
    kinds = _asset_kinds(system, claim)
    if claim.key in LOOKED_INTO:
        return AssetKind.AWS in kinds or (claim.key == LOCK_IN and AssetKind.KUBERNETES in kinds)
    if claim.key == INVENTORY:  # an export says nothing of what its holder left out
        return bool(kinds - {AssetKind.INVENTORY})
    if not kinds or claim.key == SUBPROCESSORS:
        return bool(kinds)
    inside = {AssetKind.AWS, AssetKind.INVENTORY, AssetKind.KUBERNETES}
    if kinds & inside and key.prop is not None and set(key.roles_of(claim)) & set(INSIDE_ROLES):
        return True
    roles = set(key.roles_of(claim)) & OUTSIDE_ROLES
    bare = bool(kinds & {AssetKind.ADDRESS, AssetKind.NETWORK})
    return key.prop is not None and (bool(roles - {Role.COMPUTE}) or (bool(roles) and bare))


def _asset_kinds(system: System, claim: Claim) -> set[AssetKind]:
    return {asset.kind for asset in system.assets if concerns(asset, claim.scope)}


# -- claims of a property -------------------------------------------------------------------------------------------


def _rule_on_endpoints(
    system: System, claim: Claim, key: ClaimKey, pictures: Sequence[Picture], expectation: Expectation, context: Context
) -> Ruling:
    roles = key.roles_of(claim)
    found = judge_endpoints(key.prop, roles, pictures, expectation, context) if key.prop is not None else ()
    judged = (*found, *list_uncollected(system, claim, roles))
    parts = _name_parts((item.part for item in judged), claim.scope)
    absences = tuple(item for picture in pictures for item in picture.absences if item.role in roles and not key.is_edge)
    missing = key.is_group and bool(set(roles) - _observed_roles(pictures) - system.absent_roles)
    says_none = (expectation.negated and key.is_edge) or not expectation.values
    if not parts and says_none and any(not does_not_exist(picture) for picture in pictures):
        rolled = Rolled(Status.CONSISTENT, None, Confidence.LOW, ())  # asked everywhere, and none was seen
    else:
        rolled = roll_up(parts, missing, tuple(part.name for part in claim.scope.parts))
    if _document_counts(claim, key, rolled):
        rolled = Rolled(Status.ATTESTED, None, Confidence.LOW, rolled.deciding)
    outcomes = tuple(item.outcome for item in judged)
    return Ruling(rolled, parts, outcomes, absences, *_delegations(pictures, roles))


def _document_counts(claim: Claim, key: ClaimKey, rolled: Rolled) -> bool:
    """Say whether nothing could be asked after all, since no endpoint has an address, so that a document may speak."""
    return (
        bool(claim.document)
        and key.prop in WITHOUT_ADDRESS
        and set(key.roles_of(claim)) <= ATTESTABLE_ROLES
        and (rolled.status, rolled.reason) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)
        and not any(part.addresses for part in rolled.deciding)
    )


def _name_parts(parts: Iterable[Part], scope: Scope) -> tuple[Part, ...]:
    if not scope.parts:
        return tuple(parts)
    return tuple(replace(part, scope_part=name_part(part.subject, scope)) for part in parts)


def _observed_roles(pictures: Sequence[Picture]) -> set[Role]:
    """Return the roles of which an endpoint was seen, or that are known whole. A bare address shows that something runs, not all that does."""
    whole = {role for picture in pictures for role in picture.complete_roles}
    return whole | {
        placement.role for picture in pictures for placement in picture.placements if placement.role is not Role.COMPUTE
    }


# -- claims of a whole system ---------------------------------------------------------------------------------------


def _rule_on_system(
    system: System, claim: Claim, key: ClaimKey, pictures: Sequence[Picture], expectation: Expectation, context: Context
) -> Ruling:
    if claim.key == SUBPROCESSORS:
        found = judge_subprocessors(pictures, key.roles_of(claim), expectation, context)
        questions = ((NoteCode.CONTRACT_SIGN, sign) for picture in pictures for sign in picture.contract_signs)
        notes = [Note(code, (("party", sign.party.name), ("token", sign.detail))) for code, sign in questions]
    elif claim.key == CUSTODY:
        found, notes = judge_custody(pictures, expectation), []
    elif claim.key == LOCK_IN:
        found, notes = judge_lock_in(pictures, expectation), describe_uses(pictures)
    else:
        found = judge_inventory(pictures, expectation, context)
        names = [item for picture in pictures for item in picture.names]
        notes = [Note(NoteCode.NAME_SEEN, (("name", item.name), ("origin", item.origin))) for item in names]
    roles = tuple(INSIDE_ROLES) if claim.key in INSIDE_KEYS else key.roles_of(claim)
    uncollected = tuple(list_uncollected(system, claim, roles))
    parts = _name_parts((*found, *(item.part for item in uncollected)), claim.scope)
    rolled = roll_up(parts, missing_roles=False, scope_parts=tuple(part.name for part in claim.scope.parts))
    if not parts and claim.key not in LOOKED_INTO and any(not does_not_exist(picture) for picture in pictures):
        rolled = Rolled(Status.CONSISTENT, None, Confidence.LOW, ())  # asked everywhere, and nobody was seen
    outcomes = (*(item.outcome for item in uncollected), Outcome(rolled.status, not_asked=_not_asked(claim, pictures)))
    asked, evidence = _delegations(pictures, key.roles_of(claim) if claim.key == SUBPROCESSORS else ())
    return Ruling(rolled, parts, outcomes, notes=(*notes, *asked), evidence=evidence)


def _delegations(pictures: Sequence[Picture], roles: Sequence[Role]) -> tuple[tuple[Note, ...], tuple[str, ...]]:
    """Return where parent zones name other name servers, and what shows it, where the claim speaks of name servers."""
    concerned = pictures if Role.DNS in roles else ()
    notes = tuple(note for picture in concerned for note in picture.delegation_notes)
    return notes, tuple(oid for picture in concerned for oid in picture.delegation_evidence)


def _not_asked(claim: Claim, pictures: Sequence[Picture]) -> tuple[str, ...]:
    """Return the switched-off sources that could have shown a further party, or a name, and the parts left out that could show both."""
    if claim.key == CUSTODY:
        unread = (item for picture in pictures for item in picture.unread if item.role in CUSTODY_ROLES)
        return tuple(sorted({f"{UNREAD_SERVICE}{service}" for item in unread for service in item.services}))
    if claim.key == LOCK_IN:
        return list_unread(pictures)
    off = {kind for picture in pictures for kind in picture.not_asked}
    names = PARTS | {DnsDelegation.kind}
    return tuple(sorted(off & (names | {"rdap.network"} if claim.key == SUBPROCESSORS else names | CERTIFICATES)))


def _rule_on_paper(system: System, claim: Claim, key: ClaimKey, context: Context) -> Ruling:
    """Rule on a claim that nothing was asked for: attested where a document is named, else not observable from here."""
    roles = tuple(INSIDE_ROLES) if claim.key in INSIDE_KEYS else key.roles_of(claim)
    uncollected = tuple(list_uncollected(system, claim, roles))
    if uncollected:
        parts = _name_parts((item.part for item in uncollected), claim.scope)
        return Ruling(roll_up(parts, missing_roles=False), parts, tuple(item.outcome for item in uncollected))
    status, reason = judge_attestation(claim, context.on)
    if key.roles and reason is Reason.NO_DOCUMENT:
        reason = Reason.NOT_OBSERVABLE if _asset_kinds(system, claim) else Reason.NO_ENDPOINT
    return Ruling(Rolled(status, reason, Confidence.LOW, ()))
