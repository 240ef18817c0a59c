"""Owners and jurisdictions: from the parties of an endpoint to the states that can compel them.

The operator, the network holder and the platform owner each bring their own country and those of their controlling chain. What is
announced or blocked is kept with its status; what no source supports is kept as unsourced. Neither is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from herkomst.scanner.knowledge import Chain, ChainLink, Knowledge
from herkomst.scanner.model.knowledge import Entity, LinkStatus, Source
from herkomst.scanner.model.placement import Investor, Jurisdiction, JurisdictionStatus, OwnerFact, Party, Via

_LINK_STATUS = {
    LinkStatus.CLOSED: JurisdictionStatus.CLOSED,
    LinkStatus.ANNOUNCED: JurisdictionStatus.ANNOUNCED,
    LinkStatus.BLOCKED: JurisdictionStatus.BLOCKED,
}


CACHED = 4096
"""So many sets of parties are remembered: the domains of one run meet the same few, and the answers depend on nothing else."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """What the parties of one endpoint come to. `tops_known`: each party's chain ends at a sourced top."""

    jurisdictions: tuple[Jurisdiction, ...]
    tops_known: bool


@lru_cache(maxsize=CACHED)
def find_jurisdictions(parties: tuple[tuple[Via, Party], ...], knowledge: Knowledge, on: date) -> Ownership:
    """Return every state that can compel one of the parties on a day, and via whom.

    A party that stands in several positions is listed in the first. An empty list means that no party's country is known.
    """
    found: dict[tuple[str, Via, str, JurisdictionStatus], Jurisdiction] = {}
    seen: set[tuple[str, str | None]] = set()
    tops_known = True
    any_party = False
    for via, party in parties:
        any_party = True
        # one name with and without a country are two statements: the registry's word must not get lost behind a bare AS name
        key = (party.entity, None) if party.entity else (party.name, party.country)
        if key in seen:
            continue
        seen.add(key)
        chain = knowledge.chain(party.entity, on) if party.entity else None
        if chain is None:
            tops_known = False
            if party.country:
                item = Jurisdiction(party.country, via, party.name, JurisdictionStatus.REGISTERED, sourced=False)
                found.setdefault((item.country, item.via, item.party, item.status), item)
            continue
        tops_known = tops_known and chain.top_known and chain.entity.seat is not None
        for item in _chain_jurisdictions(via, chain):
            found.setdefault((item.country, item.via, item.party, item.status), item)
    return Ownership(tuple(found.values()), tops_known and any_party)


def _chain_jurisdictions(via: Via, chain: Chain) -> Iterable[Jurisdiction]:
    entity = chain.entity
    yield _jurisdiction(entity, via, JurisdictionStatus.CURRENT, entity.seat)
    sourced = True
    for step in chain.parents:
        # one unsourced link makes everything above it unsourced: the chain is only as good as its weakest step
        sourced = sourced and step.link.source is not None
        # the link says who the parent is, the seat where it is: without both, the country is nobody's sourced statement
        fact = step.link.source if sourced and step.entity.seat is not None else None
        yield _jurisdiction(step.entity, Via.PARENT, JurisdictionStatus.CLOSED, fact)
    for step in chain.pending:
        yield _jurisdiction(step.entity, Via.PARENT, _LINK_STATUS[step.link.status], step.link.source, _link_date(step))


def _jurisdiction(entity: Entity, via: Via, status: JurisdictionStatus, source: Source | None, as_of: str = "") -> Jurisdiction:
    return Jurisdiction(
        country=entity.country,
        via=via,
        party=entity.name,
        status=status,
        sourced=source is not None,
        source=source.url if source else "",
        as_of=as_of or (source.as_of if source else ""),
    )


def _link_date(step: ChainLink) -> str:
    if step.link.valid_from is not None:
        return step.link.valid_from.isoformat()
    return step.link.source.as_of if step.link.source else ""


@lru_cache(maxsize=CACHED)
def describe_owner(party: Party, knowledge: Knowledge, on: date) -> tuple[OwnerFact, OwnerFact | None]:
    """Return the party's legal entity, and its ultimate parent where the catalogue knows one.

    The parent is None where nothing above the entity is known and no source says that nothing is.
    """
    chain = knowledge.chain(party.entity, on) if party.entity else None
    if chain is None:
        return OwnerFact(party.name, party.country), None
    entity = chain.entity
    owner = OwnerFact(
        entity.name,
        entity.country,
        entity.id,
        entity.seat.as_of if entity.seat else "",
        entity.seat.url if entity.seat else "",
        _investors(chain),
    )
    if not chain.parents:
        if entity.top is None:
            return owner, None
        return owner, OwnerFact(entity.name, entity.country, entity.id, entity.top.as_of, entity.top.url)
    # under joint control there are several tops; the first listed stands for them here, all of them count as jurisdictions
    last = next(step for step in chain.parents if step.entity.id == chain.top.id) if chain.top != entity else chain.parents[-1]
    source = last.link.source
    return owner, OwnerFact(
        last.entity.name, last.entity.country, last.entity.id, source.as_of if source else "", source.url if source else ""
    )


def _investors(chain: Chain) -> tuple[Investor, ...]:
    entities = (chain.entity, *(step.entity for step in chain.parents))
    return tuple(
        Investor(
            item.name, item.country, item.share, item.source.url if item.source else "", item.source.as_of if item.source else ""
        )
        for entity in entities
        for item in entity.investors
    )
