"""`.owner`: who ultimately owns the operator, the network and the platform? Values are entities, LEIs, `self`, or countries."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.claims.jurisdiction import PARTY_SOURCES, ownership_notes
from herkomst.scanner.claims.outcome import (
    SELF,
    Context,
    Expectation,
    Outcome,
    bearing_failures,
    lower_for_switched_off,
    not_measured,
)
from herkomst.scanner.knowledge import Chain
from herkomst.scanner.model.knowledge import Entity
from herkomst.scanner.model.placement import Party, Placement, SignKind
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange


@dataclass(frozen=True, slots=True)
class _Owner:
    """The chain above one party. `sourced`: every link has a source, so that it can contradict."""

    party: Party
    chain: Chain | None

    @property
    def entities(self) -> tuple[Entity, ...]:
        return (self.chain.entity, *(step.entity for step in self.chain.parents)) if self.chain else ()

    @property
    def sourced(self) -> bool:
        if self.chain is None:
            return False
        linked = bool(self.chain.parents) and all(step.link.source is not None for step in self.chain.parents)
        return linked or self.chain.top_known


def judge_owner(placement: Placement, expectation: Expectation, context: Context) -> Outcome:
    """Judge who owns what is under one endpoint."""
    signs = (sign for sign in (*placement.service_signs, *placement.address_signs) if sign.kind is not SignKind.PTR)
    parties = dict.fromkeys(sign.party for sign in signs)
    owners = [_Owner(party, context.knowledge.chain(party.entity, context.on) if party.entity else None) for party in parties]
    base = _decide(owners, placement, expectation)
    if base.status is Status.CONTRADICTED:
        return base
    failures = bearing_failures(placement, PARTY_SOURCES, names=placement.names_incomplete or placement.edge_unknown)
    if failures:
        return not_measured(failures, base)
    return lower_for_switched_off(base, PARTY_SOURCES, context)


def _decide(owners: list[_Owner], placement: Placement, expectation: Expectation) -> Outcome:
    observed = tuple(sorted({owner.chain.top.id if owner.chain else owner.party.name for owner in owners}))
    notes = ownership_notes(placement)
    if not owners:
        return Outcome(Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, notes=notes, would_change=WouldChange.OWNERSHIP_SOURCE)
    accepted = [owner for owner in owners if _matches(owner, expectation) is not expectation.negated]
    others = [owner for owner in owners if owner not in accepted]
    if any(_contradicts(owner, expectation) for owner in others):
        reason = Reason.PARENT_ELSEWHERE if _by_country(expectation) else Reason.OTHER_OWNER
        return Outcome(
            Status.CONTRADICTED, reason, Confidence.HIGH, observed, placement.evidence, notes, WouldChange.SUPPLIER_RESPONSE
        )
    if others:
        return Outcome(
            Status.UNVERIFIABLE,
            Reason.OWNERSHIP_UNSOURCED,
            Confidence.MEDIUM,
            observed,
            placement.evidence,
            notes,
            WouldChange.OWNERSHIP_SOURCE,
        )
    if all(owner.party.own or (owner.chain is not None and owner.chain.top_known) for owner in owners):
        return Outcome(Status.CONFIRMED, None, Confidence.HIGH, observed, placement.evidence, notes)
    return Outcome(Status.CONSISTENT, None, Confidence.MEDIUM, observed, placement.evidence, notes, WouldChange.OWNERSHIP_SOURCE)


def _by_country(expectation: Expectation) -> bool:
    return all(len(country) == 2 and country.isupper() for country in expectation.countries)


def _matches(owner: _Owner, expectation: Expectation) -> bool:
    """Say whether the claim's list holds this owner: an entity anywhere in the chain, or the country of its top."""
    if owner.party.own and SELF in expectation.values:
        return True
    if owner.chain is None:
        return owner.party.country in expectation.countries or owner.party.name in expectation.values
    if owner.chain.top.country in expectation.countries:
        return True
    spellings = {spelling for entity in owner.entities for spelling in (entity.id, entity.lei, entity.name) if spelling}
    spellings |= {owner.party.provider} if owner.party.provider else set()
    return bool(spellings & set(expectation.values))


def _contradicts(owner: _Owner, expectation: Expectation) -> bool:
    """Only what is sourced contradicts; for a named owner the chain must also be known to its top."""
    if not owner.sourced or owner.chain is None:
        return False
    return _by_country(expectation) or expectation.negated or owner.chain.top_known
