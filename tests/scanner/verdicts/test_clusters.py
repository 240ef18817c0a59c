"""Claims judged from inside a Kubernetes cluster: the rows of the cases, parts of a cluster, and what is never shown as fine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from herkomst.scanner.model.claim import Operator, Role, Scope, ScopePart
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.kubernetes import KubeRelation
from herkomst.scanner.model.verdict import Confidence, Reason, Status
from hypothesis import given
from hypothesis import strategies as st
from inside_cluster import OWN_REGISTRY, Cluster, without
from scene import Scene

HCLOUD = "hcloud-cloud-controller-manager"
EKS_ZONE = ("topology.ebs.csi.aws.com/zone", "eu-central-1a")


def eks() -> Cluster:
    return (
        Cluster(version="v1.31.2-eks-7f9249a")
        .node("aws:///eu-central-1a/i-1", name="a")
        .node("aws:///eu-central-1b/i-2", name="b")
    )


def dutch() -> Cluster:
    return Cluster().node("scaleway://instance/nl-ams-1/1", name="a").pods("a")


# -- the cases ------------------------------------------------------------------------------------------------------


def test_case_44_nodes_in_frankfurt_are_not_in_the_netherlands() -> None:
    verdict = eks().judge("compute.country", "NL")
    assert (verdict.status, verdict.reason, verdict.observed) == (
        Status.CONTRADICTED,
        Reason.CONTROL_PLANE_ELSEWHERE,
        ("DE",),
    )


def test_case_45_a_node_that_only_names_its_software_cannot_be_placed() -> None:
    verdict = Cluster().node("openstack:///0f4c").judge("compute.country", "NL")
    assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_case_45_a_region_label_of_the_administrator_is_weak() -> None:
    cluster = Cluster().node("openstack:///0f4c", region="ams-1")
    verdict = cluster.judge("compute.country", "NL")
    assert (verdict.status, verdict.confidence) == (Status.CONSISTENT, Confidence.LOW)
    assert cluster.judge("compute.country", "DE").reason is Reason.POINTS_ELSEWHERE


def test_case_46_labels_of_a_cloud_controller_confirm() -> None:
    cluster = (
        Cluster().node("hcloud://1", region="fsn1", labelled_by=HCLOUD).node("hcloud://2", zone="nbg1-dc3", labelled_by=HCLOUD)
    )
    assert cluster.judge("compute.country", "DE").status is Status.CONFIRMED


def test_case_46_the_same_labels_by_another_hand_are_weak() -> None:
    verdict = Cluster().node("hcloud://1", region="fsn1", labelled_by="kubectl-label").judge("compute.country", "DE")
    assert (verdict.status, verdict.confidence) == (Status.CONSISTENT, Confidence.LOW)


def test_case_46_a_virtual_node_among_them_is_nowhere_to_be_seen() -> None:
    cluster = Cluster().node("hcloud://1", region="fsn1", labelled_by=HCLOUD).node(virtual="label type=virtual-kubelet")
    verdict = cluster.judge("compute.country", "DE")
    assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_case_47_images_from_docker_hub_are_under_american_law() -> None:
    cluster = dutch().pods("a", image="postgres:16").pods("a", image="docker.io/bitnami/redis:7")
    law = cluster.judge("images.jurisdiction", "EU")
    assert (law.status, law.reason, law.observed) == (Status.CONTRADICTED, Reason.PARTY_ELSEWHERE, ("US",))
    provider = cluster.judge("images.provider", OWN_REGISTRY)
    assert provider.status is Status.CONTRADICTED
    assert set(provider.observed) == {"docker", "voorbeeld.example"}


def test_case_48_an_american_monitoring_agent_is_a_subprocessor() -> None:
    cluster = dutch().pods("a", image="gcr.io/datadoghq/agent:7.60.0", owner="DaemonSet datadog", namespace="monitoring")
    parties = cluster.judge("subprocessors", "scaleway")
    assert (parties.status, parties.reason) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)
    assert "datadog" in parties.observed
    law = cluster.judge("telemetry.jurisdiction", "EU")
    assert (law.status, law.observed) == (Status.CONTRADICTED, ("US",))
    assert dutch().judge("telemetry.jurisdiction", "EU").status is Status.UNVERIFIABLE


# -- nodes ----------------------------------------------------------------------------------------------------------


def test_every_node_counts_and_the_mixture_is_shown_with_its_numbers() -> None:
    cluster = dutch().node("scaleway://instance/nl-ams-1/2").node("gce://project/europe-west3-a/i")
    verdict = cluster.judge("compute.country", "NL")
    assert (verdict.status, verdict.observed) == (Status.CONTRADICTED, ("DE", "NL"))
    assert {part.endpoint: part.status for part in verdict.parts}["2 × node nl-ams-1"] is Status.CONFIRMED


def test_a_pod_on_a_node_that_is_not_listed_leaves_the_place_open() -> None:
    cluster = Cluster("productie namespace=zaken").node("scaleway://instance/nl-ams-1/1", name="a").pods("a", "weg")
    verdict = cluster.judge("compute.country", "NL")
    assert verdict.status is Status.UNVERIFIABLE
    assert {part.endpoint for part in verdict.parts} == {"a", "weg"}


def test_the_name_of_a_node_proves_nothing() -> None:
    verdict = Cluster().node(name="ams-nl-1.voorbeeld.example").judge("compute.country", "NL")
    assert verdict.status is Status.UNVERIFIABLE


def test_a_label_against_the_zone_in_the_provider_id_leaves_the_place_open() -> None:
    verdict = Cluster().node("gce://project/europe-west3-a/i", region="europe-west4").judge("compute.country", "DE")
    assert verdict.status is Status.UNVERIFIABLE


def test_an_unknown_scheme_is_kept_and_names_nobody() -> None:
    picture = Cluster().node("vreemd://abc").picture()
    (placement,) = [item for item in picture.placements if item.role is Role.COMPUTE]
    assert placement.provider is None


def test_a_resource_group_with_the_name_of_a_region_is_no_region() -> None:
    node = "azure:///subscriptions/s/resourceGroups/westeurope/providers/Microsoft.Compute/virtualMachines/1"
    assert Cluster().node(node).judge("compute.country", "NL").status is Status.UNVERIFIABLE


def test_the_european_partition_of_aws_is_its_own_provider() -> None:
    (placement, *_) = Cluster().node("aws:///eusc-de-east-1a/i-1").picture().placements
    assert placement.provider is not None
    assert placement.provider.provider == "aws-eusc"
    assert placement.location.countries == ("DE",)


# -- volumes --------------------------------------------------------------------------------------------------------


def test_a_volume_is_judged_where_it_is_and_not_where_the_cluster_is() -> None:
    cluster = dutch().volume("ebs.csi.aws.com", zone=("topology.ebs.csi.aws.com/zone", "eu-west-1a"))
    verdict = cluster.judge("storage.country", "NL")
    assert (verdict.status, verdict.observed) == (Status.CONTRADICTED, ("IE",))


def test_a_file_system_of_a_cloud_without_a_zone_can_be_anywhere() -> None:
    assert eks().volume("efs.csi.aws.com").judge("storage.country", "DE").status is Status.UNVERIFIABLE


def test_the_class_of_a_volume_is_weak_evidence_of_its_place() -> None:
    cluster = eks().add("storageclasses.storage.k8s.io", "snel", attributes=(("region", "eu-central-1"),))
    cluster.add("persistentvolumes", "pv", driver="efs.csi.aws.com", attributes=(("claim", "zaken/data"), ("class", "snel")))
    verdict = cluster.judge("storage.country", "EU")
    assert (verdict.status, verdict.confidence) == (Status.CONSISTENT, Confidence.LOW)
    assert cluster.judge("storage.country", "NL").status is Status.UNVERIFIABLE


def test_a_volume_on_the_disks_of_the_nodes_is_where_the_nodes_are() -> None:
    assert dutch().volume("driver.longhorn.io").judge("storage.country", "NL").status is Status.CONFIRMED
    mixed = dutch().node("gce://project/europe-west3-a/i").volume("driver.longhorn.io")
    assert mixed.judge("storage.country", "NL").status is Status.CONTRADICTED


def test_a_volume_of_a_database_counts_in_both_roles() -> None:
    cluster = eks().pods("a", owner="Cluster db", group="postgresql.cnpg.io", claims=("db-1",))
    cluster.volume("ebs.csi.aws.com", zone=EKS_ZONE, claim="zaken/db-1")
    assert cluster.judge("database.country", "DE").status is Status.CONFIRMED
    assert cluster.judge("storage.country", "DE").status is Status.CONFIRMED


def test_a_cluster_alone_never_confirms_the_whole_hosting() -> None:
    cluster = eks().pods("a", owner="Cluster db", group="postgresql.cnpg.io", claims=("db-1",))
    cluster.volume("ebs.csi.aws.com", zone=EKS_ZONE, claim="zaken/db-1")
    verdict = cluster.judge("hosting.country", "DE")
    assert (verdict.status, verdict.reason) == (Status.CONSISTENT, Reason.ROLES_NOT_OBSERVED)
    assert cluster.judge("hosting.country", "DE", absent=(Role.WEB, Role.BACKUP)).status is Status.CONFIRMED


# -- around the cluster ---------------------------------------------------------------------------------------------


def test_the_control_plane_of_a_managed_cluster_is_its_clouds() -> None:
    cluster = Cluster(server="abc.gr7.eu-central-1.eks.amazonaws.com", version="v1.31.2-eks-7f9249a")
    assert cluster.judge("control-plane.provider", "aws").status is Status.CONFIRMED
    assert cluster.judge("control-plane.country", "NL").observed == ("DE",)


def test_a_control_plane_on_own_nodes_is_where_these_are() -> None:
    cluster = Cluster().node("scaleway://instance/nl-ams-1/1", labels=(("node-role.kubernetes.io/control-plane", ""),))
    assert cluster.judge("control-plane.country", "NL").status is Status.CONFIRMED


@pytest.mark.parametrize(
    ("resource", "relation", "target", "role"),
    [
        ("services", KubeRelation.POINTS_TO, "db.abc.eu-west-1.rds.amazonaws.com", "saas"),
        (
            "validatingwebhookconfigurations.admissionregistration.k8s.io",
            KubeRelation.CALLS,
            "hook.elb.amazonaws.com",
            "control-plane",
        ),
        ("serviceaccounts", KubeRelation.ACTS_AS, "eks.amazonaws.com/role-arn=arn:aws:iam::111122223333:role/x", "identity"),
        ("clustersecretstores.external-secrets.io", KubeRelation.SECRETS_FROM, "kms.eu-west-1.amazonaws.com", "keys"),
    ],
)
def test_whoever_a_cluster_leans_on_is_a_party(resource: str, relation: KubeRelation, target: str, role: str) -> None:
    verdict = dutch().link(resource, relation, target).judge("subprocessors", "scaleway")
    assert verdict.reason is Reason.UNDECLARED_PARTY
    assert "aws" in verdict.observed
    assert role in {part.role for part in verdict.parts}


def test_an_address_outside_names_its_holder_and_an_allowed_one_is_a_question() -> None:
    scene = Scene().origin("203.0.113.9", 24940, "HETZNER-AS")
    used = dutch().link("endpoints", KubeRelation.POINTS_TO, "203.0.113.9")
    used.outside = list(scene.observations(()))
    verdict = used.judge("subprocessors", "scaleway")
    assert (verdict.status, verdict.reason) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)
    assert "hetzner" in verdict.observed
    allowed = dutch().link("networkpolicies.networking.k8s.io", KubeRelation.EGRESS, "203.0.113.9/32")
    allowed.outside = used.outside
    verdict = allowed.judge("subprocessors", "scaleway")
    assert verdict.status is Status.CONSISTENT
    assert [dict(note.params)["party"] for note in verdict.notes] == ["Hetzner"]


def test_a_party_that_nobody_knows_is_a_question() -> None:
    cluster = dutch().link("services", KubeRelation.POINTS_TO, "api.onbekend.example")
    verdict = cluster.judge("subprocessors", "scaleway")
    assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.PARTY_UNKNOWN)


def test_an_operator_that_makes_resources_at_a_cloud_is_a_question_and_no_finding() -> None:
    cluster = dutch()
    cluster.groups = ("cert-manager.io", "ec2.services.k8s.aws", "s3.services.k8s.aws")
    verdict = cluster.judge("subprocessors", "scaleway")
    assert verdict.status is Status.CONSISTENT
    assert [dict(note.params) for note in verdict.notes] == [{"party": "Amazon Web Services", "token": "ec2.services.k8s.aws"}]


def test_backups_that_go_abroad_are_seen() -> None:
    cluster = dutch().link("backupstoragelocations.velero.io", KubeRelation.BACKS_UP_TO, "", provider="aws", region="us-east-1")
    verdict = cluster.judge("backup.country", "EU")
    assert (verdict.status, verdict.observed) == (Status.CONTRADICTED, ("US",))


# -- parts of a cluster ---------------------------------------------------------------------------------------------


def shared() -> Cluster:
    cluster = Cluster().node("scaleway://instance/nl-ams-1/1", name="nl").node("gce://project/europe-west3-a/i", name="de")
    cluster.pods("nl").pods("de", namespace="anders", labels=(("app", "anders"),))
    return cluster


@pytest.mark.parametrize(
    "value", ["productie namespace=zaken", "productie selector=app in (zaken)", "productie selector=app!=anders"]
)
def test_a_system_that_is_a_part_of_a_cluster_is_judged_on_its_own_nodes(value: str) -> None:
    cluster = shared()
    assert cluster.judge("compute.country", "NL").status is Status.CONTRADICTED
    part = Cluster(value)
    part.objects = [replace(item, cluster=part.target) for item in cluster.objects]
    assert part.judge("compute.country", "NL").status is Status.CONFIRMED


def test_a_claim_can_speak_of_a_namespace_of_a_declared_cluster() -> None:
    scope = Scope(
        parts=(
            ScopePart("zaken", cluster="productie", namespace="zaken"),
            ScopePart("rest", cluster="productie", namespace="anders"),
        )
    )
    verdict = shared().judge("compute.country", "NL", scope=scope)
    assert verdict.status is Status.PARTLY
    assert {part.scope_part: part.status for part in verdict.parts} == {"zaken": Status.CONFIRMED, "rest": Status.CONTRADICTED}


# -- what was not read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        ("nodes", "compute.country"),
        ("pods", "compute.country"),
        ("persistentvolumes", "storage.country"),
        ("volumesnapshotcontents.snapshot.storage.k8s.io", "backup.country"),
        ("pods", "images.jurisdiction"),
        ("cronjobs.batch", "images.jurisdiction"),
        ("daemonsets.apps", "telemetry.jurisdiction"),
        ("services", "subprocessors"),
        ("serviceaccounts", "subprocessors"),
    ],
)
def test_a_list_that_is_refused_leaves_open_what_it_could_have_shown(resource: str, key: str) -> None:
    verdict = dutch().lose(resource).judge(key, "scaleway" if key == "subprocessors" else "EU")
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.DENIED)


def test_a_cluster_that_was_not_reached_is_not_measured() -> None:
    cluster = Cluster()
    cluster.contents = lambda: iter(())  # type: ignore[method-assign]  # nothing answered
    for key in ("compute.country", "storage.country", "keys.country", "subprocessors"):
        assert cluster.judge(key, "NL").status is Status.NOT_MEASURED


def test_what_is_not_looked_into_yet_is_not_measured() -> None:
    verdict = dutch().judge("keys.custody", "customer")
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.NOT_COLLECTED)


KEYS = (
    ("compute.country", "NL"), ("compute.country", "EU"), ("storage.country", "EU"), ("database.country", "EU"), ("backup.country", "EU"),
    ("images.jurisdiction", "EU"), ("images.provider", "docker"), ("telemetry.jurisdiction", "EU"), ("subprocessors", "scaleway"),
    ("control-plane.provider", "aws"), ("hosting.country", "EU"), ("compute.provider", "scaleway"), ("hosting.jurisdiction", "EU"),
)  # fmt: skip


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """Any mixture of nodes, pods, volumes and references."""
    cluster = Cluster(version=draw(st.sampled_from(("v1.31.2", "v1.31.2-eks-7f9249a"))))
    ids = (
        "",
        "aws:///eu-central-1a/i",
        "scaleway://instance/nl-ams-1/1",
        "hcloud://1",
        "openstack:///1",
        "gce://p/europe-west4-a/i",
    )
    for number in range(draw(st.integers(0, 3))):
        cluster.node(
            draw(st.sampled_from(ids)),
            region=draw(st.sampled_from(("", "fsn1", "ams"))),
            labelled_by=draw(st.sampled_from(("", HCLOUD))),
            virtual=draw(st.sampled_from(("", "", "taint"))),
            name=f"n{number}",
        )
    images = (f"{OWN_REGISTRY}/zaken:1", "postgres:16", "gcr.io/datadoghq/agent:7")
    for _ in range(draw(st.integers(0, 2))):
        group = draw(st.sampled_from(("apps", "postgresql.cnpg.io")))
        cluster.pods(draw(st.sampled_from(("n0", "n1"))), image=draw(st.sampled_from(images)), group=group, claims=("data",))
    for _ in range(draw(st.integers(0, 2))):
        zone = draw(st.sampled_from((("", ""), EKS_ZONE, ("topology.kubernetes.io/zone", "nl-ams-1"))))
        cluster.volume(draw(st.sampled_from(("ebs.csi.aws.com", "csi.scaleway.com", "driver.longhorn.io", "nfs"))), zone=zone)
    if draw(st.booleans()):
        cluster.link("backupstoragelocations.velero.io", KubeRelation.BACKS_UP_TO, "", provider="aws", region="eu-west-1")
    if draw(st.booleans()):
        cluster.link("services", KubeRelation.POINTS_TO, "db.eu-west-1.rds.amazonaws.com")
    return cluster


@given(clusters(), st.sampled_from(KEYS), st.sampled_from(Operator), st.data())
def test_losing_any_observation_never_turns_a_verdict_greener(
    cluster: Cluster, claim: tuple[str, str], operator: Operator, data: st.DataObject
) -> None:
    key, value = claim
    before = cluster.judge(key, value, operator=operator)
    lost = data.draw(st.sampled_from(cluster.observations()))
    after = cluster.judge(key, value, operator=operator, evidence=without(cluster, lost))
    assert after.status.rank <= before.status.rank, (lost.content, before, after)


@given(clusters(), st.sampled_from(KEYS), st.sampled_from(Operator), st.data())
def test_losing_any_list_never_turns_a_verdict_greener_nor_accuses(
    cluster: Cluster, claim: tuple[str, str], operator: Operator, data: st.DataObject
) -> None:
    key, value = claim
    before = cluster.judge(key, value, operator=operator)
    questions = [content.resource for content in cluster.contents() if hasattr(content, "outcome")]
    after = cluster.lose(data.draw(st.sampled_from(questions)), FailureReason.DENIED).judge(key, value, operator=operator)
    assert after.status.rank <= before.status.rank, (before, after)
    assert after.status is not Status.CONTRADICTED or before.status in (Status.CONTRADICTED, Status.PARTLY)


def test_a_load_balancer_is_where_its_name_says_and_its_operator_a_party() -> None:
    cluster = dutch().add(
        "services", "web", "zaken", names=("x-1.elb.eu-central-1.amazonaws.com",), attributes=(("type", "LoadBalancer"),)
    )
    assert cluster.judge("compute.country", "NL").observed == ("DE", "NL")
    parties = cluster.judge("subprocessors", "scaleway")
    assert parties.reason is Reason.UNDECLARED_PARTY
    assert "aws" in parties.observed


def test_a_load_balancer_without_a_place_in_its_name_is_a_party_alone() -> None:
    cluster = dutch().add("services", "web", "zaken", names=("d1.cloudfront.net",), attributes=(("type", "LoadBalancer"),))
    assert cluster.judge("compute.country", "NL").status is Status.CONFIRMED
    assert cluster.judge("subprocessors", "scaleway").reason is Reason.UNDECLARED_PARTY
