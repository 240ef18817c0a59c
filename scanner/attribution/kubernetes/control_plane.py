"""Who runs the API server of a cluster: a cloud, by the name under which it is reached or by its version, or the cluster's own nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.endpoints import match_names
from herkomst.scanner.attribution.kubernetes.images import place_party
from herkomst.scanner.attribution.kubernetes.places import stand_of_region
from herkomst.scanner.attribution.location import summarise_location
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.kubernetes import KubeCluster, KubeObject
from herkomst.scanner.model.placement import Layer, Placement, Sign, SignKind

_BY_VERSION = {"-eks-": "aws", "-gke.": "gcp", "-aliyun.": "alibaba-cloud", "-tke.": "tencent-cloud"}
"""What clouds put into the version of the API servers that they run (`v1.31.2-eks-7f9249a`)."""
_CONTROL_PLANE = ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


def place_control_plane(subject: str, cluster: KubeCluster, oid: str, outlook: Outlook) -> Placement:
    """Return who runs the control plane, with its region where the name of the server holds one."""
    host = cluster.server.rpartition(":")[0] or cluster.server
    named = match_names(((host, oid),), SignatureRecord.CNAME, SignKind.CONTROL_PLANE, outlook)
    sign = named[0][0] if named else _sign_of_version(cluster, oid, outlook)
    if sign is None:
        return Placement(subject, Role.CONTROL_PLANE, Layer.ORIGIN, cluster.server, evidence=(oid,))
    # who answers under the cloud's own name, or calls itself its server, runs on the cloud as well
    common = replace(place_party(subject, Role.CONTROL_PLANE, cluster.server, sign, (oid,), outlook), address_signs=(sign,))
    region = _region_in(host, sign.party.provider or "", outlook.knowledge)
    if not region:
        return common
    place = stand_of_region(sign.party.provider or "", region, oid, outlook.knowledge).place
    places = (place,) if place is not None else ()
    return replace(common, location_evidence=places, location=summarise_location(places, fronted=False, anycast=False))


def runs_itself(cluster: KubeCluster, nodes: Mapping[str, KubeObject]) -> tuple[str, ...]:
    """Return the nodes that run the control plane themselves; none where a cloud runs it, which shows no such node."""
    if any(mark in cluster.version for mark in _BY_VERSION):
        return ()
    return tuple(sorted(name for name, node in nodes.items() if any(key in _CONTROL_PLANE for key, _ in node.labels)))


def _sign_of_version(cluster: KubeCluster, oid: str, outlook: Outlook) -> Sign | None:
    for mark, provider in _BY_VERSION.items():
        if mark in cluster.version:
            party = outlook.own(outlook.knowledge.provider_party(provider))
            return Sign(SignKind.CONTROL_PLANE, party, oid, cluster.version)
    return None


def _region_in(host: str, provider: str, knowledge: Knowledge) -> str:
    """Return the label of a server's name that is a region of its provider."""
    found = [label for label in host.split(".") if knowledge.region(provider, label) is not None]
    return found[0] if len(found) == 1 else ""
