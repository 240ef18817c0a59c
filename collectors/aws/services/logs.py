"""Amazon CloudWatch Logs: groups with their keys, and where what they hold is sent on to, other accounts among it. No log is read.

API reference: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/. Where a group is sent on to takes a call for each group.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "logs",
    (
        Read(
            "DescribeLogGroups",
            items="logGroups[]",
            type="log-group",
            role=Role.TELEMETRY,
            id="logGroupName",
            key="kmsKeyId",
            links=(Link(AwsRelation.DESTINATION, "DescribeSubscriptionFilters.subscriptionFilters[].destinationArn"),),
            details=(Detail("DescribeSubscriptionFilters", (("logGroupName", "logGroupName"),)),),
        ),
        Read(
            "DescribeDestinations",
            items="destinations[]",
            type="destination",
            role=None,
            id="arn",
            links=(Link(AwsRelation.DESTINATION, "targetArn"),),
            shows=(Role.TELEMETRY,),
        ),
        Read(
            "DescribeDeliveryDestinations",
            items="deliveryDestinations[]",
            type="delivery-destination",
            role=None,
            id="arn",
            links=(Link(AwsRelation.DESTINATION, "deliveryDestinationConfiguration.destinationResourceArn"),),
            shows=(Role.TELEMETRY,),
        ),
    ),
)
