"""What somebody who keeps the catalogue should look at: `herkomst knowledge review`. Counts first, then the entries of each question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from herkomst.reports.phrases import Phrases, parse_day
from herkomst.reports.terminal import fill, strong
from herkomst.scanner.knowledge import Chain, Knowledge
from herkomst.scanner.model.knowledge import Entity, LinkStatus, ParentLink, ProviderKind, Source
from herkomst.scanner.names import display

WITH_NETWORK = frozenset({ProviderKind.HOSTING, ProviderKind.CDN, ProviderKind.NETWORK})
"""Kinds of which one expects an AS number; a service on somebody else's network has none."""
UNDECIDED_AFTER = timedelta(days=365)
"""An announced take-over without an outcome for so long has had one that the catalogue lacks."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One entry to look at: the id of its file, what it is about, and as of when it was read."""

    id: str
    about: str = ""
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """One question and the entries that raise it; `of` is how many were asked."""

    key: str
    of: int
    items: tuple[ReviewItem, ...]


class Reviewer:
    """Asks the questions about one catalogue on one day."""

    def __init__(self, knowledge: Knowledge, on: date, older_than_days: int) -> None:
        self.catalogue = knowledge.catalogue
        self.on = on
        self.limit = on - timedelta(days=older_than_days)
        self._chains: dict[str, Chain] = {}
        for provider in self.catalogue.providers:
            chain = knowledge.chain(provider.entity, on) if provider.entity else None
            if chain is not None:
                self._chains[provider.id] = chain

    def groups(self) -> tuple[ReviewGroup, ...]:
        """Return every question with its entries, in the order in which they weigh on verdicts."""
        providers = self.catalogue.providers
        operators = list({chain.entity.id: chain.entity for chain in self._chains.values()}.values())
        links = [(entity, link) for entity in self.catalogue.entities for link in entity.parents]
        closed = [(entity, link) for entity, link in links if link.status is LinkStatus.CLOSED]
        networked = [provider for provider in providers if provider.kinds & WITH_NETWORK]
        named = {signature.provider for signature in self.catalogue.signatures}
        facts = list(self._facts())
        return (
            _group("links", len(closed), (_of_link(one, link) for one, link in closed if link.source is None)),
            _group("seats", len(operators), (ReviewItem(one.id, one.country) for one in operators if one.seat is None)),
            _group("tops", len(self._chains), self._open_tops()),
            _group("undecided", len(links) - len(closed), (_of_link(*pair) for pair in links if self._is_undecided(pair[1]))),
            _group("ended", len(self.catalogue.entities), (_of_link(*pair) for pair in self._ended())),
            _group("old", len(facts), (item for item in facts if self._is_old(item.as_of))),
            _group("entities", len(providers), (ReviewItem(item.id) for item in providers if item.id not in self._chains)),
            _group("asns", len(networked), (ReviewItem(item.id) for item in networked if not item.asns)),
            _group("signatures", len(providers), (ReviewItem(item.id) for item in providers if item.id not in named)),
        )

    def _open_tops(self) -> Iterator[ReviewItem]:
        for provider, chain in self._chains.items():
            about = ", ".join(top.id for top in chain.tops if top.top is None)
            if about and all(step.link.source is not None for step in chain.parents):
                yield ReviewItem(provider, about)

    def _is_undecided(self, link: ParentLink) -> bool:
        since = link.valid_from or (parse_day(link.source.as_of) if link.source else None)
        is_open = link.status is LinkStatus.ANNOUNCED and (link.valid_until is None or link.valid_until > self.on)
        return is_open and (since is None or self.on - since > UNDECIDED_AFTER)

    def _ended(self) -> Iterator[tuple[Entity, ParentLink]]:
        """Yield the last owner of an entity that has none today and no source that there is none."""
        for entity in self.catalogue.entities:
            closed = [link for link in entity.parents if link.status is LinkStatus.CLOSED]
            past = [link for link in closed if link.valid_until is not None and link.valid_until <= self.on]
            if past and len(past) == len(closed) and entity.top is None and not entity.investors:
                yield entity, max(past, key=lambda link: link.valid_until or date.min)

    def _facts(self) -> Iterator[ReviewItem]:
        """Yield every sourced fact that counts today."""
        for entity in self.catalogue.entities:
            parts: list[tuple[str, Source | None]] = [("seat", entity.seat), ("top", entity.top)]
            parts += [
                (link.parent, link.source) for link in entity.parents if link.valid_until is None or link.valid_until > self.on
            ]
            for about, source in parts:
                if source is not None:
                    yield ReviewItem(entity.id, about, source.as_of)

    def _is_old(self, as_of: str) -> bool:
        day = parse_day(as_of if len(as_of) > 4 else f"{as_of}-12-31")
        return day is None or day < self.limit


def review_lines(groups: Iterable[ReviewGroup], phrases: Phrases, width: int, limit: int, *, colour: bool) -> Iterator[str]:
    """Yield the review as text: all counts, then at most `limit` entries of each question (0: all)."""
    words, listed = phrases.words, list(groups)
    yield strong(words.say("knowledge.review.title"), colour)
    for group in listed:
        counted = words.say("answer.count", number=len(group.items), total=group.of)
        yield from fill(f"{words.say(f'knowledge.review.{group.key}')}: {counted}", width, "  - ")
    for group in filter(lambda item: item.items, listed):
        shown = group.items[:limit] if limit else group.items
        yield ""
        yield from fill(strong(words.say(f"knowledge.review.{group.key}"), colour), width)
        for item in shown:
            text = ": ".join(filter(None, (display(item.id), display(item.about))))
            yield from fill(f"{text}, {phrases.as_of(item.as_of)}" if item.as_of else text, width, "  - ")
        if len(shown) < len(group.items):
            yield from fill(words.say("knowledge.review.more", number=len(group.items) - len(shown)), width, "  ")


def _group(key: str, of: int, items: Iterable[ReviewItem]) -> ReviewGroup:
    return ReviewGroup(key, of, tuple(sorted(items, key=lambda item: (item.as_of, item.id, item.about))))


def _of_link(entity: Entity, link: ParentLink) -> ReviewItem:
    return ReviewItem(entity.id, link.parent, link.source.as_of if link.source else "")
