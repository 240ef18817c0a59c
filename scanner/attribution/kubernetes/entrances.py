"""The ways into a cluster: from a load balancer or an ingress's host through Services to pods and the nodes that run them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.kubernetes.places import Stand
from herkomst.scanner.model.entrance import Entrance
from herkomst.scanner.model.kubernetes import KubeObject, KubePods, KubeRelation
from herkomst.scanner.model.location import LocationEvidence

Listed = tuple[KubeObject, str]
_SERVICE = "services"
_ROUTE_KINDS = {
    "ingresses.networking.k8s.io": "Ingress",
    "httproutes.gateway.networking.k8s.io": "HTTPRoute",
    "grpcroutes.gateway.networking.k8s.io": "GRPCRoute",
    "tlsroutes.gateway.networking.k8s.io": "TLSRoute",
}
_KINDS = {_SERVICE: "Service", "gateways.gateway.networking.k8s.io": "Gateway", **_ROUTE_KINDS}
MAX_NAMED = 5
"""So many nodes are named in a chain; the others are counted."""


@dataclass(frozen=True, slots=True)
class _Behind:
    """What stands behind a Service: the steps to it, and where its pods run."""

    chain: tuple[str, ...]
    places: tuple[LocationEvidence, ...]
    evidence: tuple[str, ...]


def find_entrances(
    objects: Iterable[Listed],
    namespace: str,
    pods: Sequence[tuple[KubePods, str]],
    nodes: Mapping[str, str],
    stands: Mapping[str, Stand],
) -> tuple[Entrance, ...]:
    """Return the entrances among the objects of a cluster; those outside `namespace`, where one is declared, are not its own; `nodes` has the observation of each node, `stands` where it is."""
    listed = tuple(objects)
    services = {(found.namespace, found.name): (found, oid) for found, oid in listed if found.resource == _SERVICE}
    entrances: list[Entrance] = []
    for found, oid in listed:
        kind = _KINDS.get(found.resource)
        hosts = tuple(found.attribute("hosts").split())
        if kind is None or not (found.addresses or found.names or hosts):
            continue
        if found.resource == _SERVICE:
            behind = _behind_service(found, oid, pods, nodes, stands)
        elif found.resource in _ROUTE_KINDS:
            targets = [services[key] for link in found.links if (key := (found.namespace, link.target)) in services]
            served = [link for link in found.links if link.relation is KubeRelation.SERVES]
            behind = (
                _together(_behind_service(*target, pods, nodes, stands) for target in targets) if served else _Behind((), (), ())
            )
        else:
            behind = _Behind((), (), ())
        own = f"{kind} {found.namespace}/{found.name}"
        names = tuple(name for name in found.names if name not in hosts)
        entrances.append(
            Entrance(
                kind,
                f"{found.namespace}/{found.name}",
                found.addresses,
                names,
                hosts,
                (own, *behind.chain),
                behind.places,
                (oid, *behind.evidence),
                namespace in ("", found.namespace),
            )
        )
    return tuple(sorted(entrances, key=lambda item: (item.what, item.name)))


def _behind_service(
    service: KubeObject, oid: str, pods: Sequence[tuple[KubePods, str]], nodes: Mapping[str, str], stands: Mapping[str, Stand]
) -> _Behind:
    """Return the pods that a Service selects and their nodes; one without a selector leads to nothing that the cluster shows."""
    wanted = set(service.labels)
    chosen = [(each, pid) for each, pid in pods if each.namespace == service.namespace and wanted and wanted <= set(each.labels)]
    running: Counter[str] = Counter()
    for each, _ in chosen:
        running.update(dict(each.nodes))
    running.pop("", None)
    workloads = [f"{each.owner or 'pods without an owner'} ({sum(count for _, count in each.nodes)})" for each, _ in chosen]
    named = sorted(running)
    machines = [
        f"{name}{f' [{stands[name].detail}]' if name in stands and stands[name].detail else ''}" for name in named[:MAX_NAMED]
    ]
    more = [f"+{len(named) - MAX_NAMED}"] if len(named) > MAX_NAMED else []
    chain = (f"Service {service.namespace}/{service.name}", ", ".join(workloads), ", ".join((*machines, *more)))
    found = {name: stands[name].place for name in named if name in stands}
    places = tuple(dict.fromkeys(replace(place, evidence=nodes[name]) for name, place in found.items() if place is not None))
    ids = (oid, *(pid for _, pid in chosen), *(nodes[name] for name in named if name in nodes))
    return _Behind(tuple(step for step in chain[1:] if step), places, tuple(dict.fromkeys(ids)))


def _together(parts: Iterable[_Behind]) -> _Behind:
    listed = tuple(parts)
    return _Behind(
        tuple(dict.fromkeys(step for each in listed for step in each.chain)),
        tuple(dict.fromkeys(place for each in listed for place in each.places)),
        tuple(dict.fromkeys(oid for each in listed for oid in each.evidence)),
    )
