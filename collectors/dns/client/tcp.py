"""One query and its answer over TCP (RFC 1035 section 4.2.2, RFC 7766), on a connection of its own: the way for truncated answers."""

from __future__ import annotations

import asyncio
import socket

from herkomst.collectors.dns.client.question import is_reply
from herkomst.config.settings import ResolverAddress


async def exchange_tcp(server: ResolverAddress, query: bytes, timeout_s: float) -> bytes:
    """Send a query and return the answer, whose question may differ in letter case.

    Raises TimeoutError after `timeout_s`, however slowly octets drip in, and OSError where the server cannot be reached, the
    connection ends early, or the answer belongs to another question.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        with socket.socket(family_of(server), socket.SOCK_STREAM) as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, (server.address, server.port))
            await loop.sock_sendall(connection, len(query).to_bytes(2, "big") + query)
            length = int.from_bytes(await _receive(connection, 2), "big")
            wire = await _receive(connection, length)
    if not is_reply(wire, query):
        raise ConnectionError("the answer over TCP belongs to another question")
    return wire


async def _receive(connection: socket.socket, size: int) -> bytes:
    loop = asyncio.get_running_loop()
    received = bytearray()
    while len(received) < size:
        part = await loop.sock_recv(connection, size - len(received))
        if not part:
            raise ConnectionError("the connection ended before the whole answer came")
        received += part
    return bytes(received)


def family_of(server: ResolverAddress) -> socket.AddressFamily:
    """Return the address family that a server's sockets take."""
    return socket.AF_INET6 if ":" in server.address else socket.AF_INET
