"""From a declaration with an `aws:` asset to judged claims, through the program itself, against moto over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from herkomst.collectors.aws.registry import UNREAD
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.claim import Role
from running import run_program
from servers.aws_estate import Client, make_bucket, make_databases, make_volume

DECLARATION = """\
herkomst: 1
organisation: {name: Gemeente Voorbeeld}
systems:
  - name: zaaksysteem
    supplier: {name: Voorbeeld Software B.V.}
    assets:
      aws: [{account: "ACCOUNT"}]
    claims:
      - {claim: storage.country, is: [DE], said_by: supplier, source: offerte p. 12}
      - {claim: database.country, is: [EU], said_by: policy}
      - {claim: storage.jurisdiction, is: [EU], said_by: policy}
"""
UNREAD_DATABASES = [item.service for item in UNREAD if Role.DATABASE in item.roles]
DATABASES_STATUS = "consistent" if UNREAD_DATABASES else "confirmed"
"""Confirmed once every service that can hold a database is read."""


class Scanned:
    """What one scan of the declaration gave."""

    def __init__(self, folder: Path, aws: AwsServer) -> None:
        path = folder / "zaken.yaml"
        path.write_text(DECLARATION.replace("ACCOUNT", ACCOUNT), encoding="utf-8")
        self._folder, self._env = folder, aws.environment
        done = run_program("scan", path, "--format", "json", folder=folder, env=self._env)
        self.exit_code, self.stderr, self.text = done.returncode, done.stderr, done.stdout
        assert done.stdout, done.stderr
        self.document: dict[str, Any] = json.loads(done.stdout)

    def verdict(self, claim: str) -> dict[str, Any]:
        return next(item for item in self.document["verdicts"] if item["claim"] == claim)

    def explain(self, claim: str, language: str) -> str:
        done = run_program("explain", self.verdict(claim)["id"], "--lang", language, folder=self._folder, env=self._env)
        assert done.returncode == 0, done.stderr
        return " ".join(done.stdout.split())  # long lines are broken


def test_a_german_claim_is_contradicted_by_a_replica_in_dublin_and_the_explanation_names_it(
    aws: AwsServer, client: Client, tmp_path: Path
) -> None:
    make_volume(client)
    make_databases(client, "zaken")
    make_bucket(client, "kopie", "eu-west-1")
    make_bucket(client, "archief", "eu-central-1", replicates_to="kopie")
    scanned = Scanned(tmp_path, aws)
    verdict = scanned.verdict("storage.country")
    assert (verdict["status"], verdict["reason"]) == ("contradicted", "control_plane_elsewhere")
    assert verdict["observed"] == ["DE", "IE"]
    by_endpoint = {part["endpoint"]: part["status"] for part in verdict["parts"]}
    assert by_endpoint["kopie"] == "contradicted"
    assert scanned.verdict("storage.jurisdiction")["status"] == "contradicted"
    assert scanned.verdict("database.country")["status"] == DATABASES_STATUS
    assert scanned.exit_code == 1
    assert "s3 bucket kopie in eu-west-1" in scanned.explain("storage.country", "en")
    assert all(service in scanned.explain("database.country", "en") for service in UNREAD_DATABASES)
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
    scanned = Scanned(tmp_path, aws)
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
    role = f'account: "{ACCOUNT}", role_arn: "arn:aws:iam::{ACCOUNT}:role/lezer", external_id: {external}'
    path = tmp_path / "zaken.yaml"
    path.write_text(DECLARATION.replace('account: "ACCOUNT"', role), encoding="utf-8")
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
