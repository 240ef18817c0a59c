"""AWS Config: where the record of every configuration is delivered, and which accounts and Regions gather it or may do so.

API reference: https://docs.aws.amazon.com/config/latest/APIReference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "config",
    (
        Read(
            "DescribeConfigurationRecorders",
            items="ConfigurationRecorders[]",
            type="recorder",
            role=Role.TELEMETRY,
            id="arn|name",
        ),
        Read(
            "DescribeDeliveryChannels",
            items="DeliveryChannels[]",
            type="delivery-channel",
            role=None,
            id="name",
            key="s3KmsKeyArn",
            links=(
                Link(AwsRelation.DESTINATION, "s3BucketName"),
                Link(AwsRelation.DESTINATION, "snsTopicARN"),
            ),
            shows=(Role.TELEMETRY,),
        ),
        Read(
            "DescribeConfigurationAggregators",
            items="ConfigurationAggregators[]",
            type="config-aggregator",
            role=Role.TELEMETRY,
            id="ConfigurationAggregatorArn",
            links=(
                Link(AwsRelation.SOURCE, "AccountAggregationSources[].AccountIds[]"),
                Link(AwsRelation.SOURCE, "AccountAggregationSources[].AwsRegions[]"),
                Link(AwsRelation.SOURCE, "OrganizationAggregationSource.AwsRegions[]"),
            ),
            named=(("all_regions", "OrganizationAggregationSource.AllAwsRegions|AccountAggregationSources[].AllAwsRegions"),),
        ),
        Read(
            "DescribeAggregationAuthorizations",
            items="AggregationAuthorizations[]",
            type="aggregation-authorization",
            role=None,
            id="AggregationAuthorizationArn",
            links=(
                Link(AwsRelation.DESTINATION, "AuthorizedAccountId"),
                Link(AwsRelation.DESTINATION, "AuthorizedAwsRegion"),
            ),
            shows=(Role.TELEMETRY,),
        ),
    ),
)
