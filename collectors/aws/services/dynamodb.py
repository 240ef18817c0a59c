"""Amazon DynamoDB: tables, the Regions of their replicas, their backups, and the buckets that exports went to.

API reference: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/. A replica is a table of its own Region too. What is in a table
is not read. Exports of the last 35 days are listed; older ones are not known to the service any more.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_NAME = (("TableName", PLAIN),)

SERVICE = Service(
    "dynamodb",
    (
        Read(
            "ListTables",
            items="TableNames[]",
            type="table",
            role=Role.DATABASE,
            id=PLAIN,
            key="DescribeTable.Table.SSEDescription.KMSMasterKeyArn",
            links=(
                Link(AwsRelation.REPLICA, "DescribeTable.Table.Replicas[].RegionName"),
                Link(AwsRelation.REPLICA, "DescribeTable.Table.GlobalTableWitnesses[].RegionName"),
                Link(AwsRelation.SOURCE, "DescribeTable.Table.RestoreSummary.SourceTableArn"),
                Link(AwsRelation.DESTINATION, "DescribeKinesisStreamingDestination.KinesisDataStreamDestinations[].StreamArn"),
            ),
            named=(
                (
                    "point_in_time_recovery",
                    "DescribeContinuousBackups.ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
                ),
            ),
            details=(
                Detail("DescribeTable", _NAME),
                Detail("DescribeContinuousBackups", _NAME),
                Detail("DescribeKinesisStreamingDestination", _NAME),
            ),
        ),
        Read(
            "ListBackups",
            items="BackupSummaries[]",
            type="backup",
            role=Role.BACKUP,
            id="BackupArn",
            arguments=(("BackupType", "ALL"),),
            links=(Link(AwsRelation.SOURCE, "TableArn"),),
        ),
        Read(
            "ListExports",
            items="ExportSummaries[]",
            type="export",
            role=None,
            id="ExportArn",
            pages=Pages("NextToken", "NextToken"),
            links=(
                Link(AwsRelation.DESTINATION, "DescribeExport.ExportDescription.S3Bucket"),
                Link(AwsRelation.DESTINATION, "DescribeExport.ExportDescription.S3BucketOwner"),
                Link(AwsRelation.SOURCE, "DescribeExport.ExportDescription.TableArn"),
            ),
            details=(Detail("DescribeExport", (("ExportArn", "ExportArn"),)),),
            shows=(Role.STORAGE,),
        ),
    ),
)
