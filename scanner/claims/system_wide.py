"""Claims that speak of a whole system: the list of subprocessors, the inventory of names, and what only documents support."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from herkomst.scanner.claims.outcome import REASON_OF_FAILURE, Context, Expectation, is_named, party_label
from herkomst.scanner.knowledge import fold_name
from herkomst.scanner.model.claim import AssetKind, Claim, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Party, Picture, Placement, Sign, SignKind
from herkomst.scanner.model.verdict import Confidence, Part, Reason, Status
from herkomst.scanner.names import registrable_domain

PARTY_ROLES = frozenset({Role.WEB, Role.MAIL_INBOUND, Role.MAIL_MAILBOX, Role.MAIL_OUTBOUND, Role.DNS, Role.SAAS, Role.COMPUTE})
"""The registry of a top-level domain and a certificate authority process nothing on the system's behalf."""


def judge_subprocessors(pictures: Sequence[Picture], expectation: Expectation, context: Context) -> tuple[Part, ...]:
    """Compare every observed third party with the list: a known one that is not in it contradicts; the best is consistent."""
    parts: list[Part] = []
    for picture in pictures:
        parts.extend(
            _failed_part(picture.subject, gap.role, gap.endpoint, gap.failures) for gap in picture.gaps if gap.role in PARTY_ROLES
        )
        for placement in picture.placements:
            if placement.role in PARTY_ROLES:
                parts.extend(_party_parts(placement, expectation, context))
    return tuple(parts)


def _party_parts(placement: Placement, expectation: Expectation, context: Context) -> Iterable[Part]:
    signs = _third_party_signs(placement, context)
    for party, group in signs.items():
        status, reason = _compare(party, expectation, context)
        yield Part(
            placement.subject,
            placement.role,
            placement.endpoint,
            placement.addresses,
            status,
            reason,
            Confidence.HIGH if status is Status.CONTRADICTED else Confidence.MEDIUM,
            (party_label(party),),
            tuple(sorted({sign.evidence for sign in group})),
        )
    bearing = tuple(
        failure
        for failure in placement.failures
        if failure.scope != "PTR" and failure.kind not in ("ip.location", "geofeed.entry")
    )
    if bearing:
        yield _failed_part(placement.subject, placement.role, placement.endpoint, bearing)
    elif not signs and placement.provider is None and placement.role is Role.MAIL_OUTBOUND:
        # an include of a name that the catalogue does not know: a party, but not which
        name = registrable_domain(placement.endpoint) or placement.endpoint
        status, reason = _compare(Party(name), expectation, context)
        yield Part(
            placement.subject, placement.role, placement.endpoint, (), status, reason, Confidence.LOW, (name,), placement.evidence
        )


def _third_party_signs(placement: Placement, context: Context) -> dict[Party, list[Sign]]:
    """Group the signs by party, leaving out the organisation itself and the supplier, who is no subprocessor of himself."""
    supplier = context.system.supplier
    names = {fold_name(name) for name in (context.organisation.name, supplier.name if supplier else "") if name}
    service = placement.service_signs
    if placement.role is Role.MAIL_MAILBOX:
        service = tuple(sign for sign in service if sign.kind is not SignKind.SPF_INCLUDE)  # judged as a sender
    groups: dict[Party, list[Sign]] = {}
    # a reverse name is whatever the holder of the address writes: it backs other signs and shows no party by itself
    networks = (sign for sign in placement.address_signs if sign.kind is not SignKind.PTR)
    for sign in (*service, *networks):
        if sign.party.own or fold_name(sign.party.name) in names:
            continue
        groups.setdefault(sign.party, []).append(sign)
    return groups


def _compare(party: Party, expectation: Expectation, context: Context) -> tuple[Status, Reason | None]:
    listed = is_named(party, expectation, context)
    if listed is not expectation.negated:
        return Status.CONSISTENT, None
    if party.provider or party.entity or expectation.negated:
        return Status.CONTRADICTED, Reason.UNDECLARED_PARTY
    return Status.UNVERIFIABLE, Reason.PARTY_UNKNOWN


def judge_inventory(pictures: Sequence[Picture], context: Context) -> tuple[Part, ...]:
    """Look for names of the organisation that are not declared. Names that are not found prove nothing: at most consistent."""
    declared = {asset.value for asset in context.system.assets if asset.kind is AssetKind.DOMAIN}
    known = declared | {f"www.{name}" for name in declared}
    parts: list[Part] = []
    for picture in pictures:
        for seen in picture.names:
            missing = seen.name not in known
            parts.append(
                Part(
                    picture.subject,
                    "",
                    seen.name,
                    (),
                    Status.CONTRADICTED if missing else Status.CONSISTENT,
                    Reason.UNDECLARED_NAME if missing else None,
                    Confidence.HIGH if missing else Confidence.LOW,
                    (seen.name,),
                    (seen.evidence,),
                )
            )
        parts.extend(_failed_part(picture.subject, gap.role, gap.endpoint, gap.failures) for gap in picture.gaps)
        names_failed = tuple(failure for failure in picture.failures if failure.kind == "dns.rrset" and failure.scope != "PTR")
        if names_failed and not picture.gaps:
            parts.append(_failed_part(picture.subject, "", picture.subject, names_failed))
        if not picture.names and not names_failed and not picture.gaps:
            parts.append(_nothing_found(picture))
    return tuple(parts)


def _nothing_found(picture: Picture) -> Part:
    return Part(picture.subject, "", picture.subject, (), Status.CONSISTENT, None, Confidence.LOW, (), ())


def _failed_part(subject: str, role: str, endpoint: str, failures: Sequence[Failure]) -> Part:
    reason = REASON_OF_FAILURE[failures[0].reason] if failures else Reason.NOT_COLLECTED
    retryable = any(failure.retryable for failure in failures)
    return Part(subject, str(role), endpoint, (), Status.NOT_MEASURED, reason, Confidence.LOW, (), (), retryable=retryable)


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
