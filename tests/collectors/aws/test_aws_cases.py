"""Rows 37 to 42 of the cases, from an account that moto serves over HTTP to the verdicts of the program itself.

Row 41 is among the tests of custody, row 43 among those of the demonstration's cloud. The same rows on hand-built scenes: test_inside.py.
"""

from __future__ import annotations

from pathlib import Path

from account_scan import AccountScan, declare
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer, regions_rule
from servers.aws_entry_estate import FOREIGN, make_plan
from servers.aws_estate import Client, make_bucket, make_volume

STORED_IN_GERMANY = ("storage.country", "DE")
ONE_REGION = regions_rule(("eu-central-1",), ())
"""Enough for most rows: each Region takes a scan a second."""


def test_case_37_all_in_frankfurt_is_confirmed_until_one_region_is_denied(aws: AwsServer, client: Client, tmp_path: Path) -> None:
    make_bucket(client, "archief", "eu-central-1")
    make_volume(client)
    regions = regions_rule(("eu-central-1", "eu-west-1"), ())
    aws.set_rules([regions])
    scanned = AccountScan(tmp_path, aws, declare([STORED_IN_GERMANY]))
    assert scanned.outcome("storage.country") == ("confirmed", None)
    assert scanned.exit_code == 0
    denied = Rule(service="ec2", region="eu-west-1", action="DescribeVolumes", code="UnauthorizedOperation")
    aws.set_rules([regions, denied])
    again = AccountScan(tmp_path, aws, declare([STORED_IN_GERMANY]))
    assert again.outcome("storage.country") == ("not_measured", "denied")
    assert again.exit_code == 3


def test_case_38_a_replica_in_dublin_and_a_backup_in_virginia_contradict(aws: AwsServer, client: Client, tmp_path: Path) -> None:
    make_bucket(client, "kopie", "eu-west-1")
    make_bucket(client, "archief", "eu-central-1", replicates_to="kopie")
    make_plan(client, f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:elders")
    scanned = AccountScan(tmp_path, aws, declare([STORED_IN_GERMANY, ("backup.country", "EU")]))
    for claim, observed, endpoint in (
        ("storage.country", ["DE", "IE"], "kopie"),
        ("backup.country", ["US"], ":backup-vault:elders"),
    ):
        assert scanned.outcome(claim) == ("contradicted", "control_plane_elsewhere")
        assert scanned.verdict(claim)["observed"] == observed
        (contradicted,) = [part["endpoint"] for part in scanned.verdict(claim)["parts"] if part["status"] == "contradicted"]
        assert contradicted.endswith(endpoint)


def test_case_39_replication_to_a_bucket_of_another_account_is_not_measured(
    aws: AwsServer, client: Client, tmp_path: Path
) -> None:
    make_bucket(client, "archief", "eu-central-1", replicates_to="van-een-ander", of_account=FOREIGN)
    aws.set_rules([ONE_REGION])
    scanned = AccountScan(tmp_path, aws, declare([STORED_IN_GERMANY]))
    assert scanned.outcome("storage.country") == ("not_measured", "cross_account")
    elsewhere = {part["endpoint"] for part in scanned.verdict("storage.country")["parts"] if part["reason"] == "cross_account"}
    assert elsewhere == {"arn:aws:s3:::van-een-ander", "********1111"}


def test_case_40_the_european_partition_is_in_europe_and_under_american_law(
    aws: AwsServer, client: Client, tmp_path: Path
) -> None:
    make_bucket(client, "archief", "eusc-de-east-1")
    aws.set_rules([regions_rule(("eusc-de-east-1",), ())])
    role = f'account: "{ACCOUNT}", role_arn: "arn:aws-eusc:iam::{ACCOUNT}:role/herkomst-lezen"'
    scanned = AccountScan(tmp_path, aws, declare([("storage.country", "EU"), ("storage.jurisdiction", "EU")], role))
    assert scanned.outcome("storage.country") == ("confirmed", None)
    assert scanned.outcome("storage.jurisdiction") == ("contradicted", "parent_elsewhere")
    assert "US" in scanned.verdict("storage.jurisdiction")["observed"]
    assert not scanned.document["failures"]


def test_case_42_a_volume_on_an_outpost_is_somewhere_that_nobody_says(aws: AwsServer, client: Client, tmp_path: Path) -> None:
    make_volume(client)
    on_outpost = (
        "<item><volumeId>vol-1</volumeId><availabilityZone>eu-central-1a</availabilityZone>"
        f"<outpostArn>arn:aws:outposts:eu-central-1:{ACCOUNT}:outpost/op-1</outpostArn></item>"
    )
    body = (
        f"<DescribeVolumesResponse><volumeSet>{on_outpost}</volumeSet></DescribeVolumesResponse>"  # moto puts nothing on Outposts
    )
    aws.set_rules([ONE_REGION, Rule(service="ec2", action="DescribeVolumes", body=body)])
    scanned = AccountScan(tmp_path, aws, declare([("storage.country", "NL")]))
    assert scanned.outcome("storage.country") == ("unverifiable", "not_observable")
