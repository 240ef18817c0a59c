"""From what a person wrote to what it can mean: a provider, an entity, an AS number, a domain name, an address.

One text may mean more than one thing (`kpn` is a service and a company), and then all of them are explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from herkomst.config.tables.answers import TableAnswer
from herkomst.reports.knowledge_facts import FactGatherer, Facts, NameFacts
from herkomst.scanner.errors import InvalidName, UsageError
from herkomst.scanner.knowledge import Knowledge, fold_name
from herkomst.scanner.model.knowledge import Entity, Provider
from herkomst.scanner.names import canonical_address, canonical_name, display, is_address

_ASN = re.compile(r"asn?[ ]?([0-9]{1,10})", re.IGNORECASE)
NEAREST = 5
LEAST_ALIKE = 0.6
Lookup = Callable[[str], TableAnswer]
"""The prefix tables; called for an address only, so that nothing else has to open them."""


def find_facts(what: str, gatherer: FactGatherer, lookup: Lookup) -> tuple[Facts, ...]:
    """Return the facts of everything that a text means; raise UsageError with the nearest entries where it means nothing."""
    knowledge, text = gatherer.knowledge, what.strip()
    number = _ASN.fullmatch(text)
    if number:
        return (_facts_of_asn(int(number[1]), gatherer),)
    if is_address(text):
        address = canonical_address(text)
        return (gatherer.address(address, lookup(address)),)
    found: list[Facts] = [gatherer.provider(item) for item in _providers(text, knowledge)]
    found += [gatherer.entity(item) for item in _entities(text, knowledge)]
    if "." in text:
        facts = _facts_of_name(text, gatherer)
        if facts is not None and (facts.matches or not found):
            found.append(facts)
    if not found:
        raise _unknown(text, knowledge)
    return tuple(found)


def _facts_of_asn(asn: int, gatherer: FactGatherer) -> Facts:
    facts = gatherer.asn(asn)
    if not facts.uses:
        advice = "Its holder in the tables shows with one of its addresses: herkomst knowledge explain ADDRESS."
        raise UsageError(f"No provider of the catalogue lists AS{asn}.", advice=advice)
    return facts


def _facts_of_name(text: str, gatherer: FactGatherer) -> NameFacts | None:
    try:
        return gatherer.name(canonical_name(text))
    except InvalidName:
        return None


def _providers(text: str, knowledge: Knowledge) -> list[Provider]:
    """Return the provider of an id, or else those that are called so, by their own name or in a registry."""
    exact = knowledge.provider(text.lower())
    if exact is not None:
        return [exact]
    folded = fold_name(text)
    return [
        item for item in knowledge.catalogue.providers if folded in {fold_name(name) for name in (item.name, *item.holder_names)}
    ]


def _entities(text: str, knowledge: Knowledge) -> list[Entity]:
    """Return the entity of an id, an LEI or a KvK number, or else those that are or were called so."""
    exact = knowledge.entity(text.lower()) or knowledge.entity_of_lei(text.upper())
    if exact is not None:
        return [exact]
    folded = fold_name(text)
    return [
        item
        for item in knowledge.catalogue.entities
        if (item.kvk and item.kvk == text) or folded in {fold_name(name) for name in (item.name, *item.names)}
    ]


def _unknown(text: str, knowledge: Knowledge) -> UsageError:
    ids: dict[str, str] = {}
    for provider in knowledge.catalogue.providers:
        ids.update(dict.fromkeys((provider.id, fold_name(provider.name)), provider.id))
    for entity in knowledge.catalogue.entities:
        for name in (entity.id, fold_name(entity.name)):
            ids.setdefault(name, entity.id)
    wanted = fold_name(text)
    near = get_close_matches(wanted, ids, NEAREST, LEAST_ALIKE)
    near += [name for name in ids if len(wanted) > 2 and wanted in name]
    nearest = list(dict.fromkeys(ids[name] for name in near))[:NEAREST]
    advice = (
        f"Nearest: {', '.join(nearest)}." if nearest else "Give a provider, an entity, an AS number, a domain name or an address."
    )
    return UsageError(f"The catalogue has no {display(text, 60)!r}.", advice=advice)
