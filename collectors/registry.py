"""The collectors that exist: one line each. Third parties add theirs by the entry-point group `herkomst.collectors`."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from herkomst.collectors.base import Collector

COLLECTORS: dict[str, str] = {
    "dns": "herkomst.collectors.dns.collector:DnsCollector",
    "aws": "herkomst.collectors.aws.collector:AwsCollector",
    "inventories": "herkomst.collectors.inventories.collector:InventoryCollector",
    "kubernetes": "herkomst.collectors.kubernetes.collector:KubernetesCollector",
    "ip_ownership": "herkomst.collectors.ip_ownership.collector:IpOwnershipCollector",
    "tls": "herkomst.collectors.tls.collector:TlsCollector",
}
ENTRY_POINT_GROUP = "herkomst.collectors"


def load_collectors() -> tuple[type[Collector], ...]:
    """Return the collector classes, ours first, then those that installed packages offer."""
    found: list[type[Collector]] = []
    for place in COLLECTORS.values():
        module, _, name = place.partition(":")
        found.append(cast("type[Collector]", getattr(import_module(module), name)))
    found.extend(cast("type[Collector]", entry.load()) for entry in entry_points(group=ENTRY_POINT_GROUP))
    return tuple(found)
