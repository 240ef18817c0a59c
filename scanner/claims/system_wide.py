"""Claims that speak of a whole system: the list of subprocessors, the inventory of names, and what only documents support."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from herkomst.scanner.claims.accounts import judge_accounts
from herkomst.scanner.claims.outcome import (
    Context,
    Expectation,
    Outcome,
    is_named,
    lower_for_switched_off,
    not_measured,
    part_of,
    party_label,
)
from herkomst.scanner.knowledge import fold_name
from herkomst.scanner.model.claim import AssetKind, Claim, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.observation import DnsRRset, TlsChain
from herkomst.scanner.model.placement import NamedParty, NameSeen, Party, Picture, Placement, Sign, SignKind
from herkomst.scanner.model.verdict import Confidence, Part, Reason, Status
from herkomst.scanner.names import registrable_domain

PARTY_ROLES = frozenset(Role) - {Role.REGISTRAR, Role.TLD, Role.CA, Role.IMAGES}
"""The registry of a top-level domain and a certificate authority process nothing on the system's behalf."""
PARTY_SOURCES = ("ip.range", "ip.origin", "rdap.network")
"""What shows a third party at an address."""
INSIDE_KEYS = frozenset({"access.country", "identity.remote_admin", "images.source", "keys.custody", "lockin.managed-services"})
"""Keys of their own that a cloud account or cluster can show: a document attests them only where none is declared."""
NO = "no"


def judge_subprocessors(
    pictures: Iterable[Picture], roles: Collection[Role], expectation: Expectation, context: Context
) -> tuple[Part, ...]:
    """Compare every observed third party with the list: a known one that is not in it contradicts; the best is consistent."""
    asked = PARTY_ROLES & set(roles)
    parts: list[Part] = []
    for picture in pictures:
        gaps = (gap for gap in (*picture.gaps, *picture.party_gaps) if gap.role in asked)
        parts.extend(part_of(gap.subject, gap.role, gap.endpoint, not_measured(gap.failures)) for gap in gaps)
        parts.extend(_named_party(named, expectation, context) for named in picture.parties if named.role in asked)
        for placement in picture.placements:
            if placement.role in asked:
                parts.extend(_party_parts(placement, expectation, context))
    return tuple(parts)


def _named_party(named: NamedParty, expectation: Expectation, context: Context) -> Part:
    """Compare a party that a record names beside the endpoints; the organisation and the supplier may name themselves."""
    party, evidence = named.sign.party, (named.sign.evidence,)
    is_first = _is_first_party(party, context)
    outcome = Outcome(Status.CONSISTENT, evidence=evidence) if is_first else _compare(party, evidence, expectation, context)
    return part_of(named.subject, named.role, named.name, outcome)


def _party_parts(placement: Placement, expectation: Expectation, context: Context) -> Iterable[Part]:
    subject, role, endpoint = placement.subject, placement.role, placement.endpoint
    # where something else may serve the role, what stands here is nobody's party yet
    signs = {} if placement.role_failures else _third_party_signs(placement, context)
    for party, group in signs.items():
        outcome = _compare(party, tuple(sorted({sign.evidence for sign in group})), expectation, context)
        yield part_of(subject, role, endpoint, outcome, placement.addresses)
    bearing = tuple(
        failure
        for failure in (*placement.failures, *placement.role_failures)
        if failure.kind in PARTY_SOURCES or (failure.kind.startswith(("dns.", "spf.")) and failure.scope != "PTR")
    )
    if bearing:
        yield part_of(subject, role, endpoint, not_measured(bearing))
    elif not signs and placement.provider is None and role is Role.MAIL_OUTBOUND:
        # an include of a name that the catalogue does not know: a party, but not which
        party = Party(registrable_domain(endpoint) or endpoint)
        yield part_of(subject, role, endpoint, _compare(party, placement.evidence, expectation, context))


def _third_party_signs(placement: Placement, context: Context) -> dict[Party, list[Sign]]:
    """Group the signs by party, leaving out the organisation itself and the supplier, who is no subprocessor of himself."""
    service = placement.service_signs
    if placement.role is Role.MAIL_MAILBOX:
        service = tuple(sign for sign in service if sign.kind is not SignKind.SPF_INCLUDE)  # judged as a sender
    groups: dict[Party, list[Sign]] = {}
    # a reverse name is whatever the holder of the address writes: it backs other signs and shows no party by itself
    networks = (sign for sign in placement.address_signs if sign.kind is not SignKind.PTR)
    for sign in (*service, *networks):
        if not _is_first_party(sign.party, context):
            groups.setdefault(sign.party, []).append(sign)
    return groups


def _is_first_party(party: Party, context: Context) -> bool:
    """Say whether a party is the organisation or the supplier: by number or whole name, and not by belonging to one group."""
    supplier = context.system.supplier
    names = {fold_name(name) for name in (context.organisation.name, supplier.name if supplier else "") if name}
    entity = context.knowledge.entity(party.entity) if party.entity else None
    if supplier is not None and entity is not None:
        if (supplier.lei and entity.lei == supplier.lei) or (supplier.kvk and entity.kvk == supplier.kvk):
            return True
        names |= {fold_name(supplier.name)} & {fold_name(name) for name in (entity.name, *entity.names)}
    known_as = {fold_name(party.name), *((fold_name(entity.name),) if entity else ())}
    return party.own or bool(known_as & names)


def _compare(party: Party, evidence: tuple[str, ...], expectation: Expectation, context: Context) -> Outcome:
    seen = (party_label(party),)
    if is_named(party, expectation, context) is not expectation.negated:
        outcome = Outcome(Status.CONSISTENT, None, Confidence.MEDIUM, seen, evidence)
        return lower_for_switched_off(outcome, PARTY_SOURCES, context)
    if party.provider or party.entity or expectation.negated:
        return Outcome(Status.CONTRADICTED, Reason.UNDECLARED_PARTY, Confidence.HIGH, seen, evidence)
    return Outcome(Status.UNVERIFIABLE, Reason.PARTY_UNKNOWN, Confidence.LOW, seen, evidence)


def judge_inventory(pictures: Iterable[Picture], expectation: Expectation, context: Context) -> tuple[Part, ...]:
    """Look for names of the organisation that are not declared. Names that are not found prove nothing: at most consistent."""
    declared = {asset.value for asset in context.system.assets if asset.kind is AssetKind.DOMAIN}
    known = declared | {f"www.{name}" for name in declared} | {name.removeprefix("www.") for name in declared}
    says_complete = (NO in expectation.values) is expectation.negated
    pictures = tuple(pictures)
    parts = list(judge_accounts(pictures, says_complete=says_complete))
    for picture in pictures:
        if picture.subject not in declared:
            continue  # an address names nobody
        parts.extend(
            part_of(picture.subject, "", seen.name, _judge_name(seen, known, says_complete=says_complete))
            for seen in picture.names
            if says_complete or seen.name not in known
        )
        parts.extend(
            part_of(picture.subject, gap.role, gap.endpoint, not_measured(gap.failures))
            for gap in picture.gaps
            if gap.role is not Role.CA
        )
        lost = tuple(failure for failure in picture.failures if _could_show_name(failure))
        if lost:
            parts.append(part_of(picture.subject, "", picture.subject, not_measured(lost)))
        elif all(part.subject != picture.subject for part in parts) and not does_not_exist(picture):
            # no undeclared name: that fits a complete list, and says nothing of one that is not
            fits = Outcome(Status.CONSISTENT, None, Confidence.LOW)
            silence = fits if says_complete else Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW)
            parts.append(part_of(picture.subject, "", picture.subject, silence))
    return tuple(parts)


def _could_show_name(failure: Failure) -> bool:
    """Say whether what failed could have shown a further name of the organisation."""
    return failure.kind == TlsChain.kind or (failure.kind == DnsRRset.kind and failure.scope not in ("PTR", "CAA"))


def _judge_name(seen: NameSeen, known: Collection[str], *, says_complete: bool) -> Outcome:
    if seen.name in known:
        return Outcome(Status.CONSISTENT, None, Confidence.LOW, (seen.name,), (seen.evidence,))
    if says_complete:
        return Outcome(Status.CONTRADICTED, Reason.UNDECLARED_NAME, Confidence.HIGH, (seen.name,), (seen.evidence,))
    return Outcome(Status.CONSISTENT, None, Confidence.HIGH, (seen.name,), (seen.evidence,))


def does_not_exist(picture: Picture) -> bool:
    """Say whether a declared name does not exist at all: then it has no parties and no names, and no list can be compared."""
    outcomes = {absence.outcome for absence in picture.absences if absence.role is not Role.MAIL_OUTBOUND}
    placed = {placement.role for placement in picture.placements} - {Role.TLD, Role.DNS, Role.CA}
    return outcomes == {"nxdomain"} and not placed


def judge_attestation(claim: Claim, today: date) -> tuple[Status, Reason | None]:
    """Judge what only a document can support: attested while it is valid; a reviewer's own requirement attests nothing."""
    if is_expired(claim, today):
        return Status.ATTESTED, Reason.EXPIRED
    if claim.document or (claim.source and claim.said_by != "policy"):
        return Status.ATTESTED, None
    return Status.UNVERIFIABLE, Reason.NO_DOCUMENT


def is_expired(claim: Claim, today: date) -> bool:
    """Say whether a claim is past its date; it is valid on its last day."""
    return claim.valid_until is not None and claim.valid_until < today
