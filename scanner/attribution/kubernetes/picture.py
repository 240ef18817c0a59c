"""The picture of a declared cluster, or of the part of it that a system is: where its pods run, where its data is, and who is under and around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.kubernetes.control_plane import place_control_plane, runs_itself
from herkomst.scanner.attribution.kubernetes.entrances import find_entrances
from herkomst.scanner.attribution.kubernetes.images import place_images
from herkomst.scanner.attribution.kubernetes.machines import place_machines, place_nodes
from herkomst.scanner.attribution.kubernetes.merging import merge_pictures
from herkomst.scanner.attribution.kubernetes.missing import Missing, complete_roles, find_missing
from herkomst.scanner.attribution.kubernetes.outside import find_managed_clouds, find_outside
from herkomst.scanner.attribution.kubernetes.part import ClusterPart, read_part
from herkomst.scanner.attribution.kubernetes.places import stand_of_node
from herkomst.scanner.attribution.kubernetes.service_uses import find_open_services, find_service_uses
from herkomst.scanner.attribution.kubernetes.view import View
from herkomst.scanner.attribution.kubernetes.volumes import place_volumes
from herkomst.scanner.model.claim import Asset, AssetKind, Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.kubernetes import ALL, KubeCluster, KubeContexts, read_scope, target_of
from herkomst.scanner.model.placement import Gap, Picture, Placement


def picture_cluster(asset: Asset, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of a declared cluster, or of all that are declared together, as one."""
    scope = read_scope(asset.value)
    contexts = [name for found, _ in evidence.inside(target_of(asset), KubeContexts) for name in found.contexts]
    if scope.cluster != ALL or not contexts:
        return _picture_one(asset, evidence, outlook)
    assets = (Asset(AssetKind.KUBERNETES, str(replace(scope, cluster=context))) for context in contexts)
    return merge_pictures(asset.value, [_picture_one(each, evidence, outlook) for each in assets])


def _picture_one(asset: Asset, evidence: Evidence, outlook: Outlook) -> Picture:
    """Return the picture of one cluster. What could not be read leaves open the roles that it could have shown."""
    subject, target = asset.value, target_of(asset)
    missing = find_missing(target, evidence)
    part = read_part(asset, evidence)
    clusters = evidence.inside(target, KubeCluster)
    stands = {
        node.name: stand_of_node(node, oid, clusters[0][0].version if clusters else "", outlook.knowledge)
        for node, oid in part.nodes
    }
    view = View(subject, part, stands, evidence, outlook)
    outside = find_outside(subject, part.around, evidence, outlook)
    placements = [
        *place_machines(view),
        *place_volumes(view),
        *_place_control_planes(view, clusters),
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


def _place_control_planes(view: View, clusters: Iterable[tuple[KubeCluster, str]]) -> Iterator[Placement]:
    nodes = {node.name: (node, oid) for node, oid in view.part.all_nodes}
    for cluster, oid in clusters:
        own = [nodes[name] for name in runs_itself(cluster, {name: node for name, (node, _) in nodes.items()})]
        if own:
            yield from place_nodes(view, Role.CONTROL_PLANE, own)
        else:
            yield place_control_plane(view.subject, cluster, oid, view.outlook)
