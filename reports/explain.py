"""Explains one verdict down to what the sources sent: verdict, parts, observations, raw answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from herkomst.reports.accounts import Masks, account_masks, mask_accounts
from herkomst.reports.base import PLAIN, RenderOptions, VerdictView
from herkomst.reports.judgements import word_verdict
from herkomst.reports.phrases import Phrases
from herkomst.reports.terminal import SYMBOLS, fill, paint, strong
from herkomst.reports.words import Words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.observation import Observation, RawAnswer
from herkomst.scanner.model.placement import Placement
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Part, Verdict
from herkomst.scanner.names import display

CERTIFICATE = "application/pkix-cert"
DNS_MESSAGE = "application/dns-message"
MAX_LINES = 60
MAX_LINE = 400
MAX_DUMP = 64


def render_explain(
    verdict: Verdict,
    result: RunResult,
    raws: Mapping[str, RawAnswer],
    words: Words,
    knowledge: Knowledge,
    options: RenderOptions = PLAIN,
    *,
    show_accounts: bool = False,
) -> bytes:
    """Return the explanation of a verdict of this run as text, safe to show on a terminal; AWS account ids masked unless told.

    `raws` are raw answers by digest; one that is not among them is named as no longer kept. Long answers are shortened.
    """
    masks = Masks(()) if show_accounts else account_masks(result)
    verdict, result = masks.of(verdict), mask_accounts(result, masks)
    phrases = Phrases(words, knowledge, result.observations)
    mine = {asset.value for system in result.systems if system.name == verdict.system for asset in system.assets}
    placements = tuple(item for picture in result.pictures if picture.subject in mine for item in picture.placements)
    page = _Explanation(verdict, placements, result, raws, phrases, options, masks)
    return ("\n".join(line.rstrip() for line in page.lines()) + "\n").encode("utf-8", "backslashreplace")


class _Explanation:
    """One explanation; each observation is unfolded once, where it is first met."""

    def __init__(
        self,
        verdict: Verdict,
        placements: tuple[Placement, ...],
        result: RunResult,
        raws: Mapping[str, RawAnswer],
        phrases: Phrases,
        options: RenderOptions,
        masks: Masks,
    ) -> None:
        self.verdict = verdict
        self.view: VerdictView = word_verdict(verdict, placements, phrases, result.run.started_at)
        self.observations = result.observations
        self.raws = raws
        self.masks = masks
        self.phrases = phrases
        self.words = phrases.words
        self.width = options.width
        self.colour = options.colour
        self.unfolded: set[str] = set()
        self.shown_raws: set[str] = set()

    def lines(self) -> Iterator[str]:
        view, say = self.view, self.words.say
        yield strong(say("explain.heading", id=self.verdict.id), self.colour)
        yield paint(f"{SYMBOLS[view.status]} {view.status_word}", view.status, self.colour)
        texts = [view.claim, f"{view.said}{f' ({view.source})' if view.source else ''}"]
        texts += [f"{say('verdict.why')}: {' '.join(view.why)}", *view.deciding, *view.notes]
        texts += [f"{fact.text}; {fact.source}" for fact in view.facts]
        texts += [f"{view.confidence}; {view.coverage_text}", view.not_asked, view.hearing]
        texts += [f"{say('verdict.would_change')}: {view.would_change}"] if view.would_change else []
        for text in filter(None, texts):
            yield from fill(text, self.width, "  ")
        for part in self.verdict.parts:
            yield ""
            yield from self._part(part)
        rest = [oid for oid in self.verdict.evidence if oid not in self.unfolded]
        if rest:
            yield ""
            yield strong(say("explain.whole"), self.colour)
            yield from self._observations(rest)

    def _part(self, part: Part) -> Iterator[str]:
        word = self.words.of("status", part.status)
        where = (
            f"{self.phrases.role(part.role)} {display(part.endpoint or part.subject)} {' '.join(map(display, part.addresses))}"
        )
        outcome = f"{SYMBOLS[part.status]} {word}"
        first, *rest = fill(where.strip(), self.width, f"{outcome}  ", "  ")
        yield paint(outcome, part.status, self.colour) + first.removeprefix(outcome)
        yield from rest
        if part.reason:
            yield from fill(self.words.of("reason", part.reason), self.width, "  ")
        if part.observed:
            observed = self.phrases.values(self.verdict.claim, part.observed)
            yield from fill(f"{self.words.say('verdict.observed')}: {observed}", self.width, "  ")
        yield from self._observations(part.evidence)

    def _observations(self, ids: tuple[str, ...] | list[str]) -> Iterator[str]:
        for item in self.phrases.evidence(ids):
            yield from fill(item.text, self.width, "  - ")
            observation = self.observations.get(item.id)
            if observation is None or item.id in self.unfolded:
                continue
            self.unfolded.add(item.id)
            at = self.words.moment(observation.observed_at)
            source = self.words.say("explain.collected", collector=observation.collector, vantage=observation.vantage, at=at)
            yield from fill(f"{self.words.say('explain.observation', id=item.id)}: {source}", self.width, "    ")
            yield from self._raw(observation)

    def _raw(self, observation: Observation) -> Iterator[str]:
        say, digest = self.words.say, observation.raw
        if digest is None:
            yield from fill(say("explain.no_raw"), self.width, "    ")
            return
        raw = self.raws.get(digest)
        if raw is None:
            yield from fill(say("explain.raw_missing", digest=digest), self.width, "    ")
            return
        head = say("explain.raw", digest=digest, media_type=raw.media_type, size=len(raw.body))
        yield from fill(head, self.width, "    ")
        if digest in self.shown_raws:
            return
        self.shown_raws.add(digest)
        text = decode_raw(raw)
        if text is None:
            yield from fill(say("explain.raw_unreadable", media_type=raw.media_type), self.width, "    ")
            text = raw.body[:MAX_DUMP].hex(" ")
        lines = self.masks.text(text).splitlines()
        for line in lines[:MAX_LINES]:
            yield f"    | {display(line, MAX_LINE)}"
        if len(lines) > MAX_LINES:
            yield from fill(say("explain.cut", size=len(raw.body)), self.width, "    ")


def decode_raw(raw: RawAnswer) -> str | None:
    """Return a raw answer as text: a DNS message in presentation form (RFC 1035 section 5.1), a certificate as PEM (RFC 7468), JSON
    indented; None if it is none of these.

    The text is not yet safe to show: it is what the source sent.
    """
    if raw.media_type == DNS_MESSAGE:
        import dns.exception
        import dns.message

        try:
            return dns.message.from_wire(raw.body, ignore_trailing=True).to_text()
        except (dns.exception.DNSException, ValueError):
            return None
    if raw.media_type == CERTIFICATE:
        import ssl

        return ssl.DER_cert_to_PEM_cert(raw.body)
    try:
        return json.dumps(json.loads(raw.body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return None
