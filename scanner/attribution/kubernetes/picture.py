"""The picture of a declared cluster, or of the part of it that a system is: where its pods run, where its data is, and who is under and around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from herkomst.scanner.attribution.addresses import Outlook, attribute_address
from herkomst.scanner.attribution.endpoints import Endpoint, HostAnswer, place
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.kubernetes.control_plane import place_control_plane, runs_itself
from herkomst.scanner.attribution.kubernetes.entrances import find_entrances
from herkomst.scanner.attribution.kubernetes.images import MAX_EVIDENCE, place_images
from herkomst.scanner.attribution.kubernetes.missing import Missing, complete_roles, find_missing
from herkomst.scanner.attribution.kubernetes.outside import find_managed_clouds, find_outside
from herkomst.scanner.attribution.kubernetes.part import ClusterPart, read_part
from herkomst.scanner.attribution.kubernetes.places import Stand, stand_by_class, stand_of_node, stand_of_volume
from herkomst.scanner.attribution.kubernetes.service_uses import find_open_services, find_service_uses
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.attribution.ownership import describe_owner, find_jurisdictions
from herkomst.scanner.attribution.platform import under_platform
from herkomst.scanner.model.claim import Asset, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.kubernetes import KubeCluster, KubeObject, read_scope, target_of
from herkomst.scanner.model.location import LocationEvidence
from herkomst.scanner.model.placement import Gap, Layer, Picture, Placement, Sign, SignKind

_ON_NODES = ("local", "hostPath", "driver.longhorn.io", "linstor.csi.linbit.com")
"""Kinds of volume, and drivers, that keep data on the disks of the cluster's own nodes."""
_ON_NODES_SUFFIX = ".csi.openebs.io"


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is placed together: one role, one provider, one place."""

    role: Role
    what: str
    provider: str | None
    stand: Stand

    @property
    def key(self) -> tuple[object, ...]:
        place_ = self.stand.place
        where = (place_.grade, place_.countries, place_.region or "", place_.detail) if place_ else ()
        return (self.role, self.what, self.provider or "", where)


@dataclass(frozen=True, slots=True)
class _Found:
    name: str
    evidence: str
    addresses: tuple[str, ...] = ()


def picture_cluster(asset: Asset, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of a declared cluster. What could not be read leaves open the roles that it could have shown."""
    subject, target = asset.value, target_of(asset)
    missing = find_missing(target, evidence)
    part = read_part(asset, evidence)
    clusters = evidence.inside(target, KubeCluster)
    stands = {
        node.name: stand_of_node(node, oid, clusters[0][0].version if clusters else "", outlook.knowledge)
        for node, oid in part.nodes
    }
    outside = find_outside(subject, part.around, evidence, outlook)
    placements = [
        *_place_machines(subject, part, stands, evidence, outlook),
        *_place_volumes(subject, part, stands, outlook),
        *_place_control_planes(subject, part, clusters, stands, evidence, outlook),
        *place_images(subject, part.images, outlook),
        *outside.placements,
    ]
    return Picture(
        subject,
        tuple(placements),
        tuple(_gaps(subject, missing)),
        failures=tuple(dict.fromkeys(item.failure for item in missing)),
        contract_signs=(
            *outside.questions,
            *(sign for cluster, oid in clusters for sign in find_managed_clouds(cluster, oid, outlook)),
        ),
        parties=outside.parties,
        party_gaps=(*_party_gaps(subject, missing), *outside.gaps),
        not_asked=evidence.not_asked,
        complete_roles=complete_roles(target, evidence, missing),
        service_uses=find_service_uses(subject, placements, outlook.knowledge),
        open_services=find_open_services(subject, missing),
        listing_failures=tuple(dict.fromkeys(item.failure for item in missing if _leads_to_machines(item))),
        machines=tuple(sorted(_aws_machines(part))),
        is_cluster=True,
        entrances=find_entrances(
            part.all_objects,
            read_scope(asset.value).namespace,
            part.all_pods,
            {node.name: oid for node, oid in part.all_nodes},
            stands,
        ),
    )


def _leads_to_machines(item: Missing) -> bool:
    """Say whether a list is a step from what the world reaches to the machines behind it."""
    return item.question.shows_entrances or item.question.resource in ("nodes", "pods", "")


def _aws_machines(part: ClusterPart) -> Iterator[str]:
    """Yield the ids of the machines at AWS among the nodes of a part, as a providerID ends in them."""
    for node, _ in part.nodes:
        if node.name in part.running_on and node.provider_id.startswith("aws://"):
            identity = node.provider_id.rpartition("/")[2]
            if identity.startswith("i-"):
                yield identity


def _gaps(subject: str, missing: Iterable[Missing]) -> Iterator[Gap]:
    """Yield a gap for each role and list that was not read."""
    by_role: dict[tuple[Role, str], dict[Failure, None]] = defaultdict(dict)
    for item in missing:
        for role in item.question.roles:
            by_role[role, item.question.resource or subject][item.failure] = None
    for (role, resource), failures in sorted(by_role.items()):
        yield Gap(subject, role, resource, tuple(failures))


def _party_gaps(subject: str, missing: Iterable[Missing]) -> Iterator[Gap]:
    """Yield a gap for each role in which a party outside could not be seen, beside those that are gaps of the role itself."""
    for item in missing:
        for role in item.question.shows_parties:
            if role not in item.question.roles:
                yield Gap(subject, role, item.question.resource, (item.failure,))


# -- machines -------------------------------------------------------------------------------------------------------


def _place_machines(
    subject: str, part: ClusterPart, stands: Mapping[str, Stand], evidence: Evidence, outlook: Outlook
) -> Iterator[Placement]:
    """Yield where every node is that runs something of the part; those of databases in that role too."""
    nodes = {node.name: (node, oid) for node, oid in part.nodes}
    for role, names in ((Role.COMPUTE, part.running_on), (Role.DATABASE, part.databases_on)):
        yield from _unlisted(subject, role, sorted(names - nodes.keys()), part)
        yield from _place_nodes(
            subject, role, [nodes[name] for name in sorted(names) if name in nodes], stands, part, evidence, outlook
        )


def _unlisted(subject: str, role: Role, names: list[str], part: ClusterPart) -> Iterator[Placement]:
    """Yield what runs on nodes that no list has: they came after it or have gone, and nobody looked at them."""
    if names:
        shown = {oid for pods, oid in part.pods if any(name in names for name, _ in pods.nodes)}
        name = names[0] if len(names) == 1 else f"{len(names)} × node"
        yield Placement(subject, role, Layer.ORIGIN, name, evidence=tuple(sorted(shown)[:MAX_EVIDENCE]))


def _place_nodes(
    subject: str,
    role: Role,
    nodes: Iterable[tuple[KubeObject, str]],
    stands: Mapping[str, Stand],
    part: ClusterPart,
    evidence: Evidence,
    outlook: Outlook,
) -> Iterator[Placement]:
    groups: dict[tuple[object, ...], tuple[_Standing, list[_Found]]] = {}
    for node, oid in nodes:
        stand = stands[node.name]
        standing = _Standing(role, "virtual node" if stand.is_virtual else "node", stand.provider, stand)
        groups.setdefault(standing.key, (standing, []))[1].append(_Found(node.name, oid, node.addresses))
    for _, (standing, found) in sorted(groups.items(), key=lambda pair: str(pair[0])):
        if standing.provider is not None or standing.stand.is_virtual:
            yield _placement(subject, standing, found, outlook)
        else:
            yield from _by_address(subject, standing, found, part, evidence, outlook)


def _placement(subject: str, standing: _Standing, found: list[_Found], outlook: Outlook) -> Placement:
    """Return where machines or volumes are whose provider is known, or known not to be seen."""
    place_ = standing.stand.place
    shown = found[:MAX_EVIDENCE]
    places = tuple(replace(place_, evidence=item.evidence) for item in shown) if place_ is not None else ()
    common = Placement(
        subject,
        standing.role,
        Layer.ORIGIN,
        _endpoint(standing, found),
        location_evidence=places,
        location=summarise_location(places, fronted=False, anycast=False),
        evidence=tuple(sorted({item.evidence for item in shown})),
    )
    if standing.provider is None:
        return common
    party = outlook.own(outlook.knowledge.provider_party(standing.provider))
    sign = Sign(SignKind.CONTROL_PLANE, party, found[0].evidence, standing.what)
    return under_platform(common, sign, outlook)


def _endpoint(standing: _Standing, found: list[_Found]) -> str:
    return found[0].name if len(found) == 1 else f"{len(found)} × {standing.what} {standing.stand.detail}".rstrip()


def _by_address(
    subject: str, standing: _Standing, found: list[_Found], part: ClusterPart, evidence: Evidence, outlook: Outlook
) -> Iterator[Placement]:
    """Yield where nodes are that name no cloud: by their own public addresses, else by those through which the cluster speaks to the world.

    A load balancer or egress gateway shows whose network the cluster is in, and not where each machine stands.
    """
    labels = (replace(standing.stand.place, evidence=found[0].evidence),) if standing.stand.place is not None else ()
    open_ = [item for item in found if item.addresses]
    closed = [item for item in found if not item.addresses]
    if open_:
        addresses = tuple(sorted({address for item in open_ for address in item.addresses}))
        host = HostAnswer(subject, addresses, evidence=tuple(item.evidence for item in open_[:MAX_EVIDENCE]))
        for seen in place(Endpoint(subject, standing.role, _endpoint(standing, open_), host=host), evidence, outlook):
            yield _with_places(seen, (*labels, *seen.location_evidence))
    if closed:
        yield _through_entrances(subject, standing, closed, labels, part, evidence, outlook)


def _through_entrances(
    subject: str,
    standing: _Standing,
    found: list[_Found],
    labels: tuple[LocationEvidence, ...],
    part: ClusterPart,
    evidence: Evidence,
    outlook: Outlook,
) -> Placement:
    facts = [attribute_address(address, evidence, outlook) for address in part.ways_out]
    ids = {item.evidence for item in found[:MAX_EVIDENCE]} | {oid for each in facts for oid in each.evidence}
    common = Placement(
        subject,
        standing.role,
        Layer.ORIGIN,
        _endpoint(standing, found),
        address_signs=tuple(dict.fromkeys(sign for each in facts for sign in each.address_signs)),
        network=facts[0].network if facts else None,
        failures=tuple(dict.fromkeys(failure for each in facts for failure in each.failures)),
        evidence=tuple(sorted(ids)),
    )
    parties = tuple(dict.fromkeys(pair for each in facts for pair in each.parties))
    if not parties:
        return _with_places(common, labels)
    ownership = find_jurisdictions(parties, outlook.knowledge, outlook.on)
    owner, parent = describe_owner(parties[0][1], outlook.knowledge, outlook.on)
    seen = replace(common, owner=owner, ultimate_parent=parent, jurisdictions=ownership.jurisdictions)
    return _with_places(seen, labels)


def _with_places(placement: Placement, places: tuple[LocationEvidence, ...]) -> Placement:
    location = summarise_location(places, fronted=placement.fronted, anycast=placement.anycast)
    return replace(placement, location_evidence=places, location=location)


# -- volumes --------------------------------------------------------------------------------------------------------


def _place_volumes(subject: str, part: ClusterPart, stands: Mapping[str, Stand], outlook: Outlook) -> Iterator[Placement]:
    """Yield where every volume is, and every snapshot; volumes of databases in that role too."""
    groups: dict[tuple[object, ...], tuple[_Standing, list[_Found]]] = {}
    for volume, oid in part.volumes:
        roles = (Role.STORAGE, Role.DATABASE) if volume.attribute("claim") in part.database_claims else (Role.STORAGE,)
        for stand in _stands_of(volume, oid, stands, part, outlook):
            for role in roles:
                standing = _Standing(role, f"volume of {volume.driver or 'an unknown kind'}", stand.provider, stand)
                groups.setdefault(standing.key, (standing, []))[1].append(_Found(volume.name, oid))
    for snapshot, oid in part.snapshots:
        stand = stand_of_volume(snapshot, oid, {}, outlook.knowledge)
        standing = _Standing(Role.BACKUP, f"snapshot of {snapshot.driver}", stand.provider, stand)
        groups.setdefault(standing.key, (standing, []))[1].append(_Found(snapshot.name, oid))
    for _, (standing, found) in sorted(groups.items(), key=lambda pair: str(pair[0])):
        yield _placement(subject, standing, found, outlook)


def _stands_of(
    volume: KubeObject, oid: str, stands: Mapping[str, Stand], part: ClusterPart, outlook: Outlook
) -> tuple[Stand, ...]:
    """Return where a volume is; what is kept on the disks of the nodes can be on any of them, unless it is bound to one."""
    own = stand_of_volume(volume, oid, stands, outlook.knowledge)
    if own.provider is not None and own.place is not None and not own.place.countries:
        own = stand_by_class(own, part.classes.get(volume.attribute("class")), outlook.knowledge)
    on_nodes = volume.driver in _ON_NODES or volume.driver.endswith(_ON_NODES_SUFFIX)
    is_bound = own.place is None or bool(own.place.countries) or own.provider is not None
    if not on_nodes or is_bound or not stands:
        return (own,)
    known = {(stand.provider, stand.place.countries if stand.place else ()): stand for _, stand in sorted(stands.items())}
    return tuple(known.values())


# -- the control plane ----------------------------------------------------------------------------------------------


def _place_control_planes(
    subject: str,
    part: ClusterPart,
    clusters: Iterable[tuple[KubeCluster, str]],
    stands: Mapping[str, Stand],
    evidence: Evidence,
    outlook: Outlook,
) -> Iterator[Placement]:
    nodes = {node.name: (node, oid) for node, oid in part.all_nodes}
    for cluster, oid in clusters:
        own = [nodes[name] for name in runs_itself(cluster, {name: node for name, (node, _) in nodes.items()})]
        known = {node.name: stand_of_node(node, each, cluster.version, outlook.knowledge) for node, each in own}
        if own:
            yield from _place_nodes(subject, Role.CONTROL_PLANE, own, {**known, **stands}, part, evidence, outlook)
        else:
            yield place_control_plane(subject, cluster, oid, outlook)
