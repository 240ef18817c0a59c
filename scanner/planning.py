"""Planning: from declared systems to the targets to ask about, each once."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.model.claim import Asset, AssetKind, Organisation, System
from herkomst.scanner.model.target import Target, TargetKind

_TARGET_KIND = {
    AssetKind.DOMAIN: TargetKind.DOMAIN,
    AssetKind.ADDRESS: TargetKind.ADDRESS,
    AssetKind.NETWORK: TargetKind.NETWORK,
    AssetKind.AWS: TargetKind.AWS_ACCOUNT,
    AssetKind.INVENTORY: TargetKind.INVENTORY,
}


def plan_targets(assets: Iterable[Asset]) -> tuple[Target, ...]:
    """Return the targets of assets; clusters have no collector yet, and judging says so."""
    kept = (asset for asset in dict.fromkeys(assets) if asset.kind in _TARGET_KIND)
    return tuple(Target(_TARGET_KIND[asset.kind], asset.value, _access(asset)) for asset in kept)


def _access(asset: Asset) -> tuple[tuple[str, str], ...]:
    """Return how to reach an asset and what it leads to: a member of an organisation is reached through the account that was declared."""
    return (("account", asset.value), *asset.access) if asset.access else ()


def plan_assets(systems: Iterable[System]) -> tuple[tuple[Organisation, Asset], ...]:
    """Return every asset with the organisation that declares it, each pair once, in the order of the declarations."""
    return tuple(dict.fromkeys((system.organisation, asset) for system in systems for asset in system.assets))
