"""AWS Secrets Manager: which secrets exist, with which key, and in which Regions their replicas are. No secret is read.

API reference: https://docs.aws.amazon.com/secretsmanager/latest/apireference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "secretsmanager",
    (
        Read(
            "ListSecrets",
            items="SecretList[]",
            type="secret",
            role=Role.STORAGE,
            id="ARN",
            arguments=(("IncludePlannedDeletion", True),),
            key="KmsKeyId",
            links=(
                Link(AwsRelation.SOURCE, "PrimaryRegion"),
                Link(AwsRelation.REPLICA, "DescribeSecret.ReplicationStatus[].Region"),
            ),
            named=(("owner_service", "OwningService"), ("secret_type", "Type")),
            details=(Detail("DescribeSecret", (("SecretId", "ARN"),)),),
        ),
    ),
)
