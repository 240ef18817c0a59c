"""The history of a subject in words: what was seen of it and over which time, and how the verdicts that concern it went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from herkomst.reports.base import PLAIN, RenderOptions
from herkomst.reports.evidence import word_content
from herkomst.reports.phrases import Phrases
from herkomst.reports.terminal import SYMBOLS, fill, paint, strong
from herkomst.reports.words import Words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.observation import Content, encode_content
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.names import display

SCHEMA = "herkomst.history/1"


@dataclass(frozen=True, slots=True)
class SeenFact:
    """One fact with its time: `until` is when it was first seen to be gone, None while it was not."""

    collector: str
    vantage: str
    content: Content
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict as it stood from one run on, until the next of the same id."""

    since: datetime
    run: str
    verdict: Verdict


def collapse(verdicts: Iterable[tuple[datetime, str, Verdict]]) -> tuple[Standing, ...]:
    """Return where each verdict became another, by claim and time, from what every run said, the earliest first."""
    last: dict[str, tuple[object, ...]] = {}
    found: list[Standing] = []
    for at, run, verdict in verdicts:
        state = (verdict.status, verdict.reason, verdict.observed)
        if last.get(verdict.id) != state:
            last[verdict.id] = state
            found.append(Standing(at, run, verdict))
    return tuple(sorted(found, key=lambda item: (item.verdict.claim, item.verdict.id, item.since)))


def history_document(subject: str, facts: Sequence[SeenFact], standings: Sequence[Standing]) -> dict[str, Any]:
    """Return a history as JSON values, by the schema `herkomst.history/1`."""
    return {
        "schema": SCHEMA,
        "subject": subject,
        "facts": [
            {
                "collector": fact.collector,
                "vantage": fact.vantage,
                "kind": fact.content.kind,
                "content": encode_content(fact.content),
                "valid_from": _instant(fact.since),
                "valid_until": _instant(fact.until) if fact.until else None,
            }
            for fact in facts
        ],
        "verdicts": [
            {
                "id": item.verdict.id,
                "system": item.verdict.system,
                "claim": item.verdict.claim,
                "said_by": item.verdict.said_by.value,
                "since": _instant(item.since),
                "run": item.run,
                "status": item.verdict.status.value,
                "reason": item.verdict.reason.value if item.verdict.reason else None,
                "observed": list(item.verdict.observed),
            }
            for item in standings
        ],
    }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def render_history(
    subject: str,
    facts: Sequence[SeenFact],
    standings: Sequence[Standing],
    words: Words,
    knowledge: Knowledge,
    options: RenderOptions = PLAIN,
) -> bytes:
    """Return a history as text, safe to show on a terminal."""
    lines = _lines(subject, facts, standings, Phrases(words, knowledge, {}), options)
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8", "backslashreplace")


def _span(fact: SeenFact) -> tuple[datetime, str]:
    """Return what facts of one time have in common; what still holds comes before what ended."""
    return fact.since, fact.until.isoformat() if fact.until else ""


def _lines(
    subject: str, facts: Sequence[SeenFact], standings: Sequence[Standing], phrases: Phrases, options: RenderOptions
) -> Iterator[str]:
    words, width = phrases.words, options.width
    yield strong(words.say("history.heading", subject=subject), options.colour)
    yield ""
    yield words.say("history.facts")
    for (since, until), together in groupby(sorted(facts, key=_span), key=_span):
        end = words.moment(datetime.fromisoformat(until)) if until else words.say("history.still")
        yield from fill(words.say("history.span", since=words.moment(since), until=end), width, "  ")
        for fact in together:
            yield from fill(word_content(fact.content, words, phrases.knowledge), width, "  - ")
    if not facts:
        yield f"  {words.say('evidence.none')}"
    yield ""
    yield words.say("history.verdicts")
    shown = ""
    for item in standings:
        verdict = item.verdict
        if verdict.id != shown:
            shown = verdict.id
            label = phrases.claim_label(verdict.claim)
            claim = words.say("claim.statement", label=label, value=phrases.expected(verdict))
            yield from fill(f"{display(verdict.system)}: {claim}", width, "  ")
        word = f"{SYMBOLS[verdict.status]} {words.of('status', verdict.status)}"
        reason = f". {words.of('reason', verdict.reason)}" if verdict.reason else ""
        first, *rest = fill(f"{words.say('history.since', since=words.moment(item.since))}: {word}{reason}", width, "    ")
        yield first.replace(word, paint(word, verdict.status, options.colour), 1)
        yield from rest
    if not standings:
        yield f"  {words.say('evidence.none')}"
