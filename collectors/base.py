"""What a collector is: one class that asks one kind of source about one target.

A collector returns what it learnt, what it met and what it could not ask. It never raises for a source that fails: a failure is a
value. Importing a collector's module does no I/O; settings arrive in `__init__`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol, Self, TypeVar, runtime_checkable

from herkomst.collectors.resolution import Resolver
from herkomst.config.settings import Settings
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.observation import Observation, RawAnswer
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Findings:
    """What one collector learnt about one target. `leads` are targets met on the way; the engine decides whether to follow."""

    observations: tuple[Observation, ...] = ()
    leads: tuple[Target, ...] = ()
    failures: tuple[Failure, ...] = ()
    raws: tuple[RawAnswer, ...] = field(default=())


class Lane(Protocol):
    """What the engine gives a collector for one target."""

    @property
    def vantage(self) -> str:
        """The label of the place from where the scan looks."""
        ...

    @property
    def resolver(self) -> Resolver:
        """Who asks the DNS for every collector of the run; the engine closes it."""
        ...

    def now(self) -> datetime:
        """The current instant, aware, UTC: a collector reads no clock of its own for what it reports."""
        ...

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking SDK call in one of the lane's threads; a timed-out thread keeps its slot until it really ends."""
        ...


class Collector(Protocol):
    """One kind of source. `provides` lists the observation kinds, so that a switched-off source can be named."""

    name: ClassVar[str]
    accepts: ClassVar[frozenset[TargetKind]]
    provides: ClassVar[frozenset[str]]
    concurrency: ClassVar[int]
    """How many targets may be in hand at once."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Make the collector for one run; opens nothing."""
        ...

    def not_asked(self) -> frozenset[str]:
        """The kinds, and parts of kinds, that these settings or this machine leave out; one with no kind left is not called."""
        ...

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """The datasets that this collector reads."""
        ...

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Ask about one target. Raises nothing for a source that fails."""
        ...

    async def close(self) -> None:
        """Release sockets and clients."""
        ...


@runtime_checkable
class Patient(Protocol):
    """A collector whose targets need another deadline than the run's, such as a Region with hundreds of long lists."""

    deadline_s: float
