"""What changed between two runs, in words: each verdict before and after, the cause, and what was seen that was not seen before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from herkomst.reports.accounts import Masks, account_masks
from herkomst.reports.base import PLAIN, RenderOptions
from herkomst.reports.phrases import Phrases
from herkomst.reports.terminal import SYMBOLS, fill, paint, strong
from herkomst.reports.words import Words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.change import Change, ChangeKind
from herkomst.scanner.model.run import Run, RunResult
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.names import display

SCHEMA = "herkomst.diff/1"
MAX_FACTS = 3
"""So many observations are shown on each side of a change; the others are counted."""


def render_changes(
    changes: Sequence[Change],
    before: RunResult,
    after: RunResult,
    words: Words,
    knowledge: Knowledge,
    options: RenderOptions = PLAIN,
    *,
    show_accounts: bool = False,
) -> bytes:
    """Return the changes as text, safe to show on a terminal; AWS account ids masked unless told."""
    masks = Masks(()) if show_accounts else account_masks(after)
    observations = {**before.observations, **after.observations}
    page = _Page(words, Phrases(words, knowledge, observations), options, masks)
    return ("\n".join(line.rstrip() for line in page.lines(changes, before.run, after.run)) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def changes_document(
    changes: Sequence[Change], before: RunResult, after: RunResult, *, show_accounts: bool = False
) -> dict[str, Any]:
    """Return the changes as JSON values, by the schema `herkomst.diff/1`."""
    masks = Masks(()) if show_accounts else account_masks(after)
    return {
        "schema": SCHEMA,
        "before": _run(before.run),
        "after": _run(after.run),
        "changes": [_change(masks.of(change)) for change in changes],
        "unchanged": sum(verdict.id not in {change.verdict.id for change in changes} for verdict in after.verdicts),
    }


def _run(run: Run) -> dict[str, str]:
    return {"id": run.id, "started_at": run.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "vantage": run.vantage.label}


def _change(change: Change) -> dict[str, Any]:
    verdict = change.verdict
    return {
        "kind": change.kind.value,
        "causes": [cause.value for cause in change.causes],
        "id": verdict.id,
        "system": verdict.system,
        "subject": verdict.subject,
        "role": verdict.role,
        "claim": verdict.claim,
        "said_by": verdict.said_by.value,
        "before": _state(change.before),
        "after": _state(change.after),
        "appeared": list(change.appeared),
        "vanished": list(change.vanished),
    }


def _state(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    reason = verdict.reason.value if verdict.reason else None
    return {"status": verdict.status.value, "reason": reason, "observed": list(verdict.observed)}


def render_document(document: dict[str, Any]) -> bytes:
    """Return JSON values as a file."""
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")


class _Page:
    """The text of one comparison."""

    def __init__(self, words: Words, phrases: Phrases, options: RenderOptions, masks: Masks) -> None:
        self.words = words
        self.phrases = phrases
        self.width = options.width
        self.colour = options.colour
        self.masks = masks

    def lines(self, changes: Sequence[Change], before: Run, after: Run) -> Iterator[str]:
        say = self.words.say
        heading = say("diff.heading", before=self._moment(before.started_at), after=self._moment(after.started_at))
        yield from fill(heading, self.width)
        if not changes:
            yield from fill(say("diff.nothing"), self.width)
        for change in changes:
            yield ""
            yield from self._change(self.masks.of(change))

    def _moment(self, at: datetime) -> str:
        return self.words.moment(at)

    def _change(self, change: Change) -> Iterator[str]:
        verdict = change.verdict
        claim = self.words.say(
            "claim.statement", label=self.phrases.claim_label(verdict.claim), value=self.phrases.expected(verdict)
        )
        yield strong(display(verdict.system), self.colour)
        yield from fill(claim, self.width, "  ")
        if change.before is not None and change.after is not None:
            yield from self._state("diff.before", change.before)
            yield from self._state("diff.after", change.after)
        else:
            yield from self._state("diff.new" if change.kind is ChangeKind.NEW else "diff.gone", verdict)
        causes = " ".join(self.words.of("cause", cause) for cause in change.causes)
        yield from fill(f"{self.words.say('diff.cause')}: {causes}", self.width, "  ")
        yield from self._facts("diff.vanished", change.vanished)
        yield from self._facts("diff.appeared", change.appeared)

    def _state(self, key: str, verdict: Verdict) -> Iterator[str]:
        word = f"{SYMBOLS[verdict.status]} {self.words.of('status', verdict.status)}"
        reason = f" {self.words.of('reason', verdict.reason)}" if verdict.reason else ""
        seen = self.phrases.values(verdict.claim, verdict.observed) if verdict.observed else ""
        observed = f" ({self.words.say('verdict.observed')}: {seen})" if seen else ""
        text = f"{self.words.say(key)}: {word}.{reason}{observed}"
        for number, line in enumerate(fill(text, self.width, "  ")):
            yield line.replace(word, paint(word, verdict.status, self.colour), 1) if number == 0 else line

    def _facts(self, key: str, ids: Sequence[str]) -> Iterator[str]:
        shown = self.phrases.evidence(ids)
        if not shown:
            return
        yield from fill(f"{self.words.say(key)}:", self.width, "  ")
        for item in shown[:MAX_FACTS]:
            yield from fill(self.masks.text(item.text), self.width, "  - ")
        if len(shown) > MAX_FACTS:
            yield from fill(self.words.say("list.more", number=len(shown) - MAX_FACTS), self.width, "  - ")
