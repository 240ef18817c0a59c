"""The role that we ship: made from what is listed, sufficient and minimal before a real API server; and each right missing in turn."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from herkomst.collectors.kubernetes.manifest import cluster_role
from herkomst.collectors.kubernetes.registry import KINDS
from herkomst.collectors.kubernetes.rights import READING, cluster_rules, compare_rules
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.verdict import Verdict
from inside_cluster import Cluster
from servers.kubernetes_api import KubernetesApi
from servers.kubernetes_objects import balancer, node, pod, service_account, volume, webhook, workload

from .conftest import Read, read_cluster

ROLE = Path(__file__).resolve().parents[3] / "deploy" / "kubernetes" / "clusterrole.yaml"
CLAIMS = (
    ("compute.country", "DE"), ("storage.country", "DE"), ("hosting.country", "DE"), ("images.jurisdiction", "US"),
    ("images.provider", "docker"), ("telemetry.jurisdiction", "US"), ("subprocessors", "aws,docker,datadog,gcp"), ("compute.provider", "aws"),
    ("control-plane.provider", "aws"), ("backup.country", "DE"), ("keys.country", "DE"), ("identity.provider", "aws"),
)  # fmt: skip
CUSTOM = [kind for kind in KINDS if kind.is_custom]


@pytest.fixture(scope="module")
def estate(kubernetes_api: KubernetesApi) -> KubernetesApi:
    """A cluster with something of every built-in kind that matters, and all custom kinds installed."""
    kubernetes_api.seed(
        [
            node("a", "aws:///eu-central-1a/i-1"),
            pod("zaken-1", "a", image="docker.io/library/nginx:1", claim="data"),
            pod("agent-1", "a", image="gcr.io/datadoghq/agent:7", namespace="monitoring"),
            volume("pv-1", "ebs.csi.aws.com", zone=("topology.ebs.csi.aws.com/zone", "eu-central-1a")),
            workload("Deployment", "zaken", "docker.io/library/nginx:1"),
            workload("CronJob", "nacht", "docker.io/library/busybox:1"),
            balancer("web", hostname="x.elb.eu-central-1.amazonaws.com"),
            service_account("zaken", {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/zaken"}),
            webhook("keur", "https://hook.elb.amazonaws.com/validate"),
        ]
    )
    for kind in CUSTOM:
        kubernetes_api.install_kind(
            kind.group, kind.versions[0], kind.plural.title(), kind.plural, is_namespaced=kind.is_namespaced
        )
    return kubernetes_api


def judged(read: Read) -> dict[str, Verdict]:
    cluster = Cluster()
    evidence = Evidence(read.findings.observations, read.findings.failures)
    return {key: cluster.judge(key, *values.split(","), evidence=evidence) for key, values in CLAIMS}


def test_the_shipped_role_is_what_the_code_lists() -> None:
    assert ROLE.read_text("utf-8") == cluster_role(KINDS)
    document = yaml.safe_load(ROLE.read_text("utf-8"))
    assert document["rules"] == cluster_rules(KINDS)


def test_the_role_reads_and_never_a_secret() -> None:
    for rule in cluster_rules(KINDS):
        assert set(rule["verbs"]) <= READING
        assert {"secrets", "configmaps", "*"}.isdisjoint(rule["resources"])


def test_the_role_is_sufficient(estate: KubernetesApi) -> None:
    estate.grant("limited", yaml.safe_load(ROLE.read_text("utf-8"))["rules"])
    read = read_cluster(estate, "limited")
    assert read.failures == {}
    assert (read.cluster.missing, read.cluster.beyond, read.cluster.rights_known) == ((), (), True)
    assert judged(read)["compute.country"].status == "confirmed"


def test_each_list_that_is_denied_in_turn_is_named_and_turns_nothing_greener(estate: KubernetesApi) -> None:
    rules = cluster_rules(KINDS)
    estate.grant("limited", rules)
    whole = judged(read_cluster(estate, "limited"))
    for kind in KINDS:
        kept = [
            {
                **rule,
                "resources": [name for name in rule["resources"] if (rule["apiGroups"][0], name) != (kind.group, kind.plural)],
            }
            for rule in rules
        ]
        estate.grant("limited", [rule for rule in kept if rule["resources"]])
        read = read_cluster(estate, "limited")
        # minimal: without any one rule something is missing
        assert {scope: failure.reason for scope, failure in read.failures.items()} == {kind.resource: FailureReason.DENIED}
        assert read.cluster.missing == (kind.resource,)
        for key, verdict in judged(read).items():
            assert verdict.status.rank <= whole[key].status.rank, (kind.resource, key, verdict, whole[key])


def test_rights_beyond_reading_are_listed(estate: KubernetesApi) -> None:
    beyond = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}
    estate.grant("reader", [*cluster_rules(KINDS), beyond])
    assert read_cluster(estate, "reader").cluster.beyond == ("get secrets", "list secrets")


def test_a_rule_for_everything_is_beyond_and_misses_nothing() -> None:
    rights = compare_rules([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}], KINDS)
    assert rights.missing == ()
    assert rights.beyond == ("* *.*",)


def test_a_rule_for_named_objects_does_not_allow_the_list() -> None:
    rules = [{**rule, "resourceNames": ["only"]} for rule in cluster_rules(KINDS)]
    assert set(compare_rules(rules, KINDS).missing) == {kind.resource for kind in KINDS}


def test_one_namespace_can_be_read_with_rights_in_it_alone(estate: KubernetesApi) -> None:
    estate.grant("nobody", cluster_rules(kind for kind in KINDS if kind.is_namespaced), "zaken")
    read = read_cluster(estate, "nobody", "zaken")
    assert {pods.namespace for pods in read.pods} == {"zaken"}
    assert set(read.failures) == {kind.resource for kind in KINDS if not kind.is_namespaced}
