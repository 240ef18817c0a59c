"""Amazon S3 Tables: table buckets, the key of each, and the table buckets that they and single tables are replicated to.

API reference: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_S3_Tables.html. No row is read. A replication names the
other bucket by an ARN, which holds its Region and account.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_NONE = frozenset({"NotFoundException"})
"""The answer where no replication was ever set up."""
_BUCKET = (("tableBucketARN", "arn"),)

SERVICE = Service(
    "s3tables",
    (
        Read(
            "ListTableBuckets",
            items="tableBuckets[]",
            type="table-bucket",
            role=Role.STORAGE,
            id="arn",
            key="GetTableBucketEncryption.encryptionConfiguration.kmsKeyArn",
            links=(
                Link(
                    AwsRelation.REPLICA,
                    "GetTableBucketReplication.configuration.rules[].destinations[].destinationTableBucketARN",
                ),
            ),
            named=(("encryption", "GetTableBucketEncryption.encryptionConfiguration.sseAlgorithm"),),
            details=(
                Detail("GetTableBucketEncryption", _BUCKET, absent=_NONE),
                Detail("GetTableBucketReplication", _BUCKET, absent=_NONE),
            ),
        ),
        Read(
            "ListTables",
            items="tables[]",
            type="table",
            role=None,
            id="tableARN",
            links=(
                Link(AwsRelation.REPLICA, "GetTableReplication.configuration.rules[].destinations[].destinationTableBucketARN"),
            ),
            shows=(Role.STORAGE,),
            details=(Detail("GetTableReplication", (("tableArn", "tableARN"),), absent=_NONE),),
            within=Within("ListTableBuckets", _BUCKET),
        ),
    ),
)
