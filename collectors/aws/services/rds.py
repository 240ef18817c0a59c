"""Amazon RDS and Aurora: databases, their replicas, and where their snapshots and automated backups are kept.

API reference: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/. A replica in another Region is named by its ARN, one in the
same Region by its identifier, and is in the list of its own Region too. Neptune and DocumentDB answer through the same API: their clusters
are in these lists.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "rds",
    (
        Read(
            "DescribeDBInstances",
            items="DBInstances[]",
            type="db",
            role=Role.DATABASE,
            id="DBInstanceArn",
            zone="AvailabilityZone",
            outpost="DBSubnetGroup.Subnets[].SubnetOutpost.Arn",
            key="KmsKeyId",
            names=("Endpoint.Address",),
            links=(
                Link(AwsRelation.REPLICA, "ReadReplicaDBInstanceIdentifiers[]"),
                Link(AwsRelation.REPLICA, "ReadReplicaDBClusterIdentifiers[]"),
                Link(AwsRelation.SOURCE, "ReadReplicaSourceDBInstanceIdentifier"),
                Link(AwsRelation.COPY, "DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn"),
            ),
            shows=(Role.BACKUP,),
            named=(
                ("engine", "Engine"),
                ("public", "PubliclyAccessible"),
                ("second_zone", "SecondaryAvailabilityZone"),
                ("encrypted", "StorageEncrypted"),
            ),
        ),
        Read(
            "DescribeDBClusters",
            items="DBClusters[]",
            type="cluster",
            role=Role.DATABASE,
            id="DBClusterArn",
            key="KmsKeyId",
            names=("Endpoint", "ReaderEndpoint"),
            links=(
                Link(AwsRelation.REPLICA, "ReadReplicaIdentifiers[]"),
                Link(AwsRelation.SOURCE, "ReplicationSourceIdentifier"),
            ),
            named=(("engine", "Engine"), ("encrypted", "StorageEncrypted")),
        ),
        Read(
            "DescribeGlobalClusters",
            items="GlobalClusters[]",
            type="global-cluster",
            role=None,
            id="GlobalClusterArn",
            links=(
                Link(AwsRelation.REPLICA, "GlobalClusterMembers[].DBClusterArn"),
                Link(AwsRelation.REPLICA, "GlobalClusterMembers[].Readers[]"),
            ),
            shows=(Role.DATABASE,),
        ),
        Read(
            "DescribeDBSnapshots",
            items="DBSnapshots[]",
            type="snapshot",
            role=Role.BACKUP,
            id="DBSnapshotArn",
            local_zone="SnapshotAvailabilityZone",
            key="KmsKeyId",
            links=(Link(AwsRelation.SOURCE, "SourceRegion"),),
            named=(("target", "SnapshotTarget"), ("encrypted", "Encrypted")),
        ),
        Read(
            "DescribeDBClusterSnapshots",
            items="DBClusterSnapshots[]",
            type="cluster-snapshot",
            role=Role.BACKUP,
            id="DBClusterSnapshotArn",
            key="KmsKeyId",
            named=(("encrypted", "StorageEncrypted"),),
        ),
        Read(
            "DescribeDBInstanceAutomatedBackups",
            items="DBInstanceAutomatedBackups[]",
            type="auto-backup",
            role=Role.BACKUP,
            id="DBInstanceAutomatedBackupsArn|DbiResourceId|DBInstanceArn",
            key="KmsKeyId",
            links=(Link(AwsRelation.COPY, "DBInstanceAutomatedBackupsReplications[].DBInstanceAutomatedBackupsArn"),),
            named=(("target", "BackupTarget"),),
        ),
    ),
)
