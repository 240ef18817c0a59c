"""One question from the first message to its outcome: the CNAME chain, followed from message to message. No sockets, no clock.

Most chains come whole in one message; an authoritative server gives only its own part.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import dns.rcode
from herkomst.collectors.dns.client.message import MAX_HOPS, ChainState, Decoded
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, RawAnswer


class Ask(NamedTuple):
    """What has to be asked next."""

    name: str
    rdtype: str


Step: TypeAlias = Reply | NoReply | Ask


class Chain:
    """Takes what each exchange said and tells the next question, or what it all ended in."""

    __slots__ = ("_authenticated", "_failed", "_hops", "_name", "_raws", "_rdtype")

    def __init__(self, name: str, rdtype: str) -> None:
        self._name = name
        self._rdtype = rdtype
        self._hops: list[str] = []
        self._raws: list[RawAnswer] = []
        self._authenticated = True
        self._failed: NoReply | None = None
        """The SERVFAIL after which the CNAME was asked for."""

    def take(self, said: Decoded | NoReply) -> Step:
        """Take in what the last question ended in."""
        failed = self._failed
        if failed is not None:
            self._failed = None
            if isinstance(said, NoReply) or said.state is not ChainState.ANSWERED:
                return self._end(failed)
            # the one hop at a name that fails: what is behind it has to be asked for, whatever the message held
            return self._go_on(said, said.values[:1], to_be_continued=True)
        if isinstance(said, NoReply):
            if said.reason is FailureReason.SERVFAIL and said.rdtype != "CNAME":
                # resolvers say SERVFAIL for a loop, for a chain longer than they follow, and for a target that is broken; asked for
                # the CNAME itself they tell what stands there
                self._failed = said
                return Ask(said.name, "CNAME")
            return self._end(said)
        if not said.hops and not self._hops:  # the most common by far
            outcome = _OUTCOMES.get((said.rcode, said.state), Outcome.NODATA)
            return Reply(self._name, self._rdtype, outcome, said.values, (), said.authenticated, (said.raw,))
        return self._go_on(said, said.hops, to_be_continued=said.state is ChainState.OPEN and bool(said.hops) and not _ends(said))

    def _go_on(self, said: Decoded, hops: tuple[str, ...], *, to_be_continued: bool) -> Step:
        self._raws.append(said.raw)
        self._authenticated = self._authenticated and said.authenticated
        for hop in hops:
            seen = hop == self._name or hop in self._hops
            self._hops.append(hop)
            if seen:
                return self._too_deep(ChainEnd.LOOP, "the CNAME chain is a loop")
            if len(self._hops) > MAX_HOPS:
                return self._too_deep(ChainEnd.TOO_LONG, f"the CNAME chain has more than {MAX_HOPS} hops")
        if to_be_continued:
            return Ask(self._hops[-1], self._rdtype)
        outcome = _OUTCOMES.get((said.rcode, said.state), Outcome.NODATA)
        return Reply(self._name, self._rdtype, outcome, said.values, tuple(self._hops), self._authenticated, tuple(self._raws))

    def _end(self, failed: NoReply) -> NoReply:
        return NoReply(
            self._name, self._rdtype, failed.reason, failed.detail, tuple(self._hops), ChainEnd.FAILED, tuple(self._raws)
        )

    def _too_deep(self, ended: ChainEnd, detail: str) -> NoReply:
        hops, raws = tuple(self._hops), tuple(self._raws)
        return NoReply(self._name, self._rdtype, FailureReason.TOO_DEEP, detail, hops, ended, raws)


_OUTCOMES = {
    (dns.rcode.NOERROR, ChainState.ANSWERED): Outcome.ANSWER,
    (dns.rcode.NXDOMAIN, ChainState.OPEN): Outcome.NXDOMAIN,
}


def _ends(said: Decoded) -> bool:
    """Say whether a chain without records is known to end here: an SOA beside it denies (RFC 2308), NXDOMAIN says so (RFC 6604)."""
    return said.denied or said.rcode == dns.rcode.NXDOMAIN
