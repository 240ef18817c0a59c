"""Row 41 of the cases, against moto: `keys.custody` by what the account's own answers say of its keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from running import run_program
from servers.aws_estate import Client


def judged(folder: Path, aws: AwsServer, *rules: Rule) -> dict[str, Any]:
    """Scan the account, and return the verdict on `keys.custody: customer`."""
    aws.set_rules(rules)
    path = folder / "zaken.yaml"
    path.write_text(
        "herkomst: 1\norganisation: {name: Gemeente Voorbeeld}\nsystems:\n  - name: zaaksysteem\n    assets:\n"
        f'      aws: [{{account: "{ACCOUNT}"}}]\n    claims: [{{claim: keys.custody, is: [customer], said_by: supplier}}]\n',
        encoding="utf-8",
    )
    done = run_program("scan", path, "--format", "json", folder=folder, env=aws.environment)
    assert done.stdout, done.stderr
    (verdict,) = json.loads(done.stdout)["verdicts"]
    return dict(verdict)


def encrypted_volume(client: Client, origin: str = "") -> str:
    """Make a disk with a key of its own in that origin, or with the key that AWS manages; return the key's ARN."""
    given = {"KmsKeyId": client("kms").create_key(Origin=origin)["KeyMetadata"]["Arn"]} if origin else {}
    volume = client("ec2").create_volume(AvailabilityZone="eu-central-1a", Size=1, Encrypted=True, **given)
    return str(volume["KmsKeyId"])


def described(arn: str, manager: str, origin: str) -> Rule:
    """The answer of KMS about one key: what moto does not know of a key's maker and store."""
    said = {"KeyId": arn.rpartition("/")[2], "Arn": arn, "KeyManager": manager, "Origin": origin}
    return Rule(service="kms", action="DescribeKey", asking=said["KeyId"], body=json.dumps({"KeyMetadata": said}))


def test_case_41_a_disk_under_a_key_that_aws_manages_contradicts(client: Client, aws: AwsServer, tmp_path: Path) -> None:
    arn = encrypted_volume(client)
    verdict = judged(tmp_path, aws, described(arn, "AWS", "AWS_KMS"))
    assert (verdict["status"], verdict["reason"], verdict["observed"]) == ("contradicted", "other_key_holder", ["provider"])


def test_case_41_a_disk_under_a_key_in_an_external_store_is_consistent(client: Client, aws: AwsServer, tmp_path: Path) -> None:
    arn = encrypted_volume(client, "AWS_KMS")
    verdict = judged(tmp_path, aws, described(arn, "CUSTOMER", "EXTERNAL_KEY_STORE"))
    assert (verdict["status"], verdict["observed"]) == ("consistent", ["customer", "external-hsm"])


@pytest.mark.parametrize("origin", ["AWS_KMS", "EXTERNAL"])
def test_a_disk_under_a_key_of_the_customer_that_aws_keeps_is_open(
    origin: str, client: Client, aws: AwsServer, tmp_path: Path
) -> None:
    encrypted_volume(client, origin)
    verdict = judged(tmp_path, aws)
    assert (verdict["status"], verdict["reason"]) == ("unverifiable", "key_shared")


def test_a_key_that_may_not_be_described_leaves_custody_not_measured(client: Client, aws: AwsServer, tmp_path: Path) -> None:
    encrypted_volume(client, "AWS_KMS")
    verdict = judged(tmp_path, aws, Rule(service="kms", action="DescribeKey", code="AccessDeniedException"))
    assert (verdict["status"], verdict["reason"]) == ("not_measured", "denied")
