"""What a Kubernetes cluster says of itself: the observation kinds `k8s.cluster`, `k8s.coverage`, `k8s.object` and `k8s.pods`.

Words are those of the Kubernetes documentation: context, namespace, node, providerID, PersistentVolume, ServiceAccount. All is what the
API server holds: a cloud controller wrote some of it and the cluster's owners the rest. It says nothing of clusters that were not asked, and
no Secret is ever read.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

from herkomst.scanner.model.claim import Asset, AssetKind, Role, System

_SCOPED = re.compile(r"(?P<cluster>.*?)(?: namespace=(?P<namespace>[a-z0-9-]+))?(?: selector=(?P<selector>.+))?", re.DOTALL)


ALL = "*"
"""As the name of a cluster: every context of the kubeconfig."""


@dataclass(frozen=True, slots=True)
class ClusterScope:
    """A cluster, by the name of its context, or the part of it that a system is: one namespace, the pods with some labels, or both."""

    cluster: str
    namespace: str = ""
    selector: str = ""

    def __str__(self) -> str:
        namespace = f" namespace={self.namespace}" if self.namespace else ""
        return f"{self.cluster}{namespace}{f' selector={self.selector}' if self.selector else ''}"

    @property
    def read_as(self) -> str:
        """The target that is read for it: labels are compared afterwards, so that what is read does not depend on them."""
        return str(ClusterScope(self.cluster, self.namespace))

    def covers(self, other: ClusterScope) -> bool:
        """Say whether another scope is this one or a part of it, by what is written."""
        return (
            self.cluster in (ALL, other.cluster)
            and self.namespace in ("", other.namespace)
            and (not self.selector or self.selector == other.selector)
        )


def read_scope(value: str) -> ClusterScope:
    """Return the scope that `str` wrote."""
    match = _SCOPED.fullmatch(value)
    return ClusterScope(**{key: text or "" for key, text in match.groupdict().items()}) if match else ClusterScope(value)


class KubeOutcome(StrEnum):
    """How far one kind of object was read. Absence counts only after the first three."""

    COMPLETE = "complete"
    EMPTY = "empty"
    """Listed to the end, and there is nothing."""
    NOT_SERVED = "not_served"
    """The API server does not know this kind: nothing of it can exist in the cluster."""
    DENIED = "denied"
    THROTTLED_OUT = "throttled_out"
    UNREACHABLE = "unreachable"
    """No answer, an answer that cannot be read, or no time left."""


COVERED = frozenset({KubeOutcome.COMPLETE, KubeOutcome.EMPTY, KubeOutcome.NOT_SERVED})


class KubeRelation(StrEnum):
    """How an object refers to somebody or something outside the cluster."""

    SERVES = "serves"
    """A Service of the same namespace that requests are passed on to."""
    POINTS_TO = "points_to"
    """A Service or Endpoints that stands for a host outside."""
    CALLS = "calls"
    """A webhook or extension server that the API server calls and shows objects to."""
    FETCHES = "fetches"
    """Where manifests, charts or packages come from that steer the cluster."""
    ISSUES = "issues"
    """Who signs certificates."""
    SECRETS_FROM = "secrets_from"
    """A store outside in which secrets are kept."""
    BACKS_UP_TO = "backs_up_to"
    ACTS_AS = "acts_as"
    """The identity at a cloud that a ServiceAccount can take on."""
    EGRESS = "egress"
    """A network outside that traffic is allowed to."""


@dataclass(frozen=True, slots=True)
class KubeLink:
    """A reference: `target` is a host name, address, network, ARN, or a word of the object (a provider's name), as it is written."""

    relation: KubeRelation
    target: str


def address_in(target: str) -> str:
    """Return the one address that a target names, alone or as a network of one; empty where it names a host or a wider network."""
    try:
        network = ipaddress.ip_network(target)
    except ValueError:
        return ""
    return str(network.network_address) if network.num_addresses == 1 else ""


@dataclass(frozen=True, slots=True)
class KubeQuestion:
    """One list that this version asks for. `resource` is `pods` or `deployments.apps`; `roles` are those whose endpoints it can show."""

    resource: str
    roles: tuple[Role, ...]
    is_namespaced: bool
    shows_entrances: bool = False
    """Whether it can show what the world reaches the cluster by."""
    shows_parties: tuple[Role, ...] = ()
    """The roles in which it can show a party outside."""


@dataclass(frozen=True, slots=True)
class KubeCluster:
    """A cluster whose API server answered. `server` is its host, `version` its own word, such as `v1.31.2-eks-7f9249a`.

    `missing` are lists that the credentials do not allow, and `beyond` what they allow that is more than listing what is read, both by the
    server's own review of rules; `rights_known` is False where it gave none. None of the three bears on a verdict.
    """

    kind: ClassVar[str] = "k8s.cluster"
    cluster: str
    server: str
    version: str
    questions: tuple[KubeQuestion, ...]
    missing: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()
    rights_known: bool = False
    groups: tuple[str, ...] = ()
    """API groups beside those of Kubernetes itself: which operators are installed. Of their objects only those of known kinds are read."""


@dataclass(frozen=True, slots=True)
class KubeContexts:
    """The contexts of a kubeconfig, where all of them are declared together; `cluster` is that declaration's name for them."""

    kind: ClassVar[str] = "k8s.contexts"
    cluster: str
    contexts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KubeCoverage:
    """A row of the coverage ledger. `namespace` is empty for a list over all of them, or of what lies in none."""

    kind: ClassVar[str] = "k8s.coverage"
    cluster: str
    resource: str
    namespace: str
    outcome: KubeOutcome
    objects: int


@dataclass(frozen=True, slots=True)
class KubeObject:
    """One object, reduced to what a rule reads.

    `resource` as in the question. `addresses` and `names` are what the world reaches it by. `provider_id` and `driver` are verbatim.
    `attributes` are the few further fields, by name, each once.
    """

    kind: ClassVar[str] = "k8s.object"
    cluster: str
    resource: str
    namespace: str
    name: str
    provider_id: str = ""
    driver: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    links: tuple[KubeLink, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    def attribute(self, name: str) -> str:
        """Return a further field; empty where the object has none."""
        return dict(self.attributes).get(name, "")


@dataclass(frozen=True, slots=True)
class KubePods:
    """Pods of one workload that differ in nothing but their name and node: `nodes` has every node with how many run there.

    Names of pods change with every rollout and mean nothing. `owner` is `Deployment zaken`, after the ReplicaSet or Job between; empty for a pod
    that nobody controls. `images` are as the kubelet runs them, with their digest where it says so. `claims` are the PersistentVolumeClaims.
    A node without a name stands for pods that run nowhere yet.
    """

    kind: ClassVar[str] = "k8s.pods"
    cluster: str
    namespace: str
    owner: str
    labels: tuple[tuple[str, str], ...]
    images: tuple[str, ...]
    nodes: tuple[tuple[str, int], ...]
    service_account: str = ""
    claims: tuple[str, ...] = ()
    owner_group: str = ""
    """The API group of the owner, such as `postgresql.cnpg.io`."""


READ_AS = "read_as"
"""Among the ways to reach an asset: the wider target whose answers hold it."""


def target_of(asset: Asset) -> str:
    """Return the target that is read for an asset of the kind `kubernetes`."""
    return dict(asset.access).get(READ_AS) or read_scope(asset.value).read_as


def explored_assets(system: System) -> tuple[Asset, ...]:
    """Return the assets of a system, and the parts of its clusters that a claim speaks of without their being declared on their own."""
    declared = [asset for asset in system.assets if asset.kind is AssetKind.KUBERNETES]
    known = {read_scope(asset.value) for asset in declared}
    further: dict[Asset, None] = {}
    for claim in system.claims:
        for part in claim.scope.parts:
            scope = ClusterScope(part.cluster, part.namespace, part.selector)
            whole = next((asset for asset in declared if read_scope(asset.value).covers(scope)), None)
            if part.cluster and scope not in known and whole is not None:
                is_any = read_scope(whole.value).cluster == ALL
                read_as = replace(read_scope(whole.value), cluster=part.cluster).read_as if is_any else target_of(whole)
                access = (*whole.access, (READ_AS, read_as))
                further[Asset(AssetKind.KUBERNETES, str(scope), access)] = None
    return (*system.assets, *further)
