"""Amazon Timestream for InfluxDB: instances, clusters and backups, their keys, and the buckets that their logs go to.

API reference: https://docs.aws.amazon.com/ts-influxdb/latest/ts-influxdb-api/. An instance that stands in two zones names the first. The SDK's
table does not say which Regions have the service: where it has no endpoint it counts as unreachable.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "timestream-influxdb",
    (
        Read(
            "ListDbInstances",
            items="items[]",
            type="db-instance",
            role=Role.DATABASE,
            id="arn",
            local_zone="GetDbInstance.availabilityZone",
            key="GetDbInstance.kmsKeyId",
            names=("endpoint",),
            links=(Link(AwsRelation.DESTINATION, "GetDbInstance.logDeliveryConfiguration.s3Configuration.bucketName"),),
            named=(("public", "GetDbInstance.publiclyAccessible"), ("deployment", "deploymentType")),
            details=(Detail("GetDbInstance", (("identifier", "id"),)),),
        ),
        Read(
            "ListDbClusters",
            items="items[]",
            type="db-cluster",
            role=Role.DATABASE,
            id="arn",
            key="GetDbCluster.kmsKeyId",
            names=("endpoint", "readerEndpoint"),
            links=(Link(AwsRelation.DESTINATION, "GetDbCluster.logDeliveryConfiguration.s3Configuration.bucketName"),),
            named=(("public", "GetDbCluster.publiclyAccessible"),),
            details=(Detail("GetDbCluster", (("dbClusterId", "id"),)),),
        ),
        Read(
            "ListDbBackups",
            items="items[]",
            type="db-backup",
            role=Role.BACKUP,
            id="arn",
            key="kmsKeyId",
            links=(Link(AwsRelation.SOURCE, "dbResourceId"),),
        ),
    ),
)
