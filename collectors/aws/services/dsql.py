"""Amazon Aurora DSQL: clusters, the clusters and the witness that hold the same data in other Regions, and the streams that data leave by.

API reference: https://docs.aws.amazon.com/aurora-dsql/latest/APIReference/. A witness Region keeps a part of the transaction log. The SDK's table
does not say which Regions have the service: where it has no endpoint it counts as unreachable.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "dsql",
    (
        Read(
            "ListClusters",
            items="clusters[]",
            type="cluster",
            role=Role.DATABASE,
            id="arn",
            key="GetCluster.encryptionDetails.kmsKeyArn",
            names=("GetCluster.endpoint",),
            links=(
                Link(AwsRelation.REPLICA, "GetCluster.multiRegionProperties.clusters[]"),
                Link(AwsRelation.REPLICA, "GetCluster.multiRegionProperties.witnessRegion"),
            ),
            named=(("encryption", "GetCluster.encryptionDetails.encryptionType"),),
            details=(Detail("GetCluster", (("identifier", "identifier"),)),),
        ),
        Read(
            "ListStreams",
            items="streams[]",
            type="stream",
            role=None,
            id="arn",
            links=(Link(AwsRelation.DESTINATION, "GetStream.targetDefinition.kinesis.streamArn"),),
            details=(
                Detail(
                    "GetStream",
                    (("clusterIdentifier", "clusterIdentifier"), ("streamIdentifier", "streamIdentifier")),
                ),
            ),
            shows=(Role.DATABASE,),
            within=Within("ListClusters", (("clusterIdentifier", "identifier"),)),
        ),
    ),
)
