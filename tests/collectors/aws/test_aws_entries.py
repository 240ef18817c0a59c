"""Entrances, networks, code, trusts, logs and copies of an account, read from moto; what moto lacks is answered by a rule that names it."""

from __future__ import annotations

from dataclasses import replace

from herkomst.collectors.aws.access import Access
from herkomst.collectors.aws.calls import Budget, list_within
from herkomst.collectors.aws.registry import SERVICES
from herkomst.collectors.aws.service import questions
from herkomst.collectors.aws.services import backup
from herkomst.collectors.aws.sessions import Sessions
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.engine import Collected
from herkomst.scanner.model.aws import AwsCoverage, AwsOutcome, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import FailureReason
from servers.aws_entry_estate import (
    FOREIGN,
    alias,
    answer,
    make_clusters,
    make_distribution,
    make_function,
    make_groups,
    make_load_balancers,
    make_networks,
    make_plan,
    make_providers,
    make_role,
    make_trail,
    make_zone,
    may_assume,
    record,
)
from servers.aws_estate import Client, Collect, make_bucket

AWAY = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:elders"
OTHERS = f"arn:aws:backup:eu-west-1:{FOREIGN}:backup-vault:van-een-ander"


def resources(collected: Collected, service: str, kind: str = "") -> list[AwsResource]:
    found = [item.content for item in collected.observations if isinstance(item.content, AwsResource)]
    return [item for item in found if item.service == service and kind in ("", item.type)]


def links(resource: AwsResource, relation: AwsRelation) -> set[str]:
    return {link.target for link in resource.links if link.relation is relation}


def rows(collected: Collected, service: str) -> dict[str, AwsCoverage]:
    found = [item.content for item in collected.observations if isinstance(item.content, AwsCoverage)]
    return {row.region: row for row in found if row.service == service}


# -- entrances ------------------------------------------------------------------------------------------------------


def test_load_balancers_of_every_kind_are_found_with_their_names_schemes_and_zones(client: Client, collect: Collect) -> None:
    make_load_balancers(client)
    collected = collect(clients=["elb", "elbv2"])
    assert not collected.failures
    (classic,) = resources(collected, "elb")
    assert (classic.id, classic.role, classic.region, classic.is_zonal) == ("oud", Role.COMPUTE, "eu-central-1", False)
    assert classic.names[0].endswith(".elb.amazonaws.com")
    found = {dict(item.attributes)["kind"]: item for item in resources(collected, "elbv2", "loadbalancer")}
    assert set(found) == {"application", "network", "gateway"}
    assert dict(found["application"].attributes)["scheme"] == "internet-facing"
    assert dict(found["network"].attributes)["scheme"] == "internal"
    assert found["application"].names[0].startswith("balie-")
    (group,) = resources(collected, "elbv2", "targetgroup")
    assert dict(group.attributes)["target_type"] == "ip"


def test_a_load_balancer_in_a_local_zone_lies_there_and_not_in_the_region(collect: Collect, aws: AwsServer) -> None:
    zones = "".join(f"<member><ZoneName>eu-central-1{zone}</ZoneName></member>" for zone in ("a", "b", "-waw-1a"))
    body = (
        '<DescribeLoadBalancersResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeLoadBalancersResult>'
        "<LoadBalancers><member><LoadBalancerArn>arn:lb</LoadBalancerArn>"
        f"<AvailabilityZones>{zones}</AvailabilityZones></member></LoadBalancers>"
        "</DescribeLoadBalancersResult></DescribeLoadBalancersResponse>"
    )
    asked = "Version=2015-12-01"  # both generations have an operation of this name
    aws.set_rules([Rule("elasticloadbalancing", "eu-central-1", "DescribeLoadBalancers", body=body, asking=asked)])
    found = {(item.is_zonal, item.zone) for item in resources(collect(clients=["elbv2"]), "elbv2", "loadbalancer")}
    assert found == {(False, ""), (True, "eu-central-1-waw-1a")}


def test_a_distribution_names_its_origin_and_its_log_but_not_the_headers_it_sends(client: Client, collect: Collect) -> None:
    made = make_distribution(client, "balie.kantoor.example", "logboek.s3.amazonaws.com")
    collected = collect(clients=["cloudfront"])
    assert not collected.failures
    (found,) = resources(collected, "cloudfront")
    assert (found.role, found.region, set(found.names)) == (Role.WEB, "aws-global", {made["DomainName"], "www.kantoor.example"})
    assert links(found, AwsRelation.ORIGIN) == {"balie.kantoor.example"}
    assert links(found, AwsRelation.DESTINATION) == {"logboek.s3.amazonaws.com"}
    assert dict(found.attributes)["price_class"] == "PriceClass_100"
    assert "not-a-real-secret" not in repr(collected)


def test_a_distribution_names_the_code_that_runs_at_the_edge_for_all_paths_and_for_some(collect: Collect, aws: AwsServer) -> None:
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rand"
    runs = (
        "<LambdaFunctionAssociations><Quantity>1</Quantity><Items><LambdaFunctionAssociation>"
        f"<LambdaFunctionARN>{function}:NUMBER</LambdaFunctionARN>"
        "</LambdaFunctionAssociation></Items></LambdaFunctionAssociations>"
    )
    body = (
        '<DistributionList xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><IsTruncated>false</IsTruncated><Items>'
        f"<DistributionSummary><Id>E1</Id><ARN>arn:e1</ARN><DefaultCacheBehavior>{runs.replace('NUMBER', '3')}</DefaultCacheBehavior>"
        f"<CacheBehaviors><Items><CacheBehavior>{runs.replace('NUMBER', '4')}</CacheBehavior></Items></CacheBehaviors>"
        "</DistributionSummary></Items></DistributionList>"
    )
    config = (
        '<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Comment>none</Comment></DistributionConfig>'
    )
    aws.set_rules(  # moto lists no associations
        [
            Rule(service="cloudfront", action="ListDistributions", body=body),
            Rule(service="cloudfront", action="GetDistributionConfig", body=config),
        ]
    )
    (found,) = resources(collect(clients=["cloudfront"]), "cloudfront")
    assert links(found, AwsRelation.RUNS) == {f"{function}:3", f"{function}:4"}


def test_the_records_of_a_zone_lead_somewhere_page_after_page_and_its_texts_are_not_kept(
    client: Client, collect: Collect
) -> None:
    many = [record(f"h{number:03}.kantoor.example", "A", "192.0.2.1") for number in range(301)]  # an answer holds 300
    balancer = "balie-1.eu-central-1.elb.amazonaws.com"
    text = record("kantoor.example", "TXT", '"not-a-real-secret"')
    zone = make_zone(client, "kantoor.example", *many, text, alias("www.kantoor.example", balancer))
    collected = collect(clients=["route53"])
    assert not collected.failures
    (listed,) = resources(collected, "route53", "hostedzone")
    assert len(dict(listed.attributes)["name_servers"].split(",")) == 4
    found = {item.id: item for item in resources(collected, "route53", "record-set")}
    assert len([key for key in found if key.endswith(" A")]) == 302
    assert links(found[f"{zone} www.kantoor.example. A"], AwsRelation.POINTS_TO) == {balancer}
    assert all(not item.names and not item.addresses for item in found.values()), "a record does not say where its target is"
    assert "not-a-real-secret" not in repr(collected)


def test_a_function_shows_its_public_address_and_not_its_environment(client: Client, collect: Collect, aws: AwsServer) -> None:
    function = make_function(client, "taak", make_role(client, "draait"))
    said = {"FunctionUrlConfigs": [{"FunctionUrl": "https://abc.lambda-url.eu-central-1.on.aws/", "AuthType": "NONE"}]}
    aws.set_rules([answer("lambda", "ListFunctionUrlConfigs", said)])  # not in moto
    collected = collect(clients=["lambda"])
    assert not collected.failures
    (found,) = resources(collected, "lambda")
    assert (found.id, found.type, found.role) == (function, "function", Role.COMPUTE)
    assert found.names == ("abc.lambda-url.eu-central-1.on.aws",)
    assert dict(found.attributes)["url_access"] == "NONE"
    assert "not-a-real-secret" not in repr(collected)


def test_a_copy_of_a_function_at_the_edge_lies_in_the_region_that_lists_it(collect: Collect, aws: AwsServer) -> None:
    master = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:rand"
    copy = {"FunctionArn": f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:us-east-1.rand:1", "MasterArn": f"{master}:1"}
    said = {"Functions": [copy]}
    aws.set_rules([answer("lambda", "ListFunctions", said, region="eu-west-1", asking="MasterRegion=ALL")])  # moto has no copies
    (found,) = resources(collect(clients=["lambda"]), "lambda", "edge-replica")
    assert (found.region, found.role, links(found, AwsRelation.SOURCE)) == ("eu-west-1", Role.COMPUTE, {f"{master}:1"})


# -- networks, groups, clusters ---------------------------------------------------------------------------------------


def test_networks_name_the_regions_and_accounts_that_they_are_joined_to(client: Client, collect: Collect) -> None:
    made = make_networks(client)
    collected = collect(clients=["ec2"])
    assert not collected.failures
    found = {item.id: item for item in resources(collected, "ec2") if item.region == "eu-central-1"}
    assert links(found[made["peering"]], AwsRelation.PEER) == {"eu-central-1", "eu-west-1", ACCOUNT}
    assert links(found[made["far"]], AwsRelation.PEER) >= {"us-east-1", FOREIGN}
    assert found[made["nat"]].addresses == (made["nat address"],)
    assert dict(found[made["endpoint"]].attributes)["to"] == "com.amazonaws.eu-central-1.s3"
    attached = {item.id: dict(item.attributes) for item in resources(collected, "ec2", "transit-gateway-attachment")}
    assert (attached[made["attachment"]]["kind"], attached[made["attachment"]]["gateway"]) == ("vpc", made["gateway"])
    assert any(item.id.endswith(made["gateway"]) for item in resources(collected, "ec2", "transit-gateway"))


def test_groups_of_machines_are_read_page_after_page(client: Client, collect: Collect) -> None:
    make_groups(client, 51)  # an answer holds 50
    collected = collect(clients=["autoscaling"])
    found = resources(collected, "autoscaling")
    assert len(found) == 51
    assert dict(found[0].attributes)["zones"] == "eu-central-1a"
    assert rows(collected, "autoscaling")["eu-central-1"].calls == 2


def test_a_cluster_shows_who_can_reach_it_and_what_runs_in_it_without_machines(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    make_clusters(client, "zaken", "proef")
    visitor = f"arn:aws:iam::{FOREIGN}:role/beheer"
    aws.set_rules(  # none of these in moto
        [
            answer("eks", "ListAccessEntries", {"accessEntries": [visitor]}),
            answer("eks", "ListAddons", {"addons": ["schijven"]}),
            answer("eks", "DescribeAddon", {"addon": {"addonArn": "arn:aws:eks:::addon/schijven", "publisher": "eks"}}),
        ]
    )
    collected = collect(clients=["eks"])
    assert not collected.failures
    found = {item.id.rpartition("/")[2]: item for item in resources(collected, "eks", "cluster")}
    assert set(found) == {"zaken", "proef"}
    assert found["zaken"].role is Role.CONTROL_PLANE
    assert found["zaken"].names[0].endswith(".eks.amazonaws.com")
    assert links(found["zaken"], AwsRelation.TRUST) == {visitor}
    (profile,) = resources(collected, "eks", "fargateprofile")
    assert (profile.role, dict(profile.attributes)["cluster"]) == (Role.COMPUTE, "zaken")
    (group,) = resources(collected, "eks", "nodegroup")
    assert group.role is None, "its machines are in the list of EC2"
    assert {dict(item.attributes)["cluster"] for item in resources(collected, "eks", "addon")} == {"zaken", "proef"}


def test_an_outpost_is_listed_with_the_zone_it_is_led_from(collect: Collect, aws: AwsServer) -> None:
    arn = f"arn:aws:outposts:eu-central-1:{ACCOUNT}:outpost/op-1"
    said = {"Outposts": [{"OutpostArn": arn, "AvailabilityZone": "eu-central-1a", "SiteId": "os-1"}]}
    aws.set_rules([answer("outposts", "ListOutposts", said)])  # moto has no Outposts
    (found,) = resources(collect(clients=["outposts"]), "outposts")
    assert (found.outpost, found.zone) == (arn, "eu-central-1a")


# -- who may come in --------------------------------------------------------------------------------------------------


def test_a_role_that_foreign_accounts_or_providers_may_take_on_names_them_and_nobody_else(
    client: Client, collect: Collect
) -> None:
    of_own, of_other = f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{FOREIGN}:role/beheer"
    gone = "AROA1234567890EXAMPLE"
    provider = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.net/issuer"
    make_role(
        client, "open", may_assume({"AWS": [of_own, of_other, gone]}), may_assume({"AWS": FOREIGN}, "Deny"), may_assume("*")
    )
    make_role(client, "bouwt", may_assume({"Federated": provider}))
    make_role(client, "eigen")
    make_providers(client)
    collected = collect(clients=["iam"])
    assert not collected.failures
    found = {item.id.rpartition("/")[2]: links(item, AwsRelation.TRUST) for item in resources(collected, "iam")}
    assert found["open"] == {of_other, "*"}
    assert found["bouwt"] == {"token.example.net/issuer"}
    assert found["eigen"] == set()
    assert found["issuer"] == {"token.example.net/issuer"}
    assert found["inlog"] == {"sts.example.com", "login.example.org"}


def test_roles_are_read_page_after_page(client: Client, collect: Collect) -> None:
    made = {make_role(client, f"rol-{number}") for number in range(101)}  # an answer holds 100
    collected = collect(clients=["iam"])
    assert {item.id for item in resources(collected, "iam", "role")} == made
    assert rows(collected, "iam")["aws-global"].calls == 2 + 1 + 1


# -- logs and copies --------------------------------------------------------------------------------------------------


def test_a_trail_names_its_bucket_and_its_home_in_whatever_region_it_is_listed(client: Client, collect: Collect) -> None:
    make_bucket(client, "logboek", "eu-west-1")
    trail = make_trail(client, "alles", "logboek")
    collected = collect(clients=["cloudtrail"])
    assert not collected.failures
    found = resources(collected, "cloudtrail", "trail")
    assert {(item.id, item.region) for item in found} == {(trail, "eu-central-1")}
    assert all(links(item, AwsRelation.DESTINATION) == {"logboek"} and item.role is None for item in found)


def test_an_event_data_store_keeps_what_it_holds_in_its_region_page_after_page(collect: Collect, aws: AwsServer) -> None:
    arn = f"arn:aws:cloudtrail:eu-central-1:{ACCOUNT}:eventdatastore/"
    detail = {"MultiRegionEnabled": True, "KmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/k"}
    aws.set_rules(  # moto has no event data stores
        [
            answer(
                "cloudtrail", "ListEventDataStores", {"EventDataStores": [{"EventDataStoreArn": f"{arn}b"}]}, asking="further"
            ),
            answer(
                "cloudtrail",
                "ListEventDataStores",
                {"EventDataStores": [{"EventDataStoreArn": f"{arn}a"}], "NextToken": "further"},
            ),
            answer("cloudtrail", "GetEventDataStore", detail),
        ]
    )
    found = resources(collect(clients=["cloudtrail"]), "cloudtrail", "eventdatastore")
    assert {item.id for item in found} == {f"{arn}a", f"{arn}b"}
    assert {(item.role, item.key) for item in found} == {(Role.TELEMETRY, detail["KmsKeyId"])}


def test_a_backup_plan_names_every_vault_that_it_copies_to(client: Client, collect: Collect) -> None:
    make_plan(client, AWAY, OTHERS)
    collected = collect(clients=["backup"])
    assert not collected.failures
    (plan,) = resources(collected, "backup")  # the vault is empty: nothing is there
    assert (plan.type, plan.role, links(plan, AwsRelation.COPY)) == ("backup-plan", None, {AWAY, OTHERS})


def test_recovery_points_of_a_vault_are_read_page_after_page_and_say_where_they_were_copied_from(
    collect: Collect, aws: AwsServer
) -> None:
    vault = f"arn:aws:backup:eu-central-1:{ACCOUNT}:backup-vault:kluis"
    vaults = {"BackupVaultList": [{"BackupVaultName": "kluis", "BackupVaultArn": vault, "NumberOfRecoveryPoints": 2}]}
    point = {"RecoveryPointArn": "arn:1", "BackupVaultArn": vault, "SourceBackupVaultArn": AWAY}
    aws.set_rules(  # moto counts no recovery points
        [
            answer("backup", "ListBackupVaults", vaults),
            answer(
                "backup", "ListRecoveryPoints*", {"RecoveryPoints": [{**point, "RecoveryPointArn": "arn:2"}]}, asking="further"
            ),
            answer("backup", "ListRecoveryPoints*", {"RecoveryPoints": [point], "NextToken": "further"}),
        ]
    )
    collected = collect(clients=["backup"])
    assert not collected.failures
    assert [item.role for item in resources(collected, "backup", "backup-vault")] == [Role.BACKUP]
    found = resources(collected, "backup", "recovery-point")
    assert {item.id for item in found} == {"arn:1", "arn:2"}
    assert {target for item in found for target in links(item, AwsRelation.SOURCE)} == {AWAY}


# -- refusals ---------------------------------------------------------------------------------------------------------

DENIED = {
    "elasticloadbalancing": (
        "DescribeLoadBalancers",
        ("elb", "elbv2"),
        ("elb:DescribeLoadBalancers", "elbv2:DescribeLoadBalancers"),
    ),
    "autoscaling": ("Describe*", ("autoscaling",), ("autoscaling:DescribeAutoScalingGroups",)),
    "backup": ("ListBackupVaults", ("backup",), ("backup:ListBackupVaults",)),
    "cloudtrail": ("DescribeTrails", ("cloudtrail",), ("cloudtrail:DescribeTrails",)),
    "eks": ("ListClusters", ("eks",), ("eks:ListClusters",)),
    "lambda": ("ListFunctions", ("lambda",), ("lambda:ListFunctions",)),
    "outposts": ("ListOutposts", ("outposts",), ("outposts:ListOutposts",)),
    "iam": ("ListRoles", ("iam",), ("iam:ListRoles",)),
    "route53": ("ListHostedZones", ("route53",), ("route53:ListHostedZones",)),
    "cloudfront": ("ListDistributions", ("cloudfront",), ("cloudfront:ListDistributions",)),
}
"""By name in the signature: the operation refused, the services whose row says so, and the scopes of the failures."""


def test_a_list_that_is_refused_is_denied_in_the_ledger_with_its_permission_and_no_other_service_suffers(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    make_networks(client)
    aws.set_rules([Rule(service=name, action=said[0], code="AccessDeniedException") for name, said in DENIED.items()])
    collected = collect(clients=["ec2", *(service for _, services, _ in DENIED.values() for service in services)])
    for _, services, scopes in DENIED.values():
        for service, scope in zip(services, scopes, strict=True):
            assert {row.outcome for row in rows(collected, service).values()} == {AwsOutcome.DENIED}, service
            assert all(row.unread == (scope,) for row in rows(collected, service).values())
            details = [failure.detail for failure in collected.failures if failure.scope == scope]
            assert details
            assert all("missing permission" in detail for detail in details), scope
    assert {row.outcome for row in rows(collected, "ec2").values()} == {AwsOutcome.COMPLETE}


def test_what_a_refused_list_could_have_led_to_stays_open_as_well() -> None:
    asked = {item.scope: set(item.roles) for item in questions(SERVICES)}
    assert asked["eks:ListClusters"] == {Role.CONTROL_PLANE, Role.IDENTITY, Role.COMPUTE}
    assert asked["eks:DescribeCluster"] == {Role.CONTROL_PLANE, Role.IDENTITY}
    assert asked["eks:ListFargateProfiles"] == {Role.COMPUTE}


def test_a_record_list_that_was_refused_for_one_zone_keeps_the_zone_and_says_so(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    make_zone(client, "kantoor.example", record("www.kantoor.example", "A", "192.0.2.1"))
    aws.set_rules([Rule(service="route53", action="ListResourceRecordSets", code="AccessDenied")])
    collected = collect(clients=["route53"])
    assert [item.type for item in resources(collected, "route53")] == ["hostedzone"]
    (failure,) = collected.failures
    assert (failure.scope, "1 of 1" in failure.detail) == ("route53:ListResourceRecordSets", True)


def test_a_list_that_grows_beyond_its_bound_is_cut_off_and_counts_as_not_read_to_its_end(aws: AwsServer) -> None:
    first = {"RecoveryPoints": [{"RecoveryPointArn": f"arn:{number}"} for number in range(3)], "NextToken": "further"}
    aws.set_rules([answer("backup", "ListRecoveryPoints*", first)])
    (read,) = (read for read in backup.SERVICE.reads if read.within)
    session = Sessions().open(Access(ACCOUNT))
    vault = {"BackupVaultName": "kluis"}
    found = list_within(session, backup.SERVICE, replace(read, limit=3), vault, "eu-central-1", Budget.of(10))
    assert len(found.items) == 3
    assert found.problem is not None
    assert found.problem.reason is FailureReason.TOO_LARGE
