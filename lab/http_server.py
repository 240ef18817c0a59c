"""A small HTTP/1.1 server on one loopback port (RFC 9112), for documents made beforehand.

GET and HEAD only, persistent connections, no bodies in requests. What is at a path is decided by the function that it is given.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast
from urllib.parse import unquote, urlsplit

LOOPBACK = "127.0.0.1"
IDLE_S = 10.0
MAX_HEADERS = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: status, body, media type and further headers."""

    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


NOT_FOUND = Page(b"not found\n", status=404)
Site = Callable[[str], Page]
"""Gives the page at a path (unquoted, without query)."""


class HttpServer:
    """Serves a site until it is closed. `asked` counts the requests by path."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.asked: Counter[str] = Counter()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The base address, with a final slash."""
        return f"http://{LOOPBACK}:{self.port}/"

    async def start(self) -> None:
        """Bind a free port."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = cast("int", self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and drop what is open."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._writers):
                writer.close()
            await self._server.wait_closed()
        await asyncio.sleep(0)  # transports close their sockets in the next round of the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while await self._answer(reader, writer):
                pass
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError, ValueError):
            pass  # the client is done, or speaks no HTTP
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; return whether the connection stays open."""
        async with asyncio.timeout(IDLE_S):
            method, target, _version = (await reader.readuntil(b"\r\n")).decode("ascii").split()
            headers = await _read_headers(reader)
        path = unquote(urlsplit(target).path)
        self.asked[path] += 1
        page = self._site(path) if method in {"GET", "HEAD"} else Page(b"GET or HEAD\n", status=405)
        stays = "connection: close" not in headers
        head = [f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}", f"Content-Type: {page.media_type}"]
        head += [f"Content-Length: {len(page.body)}", f"Connection: {'keep-alive' if stays else 'close'}"]
        head += [f"{name}: {value}" for name, value in page.headers]
        writer.write("\r\n".join((*head, "", "")).encode("latin-1") + (b"" if method == "HEAD" else page.body))
        await writer.drain()
        return stays


async def _read_headers(reader: asyncio.StreamReader) -> tuple[str, ...]:
    """Return the header lines in lower case; ValueError where there is no end to them."""
    lines: list[str] = []
    while line := (await reader.readuntil(b"\r\n")).decode("latin-1").strip():
        lines.append(line.lower())
        if len(lines) > MAX_HEADERS:
            raise ValueError("too many headers")
    return tuple(lines)
