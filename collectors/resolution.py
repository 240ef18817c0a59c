"""The resolver as collectors know it, and what a question ends in: a reply (which may say no), or no reply and why (RFC 9499).

NXDOMAIN and NODATA are replies: the DNS said no. SERVFAIL, REFUSED, a time-out and a closed port are not: nobody said anything
about the name. The two never share a type, so that "could not ask" cannot be taken for "no".
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, RawAnswer


class Outcome(StrEnum):
    """The three things that DNS can say about a name and a type."""

    ANSWER = "answer"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the DNS said. `values` is the final record set, canonical and sorted; empty unless the outcome is an answer.

    `hops` are the names that the CNAME chain from `name` led through, in order; the last one owns the values, or is the name of
    which the DNS said no. `authenticated` is the resolver's AD bit on every message read. `raws` are the messages in the order read:
    one, or several where the chain had to be followed from message to message.
    """

    name: str
    rdtype: str
    outcome: Outcome
    values: tuple[str, ...]
    hops: tuple[str, ...]
    authenticated: bool
    raws: tuple[RawAnswer, ...]

    @property
    def ended(self) -> ChainEnd:
        """How the chain ended; `ADDRESS` stands for the records that were asked for, of whatever type."""
        return _CHAIN_ENDS[self.outcome]


_CHAIN_ENDS = {Outcome.ANSWER: ChainEnd.ADDRESS, Outcome.NODATA: ChainEnd.NODATA, Outcome.NXDOMAIN: ChainEnd.NXDOMAIN}

RETRYABLE = frozenset({FailureReason.TIMEOUT, FailureReason.SERVFAIL, FailureReason.UNREACHABLE, FailureReason.CANCELLED})
"""Reasons after which asking again later may give an answer; REFUSED is a policy, a loop stays a loop."""


@dataclass(frozen=True, slots=True)
class NoReply:
    """Nothing was said about this name and type, and why. `hops` is the part of a chain that was still seen.

    `ended` is `FAILED`, or `LOOP` or `TOO_LONG` where the chain itself was the reason (then the reason is too_deep).
    """

    name: str
    rdtype: str
    reason: FailureReason
    detail: str = ""
    hops: tuple[str, ...] = ()
    ended: ChainEnd = ChainEnd.FAILED
    raws: tuple[RawAnswer, ...] = ()

    @property
    def retryable(self) -> bool:
        """Say whether asking again later may help."""
        return self.reason in RETRYABLE


@dataclass(frozen=True, slots=True)
class Referral:
    """A server does not serve the zone that was asked for, and says who does (RFC 1034 section 4.3.2, RFC 9499 "referral").

    `name` owns the NS records, `servers` are their host names, sorted. `glue` are pairs of a host and an address that came with them.
    `has_ds`: DS records stand beside them, so the zone is signed as far as its parent knows (RFC 4035 section 3.1.4.1); None where the
    parent is not signed and shows neither. None of it is validated here: whoever is on the path can change it.
    """

    name: str
    servers: tuple[str, ...]
    glue: tuple[tuple[str, str], ...]
    has_ds: bool | None
    raws: tuple[RawAnswer, ...]


@dataclass(frozen=True, slots=True)
class Authoritative:
    """What an authoritative server said, and at which address: a reply with authority (the AA bit), or a referral."""

    address: str
    said: Reply | Referral


class Resolver(Protocol):
    """Asks the DNS. One a run, shared by all collectors, so that a question is asked once and every server's limit counts once."""

    def ask(self, name: str, rdtype: str) -> Awaitable[Reply | NoReply]:
        """Ask for the records of a type at a name; CNAMEs are followed unless the type is CNAME. Never raises for what fails.

        The question is on its way when this returns, so ask all there is to ask before awaiting the first. Identical questions share
        one flight, and replies are cached. Who stops waiting takes the flight from nobody else.
        """
        ...

    def ask_authority(self, addresses: Sequence[str], name: str, rdtype: str) -> Awaitable[Authoritative | NoReply]:
        """Ask name servers at these addresses without recursion: the first two that may be asked, one after the other.

        The addresses come from the DNS and may be anybody's: those for special uses are never asked. Never raises for what fails; a
        server that speaks without authority, or refers elsewhere than to `name`, gives no reply. Flights and answers are shared.
        """
        ...

    async def close(self) -> None:
        """Release sockets and end what is under way."""
        ...
