"""Amazon EKS: clusters, who can reach their API, who may use it, and what runs in them.

API reference: https://docs.aws.amazon.com/eks/latest/APIReference/. The machines of a node group are in the list of EC2; what a Fargate profile runs
is in no other list. Clusters elsewhere that are only shown in EKS (EKS Connector) are not asked for.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Link, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_OF_CLUSTER = Within("ListClusters", (("clusterName", PLAIN),))
_CLUSTER = ("clusterName", f"ListClusters.{PLAIN}")

SERVICE = Service(
    "eks",
    (
        Read(
            "ListClusters",
            items="clusters[]",
            type="cluster",
            role=Role.CONTROL_PLANE,
            id=f"DescribeCluster.cluster.arn|{PLAIN}",
            outpost="DescribeCluster.cluster.outpostConfig.outpostArns[]",
            key="DescribeCluster.cluster.encryptionConfig[].provider.keyArn",
            names=("DescribeCluster.cluster.endpoint",),
            links=(Link(AwsRelation.TRUST, "ListAccessEntries.accessEntries[]"),),
            shows=(Role.IDENTITY,),
            named=(
                ("public", "DescribeCluster.cluster.resourcesVpcConfig.endpointPublicAccess"),
                ("open_to", "DescribeCluster.cluster.resourcesVpcConfig.publicAccessCidrs[]"),
                ("vpc", "DescribeCluster.cluster.resourcesVpcConfig.vpcId"),
                ("issuer", "DescribeCluster.cluster.identity.oidc.issuer"),
                ("version", "DescribeCluster.cluster.version"),
                ("acts_as", "DescribeCluster.cluster.roleArn"),
                ("hybrid_networks", "DescribeCluster.cluster.remoteNetworkConfig.remoteNodeNetworks[].cidrs[]"),
            ),
            details=(
                Detail("DescribeCluster", (("name", PLAIN),)),
                Detail("ListAccessEntries", (("clusterName", PLAIN),), absent=frozenset({"InvalidRequestException"})),
            ),
        ),
        Read(
            "ListNodegroups",
            items="nodegroups[]",
            type="nodegroup",
            role=None,
            id=f"DescribeNodegroup.nodegroup.nodegroupArn|{PLAIN}",
            within=_OF_CLUSTER,
            named=(
                ("cluster", f"ListClusters.{PLAIN}"),
                ("acts_as", "DescribeNodegroup.nodegroup.nodeRole"),
                ("subnets", "DescribeNodegroup.nodegroup.subnets[]"),
                ("groups", "DescribeNodegroup.nodegroup.resources.autoScalingGroups[].name"),
            ),
            details=(Detail("DescribeNodegroup", (_CLUSTER, ("nodegroupName", PLAIN))),),
        ),
        Read(
            "ListFargateProfiles",
            items="fargateProfileNames[]",
            type="fargateprofile",
            role=Role.COMPUTE,
            id=f"DescribeFargateProfile.fargateProfile.fargateProfileArn|{PLAIN}",
            within=_OF_CLUSTER,
            named=(
                ("cluster", f"ListClusters.{PLAIN}"),
                ("acts_as", "DescribeFargateProfile.fargateProfile.podExecutionRoleArn"),
                ("subnets", "DescribeFargateProfile.fargateProfile.subnets[]"),
            ),
            details=(Detail("DescribeFargateProfile", (_CLUSTER, ("fargateProfileName", PLAIN))),),
        ),
        Read(
            "ListAddons",
            items="addons[]",
            type="addon",
            role=None,
            id=f"DescribeAddon.addon.addonArn|{PLAIN}",
            within=_OF_CLUSTER,
            named=(
                ("cluster", f"ListClusters.{PLAIN}"),
                ("acts_as", "DescribeAddon.addon.serviceAccountRoleArn"),
                ("publisher", "DescribeAddon.addon.publisher"),
            ),
            details=(Detail("DescribeAddon", (_CLUSTER, ("addonName", PLAIN))),),
        ),
    ),
)
