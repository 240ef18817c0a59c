"""The records of `knowledge explain` as text for a terminal, each fact with its source and date, or with the words that it has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from herkomst.reports.answers import COUNTED
from herkomst.reports.base import RenderOptions
from herkomst.reports.knowledge_facts import (
    AddressFacts,
    AsnFacts,
    AsnUse,
    EntityFact,
    EntityFacts,
    Facts,
    LinkFact,
    NameFacts,
    OwnerFacts,
    ProviderFacts,
    pattern_text,
)
from herkomst.reports.phrases import Phrases
from herkomst.reports.terminal import fill, strong
from herkomst.scanner.model.knowledge import AsnSpan, LinkStatus, Region, Signature, Source
from herkomst.scanner.model.placement import Jurisdiction, JurisdictionStatus
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.names import display

_ITEM = "  - "
_DEEPER = "    "


def explain_lines(
    on: date, versions: Iterable[KnowledgeVersion], found: Iterable[Facts], phrases: Phrases, options: RenderOptions
) -> Iterator[str]:
    """Yield the explanation of everything that was found, as of a day."""
    page = _Page(phrases, options, on)
    for number, facts in enumerate(found):
        if number:
            yield ""
        yield from page.facts(facts)
    yield ""
    for version in versions:
        text = page.say("knowledge.version", name=version.name, version=version.version, date=phrases.as_of(version.as_of))
        yield from fill(text, options.width)


class _Page:
    """Words the facts; one method a part."""

    def __init__(self, phrases: Phrases, options: RenderOptions, on: date) -> None:
        self.phrases, self.words, self.say = phrases, phrases.words, phrases.words.say
        self.width, self.colour, self.on = options.width, options.colour, on
        self.shown: set[str] = set()
        """Entities whose owners were told already: a service and its company are often asked about by one word."""

    def facts(self, facts: Facts) -> Iterator[str]:
        if isinstance(facts, ProviderFacts):
            yield from self._provider(facts)
        elif isinstance(facts, EntityFacts):
            yield from self._entity_page(facts)
        elif isinstance(facts, AsnFacts):
            yield from self._heading("knowledge.asn", asn=facts.asn)
            yield from self._uses(facts.uses)
        elif isinstance(facts, NameFacts):
            yield from self._name(facts)
        else:
            yield from self._address(facts)

    # -- pages ------------------------------------------------------------------------------------------------------

    def _provider(self, facts: ProviderFacts) -> Iterator[str]:
        yield from self._heading("knowledge.provider", name=facts.name, id=facts.id)
        kinds = self.words.listed(self.words.of("provider_kind", kind) for kind in facts.kinds)
        yield from self._field("knowledge.kinds", kinds)
        yield from self._owner(facts.owner)
        yield from self._list("knowledge.asns", (self._span(span) for span in facts.asns))
        yield from self._list("knowledge.holder_names", map(display, facts.holder_names))
        if facts.sites is not None:
            countries = self.words.listed(map(self.words.country, facts.sites.countries))
            yield from self._list("knowledge.sites", [f"{countries}; {self._source(facts.sites.source)}"])
        yield from self._list("knowledge.regions", map(self._region, facts.regions))
        groups = (f"{display(item.code)}: {self.words.country(item.country)}" for item in facts.border_groups)
        yield from self._list("knowledge.border_groups", groups)
        yield from self._list("knowledge.signatures", map(self._signature, facts.signatures))
        yield from self._list("knowledge.sources", map(self._source, facts.sources))

    def _entity_page(self, facts: EntityFacts) -> Iterator[str]:
        yield from self._heading("knowledge.entity", name=facts.name, id=facts.id)
        for key, text in (("knowledge.lei", facts.lei), ("knowledge.kvk", facts.kvk)):
            yield from self._field(key, display(text))
        yield from self._field("knowledge.names", ", ".join(map(display, facts.names)))
        yield from self._owner(facts.owner)
        past = [link for link in facts.history if not link.holds]
        yield from self._list("knowledge.history", map(self._link, past))
        yield from self._field("knowledge.offers", ", ".join(map(display, facts.offers)))
        yield from self._field("knowledge.owns", ", ".join(map(self._named, facts.owns)))

    def _name(self, facts: NameFacts) -> Iterator[str]:
        yield from self._heading("knowledge.name", name=facts.name)
        if not facts.matches:
            yield from fill(self.say("knowledge.no_match"), self.width, "  ")
        for match in facts.matches:
            yield from fill(self._signature(match.signature, display(match.provider_name)), self.width, _ITEM)
            yield from self._short_owner(match.owner)

    def _address(self, facts: AddressFacts) -> Iterator[str]:
        yield from self._heading("knowledge.address", address=facts.address)
        tables = facts.tables
        ranges = (
            self.say(
                "knowledge.range",
                prefix=entry.prefix,
                provider=entry.provider,
                region=entry.border_group or entry.region or "-",
                services=", ".join(entry.services) or "-",
                scope=self.words.of("range_scope", entry.scope),
                dataset=entry.dataset,
            )
            for entry in tables.ranges
        )
        yield from self._list("knowledge.ranges", ranges, always=True)
        origin = tables.origin
        holders = zip(origin.asns, origin.holders, strict=True) if origin else ()
        named = (f"AS{asn} {display(holder)}, {origin.prefix}, {origin.dataset}" for asn, holder in holders if origin)
        yield from self._list("knowledge.origins", named, always=True)
        for key, entry in (("knowledge.registration", tables.registration), ("knowledge.location", tables.location)):
            shown = [f"{self.words.country(entry.country)}, {entry.prefix}, {entry.dataset}"] if entry else []
            yield from self._list(key, shown, always=True)
        if facts.anycast is not None:
            whose = display(facts.anycast.provider or "")
            text = ", ".join(filter(None, (facts.anycast.prefix, whose)))
            yield from self._list("knowledge.anycast", [f"{text}; {self._source(facts.anycast.source)}"])
        if facts.uses:
            yield from self._part("knowledge.users")
            yield from self._uses(facts.uses)

    def _uses(self, uses: Iterable[AsnUse]) -> Iterator[str]:
        for use in uses:
            span = self._dates(use.valid_from, use.valid_until)
            past = "" if use.holds else self.say("knowledge.not_today", date=self.words.day(self.on))
            text = ", ".join(filter(None, (f"AS{use.asn} {display(use.name)} ({display(use.provider)})", span, past)))
            yield from fill(text, self.width, _ITEM)
            yield from self._short_owner(use.owner)

    # -- owners -----------------------------------------------------------------------------------------------------

    def _owner(self, owner: OwnerFacts | None) -> Iterator[str]:
        yield from self._part("knowledge.owner", date=self.words.day(self.on))
        if owner is None:
            yield from fill(self.say("knowledge.no_entity"), self.width, "  ")
            return
        if owner.entity.id in self.shown:
            yield from fill(self.say("knowledge.shown", name=self._named(owner.entity)), self.width, _ITEM)
            return
        self.shown.add(owner.entity.id)
        seat = self.say("knowledge.seat", source=self._source(owner.entity.seat))
        yield from fill(f"{self._named(owner.entity)}; {seat}", self.width, _ITEM)
        for link in owner.links:
            yield from fill(self._link(link), self.width, _ITEM)
            if link.status is LinkStatus.CLOSED:
                yield from fill(self.say("knowledge.seat", source=self._source(link.parent.seat)), self.width, _DEEPER)
        for top in owner.tops:
            key = "knowledge.top" if top.source else "knowledge.open_top"
            text = self.say(key, name=self._named(top.entity))
            yield from fill(f"{text}; {self._source(top.source)}" if top.source else text, self.width, _ITEM)
        investors = (
            f"{self.say('answer.investor', name=item.name, country=self.words.country(item.country), share=item.share).strip()}; "
            f"{self._source(item.source)}"
            for item in owner.investors
        )
        yield from self._list("answer.owner.investors", investors)
        yield from self._list("knowledge.jurisdictions", map(self._jurisdiction, owner.jurisdictions))
        if not owner.top_known:
            yield from fill(self.say("knowledge.top_unknown"), self.width, "  ")

    def _short_owner(self, owner: OwnerFacts | None) -> Iterator[str]:
        if owner is None:
            yield from fill(self.say("knowledge.no_entity"), self.width, _DEEPER)
            return
        closed = [link for link in owner.links if link.status is LinkStatus.CLOSED]
        yield from fill(f"{self._named(owner.entity)}{self._mark(owner.entity.seat)}", self.width, _DEEPER)
        for link in closed:
            text = self.say("knowledge.owned", child=link.child, parent=self._named(link.parent))
            yield from fill(f"{text}{self._mark(link.source and link.parent.seat)}", self.width, _DEEPER)
        pending = [link for link in owner.links if link.status is not LinkStatus.CLOSED]
        for link in pending:
            yield from fill(self._link(link), self.width, _DEEPER)

    def _mark(self, source: Source | None) -> str:
        return "" if source else f" [{self.say('fact.unsourced')}]"

    def _link(self, link: LinkFact) -> str:
        names = {"child": link.child, "parent": self._named(link.parent)}
        if link.status is LinkStatus.CLOSED:
            text = self.say("knowledge.owned", **names)
        else:
            text = self.say(
                "knowledge.link", **names, status=self.words.of("jurisdiction", JurisdictionStatus(link.status.value))
            )
        return "; ".join(filter(None, (text, self._dates(link.valid_from, link.valid_until), self._source(link.source))))

    def _jurisdiction(self, item: Jurisdiction) -> str:
        via, status = self.words.of("via", item.via), self.words.of("jurisdiction", item.status)
        text = self.say("fact.party", party=item.party, country=self.words.country(item.country), via=via, status=status)
        counts = item.status in COUNTED
        effect = "knowledge.effect.pending" if not counts else f"knowledge.effect.{'sourced' if item.sourced else 'unsourced'}"
        return f"{text}; {self.say(effect)}"

    # -- words of single facts --------------------------------------------------------------------------------------

    def _named(self, entity: EntityFact) -> str:
        return self.say("answer.with_country", name=entity.name, country=self.words.country(entity.country))

    def _source(self, source: Source | None) -> str:
        if source is None:
            return self.say("fact.unsourced")
        return self.say("knowledge.source", title=source.title, url=source.url, date=self.phrases.as_of(source.as_of))

    def _dates(self, start: date | None, until: date | None) -> str:
        parts = [self.say("knowledge.from", date=self.words.day(start))] if start else []
        parts += [self.say("knowledge.until", date=self.words.day(until))] if until else []
        return " ".join(parts)

    def _span(self, span: AsnSpan) -> str:
        return ", ".join(filter(None, (f"AS{span.asn}", self._dates(span.valid_from, span.valid_until))))

    def _region(self, region: Region) -> str:
        codes = "/".join(map(display, (region.code, *region.aliases)))
        countries = self.words.listed(map(self.words.country, region.countries))
        place = f"{display(region.city)}, {countries}" if region.city else countries
        return f"{codes}: {place}" + (f"; {self._source(region.source)}" if region.source else "")

    def _signature(self, signature: Signature, provider: str = "") -> str:
        role = self.words.of("signature_role", signature.role)
        text = f"{signature.record.value.upper()} {display(pattern_text(signature))}: {role}"
        named = f"{text}, {provider} ({display(signature.provider)})" if provider else text
        return f"{named}; {self.say('knowledge.by_dns_host')}" if signature.set_by_dns_host else named

    # -- layout -----------------------------------------------------------------------------------------------------

    def _heading(self, key: str, **values: object) -> Iterator[str]:
        for line in fill(self.say(key, **values), self.width):
            yield strong(line, self.colour)

    def _part(self, key: str, **values: object) -> Iterator[str]:
        yield ""
        for line in fill(self.say(key, **values), self.width):
            yield strong(line, self.colour)

    def _field(self, key: str, text: str) -> Iterator[str]:
        if text:
            yield from fill(f"{self.say(key)}: {text}", self.width, "  ")

    def _list(self, key: str, items: Iterable[str], *, always: bool = False) -> Iterator[str]:
        listed = list(items)
        if not listed and not always:
            return
        yield from self._part(key)
        for text in listed or [self.say("knowledge.no_row")]:
            yield from fill(text, self.width, _ITEM)
