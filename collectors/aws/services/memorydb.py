"""Amazon MemoryDB: clusters, clusters that span Regions, and snapshots.

API reference: https://docs.aws.amazon.com/memorydb/latest/APIReference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "memorydb",
    (
        Read(
            "DescribeClusters",
            items="Clusters[]",
            type="cluster",
            role=Role.DATABASE,
            id="ARN",
            arguments=(("ShowShardDetails", True),),
            key="KmsKeyId",
            names=("ClusterEndpoint.Address",),
            named=(
                ("engine", "Engine"),
                ("multi_region", "MultiRegionClusterName"),
                ("zones", "Shards[].Nodes[].AvailabilityZone"),
            ),
        ),
        Read(
            "DescribeMultiRegionClusters",
            items="MultiRegionClusters[]",
            type="multiregioncluster",
            role=None,
            id="ARN",
            arguments=(("ShowClusterDetails", True),),
            links=(Link(AwsRelation.REPLICA, "Clusters[].ARN"),),
            shows=(Role.DATABASE,),
        ),
        Read("DescribeSnapshots", items="Snapshots[]", type="snapshot", role=Role.BACKUP, id="ARN", key="KmsKeyId"),
    ),
)
