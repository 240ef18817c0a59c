"""Planning: from declared systems to the targets to ask about, each once."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.model.claim import Asset, AssetKind, Organisation, System
from herkomst.scanner.model.kubernetes import explored_assets, target_of
from herkomst.scanner.model.target import Target, TargetKind

_TARGET_KIND = {
    AssetKind.DOMAIN: TargetKind.DOMAIN,
    AssetKind.ADDRESS: TargetKind.ADDRESS,
    AssetKind.NETWORK: TargetKind.NETWORK,
    AssetKind.AWS: TargetKind.AWS_ACCOUNT,
    AssetKind.INVENTORY: TargetKind.INVENTORY,
    AssetKind.KUBERNETES: TargetKind.KUBERNETES,
}


def plan_targets(assets: Iterable[Asset]) -> tuple[Target, ...]:
    """Return the targets of assets, each once: parts of one cluster are read together."""
    return tuple(dict.fromkeys(Target(_TARGET_KIND[asset.kind], _value(asset), _access(asset)) for asset in assets))


def _value(asset: Asset) -> str:
    return target_of(asset) if asset.kind is AssetKind.KUBERNETES else asset.value


def _access(asset: Asset) -> tuple[tuple[str, str], ...]:
    """Return how to reach an asset and what it leads to: a member of an organisation is reached through the account that was declared."""
    return (("account", asset.value), *asset.access) if asset.access else ()


def plan_assets(systems: Iterable[System]) -> tuple[tuple[Organisation, Asset], ...]:
    """Return every asset with the organisation that declares it, each pair once, in the order of the declarations."""
    return tuple(dict.fromkeys((system.organisation, asset) for system in systems for asset in explored_assets(system)))
