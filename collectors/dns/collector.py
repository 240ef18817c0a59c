"""What the DNS says about a target: where a name leads, who receives and sends its mail, who serves its zone.

What is asked stands in `questions`, one module a group. All that needs no answer is sent at once; what answers name is asked in rounds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar, Self

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.dns.inquiry import COLLECTOR, Inquiry, Key
from herkomst.collectors.dns.leads import follow
from herkomst.collectors.dns.questions.group import Group, Rounds
from herkomst.collectors.dns.questions.registry import GROUPS
from herkomst.config.settings import Breadth, Settings
from herkomst.scanner.model.breadth import DELEGATION
from herkomst.scanner.model.observation import DnsChain, DnsDelegation, DnsNoAnswer, DnsRRset, SpfPolicy, SpfTerm
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

DEADLINE_SHARE = 0.9
"""Of the target's deadline: the rest is for returning what was collected before the engine ends the collector."""


class DnsCollector:
    """Asks the run's resolver; opens nothing of its own."""

    name: ClassVar[str] = COLLECTOR
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.DOMAIN, TargetKind.HOST, TargetKind.ADDRESS})
    provides: ClassVar[frozenset[str]] = frozenset(
        {DnsRRset.kind, DnsNoAnswer.kind, DnsChain.kind, DnsDelegation.kind, SpfTerm.kind, SpfPolicy.kind}
    )
    concurrency: ClassVar[int] = 64

    def __init__(self, settings: Settings) -> None:
        self._is_narrow = settings.breadth is Breadth.CORE
        self._may_ask_parents = settings.ask_parents and not settings.offline
        self._deadline_s = settings.target_deadline_s * DEADLINE_SHARE
        groups = [group for group in GROUPS if group.narrow or not self._is_narrow]
        self._groups = {kind: tuple(group for group in groups if kind in group.kinds) for kind in self.accepts}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run."""
        return cls(settings)

    def not_asked(self) -> frozenset[str]:
        """Return the parts that a narrow run leaves out, and the delegation at the parent where the settings switch it off.

        No other whole kind: the resolver is asked in every run, offline too.
        """
        parts = frozenset(part for group in GROUPS for part in group.left_out) if self._is_narrow else frozenset()
        return parts if self._may_ask_parents else parts - {DELEGATION} | {DnsDelegation.kind}

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """Return nothing: the collector reads no dataset."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Ask all that matters about one target; a question that is still open near the deadline ends in a time-out."""
        asks_parents = self._may_ask_parents and not self._is_narrow
        inquiry = Inquiry(target.value, lane, is_narrow=self._is_narrow, asks_parents=asks_parents)
        rounds = _send_first(inquiry, self._groups[target.kind])
        try:
            async with asyncio.timeout(self._deadline_s):
                await _send_rounds(inquiry, rounds)
                await inquiry.settle()
        except TimeoutError:
            inquiry.give_up("the time for this target was up")
            # what would have been asked next ends in a time-out as well, and what was read so far is noted
            await _send_rounds(inquiry, rounds)
        leads = follow(inquiry, target)
        return Findings(inquiry.observations(), leads, inquiry.failures(), inquiry.raws())

    async def close(self) -> None:
        """Release nothing: the resolver is the run's."""


def _send_first(inquiry: Inquiry, groups: Iterable[Group]) -> dict[Rounds, list[Key]]:
    """Send the questions that need no answer; return the further rounds of the groups that have some, none of them waiting yet."""
    rounds: dict[Rounds, list[Key]] = {}
    for group in groups:
        for question in group.first(inquiry.subject):
            inquiry.fire(*question)
        if group.follow is not None:
            rounds[group.follow(inquiry, inquiry.subject)] = []
    return rounds


async def _send_rounds(inquiry: Inquiry, waiting: dict[Rounds, list[Key]]) -> None:
    """Send each group's next round as soon as its last one is answered, until none is left: no group waits for another's."""
    while waiting:
        ready = [rounds for rounds, keys in waiting.items() if inquiry.are_settled(keys)]
        for rounds in ready:
            questions = next(rounds, None)
            if questions is None:
                del waiting[rounds]
                continue
            waiting[rounds] = sent = []
            for question in questions:
                inquiry.fire(*question)
                sent.append(question[:2])
        if not ready:
            await inquiry.settle_any(key for keys in waiting.values() for key in keys)
