"""IAM Identity Center: the Region its identities are kept in, the Regions they are replicated to, and the key.

API reference: https://docs.aws.amazon.com/singlesignon/latest/APIReference/. An account sees the instance of its organisation only from the managing or a
delegated account, and in the Regions that have it. Which outside provider people sign in with is not told by this API.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "sso-admin",
    (
        Read(
            "ListInstances",
            items="Instances[]",
            type="instance",
            role=Role.IDENTITY,
            id="InstanceArn",
            key="DescribeInstance.EncryptionConfigurationDetails.KmsKeyArn",
            links=(Link(AwsRelation.REPLICA, "Regions[].RegionName"),),
            named=(("owner", "OwnerAccountId"), ("primary_region", "PrimaryRegion")),
            details=(Detail("DescribeInstance", (("InstanceArn", "InstanceArn"),)),),
        ),
    ),
    prefix="sso",
)
