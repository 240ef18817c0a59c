"""Amazon WorkSpaces Applications (AppStream 2.0): the machines that applications run on, and where stacks keep their users' files.

API reference: https://docs.aws.amazon.com/appstream2/latest/APIReference/. A stack can lead to drives outside AWS (Google, Microsoft): of these the
kind and the organisation's domains are given. Sessions and users are not read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "appstream",
    (
        Read(
            "DescribeFleets",
            items="Fleets[]",
            type="fleet",
            role=Role.COMPUTE,
            id="Arn",
            named=(("fleet_type", "FleetType"), ("state", "State")),
        ),
        Read("DescribeImageBuilders", items="ImageBuilders[]", type="image-builder", role=Role.COMPUTE, id="Arn"),
        Read(
            "DescribeAppBlockBuilders",
            items="AppBlockBuilders[]",
            type="app-block-builder",
            role=Role.COMPUTE,
            id="Arn",
            pages=Pages("NextToken", "NextToken"),
        ),
        Read(
            "DescribeStacks",
            items="Stacks[]",
            type="stack",
            role=None,
            id="Arn",
            links=(
                Link(AwsRelation.DESTINATION, "StorageConnectors[].ResourceIdentifier"),
                Link(AwsRelation.DESTINATION, "StorageConnectors[].Domains[]"),
                Link(AwsRelation.DESTINATION, "ApplicationSettings.S3BucketName"),
                Link(AwsRelation.DESTINATION, "AgentAccessConfig.S3BucketArn"),
            ),
            named=(("storage", "StorageConnectors[].ConnectorType"),),
            shows=(Role.STORAGE,),
        ),
    ),
)
