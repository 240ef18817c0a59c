"""From declared systems to targets: each once, whatever declares them."""

from __future__ import annotations

from herkomst.scanner.model.claim import (
    Asset,
    AssetKind,
    Claim,
    Operator,
    Organisation,
    SaidBy,
    Scope,
    ScopePart,
    System,
)
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.planning import plan_assets, plan_targets
from hypothesis import given
from hypothesis import strategies as st

ORGANISATIONS = (Organisation("Gemeente Voorbeeld"), Organisation("Waterschap Voorbeeld"))
ASSETS = st.builds(Asset, st.sampled_from(AssetKind), st.sampled_from(["a.example", "b.example", "192.0.2.1"]))
SYSTEMS = st.builds(
    lambda name, organisation, assets: System(name, organisation, assets=tuple(assets)),
    st.text(max_size=3),
    st.sampled_from(ORGANISATIONS),
    st.lists(ASSETS, max_size=6),
)


@given(st.lists(SYSTEMS, max_size=6))
def test_every_asset_is_planned_once_for_each_organisation(systems: list[System]) -> None:
    planned = plan_assets(systems)
    assert len(planned) == len(set(planned))
    assert set(planned) == {(system.organisation, asset) for system in systems for asset in system.assets}


@given(st.lists(ASSETS, max_size=8))
def test_every_asset_that_a_collector_can_ask_about_is_one_target(assets: list[Asset]) -> None:
    targets = plan_targets(assets)
    assert len(targets) == len(set(targets))
    assert {(target.kind.value, target.value) for target in targets} == {(asset.kind.value, asset.value) for asset in assets}


def test_parts_of_a_cluster_that_differ_in_their_labels_are_read_once() -> None:
    parts = [Asset(AssetKind.KUBERNETES, f"productie namespace=zaken selector=app={name}") for name in ("web", "api")]
    assert plan_targets(parts) == (Target(TargetKind.KUBERNETES, "productie namespace=zaken"),)


def test_a_part_of_a_cluster_that_a_claim_speaks_of_is_explored_too() -> None:
    part = ScopePart("zaken", cluster="productie", namespace="zaken")
    claim = Claim("compute.country", Operator.IS, ("NL",), SaidBy.SUPPLIER, scope=Scope(parts=(part,)))
    whole = Asset(AssetKind.KUBERNETES, "productie", (("server", "https://192.0.2.10:6443"),))
    system = System("zaaksysteem", ORGANISATIONS[0], None, (whole,), claims=(claim,))
    planned = [asset for _, asset in plan_assets([system])]
    assert [asset.value for asset in planned] == ["productie", "productie namespace=zaken"]
    assert plan_targets(planned) == (Target(TargetKind.KUBERNETES, "productie"),)


def test_a_name_is_a_domain_to_ask_everything_about() -> None:
    assert plan_targets([Asset(AssetKind.DOMAIN, "a.example"), Asset(AssetKind.NETWORK, "192.0.2.0/24")]) == (
        Target(TargetKind.DOMAIN, "a.example"),
        Target(TargetKind.NETWORK, "192.0.2.0/24"),
    )
