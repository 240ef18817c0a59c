"""TLS servers on loopback: real ones with the certificates that a test gives them, and ones that do something else on the port."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import warnings
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from herkomst.lab.loop_thread import LoopThread

Talk: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A server, how many connections it got, and how many at once at most."""

    port: int = 0
    connections: int = 0
    most: int = 0
    open: int = 0
    listening: list[asyncio.Server] = field(default_factory=list)


class Servers:
    """Starts servers until the end of a test."""

    def __init__(self, loop: LoopThread, stack: ExitStack) -> None:
        self._loop = loop
        self._stack = stack

    def start(
        self,
        talk: Talk | None = None,
        *,
        context: ssl.SSLContext | None = None,
        hosts: dict[str, ssl.SSLContext | None] | None = None,
    ) -> Server:
        """Serve on a free port of 127.0.0.1, or of every one of `hosts` with a context of its own.

        Without a context there is no TLS, and `talk` alone says what comes back.
        """
        server = Server()
        self._loop.run(_listen(server, hosts or {"127.0.0.1": context}, talk or _until_end))
        self._stack.callback(lambda: self._loop.run(_close(server)))
        return server


async def _listen(server: Server, hosts: dict[str, ssl.SSLContext | None], talk: Talk) -> None:
    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open += 1
        server.most = max(server.most, server.open)
        try:
            await talk(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # the other side left, or the test is over
        finally:
            server.open -= 1
            writer.transport.abort()

    for host, context in hosts.items():
        listening = await asyncio.start_server(accept, host, server.port, ssl=context)
        server.port = server.port or listening.sockets[0].getsockname()[1]
        server.listening.append(listening)


async def _close(server: Server) -> None:
    for listening in server.listening:
        listening.close()


async def _until_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@contextmanager
def run_servers() -> Iterator[Servers]:
    """Give a way to start servers, and stop all of them at the end of the block."""
    with ExitStack() as stack:
        yield Servers(stack.enter_context(LoopThread("tls")), stack)


# -- what else can stand on a port ------------------------------------------------------------------------------------------------


async def be_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take what comes and say nothing."""
    await reader.read()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin a handshake record of 16 kB and send a byte of it now and then, for ever."""
    writer.write(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    while True:
        writer.write(b"\x03")
        await writer.drain()
        await asyncio.sleep(0.05)


def say(body: bytes) -> Talk:
    """Return a server that sends some bytes and waits for the end."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(body)
        await writer.drain()
        await reader.read()

    return talk


def shake(context: ssl.SSLContext) -> Talk:
    """Return a server that says with an alert why it refuses a handshake; asyncio's own closes without a word."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                writer.write(outgoing.read())
                incoming.write(await reader.read(16_384))
            except ssl.SSLError:
                break
            else:
                break
        writer.write(outgoing.read())
        await writer.drain()
        await reader.read()

    return talk


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close in an orderly way once something came."""
    await reader.read(1)
    writer.close()
    await writer.wait_closed()


async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break the connection off (RST)."""
    await reader.read(1)
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def speak_only(context: ssl.SSLContext, version: str) -> ssl.SSLContext:
    """Keep a server to one version of TLS, old ones included."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that the old ones are deprecated is the point
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def free_port() -> int:
    """Return a port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
