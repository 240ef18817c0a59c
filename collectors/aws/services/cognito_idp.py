"""Amazon Cognito user pools: where users are kept, the Regions of a pool's replicas, who else vouches for users, and where logs go.

API reference: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/. No user is read. Of an outside identity provider the name and
kind are listed; its description is not asked for, since it holds the secret shared with it. Messages can leave by another Region.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_POOL = "DescribeUserPool.UserPool."
_LOGS = "GetLogDeliveryConfiguration.LogDeliveryConfiguration.LogConfigurations[]."
_ID = (("UserPoolId", "Id"),)

SERVICE = Service(
    "cognito-idp",
    (
        Read(
            "ListUserPools",
            items="UserPools[]",
            type="userpool",
            role=Role.IDENTITY,
            id="Id",
            arguments=(("MaxResults", 60),),
            key=_POOL + "KeyConfiguration.KmsKeyArn",
            names=(_POOL + "CustomDomain",),
            links=(
                Link(AwsRelation.REPLICA, "ReplicaRegions[]"),
                Link(AwsRelation.DESTINATION, _POOL + "EmailConfiguration.SourceArn"),
                Link(AwsRelation.DESTINATION, _POOL + "SmsConfiguration.SnsRegion"),
                Link(AwsRelation.DESTINATION, _LOGS + "CloudWatchLogsConfiguration.LogGroupArn"),
                Link(AwsRelation.DESTINATION, _LOGS + "S3Configuration.BucketArn"),
                Link(AwsRelation.DESTINATION, _LOGS + "FirehoseConfiguration.StreamArn"),
            ),
            details=(Detail("DescribeUserPool", _ID), Detail("GetLogDeliveryConfiguration", _ID)),
            shows=(Role.TELEMETRY,),
        ),
        Read(
            "ListIdentityProviders",
            items="Providers[]",
            type="identity-provider",
            role=None,
            id="ProviderName",
            named=(("provider_type", "ProviderType"),),
            shows=(Role.IDENTITY,),
            within=Within("ListUserPools", _ID),
        ),
    ),
)
