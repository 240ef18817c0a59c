"""What the world reaches a cluster by, and where its traffic goes: Services, Ingresses, routes, endpoints outside, and egress."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from herkomst.collectors.kubernetes.kind import Item, Kind, Reduce, items, links_to, part, text, texts
from herkomst.collectors.kubernetes.kinds.machines import is_public
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject, KubeRelation

OUTSIDE = (Role.SAAS,)
"""The role of a host outside that a cluster sends requests to: an online service."""


def _service(item: Item, service: KubeObject) -> KubeObject | None:
    """Keep a Service that is open to the world, stands for a host outside, or leads to pods; one that does none of these says nothing."""
    spec, kind = part(item, "spec"), text(item, "spec", "type")
    if kind == "ExternalName":
        name = text(spec, "externalName").rstrip(".").lower()
        return replace(service, links=links_to(KubeRelation.POINTS_TO, (name,)), attributes=(("type", kind),)) if name else None
    addresses, names = _balancer(item)
    addresses = tuple(sorted({*addresses, *filter(is_public, texts(spec.get("externalIPs")))}))
    selector = part(spec, "selector")
    if kind != "LoadBalancer" and not addresses and not selector:
        return None
    return replace(
        service,
        labels=tuple(sorted((str(key), str(value)) for key, value in selector.items())),
        addresses=addresses,
        names=names,
        attributes=(("type", kind),),
    )


def _balancer(item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    entries = items(item, "status", "loadBalancer", "ingress")
    addresses = {text(entry, "ip") for entry in entries}
    names = {text(entry, "hostname").rstrip(".").lower() for entry in entries}
    return tuple(sorted(filter(is_public, addresses))), tuple(sorted(names - {""}))


def _ingress(item: Item, ingress: KubeObject) -> KubeObject:
    """Read which names lead to which Services, and the load balancer in front where the controller tells it."""
    rules = items(item, "spec", "rules")
    paths = [path for rule in rules for path in items(rule, "http", "paths")]
    backends = [part(path, "backend") for path in paths] + [part(item, "spec", "defaultBackend"), part(item, "spec", "backend")]
    services = {text(backend, "service", "name") or text(backend, "serviceName") for backend in backends}
    addresses, names = _balancer(item)
    hosts = {text(rule, "host").rstrip(".").lower() for rule in rules}
    return replace(
        ingress,
        addresses=addresses,
        names=tuple(sorted({*names, *hosts} - {""})),
        links=links_to(KubeRelation.SERVES, services),
        attributes=(("hosts", " ".join(sorted(hosts - {""}))),) if hosts - {""} else (),
    )


def _gateway(item: Item, gateway: KubeObject) -> KubeObject:
    found = items(item, "status", "addresses")
    addresses = tuple(sorted(filter(is_public, (text(entry, "value") for entry in found))))
    names = {text(entry, "value").rstrip(".").lower() for entry in found if text(entry, "type") == "Hostname"}
    hosts = {text(listener, "hostname").rstrip(".").lower() for listener in items(item, "spec", "listeners")}
    return replace(gateway, addresses=addresses, names=tuple(sorted({*names, *hosts} - {""})))


def _route(item: Item, route: KubeObject) -> KubeObject:
    references = [reference for rule in items(item, "spec", "rules") for reference in items(rule, "backendRefs")]
    services = {text(reference, "name") for reference in references if text(reference, "kind") in ("", "Service")}
    hosts = tuple(sorted({host.rstrip(".").lower() for host in texts(part(item, "spec").get("hostnames"))}))
    return replace(
        route,
        names=hosts,
        links=links_to(KubeRelation.SERVES, services),
        attributes=(("hosts", " ".join(hosts)),) if hosts else (),
    )


def _endpoints(item: Item, endpoints: KubeObject) -> KubeObject | None:
    """Keep Endpoints with a public address that is no pod of the cluster: somebody wrote it there, for a host outside."""
    outside = {
        text(address, "ip")
        for subset in items(item, "subsets")
        for address in items(subset, "addresses")
        if not part(address, "targetRef")
    }
    found = sorted(filter(is_public, outside))
    return replace(endpoints, links=links_to(KubeRelation.POINTS_TO, found)) if found else None


def _policy(item: Item, policy: KubeObject) -> KubeObject | None:
    """Keep a NetworkPolicy that allows traffic to a network outside, other than to everywhere."""
    blocks = {text(peer, "ipBlock", "cidr") for rule in items(item, "spec", "egress") for peer in items(rule, "to")}
    found = sorted(block for block in blocks if _is_outside(block))
    return replace(policy, links=links_to(KubeRelation.EGRESS, found)) if found else None


def _is_outside(block: str) -> bool:
    try:
        network = ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False
    return network.prefixlen > 0 and is_public(str(network.network_address))


def _egress(item: Item, found: KubeObject) -> KubeObject | None:
    """Read the addresses that a cluster's traffic leaves by, as an egress gateway of its network declares them."""
    spec = part(item, "spec")
    given = [
        text(spec, "egressGateway", "egressIP"),
        text(spec, "egressIP"),
        *texts(spec.get("egressIPs")),
        *texts(spec.get("egressCIDRs")),
    ]
    addresses = tuple(sorted({address for address in given if is_public(address)}))
    return replace(found, addresses=addresses) if addresses else None


def _entrance(group: str, versions: tuple[str, ...], plural: str, reduce: Reduce, *, is_custom: bool = False) -> Kind:
    return Kind(group, versions, plural, is_namespaced=True, reduce=reduce, shows_entrances=True, is_custom=is_custom)


TRAFFIC = (
    Kind(
        "",
        ("v1",),
        "services",
        is_namespaced=True,
        roles=(Role.COMPUTE,),  # a load balancer is run by somebody, somewhere
        reduce=_service,
        shows_entrances=True,
        shows_parties=(*OUTSIDE, Role.COMPUTE),
    ),
    Kind("", ("v1",), "endpoints", is_namespaced=True, reduce=_endpoints, shows_parties=OUTSIDE),
    _entrance("networking.k8s.io", ("v1", "v1beta1"), "ingresses", _ingress),
    _entrance("gateway.networking.k8s.io", ("v1", "v1beta1"), "gateways", _gateway, is_custom=True),
    _entrance("gateway.networking.k8s.io", ("v1", "v1beta1"), "httproutes", _route, is_custom=True),
    _entrance("gateway.networking.k8s.io", ("v1", "v1alpha2"), "grpcroutes", _route, is_custom=True),
    _entrance("gateway.networking.k8s.io", ("v1", "v1alpha3", "v1alpha2"), "tlsroutes", _route, is_custom=True),
    Kind("networking.k8s.io", ("v1",), "networkpolicies", is_namespaced=True, reduce=_policy),
    Kind("cilium.io", ("v2",), "ciliumegressgatewaypolicies", is_namespaced=False, reduce=_egress, is_custom=True),
    Kind("k8s.ovn.org", ("v1",), "egressips", is_namespaced=False, reduce=_egress, is_custom=True),
    Kind("crd.antrea.io", ("v1beta1", "v1alpha2"), "egresses", is_namespaced=False, reduce=_egress, is_custom=True),
)
