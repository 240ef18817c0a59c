"""Which registry to ask: the bootstrap registry for addresses (RFC 9224, section 5), fetched once a run."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from herkomst.collectors.fetching import Fetcher, Reply, Unanswered
from herkomst.config.tables.rows import parse_prefix
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.failure import FailureReason

RETRY_S = 60.0
"""For how long a bootstrap file that could not be fetched is not asked for again."""


@dataclass(frozen=True, slots=True)
class RegistryService:
    """A range of addresses and the base URL, with its closing slash, of the registry that answers for it."""

    first: int
    last: int
    base: str


def parse_bootstrap(body: bytes, version: int) -> tuple[RegistryService, ...] | str:
    """Return the services of a bootstrap file, or what is wrong with it; HTTPS is taken where a service offers it."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return "it is no JSON"
    listed = document.get("services") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not listed:
        return "it lists no services"
    services: list[RegistryService] = []
    for service in listed:
        match service:
            case [[*prefixes], [*urls]]:
                base = _choose(urls)
            case _:
                return "a service is not a pair of lists"
        if base is None:
            return "a service has no usable URL"
        for prefix in prefixes:
            try:
                family, first, last = parse_prefix(str(prefix))
            except KnowledgeError:
                return f"{str(prefix)[:60]!r} is no prefix"
            if family != version:
                return f"{prefix} is of the other protocol"
            services.append(RegistryService(first, last, base))
    return tuple(services)


def _choose(urls: list[object]) -> str | None:
    found = [url for scheme in ("https://", "http://") for url in urls if isinstance(url, str) and url.startswith(scheme)]
    return found[0].rstrip("/") + "/" if found else None


def find_service(services: tuple[RegistryService, ...], number: int) -> RegistryService | None:
    """Return the service with the longest prefix that holds an address."""
    covering = [service for service in services if service.first <= number <= service.last]
    return min(covering, key=lambda service: service.last - service.first, default=None)


class Bootstrap:
    """The bootstrap files, each fetched when the first address of its protocol is asked about, once for all that wait."""

    def __init__(self, base: str, fetcher: Fetcher) -> None:
        self._base = base if base.endswith("/") else base + "/"
        self._fetcher = fetcher
        self._locks = {4: asyncio.Lock(), 6: asyncio.Lock()}
        self._services: dict[int, tuple[RegistryService, ...]] = {}
        self._failed: dict[int, tuple[float, Unanswered]] = {}

    async def services(self, version: int) -> tuple[RegistryService, ...] | Unanswered:
        """Return the registries for a protocol version, or why they are not known."""
        async with self._locks[version]:
            known = self._services.get(version)
            if known is not None:
                return known
            now = asyncio.get_running_loop().time()
            until, failure = self._failed.get(version, (now, None))
            if failure is not None and now < until:
                return failure
            found = await self._fetch(version)
            if isinstance(found, Unanswered):
                self._failed[version] = (now + RETRY_S, found)
            else:
                self._services[version] = found
            return found

    async def _fetch(self, version: int) -> tuple[RegistryService, ...] | Unanswered:
        url = f"{self._base}ipv{version}.json"
        reply = await self._fetcher.get(url)
        if isinstance(reply, Unanswered):
            return reply
        return _read(reply, version)


def _read(reply: Reply, version: int) -> tuple[RegistryService, ...] | Unanswered:
    if reply.status != 200:
        return Unanswered(FailureReason.UNREACHABLE, reply.status >= 500, f"{reply.url} answered with status {reply.status}")
    services = parse_bootstrap(reply.body, version)
    if isinstance(services, str):
        return Unanswered(FailureReason.MALFORMED, False, f"{reply.url} is no bootstrap file: {services}")
    return services
