"""One query and its answer over UDP or TCP (RFC 1035 section 4.2, RFC 7766), on asyncio and plain sockets.

Every UDP query has a socket of its own: the kernel picks a random port, drops what comes from another address, and hands over the
ICMP error of a closed port. Answers are evidence, so a datagram that does not match the question is ignored, not believed.
"""

from __future__ import annotations

import asyncio
import socket

from herkomst.collectors.dns.client.message import MAX_MESSAGE, answers_query
from herkomst.config.settings import ResolverAddress


async def exchange_udp(server: ResolverAddress, query: bytes, timeout_s: float) -> bytes:
    """Send a query and return the first datagram that answers it.

    Raises TimeoutError after `timeout_s`, and OSError at once where the kernel knows that the server cannot be reached.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        with socket.socket(_family(server), socket.SOCK_DGRAM) as connection:
            connection.setblocking(False)
            connection.connect((server.address, server.port))
            await loop.sock_sendall(connection, query)
            while True:
                wire = await loop.sock_recv(connection, MAX_MESSAGE)
                if answers_query(wire, query):
                    return wire


async def exchange_tcp(server: ResolverAddress, query: bytes, timeout_s: float) -> bytes:
    """Send a query over a connection of its own and return the answer; errors as for UDP.

    A connection that ends early, or that answers another question, is a ConnectionError.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(timeout_s):
        with socket.socket(_family(server), socket.SOCK_STREAM) as connection:
            connection.setblocking(False)
            await loop.sock_connect(connection, (server.address, server.port))
            await loop.sock_sendall(connection, len(query).to_bytes(2, "big") + query)
            length = int.from_bytes(await _receive(connection, 2), "big")
            wire = await _receive(connection, length)
    if not answers_query(wire, query):
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


def _family(server: ResolverAddress) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in server.address else socket.AF_INET
