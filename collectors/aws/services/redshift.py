"""Amazon Redshift: clusters, where their snapshots are copied to, and the snapshots.

API reference: https://docs.aws.amazon.com/redshift/latest/APIReference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "redshift",
    (
        Read(
            "DescribeClusters",
            items="Clusters[]",
            type="cluster",
            role=Role.DATABASE,
            id="ClusterIdentifier",
            zone="AvailabilityZone",
            key="KmsKeyId",
            links=(Link(AwsRelation.COPY, "ClusterSnapshotCopyStatus.DestinationRegion"),),
            addresses=("ClusterNodes[].PublicIPAddress", "ElasticIpStatus.ElasticIp"),
            names=("Endpoint.Address", "CustomDomainName"),
            named=(
                ("namespace", "ClusterNamespaceArn"),
                ("public", "PubliclyAccessible"),
                ("second_zone", "MultiAZSecondary.AvailabilityZone"),
                ("encrypted", "Encrypted"),
            ),
            shows=(Role.BACKUP,),
        ),
        Read(
            "DescribeClusterSnapshots",
            items="Snapshots[]",
            type="snapshot",
            role=Role.BACKUP,
            id="SnapshotArn|SnapshotIdentifier",
            key="KmsKeyId",
            links=(
                Link(AwsRelation.SOURCE, "SourceRegion"),
                Link(AwsRelation.TRUST, "AccountsWithRestoreAccess[].AccountId"),
            ),
            named=(("cluster", "ClusterIdentifier"), ("owner", "OwnerAccount"), ("encrypted", "Encrypted")),
        ),
    ),
)
