"""Amazon EFS: file systems, those of one zone among them, and where they are replicated to.

API reference: https://docs.aws.amazon.com/efs/latest/ug/api-reference.html. A replication is listed at both ends.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "efs",
    (
        Read(
            "DescribeFileSystems",
            items="FileSystems[]",
            type="file-system",
            role=Role.STORAGE,
            id="FileSystemArn|FileSystemId",
            local_zone="AvailabilityZoneName",
            key="KmsKeyId",
            named=(("encrypted", "Encrypted"),),
        ),
        Read(
            "DescribeReplicationConfigurations",
            items="Replications[]",
            type="replication",
            role=None,
            id="SourceFileSystemArn",
            links=(
                Link(AwsRelation.SOURCE, "SourceFileSystemRegion"),
                Link(AwsRelation.REPLICA, "Destinations[].Region"),
                Link(AwsRelation.REPLICA, "Destinations[].OwnerId"),
            ),
            shows=(Role.STORAGE,),
        ),
    ),
    prefix="elasticfilesystem",
)
