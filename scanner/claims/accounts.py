"""`inventory.complete` where cloud accounts or clusters are declared: what they expose that nobody mentions, and what is on a platform in none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from herkomst.scanner.attribution.aws.issued_names import issuing_service
from herkomst.scanner.claims.outcome import Outcome, not_measured, part_of
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Exposure, Picture, Placement, SignKind
from herkomst.scanner.model.verdict import Confidence, Part, Reason, Status, WouldChange

OWN_ROLES = frozenset({Role.WEB, Role.COMPUTE, Role.SAAS})
"""Roles of what the declared names and addresses are themselves; a mail host counts where its name is the organisation's own."""
_RANGES = frozenset({SignKind.RANGE, SignKind.CDN_RANGE})
_NAMES = frozenset({SignKind.CNAME, SignKind.HTTPS})
_SHOWS_PLATFORM = "ip.range"


def judge_accounts(pictures: Iterable[Picture], *, says_complete: bool) -> Iterator[Part]:
    """Yield the parts of the accounts and of the endpoints that may lie in an account that is not declared; none where neither is in scope."""
    listed = tuple(pictures)
    for cluster in (picture for picture in listed if picture.is_cluster):
        yield from _judge_account(cluster, says_complete=says_complete)
        yield from _judge_machines(cluster, [picture for picture in listed if picture.platforms], says_complete=says_complete)
    accounts = [picture for picture in listed if picture.platforms]
    platforms = frozenset(platform for account in accounts for platform in account.platforms)
    for account in accounts:
        yield from _judge_account(account, says_complete=says_complete)
    for picture in listed if accounts else ():
        for placement in picture.placements if not (picture.platforms or picture.is_cluster) else ():
            outcome = _judge_endpoint(placement, platforms, says_complete=says_complete)
            if outcome is not None:
                yield part_of(picture.subject, placement.role, placement.endpoint, outcome, placement.addresses)


def _judge_account(account: Picture, *, says_complete: bool) -> Iterator[Part]:
    parts = [
        part_of(
            account.subject,
            exposure.resources[0].role or "",
            _label(exposure),
            _judge_exposure(exposure, says_complete=says_complete),
        )
        for exposure in account.exposures
        if not exposure.is_mentioned
    ]
    if account.listing_failures:
        parts.append(part_of(account.subject, "", account.subject, not_measured(account.listing_failures)))
    elif not parts:
        fits = Outcome(Status.CONSISTENT, None, Confidence.MEDIUM)
        silence = Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW)
        parts.append(part_of(account.subject, "", account.subject, fits if says_complete else silence))
    yield from parts


def _judge_machines(cluster: Picture, accounts: Collection[Picture], *, says_complete: bool) -> Iterator[Part]:
    """Yield a part where nodes are machines at AWS that no declared account lists; where none is declared, nothing is said of accounts."""
    known = {identity for account in accounts for identity in account.machines}
    strange = [identity for identity in cluster.machines if identity not in known]
    if not accounts or not strange:
        return
    unread = tuple(
        failure for account in accounts for gap in account.gaps if gap.role is Role.COMPUTE for failure in gap.failures
    )
    evidence = tuple(sorted({oid for item in cluster.placements if item.role is Role.COMPUTE for oid in item.evidence}))
    seen = (f"{strange[0]} (+{len(strange) - 1})",) if len(strange) > 1 else (strange[0],)
    outcome = _undeclared(Reason.UNDECLARED_PARTY, Confidence.HIGH, seen, evidence, says_complete=says_complete)
    yield part_of(cluster.subject, Role.COMPUTE, strange[0], not_measured(unread) if unread else outcome)


def _label(exposure: Exposure) -> str:
    """Return what the exposure is: its first resource, and the Region; under what it is open is what was observed."""
    resource = exposure.resources[0]
    shown = f"{resource.what} {resource.id}"
    return f"{shown} ({resource.region})" if resource.region else shown


def _judge_exposure(exposure: Exposure, *, says_complete: bool) -> Outcome:
    evidence = tuple(sorted({resource.evidence for resource in exposure.resources}))
    seen = next(iter((*exposure.addresses, *exposure.names)), exposure.resources[0].id)
    if exposure.hidden_by:
        return not_measured(exposure.hidden_by)
    if exposure.is_mentioned is None:
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW, (seen,), evidence)
    return _undeclared(Reason.UNDECLARED_RESOURCE, Confidence.HIGH, (seen,), evidence, says_complete=says_complete)


def _judge_endpoint(placement: Placement, platforms: Collection[str], *, says_complete: bool) -> Outcome | None:
    """Judge an endpoint that is on the platform and belongs to no listed resource; None where it does, or is somebody else's service."""
    is_own = placement.role in OWN_ROLES or (placement.role is Role.MAIL_INBOUND and placement.own_name)
    if not is_own or not placement.addresses or "/" in placement.endpoint:
        return None
    lost = tuple(failure for failure in placement.failures if failure.kind == _SHOWS_PLATFORM)
    if lost:
        return not_measured(lost)
    signs = [sign for sign in placement.service_signs if sign.kind in _NAMES | _RANGES]
    of_others = any(sign.party.provider not in platforms for sign in signs)
    on_it = [sign for sign in (*signs, *placement.address_signs) if sign.party.provider in platforms]
    on_it = [sign for sign in on_it if sign.kind in _NAMES | _RANGES]
    if placement.joined or of_others or not on_it:
        return None
    if placement.join_failures:
        return not_measured(placement.join_failures)
    evidence = tuple(sorted({sign.evidence for sign in on_it}))
    issued = [sign.detail for sign in on_it if sign.kind in _NAMES]
    seen = (issued[-1],) if issued else placement.addresses
    if any(issuing_service(name) for name in issued):
        return _undeclared(Reason.UNDECLARED_PARTY, Confidence.HIGH, seen, evidence, says_complete=says_complete)
    if issued or placement.is_shared:  # a service that is not read, or an address that many customers share
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW, seen, evidence)
    # a few of AWS's own services answer from such addresses too, without being in any account's list
    return _undeclared(Reason.UNDECLARED_PARTY, Confidence.MEDIUM, seen, evidence, says_complete=says_complete)


def _undeclared(
    reason: Reason, confidence: Confidence, seen: tuple[str, ...], evidence: tuple[str, ...], *, says_complete: bool
) -> Outcome:
    """Return what is not in the declared inventory: a counter-example to a complete one, and what a claim of gaps says."""
    if not says_complete:
        return Outcome(Status.CONSISTENT, None, confidence, seen, evidence)
    return Outcome(Status.CONTRADICTED, reason, confidence, seen, evidence, would_change=WouldChange.DECLARE_ASSETS)
