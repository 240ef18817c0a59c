"""Ceilings: how far a verdict on a role can go, however well the evidence agrees.

What is inferred from signs around it (a mailbox, a sender, the certificate authority that CAA allows), what is only part of what runs
(a bare address), and what stands in front of the data (name servers, online services, edges) is not confirmed from outside.
"""

from __future__ import annotations

from dataclasses import replace

from herkomst.scanner.claims.outcome import Context, Expectation, Outcome
from herkomst.scanner.claims.stated import is_stated
from herkomst.scanner.model.claim import Property, Role
from herkomst.scanner.model.location import Grade
from herkomst.scanner.model.placement import Placement
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange

INFERRED_ROLES: dict[Role, WouldChange] = {
    Role.MAIL_MAILBOX: WouldChange.CONTRACT,
    Role.MAIL_OUTBOUND: WouldChange.CONTRACT,
    Role.CA: WouldChange.DOCUMENT,
    Role.COMPUTE: WouldChange.INSIDE_ACCESS,
}
"""Roles of which nothing is confirmed from outside, and what would change that."""
FRONT_DOORS = frozenset({Role.DNS, Role.SAAS, Role.IDENTITY})
"""Roles whose place is mostly spread over many sites, and is not where the data is."""
PLACES = frozenset({Property.COUNTRY, Property.REGION})
PARTIES_BEHIND = frozenset({Property.OWNER, Property.JURISDICTION})
"""Properties that speak of every party; behind an edge there is one that is not seen."""
PARTIES_SEEN = frozenset({Property.PROVIDER, Property.NETWORK})
"""Properties that speak of the parties at the endpoint itself."""


def lower_to_ceiling(
    outcome: Outcome, placement: Placement, prop: Property, expectation: Expectation, context: Context
) -> Outcome:
    """Lower what is more than this role can show: confirmed to consistent, and a permitted issuer never contradicts."""
    if placement.role is Role.CA and outcome.status is Status.CONTRADICTED:
        # CAA says who may issue, and not who did
        lowered = replace(outcome, status=Status.UNVERIFIABLE, reason=Reason.NOT_OBSERVABLE, confidence=Confidence.LOW)
        return replace(lowered, would_change=WouldChange.DOCUMENT)
    change = _ceiling(placement, prop, expectation, context) if outcome.status is Status.CONFIRMED else None
    if change is None:
        return outcome
    return replace(outcome, status=Status.CONSISTENT, confidence=outcome.confidence.lowered, would_change=change)


def _ceiling(placement: Placement, prop: Property, expectation: Expectation, context: Context) -> WouldChange | None:
    """Return what would lift the ceiling, or None where there is none."""
    if is_stated(placement):
        return WouldChange.INSIDE_ACCESS
    if any(item.grade is Grade.E1 for item in placement.location_evidence):
        return None  # seen from inside
    if placement.role in INFERRED_ROLES:
        return INFERRED_ROLES[placement.role]
    if prop in PLACES and (placement.role in FRONT_DOORS or context.edge_claim):
        return WouldChange.INSIDE_ACCESS
    if context.edge_claim and prop is Property.JURISDICTION:
        return WouldChange.CONTRACT
    # who offers and carries what is seen is known; that nobody else does, is not
    speaks_of_all = prop in PARTIES_BEHIND or (prop in PARTIES_SEEN and expectation.negated)
    if placement.fronted and speaks_of_all and not context.edge_claim:
        return WouldChange.ORIGIN_ADDRESS
    return None
