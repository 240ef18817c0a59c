"""Further services that keep keys, identities, copies or figures, against moto over HTTP; what moto lacks is answered as the API describes it."""

from __future__ import annotations

import pytest
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.aws import AwsCoverage, AwsOutcome, AwsRelation
from herkomst.scanner.model.claim import Role
from servers.aws_estate import Client, Collect, answer, found_in, targets

COPY, REPLICA, SOURCE, DESTINATION, TRUST = (
    AwsRelation.COPY,
    AwsRelation.REPLICA,
    AwsRelation.SOURCE,
    AwsRelation.DESTINATION,
    AwsRelation.TRUST,
)
HERE = "eu-central-1"
FOREIGN = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/draait"


def arn(service: str, rest: str, region: str = HERE) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def test_authorities_and_payment_keys_are_keys_and_name_the_regions_of_their_replicas(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    subject = {"Subject": {"CommonName": "voorbeeld.example"}, "KeyAlgorithm": "RSA_2048", "SigningAlgorithm": "SHA256WITHRSA"}
    revoked = {"CrlConfiguration": {"Enabled": True, "ExpirationInDays": 7, "S3BucketName": "ingetrokken"}}
    client("acm-pca").create_certificate_authority(
        CertificateAuthorityConfiguration=subject, CertificateAuthorityType="ROOT", RevocationConfiguration=revoked
    )
    key = {"KeyArn": "arn:betaalt", "KeyState": "CREATE_COMPLETE", "PrimaryRegion": HERE}
    detail = {**key, "ReplicationStatus": {"us-east-1": {"Status": "SYNCHRONIZED"}}}
    aws.set_rules(
        [
            answer("payment-cryptography", "ListKeys", {"Keys": [key]}),
            answer("payment-cryptography", "GetKey", {"Key": detail}),
        ]
    )
    collected = collect(clients=["acm-pca", "payment-cryptography"])
    assert not collected.failures
    authority = found_in(collected, "acm-pca")["certificate-authority", HERE]
    assert (authority.role, targets(authority, DESTINATION)) == (Role.KEYS, ["ingetrokken"])
    payment = found_in(collected, "payment-cryptography")["key", HERE]
    assert (payment.role, targets(payment, REPLICA)) == (Role.KEYS, ["us-east-1"])


def test_user_pools_show_who_vouches_for_users_and_no_secret_of_theirs(client: Client, collect: Collect, aws: AwsServer) -> None:
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="inwoners", SmsConfiguration={"SnsCallerArn": ROLE, "SnsRegion": "us-east-1"})
    id_ = pool["UserPool"]["Id"]
    secret = {"client_id": "c", "client_secret": "not-a-real-secret", "authorize_scopes": "openid"}
    cognito.create_identity_provider(UserPoolId=id_, ProviderName="Google", ProviderType="Google", ProviderDetails=secret)
    logs = {"UserPoolId": id_, "LogConfigurations": [{"S3Configuration": {"BucketArn": "arn:aws:s3:::logboek"}}]}
    aws.set_rules([answer("cognito-idp", "GetLogDeliveryConfiguration", {"LogDeliveryConfiguration": logs})])
    collected = collect(clients=["cognito-idp"])
    assert not collected.failures
    found = found_in(collected, "cognito-idp")
    assert (found["userpool", HERE].id, found["userpool", HERE].role) == (id_, Role.IDENTITY)
    assert targets(found["userpool", HERE], DESTINATION) == ["arn:aws:s3:::logboek", "us-east-1"]
    assert dict(found["identity-provider", HERE].attributes) == {"provider_type": "Google"}
    assert "not-a-real-secret" not in repr(collected)


def test_directories_show_their_other_regions_the_accounts_they_are_shared_with_and_whom_they_trust(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    blocks = (("10.0.0.0/24", "a"), ("10.0.1.0/24", "b"))
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=HERE + zone) for block, zone in blocks]
    network = {"VpcId": vpc, "SubnetIds": [made["Subnet"]["SubnetId"] for made in subnets]}
    given = {"Password": "Not-a-real-1"}
    made = client("ds").create_microsoft_ad(Name="ad.voorbeeld.example", VpcSettings=network, **given)
    shared = {"OwnerDirectoryId": made["DirectoryId"], "SharedDirectoryId": "d-2", "SharedAccountId": FOREIGN}
    aws.set_rules(
        [
            answer("ds", "DescribeSharedDirectories", {"SharedDirectories": [shared]}),
            answer("ds", "DescribeTrusts", {"Trusts": [{"TrustId": "t", "RemoteDomainName": "kantoor.example"}]}),
            answer("ds", "DescribeSnapshots", {"Snapshots": [{"SnapshotId": "s", "DirectoryId": made["DirectoryId"]}]}),
        ]
    )
    collected = collect(clients=["ds"])
    assert not collected.failures
    found = found_in(collected, "ds")
    assert (found["directory", HERE].id, found["directory", HERE].role) == (made["DirectoryId"], Role.IDENTITY)
    assert targets(found["shared-directory", HERE], TRUST) == [FOREIGN]
    assert targets(found["trust", HERE], TRUST) == ["kantoor.example"]
    assert found["snapshot", HERE].role is Role.BACKUP
    regions = {"PrimaryRegion": HERE, "AdditionalRegions": ["us-east-1"]}
    aws.set_rules(
        [answer("ds", "DescribeDirectories", {"DirectoryDescriptions": [{"DirectoryId": "d", "RegionsInfo": regions}]})]
    )
    assert targets(found_in(collect(clients=["ds"]), "ds")["directory", HERE], REPLICA) == [HERE, "us-east-1"]


def test_a_kind_of_directory_that_cannot_be_shared_is_shared_with_nobody(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules(
        [
            answer("ds", "DescribeDirectories", {"DirectoryDescriptions": [{"DirectoryId": "d", "Type": "ADConnector"}]}),
            Rule(service="ds", action="DescribeSharedDirectories", code="UnsupportedOperationException", status=400),
        ]
    )
    assert not collect(clients=["ds"]).failures


def test_a_copied_server_lies_in_the_zone_of_its_copy_and_an_account_without_any_says_so(
    collect: Collect, aws: AwsServer
) -> None:
    server = {
        "sourceServerID": "s-1234567890abcdef0",
        "arn": arn("drs", "source-server/s-1234567890abcdef0"),
        "dataReplicationInfo": {"stagingAvailabilityZone": "eu-central-1b"},
        "sourceCloudProperties": {"originRegion": "us-east-1", "originAccountID": FOREIGN},
        "stagingArea": {"stagingAccountID": "777788889999"},
    }
    elsewhere = Rule(service="drs", action="DescribeSourceServers", code="UninitializedAccountException", status=400)
    described = {"sourceServerID": "s-1234567890abcdef0", "ebsEncryptionKeyArn": "arn:sleutel"}
    aws.set_rules(
        [
            answer("drs", "DescribeSourceServers", {"items": [server]}),
            answer("drs", "GetReplicationConfiguration", described),
            elsewhere,
        ]
    )
    collected = collect(clients=["drs"])
    assert not collected.failures
    found = found_in(collected, "drs")
    assert set(found) == {("source-server", HERE)}
    copy = found["source-server", HERE]
    assert (copy.role, copy.zone, copy.key) == (Role.BACKUP, "eu-central-1b", "arn:sleutel")
    assert (targets(copy, SOURCE), targets(copy, COPY)) == ([FOREIGN, "us-east-1"], ["777788889999"])


def test_measuring_shows_its_keys_and_logs_and_a_lake_the_region_that_it_is_gathered_in(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    amp = client("amp")
    made = amp.create_workspace(alias="meet")
    amp.create_logging_configuration(workspaceId=made["workspaceId"], logGroupArn=arn("logs", "log-group:meet:*"))
    lake = {"dataLakeArn": "arn:meer", "region": "eu-west-1", "replicationConfiguration": {"regions": ["us-east-1"]}}
    reader = {"subscriberArn": "arn:lezer", "subscriberIdentity": {"principal": FOREIGN, "externalId": "not-a-real-secret"}}
    grafana = {"id": "g-1", "endpoint": "g-1.grafana-workspace.eu-central-1.amazonaws.com"}
    aws.set_rules(
        [
            answer("grafana", "ListWorkspaces", {"workspaces": [grafana]}),
            answer("grafana", "DescribeWorkspace", {"workspace": {**grafana, "kmsKeyId": "sleutel"}}),
            answer("securitylake", "ListDataLakes", {"dataLakes": [lake]}),
            answer("securitylake", "ListSubscribers", {"subscribers": [reader]}),
        ]
    )
    collected = collect(clients=["amp", "grafana", "securitylake"])
    assert not collected.failures
    measured = found_in(collected, "amp")["workspace", HERE]
    assert measured.role is Role.TELEMETRY
    assert targets(measured, DESTINATION) == [arn("logs", "log-group:meet:*")]
    shown = found_in(collected, "grafana")["workspace", HERE]
    assert (shown.role, shown.key, shown.names) == (Role.TELEMETRY, "sleutel", (grafana["endpoint"],))
    lakes = found_in(collected, "securitylake")
    assert targets(lakes["data-lake", "eu-west-1"], REPLICA) == ["us-east-1"]
    assert targets(lakes["subscriber", HERE], TRUST) == [FOREIGN]
    assert "not-a-real-secret" not in repr(collected)


@pytest.mark.parametrize(
    ("service", "action"), [("emr", "ListClusters"), ("cognito-idp", "ListUserPools"), ("drs", "DescribeSourceServers")]
)
def test_a_refused_list_is_a_failure_and_no_empty_region(service: str, action: str, collect: Collect, aws: AwsServer) -> None:
    aws.set_rules([Rule(region=HERE, action=action, code="AccessDeniedException")])
    collected = collect(clients=[service])
    assert [failure.scope for failure in collected.failures] == [f"{service}:{action}"]
    rows = {row.region: row.outcome for item in collected.observations if isinstance(row := item.content, AwsCoverage)}
    assert rows[HERE] is AwsOutcome.DENIED
