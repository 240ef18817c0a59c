"""All that is asked for one target, each question with exactly one outcome, turned into observations and failures.

Every question ends as a record set, a "no", or a failure, and never as nothing: the judging core takes what was not answered for
not measured, so a question that vanished would be worse than one that failed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from herkomst.collectors.dns.delegation import Delegated, ask_parent
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import (
    ChainEnd,
    Content,
    DnsChain,
    DnsDelegation,
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
AT_PARENT = "at the parent"
"""In place of a type: who serves this zone, asked of the servers of its parent zone and not of the resolver."""
_OWN_ONLY = frozenset({"NS", "SOA"})
_NO_ANSWERS = {Outcome.NODATA: NoAnswer.NODATA, Outcome.NXDOMAIN: NoAnswer.NXDOMAIN}
Key = tuple[str, str]
_Said = tuple[Reply | NoReply, datetime]


class Inquiry:
    """The questions asked for one target, and what each of them ended in.

    `fire` sends and does not wait, `settle` waits: who asks sends everything there is to send first. No task is made for a question.
    `is_narrow` says that the run's breadth is `core`, `asks_parents` that it asks the servers of parent zones.
    """

    def __init__(self, subject: str, lane: Lane, *, is_narrow: bool = False, asks_parents: bool = False) -> None:
        self.subject = subject
        self.is_narrow = is_narrow
        self.asks_parents = asks_parents
        self._resolver = lane.resolver
        self._lane = lane
        self._flights: dict[Key, asyncio.Future[Reply | NoReply] | asyncio.Task[Delegated | NoReply]] = {}
        self._delegations: list[DnsDelegation] = []
        self._with_alias: set[Key] = set()
        self._outcomes: dict[Key, _Said] = {}
        self._given_up = ""
        self._more: list[Observation] = []
        self._failures: list[Failure] = []
        self._raws: dict[str, RawAnswer] = {}

    # -- asking -----------------------------------------------------------------------------------------------------

    def fire(self, name: str, rdtype: str, with_alias: bool = False, sent_as: str = "") -> None:
        """Send a question; the same one sent twice has one outcome, the first. After `give_up` it is a time-out at once.

        `with_alias` records from the same messages also whether the name is an alias: an answer for CNAME without a second query.
        `sent_as` is the name that is sent instead; what comes is recorded under `name`, and the messages show what was sent.
        """
        key = (name, rdtype)
        if with_alias:
            self._with_alias.add(key)
        if key in self._flights or key in self._outcomes:
            return
        if self._given_up:
            self._record(key, NoReply(name, rdtype, FailureReason.TIMEOUT, self._given_up))
        elif rdtype == AT_PARENT:
            self._flights[key] = asyncio.create_task(ask_parent(name, self._resolver))
        else:
            self._flights[key] = asyncio.ensure_future(self._resolver.ask(sent_as or name, rdtype))

    def prefetch(self, name: str, rdtype: str) -> None:
        """Have the resolver ask what may be needed next, so that a climb from name to name does not wait at each; records nothing."""
        if not self._given_up:
            asyncio.ensure_future(self._resolver.ask(name, rdtype))  # noqa: RUF006 - the resolver keeps its flight and its answer

    async def settle(self) -> None:
        """Wait until all that was sent is answered."""
        for key, flight in tuple(self._flights.items()):
            outcome = await flight
            del self._flights[key]
            self._record(key, outcome)

    async def settle_any(self, keys: Iterable[Key]) -> None:
        """Wait until one of these questions is answered."""
        flights = [self._flights[key] for key in keys if key in self._flights]
        if flights:
            await asyncio.wait(flights, return_when=asyncio.FIRST_COMPLETED)

    def are_settled(self, keys: Iterable[Key]) -> bool:
        """Say whether all of these questions are answered, and take in the answers that have come."""
        are_all = True
        for key in keys:
            flight = self._flights.get(key)
            if flight is None:
                continue
            if flight.done():
                del self._flights[key]
                self._record(key, flight.result())
            else:
                are_all = False
        return are_all

    def give_up(self, detail: str) -> None:
        """Keep what was answered, and let every question that is still open end in a time-out, as every later one will."""
        self._given_up = detail
        for key, flight in self._flights.items():
            if flight.done() and not flight.cancelled():
                self._record(key, flight.result())
            else:
                flight.cancel()
                self._record(key, NoReply(*key, FailureReason.TIMEOUT, detail))
        self._flights.clear()

    def _record(self, key: Key, outcome: Reply | NoReply | Delegated) -> None:
        if isinstance(outcome, Delegated) or key[1] == AT_PARENT:
            self._record_delegation(key[0], outcome)
            return
        at = self._lane.now()
        if outcome.name != key[0]:
            outcome = replace(outcome, name=key[0])
        if key[1] in _OWN_ONLY:
            outcome = _own(outcome)
        self._outcomes.setdefault(key, (outcome, at))
        alias = _alias(outcome) if key in self._with_alias else None
        if alias is not None:
            self._outcomes.setdefault((key[0], "CNAME"), (alias, at))
        for raw in outcome.raws:
            self._raws[raw.digest] = raw

    def _record_delegation(self, zone: str, outcome: Reply | NoReply | Delegated) -> None:
        if isinstance(outcome, Delegated):
            self._raws.update((raw.digest, raw) for raw in outcome.raws)
            self._delegations.append(outcome.content)
            self.note(outcome.content, outcome.raws[-1].digest if outcome.raws else None)
        elif isinstance(outcome, NoReply):
            asked = f"{outcome.name} {outcome.rdtype}: " if (outcome.name, outcome.rdtype) != (zone, AT_PARENT) else ""
            detail = f"{asked}{outcome.detail}"
            self.note_failure(zone, DnsDelegation.kind, outcome.reason, "", detail, retryable=outcome.retryable)

    # -- what came of it --------------------------------------------------------------------------------------------

    def outcome(self, name: str, rdtype: str) -> Reply | NoReply:
        """Return what a question ended in; raises KeyError for one that was not sent or is not settled."""
        return self._outcomes[name, rdtype][0]

    def answered(self, name: str, rdtype: str) -> tuple[str, ...]:
        """Return the records that answered a question; empty where there were none, or no reply."""
        said = self._outcomes.get((name, rdtype))
        return said[0].values if said and isinstance(said[0], Reply) else ()

    def note(self, content: Content, raw: str | None = None) -> None:
        """Add an observation that was drawn from several answers."""
        self._more.append(self._observe(content, self._lane.now(), raw))

    def raw_of(self, name: str, rdtype: str) -> str | None:
        """Return the digest of the message that answered a question; None where there is none."""
        said = self._outcomes.get((name, rdtype))
        return said[0].raws[-1].digest if said and said[0].raws else None

    def note_failure(self, subject: str, kind: str, reason: FailureReason, scope: str, detail: str, *, retryable: bool) -> None:
        """Add a failure that is not that of one question."""
        self._failures.append(Failure(COLLECTOR, subject, kind, reason, retryable, scope, detail))

    def replies(self) -> tuple[Reply, ...]:
        """Return every reply, by name and type."""
        return tuple(outcome for outcome, _ in self._sorted() if isinstance(outcome, Reply))

    def delegations(self) -> tuple[DnsDelegation, ...]:
        """Return what servers of parent zones said."""
        return tuple(self._delegations)

    def observations(self) -> tuple[Observation, ...]:
        """Return what was learnt, in an order that depends on nothing but the answers; nothing twice."""
        said = self._sorted()
        found = [
            self._observe(_content(outcome), at, outcome.raws[-1].digest if outcome.raws else None)
            for outcome, at in said
            if isinstance(outcome, Reply)
        ]
        unique = {observation.id: observation for observation in (*found, *self._chains(said), *self._more)}
        return tuple(unique.values())

    def failures(self) -> tuple[Failure, ...]:
        """Return what could not be asked: one failure a question."""
        found = [
            Failure(COLLECTOR, outcome.name, DnsRRset.kind, outcome.reason, outcome.retryable, outcome.rdtype, outcome.detail)
            for outcome, _ in self._sorted()
            if isinstance(outcome, NoReply)
        ]
        return (*found, *self._failures)

    def raws(self) -> tuple[RawAnswer, ...]:
        """Return every message that an observation may refer to, each once."""
        return tuple(self._raws[digest] for digest in sorted(self._raws))

    def _sorted(self) -> list[_Said]:
        return [self._outcomes[key] for key in sorted(self._outcomes)]

    def _chains(self, said: list[_Said]) -> list[Observation]:
        """Return one chain for each name and way it led: the address types decide how it ended, else whatever was asked."""
        chains: dict[tuple[str, tuple[str, ...]], list[_Said]] = {}
        for outcome, at in said:
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


def _alias(outcome: Reply | NoReply) -> Reply | NoReply | None:
    """Return what the outcome of another type says about the CNAME of its name; None where it came without one.

    That a name is no alias needs no observation of its own: the answer of the other type shows it.
    """
    if outcome.hops:
        authenticated = isinstance(outcome, Reply) and outcome.authenticated
        return Reply(outcome.name, "CNAME", Outcome.ANSWER, outcome.hops[:1], (), authenticated, outcome.raws[:1])
    return NoReply(outcome.name, "CNAME", outcome.reason, outcome.detail) if isinstance(outcome, NoReply) else None
