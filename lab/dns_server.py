"""A small DNS server on one loopback port, UDP and TCP (RFC 1035, RFC 7766, RFC 6891), over the laboratory's zones.

It binds a free port, the same number for both transports. What it answers is decided in `herkomst.lab.dns_zones`; here the bytes are
read and written, and the behaviours that concern bytes and time are acted out.
"""

from __future__ import annotations

import asyncio
import struct
from collections import Counter
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
from herkomst.lab.dns_zones import SLOW_S, Behaviour, Reply, Zones, text_name

LOOPBACK = "127.0.0.1"
CLASSIC_UDP_BYTES = 512
BIND_ATTEMPTS = 20
TCP_IDLE_S = 10.0


class DnsServer:
    """Serves zones until it is closed. `asked` counts the questions by name, type and transport: tests look at it."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self.port = 0
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Bind a free port; raises OSError when none is free for both transports."""
        loop = asyncio.get_running_loop()
        for attempt in range(BIND_ATTEMPTS):
            self._tcp = await asyncio.start_server(self._serve_tcp, LOOPBACK, 0)
            self.port = cast("int", self._tcp.sockets[0].getsockname()[1])
            try:
                transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), (LOOPBACK, self.port))
            except OSError:  # another program holds this number for UDP
                self._tcp.close()
                await self._tcp.wait_closed()
                if attempt == BIND_ATTEMPTS - 1:
                    raise
                continue
            self._udp = transport
            return

    async def close(self) -> None:
        """Stop listening and drop what is open."""
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
            for writer in tuple(self._writers):
                writer.close()
            await self._tcp.wait_closed()
        await asyncio.sleep(0)  # transports close their sockets in the next round of the loop

    def reply(self, wire: bytes, transport: str) -> tuple[dns.message.Message, Reply] | None:
        """Return the query and what to answer; None for bytes that are no query, which get no answer."""
        try:
            query = dns.message.from_wire(wire, ignore_trailing=True)
        except dns.exception.DNSException:
            return None
        if query.flags & dns.flags.QR:
            return None
        if query.question:
            question = query.question[0]
            self.asked[text_name(question.name), dns.rdatatype.to_text(question.rdtype), transport] += 1
        return query, self.zones.answer(query)

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                async with asyncio.timeout(TCP_IDLE_S):
                    (size_bytes,) = struct.unpack("!H", await reader.readexactly(2))
                    wire = await reader.readexactly(size_bytes)
                await self._answer_tcp(wire, writer)
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
            pass  # the client is done
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer_tcp(self, wire: bytes, writer: asyncio.StreamWriter) -> None:
        found = self.reply(wire, "tcp")
        if found is None or found[1].message is None:
            return
        response, behaviour = found[1].message, found[1].behaviour
        if behaviour is Behaviour.SLOW:
            await asyncio.sleep(SLOW_S)
        answer = _encode(response, behaviour, 65535)
        writer.write(struct.pack("!H", len(answer)) + answer)
        await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    """The UDP side of one server."""

    def __init__(self, server: DnsServer) -> None:
        self._server = server
        self._transport: asyncio.DatagramTransport | None = None
        self._timers: set[asyncio.TimerHandle] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer on."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def connection_lost(self, _exc: Exception | None) -> None:
        """Drop answers that were still to come."""
        for timer in self._timers:
            timer.cancel()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one datagram."""
        found = self._server.reply(data, "udp")
        if found is None or found[1].message is None:
            return
        query, reply = found
        response = reply.message
        assert response is not None  # noqa: S101 - for the type checker: said above
        answer = _encode(response, reply.behaviour, max(query.payload, CLASSIC_UDP_BYTES))
        if reply.behaviour is Behaviour.SLOW:
            self._timers.add(asyncio.get_running_loop().call_later(SLOW_S, self._send, answer, addr))
        else:
            self._send(answer, addr)

    def _send(self, answer: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(answer, addr)


def _encode(response: dns.message.Message, behaviour: Behaviour | None, limit_bytes: int) -> bytes:
    """Return the message as bytes; one that does not fit, or is told to truncate, goes out empty with TC."""
    over_tcp = limit_bytes == 65535
    if behaviour is Behaviour.EMPTY:
        return b"\x00"
    if behaviour is Behaviour.WRONG_ID:
        response.id = (response.id + 1) % 65536
    if behaviour is Behaviour.TRUNCATE and not over_tcp:
        return _truncated(response)
    try:
        return response.to_wire(max_size=limit_bytes)
    except dns.exception.TooBig:
        return _truncated(response)


def _truncated(response: dns.message.Message) -> bytes:
    """Return the message with TC and without records (RFC 2181 section 9: what is there must not be used)."""
    for section in response.sections[1:]:
        section.clear()
    response.flags |= dns.flags.TC
    return response.to_wire()
