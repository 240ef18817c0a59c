"""Amazon SageMaker AI: endpoints, notebooks, clusters, Studio domains and feature groups, with their keys and what calls are captured to.

API reference: https://docs.aws.amazon.com/sagemaker/latest/APIReference/. Training and processing jobs come and go and are not listed.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "sagemaker",
    (
        Read(
            "ListEndpoints",
            items="Endpoints[]",
            type="endpoint",
            role=Role.COMPUTE,
            id="EndpointArn",
            key="DescribeEndpoint.DataCaptureConfig.KmsKeyId",
            links=(Link(AwsRelation.DESTINATION, "DescribeEndpoint.DataCaptureConfig.DestinationS3Uri", is_address=True),),
            details=(Detail("DescribeEndpoint", (("EndpointName", "EndpointName"),)),),
        ),
        Read(
            "ListNotebookInstances",
            items="NotebookInstances[]",
            type="notebook-instance",
            role=Role.COMPUTE,
            id="NotebookInstanceArn",
            key="DescribeNotebookInstance.KmsKeyId",
            names=("Url",),
            details=(Detail("DescribeNotebookInstance", (("NotebookInstanceName", "NotebookInstanceName"),)),),
        ),
        Read(
            "ListDomains",
            items="Domains[]",
            type="domain",
            role=Role.COMPUTE,
            id="DomainArn",
            key="DescribeDomain.KmsKeyId",
            names=("Url",),
            named=(("home_file_system", "DescribeDomain.HomeEfsFileSystemId"),),
            details=(Detail("DescribeDomain", (("DomainId", "DomainId"),)),),
        ),
        Read("ListClusters", items="ClusterSummaries[]", type="cluster", role=Role.COMPUTE, id="ClusterArn"),
        Read(
            "ListFeatureGroups",
            items="FeatureGroupSummaries[]",
            type="feature-group",
            role=Role.DATABASE,
            id="FeatureGroupArn",
        ),
    ),
)
