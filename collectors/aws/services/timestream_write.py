"""Amazon Timestream for LiveAnalytics: databases, and the buckets that refused records go to.

API reference: https://docs.aws.amazon.com/timestream/latest/developerguide/API_Operations_Amazon_Timestream_Write.html. The SDK asks the service
for its own endpoint first (DescribeEndpoints). Timestream for InfluxDB is a service of its own and is not read here.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "timestream-write",
    (
        Read(
            "ListDatabases",
            items="Databases[]",
            type="database",
            role=Role.DATABASE,
            id="Arn",
            key="KmsKeyId",
            pages=Pages("NextToken", "NextToken"),
        ),
        Read(
            "ListTables",
            items="Tables[]",
            type="table",
            role=Role.DATABASE,
            id="Arn",
            pages=Pages("NextToken", "NextToken"),
            links=(
                Link(
                    AwsRelation.DESTINATION,
                    "MagneticStoreWriteProperties.MagneticStoreRejectedDataLocation.S3Configuration.BucketName",
                ),
            ),
        ),
    ),
    prefix="timestream",
    further=("timestream:DescribeEndpoints",),
)
