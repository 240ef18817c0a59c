"""What the DNS says about a target: where a name leads, who receives and sends its mail, who serves its zone.

What is asked stands in `questions`, one module a group. All that needs no answer is sent at once; what answers name is asked in rounds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Self

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.dns.inquiry import COLLECTOR, Inquiry
from herkomst.collectors.dns.leads import follow
from herkomst.collectors.dns.questions.group import Group, Question, Rounds
from herkomst.collectors.dns.questions.registry import GROUPS
from herkomst.config.settings import Breadth, Settings
from herkomst.scanner.model.observation import DnsChain, DnsNoAnswer, DnsRRset, SpfPolicy, SpfTerm
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

DEADLINE_SHARE = 0.9
"""Of the target's deadline: the rest is for returning what was collected before the engine ends the collector."""


class DnsCollector:
    """Asks the run's resolver; opens nothing of its own."""

    name: ClassVar[str] = COLLECTOR
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.DOMAIN, TargetKind.HOST, TargetKind.ADDRESS})
    provides: ClassVar[frozenset[str]] = frozenset({DnsRRset.kind, DnsNoAnswer.kind, DnsChain.kind, SpfTerm.kind, SpfPolicy.kind})
    concurrency: ClassVar[int] = 64

    def __init__(self, settings: Settings) -> None:
        self._is_narrow = settings.breadth is Breadth.CORE
        self._deadline_s = settings.target_deadline_s * DEADLINE_SHARE
        groups = [group for group in GROUPS if group.narrow or not self._is_narrow]
        self._groups = {kind: tuple(group for group in groups if kind in group.kinds) for kind in self.accepts}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run."""
        return cls(settings)

    def not_asked(self) -> frozenset[str]:
        """Return the parts that a narrow run leaves out; no whole kind, since the DNS is asked in every run, offline too."""
        return frozenset(part for group in GROUPS for part in group.left_out) if self._is_narrow else frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """Return nothing: the collector reads no dataset."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Ask all that matters about one target; a question that is still open near the deadline ends in a time-out."""
        inquiry = Inquiry(target.value, lane, is_narrow=self._is_narrow)
        rounds = _send_first(inquiry, self._groups[target.kind])
        try:
            async with asyncio.timeout(self._deadline_s):
                while sent := _send_next(inquiry, rounds):
                    await inquiry.settle((question.name, question.rdtype) for question in sent)
                await inquiry.settle()
        except TimeoutError:
            inquiry.give_up("the time for this target was up")
            while _send_next(inquiry, rounds):
                pass  # what would have been asked next ends in a time-out as well, and what was read so far is noted
        leads = follow(inquiry, target)
        return Findings(inquiry.observations(), leads, inquiry.failures(), inquiry.raws())

    async def close(self) -> None:
        """Release nothing: the resolver is the run's."""


def _send_first(inquiry: Inquiry, groups: Iterable[Group]) -> list[Rounds]:
    """Send the questions that need no answer; return the further rounds of the groups that have some."""
    rounds: list[Rounds] = []
    for group in groups:
        for name, rdtype, with_alias in group.first(inquiry.subject):
            inquiry.fire(name, rdtype, with_alias=with_alias)
        if group.follow is not None:
            rounds.append(group.follow(inquiry, inquiry.subject))
    return rounds


def _send_next(inquiry: Inquiry, rounds: list[Rounds]) -> list[Question]:
    """Send the next round of every group that still has one, and return its questions; groups that have none left are dropped.

    The rounds of all groups go side by side, so that as few as possible wait for one another.
    """
    sent: list[Question] = []
    for generator in tuple(rounds):
        questions = next(generator, None)
        if questions is None:
            rounds.remove(generator)
            continue
        for question in questions:
            inquiry.fire(question.name, question.rdtype, with_alias=question.with_alias)
            sent.append(question)
    return sent
