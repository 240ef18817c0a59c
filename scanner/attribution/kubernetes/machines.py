"""Where the nodes of a cluster are: by the cloud that they name, else by addresses of their own, else by those of the cluster's entrances."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from herkomst.scanner.attribution.addresses import attribute_address
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, place
from herkomst.scanner.attribution.kubernetes.images import MAX_EVIDENCE
from herkomst.scanner.attribution.kubernetes.view import Found, Standing, View, group, name_standing, place_standing
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.ownership import describe_owner, find_jurisdictions
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject
from herkomst.scanner.model.location import LocationEvidence
from herkomst.scanner.model.placement import Layer, Placement


def place_machines(view: View) -> Iterator[Placement]:
    """Yield where every node is that runs something of the part; those of databases in that role too."""
    nodes = {node.name: (node, oid) for node, oid in view.part.nodes}
    for role, names in ((Role.COMPUTE, view.part.running_on), (Role.DATABASE, view.part.databases_on)):
        yield from _unlisted(view, role, sorted(names - nodes.keys()))
        yield from place_nodes(view, role, [nodes[name] for name in sorted(names) if name in nodes])


def place_nodes(view: View, role: Role, nodes: Iterable[tuple[KubeObject, str]]) -> Iterator[Placement]:
    """Yield where some nodes are in a role."""
    items = []
    for node, oid in nodes:
        stand = view.stands[node.name]
        items.append(
            (Standing(role, "virtual node" if stand.is_virtual else "node", stand), Found(node.name, oid, node.addresses))
        )
    for standing, found in group(items):
        if standing.stand.provider is not None or standing.stand.is_virtual:
            yield place_standing(view, standing, found)
        else:
            yield from _by_address(view, standing, found)


def _unlisted(view: View, role: Role, names: list[str]) -> Iterator[Placement]:
    """Yield what runs on nodes that no list has: they came after it or have gone, and nobody looked at them."""
    if names:
        shown = {oid for pods, oid in view.part.pods if any(name in names for name, _ in pods.nodes)}
        name = names[0] if len(names) == 1 else f"{len(names)} × node"
        yield Placement(view.subject, role, Layer.ORIGIN, name, evidence=tuple(sorted(shown)[:MAX_EVIDENCE]))


def _by_address(view: View, standing: Standing, found: list[Found]) -> Iterator[Placement]:
    """Yield where nodes are that name no cloud: by their own public addresses, else by those through which the cluster speaks to the world.

    A load balancer or egress gateway shows whose network the cluster is in, and not where each machine stands.
    """
    labels = (replace(standing.stand.place, evidence=found[0].evidence),) if standing.stand.place is not None else ()
    reachable = [item for item in found if item.addresses]
    hidden = [item for item in found if not item.addresses]
    if reachable:
        addresses = tuple(sorted({address for item in reachable for address in item.addresses}))
        host = HostAnswer(view.subject, addresses, evidence=tuple(item.evidence for item in reachable[:MAX_EVIDENCE]))
        endpoint = Endpoint(view.subject, standing.role, name_standing(standing, reachable), host=host)
        for seen in place(endpoint, view.evidence, view.outlook):
            yield _with_places(seen, (*labels, *seen.location_evidence))
    if hidden:
        yield _with_places(_through_entrances(view, standing, hidden), labels)


def _through_entrances(view: View, standing: Standing, found: list[Found]) -> Placement:
    facts = [attribute_address(address, view.evidence, view.outlook) for address in view.part.ways_out]
    ids = {item.evidence for item in found[:MAX_EVIDENCE]} | {oid for each in facts for oid in each.evidence}
    common = Placement(
        view.subject,
        standing.role,
        Layer.ORIGIN,
        name_standing(standing, found),
        address_signs=tuple(dict.fromkeys(sign for each in facts for sign in each.address_signs)),
        network=facts[0].network if facts else None,
        failures=tuple(dict.fromkeys(failure for each in facts for failure in each.failures)),
        evidence=tuple(sorted(ids)),
    )
    parties = tuple(dict.fromkeys(pair for each in facts for pair in each.parties))
    if not parties:
        return common
    ownership = find_jurisdictions(parties, view.outlook.knowledge, view.outlook.on)
    owner, parent = describe_owner(parties[0][1], view.outlook.knowledge, view.outlook.on)
    return replace(common, owner=owner, ultimate_parent=parent, jurisdictions=ownership.jurisdictions)


def _with_places(placement: Placement, places: tuple[LocationEvidence, ...]) -> Placement:
    location = summarise_location(places, fronted=placement.fronted, anycast=placement.anycast)
    return replace(placement, location_evidence=places, location=location)
