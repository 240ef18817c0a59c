"""Several clusters on a real API server, scanned by the command as a user would: from a declaration to exit code and JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from herkomst.scanner.cli.main import main
from servers.kubernetes_api import KubernetesApi
from servers.kubernetes_objects import Seeded, balancer, node, pod, service_account, volume, workload

HCLOUD = "hcloud-cloud-controller-manager"
EBS_ZONE = "topology.ebs.csi.aws.com/zone"


@dataclass(frozen=True)
class Estate:
    """What is in a cluster, and for each claim the status and reason that its rules give."""

    objects: tuple[Seeded, ...]
    expected: dict[tuple[str, str], tuple[str, str | None]]


ESTATES = {
    "at EKS in Frankfurt": Estate(
        (
            node("ip-10-0-0-1", "aws:///eu-central-1a/i-01", region="eu-central-1", zone="eu-central-1a", labelled_by="kubelet"),
            node("ip-10-0-0-2", "aws:///eu-central-1b/i-02", region="eu-central-1", zone="eu-central-1b", labelled_by="kubelet"),
            pod("zaken-1", "ip-10-0-0-1", image="444455556666.dkr.ecr.eu-central-1.amazonaws.com/zaken:1", claim="data"),
            pod("agent-1", "ip-10-0-0-2", image="gcr.io/datadoghq/agent:7", namespace="monitoring"),
            volume("pvc-1", "ebs.csi.aws.com", zone=(EBS_ZONE, "eu-central-1a")),
            balancer("web", hostname="k8s-web-1.elb.eu-central-1.amazonaws.com"),
            service_account("zaken", {"eks.amazonaws.com/role-arn": "arn:aws:iam::444455556666:role/zaken"}),
        ),
        {
            ("compute.country", "NL"): ("contradicted", "control_plane_elsewhere"),
            ("compute.country", "DE"): ("confirmed", None),
            ("storage.country", "DE"): ("confirmed", None),
            ("storage.jurisdiction", "EU"): ("contradicted", "parent_elsewhere"),
            ("telemetry.jurisdiction", "EU"): ("contradicted", "party_elsewhere"),
            ("subprocessors", "datadog"): ("contradicted", "undeclared_party"),
        },
    ),
    "on OpenStack without labels": Estate(
        (node("knoop-1", "openstack:///0f4c6a"), node("knoop-2", "openstack:///0f4c6b"), pod("zaken-1", "knoop-1")),
        {
            ("compute.country", "NL"): ("unverifiable", "not_observable"),
            ("compute.provider", "transip"): ("unverifiable", "not_observable"),
        },
    ),
    "mixed, with a virtual node and a volume abroad": Estate(
        (
            node("fsn-1", "hcloud://1", region="fsn1", zone="fsn1-dc14", labelled_by=HCLOUD),
            node("aci-1", "", labels={"type": "virtual-kubelet"}, taints=("virtual-kubelet.io/provider",)),
            pod("zaken-1", "fsn-1", claim="data"),
            volume("pv-1", "csi.hetzner.cloud", zone=("csi.hetzner.cloud/location", "fsn1")),
            volume("pv-2", "ebs.csi.aws.com", zone=(EBS_ZONE, "us-east-1a"), claim=("zaken", "archief")),
        ),
        {
            ("compute.country", "DE"): ("unverifiable", "not_observable"),
            ("storage.country", "DE"): ("contradicted", "control_plane_elsewhere"),
        },
    ),
    "on bare metal": Estate(
        (
            node("ijzer-1", labels={"node-role.kubernetes.io/control-plane": ""}),
            node("ijzer-2", region="ams-2"),
            workload("DaemonSet", "opslag", "docker.io/library/nginx:1"),
        ),
        {
            ("compute.country", "NL"): ("unverifiable", "not_observable"),
            ("images.jurisdiction", "EU"): ("contradicted", "party_elsewhere"),
            ("images.provider", "docker"): ("consistent", None),
        },
    ),
}
KINDS = ("nodes", "pods", "persistentvolumes", "services", "serviceaccounts", "daemonsets.apps")


def scan(
    api: KubernetesApi, folder: Path, estate: Estate, capsys: pytest.CaptureFixture[str], context: str = "productie"
) -> tuple[int, dict[str, Any]]:
    """Seed a cluster of its own, and scan it with the command."""
    for kind in KINDS:
        api.clear(kind)
    api.seed(estate.objects)
    claims = [{"claim": key, "is": [value], "said_by": "policy"} for key, value in estate.expected]
    # two lists of one claim are two statements: each is a system of its own
    systems = [
        {"name": f"systeem {number}", "assets": {"kubernetes": [{"context": context}]}, "claims": [claim]}
        for number, claim in enumerate(claims)
    ]
    declaration = folder / "systems.yaml"
    declaration.write_text(json.dumps({"herkomst": 1, "organisation": {"name": "Gemeente Voorbeeld"}, "systems": systems}))
    # nobody answers there: the names of load balancers must not be asked of this machine's own resolver
    command = [
        "scan",
        str(declaration),
        "--offline",
        "--resolver",
        "127.0.0.1:9",
        "--store",
        "none",
        "--format",
        "json",
        "--quiet",
    ]
    code = main(command)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", ESTATES)
def test_a_declared_cluster_is_judged_by_the_command(
    name: str,
    kubernetes_api: KubernetesApi,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    estate = ESTATES[name]
    config = kubernetes_api.kubeconfig({"productie": {"token": kubernetes_api.token_of("admin")}})
    monkeypatch.setenv("KUBECONFIG", str(config))
    code, document = scan(kubernetes_api, tmp_path, estate, capsys)
    found = {(item["claim"], item["expected"][0]): (item["status"], item["reason"]) for item in document["verdicts"]}
    assert found == estate.expected
    assert code == (1 if "contradicted" in {status for status, _ in found.values()} else 3)
    inside = [failure for failure in document["failures"] if failure["collector"] == "kubernetes"]
    assert inside == []


def test_all_contexts_are_judged_together_and_one_that_is_refused_leaves_them_open(
    tmp_path: Path, kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = {"token": kubernetes_api.token_of("admin")}, {"token": "wrong"}
    estate = Estate(ESTATES["at EKS in Frankfurt"].objects, {("compute.country", "DE"): ("confirmed", None)})
    for contexts, expected in (({"a": good, "b": good}, "confirmed"), ({"a": good, "b": bad}, "not_measured")):
        monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig(contexts)))
        _, document = scan(kubernetes_api, tmp_path, estate, capsys, context="*")
        (verdict,) = document["verdicts"]
        assert verdict["status"] == expected
        assert {part["endpoint"].partition(":")[0] for part in verdict["parts"]} == set(contexts)


def test_a_cluster_that_cannot_be_reached_leaves_every_claim_not_measured(
    tmp_path: Path, kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = kubernetes_api.kubeconfig({"productie": {"token": "wrong"}})
    monkeypatch.setenv("KUBECONFIG", str(config))
    code, document = scan(kubernetes_api, tmp_path, ESTATES["at EKS in Frankfurt"], capsys)
    assert code == 3
    assert {(item["status"], item["reason"]) for item in document["verdicts"]} == {("not_measured", "denied")}
