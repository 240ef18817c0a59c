"""The client behind `herkomst.collectors.resolution.Resolver` (docs/decisions/0007-resolver-interface.md).

It asks recursive resolvers, follows a CNAME chain from message to message where the resolver did not, asks another resolver where one
fails, and keeps a bound on everything: questions in flight, attempts, hops, time, queries a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeAlias

import dns.exception
from herkomst.collectors.dns.client.authorities import Authorities
from herkomst.collectors.dns.client.cache import ReplyCache
from herkomst.collectors.dns.client.chain import Ask, Chain
from herkomst.collectors.dns.client.dispatch import Dispatcher
from herkomst.collectors.dns.client.message import Decoded
from herkomst.collectors.dns.client.pacing import Pacers, cap_of
from herkomst.collectors.dns.client.question import Question
from herkomst.collectors.dns.client.reply import read_reply
from herkomst.collectors.dns.client.system import system_resolvers
from herkomst.collectors.resolution import Authoritative, NoReply, Reply
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.scanner.model.failure import FailureReason

Said: TypeAlias = Decoded | NoReply


class StubResolver:
    """Asks recursive resolvers in the order given; one that does not answer is put aside for a minute.

    `per_second` is what one resolver address gets in any second, at most; 0 is no cap, None the usual one. A process has to use one
    resolver for the cap to hold; `sharers` is among how many processes it is divided. The rest is for `authorities.Authorities`.
    """

    def __init__(
        self,
        resolvers: Sequence[ResolverAddress],
        *,
        timeout_s: float,
        attempts: int,
        max_in_flight: int,
        per_second: float | None = 0.0,
        sharers: int = 1,
        authority_port: int = 53,
        may_ask_loopback: bool = False,
    ) -> None:
        pacers = Pacers(lambda address: cap_of(address, per_second) / sharers)
        self._dispatcher: Dispatcher[Decoded] = Dispatcher(
            resolvers,
            timeout_s=timeout_s,
            attempts=attempts,
            max_in_flight=max_in_flight,
            pacers=pacers,
            read=read_reply,
        )
        self._authorities = Authorities(
            pacers,
            timeout_s=timeout_s,
            max_in_flight=max_in_flight,
            port=authority_port,
            may_ask_loopback=may_ask_loopback,
        )
        self._cache = ReplyCache()
        self._flights: dict[tuple[str, str], _Flight] = {}

    @classmethod
    def from_settings(cls, settings: Settings) -> StubResolver:
        """Make the resolver that the settings describe; without resolvers in them, that of the system."""
        return cls(
            settings.resolvers or system_resolvers(),
            timeout_s=settings.dns_timeout_s,
            attempts=settings.dns_attempts,
            max_in_flight=max(1, settings.max_in_flight // settings.sharers),
            per_second=settings.queries_per_second_per_server,
            sharers=settings.sharers,
            authority_port=settings.authority_port,
            may_ask_loopback=settings.treat_documentation_as_public,
        )

    def ask(self, name: str, rdtype: str) -> Awaitable[Reply | NoReply]:
        """Ask, or join the flight that asks the same; a caller that is cancelled does not take the flight down with it."""
        waiter: asyncio.Future[Reply | NoReply] = asyncio.get_running_loop().create_future()
        kept = self._cache.get(name, rdtype)
        if kept is not None:
            waiter.set_result(kept)
            return waiter
        flight = self._flights.get((name, rdtype))
        if flight is not None:
            flight.waiters.append(waiter)
            return waiter
        flight = self._flights[name, rdtype] = _Flight(self, name, rdtype, waiter)
        self._ask_next(flight, name, rdtype)
        return waiter

    def ask_authority(self, addresses: Sequence[str], name: str, rdtype: str) -> Awaitable[Authoritative | NoReply]:
        """Ask name servers at these addresses without recursion; no resolver is asked."""
        return self._authorities.ask(addresses, name, rdtype)

    def _ask_next(self, flight: _Flight, name: str, rdtype: str) -> None:
        try:
            question = Question(name, rdtype)
        except dns.exception.DNSException as error:
            detail = f"this is no name that can be asked for: {error}"
            self._land(flight, NoReply(name, rdtype, FailureReason.MALFORMED, detail))
            return
        self._dispatcher.exchange(question, flight.take)

    def _land(self, flight: _Flight, outcome: Reply | NoReply) -> None:
        self._flights.pop((outcome.name, outcome.rdtype), None)
        if isinstance(outcome, Reply):
            self._cache.keep(outcome)
        for waiter in flight.waiters:
            if not waiter.done():
                waiter.set_result(outcome)

    async def close(self) -> None:
        """End every flight and probe; their questions end as cancelled for whoever still waits."""
        flights = list(self._flights.values())
        self._flights.clear()
        await self._dispatcher.close()
        await self._authorities.close()
        for flight in flights:
            for waiter in flight.waiters:
                waiter.cancel()


class _Flight:
    """A question on its way, and everybody who waits for it."""

    __slots__ = ("_chain", "_resolver", "waiters")

    def __init__(self, resolver: StubResolver, name: str, rdtype: str, waiter: asyncio.Future[Reply | NoReply]) -> None:
        self._resolver = resolver
        self._chain = Chain(name, rdtype)
        self.waiters = [waiter]

    def take(self, said: Said) -> None:
        """Take what one exchange ended in, and go on with the next or land."""
        step = self._chain.take(said)
        if isinstance(step, Ask):
            self._resolver._ask_next(self, step.name, step.rdtype)
        else:
            self._resolver._land(self, step)
