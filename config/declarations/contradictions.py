"""Claims of one party that exclude each other.

Supplier against policy is what the program is for, and no mistake. One party that states NL and DE of the same things made a slip,
and no measurement could satisfy both. Different scopes that overlap are only a warning: a general rule with an exception is common.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from herkomst.config.declarations.claims import PlacedClaim
from herkomst.config.declarations.problem import Problems
from herkomst.config.declarations.values import SELF, Lexicon
from herkomst.config.knowledge.countries import COUNTRY_CODES
from herkomst.config.vocabulary import ValueKind, claim_kind
from herkomst.scanner.model.claim import Claim, Operator, SaidBy, Scope

MAX_COMPARED: Final = 100
"""Claims of one party under one key that are compared with each other; more than a person writes."""


@dataclass(frozen=True, slots=True)
class _Statement:
    """A claim with its country sets written out. `sort` says what its values are; empty where they are of several sorts."""

    placed: PlacedClaim
    values: frozenset[str]
    sort: str

    @property
    def claim(self) -> Claim:
        return self.placed.claim


def name_contradictions(claims: tuple[PlacedClaim, ...], lexicon: Lexicon, problems: Problems) -> None:
    """Name the claims of one system that say the same twice, or that one party cannot mean both."""
    groups: dict[tuple[str, SaidBy], list[_Statement]] = {}
    seen: dict[tuple[str, SaidBy, Operator, tuple[str, ...], Scope], PlacedClaim] = {}
    for placed in claims:
        claim = placed.claim
        first = seen.setdefault((claim.key, claim.said_by, claim.operator, tuple(sorted(claim.values)), claim.scope), placed)
        if first is not placed:
            problems.warn(placed.place, f"{claim.said_by} says this twice; the first is on line {first.place.line}.", claim.key)
            continue
        group = groups.setdefault((claim.key, claim.said_by), [])
        if len(group) == MAX_COMPARED:
            problems.warn(
                placed.place,
                f"This is claim {MAX_COMPARED + 1} of one party under this key; it and later ones are not compared.",
                claim.key,
            )
        if len(group) <= MAX_COMPARED:
            group.append(_state(placed, lexicon))
    for group in groups.values():
        _compare(group[:MAX_COMPARED], problems)


def _state(placed: PlacedClaim, lexicon: Lexicon) -> _Statement:
    values = frozenset().union(*(lexicon.expand(value) for value in placed.claim.values))
    sorts = {_sort(value) for value in values}
    return _Statement(placed, values, sorts.pop() if len(sorts) == 1 else "" if sorts else "none")


def _sort(value: str) -> str:
    if value in COUNTRY_CODES:
        return "country"
    if value == SELF:
        return SELF
    return "as" if value.startswith("AS") else "lei" if value.isupper() else "id"


def _compare(group: list[_Statement], problems: Problems) -> None:
    kind = claim_kind(group[0].claim.key)
    if kind is None or kind.value_kind in (ValueKind.TEXT, ValueKind.URL, ValueKind.SERVICES):
        return
    for index, later in enumerate(group):
        for earlier in group[:index]:
            if not _exclude(earlier, later):
                continue
            claim, line = later.claim, earlier.placed.place.line
            if claim.scope == earlier.claim.scope:
                problems.error(
                    later.placed.place, f"{claim.said_by} says the opposite on line {line}; both cannot be so.", claim.key
                )
            elif _overlap(claim.scope, earlier.claim.scope):
                problems.warn(
                    later.placed.place, f"{claim.said_by} says the opposite on line {line} of a scope that overlaps.", claim.key
                )


def _exclude(one: _Statement, other: _Statement) -> bool:
    """Whether nothing that can be observed satisfies both; values of different sorts may be one party, so they never exclude."""
    if one.sort != other.sort and "none" not in (one.sort, other.sort):
        return False
    if not one.sort or not other.sort:
        return False
    operators = (one.claim.operator, other.claim.operator)
    if operators == (Operator.IS, Operator.IS):
        return one.values.isdisjoint(other.values)
    if operators == (Operator.IS, Operator.NOT):
        return bool(one.values) and one.values <= other.values
    if operators == (Operator.NOT, Operator.IS):
        return bool(other.values) and other.values <= one.values
    return False


def _overlap(one: Scope, other: Scope) -> bool:
    """Scopes overlap unless they name assets, or roles, that have nothing in common; parts count as their assets."""
    assets = (_assets(one), _assets(other))
    if assets[0] and assets[1] and assets[0].isdisjoint(assets[1]):
        return False
    clusters = (_clusters(one), _clusters(other))
    if clusters[0] and clusters[1] and clusters[0].isdisjoint(clusters[1]):
        return False
    return not (one.roles and other.roles and set(one.roles).isdisjoint(other.roles))


def _assets(scope: Scope) -> frozenset[str]:
    return frozenset((*scope.assets, *(asset for part in scope.parts for asset in part.assets)))


def _clusters(scope: Scope) -> frozenset[tuple[str, str, str]]:
    return frozenset((part.cluster, part.namespace, part.selector) for part in scope.parts if part.cluster)
