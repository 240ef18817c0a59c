"""What the catalogue and the tables say of one thing, gathered into records: for `herkomst knowledge explain`.

The records are the JSON of that command, field by field, and the text is worded from them. Nothing here is measured by a scan: a
record says what a scan would bring in of its own accord, and from which source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from herkomst.config.tables.answers import TableAnswer
from herkomst.scanner.attribution.ownership import find_jurisdictions
from herkomst.scanner.knowledge import Chain, ChainLink, Knowledge
from herkomst.scanner.model.knowledge import (
    AnycastPrefix,
    AsnSpan,
    BorderGroup,
    Entity,
    InvestorFact,
    LinkStatus,
    ParentLink,
    Provider,
    Region,
    Signature,
    SignatureMatch,
    SignatureRecord,
    Sites,
    Source,
)
from herkomst.scanner.model.placement import Jurisdiction, Party, Via


@dataclass(frozen=True, slots=True)
class EntityFact:
    """A legal entity or owner. `seat` is the source of its country, None where nobody read one."""

    id: str
    name: str
    country: str
    seat: Source | None


@dataclass(frozen=True, slots=True)
class LinkFact:
    """Who owns whom, from and until which day (None: open). `holds` says whether the day asked about lies in between."""

    child: str
    parent: EntityFact
    status: LinkStatus
    valid_from: date | None
    valid_until: date | None
    holds: bool
    source: Source | None


@dataclass(frozen=True, slots=True)
class TopFact:
    """The last entity on a way up, and the source that nobody stands above it; None where that is not known."""

    entity: EntityFact
    source: Source | None


@dataclass(frozen=True, slots=True)
class OwnerFacts:
    """The chain above an entity on a day, and the jurisdictions that a scan would derive from it for whoever operates a service."""

    entity: EntityFact
    links: tuple[LinkFact, ...]
    tops: tuple[TopFact, ...]
    top_known: bool
    investors: tuple[InvestorFact, ...]
    jurisdictions: tuple[Jurisdiction, ...]


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """A service of the catalogue with everything that hangs on it."""

    id: str
    name: str
    kinds: tuple[str, ...]
    asns: tuple[AsnSpan, ...]
    holder_names: tuple[str, ...]
    sites: Sites | None
    regions: tuple[Region, ...]
    border_groups: tuple[BorderGroup, ...]
    signatures: tuple[Signature, ...]
    sources: tuple[Source, ...]
    owner: OwnerFacts | None


@dataclass(frozen=True, slots=True)
class EntityFacts:
    """A legal entity: all its links whatever their dates, what it offers, and what stands directly below it on the day."""

    id: str
    name: str
    country: str
    lei: str
    kvk: str
    names: tuple[str, ...]
    history: tuple[LinkFact, ...]
    offers: tuple[str, ...]
    owns: tuple[EntityFact, ...]
    owner: OwnerFacts


@dataclass(frozen=True, slots=True)
class AsnUse:
    """A provider that lists an AS number, and whether it does on the day asked about."""

    asn: int
    provider: str
    name: str
    valid_from: date | None
    valid_until: date | None
    holds: bool
    owner: OwnerFacts | None


@dataclass(frozen=True, slots=True)
class AsnFacts:
    """An AS number and the providers that list it."""

    asn: int
    uses: tuple[AsnUse, ...]


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A signature that matches a name where it stands in such a record, and whose it is."""

    signature: Signature
    provider_name: str
    owner: OwnerFacts | None


@dataclass(frozen=True, slots=True)
class NameFacts:
    """A domain name and the signatures that match it, one for each kind of record at most; none is a statement too."""

    name: str
    matches: tuple[NameMatch, ...]


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """An address, what the prefix tables say of it, and who uses the AS numbers that announce it."""

    address: str
    tables: TableAnswer
    anycast: AnycastPrefix | None
    uses: tuple[AsnUse, ...]


Facts = ProviderFacts | EntityFacts | AsnFacts | NameFacts | AddressFacts


class FactGatherer:
    """Gathers facts from one catalogue as they hold on one day."""

    def __init__(self, knowledge: Knowledge, on: date) -> None:
        self.knowledge = knowledge
        self.on = on

    def provider(self, provider: Provider) -> ProviderFacts:
        """Return all about a service."""
        catalogue = self.knowledge.catalogue
        return ProviderFacts(
            provider.id,
            provider.name,
            tuple(sorted(provider.kinds)),
            provider.asns,
            provider.holder_names,
            provider.sites,
            tuple(region for region in catalogue.regions if region.provider == provider.id),
            tuple(group for group in catalogue.border_groups if group.provider == provider.id),
            tuple(item for item in catalogue.signatures if item.provider == provider.id),
            provider.sources,
            self._owner(provider.entity),
        )

    def entity(self, entity: Entity) -> EntityFacts:
        """Return all about a legal entity."""
        catalogue = self.knowledge.catalogue
        owner = self._owner(entity.id)
        assert owner is not None  # noqa: S101 - the entity stands in the catalogue
        return EntityFacts(
            entity.id,
            entity.name,
            entity.country,
            entity.lei,
            entity.kvk,
            entity.names,
            tuple(self._links(entity, entity.parents)),
            tuple(provider.id for provider in catalogue.providers if provider.entity == entity.id),
            tuple(_entity(other) for other in catalogue.entities if self._is_owned(other, entity.id)),
            owner,
        )

    def asn(self, asn: int) -> AsnFacts:
        """Return the providers that list an AS number, today's first."""
        uses = [
            AsnUse(
                asn,
                provider.id,
                provider.name,
                span.valid_from,
                span.valid_until,
                _holds(span.valid_from, span.valid_until, self.on),
                self._owner(provider.entity),
            )
            for provider in self.knowledge.catalogue.providers
            for span in provider.asns
            if span.asn == asn
        ]
        return AsnFacts(asn, tuple(sorted(uses, key=lambda use: not use.holds)))

    def name(self, name: str) -> NameFacts:
        """Return the signatures that match a canonical domain name, for each kind of record in which a name can stand."""
        found = (self.knowledge.match_name(record, name) for record in SignatureRecord)
        return NameFacts(name, tuple(self._match(signature) for signature in found if signature is not None))

    def address(self, address: str, tables: TableAnswer) -> AddressFacts:
        """Return what the tables say of a canonical address, joined with who uses its AS numbers."""
        asns = tables.origin.asns if tables.origin else ()
        uses = tuple(use for asn in asns for use in self.asn(asn).uses if use.holds)
        return AddressFacts(address, tables, self.knowledge.anycast(address), uses)

    def _match(self, signature: Signature) -> NameMatch:
        provider = self.knowledge.provider(signature.provider)
        name = provider.name if provider else signature.provider
        return NameMatch(signature, name, self._owner(provider.entity if provider else None))

    def _owner(self, entity_id: str | None) -> OwnerFacts | None:
        chain = self.knowledge.chain(entity_id, self.on) if entity_id else None
        if chain is None:
            return None
        entity = chain.entity
        party = Party(entity.name, None, entity.id)
        above = (entity, *(step.entity for step in chain.parents))
        return OwnerFacts(
            _entity(entity),
            tuple(self._chain_links(chain)),
            tuple(TopFact(_entity(top), top.top) for top in chain.tops),
            chain.top_known,
            tuple(investor for item in above for investor in item.investors),
            find_jurisdictions(((Via.OPERATOR, party),), self.knowledge, self.on).jurisdictions,
        )

    def _chain_links(self, chain: Chain) -> Iterable[LinkFact]:
        steps: tuple[ChainLink, ...] = (*chain.parents, *chain.pending)
        members = (chain.entity, *(step.entity for step in chain.parents))
        for step in steps:
            child = next(member for member in members if any(step.link is link for link in member.parents))
            yield _link(child.id, step.entity, step.link, holds=True)

    def _links(self, entity: Entity, links: Iterable[ParentLink]) -> Iterable[LinkFact]:
        for link in links:
            parent = self.knowledge.entity(link.parent)
            if parent is not None:
                yield _link(entity.id, parent, link, holds=_holds(link.valid_from, link.valid_until, self.on))

    def _is_owned(self, entity: Entity, owner: str) -> bool:
        return any(
            link.parent == owner and link.status is LinkStatus.CLOSED and _holds(link.valid_from, link.valid_until, self.on)
            for link in entity.parents
        )


def pattern_text(signature: Signature) -> str:
    """Return a signature's pattern as one reads it: the suffix, or the expression left of it."""
    if signature.match is SignatureMatch.REGEX:
        return f"{signature.regex} . {signature.value}"
    return signature.value if signature.match is SignatureMatch.PREFIX else f"*.{signature.value}"


def _entity(entity: Entity) -> EntityFact:
    return EntityFact(entity.id, entity.name, entity.country, entity.seat)


def _link(child: str, parent: Entity, link: ParentLink, *, holds: bool) -> LinkFact:
    return LinkFact(child, _entity(parent), link.status, link.valid_from, link.valid_until, holds, link.source)


def _holds(start: date | None, until: date | None, on: date) -> bool:
    return (start is None or start <= on) and (until is None or on < until)
