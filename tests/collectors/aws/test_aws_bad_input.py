"""What goes wrong with an account, one by one: the message names place and remedy, the rest of the run is whole, and nothing is taken for absent.

Elsewhere: no credentials, a profile that is not there, credentials of another account, and an answer that is none (`test_aws_collector`); a page token that
repeats (there, and in `test_aws_data_at_rest`); a hundred thousand volumes (`scripts/bench aws`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from herkomst.collectors.aws import sessions
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, ENABLED, AwsServer, regions_rule
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.engine import Collected
from herkomst.scanner.model.aws import AwsCoverage, AwsOutcome, AwsResource
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Organisation, SaidBy, System
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.verdict import Reason, Status
from herkomst.scanner.verdicts.judge import judge_claim
from inside_account import AT, embedded_knowledge
from servers.aws_estate import Client, Collect, make_volume

MEMBER = "444455556666"
ROLE = {"role_arn": f"arn:aws:iam::{MEMBER}:role/herkomst-read", "external_id": "not-the-right-text"}


def outcomes(collected: Collected, service: str) -> dict[str, AwsOutcome]:
    rows = [item.content for item in collected.observations if isinstance(item.content, AwsCoverage)]
    return {row.region: row.outcome for row in rows if row.service == service}


def judged(collected: Collected, key: str, *values: str) -> tuple[Status, Reason | None]:
    """Judge one claim on what was collected."""
    owner, asset = Organisation("Gemeente Voorbeeld"), Asset(AssetKind.AWS, ACCOUNT)
    claim = Claim(key, Operator.IS, values, SaidBy.SUPPLIER)
    system = System("zaken", owner, None, (asset,), frozenset(), (claim,))
    evidence = Evidence(collected.observations, collected.failures)
    picture = attribute(asset, evidence, Outlook(embedded_knowledge(), owner, AT.date()))
    verdict = judge_claim(system, claim, [picture], Context(embedded_knowledge(), system, AT.date()))
    return verdict.status, verdict.reason


# -- getting in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("ExpiredToken", "sign in again"),
        ("RequestTimeTooSkewed", "this machine's clock"),
        ("SignatureDoesNotMatch", "this machine's clock"),
        ("InvalidClientTokenId", "access key is not accepted"),
    ],
)
def test_credentials_that_are_refused_say_why_and_nothing_is_none_found(
    code: str, remedy: str, collect: Collect, aws: AwsServer
) -> None:
    aws.set_rules([Rule(service="sts", code=code)])
    collected = collect()
    (failure,) = collected.failures
    assert (failure.subject, failure.scope, failure.reason) == (ACCOUNT, "sts:GetCallerIdentity", FailureReason.DENIED)
    assert code in failure.detail
    assert remedy in failure.detail
    assert "missing permission" not in failure.detail  # which would not help
    assert judged(collected, "storage.country", "DE") == (Status.NOT_MEASURED, Reason.DENIED)


def test_a_wrong_external_id_or_a_role_that_asks_for_mfa_is_named_as_a_possible_cause(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules([Rule(service="sts", action="AssumeRole", code="AccessDenied")])
    (failure,) = collect(MEMBER, **ROLE).failures
    assert (failure.subject, failure.reason) == (MEMBER, FailureReason.DENIED)
    for said in ("role_arn", "external_id", "MFA", '"Action": "sts:AssumeRole"'):
        assert said in failure.detail
    assert ROLE["external_id"] not in failure.detail


def test_a_member_whose_role_is_refused_leaves_the_other_accounts_whole(client: Client, collect: Collect, aws: AwsServer) -> None:
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    made = organizations.create_account(Email="lid@voorbeeld.example", AccountName="lid")["CreateAccountStatus"]["AccountId"]
    make_volume(client)
    aws.set_rules([Rule(service="sts", action="AssumeRole", code="AccessDenied")])
    collected = collect(member_role="herkomst-read")
    assert {failure.subject for failure in collected.failures} == {made}
    assert "the organisation" in collected.failures[0].detail
    assert outcomes(collected, "ec2")["eu-central-1"] is AwsOutcome.COMPLETE


def test_a_profile_that_asks_for_a_code_is_a_failure_and_no_question_in_the_middle_of_a_scan(
    collect: Collect, aws: AwsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = (
        f"[profile code]\nrole_arn = {ROLE['role_arn']}\nsource_profile = basis\nmfa_serial = arn:aws:iam::{MEMBER}:mfa/ik\n"
    )
    keys = "[profile basis]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = laboratory\n"
    (tmp_path / "config").write_text(profile + keys, encoding="utf-8")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "code")
    collected = collect()
    (failure,) = collected.failures
    assert failure.reason is FailureReason.DENIED
    assert "MFA" in failure.detail
    assert "get-session-token" in failure.detail
    assert judged(collected, "storage.country", "DE") == (Status.NOT_MEASURED, Reason.DENIED)
    assert not aws.calls()


# -- a Region, a service --------------------------------------------------------------------------------------------


def test_a_service_that_throttles_every_call_is_not_measured_and_the_others_are_whole(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    make_volume(client)
    aws.set_rules([Rule(service="kms", code="ThrottlingException", status=400)])
    collected = collect()
    assert outcomes(collected, "kms") == dict.fromkeys(ENABLED, AwsOutcome.THROTTLED_OUT)
    assert outcomes(collected, "ec2")["eu-central-1"] is AwsOutcome.COMPLETE
    assert {failure.reason for failure in collected.failures} == {FailureReason.THROTTLED}
    assert judged(collected, "keys.country", "DE") == (Status.NOT_MEASURED, Reason.THROTTLED)
    assert judged(collected, "compute.region", "eu-central-1")[1] is not Reason.THROTTLED


def test_a_region_that_does_not_answer_in_time_is_unreachable_and_the_others_are_whole(
    client: Client, collect: Collect, aws: AwsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "READ_S", 0.5)
    monkeypatch.setattr(sessions, "ATTEMPTS", 1)
    volume = make_volume(client)
    aws.set_rules([Rule(region="eu-west-1", wait_s=1.0)])
    collected = collect()
    regional = {service: outcomes(collected, service)["eu-west-1"] for service in ("ec2", "kms", "rds")}
    assert regional == dict.fromkeys(("ec2", "kms", "rds"), AwsOutcome.UNREACHABLE)
    assert {failure.subject for failure in collected.failures} == {f"{ACCOUNT}/eu-west-1"}
    assert {failure.reason for failure in collected.failures} == {FailureReason.TIMEOUT}
    assert volume in {item.content.id for item in collected.observations if isinstance(item.content, AwsResource)}
    assert judged(collected, "storage.country", "DE") == (Status.NOT_MEASURED, Reason.TIMEOUT)


def test_a_region_and_a_zone_that_nobody_knows_are_no_country(collect: Collect, aws: AwsServer) -> None:
    volume = (
        '<DescribeVolumesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><volumeSet><item><volumeId>vol-1</volumeId>'
        "<status>hibernating</status><availabilityZone>eu-nergens-9a</availabilityZone></item></volumeSet></DescribeVolumesResponse>"
    )
    empty = '<Empty xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"/>'
    aws.set_rules(
        [
            regions_rule(("eu-central-1", "eu-nergens-9"), ()),
            Rule(service="ec2", region="eu-nergens-9", action="DescribeVolumes", body=volume),
            Rule(service="ec2", region="eu-nergens-9", body=empty),
        ]
    )
    collected = collect(clients=["ec2"])
    assert not collected.failures
    (found,) = (item.content for item in collected.observations if isinstance(item.content, AwsResource) and item.content.role)
    assert (found.id, found.region) == ("vol-1", "eu-nergens-9")
    assert judged(collected, "storage.country", "DE") == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)
