"""Leads that are met while other visits are being waited for are followed too."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import ClassVar, Self

import pytest
from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.config.settings import Settings
from herkomst.scanner.engine import Engine
from herkomst.scanner.model.observation import IpLocation, Observation
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

ROOTS, LEADS = 40, 25


class Branching:
    """Every domain leads to hosts of its own, after as many turns of the loop as its number says."""

    name: ClassVar[str] = "branching"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.DOMAIN, TargetKind.HOST})
    provides: ClassVar[frozenset[str]] = frozenset({IpLocation.kind})
    concurrency: ClassVar[int] = 8

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        del settings
        return cls()

    def not_asked(self) -> frozenset[str]:
        return frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        for _ in range(len(target.value) % 7):
            await asyncio.sleep(0)
        content = IpLocation(target.value, target.value, "NL", "test")
        leads = tuple(Target(TargetKind.HOST, f"h{number}.{target.value}") for number in range(LEADS))
        observation = Observation(target.value, self.name, lane.vantage, lane.now(), content)
        return Findings((observation,), leads if target.kind is TargetKind.DOMAIN else ())

    async def close(self) -> None:
        return


@pytest.mark.parametrize("roots", [1, ROOTS])
def test_every_lead_is_asked_about_before_collecting_ends(roots: int) -> None:
    targets = [Target(TargetKind.DOMAIN, f"{'d' * (number % 5 + 1)}{number}.example") for number in range(roots)]

    async def collect() -> set[str]:
        async with Engine(
            [Branching()], StubResolver.from_settings(Settings()), "test", lambda: datetime.now(UTC), 10.0
        ) as engine:
            collected = await engine.collect(targets)
        assert collected.complete
        assert engine.progress.done == engine.progress.found
        return {item.subject for item in collected.observations}

    subjects = asyncio.run(collect())
    assert len(subjects) == roots * (1 + LEADS)
