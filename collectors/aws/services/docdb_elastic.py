"""Amazon DocumentDB elastic clusters and their snapshots; other DocumentDB clusters are in the lists of Amazon RDS.

API reference: https://docs.aws.amazon.com/documentdb/latest/developerguide/API_Operations_Amazon_DocumentDB_Elastic_Clusters.html. The SDK's
table does not say which Regions have the service: where it has no endpoint it counts as unreachable.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "docdb-elastic",
    (
        Read(
            "ListClusters",
            items="clusters[]",
            type="cluster",
            role=Role.DATABASE,
            id="clusterArn",
            key="GetCluster.cluster.kmsKeyId",
            names=("GetCluster.cluster.clusterEndpoint",),
            details=(Detail("GetCluster", (("clusterArn", "clusterArn"),)),),
        ),
        Read(
            "ListClusterSnapshots",
            items="snapshots[]",
            type="cluster-snapshot",
            role=Role.BACKUP,
            id="snapshotArn",
            key="GetClusterSnapshot.snapshot.kmsKeyId",
            links=(Link(AwsRelation.SOURCE, "clusterArn"),),
            details=(Detail("GetClusterSnapshot", (("snapshotArn", "snapshotArn"),)),),
        ),
    ),
)
