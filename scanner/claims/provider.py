"""`.provider`: who offers the service? Service signs name the provider; address signs only the network under it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto

from herkomst.scanner.attribution.endpoints import EDGE_ROLES
from herkomst.scanner.claims.outcome import (
    SELF,
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    is_named,
    lower_for_switched_off,
    not_measured,
    outcome_of_signs,
)
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Placement, Sign, SignKind
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange

ADDRESS_SOURCES = ("dns.address", "ip.range", "ip.origin", "rdap.network", "dns.ptr")
EDGE_SOURCES = ("dns.address", "ip.range", "ip.origin")
"""Where an edge can stand in front, each of these could have shown a CDN's range, which is a service sign."""


class _Basis(Enum):
    """What an outcome rests on, and so which failed source could have changed it."""

    SERVICE = auto()
    ADDRESS = auto()
    RDAP = auto()
    OWN_NAME = auto()
    NOTHING = auto()


def judge_provider(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge who offers the service at one endpoint."""
    decide = _decide_not if expectation.negated else _decide_is
    base, basis = decide(placement, expectation, context)
    if base.status is Status.CONTRADICTED:
        return base
    failures = _failures_that_could_lower(placement, expectation, basis)
    if failures:
        return not_measured(failures, base)
    if base.status is Status.CONFIRMED and bearing_failures(placement, ADDRESS_SOURCES):
        # the failed source could only have differed from the service sign, which is consistent
        base = replace(base, status=Status.CONSISTENT, confidence=Confidence.MEDIUM)
    bears = ADDRESS_SOURCES if base.status is Status.CONFIRMED or basis in (_Basis.ADDRESS, _Basis.NOTHING) else ()
    return lower_for_switched_off(base, bears, context)


def _failures_that_could_lower(placement: Placement, expectation: Expectation, basis: _Basis) -> tuple[Failure, ...]:
    kinds: Sequence[str] = EDGE_SOURCES if placement.role in EDGE_ROLES else ()
    if basis is _Basis.RDAP:
        kinds = (*kinds, "dns.address")  # a further address may be another holder's
    if basis in (_Basis.ADDRESS, _Basis.NOTHING) or expectation.negated:
        kinds = ADDRESS_SOURCES
    # of a name server only the name itself is a sign; everywhere else an alias that was not seen could have named a party
    return bearing_failures(placement, kinds, names=placement.names_incomplete and placement.role is not Role.DNS)


def _decide_is(placement: Placement, expectation: Expectation, context: Context) -> tuple[Outcome, _Basis]:
    service, address = placement.service_signs, placement.address_signs
    others = [sign for sign in service if not is_named(sign.party, expectation, context)]
    if others:
        return _other(placement, others), _Basis.SERVICE
    agreeing = [sign for sign in address if is_named(sign.party, expectation, context)]
    if service:
        if address and len(agreeing) == len(address):
            return outcome_of_signs(Status.CONFIRMED, Confidence.HIGH, (*service, *address)), _Basis.SERVICE
        sure = Confidence.LOW if _only_hints(placement, service) else (Confidence.MEDIUM if address else Confidence.HIGH)
        outcome = outcome_of_signs(Status.CONSISTENT, sure, service)
        return replace(outcome, would_change=WouldChange.CONTRACT), _Basis.SERVICE
    rdap = [sign for sign in address if sign.kind is SignKind.RDAP]
    if rdap and all(sign in agreeing for sign in rdap):
        return outcome_of_signs(Status.CONSISTENT, Confidence.MEDIUM, rdap), _Basis.RDAP
    if address and len(agreeing) == len(address):
        return outcome_of_signs(Status.CONSISTENT, Confidence.MEDIUM, address), _Basis.ADDRESS
    if SELF in expectation.values and placement.own_name:
        return outcome_of_signs(Status.CONSISTENT, Confidence.LOW, address), _Basis.OWN_NAME
    if address:
        outcome = outcome_of_signs(Status.UNVERIFIABLE, Confidence.MEDIUM, address)
        return replace(outcome, reason=Reason.RESELLER_POSSIBLE, would_change=WouldChange.CONTRACT), _Basis.NOTHING
    return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.DOCUMENT), _Basis.NOTHING


def _decide_not(placement: Placement, expectation: Expectation, context: Context) -> tuple[Outcome, _Basis]:
    service, address = placement.service_signs, placement.address_signs
    forbidden = [sign for sign in service if is_named(sign.party, expectation, context)]
    if forbidden:
        return _other(placement, forbidden), _Basis.SERVICE
    if any(is_named(sign.party, expectation, context) for sign in address):
        # the network under the service is theirs; who offers the service is not shown
        outcome = outcome_of_signs(Status.UNVERIFIABLE, Confidence.MEDIUM, address)
        return replace(outcome, reason=Reason.RESELLER_POSSIBLE, would_change=WouldChange.CONTRACT), _Basis.ADDRESS
    if service and address:
        return outcome_of_signs(Status.CONFIRMED, Confidence.HIGH, (*service, *address)), _Basis.SERVICE
    if service:
        outcome = outcome_of_signs(Status.CONSISTENT, Confidence.MEDIUM, service)
        return replace(outcome, would_change=WouldChange.CONTRACT), _Basis.SERVICE
    if address:
        outcome = outcome_of_signs(Status.CONSISTENT, Confidence.LOW, address)
        return replace(outcome, would_change=WouldChange.CONTRACT), _Basis.ADDRESS
    return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.DOCUMENT), _Basis.NOTHING


def _only_hints(placement: Placement, signs: Sequence[Sign]) -> bool:
    """Say whether the signs only hint at where the mailbox is: not enough to name a platform, or no more than who may send (SPF)."""
    is_hint = placement.provider is None or all(sign.kind is SignKind.SPF_INCLUDE for sign in signs)
    return placement.role is Role.MAIL_MAILBOX and is_hint


def _other(placement: Placement, signs: Sequence[Sign]) -> Outcome:
    if _only_hints(placement, signs):
        outcome = outcome_of_signs(Status.UNVERIFIABLE, Confidence.LOW, (*signs, *placement.contract_signs))
        return replace(outcome, reason=Reason.CONFLICTING, would_change=WouldChange.CONTRACT)
    outcome = outcome_of_signs(Status.CONTRADICTED, Confidence.HIGH, signs)
    return replace(outcome, reason=Reason.OTHER_PROVIDER, would_change=WouldChange.SUPPLIER_RESPONSE)
