"""Amazon Security Lake: the lake of each Region, the Regions that it is gathered in, and who may read from it.

API reference: https://docs.aws.amazon.com/security-lake/latest/APIReference/. One Region names the lakes of all of them, so each is named with its own
Region. The bucket of a lake is in the lists of Amazon S3; no event is read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_NONE = frozenset({"ResourceNotFoundException"})
"""The answer where no lake was ever set up."""

SERVICE = Service(
    "securitylake",
    (
        Read(
            "ListDataLakes",
            items="dataLakes[]",
            type="data-lake",
            role=Role.TELEMETRY,
            id="dataLakeArn",
            region="region",
            key="encryptionConfiguration.kmsKeyId",
            links=(
                Link(AwsRelation.REPLICA, "replicationConfiguration.regions[]"),
                Link(AwsRelation.DESTINATION, "s3BucketArn"),
            ),
            absent=_NONE,
        ),
        Read(
            "ListSubscribers",
            items="subscribers[]",
            type="subscriber",
            role=None,
            id="subscriberArn",
            links=(
                Link(AwsRelation.TRUST, "subscriberIdentity.principal"),
                Link(AwsRelation.DESTINATION, "subscriberEndpoint", is_address=True),
            ),
            named=(("access", "accessTypes[]"),),
            absent=_NONE,
            shows=(Role.TELEMETRY,),
        ),
    ),
)
