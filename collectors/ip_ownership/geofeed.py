"""Fetches the geofeeds that registered networks name (RFC 9632, RFC 9877), each once a run, and answers for addresses from them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from herkomst.collectors.fetching import Fetcher, Reply, Unanswered
from herkomst.collectors.ip_ownership.registered import RegisteredNetwork
from herkomst.config.tables.geofeeds import MAX_ROWS, Geofeed, GeofeedRow, parse_geofeed
from herkomst.config.tables.rows import format_prefix
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.identity import canonical_json
from herkomst.scanner.model.observation import GeofeedEntry

MAX_FEED_BYTES = 4_000_000
MAX_FEEDS = 500
"""Feeds that are fetched in one run; further ones are too much."""
MAX_ENTRIES = 64
"""Entries that are given for one part of a declared network."""
IN_FLIGHT = 8
_MEDIA_TYPES = "application/geofeed+csv, text/csv, text/plain;q=0.9, */*;q=0.5"


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """What a feed says of an address, and the line that says so as raw answer."""

    content: GeofeedEntry
    raw: bytes


class GeofeedClient:
    """Asks holders where their addresses are used. One a run; `close` it."""

    def __init__(self, trusted: str, timeout_s: float) -> None:
        self._trusted = trusted
        self._timeout_s = timeout_s
        self._fetcher: Fetcher | None = None
        self._flights: dict[str, asyncio.Task[Geofeed | Unanswered]] = {}
        self._rows: dict[tuple[str, int, int, int], tuple[GeofeedRow, ...]] = {}
        self._slots = asyncio.Semaphore(IN_FLIGHT)

    async def find(self, network: RegisteredNetwork, about: str, first: int, last: int) -> tuple[FoundEntry, ...] | Unanswered:
        """Return what the feed of a registered network says of the addresses from `first` to `last`, or why that is not known.

        Empty where the network names no feed or the feed does not list the addresses. One address gets its longest match.
        """
        url = network.geofeed
        if url is None:
            return ()
        feed = await self._fetch(url)
        if isinstance(feed, Unanswered):
            return feed
        rows = self._covering(network, url, feed, first, last)
        if len(rows) > MAX_ENTRIES:
            return Unanswered(FailureReason.TOO_LARGE, False, f"{url} has more than {MAX_ENTRIES} entries within {about}")
        if not rows and feed.cut_off:
            return Unanswered(
                FailureReason.TOO_LARGE, False, f"{url} has more than {MAX_ROWS} entries, and {about} is not in those"
            )
        return tuple(_found(row, about, url) for row in rows)

    async def close(self) -> None:
        """End what is under way, and close the connections."""
        for flight in self._flights.values():
            flight.cancel()
        await asyncio.gather(*self._flights.values(), return_exceptions=True)
        if self._fetcher is not None:
            await self._fetcher.close()

    def _covering(self, network: RegisteredNetwork, url: str, feed: Geofeed, first: int, last: int) -> tuple[GeofeedRow, ...]:
        key = (url, network.version, network.first, network.last)
        if key not in self._rows:
            self._rows[key] = feed.rows_within(network.version, network.first, network.last)
        inside: list[GeofeedRow] = []
        longest: GeofeedRow | None = None
        for row in self._rows[key]:
            if row.first <= first and last <= row.last:
                longest = row  # the rows come the largest first, and of equal ones the last line counts
            elif row.first <= last and first <= row.last:
                inside.append(row)
        return (*([longest] if longest else []), *inside)

    async def _fetch(self, url: str) -> Geofeed | Unanswered:
        """Fetch a feed once for all that wait for it; who stops waiting takes it from nobody else."""
        flight = self._flights.get(url)
        if flight is None:
            if len(self._flights) == MAX_FEEDS:
                return Unanswered(FailureReason.TOO_LARGE, False, f"more than {MAX_FEEDS} geofeeds in one run")
            flight = self._flights[url] = asyncio.create_task(self._fetch_once(url))
        return await asyncio.shield(flight)

    async def _fetch_once(self, url: str) -> Geofeed | Unanswered:
        if self._fetcher is None:  # most runs meet no feed, and a client is slow to make
            self._fetcher = Fetcher(self._trusted, self._timeout_s, accept=_MEDIA_TYPES, max_bytes=MAX_FEED_BYTES)
        async with self._slots:
            reply = await self._fetcher.get(url)
        return reply if isinstance(reply, Unanswered) else _read(reply)


def _read(reply: Reply) -> Geofeed | Unanswered:
    where = f"{reply.url} answered with status {reply.status}"
    match reply.status:
        case 200:
            pass
        case 401 | 403:
            return Unanswered(FailureReason.DENIED, False, where)
        case 429:
            return Unanswered(FailureReason.THROTTLED, True, where)
        case status:
            return Unanswered(FailureReason.UNREACHABLE, status >= 500, where)
    feed = parse_geofeed(reply.body)
    if reply.media_type == "text/html" or (feed.malformed and not feed.rows):
        return Unanswered(FailureReason.MALFORMED, False, f"{where}, but no line of it is a geofeed entry (RFC 8805)")
    return feed


def _found(row: GeofeedRow, about: str, url: str) -> FoundEntry:
    content = GeofeedEntry(
        address=about,
        prefix=format_prefix(row.version, row.first, row.last),
        country=row.country,
        region=row.region,
        city=row.city,
        url=url,
    )
    return FoundEntry(content, canonical_json({"kind": GeofeedEntry.kind, "row": row.line, "url": url}).encode("utf-8"))
