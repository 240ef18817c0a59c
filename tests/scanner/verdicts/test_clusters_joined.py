"""The outside view joined to a cluster: the way from a public name to the machines, what is open and mentioned nowhere, and services in use."""

from __future__ import annotations

import os
from dataclasses import replace

from herkomst.scanner.model.claim import Operator
from herkomst.scanner.model.kubernetes import KubeLink, KubeRelation
from herkomst.scanner.model.verdict import NoteCode, Reason, Status, Verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from inside_account import Account
from inside_cluster import Cluster
from joined_account import NAME
from joined_cluster import JoinedCluster

HERE, THERE = "198.51.100.1", "198.51.100.17"
CONTROLLER = (("app", "ingress"),)
EXAMPLES = int(os.environ.get("HERKOMST_EXAMPLES", "8"))
NL, DE = "scaleway://instance/nl-ams-1/1", "gce://project/europe-west3-a/i"


def served(*nodes: str) -> JoinedCluster:
    """A website on a load balancer in front of pods on these nodes."""
    joined = JoinedCluster()
    for number, provider_id in enumerate(nodes or (NL,)):
        joined.cluster.node(provider_id, name=f"n{number}")
    joined.cluster.pods(*(f"n{number}" for number in range(len(nodes or (NL,)))))
    joined.scene.host(NAME, HERE).origin(HERE, 64500, "HOSTER").location(HERE, "NL")
    return joined.balancer(HERE)


def behind_ingress(host: str = NAME) -> JoinedCluster:
    """A website behind an ingress controller: the balancer's pods are in Germany, those of the website in the Netherlands."""
    joined = JoinedCluster()
    joined.cluster.node(NL, name="nl").node(DE, name="de").pods("nl")
    joined.cluster.pods("de", namespace="ingress", labels=CONTROLLER, owner="Deployment ingress")
    joined.scene.host(NAME, HERE).origin(HERE, 64500, "HOSTER").location(HERE, "NL")
    joined.balancer(HERE, namespace="ingress", labels=CONTROLLER).balancer()
    service = joined.cluster.objects[-1]
    joined.cluster.objects[-1] = replace(service, attributes=(("type", "ClusterIP"),))  # type: ignore[call-overload]  # an object
    links = (KubeLink(KubeRelation.SERVES, service.name),)  # type: ignore[union-attr]  # an object
    joined.cluster.add("ingresses.networking.k8s.io", "web", "zaken", names=(host,), links=links, attributes=(("hosts", host),))
    return joined


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


def way(verdict: Verdict) -> str:
    (note,) = [dict(note.params) for note in verdict.notes if note.code is NoteCode.RUNS_IN]
    return note["chain"]


# -- the way in -----------------------------------------------------------------------------------------------------


def test_a_website_is_confirmed_by_the_nodes_that_its_pods_run_on() -> None:
    verdict = served().judge("web.country", "NL")
    assert outcome(verdict) == (Status.CONFIRMED, None)
    assert way(verdict) == "Service zaken/web-2 → Deployment zaken (1) → n0 [nl-ams-1]"


def test_a_replica_abroad_contradicts_where_a_table_alone_would_not() -> None:
    assert outcome(served(NL, DE).judge("web.country", "NL")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


def test_an_ingress_leads_on_to_the_pods_of_its_own_service() -> None:
    verdict = behind_ingress().judge("web.country", "NL")
    assert outcome(verdict) == (Status.CONFIRMED, None)
    assert way(verdict).startswith("Service ingress/web-4 → Ingress zaken/web → Deployment zaken (1) → nl")


def test_a_wildcard_serves_names_under_it_by_one_label() -> None:
    assert behind_ingress(f"*.{NAME.partition('.')[2]}").judge("web.country", "NL").status is Status.CONFIRMED


def test_an_address_that_the_cluster_does_not_have_joins_nothing() -> None:
    joined = served()
    joined.cluster.objects = [item for item in joined.cluster.objects if getattr(item, "resource", "") != "services"]
    joined.balancer(THERE)
    verdict = joined.judge("web.country", "NL")
    assert verdict.status is Status.CONSISTENT
    assert not [note for note in verdict.notes if note.code is NoteCode.RUNS_IN]


def test_a_balancer_is_found_by_the_name_that_a_declared_name_leads_through() -> None:
    joined = JoinedCluster()
    joined.cluster.node(NL, name="n0").pods("n0")
    joined.scene.host(NAME, HERE, via=("lb-1.hoster.example",)).origin(HERE, 64500, "HOSTER")
    joined.balancer(hostname="lb-1.hoster.example")
    assert joined.judge("web.country", "NL").status is Status.CONFIRMED


def test_without_the_nodes_the_place_of_the_website_is_not_measured() -> None:
    joined = served(NL, DE)
    joined.cluster.lose("nodes")
    assert outcome(joined.judge("web.country", "NL")) == (Status.NOT_MEASURED, Reason.DENIED)


# -- what is open ---------------------------------------------------------------------------------------------------


def test_a_balancer_that_no_declared_name_reaches_is_undeclared() -> None:
    assert outcome(served().judge("inventory.complete", "yes"))[0] is Status.CONSISTENT
    assert outcome(served().balancer(THERE).judge("inventory.complete", "yes")) == (
        Status.CONTRADICTED,
        Reason.UNDECLARED_RESOURCE,
    )


def test_a_host_that_an_ingress_serves_and_nobody_declares_is_undeclared() -> None:
    verdict = behind_ingress("geheim.voorbeeld.example").judge("inventory.complete", "yes")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.UNDECLARED_RESOURCE)
    assert "geheim.voorbeeld.example" in verdict.observed


def test_what_could_not_be_listed_leaves_the_inventory_open() -> None:
    joined = served()
    joined.cluster.lose("ingresses.networking.k8s.io")
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.NOT_MEASURED, Reason.DENIED)


def test_a_node_that_no_declared_account_lists_is_an_undeclared_party() -> None:
    cluster = Cluster().node("aws:///eu-central-1a/i-vreemd").node("aws:///eu-central-1a/i-0")
    account = Account().instance()
    pictures = [account.picture(), cluster.picture()]
    joined = JoinedCluster(cluster)
    assert pictures[0].machines == ("i-0",)
    assert pictures[1].machines == ("i-0", "i-vreemd")
    from herkomst.scanner.claims.accounts import judge_accounts

    parts = [part for part in judge_accounts(pictures, says_complete=True) if part.endpoint == "i-vreemd"]
    assert [(part.status, part.reason) for part in parts] == [(Status.CONTRADICTED, Reason.UNDECLARED_PARTY)]
    account.lose("eu-central-1", "ec2:DescribeInstances")
    parts = [
        part
        for part in judge_accounts([account.picture(), cluster.picture()], says_complete=True)
        if part.endpoint.startswith("i-")
    ]
    assert {part.status for part in parts} == {Status.NOT_MEASURED}
    assert joined.judge("inventory.complete", "yes").status is not Status.CONTRADICTED  # no account is declared here


# -- services in use ------------------------------------------------------------------------------------------------


def test_services_of_a_cloud_under_a_cluster_count_as_in_its_account() -> None:
    cluster = (
        Cluster(server="x.eks.amazonaws.com", version="v1.31.2-eks-1").node("aws:///eu-central-1a/i-0").volume("efs.csi.aws.com")
    )
    verdict = cluster.judge("lockin.managed-services")
    assert verdict.status is Status.CONSISTENT
    names = {dict(note.params)["name"] for note in verdict.notes}
    assert names == {"Amazon EKS (1)", "Amazon EC2 and EBS (1)", "Amazon EFS (1)"}
    assert outcome(cluster.lose("persistentvolumes").judge("lockin.managed-services")) == (Status.NOT_MEASURED, Reason.DENIED)


def test_a_service_that_nobody_has_judged_stays_open() -> None:
    cluster = Cluster(server="x.hcp.westeurope.azmk8s.io").node("azure:///subscriptions/s/1")
    assert cluster.judge("lockin.managed-services").status is Status.UNVERIFIABLE


# -- never greener --------------------------------------------------------------------------------------------------

KEYS = (
    ("web.country", "NL"), ("web.country", "DE"), ("web.region", "nl-ams"), ("web.provider", "scaleway"), ("inventory.complete", "yes"),
    ("hosting.country", "EU"), ("compute.country", "NL"), ("subprocessors", "scaleway"), ("lockin.managed-services", "efs"),
)  # fmt: skip


@st.composite
def systems(draw: st.DrawFn) -> JoinedCluster:
    """A name that may lead to one or two load balancers or through an ingress, on nodes of any kind."""
    if draw(st.booleans()):
        joined = behind_ingress(draw(st.sampled_from((NAME, "ander.voorbeeld.example"))))
    else:
        joined = served(
            *draw(st.lists(st.sampled_from((NL, DE, "openstack:///1", "aws:///eu-central-1a/i-1")), min_size=1, max_size=2))
        )
    if draw(st.booleans()):
        joined.balancer(draw(st.sampled_from((HERE, THERE))))
    if draw(st.booleans()):
        joined.scene.host(NAME, THERE).origin(THERE, 64501, "ANDER").location(THERE, "DE")
    return joined


@settings(max_examples=EXAMPLES, deadline=None)
@given(systems(), st.sampled_from(Operator))
def test_no_lost_source_turns_a_joined_verdict_greener_nor_accuses(joined: JoinedCluster, operator: Operator) -> None:
    before = {key: joined.judge(key[0], key[1], operator=operator) for key in KEYS}
    for what, evidence in joined.losses():
        for key, whole in before.items():
            after = joined.judge(key[0], key[1], operator=operator, evidence=evidence)
            assert after.status.rank <= whole.status.rank, (what, key, whole, after)
            is_new = after.status is Status.CONTRADICTED and whole.status not in (Status.CONTRADICTED, Status.PARTLY)
            assert not is_new, (what, key, whole, after)
