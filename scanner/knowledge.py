"""The catalogue, indexed for look-up: pure, made once from `herkomst.scanner.model.knowledge.Catalogue`.

Names match at label boundaries by a walk from the right (`herkomst.scanner.signatures`); nothing is matched by substring, since
`scale` lies in Scaleway.
"""

from __future__ import annotations

import ipaddress
import re
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from herkomst.scanner.model.knowledge import (
    AnycastPrefix,
    BorderGroup,
    Catalogue,
    CloudService,
    Entity,
    LinkStatus,
    ParentLink,
    Provider,
    Region,
    Signature,
    SignatureRecord,
)
from herkomst.scanner.model.placement import Party
from herkomst.scanner.signatures import SignatureIndex

_LEGAL_FORM = re.compile(
    r"\b(b\.?\s?v\.?|n\.?\s?v\.?|gmbh|ag|se|s\.?a\.?(s|r\.?l)?\.?|sarl|ltd|limited|llc|inc|incorporated|corp|corporation|plc|oy|oyj|ab|as|a/s|aps|bvba|srl|"
    r"spa|s\.p\.a|co|company|holding|group)\b\.?"
)
_NOT_WORD = re.compile(r"[^a-z0-9]+")
MAX_REMEMBERED = 4096
MAX_CHAIN = 16


@lru_cache(maxsize=16384)
def fold_name(name: str) -> str:
    """Return a company name with case, punctuation and legal form folded away, for comparing whole names only."""
    lowered = name.casefold()
    folded = _NOT_WORD.sub(" ", _LEGAL_FORM.sub(" ", lowered)).strip()
    # a name that is all legal form, or has no Latin letter, is kept, so that no two such names fold to nothing and agree
    return folded or _NOT_WORD.sub(" ", lowered).strip() or lowered.strip()


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One step up from an entity: the parent and the fact that links it."""

    entity: Entity
    link: ParentLink


@dataclass(frozen=True, slots=True)
class Chain:
    """An entity and what lies above it on a date.

    `parents` are the closed links, nearest first; where two parents control an entity together, both follow. `pending` are the
    announced and blocked ones met on the way. `tops` are the last entities on every way up: one, but for joint control.
    `top_known` is true only when every link is sourced and each of `tops` has a source that says nothing lies above it.
    """

    entity: Entity
    parents: tuple[ChainLink, ...]
    pending: tuple[ChainLink, ...]
    top_known: bool
    tops: tuple[Entity, ...] = ()
    top_ids: frozenset[str] = frozenset()

    @property
    def top(self) -> Entity:
        """The last entity that is known, which is the ultimate parent only where `top_known`; under joint control the first listed."""
        return self.tops[0] if self.tops else self.entity


class Knowledge:
    """Look-ups over one catalogue. Holds no state that changes."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._providers = {provider.id: provider for provider in catalogue.providers}
        self._parties = {provider.id: Party(provider.name, provider.id, provider.entity) for provider in catalogue.providers}
        self._entities = {entity.id: entity for entity in catalogue.entities}
        self._by_lei = {entity.lei: entity for entity in catalogue.entities if entity.lei}
        self._by_asn: dict[int, list[Provider]] = {}
        self._by_name: dict[str, Party] = {}
        for entity in catalogue.entities:
            for name in (entity.name, *entity.names):
                self._by_name.setdefault(fold_name(name), Party(entity.name, None, entity.id))
        for provider in catalogue.providers:
            for span in provider.asns:
                self._by_asn.setdefault(span.asn, []).append(provider)
            for name in (provider.name, *provider.holder_names):
                self._by_name[fold_name(name)] = Party(provider.name, provider.id, provider.entity)
        self._regions = {
            (region.provider, code): region for region in catalogue.regions for code in (region.code, *region.aliases)
        }
        self._by_code: dict[str, set[str]] = {}
        for (_, code), region in self._regions.items():
            self._by_code.setdefault(code.lower(), set()).update(region.countries)
        self._border_groups = {(group.provider, group.code): group for group in catalogue.border_groups}
        self._services_by_resource = {
            (service.platform, resource): service for service in catalogue.cloud_services for resource in service.resources
        }
        self._listings: dict[str, dict[str, dict[CloudService, None]]] = {}
        for (platform, resource), service in self._services_by_resource.items():
            self._listings.setdefault(platform, {}).setdefault(resource.partition(":")[0], {})[service] = None
        self._sets = {item.name: item.countries for item in catalogue.country_sets}
        self._site_codes = {item.code: item for item in catalogue.site_codes}
        self._signatures = SignatureIndex(catalogue.signatures)
        self._anycast = _AnycastIndex(catalogue.anycast)
        self._chains: dict[tuple[str, date], Chain | None] = {}
        self._remembered: dict[tuple[object, ...], object] = {}

    # -- providers, entities, parties -------------------------------------------------------------------------------

    def provider(self, provider_id: str) -> Provider | None:
        """Return the provider with this id."""
        return self._providers.get(provider_id)

    def entity(self, entity_id: str) -> Entity | None:
        """Return the entity with this id."""
        return self._entities.get(entity_id)

    def entity_of_lei(self, lei: str) -> Entity | None:
        """Return the entity with this legal entity identifier (ISO 17442, upper case)."""
        return self._by_lei.get(lei)

    def provider_party(self, provider_id: str) -> Party:
        """Return a provider as a party; an id that the catalogue lacks gives a party with only that name."""
        return self._parties.get(provider_id) or Party(provider_id, provider_id)

    def party_of_asn(self, asn: int, holder: str, on: date) -> Party:
        """Return who uses an AS number on a day; the holder's name as the table has it where the catalogue does not know."""
        for provider in self._by_asn.get(asn, ()):
            for span in provider.asns:
                if span.asn == asn and _covers(span.valid_from, span.valid_until, on):
                    return Party(provider.name, provider.id, provider.entity, asn)
        return Party(holder or f"AS{asn}", None, None, asn)

    def party_of_name(self, name: str) -> Party | None:
        """Return the party that registries list under this whole name, case and legal form folded; None where unknown."""
        return self._by_name.get(fold_name(name))

    def remember(self, key: tuple[object, ...], work_out: Callable[[], object]) -> object:
        """Return what follows from this knowledge and the key, worked out once; the key has to hold all else that it rests on."""
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = work_out()
        return found

    def chain(self, entity_id: str, on: date) -> Chain | None:
        """Return the parents of an entity on a day; loops in the catalogue end the walk."""
        key = (entity_id, on)
        if key not in self._chains:
            self._chains[key] = self._walk(entity_id, on)
        return self._chains[key]

    def _walk(self, entity_id: str, on: date) -> Chain | None:
        entity = self._entities.get(entity_id)
        if entity is None:
            return None
        parents: list[ChainLink] = []
        pending: list[ChainLink] = []
        tops: list[Entity] = []
        seen = {entity.id}
        waiting = deque([entity])
        while waiting and len(parents) < MAX_CHAIN:
            current = waiting.popleft()
            steps = self._links(current, on)
            above = [step for step in steps if step.link.status is LinkStatus.CLOSED]
            pending.extend(step for step in steps if step.link.status is not LinkStatus.CLOSED)
            if not above:
                tops.append(current)
            for step in above:
                if step.entity.id not in seen:
                    seen.add(step.entity.id)
                    parents.append(step)
                    waiting.append(step.entity)
        sourced = all(step.link.source is not None for step in parents)
        known = bool(tops) and not waiting and sourced and all(top.top is not None for top in tops)
        return Chain(entity, tuple(parents), tuple(pending), known, tuple(tops), frozenset(top.id for top in tops))

    def _links(self, entity: Entity, on: date) -> list[ChainLink]:
        found = ((self._entities.get(link.parent), link) for link in entity.parents)
        return [
            ChainLink(parent, link)
            for parent, link in found
            if parent is not None and _covers(link.valid_from, link.valid_until, on)
        ]

    def same_party(self, one: Party, other: Party, on: date) -> bool:
        """Say whether two parties are shown equal: one id, one AS under one provider, one folded name, or one ultimate parent."""
        if one.own and other.own:
            return True
        if one.provider and one.provider == other.provider:
            return True
        if one.entity and other.entity:
            first, second = self.chain(one.entity, on), self.chain(other.entity, on)
            if first and second:
                return first.top_ids == second.top_ids and bool(first.top_ids)
            return one.entity == other.entity
        if one.asn is not None and one.asn == other.asn:
            return True
        return bool(fold_name(one.name)) and fold_name(one.name) == fold_name(other.name)

    # -- names ------------------------------------------------------------------------------------------------------

    def match_name(self, record: SignatureRecord, name: str) -> Signature | None:
        """Return the signature with the longest suffix that matches a canonical name; regexes win over their bare suffix."""
        return self._signatures.match_name(record, name)

    def match_text(self, record: SignatureRecord, text: str) -> Signature | None:
        """Return the signature whose prefix the text begins with, case folded; the longest wins."""
        return self._signatures.match_text(record, text)

    # -- places -----------------------------------------------------------------------------------------------------

    def region(self, provider: str, code: str) -> Region | None:
        """Return a provider's region by its code or an alias."""
        return self._regions.get((provider, code))

    def countries_of_region_code(self, code: str) -> tuple[str, ...]:
        """Return the country of a region's code whoever's it is; none where providers use it for different countries."""
        found = self._by_code.get(code.lower(), ())
        return tuple(found) if len(found) == 1 else ()

    def border_group(self, provider: str, code: str) -> BorderGroup | None:
        """Return a network border group."""
        return self._border_groups.get((provider, code))

    def cloud_services(self, platform: str) -> tuple[CloudService, ...]:
        """Return the services of a platform, by the catalogue id of the platform."""
        return tuple(service for service in self.catalogue.cloud_services if service.platform == platform)

    def service_of_resource(self, platform: str, resource: str) -> CloudService | None:
        """Return the service that lists a resource (`dynamodb:table`); None where nobody has judged it."""
        return self._services_by_resource.get((platform, resource))

    def listings(self, platform: str) -> Mapping[str, Collection[CloudService]]:
        """Return, for each service whose lists an inventory is made of (`rds`), the services of the platform that they show."""
        return self._listings.get(platform, {})

    def country_set(self, name: str) -> frozenset[str] | None:
        """Return the countries of a named set."""
        return self._sets.get(name)

    def site_country(self, code: str) -> str | None:
        """Return the country that a location code in a host name stands for."""
        site = self._site_codes.get(code)
        return site.country if site else None

    def anycast(self, address: str) -> AnycastPrefix | None:
        """Return a prefix, known to be anycast, that holds this address or overlaps with this network or part of one."""
        return self._anycast.find(address)


def _covers(start: date | None, until: date | None, on: date) -> bool:
    return (start is None or start <= on) and (until is None or on < until)


class _AnycastIndex:
    """Disjoint prefixes in sorted order, IPv4 and IPv6 apart."""

    def __init__(self, prefixes: Iterable[AnycastPrefix]) -> None:
        self._rows: dict[int, list[tuple[int, int, AnycastPrefix]]] = {4: [], 6: []}
        for item in prefixes:
            network = ipaddress.ip_network(item.prefix)
            self._rows[network.version].append((int(network.network_address), int(network.broadcast_address), item))
        for rows in self._rows.values():
            rows.sort(key=lambda row: row[:2])
        self._starts = {version: [row[0] for row in rows] for version, rows in self._rows.items()}

    def find(self, text: str) -> AnycastPrefix | None:
        """Return a prefix that holds, or overlaps with, an address, a network, or a part of one (`first-last`)."""
        span = _span(text)
        if span is None:
            return None
        version, first, last = span
        index = bisect_right(self._starts[version], last) - 1
        if index < 0:
            return None
        _, end, item = self._rows[version][index]
        return item if end >= first else None


@lru_cache(maxsize=4096)
def _span(text: str) -> tuple[int, int, int] | None:
    """Return the version, the first and the last address of what a text names; None where it names none."""
    first, dash, last = text.partition("-")
    try:
        if dash:
            start, end = ipaddress.ip_address(first), ipaddress.ip_address(last)
            return start.version, int(start), int(end)
        network = ipaddress.ip_network(text)
    except ValueError:
        return None
    return network.version, int(network.network_address), int(network.broadcast_address)
