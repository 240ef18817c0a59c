"""The IP-ownership collector: who announces, holds and publishes an address, and where it is registered and located.

Embedded tables are read first (published cloud ranges, origin AS, registration, location), then, unless offline, the registry is asked
by RDAP. An address of special use (RFC 6890) gets its use and nothing else: it names no operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.ip_ownership.recorder import RDAP_MEDIA_TYPE, Recorder
from herkomst.collectors.ip_ownership.table_facts import TABLE_KINDS, read_table_facts
from herkomst.collectors.special_use import PUBLIC_IN_A_LABORATORY, find_special_use
from herkomst.config.settings import Settings
from herkomst.config.tables.answers import NetworkSegment, TableAnswer
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import LAST, format_address, parse_address, parse_prefix
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import GeofeedEntry, IpSpecialUse, RdapNetwork
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

if TYPE_CHECKING:
    from herkomst.collectors.ip_ownership.rdap import RdapClient

MAX_SEGMENTS = 64
"""Parts of a declared network that are described; a network that mixes more is refused as too large."""
MAX_NETWORKS = 16
"""Registered networks that are asked for within one declared network."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is asked about: an address, or a part of a network that all tables agree on; `text` names it in observations."""

    text: str
    version: int
    first: int
    last: int


class IpOwnershipCollector:
    """Asks the embedded tables and the registries about addresses and networks."""

    name: ClassVar[str] = "ip_ownership"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.ADDRESS, TargetKind.NETWORK})
    provides: ClassVar[frozenset[str]] = frozenset({IpSpecialUse.kind, *TABLE_KINDS, RdapNetwork.kind})
    concurrency: ClassVar[int] = 64

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tables: PrefixTables | None = None
        self._refused: KnowledgeError | None = None
        self._datasets: dict[str, KnowledgeVersion] = {}
        self._rdap: RdapClient | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run; opens nothing."""
        return cls(settings)

    def not_asked(self) -> frozenset[str]:
        """Offline, the registries and the holders' geofeeds."""
        return frozenset({RdapNetwork.kind, GeofeedEntry.kind}) if self._settings.offline else frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """The datasets of the prefix tables; empty where the tables cannot be read, which every target then reports."""
        tables = self._open_tables()
        return tables.datasets if tables else ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Describe one address or network; a table that cannot be read and a registry that does not answer are failures."""
        recorder = Recorder(self.name, target.value, lane.vantage, lane.now())
        whole = _whole(target)
        use = find_special_use(whole.version, whole.first, whole.last)
        if use is not None and not (self._settings.treat_documentation_as_public and use in PUBLIC_IN_A_LABORATORY):
            recorder.add(IpSpecialUse(target.value, use))
            return recorder.findings()
        met: set[tuple[int, int]] = set()
        for part in self._parts(whole, recorder):
            answer = self._read_tables(part, recorder)
            if not self._settings.offline:
                await self._ask_registry(part, answer, recorder, met)
        return recorder.findings()

    async def close(self) -> None:
        """Release the tables' map and the HTTP client."""
        if self._rdap is not None:
            await self._rdap.close()
        if self._tables is not None:
            self._tables.close()
        self._rdap = self._tables = None

    # -- tables -----------------------------------------------------------------------------------------------------

    def _open_tables(self) -> PrefixTables | None:
        if self._tables is None and self._refused is None:
            try:
                self._tables = PrefixTables.open(self._settings.tables)
            except KnowledgeError as error:
                self._refused = error
            else:
                self._datasets = {item.name: item for item in self._tables.datasets}
        return self._tables

    def _parts(self, whole: _Part, recorder: Recorder) -> Iterator[_Part]:
        tables = self._open_tables()
        if tables is None or whole.first == whole.last:
            yield whole
            return
        answer = tables.network_segments(whole.text, MAX_SEGMENTS)
        if not answer.complete:
            for kind in (*TABLE_KINDS, *([] if self._settings.offline else [RdapNetwork.kind])):
                recorder.fail(
                    kind,
                    FailureReason.TOO_LARGE,
                    retryable=False,
                    detail=f"the network mixes more than {MAX_SEGMENTS} ranges: declare smaller networks",
                )
            return
        yield from (_segment_part(whole, segment, len(answer.segments)) for segment in answer.segments)

    def _read_tables(self, part: _Part, recorder: Recorder) -> TableAnswer | None:
        tables = self._open_tables()
        if tables is None:
            for kind in TABLE_KINDS:
                recorder.fail(kind, FailureReason.NO_TABLE, retryable=False, detail=str(self._refused), about=part.text)
            return None
        answer = tables.lookup(format_address(part.version, part.first))
        for content, row in read_table_facts(part.text, answer, self._datasets):
            recorder.add(content, row)
        return answer

    # -- registries -------------------------------------------------------------------------------------------------

    async def _ask_registry(self, part: _Part, answer: TableAnswer | None, recorder: Recorder, met: set[tuple[int, int]]) -> None:
        """Ask for the registered networks that cover a part; `met` are those of the whole target, bounded together."""
        from herkomst.collectors.ip_ownership.rdap import Unanswered  # HTTP and the RDAP parser are slow to import

        rdap = self._open_rdap()
        hint = answer.origin.first if answer is not None and answer.origin is not None else ""
        number = part.first
        while number <= part.last:
            found = await rdap.find(part.version, number, hint)
            if isinstance(found, Unanswered):
                recorder.fail(RdapNetwork.kind, found.reason, retryable=found.retryable, detail=found.detail, about=part.text)
                return
            met.add((found.first, found.last))
            if len(met) > MAX_NETWORKS:
                detail = f"more than {MAX_NETWORKS} registered networks lie in the declared network"
                recorder.fail(RdapNetwork.kind, FailureReason.TOO_LARGE, retryable=False, detail=detail, about=part.text)
                return
            recorder.add(found.content(part.text), found.raw, RDAP_MEDIA_TYPE)
            if not found.prefixes:
                return  # the registry knows no network here; how far that goes it does not say
            number = found.last + 1

    def _open_rdap(self) -> RdapClient:
        if self._rdap is None:
            from herkomst.collectors.ip_ownership.rdap import RdapClient

            self._rdap = RdapClient(self._settings.rdap_bootstrap, self._settings.rdap_timeout_s)
        return self._rdap


def _whole(target: Target) -> _Part:
    if target.kind is TargetKind.NETWORK:
        return _Part(target.value, *parse_prefix(target.value))
    version, number = parse_address(target.value)
    return _Part(target.value, version, number, number)


def _segment_part(whole: _Part, segment: NetworkSegment, count: int) -> _Part:
    version, first = parse_address(segment.first)
    last = parse_address(segment.last)[1]
    return _Part(whole.text if count == 1 else f"{segment.first}-{segment.last}", version, first, min(last, LAST[version]))
