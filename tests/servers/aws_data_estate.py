"""What the office keeps at rest, for the tests: databases, file systems, secrets and copies, in Frankfurt and abroad."""

from __future__ import annotations

from typing import Any

from servers.aws_estate import Client

FRANKFURT, DUBLIN = "eu-central-1", "eu-west-1"
PASSWORD = "not-a-real-password-1"  # noqa: S105 - of a database that does not exist


def make_table(client: Client, name: str = "zaken") -> None:
    """Make a table with a backup; moto knows no replicas."""
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "nummer", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "nummer", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    dynamodb.create_backup(TableName=name, BackupName="wekelijks")


def make_caches(client: Client) -> None:
    """Make a cache, a group of caches, and a cluster of the durable kind with a snapshot."""
    elasticache, memorydb = client("elasticache"), client("memorydb")
    elasticache.create_cache_cluster(CacheClusterId="sessies", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.small")
    elasticache.create_replication_group(ReplicationGroupId="groep", ReplicationGroupDescription="groep", Engine="redis")
    memorydb.create_cluster(ClusterName="wachtrij", NodeType="db.t4g.small", ACLName="open-access")
    memorydb.create_snapshot(ClusterName="wachtrij", SnapshotName="wachtrij-1")


def make_warehouse(client: Client, copies_to: str = DUBLIN) -> None:
    """Make a data warehouse whose snapshots are copied to another Region, a snapshot of it, and a search domain."""
    redshift = client("redshift")
    redshift.create_cluster(
        ClusterIdentifier="rapportage",
        NodeType="ra3.large",
        MasterUsername="beheer",
        MasterUserPassword=PASSWORD,
        AvailabilityZone="eu-central-1a",
    )
    redshift.enable_snapshot_copy(ClusterIdentifier="rapportage", DestinationRegion=copies_to)
    redshift.create_cluster_snapshot(SnapshotIdentifier="rapportage-1", ClusterIdentifier="rapportage")
    client("opensearch").create_domain(DomainName="zoeken", EncryptionAtRestOptions={"Enabled": True})


def make_files(client: Client) -> None:
    """Make a file system of one zone, a Windows file share and its backup."""
    client("efs").create_file_system(CreationToken="zaken", AvailabilityZoneName="eu-central-1b", Encrypted=True)
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    fsx = client("fsx")
    shared: dict[str, Any] = fsx.create_file_system(
        FileSystemType="WINDOWS", StorageCapacity=300, StorageType="SSD", SubnetIds=[subnet]
    )["FileSystem"]
    fsx.create_backup(FileSystemId=shared["FileSystemId"])


def make_secrets(client: Client, replica: str = DUBLIN) -> str:
    """Make a secret with a replica and a cluster of security modules; return the ARN of the secret."""
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    client("cloudhsmv2").create_cluster(HsmType="hsm2m.medium", SubnetIds=[subnet], Mode="FIPS")
    made = client("secretsmanager").create_secret(
        Name="koppeling", SecretString="not-a-real-secret", AddReplicaRegions=[{"Region": replica}]
    )
    return str(made["ARN"])


def make_series(client: Client) -> None:
    """Make a database of time series."""
    client("timestream-write").create_database(DatabaseName="metingen")
    client("timestream-write").create_table(DatabaseName="metingen", TableName="temperatuur")
