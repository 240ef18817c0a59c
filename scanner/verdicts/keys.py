"""Claim keys, taken apart: the roles a claim speaks of and the property that is judged of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from herkomst.scanner.attribution.endpoints import EDGE_ROLES
from herkomst.scanner.model.claim import EDGE, GROUPS, INSIDE_ROLES, Claim, Property, Role

OUTSIDE_ROLES = frozenset(Role) - frozenset(INSIDE_ROLES) - {Role.REGISTRAR} | {Role.COMPUTE}
"""Roles that DNS and addresses can show."""
LAYERED_ROLES = tuple(role for role in Role if role in EDGE_ROLES | {Role.MAIL_INBOUND})
"""Roles whose endpoints can be an edge."""
SUBPROCESSORS = "subprocessors"
INVENTORY = "inventory.complete"
CUSTODY = "keys.custody"
LOCK_IN = "lockin.managed-services"
LOOKED_INTO = frozenset({CUSTODY, LOCK_IN})
"""Keys of their own that an AWS account is looked into for."""


@dataclass(frozen=True, slots=True)
class ClaimKey:
    """A claim key taken apart; `prop` is None where the key is one of its own, without a property."""

    subject: str
    roles: tuple[Role, ...]
    prop: Property | None

    @property
    def is_group(self) -> bool:
        """Whether the key speaks of several roles together, all of which must be seen for a confirmation."""
        return self.subject in GROUPS

    @property
    def is_edge(self) -> bool:
        """Whether the key speaks of a layer instead of a role."""
        return self.subject == EDGE

    def roles_of(self, claim: Claim) -> tuple[Role, ...]:
        """Return the roles of this key that lie in a claim's scope."""
        if not claim.scope.roles:
            return self.roles
        return tuple(role for role in self.roles if role in claim.scope.roles)


@cache
def read_key(key: str) -> ClaimKey:
    """Take a claim key apart: role, group or `edge`, and property."""
    subject, _, last = key.rpartition(".")
    prop = Property(last) if last in set(Property) else None
    if prop is None:
        return ClaimKey(key, tuple(Role) if key in (SUBPROCESSORS, INVENTORY) else (), None)
    if subject in GROUPS:
        return ClaimKey(subject, GROUPS[subject], prop)
    if subject == EDGE:
        return ClaimKey(EDGE, LAYERED_ROLES, prop)
    if subject in set(Role):
        return ClaimKey(subject, (Role(subject),), prop)
    return ClaimKey(key, (), None)
