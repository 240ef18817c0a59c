"""Nodes: the machines of a cluster, real and virtual.

Labels are the well-known ones (Kubernetes reference, "Well-Known Labels, Annotations and Taints") and those by which clouds name a place. Who wrote
a label stands in `metadata.managedFields`: a cloud controller knows where a machine is, anybody else only says so.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from herkomst.collectors.kubernetes.kind import Item, Kind, items, labels_of, part, text
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject

REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
OLD_REGION, OLD_ZONE = "failure-domain.beta.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone"
PLACES = (REGION, ZONE, OLD_REGION, OLD_ZONE)
_KEPT = frozenset(
    {*PLACES, "node.kubernetes.io/instance-type", "kubernetes.io/arch", "type", "kubernetes.azure.com/virtual-node"}
)
_ROLES = "node-role.kubernetes.io/"
_VIRTUAL = "virtual-kubelet"


def _node(item: Item, node: KubeObject) -> KubeObject:
    labels = labels_of(item)
    kept = {key: value for key, value in labels.items() if key in _KEPT or key.startswith(_ROLES)}
    system = part(item, "status", "nodeInfo")
    attributes = {
        "os": text(system, "osImage"),
        "kubelet": text(system, "kubeletVersion"),
        "labelled_by": _writer_of_place(item, labels),
        "virtual": _is_virtual(item, labels, text(system, "kubeletVersion")),
        "ready": next(
            (text(each, "status") for each in items(item, "status", "conditions") if text(each, "type") == "Ready"), ""
        ),
    }
    return replace(
        node,
        provider_id=text(item, "spec", "providerID"),
        labels=tuple(sorted(kept.items())),
        addresses=_external(item),
        attributes=tuple(sorted((key, value) for key, value in attributes.items() if value)),
    )


def _external(item: Item) -> tuple[str, ...]:
    """Return the addresses by which a node is reached from outside; internal ones say nothing of who is under it."""
    found = {text(each, "address") for each in items(item, "status", "addresses") if text(each, "type") == "ExternalIP"}
    return tuple(sorted(address for address in found if is_public(address)))


def is_public(address: str) -> bool:
    """Say whether a text is an address that is no machine's private one; documentation addresses stand for public ones."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    special = parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified
    return not special and not any(parsed.version == net.version and parsed in net for net in _PRIVATE)


_PRIVATE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
"""RFC 1918, RFC 6598, RFC 4193."""


def _writer_of_place(item: Item, labels: dict[str, str]) -> str:
    """Return who wrote the label that names the place, by the API server's own record; empty where it keeps none."""
    wanted = {f"f:{key}" for key in PLACES if key in labels}
    writers = {
        text(entry, "manager")
        for entry in items(item, "metadata", "managedFields")
        if wanted & part(entry, "fieldsV1", "f:metadata", "f:labels").keys()
    }
    return " ".join(sorted(writers - {""}))


def _is_virtual(item: Item, labels: dict[str, str], kubelet: str) -> str:
    """Return what shows that no kubelet runs the pods of this node but a service elsewhere (virtual-kubelet.io); empty for a real one."""
    if labels.get("type") == _VIRTUAL:
        return f"label type={_VIRTUAL}"
    if labels.get("kubernetes.azure.com/virtual-node") == "true":
        return "label kubernetes.azure.com/virtual-node"
    taint = next((text(each, "key") for each in items(item, "spec", "taints") if text(each, "key").startswith(_VIRTUAL)), "")
    if taint:
        return f"taint {taint}"
    return f"kubelet {kubelet}" if "vk-" in kubelet or _VIRTUAL in kubelet else ""


MACHINES = (Kind("", ("v1",), "nodes", is_namespaced=False, roles=(Role.COMPUTE, Role.CONTROL_PLANE), reduce=_node),)
