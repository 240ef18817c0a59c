"""An HTTP transport that connects only to addresses it has looked at, so that a name cannot lead elsewhere between look and connection.

A name that is looked up once to be checked and once more to be connected to can answer differently the second time (DNS rebinding): here
the address that was checked is the one that is connected to. The server's certificate is still held against the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Any, cast

import httpcore
import httpx
from herkomst.collectors.special_use import special_use_of


class ForbiddenAddressError(OSError):
    """A host leads to an address in a network that may not be asked."""


async def find_addresses(host: str, port: int) -> dict[str, str | None]:
    """Return every address of a host, in the system's order, with its special use (private, loopback and the like), None for none.

    OSError where the host has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return {str(where[0]): special_use_of(str(where[0])) for _, _, _, _, where in found}


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Looks a host up once, and connects to what it found where all of it may be asked."""

    def __init__(self, trusted_host: str, trusted_port: int) -> None:
        self._trusted = (trusted_host, trusted_port)
        self._allowed: frozenset[str] | None = None
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers; ForbiddenAddressError where any of the host's addresses may not be asked."""
        if self._allowed is None:
            trusted = await find_addresses(*self._trusted)
            self._allowed = frozenset(use for use in trusted.values() if use is not None)
        addresses = await find_addresses(host, port)
        forbidden = {use for use in addresses.values() if use is not None} - self._allowed
        if forbidden:
            raise ForbiddenAddressError(f"it leads to a {min(forbidden)} address")
        refused: Exception = OSError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refused = error
        raise refused

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts."""
        await self._backend.sleep(seconds)


class _Body(httpx.AsyncByteStream):
    """The body of a response, as it comes from the connection."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._response.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._response.aclose()


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects to public addresses, and to special ones of the kinds that the trusted host itself has.

    Raises what httpcore raises (`httpcore.TimeoutException`, `ProtocolError`, `NetworkError`), and ForbiddenAddressError before anything
    is sent. No proxy is used.
    """

    def __init__(self, trusted_host: str, trusted_port: int) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_ssl_context(), network_backend=_GuardedBackend(trusted_host, trusted_port)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        response = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=cast("httpx.AsyncByteStream", request.stream),
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response), extensions=response.extensions)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
