"""Amazon ElastiCache: caches with their zones, groups that span Regions, and snapshots.

API reference: https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/. A cluster's nodes can lie in several zones: the first one
counts for the place, since all lie in one Region and none but a whole cluster goes to a Local Zone; `zones` names them all.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "elasticache",
    (
        Read(
            "DescribeCacheClusters",
            items="CacheClusters[]",
            type="cluster",
            role=Role.DATABASE,
            id="ARN",
            arguments=(("ShowCacheNodeInfo", True),),
            local_zone="CacheNodes[].CustomerAvailabilityZone",
            outpost="CacheNodes[].CustomerOutpostArn|PreferredOutpostArn",
            names=("ConfigurationEndpoint.Address", "CacheNodes[].Endpoint.Address"),
            named=(
                ("engine", "Engine"),
                ("group", "ReplicationGroupId"),
                ("zones", "CacheNodes[].CustomerAvailabilityZone"),
                ("encrypted", "AtRestEncryptionEnabled"),
            ),
        ),
        Read(
            "DescribeReplicationGroups",
            items="ReplicationGroups[]",
            type="replicationgroup",
            role=Role.DATABASE,
            id="ARN",
            key="KmsKeyId",
            outpost="MemberClustersOutpostArns[]",
            names=("ConfigurationEndpoint.Address", "NodeGroups[].PrimaryEndpoint.Address"),
            named=(
                ("engine", "Engine"),
                ("global_group", "GlobalReplicationGroupInfo.GlobalReplicationGroupId"),
                ("zones", "NodeGroups[].NodeGroupMembers[].PreferredAvailabilityZone"),
                ("encrypted", "AtRestEncryptionEnabled"),
            ),
        ),
        Read(
            "DescribeGlobalReplicationGroups",
            items="GlobalReplicationGroups[]",
            type="globalreplicationgroup",
            role=None,
            id="ARN",
            arguments=(("ShowMemberInfo", True),),
            links=(Link(AwsRelation.REPLICA, "Members[].ReplicationGroupRegion"),),
            shows=(Role.DATABASE,),
        ),
        Read(
            "DescribeServerlessCaches",
            items="ServerlessCaches[]",
            type="serverlesscache",
            role=Role.DATABASE,
            id="ARN",
            key="KmsKeyId",
            names=("Endpoint.Address", "ReaderEndpoint.Address"),
            named=(("engine", "Engine"),),
        ),
        Read(
            "DescribeSnapshots",
            items="Snapshots[]",
            type="snapshot",
            role=Role.BACKUP,
            id="ARN",
            key="KmsKeyId",
            outpost="PreferredOutpostArn",
        ),
        Read(
            "DescribeServerlessCacheSnapshots",
            items="ServerlessCacheSnapshots[]",
            type="serverlesscachesnapshot",
            role=Role.BACKUP,
            id="ARN",
            key="KmsKeyId",
        ),
    ),
)
