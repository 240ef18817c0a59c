"""Records in words: names, values, dates and evidence of one run, in one language."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from herkomst.reports.base import EvidenceView
from herkomst.reports.coverage import unanswered
from herkomst.reports.evidence import word_content
from herkomst.reports.words import Words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import UNREAD_SERVICE
from herkomst.scanner.model.claim import Operator, Role
from herkomst.scanner.model.observation import Observation, TlsChain
from herkomst.scanner.model.placement import Network, OwnerFact, Party, Placement
from herkomst.scanner.model.verdict import Note, Verdict
from herkomst.scanner.names import display, unicode_name

SHORT_ID = 8
LENGTH_OF_MONTH = len("2026-06")
_NOTE_FAMILIES = {"via": "via", "outcome": "no_answer"}
"""Parameters of notes that have words of their own."""
COUNTRY_PROPERTIES = frozenset({"country", "jurisdiction"})


def show_name(name: str) -> str:
    """Return a name as it can be shown: an international one in both forms, since look-alikes differ only in one of them."""
    readable = unicode_name(name)
    return display(name) if readable == name else f"{display(readable)} ({display(name)})"


_SHARE_KEY = "lockin.managed-services"
"""The claim that may give a share, which is the most that is allowed."""
YES_NO = {"yes": "value.yes", "no": "value.no"}
"""How the two values of a claim of truth are worded."""


class Phrases:
    """Words for the records of one run; `knowledge` gives the names behind catalogue ids."""

    def __init__(self, words: Words, knowledge: Knowledge, observations: dict[str, Observation]) -> None:
        self.words = words
        self.knowledge = knowledge
        self._observations = observations

    # -- claims and their values --------------------------------------------------------------------------------------

    def value(self, key: str, value: str) -> str:
        """Return one declared or observed value of a claim: a country, a set, a party by name, or as it is."""
        set_key = f"set.{value}"
        if self.words.has(set_key):
            return self.words.say(set_key)
        if value == "self":
            return self.words.say("value.self")
        if value in YES_NO:
            return self.words.say(YES_NO[value])
        if key.rpartition(".")[2] in COUNTRY_PROPERTIES:
            return self.words.country(value)
        provider = self.knowledge.provider(value)
        if provider is not None:
            return display(provider.name)
        entity = self.knowledge.entity(value)
        return display(entity.name) if entity is not None else show_name(value)

    def values(self, key: str, values: Iterable[str]) -> str:
        """Return values in one phrase; the word for none where there are none."""
        return self.words.listed(self.value(key, value) for value in values) or self.words.say("value.none")

    def expected(self, verdict: Verdict) -> str:
        """Return what was claimed, with `not` before it where the claim denies."""
        values = self.values(verdict.claim, verdict.expected)
        if verdict.claim == _SHARE_KEY and values.endswith("%"):
            values = self.words.say("value.at_most", share=values)
        return self.words.say(f"operator.{Operator(verdict.operator)}", values=values)

    def claim_label(self, key: str) -> str:
        """Return what a claim key speaks of; a key that the vocabulary lacks is shown as it is."""
        from herkomst.config.vocabulary import claim_kind  # reads its file, and only where there are claims

        kind = claim_kind(key)
        if kind is None:
            return display(key)
        return kind.label_nl if self.words.language == "nl" else kind.label_en

    def role(self, role: str) -> str:
        """Return the word for a role, a group or `edge`."""
        if role in set(Role):
            return self.words.of("role", Role(role))
        return self.words.of("group", role)

    # -- parties and places ------------------------------------------------------------------------------------------------

    def party(self, party: Party | None) -> str:
        """Return the name of a provider."""
        return display(party.name) if party else self.words.say("answer.unknown")

    def unknown(self, placement: Placement) -> str:
        """Return the word for a party that is not known, or for an endpoint that was not measured."""
        return self.words.say("answer.not_measured" if unanswered(placement) else "answer.unknown")

    def network(self, network: Network | None) -> str:
        """Return holder and AS number of a network, as far as they are known."""
        if network is None:
            return self.words.say("answer.unknown_network")
        name = network.party.name if network.party else network.holder
        parts = [display(name)] if name else []
        parts += [f"AS{network.asn}"] if network.asn is not None and name != f"AS{network.asn}" else []
        return " ".join(parts) or display(network.prefix or "") or self.words.say("answer.unknown_network")

    def owner(self, fact: OwnerFact | None) -> str:
        """Return a legal entity and its country."""
        if fact is None:
            return self.words.say("answer.unknown")
        if not fact.country:
            return display(fact.name)
        return self.words.say("answer.with_country", name=fact.name, country=self.words.country(fact.country))

    def fact_date(self, fact: OwnerFact | None) -> str:
        """Return as of when a legal entity is known; empty where there is no fact or no date."""
        return self.words.say("answer.as_of", date=self.as_of(fact.as_of)) if fact and fact.as_of else ""

    def place(self, placement: Placement) -> str:
        """Return the countries of an endpoint, or why there are none."""
        if unanswered(placement):
            return self.words.say("answer.not_measured")
        location = placement.location
        if location.countries:
            return self.words.listed(self.words.country(code) for code in location.countries)
        reason = location.reason or "not_observable"
        return self.words.say("answer.no_country", why=self.words.of("place", reason))

    # -- notes, kinds, dates, evidence -------------------------------------------------------------------------------------

    def notes(self, notes: Iterable[Note]) -> tuple[str, ...]:
        """Return notes with their parameters, one line each; notes that differ only in a name share a line."""
        lines: dict[tuple[str, str], dict[str, None]] = {}
        for note in notes:
            rest = ", ".join(self._note_value(name, value) for name, value in note.params if value and name != "name")
            names = lines.setdefault((self.words.of("note", note.code), rest), {})
            names.update({show_name(value): None for name, value in note.params if value and name == "name"})
        return tuple(
            ": ".join(filter(None, (lead, ", ".join(filter(None, (self.words.listed(names), rest))))))
            for (lead, rest), names in lines.items()
        )

    def _note_value(self, name: str, value: str) -> str:
        if name == "country":
            return self.words.country(value)
        if name == "as_of":
            return self.words.say("answer.as_of", date=self.as_of(value))
        families = {
            "via": "via",
            "status": "jurisdiction",
            "outcome": "no_answer",
            "sign": "sign",
            "kind": "sign",
            "role": "role",
        }
        return self.words.of(families[name], value) if name in families else show_name(value)

    def kinds(self, kinds: Collection[str]) -> str:
        """Return observation kinds in one phrase; of a service that is not read, its name."""
        services = sorted(kind.removeprefix(UNREAD_SERVICE) for kind in kinds if kind.startswith(UNREAD_SERVICE))
        listed = [self.words.of("kind", kind) for kind in kinds if not kind.startswith(UNREAD_SERVICE)]
        if services:
            listed.append(self.words.say("kind.unread", services=self.words.listed(services)))
        return self.words.listed(listed)

    def as_of(self, text: str) -> str:
        """Return the date of a fact or dataset; one that is no full ISO date is shown as it stands."""
        if not text:
            return self.words.say("head.no_date")
        day = parse_day(text)
        if day is None:
            return display(text)
        return self.words.month(day) if len(text) == LENGTH_OF_MONTH else self.words.day(day)

    def evidence(self, ids: Iterable[str]) -> tuple[EvidenceView, ...]:
        """Return observations in words, in the order given; one that was not kept is named."""
        return tuple(self._evidence(oid) for oid in dict.fromkeys(ids))

    def _evidence(self, oid: str) -> EvidenceView:
        observation = self._observations.get(oid)
        if observation is None:
            return EvidenceView(display(oid), self.words.say("evidence.missing", id=oid[:SHORT_ID]))
        dataset = getattr(observation.content, "dataset", "") or getattr(observation.content, "registry", "")
        return EvidenceView(
            display(oid),
            word_content(observation.content, self.words, self.knowledge),
            display(observation.collector),
            display(str(dataset)),
            observation.observed_at,
            self.words.day(observation.observed_at),
        )

    def certificates(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return the certificates among observations in words, one that a name shows at several addresses once."""
        addresses: dict[TlsChain, list[str]] = {}
        for oid in dict.fromkeys(ids):
            content = self._observations[oid].content if oid in self._observations else None
            if isinstance(content, TlsChain):
                addresses.setdefault(replace(content, address=""), []).append(content.address)
        shown = (replace(content, address=", ".join(sorted(listed))) for content, listed in addresses.items())
        return tuple(word_content(content, self.words, self.knowledge) for content in shown)

    def seen_at(self, ids: Iterable[str], otherwise: datetime) -> datetime:
        """Return when the newest of these observations was made; `otherwise` where none was kept."""
        return max((self._observations[oid].observed_at for oid in ids if oid in self._observations), default=otherwise)

    def kind_of(self, oid: str) -> str:
        """Return the kind of an observation, empty where it was not kept."""
        observation = self._observations.get(oid)
        return observation.kind if observation else ""


def parse_day(text: str) -> date | None:
    """Return the day that an ISO date or date-time begins with, the first day of an ISO month, or None."""
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == LENGTH_OF_MONTH else text[:10])
    except ValueError:
        return None
