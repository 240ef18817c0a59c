"""Parts of a scan: every system in just one, in order, with the pictures of its assets, and nothing kept that no system needs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from herkomst.scanner import parts
from herkomst.scanner.engine import Collected
from herkomst.scanner.model.claim import Asset, AssetKind, Organisation, System
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.run import Run, Vantage
from herkomst.scanner.parts import Part, PartBuilder
from herkomst.scanner.planning import plan_assets
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

RUN = Run("run", datetime(2026, 3, 1, tzinfo=UTC), None, False, "0", Vantage("test"))
ORGANISATIONS = (Organisation("Gemeente Voorbeeld"), Organisation("Waterschap Voorbeeld"))
ASSETS = st.builds(Asset, st.just(AssetKind.DOMAIN), st.sampled_from([f"{letter}.example" for letter in "abcdef"]))
SYSTEMS = st.builds(
    lambda name, organisation, assets: System(name, organisation, assets=tuple(assets)),
    st.text("xyz", max_size=2),
    st.sampled_from(ORGANISATIONS),
    st.lists(ASSETS, max_size=4),
)
NOTHING = Collected((), (), True)


def build(systems: list[System]) -> tuple[list[Part], PartBuilder]:
    """Hand over the assets in the order in which they are explored."""
    builder = PartBuilder(systems)
    taken = []
    for organisation, asset in plan_assets(systems):
        builder.add(organisation, asset, Picture(asset.value), NOTHING)
        if builder.is_full:
            taken.append(builder.take(RUN))
    return [*taken, builder.take(RUN)], builder


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SYSTEMS, max_size=8), st.integers(1, 5))
def test_every_system_is_in_one_part_with_all_its_pictures(
    monkeypatch: pytest.MonkeyPatch, systems: list[System], size: int
) -> None:
    monkeypatch.setattr(parts, "PART_ASSETS", size)
    taken, builder = build(systems)
    assert [system for part in taken for system in part.systems] == systems
    for part in taken:
        for system in part.systems:
            assert {asset.value for asset in system.assets} <= {picture.subject for picture in part.pictures}
            assert {(system.organisation, asset) for asset in system.assets} <= part.declared.keys()
    assert builder.kept == 0


def test_a_picture_is_kept_for_a_system_to_come_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART_ASSETS", 1)
    shared, own = Asset(AssetKind.DOMAIN, "gedeeld.example"), Asset(AssetKind.DOMAIN, "eigen.example")
    systems = [System(name, ORGANISATIONS[0], assets=assets) for name, assets in (("een", (shared,)), ("twee", (own, shared)))]
    builder = PartBuilder(systems)
    builder.add(ORGANISATIONS[0], shared, Picture(shared.value), NOTHING)
    assert [system.name for system in builder.take(RUN).systems] == ["een"]
    assert builder.kept == 1
    builder.add(ORGANISATIONS[0], own, Picture(own.value), NOTHING)
    assert [system.name for system in builder.take(RUN).systems] == ["twee"]
    assert builder.kept == 0
