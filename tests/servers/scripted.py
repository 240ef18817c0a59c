"""Zones as text, given away by a server in the test process over UDP and TCP: the resolver's other side, misbehaviour included."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

Respond = Callable[[dns.message.Message, bool], Iterable[bytes]]
"""Takes a query and whether it came over TCP; returns the datagrams to send back, none to stay silent."""
SOA = "ns1.host.example. hostmaster.host.example. 1 7200 3600 1209600 300"


@dataclass
class ZoneText:
    """Answers like a recursive resolver that knows nothing but these lines (`owner TYPE data`), CNAMEs followed.

    An owner that begins with `*.` answers for every name below that no line names (RFC 4592). `rcodes` makes a name fail with a code, `silent` names get no reply, `open_chains` makes it stop at the first CNAME.
    """

    lines: str
    rcodes: dict[str, dns.rcode.Rcode] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    open_chains: bool = False
    max_udp: int = 1232

    def __post_init__(self) -> None:
        self.sets: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], dns.rrset.RRset] = {}
        for line in filter(None, map(str.strip, self.lines.splitlines())):
            owner, rdtype, data = line.split(None, 2)
            name, kind = dns.name.from_text(owner), dns.rdatatype.from_text(rdtype)
            record = dns.rrset.from_text(name, 300, dns.rdataclass.IN, kind, data)
            self.sets.setdefault((name, kind), dns.rrset.RRset(name, dns.rdataclass.IN, kind)).update(record)
        self.owners = {name for name, _ in self.sets}

    def __call__(self, query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        name = query.question[0].name
        asked = name.to_text(omit_final_dot=True).lower()
        if asked in self.silent:
            return ()
        response = dns.message.make_response(query, recursion_available=True)
        if asked in self.rcodes:
            response.set_rcode(self.rcodes[asked])
        else:
            self._fill(response, name, query.question[0].rdtype)
        wire = response.to_wire(max_size=65535)
        if not over_tcp and len(wire) > self.max_udp:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            wire = short.to_wire()
        return (wire,)

    def _fill(self, response: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> None:
        seen = set()
        self._add_wildcard(name)
        while (name, rdtype) not in self.sets and (name, dns.rdatatype.CNAME) in self.sets and name not in seen:
            seen.add(name)
            alias = self.sets[name, dns.rdatatype.CNAME]
            response.answer.append(alias)
            if self.open_chains:
                return
            name = alias[0].target  # type: ignore[attr-defined]  # a CNAME has one
        if (name, rdtype) in self.sets:
            response.answer.append(self.sets[name, rdtype])
        elif name not in seen:
            if not any(owner.is_subdomain(name) for owner in self.owners):
                response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(dns.rrset.from_text(dns.name.root, 300, "IN", "SOA", SOA))

    def _add_wildcard(self, name: dns.name.Name) -> None:
        """Give a name that does not exist the records of the closest wildcard above it."""
        parent = name
        while len(parent) > 1 and not any(owner.is_subdomain(parent) for owner in self.owners):
            parent = parent.parent()
        source = dns.name.Name(("*", *parent.labels))
        for owner, kind in [key for key in self.sets if key[0] == source and parent != name]:
            copied = dns.rrset.RRset(name, dns.rdataclass.IN, kind)
            copied.update(self.sets[owner, kind])
            self.sets[name, kind] = copied


class ScriptedServer(asyncio.DatagramProtocol):
    """A DNS server whose every reply is what `respond` returns; `asked` keeps the questions (name, type, over TCP) in order.

    With `hold`, replies over UDP wait until that many questions are open at once; `most_open` is the most that ever were.
    """

    def __init__(self, respond: Respond, address: str = "127.0.0.1", hold: int = 1) -> None:
        self.respond = respond
        self.hold = hold
        self.most_open = 0
        self._open: list[tuple[bytes, tuple[str, int]]] = []
        self.address = address
        self.port = 0
        self.asked: list[tuple[str, str, bool]] = []

    async def __aenter__(self) -> ScriptedServer:
        loop = asyncio.get_running_loop()
        while True:
            self._tcp = await asyncio.start_server(self._serve_tcp, self.address, 0)
            self.port = self._tcp.sockets[0].getsockname()[1]
            try:
                self._udp, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, self.port))
            except OSError:  # that port is some client's for UDP
                self._tcp.close()
                await self._tcp.wait_closed()
                continue
            return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()

    def _reply(self, wire: bytes, over_tcp: bool) -> Iterable[bytes]:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        asked = question.name.to_text(omit_final_dot=True).lower()
        self.asked.append((asked, dns.rdatatype.to_text(question.rdtype), over_tcp))
        return self.respond(query, over_tcp)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._open.append((data, addr))
        self.most_open = max(self.most_open, len(self._open))
        if len(self._open) >= self.hold:
            for query, client in self._open:
                for reply in self._reply(query, False):
                    self._udp.sendto(reply, client)
            self._open.clear()

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            length = int.from_bytes(await reader.readexactly(2), "big")
            for reply in self._reply(await reader.readexactly(length), True):
                writer.write(len(reply).to_bytes(2, "big") + reply)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


class SilentServer:
    """A socket that takes every query and never answers."""

    def __enter__(self) -> SilentServer:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()


def closed_port() -> int:
    """Return a UDP port of loopback on which nothing listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
