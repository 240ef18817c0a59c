"""All that is asked for one target, each question with exactly one outcome, turned into observations and failures.

Every question ends as a record set, a "no", or a failure, and never as nothing: the judging core takes what was not answered for
not measured, so a question that vanished would be worse than one that failed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import (
    ChainEnd,
    Content,
    DnsChain,
    DnsNoAnswer,
    DnsRRset,
    NoAnswer,
    Observation,
    RawAnswer,
)
from herkomst.scanner.names import MAX_NAME

if TYPE_CHECKING:
    from herkomst.collectors.base import Lane

COLLECTOR = "dns"
ADDRESS_TYPES = ("A", "AAAA")
_OWN_ONLY = frozenset({"NS", "SOA"})
_NO_ANSWERS = {Outcome.NODATA: NoAnswer.NODATA, Outcome.NXDOMAIN: NoAnswer.NXDOMAIN}


class Inquiry:
    """The questions asked for one target, and what each of them ended in."""

    def __init__(self, subject: str, lane: Lane) -> None:
        self.subject = subject
        self._resolver = lane.resolver
        self._lane = lane
        self._pending: set[tuple[str, str]] = set()
        self._outcomes: dict[tuple[str, str], tuple[Reply | NoReply, datetime]] = {}
        self._more: list[Observation] = []
        self._failures: list[Failure] = []
        self._raws: dict[str, RawAnswer] = {}

    async def ask(self, name: str, rdtype: str) -> Reply | NoReply:
        """Ask a question and record what it ended in; the same question asked twice has one outcome, the first."""
        key = (name, rdtype)
        if key not in self._outcomes:
            self._pending.add(key)
            outcome = await self._resolver.ask(name, rdtype)
            self._record(_own(outcome) if rdtype in _OWN_ONLY else outcome)
        return self._outcomes[key][0]

    async def ask_with_alias(self, name: str, rdtype: str) -> Reply | NoReply:
        """Ask, and record from the same messages also whether the name is an alias: an answer for CNAME without a second query."""
        self._pending.add((name, "CNAME"))
        outcome = await self.ask(name, rdtype)
        self._record(_alias(outcome))
        return outcome

    async def prefetch(self, name: str, rdtype: str) -> None:
        """Have the resolver ask what may be needed next, so that a climb from name to name does not wait at each; records nothing."""
        await self._resolver.ask(name, rdtype)

    def _record(self, outcome: Reply | NoReply) -> None:
        key = (outcome.name, outcome.rdtype)
        self._pending.discard(key)
        self._outcomes.setdefault(key, (outcome, self._lane.now()))
        for raw in outcome.raws:
            self._raws[raw.digest] = raw

    def give_up(self, detail: str) -> None:
        """Let every question that is still open end in a time-out."""
        for name, rdtype in sorted(self._pending - self._outcomes.keys()):
            self._record(NoReply(name, rdtype, FailureReason.TIMEOUT, detail))

    def note(self, content: Content, raw: str | None = None) -> None:
        """Add an observation that was drawn from several answers."""
        self._more.append(self._observe(content, self._lane.now(), raw))

    def raw_of(self, name: str, rdtype: str) -> str | None:
        """Return the digest of the message that answered a question; None where there is none."""
        outcome = self._outcomes.get((name, rdtype))
        return outcome[0].raws[-1].digest if outcome and outcome[0].raws else None

    def note_failure(self, subject: str, kind: str, reason: FailureReason, scope: str, detail: str, *, retryable: bool) -> None:
        """Add a failure that is not that of one question."""
        self._failures.append(Failure(COLLECTOR, subject, kind, reason, retryable, scope, detail))

    def replies(self) -> tuple[Reply, ...]:
        """Return every reply, by name and type."""
        outcomes = (self._outcomes[key][0] for key in sorted(self._outcomes))
        return tuple(outcome for outcome in outcomes if isinstance(outcome, Reply))

    def observations(self) -> tuple[Observation, ...]:
        """Return what was learnt, in an order that depends on nothing but the answers; nothing twice."""
        found = [
            self._observe(_content(outcome), at, outcome.raws[-1].digest if outcome.raws else None)
            for _, (outcome, at) in sorted(self._outcomes.items(), key=lambda item: item[0])
            if isinstance(outcome, Reply)
        ]
        unique = {observation.id: observation for observation in (*found, *self._chains(), *self._more)}
        return tuple(unique.values())

    def failures(self) -> tuple[Failure, ...]:
        """Return what could not be asked: one failure a question."""
        found = [
            Failure(COLLECTOR, name, DnsRRset.kind, outcome.reason, outcome.retryable, rdtype, outcome.detail)
            for (name, rdtype), (outcome, _) in sorted(self._outcomes.items(), key=lambda item: item[0])
            if isinstance(outcome, NoReply)
        ]
        return (*found, *self._failures)

    def raws(self) -> tuple[RawAnswer, ...]:
        """Return every message that an observation may refer to, each once."""
        return tuple(self._raws[digest] for digest in sorted(self._raws))

    def _chains(self) -> list[Observation]:
        """Return one chain for each name and way it led: the address types decide how it ended, else whatever was asked."""
        chains: dict[tuple[str, tuple[str, ...]], list[tuple[Reply | NoReply, datetime]]] = {}
        for _, (outcome, at) in sorted(self._outcomes.items(), key=lambda item: item[0]):
            if outcome.hops:
                chains.setdefault((outcome.name, outcome.hops), []).append((outcome, at))
        found = []
        for (name, hops), outcomes in chains.items():
            deciding = [item for item in outcomes if item[0].rdtype in ADDRESS_TYPES] or outcomes
            outcome, at = min(deciding, key=lambda item: _END_RANK[item[0].ended])
            raw = outcome.raws[0].digest if outcome.raws else None
            found.append(self._observe(DnsChain(name, hops, outcome.ended), at, raw))
        return found

    def _observe(self, content: Content, at: datetime, raw: str | None) -> Observation:
        return Observation(self.subject, COLLECTOR, self._lane.vantage, at, content, raw)


_END_RANK = {
    # records outweigh everything; a failure outweighs a "no", since it may hide records
    end: rank
    for rank, end in enumerate(
        (ChainEnd.ADDRESS, ChainEnd.FAILED, ChainEnd.TOO_LONG, ChainEnd.LOOP, ChainEnd.NXDOMAIN, ChainEnd.NODATA)
    )
}


def fits(name: str) -> bool:
    """Say whether a name made by putting labels before another can exist at all; one that cannot is not asked for."""
    return len(name) <= MAX_NAME


def _content(reply: Reply) -> Content:
    if reply.outcome is Outcome.ANSWER:
        return DnsRRset(reply.name, reply.rdtype, reply.values, reply.authenticated)
    return DnsNoAnswer(reply.name, reply.rdtype, _NO_ANSWERS[reply.outcome])


def _own(outcome: Reply | NoReply) -> Reply | NoReply:
    """Return the outcome for NS and SOA, which are never those of an alias's target.

    A name with a CNAME has no other records (RFC 1034 section 3.6.2), so it is no zone apex; a resolver that follows the CNAME
    answers with the name servers of someone else.
    """
    if isinstance(outcome, NoReply) or not outcome.hops:
        return outcome
    return Reply(outcome.name, outcome.rdtype, Outcome.NODATA, (), outcome.hops, False, outcome.raws)


def _alias(outcome: Reply | NoReply) -> Reply | NoReply:
    """Return what the outcome of another type says about the CNAME of its name."""
    if outcome.hops:
        authenticated = isinstance(outcome, Reply) and outcome.authenticated
        return Reply(outcome.name, "CNAME", Outcome.ANSWER, outcome.hops[:1], (), authenticated, outcome.raws[:1])
    if isinstance(outcome, NoReply):
        return NoReply(outcome.name, "CNAME", outcome.reason, outcome.detail)
    said = Outcome.NXDOMAIN if outcome.outcome is Outcome.NXDOMAIN else Outcome.NODATA
    return Reply(outcome.name, "CNAME", said, (), (), outcome.authenticated, outcome.raws)
