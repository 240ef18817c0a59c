"""Lists of a real API server: read to their end, whatever the size, the token or the rights, and never cut silently."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from herkomst.collectors.kubernetes.access import open_client, read_access
from herkomst.collectors.kubernetes.kinds.machines import MACHINES
from herkomst.collectors.kubernetes.lists import PAGE_SIZE, RESTART, Api, Budget, Item
from herkomst.collectors.kubernetes.registry import KINDS
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.kubernetes import KubeOutcome
from herkomst.scanner.model.target import Target, TargetKind
from servers.kubernetes_api import KubernetesApi
from servers.kubernetes_objects import node, pod

from .conftest import read_cluster

PODS = next(kind for kind in KINDS if kind.resource == "pods")
MANY = 5_200


@pytest.fixture(scope="module")
def large(kubernetes_api: KubernetesApi) -> Iterator[KubernetesApi]:
    """A cluster with more than ten pages of pods."""
    kubernetes_api.seed(pod(f"zaken-{number:05}", f"node-{number % 7}") for number in range(MANY))
    kubernetes_api.seed(node(f"node-{number}", f"aws:///eu-central-1a/i-{number}") for number in range(7))
    yield kubernetes_api
    kubernetes_api.clear("pods")


def pages_of(api: KubernetesApi) -> Iterator[list[Item]]:
    access = (("server", api.server), ("token_file", str(api.token_file("admin"))), ("ca_file", str(api.ca_file)))
    client = open_client(read_access(Target(TargetKind.KUBERNETES, "productie", access)))
    return Api(client, Budget.of(60)).pages(PODS.path("v1", ""), PODS.rule)


def test_more_than_five_thousand_pods_are_all_counted(large: KubernetesApi) -> None:
    read = read_cluster(large, kinds=(*MACHINES, PODS))
    assert read.counted("pods") == MANY
    assert sum(count for pods in read.pods for _, count in pods.nodes) == MANY
    assert len(read.pods) == 1
    assert {name for name, _ in read.pods[0].nodes} == {f"node-{number}" for number in range(7)}
    assert read.findings.failures == ()


def test_a_token_that_expires_in_the_middle_is_replaced_by_the_fresh_one(large: KubernetesApi) -> None:
    pages = pages_of(large)
    first = next(pages)
    large.compact()
    names = [item["metadata"]["name"] for item in first]
    for page in pages:
        if page is RESTART:
            names = []
        names += [item["metadata"]["name"] for item in page]
    assert len(first) == PAGE_SIZE
    assert sorted(names) == [f"zaken-{number:05}" for number in range(MANY)]


def test_a_user_without_rights_is_told_which_rule_is_missing(large: KubernetesApi) -> None:
    read = read_cluster(large, "nobody")
    assert set(read.failures) == {kind.resource for kind in KINDS if not kind.is_custom}
    failure = read.failures["deployments.apps"]
    assert failure.reason is FailureReason.DENIED
    assert not failure.retryable
    assert 'missing rule: {apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]}' in failure.detail
    assert read.outcomes["nodes"] == KubeOutcome.DENIED


def test_a_kind_that_the_server_does_not_have_is_known_not_to_be_there(large: KubernetesApi) -> None:
    read = read_cluster(large)
    assert read.outcomes["backupstoragelocations.velero.io"] == KubeOutcome.NOT_SERVED
    assert read.outcomes["deployments.apps"] == KubeOutcome.EMPTY
    assert read.failures == {}


def test_the_server_names_itself_and_its_version(large: KubernetesApi) -> None:
    cluster = read_cluster(large, kinds=MACHINES).cluster
    assert cluster.server == large.server.removeprefix("https://")
    assert cluster.version.startswith("v1.20")
