"""The collector for exported inventories: reads a declared file as it is at the time of the scan, in a thread of the lane."""

from __future__ import annotations

from typing import ClassVar

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.inventories.reading import Unreadable, read_inventory
from herkomst.config.settings import Settings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind


class InventoryCollector:
    """Reads files and nothing else; the whole file is never kept, only the fields of `InventoryResource`."""

    name: ClassVar[str] = "inventories"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.INVENTORY})
    provides: ClassVar[frozenset[str]] = frozenset({InventoryFile.kind, InventoryResource.kind})
    concurrency: ClassVar[int] = 1

    @classmethod
    def from_settings(cls, settings: Settings) -> InventoryCollector:  # noqa: ARG003 - no setting bears on it; the protocol gives them
        """Make the collector; opens nothing."""
        return cls()

    def not_asked(self) -> frozenset[str]:
        """Nothing is switched off: a file that is declared is read."""
        return frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """No datasets: where regions lie is in the catalogue, which judging reads."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Read the file."""
        try:
            inventory = await lane.run_blocking(read_inventory, target.value, dict(target.access).get("as_of", ""))
        except Unreadable as error:
            return Findings(failures=tuple(_failure(target, kind, error.reason, str(error)) for kind in sorted(self.provides)))
        at = lane.now()
        contents: tuple[Content, ...] = (inventory.file, *inventory.resources)
        observed = tuple(Observation(target.value, self.name, lane.vantage, at, content) for content in contents)
        if not inventory.cut_off:
            return Findings(observed)
        return Findings(observed, (), (_failure(target, InventoryResource.kind, FailureReason.TOO_LARGE, inventory.cut_off),))

    async def close(self) -> None:
        """Nothing is open."""


def _failure(target: Target, kind: str, reason: FailureReason, detail: str) -> Failure:
    return Failure(InventoryCollector.name, target.value, kind, reason, retryable=False, detail=detail)
