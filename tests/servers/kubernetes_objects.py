"""Objects of clusters as API servers hold them, with the fields that matter here: (resource, object) pairs for `KubernetesApi.seed`."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]
Seeded = tuple[str, Object]
REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
CREATED = "2026-11-01T00:00:00Z"
DIGEST = "sha256:" + "ab" * 32


def _object(version: str, kind: str, name: str, namespace: str = "", **rest: Any) -> Object:
    metadata = {"name": name, "uid": f"{kind}-{namespace}-{name}", "creationTimestamp": CREATED}
    if namespace:
        metadata["namespace"] = namespace
    metadata |= rest.pop("metadata", {})
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **rest}


def node(
    name: str,
    provider_id: str = "",
    *,
    region: str = "",
    zone: str = "",
    labelled_by: str = "",
    external: tuple[str, ...] = (),
    labels: dict[str, str] | None = None,
    taints: tuple[str, ...] = (),
) -> Seeded:
    places = {key: value for key, value in ((REGION, region), (ZONE, zone)) if value}
    written = {f"f:{key}": {} for key in places}
    fields = [
        {
            "manager": labelled_by,
            "operation": "Update",
            "apiVersion": "v1",
            "time": CREATED,
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:metadata": {"f:labels": written}},
        }
    ]
    spec: Object = {"taints": [{"key": key, "effect": "NoSchedule"} for key in taints]} if taints else {}
    if provider_id:
        spec["providerID"] = provider_id
    addresses = [{"type": "InternalIP", "address": "10.0.0.1"}, *({"type": "ExternalIP", "address": ip} for ip in external)]
    return "nodes", _object(
        "v1",
        "Node",
        name,
        metadata={
            "labels": {"kubernetes.io/hostname": name, **places, **(labels or {})},
            **({"managedFields": fields} if labelled_by else {}),
        },
        spec=spec,
        status={
            "addresses": addresses,
            "nodeInfo": {"osImage": "Debian GNU/Linux 12", "kubeletVersion": "v1.31.2"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    )


def pod(
    name: str,
    node_name: str,
    *,
    namespace: str = "zaken",
    image: str = "registry.voorbeeld.example/zaken:1",
    labels: dict[str, str] | None = None,
    owner: tuple[str, str, str] | None = None,
    claim: str = "",
    phase: str = "Running",
) -> Seeded:
    """`owner` is (apiVersion, kind, name) of what controls it."""
    metadata: Object = {"labels": labels or {"app": "zaken"}}
    if owner:
        version, kind, owner_name = owner
        metadata["ownerReferences"] = [
            {"apiVersion": version, "kind": kind, "name": owner_name, "uid": owner_name, "controller": True}
        ]
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
    return "pods", _object(
        "v1",
        "Pod",
        name,
        namespace,
        metadata=metadata,
        spec={
            "nodeName": node_name,
            "serviceAccountName": "default",
            "containers": [{"name": "main", "image": image}],
            "volumes": volumes,
        },
        status={"phase": phase, "containerStatuses": [{"name": "main", "imageID": f"{image.partition(':')[0]}@{DIGEST}"}]},
    )


def volume(name: str, driver: str, *, zone: tuple[str, str] | None = None, claim: tuple[str, str] = ("zaken", "data")) -> Seeded:
    """`zone` is the label and value that its nodes must have."""
    spec: Object = {
        "capacity": {"storage": "10Gi"},
        "accessModes": ["ReadWriteOnce"],
        "csi": {"driver": driver, "volumeHandle": f"vol-{name}"},
        "claimRef": {"namespace": claim[0], "name": claim[1]},
    }
    if zone:
        terms = [{"matchExpressions": [{"key": zone[0], "operator": "In", "values": [zone[1]]}]}]
        spec["nodeAffinity"] = {"required": {"nodeSelectorTerms": terms}}
    return "persistentvolumes", _object("v1", "PersistentVolume", name, spec=spec, status={"phase": "Bound"})


def workload(kind: str, name: str, image: str, *, namespace: str = "zaken", replicas: int = 1) -> Seeded:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": "main", "image": image}]}}
    spec: Object = {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template}
    if kind == "CronJob":
        spec = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}}
        return "cronjobs.batch", _object("batch/v1beta1", kind, name, namespace, spec=spec)
    return f"{kind.lower()}s.apps", _object("apps/v1", kind, name, namespace, spec=spec)


def balancer(
    name: str, *, hostname: str = "", ip: str = "", namespace: str = "zaken", selector: dict[str, str] | None = None
) -> Seeded:
    entry = {key: value for key, value in (("hostname", hostname), ("ip", ip)) if value}
    spec = {"type": "LoadBalancer", "ports": [{"port": 443}], "selector": selector or {"app": "zaken"}, "clusterIP": "10.96.0.9"}
    return "services", _object("v1", "Service", name, namespace, spec=spec, status={"loadBalancer": {"ingress": [entry]}})


def external_name(name: str, target: str, *, namespace: str = "zaken") -> Seeded:
    return "services", _object("v1", "Service", name, namespace, spec={"type": "ExternalName", "externalName": target})


def ingress(name: str, host: str, service: str, *, namespace: str = "zaken") -> Seeded:
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": service, "port": {"number": 80}}}}
    spec = {"rules": [{"host": host, "http": {"paths": [path]}}]}
    return "ingresses.networking.k8s.io", _object("networking.k8s.io/v1", "Ingress", name, namespace, spec=spec)


def webhook(name: str, url: str) -> Seeded:
    hooks = [
        {
            "name": f"{name}.voorbeeld.example",
            "clientConfig": {"url": url},
            "sideEffects": "None",
            "admissionReviewVersions": ["v1"],
        }
    ]
    kind = "ValidatingWebhookConfiguration"
    return "validatingwebhookconfigurations.admissionregistration.k8s.io", _object(
        "admissionregistration.k8s.io/v1", kind, name, webhooks=hooks
    )


def service_account(name: str, annotations: dict[str, str], *, namespace: str = "zaken") -> Seeded:
    return "serviceaccounts", _object("v1", "ServiceAccount", name, namespace, metadata={"annotations": annotations})


def custom(resource: str, version: str, kind: str, name: str, spec: Object, *, namespace: str = "") -> Seeded:
    """An object of a kind that was installed; `resource` is `plural.group`."""
    group = resource.partition(".")[2]
    return resource, _object(f"{group}/{version}", kind, name, namespace, spec=spec)
