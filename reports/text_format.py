"""The format `text`, for a terminal: the verdicts first, then the three answers, why, and what would change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from herkomst.reports.base import PLAIN, AnswerGroup, Labelled, RenderOptions, ReportModel, SystemView, VerdictView
from herkomst.reports.datasets import dataset_lines
from herkomst.reports.terminal import SYMBOLS, columns, fill, pad, paint, strong

MAX_FAILURES = 10


class TextFormat:
    """Plain lines of at most `options.width` columns; escape sequences only where `options.colour` is true."""

    name: ClassVar[str] = "text"
    media_type: ClassVar[str] = "text/plain; charset=utf-8"
    suffix: ClassVar[str] = ".txt"

    def render(self, report: ReportModel, options: RenderOptions = PLAIN) -> bytes:
        """Return the report as text, also of `inspect`, where there are no verdicts."""
        lines = [*_Page(report, options).lines()]
        return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8", "backslashreplace")


class _Page:
    """One rendering: the report, the width and whether to colour."""

    def __init__(self, report: ReportModel, options: RenderOptions) -> None:
        self.report = report
        self.say = report.words.say
        self.width = options.width
        self.colour = options.colour

    def lines(self) -> Iterator[str]:
        for system in self.report.systems:
            yield from self._system(system)
        yield from self._failures()
        yield from self._head()
        yield from self._list(self.say("limits.heading"), self.report.limits)

    # -- a system ------------------------------------------------------------------------------------------------------

    def _system(self, system: SystemView) -> Iterator[str]:
        yield from self._heading(system.heading, "=")
        for item in system.about:
            yield from self._labelled(item)
        yield from fill(system.coverage_text, self.width)
        yield ""
        yield from self._outcomes(system)
        yield from self._answers(system)
        for verdict in system.verdicts:
            yield from self._verdict(verdict)
        yield from self._list(self.say("system.missing"), system.missing)
        yield from self._list(self.say("system.absent"), system.absent)
        yield from self._list(self.say("system.questions"), system.questions)
        if not system.verdicts:
            yield from self._placements(system)
            yield from self._list(self.say("system.certificates"), system.certificates)

    def _outcomes(self, system: SystemView) -> Iterator[str]:
        """Yield one line for each verdict: shape and word of the status, then the claim."""
        if not system.verdicts:
            return
        column = max(columns(verdict.status_word) for verdict in system.verdicts)
        for verdict in system.verdicts:
            mark = f"{SYMBOLS[verdict.status]} {pad(verdict.status_word, column)}  "
            scope = f" – {verdict.scope}" if verdict.scope else ""
            first, *rest = fill(verdict.claim + scope, self.width, " " * columns(mark))
            yield paint(mark, verdict.status, self.colour) + first[columns(mark) :]
            yield from rest
        yield ""

    def _answers(self, system: SystemView) -> Iterator[str]:
        yield strong(self.say("answers.heading"), self.colour)
        for number, answer in enumerate(system.answers, 1):
            yield from fill(answer.question, self.width, f"{number}. ")
            if not answer.groups:
                yield from fill(self.say("system.nothing"), self.width, "   ")
            for group in answer.groups:
                yield from self._group(group)
        yield ""

    def _group(self, group: AnswerGroup) -> Iterator[str]:
        yield from fill(group.label + ":", self.width, "   ")
        column = max(columns(line.count_text) for line in group.lines)
        for line in group.lines:
            grounds = f"; {line.note}" if line.note else ""
            text = f"{line.text} – {line.roles}{grounds}"
            yield from fill(text, self.width, f"     {pad(line.count_text, column)}  ")

    # -- a verdict -------------------------------------------------------------------------------------------------------

    def _verdict(self, verdict: VerdictView) -> Iterator[str]:
        mark = f"{SYMBOLS[verdict.status]} {verdict.status_word.upper()}"
        yield paint(strong(mark, self.colour), verdict.status, self.colour)
        subject = f" ({verdict.subject})" if verdict.subject else ""
        yield from fill(f"{verdict.claim}{subject}", self.width, "  ")
        source = f" ({verdict.source})" if verdict.source else ""
        yield from fill(f"{verdict.said}{source}", self.width, "  ")
        if verdict.scope and verdict.scope != verdict.subject:
            yield from fill(f"{self.say('verdict.scope')}: {verdict.scope}", self.width, "  ")
        yield from fill(f"{self.say('verdict.why')}: {' '.join(verdict.why)}", self.width, "  ")
        for text in verdict.deciding:
            yield from fill(text, self.width, "  · ")
        for item in verdict.strongest:
            seen = f" ({item.seen_on}, {item.collector})" if item.seen_on else ""
            yield from fill(f"{item.text}{seen}", self.width, "  - ")
        for text in verdict.notes:
            yield from fill(text, self.width, "  - ")
        yield from fill(f"{verdict.confidence}; {verdict.coverage_text}", self.width, "  ")
        for text in (verdict.not_asked, verdict.hearing):
            if text:
                yield from fill(text, self.width, "  ")
        if verdict.would_change:
            yield from fill(f"{self.say('verdict.would_change')}: {verdict.would_change}", self.width, "  ")
        yield from fill(self.say("verdict.explain", id=verdict.id), self.width, "  ")
        yield ""

    # -- endpoints, failures, head ---------------------------------------------------------------------------------------

    def _placements(self, system: SystemView) -> Iterator[str]:
        """Yield every endpoint with its three answers; a run shows them in its other formats."""
        if not system.placements:
            return
        yield strong(self.say("system.placements"), self.colour)
        for row in system.placements:
            addresses = f" ({', '.join(row.addresses)})" if row.addresses else ""
            yield from fill(f"{row.role} [{row.layer}] {row.endpoint}{addresses}", self.width, "  ")
            fields = (
                ("location", row.location),
                ("provider", row.provider),
                ("network", row.network),
                ("owner", row.owner),
                ("jurisdiction", ", ".join(row.jurisdictions)),
            )
            for name, text in fields:
                if text:
                    yield from fill(text, self.width, f"    {self.say(f'column.{name}')}: ")
        yield ""

    def _failures(self) -> Iterator[str]:
        failures = self.report.failures
        lines = [failure.line for failure in failures[:MAX_FAILURES]]
        if len(failures) > MAX_FAILURES:
            lines.append(self.say("list.more", number=len(failures) - MAX_FAILURES))
        yield from self._list(self.say("failures.heading"), lines or [self.say("failures.none")])
        yield from self._list(self.say("known_before.heading"), self.report.known_before)

    def _head(self) -> Iterator[str]:
        head = self.report.head
        yield strong(self.say("head.scope"), self.colour)
        yield from fill(f"{head.coverage_text}. {head.complete_text}", self.width, "  ")
        for item in head.about:
            yield from self._labelled(item, "  ")
        yield from dataset_lines(head.datasets, self.report.words, self.width)
        outcomes = "; ".join(f"{tally.word} {tally.count}" for tally in head.tallies if tally.count)
        if outcomes:
            yield from fill(f"{self.say('head.outcomes')}: {outcomes}", self.width, "  ")
        yield ""

    # -- parts ------------------------------------------------------------------------------------------------------------

    def _heading(self, text: str, line: str) -> Iterator[str]:
        lines = fill(text, self.width)
        yield from (strong(item, self.colour) for item in lines)
        yield line * min(max(map(columns, lines)), self.width)

    def _labelled(self, item: Labelled, indent: str = "") -> Iterator[str]:
        yield from fill(f"{item.label}: {', '.join(item.values)}", self.width, indent, indent + "  ")

    def _list(self, heading: str, lines: tuple[str, ...] | list[str]) -> Iterator[str]:
        if not lines:
            return
        yield strong(heading, self.colour)
        for line in lines:
            yield from fill(line, self.width, "  - ")
        yield ""
