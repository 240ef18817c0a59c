"""The collector against moto over HTTP: what it finds, what the ledger says, and what a refusal does to the rest of the run."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from herkomst.collectors.aws.access import Access
from herkomst.collectors.aws.account import ACCESS_SERVICES
from herkomst.collectors.aws.calls import Budget, list_items
from herkomst.collectors.aws.policy import allowed_actions
from herkomst.collectors.aws.service import questions
from herkomst.collectors.aws.services import kms
from herkomst.collectors.aws.sessions import Sessions
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, ENABLED, NOT_ENABLED, AwsServer
from herkomst.scanner.engine import Collected
from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsLink, AwsOutcome, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure, FailureReason
from servers.aws_estate import CORE, Client, Collect, make_bucket, make_databases, make_volume, services_of

MEMBER = "444455556666"


def resources(collected: Collected, type_: str = "") -> list[AwsResource]:
    found = [item.content for item in collected.observations if isinstance(item.content, AwsResource)]
    return [item for item in found if item.role and type_ in ("", item.type)]


def ledger(collected: Collected) -> dict[tuple[str, str], AwsOutcome]:
    rows = [item.content for item in collected.observations if isinstance(item.content, AwsCoverage)]
    found = {(row.region, row.service): row.outcome for row in rows if row.account == ACCOUNT}
    assert len(found) == sum(row.account == ACCOUNT for row in rows), "one row for each Region and service"
    return found


def accounts(collected: Collected) -> list[AwsAccount]:
    return [item.content for item in collected.observations if isinstance(item.content, AwsAccount)]


def failures_of(collected: Collected, scope: str) -> list[Failure]:
    return [failure for failure in collected.failures if failure.scope == scope]


# -- what is found --------------------------------------------------------------------------------------------------


def test_what_an_account_has_is_found_with_its_region_zone_and_role(client: Client, collect: Collect) -> None:
    volume = make_volume(client)
    make_bucket(client, "archief", "eu-west-1")
    make_databases(client, "zaken")
    key = client("kms", "us-east-1").create_key(MultiRegion=True)["KeyMetadata"]["Arn"]
    collected = collect()
    assert not collected.failures
    found = {item.id: item for item in resources(collected)}
    assert (found[volume].region, found[volume].zone, found[volume].role) == ("eu-central-1", "eu-central-1a", Role.STORAGE)
    assert (found["archief"].region, found["archief"].is_zonal, found["archief"].role) == ("eu-west-1", False, Role.STORAGE)
    database = found[f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:zaken"]
    assert (database.zone, database.role) == ("eu-central-1a", Role.DATABASE)
    assert dict(found[key].attributes) == {"manager": "CUSTOMER", "origin": "AWS_KMS", "multi_region": "PRIMARY"}


def test_where_a_bucket_replicates_to_is_read_from_its_rules(client: Client, collect: Collect) -> None:
    make_bucket(client, "kopie", "eu-west-1")
    make_bucket(client, "archief", "eu-central-1", replicates_to="kopie")
    found = {item.id: item.links for item in resources(collect(), "bucket")}
    assert found == {"kopie": (), "archief": (AwsLink(AwsRelation.REPLICA, "arn:aws:s3:::kopie"),)}


def test_a_machine_that_was_ended_is_not_there_and_one_that_runs_shows_its_public_address(
    client: Client, collect: Collect
) -> None:
    ec2 = client("ec2")
    image = ec2.register_image(Name="eigen")["ImageId"]
    kept, ended = (ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"] for _ in range(2))
    ec2.terminate_instances(InstanceIds=[ended])
    found = resources(collect(), "instance")
    assert [item.id for item in found] == [kept]
    assert found[0].addresses
    assert found[0].names


def pages_of_keys(*, wait_s: float = 0.0) -> list[Rule]:
    """Return the rules for a list of keys in two answers; moto gives every list in one."""
    arn = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/"
    first = {"Keys": [{"KeyId": "a", "KeyArn": arn + "a"}], "Truncated": True, "NextMarker": "further"}
    last = {"Keys": [{"KeyId": "b", "KeyArn": arn + "b"}], "Truncated": False}
    listing = Rule(service="kms", region="eu-central-1", action="ListKeys", wait_s=wait_s)
    details = Rule(service="kms", action="DescribeKey", body='{"KeyMetadata": {"KeyId": "a", "KeyManager": "AWS"}}')
    return [replace(listing, body=json.dumps(last), asking="further"), replace(listing, body=json.dumps(first)), details]


def test_a_list_of_many_pages_is_read_to_the_end(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules(pages_of_keys())
    collected = collect()
    assert {item.id[-1] for item in resources(collected, "key")} == {"a", "b"}
    rows = [item.content for item in collected.observations if isinstance(item.content, AwsCoverage)]
    assert next(row.calls for row in rows if (row.region, row.service) == ("eu-central-1", "kms")) == 2 + 2 + 1


def test_details_of_many_items_are_asked_for_each_of_them(client: Client, collect: Collect, aws: AwsServer) -> None:
    kms = client("kms")
    made = {kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["Arn"] for _ in range(30)}
    aws.set_rules([])
    found = {item.id: dict(item.attributes)["origin"] for item in resources(collect(), "key")}
    assert found == dict.fromkeys(made, "EXTERNAL")
    assert sum(call.action == "DescribeKey" for call in aws.calls()) == 30


# -- the ledger -----------------------------------------------------------------------------------------------------


def test_the_ledger_has_one_outcome_for_each_region_and_service_and_names_regions_that_are_not_enabled(
    client: Client, collect: Collect
) -> None:
    make_volume(client)
    found = ledger(collect())
    regional = {(region, service.client) for region in ENABLED for service in services_of(*CORE) if service.reach == "region"}
    once = {("aws-global", service.client) for service in services_of(*CORE) if service.reach == "global"}
    assert set(found) == regional | once | {(region, "") for region in NOT_ENABLED}
    assert found["eu-central-1", "ec2"] is AwsOutcome.COMPLETE
    assert found["eu-central-1", "rds"] is AwsOutcome.EMPTY
    assert {found[region, ""] for region in NOT_ENABLED} == {AwsOutcome.NOT_ENABLED}


def test_the_same_account_gives_the_same_observations_twice(client: Client, collect: Collect) -> None:
    make_volume(client)
    make_bucket(client, "archief", "eu-central-1")
    assert {item.id for item in collect().observations} == {item.id for item in collect().observations}


def test_a_denied_region_is_in_the_ledger_names_the_permission_and_stops_nothing_else(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    volume = make_volume(client)
    aws.set_rules([Rule(service="ec2", region="eu-west-1", action="Describe[!R]*", code="UnauthorizedOperation")])
    collected = collect()
    assert ledger(collected)["eu-west-1", "ec2"] is AwsOutcome.DENIED
    assert ledger(collected)["eu-central-1", "ec2"] is AwsOutcome.COMPLETE
    assert [item.id for item in resources(collected)] == [volume]
    (failure,) = failures_of(collected, "ec2:DescribeVolumes")
    assert (failure.subject, failure.reason, failure.retryable) == (f"{ACCOUNT}/eu-west-1", FailureReason.DENIED, False)
    assert "eu-west-1, ec2:DescribeVolumes" in failure.detail
    assert '"Action": "ec2:DescribeVolumes"' in failure.detail


@pytest.mark.parametrize(
    ("code", "status", "outcome", "reason", "retryable"),
    [
        ("ThrottlingException", 400, AwsOutcome.THROTTLED_OUT, FailureReason.THROTTLED, True),
        ("InternalFailure", 500, AwsOutcome.UNREACHABLE, FailureReason.SERVFAIL, True),
        ("ExpiredTokenException", 400, AwsOutcome.DENIED, FailureReason.DENIED, False),
        ("SubscriptionRequiredException", 400, AwsOutcome.NOT_ENABLED, FailureReason.DENIED, False),
        ("SomethingElse", 400, AwsOutcome.UNREACHABLE, FailureReason.REFUSED, False),
    ],
)
def test_what_a_service_refuses_with_is_an_outcome_and_a_failure(
    code: str,
    status: int,
    outcome: AwsOutcome,
    reason: FailureReason,
    retryable: bool,
    collect: Collect,
    aws: AwsServer,
) -> None:
    aws.set_rules([Rule(service="kms", region="us-east-1", action="ListKeys", code=code, status=status)])
    collected = collect()
    assert ledger(collected)["us-east-1", "kms"] is outcome
    (failure,) = collected.failures
    assert (failure.scope, failure.reason, failure.retryable) == ("kms:ListKeys", reason, retryable)


def test_what_came_before_a_refusal_is_kept_and_the_rest_is_not_taken_for_absent(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    make_bucket(client, "archief", "eu-central-1")
    aws.set_rules([Rule(service="s3", action="GetBucketReplication", code="AccessDenied")])
    collected = collect()
    assert [item.id for item in resources(collected)] == ["archief"]
    assert ledger(collected)["aws-global", "s3"] is AwsOutcome.DENIED
    (failure,) = collected.failures
    assert failure.scope == "s3:GetBucketReplication"
    assert "1 of 1" in failure.detail
    assert "s3:GetReplicationConfiguration" in failure.detail


def test_an_answer_that_is_no_answer_is_malformed(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules([Rule(service="ec2", action="DescribeVolumes", region="eu-west-1", body="<not xml")])
    (failure,) = collect().failures
    assert (failure.scope, failure.reason) == ("ec2:DescribeVolumes", FailureReason.MALFORMED)


def test_a_page_token_that_repeats_ends_the_list_as_a_failure(collect: Collect, aws: AwsServer) -> None:
    page = '{"Keys": [], "Truncated": true, "NextMarker": "again"}'
    aws.set_rules([Rule(service="kms", action="ListKeys", region="eu-west-1", body=page)])
    collected = collect()
    (failure,) = collected.failures
    assert (failure.scope, failure.reason) == ("kms:ListKeys", FailureReason.MALFORMED)
    assert ledger(collected)["eu-west-1", "kms"] is AwsOutcome.UNREACHABLE


def test_a_list_that_takes_longer_than_there_is_time_is_cut_off_and_what_was_read_is_kept(aws: AwsServer) -> None:
    aws.set_rules(pages_of_keys(wait_s=0.4))
    (read,) = (read for read in kms.SERVICE.reads if read.operation == "ListKeys")
    answer = list_items(Sessions().open(Access(ACCOUNT)), kms.SERVICE, read, "eu-central-1", Budget.of(0.3))
    assert [item["KeyId"] for item in answer.items] == ["a"]
    assert answer.problem is not None
    assert answer.problem.reason is FailureReason.TIMEOUT


# -- access ---------------------------------------------------------------------------------------------------------


def test_credentials_of_another_account_are_said_to_be_so_and_nothing_is_read(collect: Collect, aws: AwsServer) -> None:
    collected = collect(MEMBER)
    assert not collected.observations
    (failure,) = collected.failures
    assert (failure.subject, failure.kind, failure.reason) == (MEMBER, "aws.account", FailureReason.DENIED)
    assert "another account" in failure.detail
    assert {call.action for call in aws.calls()} == {"GetCallerIdentity"}


def test_a_role_is_taken_on_with_the_external_id_and_its_account_is_read(collect: Collect, aws: AwsServer) -> None:
    with_it = Rule(service="sts", action="AssumeRole", asking="ExternalId=a-long-random-text")
    aws.set_rules([with_it, Rule(service="sts", action="AssumeRole", code="AccessDenied")])
    collected = collect(MEMBER, role_arn=f"arn:aws:iam::{MEMBER}:role/herkomst-read", external_id="a-long-random-text")
    assert [item.account for item in accounts(collected)] == [MEMBER]
    assert not collected.failures
    assert sum(call.action == "AssumeRole" for call in aws.calls()) == 1  # one session an account


def test_a_role_that_may_not_be_taken_on_is_a_failure_that_names_no_id(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules([Rule(service="sts", action="AssumeRole", code="AccessDenied")])
    collected = collect(MEMBER, role_arn=f"arn:aws:iam::{MEMBER}:role/herkomst-read", external_id="a-long-random-text")
    (failure,) = collected.failures
    assert failure.reason is FailureReason.DENIED
    assert "a-long-random-text" not in failure.detail
    assert MEMBER not in failure.detail


def test_without_credentials_nothing_is_asked_and_the_failure_says_how_to_give_them(
    collect: Collect, aws: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (failure,) = collect().failures
    assert failure.reason is FailureReason.DENIED
    assert "AWS_PROFILE" in failure.detail
    assert not aws.calls()


def test_a_profile_that_is_not_there_is_a_failure_and_no_crash(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "bestaat-niet")
    failures = collect().failures
    assert {failure.reason for failure in failures} == {FailureReason.DENIED}
    assert all("bestaat-niet" in failure.detail for failure in failures)


def test_every_member_of_an_organisation_is_read_through_the_named_role(client: Client, collect: Collect, aws: AwsServer) -> None:
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    status = organizations.create_account(Email="lid@voorbeeld.example", AccountName="lid")["CreateAccountStatus"]
    member = status["AccountId"]
    aws.set_rules([])
    collected = collect(member_role="herkomst-read")
    assert {item.account for item in accounts(collected)} == {ACCOUNT, member}
    assert next(item.members for item in accounts(collected) if item.account == ACCOUNT) == (member,)
    assert not collected.failures
    without = collect()
    assert [item.members for item in accounts(without)] == [()]


def test_an_organisation_whose_members_may_not_be_listed_is_read_but_for_them(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules([Rule(service="organizations", action="ListAccounts", code="AccessDeniedException", status=400)])
    collected = collect(member_role="herkomst-read")
    (failure,) = collected.failures
    assert (failure.subject, failure.kind, failure.scope) == (ACCOUNT, "aws.account", "organizations:ListAccounts")
    assert ledger(collected)


# -- least privilege ------------------------------------------------------------------------------------------------


def test_every_call_that_is_made_is_in_the_shipped_policy_and_every_permission_is_used(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    client("organizations").create_organization(FeatureSet="ALL")
    make_bucket(client, "archief", "eu-central-1")
    client("kms").create_key()
    aws.set_rules([])
    collect(member_role="herkomst-read")
    made = {f"{call.service}:{call.action}" for call in aws.calls()}
    declared = {item.scope for item in questions(services_of(*CORE))}
    extra = {"sts:GetCallerIdentity", "ec2:DescribeRegions", "organizations:ListAccounts"}
    assert made == declared | extra
    assert len(allowed_actions((*ACCESS_SERVICES, *services_of(*CORE)))) == len(made)


def test_nothing_that_could_be_a_secret_is_in_what_was_collected(collect: Collect, aws: AwsServer) -> None:
    collected = collect(MEMBER, role_arn=f"arn:aws:iam::{MEMBER}:role/herkomst-read", external_id="a-long-random-text")
    text = repr(collected)
    for secret in ("a-long-random-text", "laboratory", "ASIA"):
        assert secret not in text
