"""AWS Elastic Disaster Recovery: the servers that are copied, where they stand, and where their copies lie. Copies that were started are in EC2's lists.

API reference: https://docs.aws.amazon.com/drs/latest/APIReference/. The disks of a copy lie in one zone; a server outside AWS has no Region here. An
account that never set the service up says so, and has no copies.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_NEVER_SET_UP = frozenset({"UninitializedAccountException"})

SERVICE = Service(
    "drs",
    (
        Read(
            "DescribeSourceServers",
            items="items[]",
            type="source-server",
            role=Role.BACKUP,
            id="arn",
            local_zone="dataReplicationInfo.stagingAvailabilityZone",
            outpost="dataReplicationInfo.stagingOutpostArn",
            key="GetReplicationConfiguration.ebsEncryptionKeyArn",
            links=(
                Link(AwsRelation.SOURCE, "sourceCloudProperties.originRegion"),
                Link(AwsRelation.SOURCE, "sourceCloudProperties.originAccountID"),
                Link(AwsRelation.COPY, "stagingArea.stagingAccountID"),
            ),
            named=(("direction", "replicationDirection"), ("encryption", "GetReplicationConfiguration.ebsEncryption")),
            details=(Detail("GetReplicationConfiguration", (("sourceServerID", "sourceServerID"),)),),
            absent=_NEVER_SET_UP,
        ),
    ),
)
