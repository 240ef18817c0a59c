"""The three answers of a system: location, operator and owner, jurisdiction; each over all its endpoints, and never merged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from herkomst.reports.base import Answer, AnswerGroup, AnswerLine
from herkomst.reports.phrases import Phrases
from herkomst.scanner.model.placement import Jurisdiction, JurisdictionStatus, Layer, Placement
from herkomst.scanner.names import display

COUNTED = frozenset({JurisdictionStatus.CURRENT, JurisdictionStatus.CLOSED})
PENDING = frozenset({JurisdictionStatus.ANNOUNCED, JurisdictionStatus.BLOCKED})
Said: TypeAlias = tuple[str, str, str]
"""What an endpoint says, on which ground, and how that ground bears on it; the last two may be empty."""


def build_answers(placements: tuple[Placement, ...], phrases: Phrases) -> tuple[Answer, ...]:
    """Return location, operator and owner, and jurisdiction, in that order; the unit counted is an endpoint in a role."""
    return (_locate(placements, phrases), _own(placements, phrases), _rule(placements, phrases))


def _locate(placements: tuple[Placement, ...], phrases: Phrases) -> Answer:
    def place(item: Placement) -> Iterator[Said]:
        yield phrases.place(item), phrases.words.of("grade", item.location.grade) if item.location.grade else "", ""

    groups = [
        _group(f"answer.location.{layer.value}", (item for item in placements if item.layer is layer), place, phrases)
        for layer in (Layer.ORIGIN, Layer.EDGE)
    ]
    return Answer(phrases.words.say("answer.location"), _filled(groups))


def _own(placements: tuple[Placement, ...], phrases: Phrases) -> Answer:
    unknown = phrases.unknown

    def provider(item: Placement) -> Iterator[Said]:
        yield phrases.party(item.provider) if item.provider else unknown(item), "", ""

    def network(item: Placement) -> Iterator[Said]:
        yield phrases.network(item.network), "", ""

    def owner(item: Placement) -> Iterator[Said]:
        fact = item.ultimate_parent or item.owner
        yield phrases.owner(fact) if fact else unknown(item), phrases.fact_date(fact), ""

    def investor(item: Placement) -> Iterator[Said]:
        yield from ((text, "", "") for text in investors(item, phrases))

    addressed = tuple(item for item in placements if item.network is not None or item.addresses)
    groups = [
        _group("answer.owner.provider", placements, provider, phrases),
        _group("answer.owner.network", addressed, network, phrases),
        _group("answer.owner.parent", placements, owner, phrases),
        _group("answer.owner.investors", placements, investor, phrases),
    ]
    return Answer(phrases.words.say("answer.owner"), _filled(groups))


def _rule(placements: tuple[Placement, ...], phrases: Phrases) -> Answer:
    def countries(chosen: Callable[[Jurisdiction], bool]) -> Callable[[Placement], Iterator[Said]]:
        def say(item: Placement) -> Iterator[Said]:
            for fact in filter(chosen, item.jurisdictions):
                yield phrases.words.country(fact.country), display(fact.party), _how(fact, phrases)

        return say

    def unknown(item: Placement) -> Iterator[Said]:
        if not item.jurisdictions:
            yield phrases.unknown(item), "", ""

    groups = [
        _group("answer.jurisdiction.counted", placements, countries(_is_counted), phrases),
        _group("answer.jurisdiction.unsourced", placements, countries(_is_weak), phrases),
        _group("answer.jurisdiction.unknown", placements, unknown, phrases),
        _group("answer.jurisdiction.pending", placements, countries(lambda fact: fact.status in PENDING), phrases),
    ]
    return Answer(phrases.words.say("answer.jurisdiction"), _filled(groups))


def _is_counted(fact: Jurisdiction) -> bool:
    return fact.sourced and fact.status in COUNTED


def _is_weak(fact: Jurisdiction) -> bool:
    return fact.status not in PENDING and not _is_counted(fact)


def _how(fact: Jurisdiction, phrases: Phrases) -> str:
    via = phrases.words.of("via", fact.via)
    return f"{via}, {phrases.words.of('jurisdiction', fact.status)}" if fact.status in PENDING else via


def investors(placement: Placement, phrases: Phrases) -> tuple[str, ...]:
    """Return the investors of the owners of an endpoint, in words: shown, never counted."""
    facts = (fact for fact in (placement.owner, placement.ultimate_parent) if fact is not None)
    found = (item for fact in facts for item in fact.investors)
    worded = (
        phrases.words.say("answer.investor", name=item.name, country=phrases.words.country(item.country), share=item.share)
        for item in found
    )
    return tuple(dict.fromkeys(text.strip() for text in worded))


def _group(
    label: str, placements: Iterable[Placement], say: Callable[[Placement], Iterable[Said]], phrases: Phrases
) -> AnswerGroup:
    """Return one line for each text, the most frequent first: how many endpoints share it, in which roles, on which grounds."""
    whole = tuple(placements)
    sharing: dict[str, list[Placement]] = {}
    grounds: dict[str, dict[str, dict[str, None]]] = {}
    for item in whole:
        said = tuple(say(item))
        for text in dict.fromkeys(text for text, _, _ in said):
            sharing.setdefault(text, []).append(item)
        for text, ground, how in said:
            grounds.setdefault(text, {}).setdefault(ground, {}).update({how: None} if how else {})
    lines = tuple(
        AnswerLine(
            text,
            len(items),
            len(whole),
            phrases.words.say("answer.count", number=len(items), total=len(whole)),
            phrases.words.listed(dict.fromkeys(phrases.role(item.role) for item in items)),
            phrases.words.listed(_ground(name, hows, phrases) for name, hows in grounds[text].items() if name),
        )
        for text, items in sorted(sharing.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )
    return AnswerGroup(phrases.words.say(label), lines)


def _ground(name: str, hows: Iterable[str], phrases: Phrases) -> str:
    how = ", ".join(hows)
    return phrases.words.say("answer.party", party=name, via=how) if how else name


def _filled(groups: Iterable[AnswerGroup]) -> tuple[AnswerGroup, ...]:
    return tuple(group for group in groups if group.lines)
