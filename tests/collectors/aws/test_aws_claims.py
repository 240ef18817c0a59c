"""From a declaration with an `aws:` asset to judged claims, through the program itself, against moto over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from account_scan import AccountScan, declare, status_when_whole, unread_services
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.claim import Role
from running import run_program
from servers.aws_estate import Client, make_bucket, make_databases, make_volume

CLAIMS = (("storage.country", "DE"), ("database.country", "EU"), ("storage.jurisdiction", "EU"))
DATABASES_STATUS = status_when_whole(Role.DATABASE)


def test_a_german_claim_is_contradicted_by_a_replica_in_dublin_and_the_explanation_names_it(
    aws: AwsServer, client: Client, tmp_path: Path
) -> None:
    make_volume(client)
    make_databases(client, "zaken")
    make_bucket(client, "kopie", "eu-west-1")
    make_bucket(client, "archief", "eu-central-1", replicates_to="kopie")
    scanned = AccountScan(tmp_path, aws, declare(CLAIMS))
    verdict = scanned.verdict("storage.country")
    assert (verdict["status"], verdict["reason"]) == ("contradicted", "control_plane_elsewhere")
    assert verdict["observed"] == ["DE", "IE"]
    by_endpoint = {part["endpoint"]: part["status"] for part in verdict["parts"]}
    assert by_endpoint["kopie"] == "contradicted"
    assert scanned.verdict("storage.jurisdiction")["status"] == "contradicted"
    assert scanned.verdict("database.country")["status"] == DATABASES_STATUS
    assert scanned.exit_code == 1
    assert "s3 bucket kopie in eu-west-1" in scanned.explain("storage.country", "en")
    assert all(service in scanned.explain("database.country", "en") for service in unread_services(Role.DATABASE))
    dutch = scanned.explain("storage.country", "nl")
    assert "kopie" in dutch
    assert "Ierland" in dutch


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_a_region_that_is_denied_leaves_the_claim_not_measured_and_says_which_permission_is_missing(
    region: str, aws: AwsServer, client: Client, tmp_path: Path
) -> None:
    make_volume(client)
    make_databases(client, "zaken")
    aws.set_rules([Rule(service="ec2", region=region, action="DescribeVolumes", code="UnauthorizedOperation")])
    scanned = AccountScan(tmp_path, aws, declare(CLAIMS))
    verdict = scanned.verdict("storage.country")
    assert (verdict["status"], verdict["reason"]) == ("not_measured", "denied")
    assert scanned.verdict("database.country")["status"] == DATABASES_STATUS
    denied = [item for item in scanned.document["failures"] if item["reason"] == "denied"]
    assert [item["subject"] for item in denied] == [f"********{ACCOUNT[-4:]}/{region}"]
    assert scanned.exit_code == 1  # the law of the parent's state is known all the same


@pytest.mark.parametrize("refused", ["", "ExpiredToken", "AccessDenied"], ids=["answered", "expired token", "role refused"])
def test_no_secret_reaches_the_store_the_results_or_the_messages(
    refused: str, aws: AwsServer, client: Client, tmp_path: Path
) -> None:
    make_volume(client)
    external = "an-id-that-the-owner-asks-for"
    as_asked = Rule(service="sts", action="AssumeRole", code=refused, asking=f"ExternalId={external}")
    aws.set_rules([as_asked, Rule(service="sts", action="AssumeRole", code="AccessDenied")])
    secrets = {
        "AWS_ACCESS_KEY_ID": "AKIDONLYFORTHISTEST1",
        "AWS_SECRET_ACCESS_KEY": "only-for-this-test-0123456789",
        "AWS_SESSION_TOKEN": "token-of-this-test",
    }
    access = f'account: "{ACCOUNT}", role_arn: "arn:aws:iam::{ACCOUNT}:role/lezer", external_id: {external}'
    path = tmp_path / "zaken.yaml"
    path.write_text(declare(CLAIMS, access), encoding="utf-8")
    done = run_program("scan", path, "-vvv", "--show-account-ids", folder=tmp_path, env=aws.environment | secrets)
    assert done.stdout, done.stderr
    pages = [done.stdout + done.stderr]
    for form in ("html", "json", "jsonl"):
        again = run_program("report", "--format", form, "--show-account-ids", folder=tmp_path)
        assert again.returncode == 0, again.stderr
        pages.append(again.stdout + again.stderr)
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file() and file != path)
    assert "zaaksysteem" in pages[0], done.stderr
    assert any(call.service == "ec2" for call in aws.calls()) is not bool(refused)
    for secret in (*secrets.values(), external):
        assert all(secret not in page for page in pages), secret
        assert secret.encode() not in stored, secret
