"""Amazon EMR: clusters with the zone they stand in, and studios with where their notebooks are kept. Machines are listed by EC2.

API reference: https://docs.aws.amazon.com/emr/latest/APIReference/. Clusters that were ended stay in the list and are not asked for. The security
configuration, which names the keys of a cluster, is a document that is not read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_CLUSTER = "DescribeCluster.Cluster."
_STUDIO = "DescribeStudio.Studio."

SERVICE = Service(
    "emr",
    (
        Read(
            "ListClusters",
            items="Clusters[]",
            type="cluster",
            role=Role.COMPUTE,
            id="ClusterArn|Id",
            arguments=(("ClusterStates", ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"]),),
            local_zone=_CLUSTER + "Ec2InstanceAttributes.Ec2AvailabilityZone",
            outpost="OutpostArn",
            links=(Link(AwsRelation.DESTINATION, _CLUSTER + "LogUri", is_address=True),),
            named=(("release", _CLUSTER + "ReleaseLabel"),),
            details=(Detail("DescribeCluster", (("ClusterId", "Id"),)),),
        ),
        Read(
            "ListStudios",
            items="Studios[]",
            type="studio",
            role=None,
            id="StudioId",
            key=_STUDIO + "EncryptionKeyArn",
            names=("Url",),
            links=(
                Link(AwsRelation.DESTINATION, _STUDIO + "DefaultS3Location", is_address=True),
                Link(AwsRelation.TRUST, _STUDIO + "IdpAuthUrl", is_address=True),
            ),
            details=(Detail("DescribeStudio", (("StudioId", "StudioId"),)),),
            shows=(Role.COMPUTE, Role.STORAGE),
        ),
    ),
    prefix="elasticmapreduce",
)
