"""`lockin.managed-services` against moto: what the account's own lists show of services that only AWS offers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from account_scan import AccountScan, declare
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import AwsServer
from running import run_program
from servers.aws_estate import Client

KEY = "lockin.managed-services"


def scan(folder: Path, aws: AwsServer, *rules: Rule) -> dict[str, Any]:
    """Scan the account, and return what was found of three claims by what each allows."""
    aws.set_rules(rules)
    done = AccountScan(folder, aws, declare((KEY, allowed) for allowed in ("", "dynamodb, sqs", '"40%"')))
    return {", ".join(verdict["expected"]): verdict for verdict in done.document["verdicts"]}


def make_estate(client: Client) -> None:
    """Make two tables and a queue (proprietary), a bucket (portable) and two disks (plain)."""
    for name in ("zaken", "personen"):
        client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    client("sqs").create_queue(QueueName="meldingen")
    client("s3").create_bucket(Bucket="archief-voorbeeld", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    for _ in range(2):
        client("ec2").create_volume(AvailabilityZone="eu-central-1a", Size=1)


def test_the_services_in_use_are_listed_counted_and_compared(client: Client, aws: AwsServer, tmp_path: Path) -> None:
    make_estate(client)
    found = scan(tmp_path, aws)
    assert (found[""]["status"], found[""]["reason"]) == ("contradicted", "undeclared_service")
    assert found[""]["observed"] == ["dynamodb", "sqs"]
    assert [part["endpoint"] for part in found[""]["parts"]] == ["Amazon DynamoDB (2)", "Amazon SQS (1)"]
    assert (found["dynamodb, sqs"]["status"], found["dynamodb, sqs"]["reason"]) == ("consistent", None)
    assert found["40%"]["status"] == "contradicted"
    assert "50% (2/4)" in found["40%"]["observed"]
    said = run_program("explain", found["40%"]["id"], "--lang", "nl", folder=tmp_path, env=aws.environment).stdout
    said = " ".join(said.split())
    for line in (
        "Alleen deze cloud heeft dit",
        "Amazon DynamoDB (2)",
        "Amazon S3 (1)",
        "Amazon EC2 and EBS (2)",
        "hoogstens 40%",
    ):
        assert line in said, said


def test_a_refused_list_leaves_open_only_what_it_could_have_changed(client: Client, aws: AwsServer, tmp_path: Path) -> None:
    make_estate(client)
    found = scan(tmp_path, aws, Rule(service="sqs", action="ListQueues", code="AccessDeniedException"))
    assert (found[""]["status"], found["dynamodb, sqs"]["status"]) == ("contradicted", "consistent")
    assert (found["40%"]["status"], found["40%"]["reason"]) == ("not_measured", "denied")
    assert "33.3% - 50%" in found["40%"]["observed"]
