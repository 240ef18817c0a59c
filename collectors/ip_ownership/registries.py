"""What is asked of others than the tables: the registered networks around a target, and the geofeeds that these name.

A geofeed is found through the registered network. So where the registry gives no answer, the geofeed was not asked for either, and that
is a failure of its own: it might have spoken against what the tables say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from herkomst.collectors.fetching import Unanswered
from herkomst.collectors.ip_ownership.geofeed import GeofeedClient
from herkomst.collectors.ip_ownership.network_cache import cache_folder
from herkomst.collectors.ip_ownership.part import Part
from herkomst.collectors.ip_ownership.rdap import RdapClient
from herkomst.collectors.ip_ownership.recorder import RDAP_MEDIA_TYPE, Recorder, make_raw
from herkomst.collectors.ip_ownership.registered import RegisteredNetwork
from herkomst.config.settings import Settings
from herkomst.config.tables.answers import OriginEntry, TableAnswer
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import GeofeedEntry, RdapNetwork

MAX_NETWORKS: Final = 16
"""Registered networks that are asked for within one declared network."""
SHARE_OF_DEADLINE: Final = 0.9
"""Of the time for a target: what the tables said is kept where the registries take longer than this."""


class Registries:
    """Describes targets by RDAP and geofeeds. One a run; `close` it."""

    def __init__(self, settings: Settings) -> None:
        self._rdap = RdapClient(
            settings.rdap_bootstrap,
            settings.rdap_timeout_s,
            cache=cache_folder(settings.cache),
            rates=dict(settings.rdap_rates),
            longest_wait_s=settings.rdap_wait_s,
            sharers=settings.sharers,
        )
        self._geofeeds = GeofeedClient(settings.rdap_bootstrap, settings.rdap_timeout_s)
        self._deadline_s = settings.target_deadline_s * SHARE_OF_DEADLINE

    async def describe(self, parts: Sequence[tuple[Part, TableAnswer | None]], recorder: Recorder, now: datetime) -> None:
        """Add the registered networks and geofeed entries of a target's parts, or the failures."""
        met: set[tuple[int, int]] = set()
        ends_at = asyncio.get_running_loop().time() + self._deadline_s
        for part, answer in parts:
            origin = answer.origin if answer is not None else None
            try:
                async with asyncio.timeout_at(ends_at):
                    refused = await self._describe_part(part, origin, recorder, met, now)
            except TimeoutError:
                refused = Unanswered(FailureReason.TIMEOUT, True, f"no answer within {self._deadline_s:g} s")
            if refused is not None:
                for kind in (RdapNetwork.kind, GeofeedEntry.kind):
                    _fail(kind, refused, part, recorder)

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.gather(self._rdap.close(), self._geofeeds.close())

    async def _describe_part(
        self, part: Part, origin: OriginEntry | None, recorder: Recorder, met: set[tuple[int, int]], now: datetime
    ) -> Unanswered | None:
        """Ask for the registered networks that cover a part; `met` are those of the whole target, bounded together."""
        announcers = " ".join(map(str, origin.asns)) if origin is not None else ""
        number = part.first
        while number <= part.last:
            found = await self._rdap.find(part.version, number, now, announcers)
            if isinstance(found, Unanswered):
                return found
            met.add((found.first, found.last))
            if len(met) > MAX_NETWORKS:
                detail = f"more than {MAX_NETWORKS} registered networks lie in the declared network"
                return Unanswered(FailureReason.TOO_LARGE, False, detail)
            recorder.add(found.content(part.text), make_raw(found.raw, RDAP_MEDIA_TYPE), at=found.answered_at)
            await self._read_geofeed(found, part, recorder)
            if not found.prefixes:
                return None  # the registry knows no network here; how far that goes it does not say
            number = found.last + 1
        return None

    async def _read_geofeed(self, network: RegisteredNetwork, part: Part, recorder: Recorder) -> None:
        first, last = max(part.first, network.first), min(part.last, network.last)
        entries = await self._geofeeds.find(network, part.text, first, last)
        if isinstance(entries, Unanswered):
            _fail(GeofeedEntry.kind, entries, part, recorder)
            return
        for entry in entries:
            recorder.add(entry.content, make_raw(entry.raw))


def _fail(kind: str, refused: Unanswered, part: Part, recorder: Recorder) -> None:
    recorder.fail(kind, refused.reason, retryable=refused.retryable, detail=refused.detail, about=part.text)
