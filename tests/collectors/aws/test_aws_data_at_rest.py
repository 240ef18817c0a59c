"""The services that keep data, against moto over HTTP: what is found, where, and where its copies are."""

from __future__ import annotations

import json

from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.aws import AwsCoverage, AwsLink, AwsOutcome, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import FailureReason
from servers.aws_data_estate import (
    make_caches,
    make_files,
    make_secrets,
    make_series,
    make_table,
    make_warehouse,
)
from servers.aws_estate import Client, Collect, answer, found_in, targets

COPY, REPLICA, SOURCE, DESTINATION = (
    AwsRelation.COPY,
    AwsRelation.REPLICA,
    AwsRelation.SOURCE,
    AwsRelation.DESTINATION,
)


def test_a_table_and_its_backups_are_found(client: Client, collect: Collect) -> None:
    make_table(client)
    collected = collect(clients=["dynamodb"])
    assert not collected.failures
    found = found_in(collected, "dynamodb")
    table = found["table", "eu-central-1"]
    assert (table.id, table.role) == ("zaken", Role.DATABASE)
    assert dict(table.attributes)["point_in_time_recovery"] == "ENABLED"
    assert found["backup", "eu-central-1"].role is Role.BACKUP


def test_a_table_names_the_regions_of_its_replicas_and_the_key(client: Client, collect: Collect, aws: AwsServer) -> None:
    make_table(client)
    said = {"Replicas": [{"RegionName": "us-east-1"}], "SSEDescription": {"KMSMasterKeyArn": "arn:sleutel"}}
    aws.set_rules([answer("dynamodb", "DescribeTable", {"Table": said})])
    table = found_in(collect(clients=["dynamodb"]), "dynamodb")["table", "eu-central-1"]
    assert targets(table, REPLICA) == ["us-east-1"]
    assert table.key == "arn:sleutel"


def test_an_export_of_a_table_names_the_bucket_and_its_owner(collect: Collect, aws: AwsServer) -> None:
    arn = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/zaken/export/01"
    said = {"ExportArn": arn, "S3Bucket": "elders", "S3BucketOwner": "444455556666"}
    aws.set_rules(
        [
            answer("dynamodb", "ListExports", {"ExportSummaries": [{"ExportArn": arn}]}),
            answer("dynamodb", "DescribeExport", {"ExportDescription": said}),
        ]
    )
    export = found_in(collect(clients=["dynamodb"]), "dynamodb")["export", "eu-central-1"]
    assert targets(export, DESTINATION) == ["444455556666", "elders"]


def test_caches_and_their_snapshots_are_found(client: Client, collect: Collect) -> None:
    make_caches(client)
    collected = collect(clients=["elasticache", "memorydb"])
    assert not collected.failures
    caches = found_in(collected, "elasticache")
    assert {type_ for type_, _ in caches} >= {"cluster", "replicationgroup"}
    assert {item.role for item in caches.values()} == {Role.DATABASE}
    durable = found_in(collected, "memorydb")
    assert durable["cluster", "eu-central-1"].role is Role.DATABASE
    assert durable["snapshot", "eu-central-1"].role is Role.BACKUP


def test_caches_that_span_regions_name_each_of_them(collect: Collect, aws: AwsServer) -> None:
    member = "<GlobalReplicationGroupMember><ReplicationGroupRegion>{}</ReplicationGroupRegion></GlobalReplicationGroupMember>"
    group = (
        "<GlobalReplicationGroup><ARN>arn:aws:elasticache::111122223333:globalreplicationgroup:wereld</ARN>"
        f"<Members>{member.format('eu-central-1')}{member.format('us-east-1')}</Members></GlobalReplicationGroup>"
    )
    name = "DescribeGlobalReplicationGroups"
    body = f"<{name}Response><{name}Result><GlobalReplicationGroups>{group}</GlobalReplicationGroups></{name}Result></{name}Response>"
    cluster = {"ARN": f"arn:aws:memorydb::{ACCOUNT}:multiregioncluster/m", "Clusters": [{"ARN": "arn:aws:memorydb:us-east-1:x"}]}
    aws.set_rules(
        [
            Rule(service="elasticache", region="eu-central-1", action=name, body=body),
            answer("memorydb", "DescribeMultiRegionClusters", {"MultiRegionClusters": [cluster]}),
        ]
    )
    collected = collect(clients=["elasticache", "memorydb"])
    spanning = found_in(collected, "elasticache")["globalreplicationgroup", "eu-central-1"]
    assert targets(spanning, REPLICA) == ["eu-central-1", "us-east-1"]
    assert spanning.role is None
    several = found_in(collected, "memorydb")["multiregioncluster", "eu-central-1"]
    assert targets(several, REPLICA) == ["arn:aws:memorydb:us-east-1:x"]


def test_a_warehouse_shows_its_zone_and_where_its_snapshots_are_copied_to(client: Client, collect: Collect) -> None:
    make_warehouse(client)
    collected = collect(clients=["redshift", "opensearch"])
    assert not collected.failures
    found = found_in(collected, "redshift")
    cluster = found["cluster", "eu-central-1"]
    assert (cluster.id, cluster.zone, cluster.role) == ("rapportage", "eu-central-1a", Role.DATABASE)
    assert targets(cluster, COPY) == ["eu-west-1"]
    assert found["snapshot", "eu-central-1"].role is Role.BACKUP
    domain = found_in(collected, "opensearch")["domain", "eu-central-1"]
    assert (domain.id, dict(domain.attributes)["encrypted"]) == ("zoeken", "true")


def test_a_refused_copy_setting_leaves_backups_open_and_not_only_databases(collect: Collect, aws: AwsServer) -> None:
    aws.set_rules([Rule(service="redshift", region="eu-west-1", action="DescribeClusters", code="AccessDenied")])
    collected = collect(clients=["redshift"])
    (failure,) = collected.failures
    assert (failure.scope, failure.reason) == ("redshift:DescribeClusters", FailureReason.DENIED)
    (account,) = (item.content for item in collected.observations if item.content.kind == "aws.account")
    (asked,) = (item for item in account.questions if item.scope == failure.scope)
    assert set(asked.roles) == {Role.DATABASE, Role.BACKUP}


def test_serverless_warehouses_gateways_and_elastic_clusters_are_read_as_the_api_describes_them(
    collect: Collect, aws: AwsServer
) -> None:
    share = "arn:aws:storagegateway:eu-central-1:111122223333:share/share-1"
    cluster = "arn:aws:docdb-elastic:eu-central-1:111122223333:cluster/c"
    copies = {"snapshotCopyConfigurationArn": "arn:copy", "destinationRegion": "us-east-1", "namespaceName": "rapportage"}
    listed = {"FileShareARN": share, "FileShareType": "NFS"}
    bucket = {"LocationARN": "arn:aws:s3:::elders", "BucketRegion": "us-east-1"}
    aws.set_rules(
        [
            answer("redshift-serverless", "ListSnapshotCopyConfigurations", {"snapshotCopyConfigurations": [copies]}),
            answer("storagegateway", "ListFileShares", {"FileShareInfoList": [listed]}),
            answer("storagegateway", "DescribeNFSFileShares", {"NFSFileShareInfoList": [bucket]}),
            answer("docdb-elastic", "ListClusters", {"clusters": [{"clusterArn": cluster}]}),
            answer("docdb-elastic", "GetCluster", {"cluster": {"clusterArn": cluster, "kmsKeyId": "sleutel"}}),
            answer("cassandra", "ListKeyspaces", {"keyspaces": [{"resourceArn": "k", "replicationRegions": ["us-east-1"]}]}),
        ]
    )
    collected = collect(clients=["redshift-serverless", "storagegateway", "docdb-elastic", "keyspaces"])
    assert not collected.failures
    copying = found_in(collected, "redshift-serverless")["snapshotcopyconfiguration", "eu-central-1"]
    assert copying.links == (AwsLink(COPY, "us-east-1"),)
    shares = found_in(collected, "storagegateway")
    assert set(shares) == {("nfs-share", "eu-central-1")}
    assert targets(shares["nfs-share", "eu-central-1"], DESTINATION) == ["arn:aws:s3:::elders", "us-east-1"]
    assert "DescribeSMBFileShares" not in {call.action for call in aws.calls()}
    assert found_in(collected, "docdb-elastic")["cluster", "eu-central-1"].key == "sleutel"
    assert targets(found_in(collected, "keyspaces")["keyspace", "eu-central-1"], REPLICA) == ["us-east-1"]


def test_files_lie_in_one_zone_where_the_file_system_says_so(client: Client, collect: Collect, aws: AwsServer) -> None:
    make_files(client)
    source = "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1"
    elsewhere = {"SourceFileSystemArn": source, "Destinations": [{"Region": "us-east-1"}]}
    aws.set_rules([answer("elasticfilesystem", "DescribeReplicationConfigurations", {"Replications": [elsewhere]})])
    collected = collect(clients=["efs", "fsx"])
    assert not collected.failures
    found = found_in(collected, "efs")
    files = found["file-system", "eu-central-1"]
    assert (files.zone, files.is_zonal, files.role) == ("eu-central-1b", True, Role.STORAGE)
    assert targets(found["replication", "eu-central-1"], REPLICA) == ["us-east-1"]
    shared = found_in(collected, "fsx")
    assert shared["file-system", "eu-central-1"].role is Role.STORAGE
    assert shared["backup", "eu-central-1"].role is Role.BACKUP


def test_a_secret_shows_its_replica_and_its_value_is_nowhere(client: Client, collect: Collect) -> None:
    arn = make_secrets(client)
    collected = collect(clients=["secretsmanager", "cloudhsmv2"])
    assert not collected.failures
    secret = found_in(collected, "secretsmanager")["secret", "eu-central-1"]
    assert secret.id == arn
    assert targets(secret, REPLICA) == ["eu-west-1"]
    assert found_in(collected, "cloudhsmv2")["cluster", "eu-central-1"].role is Role.KEYS
    assert "not-a-real-secret" not in repr(collected)


def test_a_database_of_time_series_is_found_at_the_endpoint_that_the_service_names(client: Client, collect: Collect) -> None:
    make_series(client)
    collected = collect(clients=["timestream-write"])
    assert not collected.failures
    found = found_in(collected, "timestream-write")
    assert {type_ for type_, _ in found} == {"database", "table"}
    rows = [item.content for item in collected.observations if isinstance(item.content, AwsCoverage)]
    by_region = {row.region: row.outcome for row in rows if row.service == "timestream-write"}
    assert by_region["eu-central-1"] is AwsOutcome.COMPLETE


def test_a_list_without_a_paginator_is_read_to_the_end_and_a_token_that_repeats_is_a_failure(
    collect: Collect, aws: AwsServer
) -> None:
    def page(id_: str, token: str) -> str:
        return json.dumps({"FileCaches": [{"ResourceARN": id_}], "NextToken": token})

    first = Rule(service="fsx", region="eu-central-1", action="DescribeFileCaches", body=page("a", "further"))
    last = Rule(service="fsx", region="eu-central-1", action="DescribeFileCaches", asking="further", body=page("b", ""))
    aws.set_rules([last, first])
    collected = collect(clients=["fsx"])
    assert not collected.failures
    ids = {item.content.id for item in collected.observations if isinstance(item.content, AwsResource)}
    assert ids == {"a", "b"}
    aws.set_rules([first])
    (failure,) = collect(clients=["fsx"]).failures
    assert (failure.scope, failure.reason) == ("fsx:DescribeFileCaches", FailureReason.MALFORMED)


def test_archives_parameters_repositories_and_streams_are_storage_where_their_region_is(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    client("codecommit").create_repository(repositoryName="bron")
    aws.set_rules([answer("codecommit", "ListRepositories", {"repositories": [{"repositoryName": "bron"}]})])
    client("glacier").create_vault(accountId="-", vaultName="oud-archief")
    client("kinesisvideo").create_stream(StreamName="balie", DataRetentionInHours=24)
    client("ssm").put_parameter(Name="/zaken/wachtwoord", Value="niet-lezen", Type="SecureString", KeyId="alias/aws/ssm")
    client("s3tables").create_table_bucket(name="cijfers")
    collected = collect(clients=["codecommit", "glacier", "kinesisvideo", "s3tables", "ssm"])
    assert not collected.failures
    kinds = {
        "codecommit": "repository",
        "glacier": "vault",
        "kinesisvideo": "stream",
        "s3tables": "table-bucket",
        "ssm": "parameter",
    }
    for service, kind in kinds.items():
        assert found_in(collected, service)[kind, "eu-central-1"].role is Role.STORAGE, service
    assert found_in(collected, "ssm")["parameter", "eu-central-1"].key == "alias/aws/ssm"
    assert "niet-lezen" not in repr(collected)


def test_a_table_that_is_replicated_on_its_own_shows_the_region_and_the_account_of_its_copy(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    bucket = client("s3tables").create_table_bucket(name="cijfers")["arn"]
    table = {"name": "omzet", "tableARN": f"{bucket}/table/omzet"}  # moto lists tables without an ARN
    copy = "arn:aws:s3tables:us-east-1:444455556666:bucket/elders"
    rules = {"configuration": {"role": "r", "rules": [{"destinations": [{"destinationTableBucketARN": copy}]}]}}
    refused = Rule(service="s3tables", action="GetTableBucket*", code="NotFoundException", status=404)
    listed = answer("s3tables", "ListTables", {"tables": [table]})
    aws.set_rules([refused, listed, answer("s3tables", "GetTableReplication", rules)])
    collected = collect(clients=["s3tables"])
    assert not collected.failures
    assert targets(found_in(collected, "s3tables")["table", "eu-central-1"], REPLICA) == [copy]
