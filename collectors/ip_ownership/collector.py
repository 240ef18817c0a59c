"""The IP-ownership collector: who announces, holds and publishes an address, and where it is registered and located.

Embedded tables are read first (published cloud ranges, origin AS, registration, location), then, unless offline, the registry is asked
by RDAP. An address of special use (RFC 6890) gets its use and nothing else: it names no operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Self

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.ip_ownership.origin_by_dns import describe_origin
from herkomst.collectors.ip_ownership.part import Part
from herkomst.collectors.ip_ownership.recorder import Recorder
from herkomst.collectors.ip_ownership.table_facts import NO_ORIGIN, TABLE_KINDS, TableFacts
from herkomst.collectors.resolution import Resolver
from herkomst.collectors.special_use import PUBLIC_IN_A_LABORATORY, find_special_use
from herkomst.config.settings import Settings
from herkomst.config.tables.answers import NetworkSegment, TableAnswer
from herkomst.config.tables.copies import find_tables
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import LAST, parse_address, parse_prefix
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import GeofeedEntry, IpOrigin, IpSpecialUse, RdapNetwork
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

if TYPE_CHECKING:
    from herkomst.collectors.ip_ownership.registries import Registries

MAX_SEGMENTS = 64
"""Parts of a declared network that are described; a network that mixes more is refused as too large."""
ONLINE_KINDS = (RdapNetwork.kind, GeofeedEntry.kind)
"""What is only asked where the run is not offline."""


class IpOwnershipCollector:
    """Asks the embedded tables and the registries about addresses and networks."""

    name: ClassVar[str] = "ip_ownership"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.ADDRESS, TargetKind.NETWORK})
    provides: ClassVar[frozenset[str]] = frozenset({IpSpecialUse.kind, *TABLE_KINDS, *ONLINE_KINDS})
    concurrency: ClassVar[int] = 64

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tables: PrefixTables | None = None
        self._refused: KnowledgeError | None = None
        self._facts: TableFacts | None = None
        self._registries: Registries | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run; opens nothing."""
        return cls(settings)

    def not_asked(self) -> frozenset[str]:
        """Offline, the registries and the holders' geofeeds."""
        return frozenset(ONLINE_KINDS) if self._settings.offline else frozenset()

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
        described = [(part, self._read_tables(part, recorder)) for part in self._parts(whole, recorder)]
        await self._complete_origins(described, lane.resolver, recorder)
        if not self._settings.offline:
            await self._open_registries().describe(described, recorder, lane.now())
        return recorder.findings()

    async def _complete_origins(
        self, described: list[tuple[Part, TableAnswer | None]], resolver: Resolver, recorder: Recorder
    ) -> None:
        """Where no row tells who announces a part, ask the DNS, if that may be, or say that the tables know nobody."""
        asked = self._settings.origin_by_dns and not self._settings.offline
        for part, answer in described:
            if answer is None or answer.origin is not None:
                continue
            if asked:
                await describe_origin(part, self._settings.origin_zone, resolver, recorder)
            else:
                # asked and not there: that nobody announces the address is an answer, and tells it from an address never asked about
                recorder.add(IpOrigin(part.text, "", (), (), ""), NO_ORIGIN)

    async def close(self) -> None:
        """Release the tables' map and the HTTP client."""
        if self._registries is not None:
            await self._registries.close()
        if self._tables is not None:
            self._tables.close()
        self._registries = self._tables = self._facts = None

    def _open_registries(self) -> Registries:
        if self._registries is None:
            from herkomst.collectors.ip_ownership.registries import Registries  # HTTP and the RDAP parser are slow to import

            self._registries = Registries(self._settings)
        return self._registries

    # -- tables -----------------------------------------------------------------------------------------------------

    def _open_tables(self) -> PrefixTables | None:
        if self._tables is None and self._refused is None:
            try:
                self._tables = PrefixTables.open(find_tables(self._settings.tables))
            except KnowledgeError as error:
                self._refused = error
            else:
                self._facts = TableFacts(self._tables)
        return self._tables

    def _parts(self, whole: Part, recorder: Recorder) -> Iterator[Part]:
        tables = self._open_tables()
        if tables is None or whole.first == whole.last:
            yield whole
            return
        answer = tables.network_segments(whole.text, MAX_SEGMENTS)
        if not answer.complete:
            for kind in (*TABLE_KINDS, *(() if self._settings.offline else ONLINE_KINDS)):
                recorder.fail(
                    kind,
                    FailureReason.TOO_LARGE,
                    retryable=False,
                    detail=f"the network mixes more than {MAX_SEGMENTS} ranges: declare smaller networks",
                )
            return
        yield from (_segment_part(whole, segment, len(answer.segments)) for segment in answer.segments)

    def _read_tables(self, part: Part, recorder: Recorder) -> TableAnswer | None:
        self._open_tables()
        if self._facts is not None:
            return self._facts.describe(part, recorder)
        for kind in TABLE_KINDS:
            recorder.fail(kind, FailureReason.NO_TABLE, retryable=False, detail=str(self._refused), about=part.text)
        return None


def _whole(target: Target) -> Part:
    if target.kind is TargetKind.NETWORK:
        return Part(target.value, *parse_prefix(target.value))
    version, number = parse_address(target.value)
    return Part(target.value, version, number, number)


def _segment_part(whole: Part, segment: NetworkSegment, count: int) -> Part:
    version, first = parse_address(segment.first)
    last = parse_address(segment.last)[1]
    return Part(whole.text if count == 1 else f"{segment.first}-{segment.last}", version, first, min(last, LAST[version]))
