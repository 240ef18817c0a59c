"""Volumes, the classes they are made of, and their snapshots: where data is kept, by the driver that keeps it."""

from __future__ import annotations

from dataclasses import replace

from herkomst.collectors.kubernetes.kind import Item, Kind, items, labels_of, part, text, texts
from herkomst.collectors.kubernetes.kinds.machines import PLACES
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject

_SOURCES = ("local", "hostPath", "nfs", "iscsi", "fc", "cephfs", "rbd", "glusterfs")
"""Kinds of volume that no driver stands for: part of the core API, or of its past."""
_CLOUD_SOURCES = {
    "awsElasticBlockStore": ("ebs.csi.aws.com", "volumeID"),
    "azureDisk": ("disk.csi.azure.com", "diskURI"),
    "azureFile": ("file.csi.azure.com", "shareName"),
    "gcePersistentDisk": ("pd.csi.storage.gke.io", "pdName"),
    "cinder": ("cinder.csi.openstack.org", "volumeID"),
    "vsphereVolume": ("csi.vsphere.vmware.com", "volumePath"),
}
"""Drivers that once were part of Kubernetes, and those that took their place (Kubernetes documentation, "CSI migration")."""


def _volume(item: Item, volume: KubeObject) -> KubeObject:
    driver, handle, server = _kept_by(part(item, "spec"))
    terms = tuple(sorted(set(_terms(item))))
    labels = tuple(sorted((key, value) for key, value in labels_of(item).items() if key in PLACES))
    attributes = {
        "claim": "/".join(filter(None, (text(item, "spec", "claimRef", "namespace"), text(item, "spec", "claimRef", "name")))),
        "class": text(item, "spec", "storageClassName"),
        "handle": handle,
        "server": server,
        "size": text(item, "spec", "capacity", "storage"),
    }
    return replace(
        volume,
        driver=driver,
        labels=(*labels, *(("affinity " + key, value) for key, value in terms)),
        attributes=tuple(sorted((key, value) for key, value in attributes.items() if value)),
    )


def _kept_by(spec: Item) -> tuple[str, str, str]:
    """Return the driver (or the kind of volume, where it has none), its handle for the volume, and the server it is fetched from."""
    csi = part(spec, "csi")
    if csi:
        return text(csi, "driver"), text(csi, "volumeHandle"), text(csi, "volumeAttributes", "server")
    for name, (driver, handle) in _CLOUD_SOURCES.items():
        if name in spec:
            return driver, text(spec, name, handle), ""
    name = next((name for name in _SOURCES if name in spec), "")
    return name, text(spec, name, "path"), text(spec, name, "server") if name else ""


def _terms(item: Item) -> list[tuple[str, str]]:
    """Return the labels of the nodes from which a volume can be reached: for a disk, the place where it is."""
    return [
        (text(expression, "key"), value)
        for term in items(item, "spec", "nodeAffinity", "required", "nodeSelectorTerms")
        for expression in items(term, "matchExpressions")
        if text(expression, "operator") == "In"
        for value in texts(part(expression).get("values"))
    ]


def _storage_class(item: Item, found: KubeObject) -> KubeObject:
    """Read where volumes of a class are made: its topologies, and the parameters by which drivers take a place."""
    topologies = {
        ("affinity " + text(expression, "key"), value)
        for term in items(item, "allowedTopologies")
        for expression in items(term, "matchLabelExpressions")
        for value in texts(part(expression).get("values"))
    }
    parameters = part(item, "parameters")
    wanted = ("region", "zone", "zones", "location", "server")
    attributes = tuple((name, text(parameters, name)) for name in sorted(wanted) if text(parameters, name))
    return replace(found, driver=text(item, "provisioner"), labels=tuple(sorted(topologies)), attributes=attributes)


def _snapshot(item: Item, snapshot: KubeObject) -> KubeObject:
    attributes = {
        "claim_namespace": text(item, "spec", "volumeSnapshotRef", "namespace"),
        "handle": text(item, "status", "snapshotHandle") or text(item, "spec", "source", "snapshotHandle"),
        "volume": text(item, "spec", "source", "volumeHandle"),
    }
    return replace(
        snapshot,
        driver=text(item, "spec", "driver"),
        attributes=tuple(sorted((key, value) for key, value in attributes.items() if value)),
    )


VOLUMES = (
    Kind("", ("v1",), "persistentvolumes", is_namespaced=False, roles=(Role.STORAGE, Role.DATABASE), reduce=_volume),
    Kind("storage.k8s.io", ("v1",), "storageclasses", is_namespaced=False, roles=(), reduce=_storage_class),
    Kind(
        "snapshot.storage.k8s.io",
        ("v1", "v1beta1"),
        "volumesnapshotcontents",
        is_namespaced=False,
        roles=(Role.BACKUP,),
        reduce=_snapshot,
        is_custom=True,
    ),
)
