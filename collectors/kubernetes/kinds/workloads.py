"""Pods with their nodes and images, and the templates that make pods: what runs, and what would run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial

from herkomst.collectors.kubernetes.kind import Content, Item, Kind, Reduce, items, labels_of, name_of, part, text
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject, KubePods

_ENDED = frozenset({"Succeeded", "Failed"})
_HASH, _VARYING = (
    "pod-template-hash",
    frozenset(
        {
            "pod-template-hash",
            "controller-revision-hash",
            "pod-template-generation",
            "statefulset.kubernetes.io/pod-name",
            "apps.kubernetes.io/pod-index",
            "controller-uid",
            "job-name",
            "batch.kubernetes.io/controller-uid",
            "batch.kubernetes.io/job-name",
            "batch.kubernetes.io/job-completion-index",
        }
    ),
)
"""Labels that a controller gives each pod or rollout anew: they tell nothing apart that matters."""
_CRON_JOB = re.compile(r"(?P<name>.+)-[0-9]{8,10}")
"""How the CronJob controller names its Jobs: its own name and the scheduled minute."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, order=True)
class _Alike:
    namespace: str
    owner: str
    owner_group: str
    labels: tuple[tuple[str, str], ...]
    images: tuple[str, ...]
    service_account: str


@dataclass
class PodReader:
    """Counts pods that are alike by the node they run on, so that 50,000 pods of 500 workloads are 500 records."""

    cluster: str
    _alike: dict[_Alike, tuple[Counter[str], set[str]]] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        """Count one pod; one that has ended runs nowhere."""
        name_of(item)
        if text(item, "status", "phase") in _ENDED:
            return
        owner, group = _owner_of(item)
        alike = _Alike(
            text(item, "metadata", "namespace"),
            owner,
            group,
            tuple(sorted((key, value) for key, value in labels_of(item).items() if key not in _VARYING)),
            _running_images(item),
            text(item, "spec", "serviceAccountName"),
        )
        nodes, claims = self._alike.setdefault(alike, (Counter(), set()))
        nodes[text(item, "spec", "nodeName")] += 1
        claims.update(_claims_of(item))

    def contents(self) -> list[Content]:
        """Return the groups in their own order."""
        return [
            KubePods(
                self.cluster,
                alike.namespace,
                alike.owner,
                alike.labels,
                alike.images,
                tuple(sorted(nodes.items())),
                alike.service_account,
                tuple(sorted(claims)),
                alike.owner_group,
            )
            for alike, (nodes, claims) in sorted(self._alike.items(), key=lambda pair: pair[0])
        ]


def _owner_of(item: Item) -> tuple[str, str]:
    """Return the workload that controls a pod and its API group; the ReplicaSet or Job between is looked through by its name."""
    owner: Item = next((each for each in items(item, "metadata", "ownerReferences") if part(each).get("controller") is True), {})
    kind, name = text(owner, "kind"), text(owner, "name")
    group, _, _ = text(owner, "apiVersion").rpartition("/")
    if not kind:
        return "", ""
    template = labels_of(item).get(_HASH, "")
    if kind == "ReplicaSet" and template and name.endswith(f"-{template}"):
        return f"Deployment {name[: -len(template) - 1]}", group
    match = _CRON_JOB.fullmatch(name) if kind == "Job" else None
    return (f"CronJob {match['name']}", group) if match else (f"{kind} {name}", group)


def _running_images(item: Item) -> tuple[str, ...]:
    """Return the images of all containers as `name@digest` where the kubelet told the digest, else as the pod asks for them."""
    told = {
        text(status, "name"): text(status, "imageID")
        for statuses in ("initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses")
        for status in items(item, "status", statuses)
    }
    found = set()
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in items(item, "spec", group):
            asked = text(container, "image")
            digest = _DIGEST.search(told.get(text(container, "name"), ""))
            if asked:
                found.add(f"{asked}@{digest.group()}" if digest and "@" not in asked else asked)
    return tuple(sorted(found))


def _claims_of(item: Item) -> set[str]:
    return {text(volume, "persistentVolumeClaim", "claimName") for volume in items(item, "spec", "volumes")} - {""}


def _read_template(template: tuple[str, ...], item: Item, workload: KubeObject) -> KubeObject:
    """Read what a workload makes pods of; `template` is where that stands in it."""
    found = {
        text(container, "image")
        for group in ("initContainers", "containers")
        for container in items(item, *template, "spec", group)
    }
    labels = labels_of(item, *template)
    replicas = text(item, "spec", "replicas")
    return replace(
        workload,
        labels=tuple(sorted((key, value) for key, value in labels.items() if key not in _VARYING)),
        images=tuple(sorted(found - {""})),
        attributes=(("replicas", replicas),) if replicas else (),
    )


_read_workload = partial(_read_template, ("spec", "template"))
_read_cron_job = partial(_read_template, ("spec", "jobTemplate", "spec", "template"))


def _read_job(item: Item, job: KubeObject) -> KubeObject | None:
    """Read a Job that has not ended and that nothing else made: others are told by their CronJob."""
    is_told = items(item, "metadata", "ownerReferences") or text(item, "status", "completionTime")
    return None if is_told else _read_workload(item, job)


_IN_PODS = (Role.COMPUTE, Role.IMAGES, Role.DATABASE, Role.TELEMETRY)
_IN_TEMPLATES = (Role.IMAGES, Role.TELEMETRY)


def _workload(group: str, versions: tuple[str, ...], plural: str, reduce: Reduce = _read_workload) -> Kind:
    return Kind(group, versions, plural, is_namespaced=True, roles=_IN_TEMPLATES, reduce=reduce, shows_parties=(Role.TELEMETRY,))


WORKLOADS = (
    Kind("", ("v1",), "pods", is_namespaced=True, roles=_IN_PODS, reader=PodReader, shows_parties=(Role.TELEMETRY,)),
    _workload("apps", ("v1",), "deployments"),
    _workload("apps", ("v1",), "statefulsets"),
    _workload("apps", ("v1",), "daemonsets"),
    _workload("batch", ("v1",), "jobs", _read_job),
    _workload("batch", ("v1", "v1beta1"), "cronjobs", _read_cron_job),
)
