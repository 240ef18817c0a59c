"""AWS Systems Manager: parameters, the key of the encrypted ones, and the buckets that collected inventories are copied to.

API reference: https://docs.aws.amazon.com/systems-manager/latest/APIReference/. No parameter's value is read. Machines that are registered here
stand where they stand: the service does not know it.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "ssm",
    (
        Read(
            "DescribeParameters",
            items="Parameters[]",
            type="parameter",
            role=Role.STORAGE,
            id="ARN|Name",
            key="KeyId",
            named=(("parameter_type", "Type"),),
        ),
        Read(
            "ListResourceDataSync",
            items="ResourceDataSyncItems[]",
            type="resource-data-sync",
            role=None,
            id="SyncName",
            links=(
                Link(AwsRelation.DESTINATION, "S3Destination.Region"),
                Link(AwsRelation.SOURCE, "SyncSource.SourceRegions[]"),
            ),
            shows=(Role.STORAGE,),
        ),
    ),
)
