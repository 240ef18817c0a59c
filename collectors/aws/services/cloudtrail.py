"""AWS CloudTrail: where the record of who did what is sent and kept.

API reference: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/. A trail of several Regions, or of an organisation, is in the list of each
Region; what is kept lies where its bucket is, which the answer names without Region or account. An event data store keeps its events itself.
The history of 90 days that every Region keeps is always there and is no resource.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "cloudtrail",
    (
        Read(
            "DescribeTrails",
            items="trailList[]",
            type="trail",
            role=None,
            id="TrailARN",
            region="HomeRegion",
            key="KmsKeyId",
            links=(
                Link(AwsRelation.DESTINATION, "S3BucketName"),
                Link(AwsRelation.DESTINATION, "CloudWatchLogsLogGroupArn"),
            ),
            shows=(Role.TELEMETRY,),
            named=(
                ("multi_region", "IsMultiRegionTrail"),
                ("organization", "IsOrganizationTrail"),
                ("notifies", "SnsTopicARN"),
                ("validated", "LogFileValidationEnabled"),
            ),
        ),
        Read(
            "ListEventDataStores",
            items="EventDataStores[]",
            type="eventdatastore",
            role=Role.TELEMETRY,
            id="EventDataStoreArn",
            key="GetEventDataStore.KmsKeyId",
            named=(
                ("multi_region", "GetEventDataStore.MultiRegionEnabled"),
                ("organization", "GetEventDataStore.OrganizationEnabled"),
                ("federation", "GetEventDataStore.FederationStatus"),
            ),
            details=(Detail("GetEventDataStore", (("EventDataStore", "EventDataStoreArn"),)),),
            pages=Pages("NextToken", "NextToken"),
        ),
    ),
)
