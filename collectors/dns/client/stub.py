"""The resolver client behind `herkomst.collectors.resolution.Resolver` (docs/decisions/0007-resolver-interface.md).

It asks recursive resolvers, follows a CNAME chain from message to message where the resolver did not, asks another resolver where one
fails, and keeps a bound on everything: questions in flight, attempts, hops, time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Sequence

import dns.exception
import dns.rcode
from herkomst.collectors.dns.client.cache import ReplyCache
from herkomst.collectors.dns.client.message import MAX_HOPS, ChainState, Decoded, encode_query
from herkomst.collectors.dns.client.system import system_resolvers
from herkomst.collectors.dns.client.upstream import Upstream
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, RawAnswer

MAX_ATTEMPTS = 6
MAX_AT_ONE_RESOLVER = 100
"""Queries on their way to one resolver. A burst of about 200 fills the receive buffer that a socket has by default on Linux (212,992
octets); what does not fit is lost without a word and looks like a time-out."""
_TELLING = (
    FailureReason.SERVFAIL,
    FailureReason.REFUSED,
    FailureReason.MALFORMED,
    FailureReason.TIMEOUT,
    FailureReason.UNREACHABLE,
)
"""Of several attempts the one that says most is reported: an answer that is an error says more than silence."""


class StubResolver:
    """Asks recursive resolvers in the order given; one that does not answer is put aside for a minute.

    A slot of `max_in_flight` is held only while a query is on its way, so a question that waits for its next attempt holds none.
    At most `MAX_AT_ONE_RESOLVER` slots are used for each resolver given.
    """

    def __init__(self, resolvers: Sequence[ResolverAddress], *, timeout_s: float, attempts: int, max_in_flight: int) -> None:
        self._upstreams = [Upstream(address, timeout_s) for address in resolvers]
        self._attempts = attempts
        self._slots = asyncio.Semaphore(min(max_in_flight, MAX_AT_ONE_RESOLVER * len(self._upstreams)))
        self._cache = ReplyCache()
        self._flights: dict[tuple[str, str], asyncio.Task[Reply | NoReply]] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> StubResolver:
        """Make the resolver that the settings describe; without resolvers in them, that of the system."""
        return cls(
            settings.resolvers or system_resolvers(),
            timeout_s=settings.dns_timeout_s,
            attempts=settings.dns_attempts,
            max_in_flight=settings.max_in_flight,
        )

    def ask(self, name: str, rdtype: str) -> Awaitable[Reply | NoReply]:
        """Ask, or join the flight that asks the same; a caller that is cancelled does not take the flight down with it."""
        kept = self._cache.get(name, rdtype)
        if kept is not None:
            known: asyncio.Future[Reply | NoReply] = asyncio.get_running_loop().create_future()
            known.set_result(kept)
            return known
        key = (name, rdtype)
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(self._resolve(name, rdtype), name=f"dns {rdtype} {name}")
            self._flights[key] = flight
            flight.add_done_callback(lambda _: self._flights.pop(key, None))
        return asyncio.shield(flight)

    async def close(self) -> None:
        """End every flight and probe; their questions end as cancelled for whoever still waits."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        for upstream in self._upstreams:
            await upstream.close()

    async def _resolve(self, name: str, rdtype: str) -> Reply | NoReply:
        try:
            encode_query(name, rdtype, 0)
        except dns.exception.DNSException as error:
            return NoReply(name, rdtype, FailureReason.MALFORMED, f"this is no name that can be asked for: {error}")
        outcome = await self._follow(name, rdtype)
        if isinstance(outcome, Reply):
            self._cache.keep(outcome)
        return outcome

    async def _follow(self, name: str, rdtype: str) -> Reply | NoReply:
        """Ask until the chain ends. Most chains come whole in one message; an authoritative server gives only its own part."""
        hops: list[str] = []
        raws: list[RawAnswer] = []
        authenticated = True
        while True:
            here = hops[-1] if hops else name
            said = await self._exchange(here, rdtype)
            if isinstance(said, NoReply):
                step = await self._step_past(said)
                if step is None:
                    return NoReply(name, rdtype, said.reason, said.detail, tuple(hops), ChainEnd.FAILED, tuple(raws))
            else:
                step = said
            raws.append(step.raw)
            authenticated = authenticated and step.authenticated
            for hop in step.hops:
                seen = hop == name or hop in hops
                hops.append(hop)
                ended = ChainEnd.LOOP if seen else ChainEnd.TOO_LONG if len(hops) > MAX_HOPS else None
                if ended is not None:
                    return _too_deep(name, rdtype, ended, hops, raws)
            if step is not said or (step.state is ChainState.OPEN and step.hops and not _ends(step)):
                continue
            outcome = _OUTCOMES.get((step.rcode, step.state), Outcome.NODATA)
            return Reply(name, rdtype, outcome, step.values, tuple(hops), authenticated, tuple(raws))

    async def _step_past(self, failed: NoReply) -> Decoded | None:
        """Return the one hop at a name that fails with SERVFAIL, so that a loop or a broken target behind a CNAME is seen as such.

        Resolvers answer SERVFAIL for a loop, for a chain longer than they follow, and for a target that is broken; asked for the
        CNAME itself they tell what stands there.
        """
        if failed.reason is not FailureReason.SERVFAIL or failed.rdtype == "CNAME":
            return None
        alias = await self._exchange(failed.name, "CNAME")
        if isinstance(alias, NoReply) or alias.state is not ChainState.ANSWERED:
            return None
        return Decoded(alias.rcode, ChainState.OPEN, alias.values[:1], (), False, False, alias.authenticated, alias.raw)

    async def _exchange(self, name: str, rdtype: str) -> Decoded | NoReply:
        """Ask one resolver after the other until one replies; each attempt takes a slot of its own."""
        failures: list[NoReply] = []
        answered: set[Upstream] = set()
        for upstream in self._plan():
            if upstream in answered:
                continue
            async with self._slots:
                said = await upstream.ask(name, rdtype)
            if isinstance(said, Decoded):
                return said
            if said.reason is not FailureReason.TIMEOUT:
                answered.add(upstream)  # it told why it does not know, or cannot be reached: asking again tells the same
            failures.append(said)
        return min(failures, key=lambda failure: _TELLING.index(failure.reason))

    def _plan(self) -> Iterator[Upstream]:
        ready = [upstream for upstream in self._upstreams if not upstream.is_aside()] or self._upstreams
        attempts = min(max(self._attempts, len(ready)), MAX_ATTEMPTS)
        for attempt in range(attempts):
            yield ready[attempt % len(ready)]


_OUTCOMES = {
    (dns.rcode.NOERROR, ChainState.ANSWERED): Outcome.ANSWER,
    (dns.rcode.NXDOMAIN, ChainState.OPEN): Outcome.NXDOMAIN,
}


def _ends(step: Decoded) -> bool:
    """Say whether a chain without records is known to end here: an SOA beside it denies (RFC 2308), NXDOMAIN says so (RFC 6604)."""
    return step.denied or step.rcode == dns.rcode.NXDOMAIN


def _too_deep(name: str, rdtype: str, ended: ChainEnd, hops: list[str], raws: list[RawAnswer]) -> NoReply:
    detail = "the CNAME chain is a loop" if ended is ChainEnd.LOOP else f"the CNAME chain has more than {MAX_HOPS} hops"
    return NoReply(name, rdtype, FailureReason.TOO_DEEP, detail, tuple(hops), ended, tuple(raws))
