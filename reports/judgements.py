"""Verdicts in words: what was seen, what was said, why the outcome is what it is, and what would change it."""

from __future__ import annotations

from datetime import datetime

from herkomst.reports.base import EvidenceView, FactView, PartView, VerdictView
from herkomst.reports.phrases import Phrases, show_name
from herkomst.reports.words import Words
from herkomst.scanner.model.claim import Hearing, Scope
from herkomst.scanner.model.placement import Jurisdiction, Placement
from herkomst.scanner.model.verdict import NoteCode, Part, Status, Verdict
from herkomst.scanner.names import display

MAX_SHOWN = 3
MAX_SOURCE = 300
_HEARD = frozenset({Status.CONTRADICTED, Status.PARTLY})
_PLACE_KINDS = (
    "rtt.bound",
    "ip.range",
    "geofeed.entry",
    "ip.location",
    "dns.chain",
    "ip.origin",
    "ip.registration",
    "rdap.network",
)
_SERVICE_KINDS = ("dns.chain", "dns.rrset", "dns.delegation", "spf.term", "ip.range", "ip.origin", "rdap.network")
_NETWORK_KINDS = ("ip.origin", "rdap.network", "ip.range", "dns.chain", "dns.rrset")
_TELLING_KINDS = {
    "country": _PLACE_KINDS,
    "region": _PLACE_KINDS,
    "network": _NETWORK_KINDS,
    "owner": _NETWORK_KINDS,
    "jurisdiction": _NETWORK_KINDS,
}
"""Observation kinds that tell most about a property, first; for all other claims the signs of a service do."""


def word_verdict(verdict: Verdict, placements: tuple[Placement, ...], phrases: Phrases, run_at: datetime) -> VerdictView:
    """Return one verdict in words; `placements` are those of its system, for the ownership facts behind it."""
    words = phrases.words
    parts = sorted(verdict.parts, key=lambda part: not _decides(part, verdict))
    through = tuple(note for note in verdict.notes if note.code is NoteCode.VIA_PARTY)
    deciding = list(dict.fromkeys(_one_line(part, verdict, phrases) for part in parts if _decides(part, verdict)))
    if len(deciding) > MAX_SHOWN:
        deciding[MAX_SHOWN:] = [words.say("list.more", number=len(deciding) - MAX_SHOWN)]
    expected = phrases.expected(verdict)
    return VerdictView(
        id=display(verdict.id),
        subject="" if verdict.subject == verdict.system else show_name(verdict.subject),
        role=phrases.role(verdict.role),
        claim_key=display(verdict.claim),
        claim=words.say("claim.statement", label=phrases.claim_label(verdict.claim), value=expected),
        said_by=words.of("said_by", verdict.said_by),
        said=words.say("verdict.said", says=words.of("says", verdict.said_by), expected=expected),
        source=words.say("verdict.source", source=display(verdict.source)) if verdict.source else "",
        status=verdict.status,
        status_word=words.of("status", verdict.status),
        why=_why(verdict, phrases, run_at),
        deciding=tuple(dict.fromkeys((*deciding, *phrases.notes(through)))),
        expected=expected,
        observed=phrases.values(verdict.claim, verdict.observed),
        confidence=words.say("verdict.confidence", confidence=words.of("confidence", verdict.confidence)),
        coverage=verdict.coverage,
        coverage_text=_coverage(verdict, words),
        scope=_scope(verdict.scope, phrases),
        hearing=words.of("hearing", verdict.hearing) if verdict.status in _HEARD or verdict.hearing is not Hearing.OPEN else "",
        not_asked=words.say("verdict.not_asked", kinds=phrases.kinds(verdict.not_asked)) if verdict.not_asked else "",
        would_change=words.of("would_change", verdict.would_change) if verdict.would_change else "",
        notes=phrases.notes(note for note in verdict.notes if note not in through),
        parts=tuple(dict.fromkeys(_word_part(part, verdict, phrases) for part in parts)),
        facts=_facts(verdict, placements, phrases),
        strongest=_strongest(verdict, phrases),
        evidence=_evidence(verdict, phrases),
    )


def _evidence(verdict: Verdict, phrases: Phrases) -> tuple[EvidenceView, ...]:
    """Return all observations behind a verdict: of the parts that decided first, and first what tells most about the claim."""
    decided = _decided(verdict)
    return phrases.evidence(
        sorted((*verdict.evidence, *decided), key=lambda oid: (oid not in decided, _telling(verdict, oid, phrases)))
    )


def _strongest(verdict: Verdict, phrases: Phrases) -> tuple[EvidenceView, ...]:
    """Return the few observations to show first: those that tell something, of the parts that decided where there are any."""
    decided = _decided(verdict)
    telling = [oid for oid in decided or verdict.evidence if phrases.kind_of(oid) in _telling_kinds(verdict)]
    return phrases.evidence(sorted(telling, key=lambda oid: _telling(verdict, oid, phrases))[:MAX_SHOWN])


def _decided(verdict: Verdict) -> dict[str, None]:
    return {oid: None for part in verdict.parts if _decides(part, verdict) for oid in part.evidence}


def _telling_kinds(verdict: Verdict) -> tuple[str, ...]:
    return _TELLING_KINDS.get(verdict.claim.rpartition(".")[2], _SERVICE_KINDS)


def _telling(verdict: Verdict, oid: str, phrases: Phrases) -> int:
    kinds, kind = _telling_kinds(verdict), phrases.kind_of(oid)
    return kinds.index(kind) if kind in kinds else len(kinds)


def _coverage(verdict: Verdict, words: Words) -> str:
    if not verdict.coverage.targets:
        return words.say("verdict.coverage_none")
    return words.say("verdict.coverage", measured=verdict.coverage.measured, targets=verdict.coverage.targets)


def _why(verdict: Verdict, phrases: Phrases, run_at: datetime) -> tuple[str, ...]:
    words = phrases.words
    lines = []
    if verdict.observed:
        day = words.day(phrases.seen_at(verdict.evidence, run_at))
        lines.append(words.say("verdict.seen", date=day, observed=phrases.values(verdict.claim, verdict.observed)))
    lines.append(words.of("reason", verdict.reason) if verdict.reason else words.of("meaning", verdict.status))
    return tuple(lines)


def _decides(part: Part, verdict: Verdict) -> bool:
    wanted = Status.CONTRADICTED if verdict.status is Status.PARTLY else verdict.status
    return part.status is wanted


def _where(part: Part) -> str:
    return show_name(part.endpoint or part.subject) + (f" [{display(part.scope_part)}]" if part.scope_part else "")


def _one_line(part: Part, verdict: Verdict, phrases: Phrases) -> str:
    addresses = f" ({', '.join(map(display, part.addresses[:2]))}{', …' if part.addresses[2:] else ''})" if part.addresses else ""
    text = f"{phrases.role(part.role)} {_where(part)}{addresses}"
    if part.observed:
        text += f": {phrases.values(verdict.claim, part.observed)}"
    if part.reason and part.reason is not verdict.reason:
        text += f". {phrases.words.of('reason', part.reason)}"
    return text


def _word_part(part: Part, verdict: Verdict, phrases: Phrases) -> PartView:
    words = phrases.words
    return PartView(
        where=_where(part),
        role=phrases.role(part.role),
        addresses=tuple(display(address) for address in part.addresses),
        status=part.status,
        status_word=words.of("status", part.status),
        reason=words.of("reason", part.reason) if part.reason else "",
        observed=phrases.values(verdict.claim, part.observed) if part.observed else "",
        confidence=words.of("confidence", part.confidence),
    )


def _scope(scope: Scope, phrases: Phrases) -> str:
    words = phrases.words
    texts = [show_name(asset) for asset in scope.assets]
    texts += [phrases.role(role) for role in scope.roles]
    for part in scope.parts:
        inside = ", ".join(show_name(asset) for asset in part.assets)
        if part.cluster or part.namespace or part.selector:
            where = words.say("verdict.scope_cluster", cluster=part.cluster, namespace=part.namespace, selector=part.selector)
            inside = ", ".join(filter(None, (inside, where.strip())))
        texts.append(f"{display(part.name)}: {inside}" if inside else display(part.name))
    return "; ".join(texts)


def _facts(verdict: Verdict, placements: tuple[Placement, ...], phrases: Phrases) -> tuple[FactView, ...]:
    """Return the ownership facts of the endpoints judged, for claims about owner or jurisdiction."""
    if verdict.claim.rpartition(".")[2] not in ("owner", "jurisdiction"):
        return ()
    judged = {(part.subject, part.role, part.endpoint) for part in verdict.parts}
    chosen = (item for item in placements if (item.subject, item.role.value, item.endpoint) in judged)
    return tuple(dict.fromkeys(word_fact(fact, phrases) for item in chosen for fact in item.jurisdictions))


def word_fact(fact: Jurisdiction, phrases: Phrases) -> FactView:
    """Return by which fact a state could compel a party, with source and date, or that there is no source."""
    words = phrases.words
    text = words.say(
        "fact.party",
        party=fact.party,
        country=words.country(fact.country),
        via=words.of("via", fact.via),
        status=words.of("jurisdiction", fact.status),
    )
    if not fact.sourced:
        return FactView(text, words.say("fact.unsourced"))
    source = words.say("fact.source", source=display(fact.source, MAX_SOURCE), as_of=phrases.as_of(fact.as_of))
    return FactView(text, source, fact.source if _is_link(fact.source) else "")


def _is_link(text: str) -> bool:
    """Say whether a source can be made a link: an address of the web, and nothing that steers what shows it."""
    return text.startswith(("https://", "http://")) and display(text, MAX_SOURCE) == text
