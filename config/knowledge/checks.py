"""What no single file can show: references that lead nowhere, two providers with one AS number, chains that run in a circle."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, pairwise

from herkomst.config.knowledge.documents import Fields, Problems
from herkomst.scanner.knowledge import fold_name
from herkomst.scanner.model.knowledge import AnycastPrefix, AsnSpan, Catalogue, LinkStatus, Provider


@dataclass
class Register:
    """The mistakes so far, and where each record stands, for mistakes that show only when all is read."""

    problems: Problems = field(default_factory=Problems)
    _places: dict[tuple[str, object], tuple[str, int]] = field(default_factory=dict)

    def claim(self, what: str, key: object, fields: Fields) -> None:
        """Note where a record stands; two records under one key are a mistake."""
        first = self._places.setdefault((what, key), (fields.file, fields.line))
        if first != (fields.file, fields.line):
            shown = " ".join(str(part) for part in key if part) if isinstance(key, tuple) else str(key)
            fields.add(f"the {what} {shown!r} stands at {first[0]}:{first[1]} too")

    def complain(self, what: str, key: object, text: str) -> None:
        """Note a mistake at a record's place."""
        file, line = self._places.get((what, key), ("catalogue", 1))
        self.problems.add(file, line, text)


def check_catalogue(catalogue: Catalogue, register: Register) -> None:
    """Note every mistake between records; the records themselves are right by now."""
    _check_references(catalogue, register)
    _check_asns(catalogue.providers, register)
    _check_holders(catalogue.providers, register)
    _check_chains(catalogue, register)
    _check_overlap(catalogue.anycast, register)


def _check_references(catalogue: Catalogue, register: Register) -> None:
    providers = {provider.id for provider in catalogue.providers}
    entities = {entity.id for entity in catalogue.entities}
    for provider in catalogue.providers:
        if provider.entity is not None and provider.entity not in entities:
            register.complain("provider", provider.id, f"the entity {provider.entity!r} has no file in entities/")
    for entity in catalogue.entities:
        for link in entity.parents:
            if link.parent not in entities:
                register.complain("entity", entity.id, f"the parent {link.parent!r} has no file in entities/")
    for region in catalogue.regions:
        if region.provider not in providers:
            _miss_provider(register, "region", (region.provider, region.code), region.provider)
    for group in catalogue.border_groups:
        if group.provider not in providers:
            _miss_provider(register, "border group", (group.provider, group.code), group.provider)
    resources: dict[tuple[str, str], str] = {}
    for service in catalogue.cloud_services:
        if service.platform not in providers:
            _miss_provider(register, "cloud service", (service.platform, service.id), service.platform)
        for resource in service.resources:
            other = resources.setdefault((service.platform, resource), service.id)
            if other != service.id:
                register.complain("cloud service", (service.platform, service.id), f"{resource!r} belongs to {other!r} already")
    for item in catalogue.anycast:
        if item.provider is not None and item.provider not in providers:
            _miss_provider(register, "prefix", item.prefix, item.provider)


def _miss_provider(register: Register, what: str, key: object, provider: str) -> None:
    register.complain(what, key, f"the provider {provider!r} has no file in providers/")


def _check_asns(providers: Iterable[Provider], register: Register) -> None:
    users: dict[int, list[tuple[Provider, AsnSpan]]] = defaultdict(list)
    for provider in providers:
        for span in provider.asns:
            users[span.asn].append((provider, span))
    for asn, uses in users.items():
        for (first, one), (second, other) in combinations(uses, 2):
            if _overlap(one, other):
                rule = "one AS number names one provider at a time: leave it with the one whose network it is"
                register.complain("provider", second.id, f"AS{asn} is listed by {first.id} for the same days; {rule}")


def _overlap(one: AsnSpan, other: AsnSpan) -> bool:
    start = max(one.valid_from or date.min, other.valid_from or date.min)
    return start < min(one.valid_until or date.max, other.valid_until or date.max)


def _check_holders(providers: Iterable[Provider], register: Register) -> None:
    users: dict[str, Provider] = {}
    for provider in providers:
        for name in {fold_name(name) for name in (provider.name, *provider.holder_names)}:
            first = users.setdefault(name, provider)
            if first is not provider:
                register.complain("provider", provider.id, f"the holder name {name!r} (folded) is listed by {first.id} too")


def _check_chains(catalogue: Catalogue, register: Register) -> None:
    parents = {
        entity.id: [link.parent for link in entity.parents if link.status is LinkStatus.CLOSED and link.valid_until is None]
        for entity in catalogue.entities
    }
    for entity in catalogue.entities:
        seen: set[str] = set()
        pending = list(parents[entity.id])
        while pending:
            current = pending.pop()
            if current == entity.id:
                register.complain("entity", entity.id, "its closed parents lead back to itself")
                break
            if current not in seen:
                seen.add(current)
                pending.extend(parents.get(current, ()))
        if entity.top is not None and parents[entity.id]:
            register.complain("entity", entity.id, "it has 'top' (nobody controls it) and a parent that is closed and open-ended")


def _check_overlap(prefixes: Iterable[AnycastPrefix], register: Register) -> None:
    # Disjoint prefixes let the look-up be one bisection.
    networks = [ipaddress.ip_network(item.prefix) for item in prefixes]
    for version in (4, 6):
        ordered = sorted((net for net in networks if net.version == version), key=lambda net: int(net.network_address))
        for first, second in pairwise(ordered):
            if int(second.network_address) <= int(first.broadcast_address):
                register.complain("prefix", str(second), f"{second} lies in {first}")
