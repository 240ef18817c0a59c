"""Asks authoritative servers at given addresses, without recursion (RFC 1034 section 4.3.1): a rare question beside those to resolvers.

An address in the DNS is whatever its owner writes, so those for special uses (loopback, private, link-local, ...) are never asked: nobody
outside may point this program at a machine inside. Slots, pace, time-outs, TCP and the memory of silent servers are the dispatcher's.
Many networks let nobody but their resolver ask outside. Where server after server is silent and none ever answered, that is
said at once, so that a long list does not wait for each name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import OrderedDict
from collections.abc import Awaitable, Iterator, Sequence
from itertools import islice
from time import monotonic

import dns.exception
from herkomst.collectors.dns.client.authority_reply import read_authority_reply
from herkomst.collectors.dns.client.dispatch import Dispatcher
from herkomst.collectors.dns.client.pacing import Pacers
from herkomst.collectors.dns.client.question import Question, encode_authority_query
from herkomst.collectors.dns.client.server import Server
from herkomst.collectors.dns.client.tcp import family_of
from herkomst.collectors.resolution import Authoritative, NoReply
from herkomst.collectors.special_use import find_special_use
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason

ASKED_AT_MOST = 2
MAX_IN_FLIGHT = 64
MAX_SERVERS = 96
"""Servers whose sockets and pace are kept; with four sockets each, well below the usual limit of open files."""
MAX_KEPT = 2_000
CUT_OFF_AFTER = 4
"""So many silent servers, and none that ever answered, are taken for a network that lets no questions out."""
_Key = tuple[str, str]


class Authorities:
    """All authoritative servers of a run. Belongs to the event loop that it was first used in.

    `port` is 53 everywhere but in a laboratory. `may_ask_loopback` is for a laboratory too: its servers are on this machine.
    """

    def __init__(
        self, pacers: Pacers, *, timeout_s: float, max_in_flight: int, port: int = 53, may_ask_loopback: bool = False
    ) -> None:
        # one query a server: the second server is the second attempt
        self._dispatcher: Dispatcher[Authoritative] = Dispatcher(
            (),
            timeout_s=timeout_s,
            attempts=1,
            max_in_flight=min(max_in_flight, MAX_IN_FLIGHT),
            pacers=pacers,
            read=read_authority_reply,
            encode=encode_authority_query,
        )
        self._port = port
        self._allowed_uses = {None, "loopback"} if may_ask_loopback else {None}
        self._servers: OrderedDict[str, Server] = OrderedDict()
        self._kept: OrderedDict[_Key, Authoritative] = OrderedDict()
        self._flights: dict[_Key, list[asyncio.Future[Authoritative | NoReply]]] = {}
        self._was_heard = False

    def ask(self, addresses: Sequence[str], name: str, rdtype: str) -> Awaitable[Authoritative | NoReply]:
        """Ask, or join the flight that asks the same (`herkomst.collectors.resolution.Resolver.ask_authority`)."""
        waiter: asyncio.Future[Authoritative | NoReply] = asyncio.get_running_loop().create_future()
        key = (name, rdtype)
        kept = self._kept.get(key)
        if kept is not None:
            waiter.set_result(kept)
        elif key in self._flights:
            self._flights[key].append(waiter)
        else:
            self._flights[key] = [waiter]
            self._send(addresses, name, rdtype)
        return waiter

    def _send(self, addresses: Sequence[str], name: str, rdtype: str) -> None:
        try:
            question = Question(name, rdtype)
        except dns.exception.DNSException as error:
            detail = f"this is no name that can be asked for: {error}"
            self._land((name, rdtype), NoReply(name, rdtype, FailureReason.MALFORMED, detail))
            return
        allowed = [address for address in dict.fromkeys(addresses) if self._may_be_asked(address)]
        plan = tuple(islice(self._reachable(allowed), ASKED_AT_MOST)) or tuple(islice(self._reachable(allowed, True), 1))
        self._forget()
        refusal = self._find_obstacle(addresses, allowed, plan)
        if refusal:
            self._land((name, rdtype), NoReply(name, rdtype, FailureReason.UNREACHABLE, refusal))
            return
        self._dispatcher.exchange(question, lambda said: self._land((name, rdtype), said), plan)

    def _find_obstacle(self, addresses: Sequence[str], allowed: Sequence[str], plan: Sequence[Server]) -> str:
        """Return why nobody is asked; empty where somebody is."""
        if not addresses:
            return "its servers have no addresses"
        if not allowed:
            return f"{addresses[0]} is an address for a special use, which is never asked"
        if not plan:
            return f"there is no way from here to {allowed[0]}"
        if self._is_cut_off():
            return (
                "this network seems to let no questions out to name servers: none that was asked ever answered (see ask_parents)"
            )
        return ""

    def _may_be_asked(self, address: str) -> bool:
        number = ipaddress.ip_address(address)
        return find_special_use(number.version, int(number), int(number)) in self._allowed_uses

    def _reachable(self, addresses: Sequence[str], even_aside: bool = False) -> Iterator[Server]:
        """Yield the servers at these addresses to which there is a way (a machine may have IPv4 or IPv6 only), but for silent ones."""
        now = monotonic()
        for address in addresses:
            server = self._servers.get(address)
            if server is None:
                place = ResolverAddress(address, self._port)
                if not _has_route(place):
                    continue
                server = self._servers[address] = self._dispatcher.make_server(place)
                self._dispatcher.servers.append(server)
            self._servers.move_to_end(address)
            if even_aside or not server.is_aside(now):
                yield server

    def _is_cut_off(self) -> bool:
        if self._was_heard:
            return False
        now, never = monotonic(), float("-inf")
        return sum(server.is_aside(now) and server.heard_at == never for server in self._servers.values()) >= CUT_OFF_AFTER

    def _forget(self) -> None:
        """Let go of the servers that were not asked for longest, and are not being asked."""
        for address, server in tuple(self._servers.items())[: max(0, len(self._servers) - MAX_SERVERS)]:
            if not server.busy and not server.waiting and not server.is_probed:
                del self._servers[address]
                self._dispatcher.servers.remove(server)
                server.close()

    def _land(self, key: _Key, outcome: Authoritative | NoReply) -> None:
        if isinstance(outcome, Authoritative):
            self._was_heard = True
            self._kept[key] = outcome
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        elif outcome.reason not in (FailureReason.TIMEOUT, FailureReason.UNREACHABLE):
            self._was_heard = True
        for waiter in self._flights.pop(key, ()):
            if not waiter.done():
                waiter.set_result(outcome)

    async def close(self) -> None:
        """End what is under way; who still waits is cancelled."""
        flights = list(self._flights.values())
        self._flights.clear()
        await self._dispatcher.close()
        for waiters in flights:
            for waiter in waiters:
                waiter.cancel()


def _has_route(place: ResolverAddress) -> bool:
    """Say whether the kernel knows a way to an address; connecting a datagram socket sends nothing."""
    try:
        with socket.socket(family_of(place), socket.SOCK_DGRAM) as probe:
            probe.connect((place.address, place.port))
    except OSError:
        return False
    return True
