"""`.network`: who holds the addresses? The origin AS (or the range that a provider publishes) and the registry are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from herkomst.scanner.claims.outcome import (
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    is_named,
    lower_for_switched_off,
    not_measured,
    outcome_of_signs,
)
from herkomst.scanner.model.placement import Placement, Sign, SignKind
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange

NETWORK_SOURCES = ("dns.address", "ip.range", "ip.origin", "rdap.network")


def judge_network(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge who holds the addresses of one endpoint."""
    announced = [sign for sign in placement.address_signs if sign.kind in (SignKind.ASN, SignKind.RANGE)]
    registered = [sign for sign in placement.address_signs if sign.kind is SignKind.RDAP]
    decide = _decide_not if expectation.negated else _decide_is
    base = decide(announced, registered, expectation, context)
    by_registry = _all_named(registered, expectation, context)
    return lower_for_switched_off(_cap(base, placement, expectation, by_registry), NETWORK_SOURCES, context)


def _cap(base: Outcome, placement: Placement, expectation: Expectation, by_registry: bool) -> Outcome:
    """Lower an outcome to the worst that the failed sources could have made of it."""
    missing = bearing_failures(placement, NETWORK_SOURCES)
    if not missing:
        return base
    other_addresses = [failure for failure in missing if failure.kind == "dns.rrset"]
    if base.status is Status.CONTRADICTED:
        # "neither agrees" needs both to have answered; other addresses, and a party that was excluded, change nothing
        stands = expectation.negated or len(other_addresses) == len(missing)
        return base if stands else not_measured(missing, base)
    if other_addresses or expectation.negated or base.status is Status.UNVERIFIABLE:
        return not_measured(missing, base)
    if not by_registry and any(failure.kind in ("ip.range", "ip.origin") for failure in missing):
        return not_measured(missing, base)  # one more announcement by somebody else, and nothing would agree
    if base.status is Status.CONFIRMED:
        return replace(base, status=Status.CONSISTENT, confidence=Confidence.MEDIUM)
    return base


def _all_named(signs: Sequence[Sign], expectation: Expectation, context: Context) -> bool:
    return bool(signs) and all(is_named(sign.party, expectation, context) for sign in signs)


def _decide_is(announced: Sequence[Sign], registered: Sequence[Sign], expectation: Expectation, context: Context) -> Outcome:
    by_announcement = _all_named(announced, expectation, context)
    by_registry = _all_named(registered, expectation, context)
    signs = (*announced, *registered)
    if by_announcement and by_registry:
        return outcome_of_signs(Status.CONFIRMED, Confidence.HIGH, signs)
    if by_announcement or by_registry:
        outcome = outcome_of_signs(Status.CONSISTENT, Confidence.MEDIUM, signs)
        return replace(outcome, would_change=WouldChange.CONTRACT if registered else WouldChange.ASK_RDAP)
    if not signs:
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.ASK_RDAP)
    published = any(sign.kind is SignKind.RANGE for sign in announced)
    if "rdap.network" in context.not_asked and not published:
        # the registry might name the claimed party: without asking it, this is no counter-example
        outcome = outcome_of_signs(Status.UNVERIFIABLE, Confidence.MEDIUM, signs)
        return replace(outcome, reason=Reason.RESELLER_POSSIBLE, would_change=WouldChange.ASK_RDAP)
    return _contradicted(signs)


def _decide_not(announced: Sequence[Sign], registered: Sequence[Sign], expectation: Expectation, context: Context) -> Outcome:
    signs = (*announced, *registered)
    forbidden = [sign for sign in signs if is_named(sign.party, expectation, context)]
    if forbidden:
        return _contradicted(forbidden)
    if announced and registered:
        return outcome_of_signs(Status.CONFIRMED, Confidence.HIGH, signs)
    if signs:
        return replace(outcome_of_signs(Status.CONSISTENT, Confidence.MEDIUM, signs), would_change=WouldChange.ASK_RDAP)
    return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.ASK_RDAP)


def _contradicted(signs: Sequence[Sign]) -> Outcome:
    outcome = outcome_of_signs(Status.CONTRADICTED, Confidence.HIGH, signs)
    return replace(outcome, reason=Reason.OTHER_NETWORK, would_change=WouldChange.SUPPLIER_RESPONSE)
