"""`.owner`: who ultimately owns the operator, the network and the platform? Values are entities, services, LEIs, `self`, or countries.

A country or an entity stands for the top of the chain; a service of the catalogue stands for whoever owns it, which is enough to be
consistent and never to confirm. A sourced parent that is not in the list contradicts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from herkomst.scanner.claims.jurisdiction import PARTY_SOURCES, ownership_notes
from herkomst.scanner.claims.outcome import (
    SELF,
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    is_named,
    lower_for_switched_off,
    not_measured,
    party_label,
    party_of_value,
)
from herkomst.scanner.knowledge import Chain
from herkomst.scanner.model.knowledge import Entity
from herkomst.scanner.model.placement import Party, Placement, SignKind
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange


@dataclass(frozen=True, slots=True)
class _Owner:
    """One party and the chain above it; `chain` is None where the catalogue does not know the party's entity."""

    party: Party
    chain: Chain | None

    @property
    def entities(self) -> tuple[Entity, ...]:
        return (self.chain.entity, *(step.entity for step in self.chain.parents)) if self.chain else ()

    @property
    def is_sourced(self) -> bool:
        """Whether every link upwards has a source, so that the chain can contradict."""
        if self.chain is None:
            return False
        links = self.chain.parents
        return self.chain.top_known or (bool(links) and all(step.link.source is not None for step in links))

    @property
    def label(self) -> str:
        return "+".join(sorted(top.id for top in self.chain.tops)) if self.chain else party_label(self.party)


class _Match(Enum):
    """How an owner compares with a claim's list."""

    ITSELF = auto()
    """The list excludes the very party that was seen, whoever is above it."""
    TOP = auto()
    """What is at the top is in the list."""
    GROUP = auto()
    """A service of the list has the same owner."""
    BELOW = auto()
    """An entity of the list is in the chain, but it has an owner itself."""
    NONE = auto()


def judge_owner(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge who owns what is under one endpoint."""
    signs = (sign for sign in (*placement.service_signs, *placement.address_signs) if sign.kind is not SignKind.PTR)
    parties = dict.fromkeys(sign.party for sign in signs)
    owners = [_Owner(party, context.knowledge.chain(party.entity, context.on) if party.entity else None) for party in parties]
    base = replace(_decide(owners, placement, expectation, context), notes=ownership_notes(placement))
    if base.status is Status.CONTRADICTED:
        return base
    failures = bearing_failures(placement, PARTY_SOURCES, names=placement.names_incomplete)
    if failures:
        return not_measured(failures, base)
    return lower_for_switched_off(base, PARTY_SOURCES, context)


def _decide(owners: Sequence[_Owner], placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    if not owners:
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, would_change=WouldChange.OWNERSHIP_SOURCE)
    observed, evidence = tuple(sorted({owner.label for owner in owners})), placement.evidence
    matches = {owner: _compare(owner, expectation, context) for owner in owners}
    others = [owner for owner, match in matches.items() if not _is_accepted(match, expectation)]
    if any(_contradicts(owner, matches[owner], expectation) for owner in others):
        reason = Reason.PARENT_ELSEWHERE if _by_country(expectation) else Reason.OTHER_OWNER
        return Outcome(
            Status.CONTRADICTED, reason, Confidence.HIGH, observed, evidence, would_change=WouldChange.SUPPLIER_RESPONSE
        )
    if others:
        reason, change = Reason.OWNERSHIP_UNSOURCED, WouldChange.OWNERSHIP_SOURCE
        return Outcome(Status.UNVERIFIABLE, reason, Confidence.MEDIUM, observed, evidence, would_change=change)
    if all(_is_settled(owner, matches[owner]) for owner in owners):
        return Outcome(Status.CONFIRMED, None, Confidence.HIGH, observed, evidence)
    change = WouldChange.OWNERSHIP_SOURCE
    return Outcome(Status.CONSISTENT, None, Confidence.MEDIUM, observed, evidence, would_change=change)


def _compare(owner: _Owner, expectation: Expectation, context: Context) -> _Match:
    if owner.party.own and SELF in expectation.values:
        return _Match.TOP
    if owner.chain is None:
        named = owner.party.country in expectation.countries or is_named(owner.party, expectation, context)
        return _Match.TOP if named else _Match.NONE
    values = [party_of_value(value, context) for value in expectation.values if value != SELF]
    listed = frozenset(party.entity for party in values if party.entity)
    if expectation.negated and owner.chain.entity.id in listed:
        return _Match.ITSELF
    if _count(owner.chain, expectation.countries, expectation):
        return _Match.TOP
    if _count(owner.chain, listed, expectation):
        return _Match.TOP
    # a service is no legal person: it stands for whoever owns it
    if any(context.knowledge.same_party(party, owner.party, context.on) for party in values if party.provider):
        return _Match.GROUP
    return _Match.BELOW if listed & {entity.id for entity in owner.entities} else _Match.NONE


def _count(chain: Chain, listed: frozenset[str | None] | frozenset[str], expectation: Expectation) -> bool:
    """Say whether the tops count as listed, by country or by id: all of them for `is`, one of them for `not`."""
    tops = [top.id in listed or top.country in listed for top in chain.tops]
    return any(tops) if expectation.negated else bool(tops) and all(tops)


def _is_accepted(match: _Match, expectation: Expectation) -> bool:
    if expectation.negated:
        return match is _Match.NONE
    return match in (_Match.TOP, _Match.GROUP)


def _is_settled(owner: _Owner, match: _Match) -> bool:
    """Say whether nothing more can be learnt of an owner that is as claimed."""
    if owner.chain is None:
        return owner.party.own
    return owner.chain.top_known and match is not _Match.GROUP


def _by_country(expectation: Expectation) -> bool:
    return all(len(country) == 2 and country.isupper() for country in expectation.countries)


def _contradicts(owner: _Owner, match: _Match, expectation: Expectation) -> bool:
    """Only what is sourced contradicts; a chain whose top is not known may still end in a named owner, unless that lies below."""
    if match is _Match.ITSELF or (expectation.negated and owner.party.own and SELF in expectation.values):
        return True  # the sign itself shows it, no chain is needed
    if owner.chain is None or not owner.is_sourced:
        return False
    return _by_country(expectation) or expectation.negated or match is _Match.BELOW or owner.chain.top_known
