"""The part of a cluster that a declared asset is: all of it, one namespace, or the pods with some labels and what belongs to them.

A system is rarely a whole cluster. Of a part, the nodes are those on which its pods run, the volumes those that it claims. What belongs to no
namespace and to everybody (the control plane, cluster-wide webhooks and stores) is the part's too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import Asset
from herkomst.scanner.model.kubernetes import ClusterScope, KubeObject, KubePods, read_scope, target_of
from herkomst.scanner.model.selector import BadSelector, Selector, read_selector

Listed = tuple[KubeObject, str]
DATABASE_GROUPS = frozenset(
    {
        "postgresql.cnpg.io",
        "acid.zalan.do",
        "postgres-operator.crunchydata.com",
        "mysql.oracle.com",
        "k8s.mariadb.com",
        "pxc.percona.com",
        "psmdb.percona.com",
        "pgv2.percona.com",
        "mongodbcommunity.mongodb.com",
        "mongodb.com",
        "redis.redis.opstreelabs.in",
        "cassandra.datastax.com",
        "k8ssandra.io",
        "scylla.scylladb.com",
        "elasticsearch.k8s.elastic.co",
        "opensearch.opster.io",
        "clickhouse.altinity.com",
        "kafka.strimzi.io",
        "core.strimzi.io",
    }
)
"""API groups of operators that run databases: a pod that one of their objects controls is a database's."""
_DATABASE_LABELS = {
    "cnpg.io/cluster": "",
    "application": "spilo",
    "postgres-operator.crunchydata.com/cluster": "",
    "app.kubernetes.io/managed-by": "percona-xtradb-cluster-operator percona-server-mongodb-operator mariadb-operator",
    "app.kubernetes.io/component": "database",
    "strimzi.io/kind": "Kafka",
    "elasticsearch.k8s.elastic.co/cluster-name": "",
}
"""Labels that operators (and charts) give the pods of a database, where a StatefulSet stands between; without a value any will do."""
_APART = frozenset(
    {"nodes", "persistentvolumes", "storageclasses.storage.k8s.io", "volumesnapshotcontents.snapshot.storage.k8s.io"}
)
_EGRESS = frozenset({"ciliumegressgatewaypolicies.cilium.io", "egressips.k8s.ovn.org", "egresses.crd.antrea.io"})
_ENTRANCES = frozenset({"services", "gateways.gateway.networking.k8s.io", "ingresses.networking.k8s.io"})


@dataclass(frozen=True, slots=True)
class ClusterPart:
    """What belongs to a part. `nodes` are those that are judged, `all_nodes` every one of the cluster; `around` are objects that refer outside.

    `images` are references with what shows them; `ways_out` are addresses by which the cluster is reached or leaves.
    """

    nodes: tuple[Listed, ...]
    all_nodes: tuple[Listed, ...]
    pods: tuple[tuple[KubePods, str], ...]
    all_pods: tuple[tuple[KubePods, str], ...]
    all_objects: tuple[Listed, ...]
    volumes: tuple[Listed, ...]
    snapshots: tuple[Listed, ...]
    classes: dict[str, Listed]
    """The classes of volumes, by name."""
    around: tuple[Listed, ...]
    images: tuple[tuple[str, str], ...]
    ways_out: tuple[str, ...]
    is_whole: bool

    @property
    def running_on(self) -> frozenset[str]:
        """The nodes that count for where the part runs: all of a whole cluster, else those that run one of its pods."""
        if self.is_whole:
            return frozenset(node.name for node, _ in self.nodes)
        return frozenset(name for pods, _ in self.pods for name, _ in pods.nodes)

    @property
    def databases_on(self) -> frozenset[str]:
        """The nodes that run a pod of a database."""
        return frozenset(name for pods, _ in self.pods if is_database(pods) for name, _ in pods.nodes)

    @property
    def database_claims(self) -> frozenset[str]:
        """The claims, as `namespace/name`, that pods of databases have."""
        return frozenset(f"{pods.namespace}/{claim}" for pods, _ in self.pods if is_database(pods) for claim in pods.claims)


def is_database(pods: KubePods) -> bool:
    """Say whether pods are those of a database, by the operator that runs them."""
    if pods.owner_group in DATABASE_GROUPS:
        return True
    labels = dict(pods.labels)
    return any(key in labels and (not values or labels[key] in values.split()) for key, values in _DATABASE_LABELS.items())


def read_part(asset: Asset, evidence: Evidence) -> ClusterPart:
    """Return what belongs to a declared cluster or part of one."""
    scope, target = read_scope(asset.value), target_of(asset)
    selector = selector_of(scope)
    objects = evidence.inside(target, KubeObject)
    nodes = tuple(pair for pair in objects if pair[0].resource == "nodes")
    all_pods = evidence.inside(target, KubePods)
    pods = tuple(pair for pair in all_pods if _is_in(pair[0].namespace, pair[0], scope, selector))
    claims = {f"{each.namespace}/{claim}" for each, _ in pods for claim in each.claims}
    is_whole = not scope.namespace and not scope.selector
    return ClusterPart(
        nodes,
        nodes,
        pods,
        all_pods,
        objects,
        tuple(
            pair
            for pair in objects
            if pair[0].resource == "persistentvolumes" and _is_claimed(pair[0].attribute("claim"), scope, claims)
        ),
        tuple(
            pair
            for pair in objects
            if pair[0].resource.startswith("volumesnapshotcontents")
            and scope.namespace in ("", pair[0].attribute("claim_namespace"))
        ),
        {pair[0].name: pair for pair in objects if pair[0].resource == "storageclasses.storage.k8s.io"},
        tuple(
            pair
            for pair in objects
            if pair[0].resource not in _APART and scope.namespace in ("", pair[0].namespace or scope.namespace)
        ),
        tuple(_images(pods, objects, scope, selector)),
        _ways_out(objects),
        is_whole,
    )


def selector_of(scope: ClusterScope) -> Selector:
    """Return the selector of a scope; what cannot be read selects everything, and was refused when it was declared."""
    try:
        return read_selector(scope.selector)
    except BadSelector:
        return Selector()


def _is_in(namespace: str, item: KubeObject | KubePods, scope: ClusterScope, selector: Selector) -> bool:
    return scope.namespace in ("", namespace) and selector.fits(dict(item.labels))


def _is_claimed(claim: str, scope: ClusterScope, claims: set[str]) -> bool:
    """Say whether a volume belongs to the part: by its claim's namespace, and by the pods that mount it where labels decide."""
    if scope.selector:
        return claim in claims
    return not scope.namespace or claim.startswith(f"{scope.namespace}/")


def _images(
    pods: Iterable[tuple[KubePods, str]], objects: Iterable[Listed], scope: ClusterScope, selector: Selector
) -> Iterable[tuple[str, str]]:
    """Yield every image of the part: of what runs, and of what would be made to run."""
    for each, oid in pods:
        yield from ((image, oid) for image in each.images)
    for found, oid in objects:
        is_package = found.resource == "providers.pkg.crossplane.io" and not scope.namespace and not scope.selector
        if found.images and (is_package or (found.namespace and _is_in(found.namespace, found, scope, selector))):
            yield from ((image, oid) for image in found.images)


def _ways_out(objects: Iterable[Listed]) -> tuple[str, ...]:
    """Return the addresses of declared egress, else those of load balancers and gateways."""
    listed = list(objects)
    for resources in (_EGRESS, _ENTRANCES):
        found = sorted({address for item, _ in listed if item.resource in resources for address in item.addresses})
        if found:
            return tuple(found)
    return ()
