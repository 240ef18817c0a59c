"""Fetches one document over HTTP (RFC 9110) within bounds of size, time and redirects: registries, feeds, geofeeds, policies.

Nothing is followed blindly: every hop needs HTTPS unless the trusted URL itself is plain HTTP, and no hop may lead into a private or
loopback network unless the trusted URL lies in one of that kind. No proxy or credentials are taken from the environment.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib.metadata import version as package_version
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx
from herkomst.collectors.guarded_transport import ForbiddenAddressError, GuardedTransport
from herkomst.scanner.model.failure import FailureReason

MAX_BYTES: Final = 1_000_000
MAX_REDIRECTS: Final = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
RDAP_MEDIA_TYPES: Final = "application/rdap+json, application/json;q=0.9"
"""What is accepted where nothing else is asked for (RFC 7480 section 4.2)."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why a source gave no answer; `quiet_s` is for how long it asked not to be asked again (0: it did not)."""

    reason: FailureReason
    retryable: bool
    detail: str
    quiet_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP response with its whole body; `charset` and `media_type` are empty where it names none. `url` answered in the end."""

    url: str
    status: int
    body: bytes
    charset: str
    retry_after: str
    media_type: str = ""


class Fetcher:
    """An HTTP client with bounds. `trusted` is the URL from the settings: where it leads, others may lead.

    `timeout_s` bounds a whole answer with its redirects, however slowly it drips, and `max_bytes` its body.
    """

    def __init__(self, trusted: str, timeout_s: float, *, accept: str = RDAP_MEDIA_TYPES, max_bytes: int = MAX_BYTES) -> None:
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        where = urlsplit(trusted)
        self._schemes = frozenset({"https", where.scheme})
        headers = {
            "Accept": accept,
            "Accept-Encoding": "identity",  # so that a small body cannot unpack into a large one
            "User-Agent": f"herkomst/{package_version('herkomst')}",
        }
        transport = GuardedTransport(where.hostname or "", where.port or 443)
        self._client = httpx.AsyncClient(
            transport=transport, trust_env=False, follow_redirects=False, timeout=timeout_s, headers=headers
        )

    async def get(self, url: str) -> Reply | Unanswered:
        """Fetch a document; every way in which that fails is a value."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._follow(url)
        except ForbiddenAddressError as error:
            return Unanswered(FailureReason.DENIED, False, f"{url[:200]} led to a place that is not asked: {error}")
        except (TimeoutError, httpcore.TimeoutException):
            return Unanswered(FailureReason.TIMEOUT, True, f"{url} did not answer within {self._timeout_s:g} s")
        except (httpx.ProtocolError, httpcore.ProtocolError, httpx.DecodingError, httpx.InvalidURL, UnicodeError) as error:
            return Unanswered(FailureReason.MALFORMED, False, f"{url}: {_describe(error)}")
        except (httpcore.NetworkError, OSError) as error:
            return Unanswered(FailureReason.UNREACHABLE, True, f"{url}: {_describe(error)}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _follow(self, url: str) -> Reply | Unanswered:
        for _ in range(MAX_REDIRECTS + 1):
            refused = self._refuse(url)
            if refused is not None:
                return refused
            reply = await self._get_once(url)
            if isinstance(reply, Unanswered):
                return reply
            if reply.status not in _REDIRECTS:
                return reply
            url = reply.url
        return Unanswered(FailureReason.TOO_DEEP, False, f"more than {MAX_REDIRECTS} redirects, the last one to {url}")

    async def _get_once(self, url: str) -> Reply | Unanswered:
        async with self._client.stream("GET", url) as response:
            if response.status_code in _REDIRECTS:
                return _redirected(url, response.headers.get("location", ""), response.status_code)
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                return Unanswered(FailureReason.MALFORMED, False, f"{url} sent a compressed body that was not asked for")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > self._max_bytes:
                    return Unanswered(FailureReason.TOO_LARGE, False, f"{url} sent more than {self._max_bytes} bytes")
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            return Reply(
                url,
                response.status_code,
                bytes(body),
                response.charset_encoding or "",
                response.headers.get("retry-after", ""),
                media_type,
            )

    def _refuse(self, url: str) -> Unanswered | None:
        """Return why a URL is not asked; None where it may be."""
        try:
            parts = urlsplit(url)
            scheme, host, _ = parts.scheme, parts.hostname, parts.port
        except ValueError:
            return Unanswered(FailureReason.MALFORMED, False, f"{url[:200]!r} is no URL")
        if scheme not in self._schemes:
            return Unanswered(FailureReason.DENIED, False, f"{url[:200]!r} is not asked: only HTTPS is")
        if not host:
            return Unanswered(FailureReason.MALFORMED, False, f"{url[:200]!r} has no host")
        return None


def _redirected(url: str, location: str, status: int) -> Reply | Unanswered:
    """Return a reply whose URL is where a redirect leads."""
    if not location:
        return Unanswered(FailureReason.MALFORMED, False, f"{url} redirects without saying where to")
    try:
        return Reply(urljoin(url, location), status, b"", "", "")
    except ValueError:
        return Unanswered(FailureReason.MALFORMED, False, f"{url} redirects to {location[:200]!r}, which is no URL")


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
