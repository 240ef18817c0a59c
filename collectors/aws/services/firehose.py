"""Amazon Data Firehose: streams, where their records come from, and where they go: buckets and stores, or parties outside AWS.

API reference: https://docs.aws.amazon.com/firehose/latest/APIReference/. Of an address outside only the host is kept: an address of delivery can
hold a token. Datadog, New Relic, Splunk and others are such addresses; the destination's own name is the customer's word.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_STREAM = "DescribeDeliveryStream.DeliveryStreamDescription."
_ARNS = (
    "S3DestinationDescription.BucketARN",
    "ExtendedS3DestinationDescription.BucketARN",
    "ExtendedS3DestinationDescription.S3BackupDescription.BucketARN",
    "RedshiftDestinationDescription.S3DestinationDescription.BucketARN",
    "ElasticsearchDestinationDescription.DomainARN",
    "AmazonopensearchserviceDestinationDescription.DomainARN",
    "SplunkDestinationDescription.S3DestinationDescription.BucketARN",
    "HttpEndpointDestinationDescription.S3DestinationDescription.BucketARN",
    "SnowflakeDestinationDescription.S3DestinationDescription.BucketARN",
    "IcebergDestinationDescription.CatalogConfiguration.CatalogARN",
    "IcebergDestinationDescription.S3DestinationDescription.BucketARN",
)
_ADDRESSES = (
    "ElasticsearchDestinationDescription.ClusterEndpoint",
    "AmazonopensearchserviceDestinationDescription.ClusterEndpoint",
    "AmazonOpenSearchServerlessDestinationDescription.CollectionEndpoint",
    "SplunkDestinationDescription.HECEndpoint",
    "HttpEndpointDestinationDescription.EndpointConfiguration.Url",
    "SnowflakeDestinationDescription.AccountUrl",
    "RedshiftDestinationDescription.ClusterJDBCURL",
)


def _to(kind: str, *, is_address: bool = False) -> Link:
    return Link(AwsRelation.DESTINATION, f"{_STREAM}Destinations[].{kind}", is_address=is_address)


SERVICE = Service(
    "firehose",
    (
        Read(
            "ListDeliveryStreams",
            items="DeliveryStreamNames[]",
            type="deliverystream",
            role=Role.TELEMETRY,
            id=PLAIN,
            pages=Pages("ExclusiveStartDeliveryStreamName", "DeliveryStreamNames[]", more="HasMoreDeliveryStreams"),
            key=_STREAM + "DeliveryStreamEncryptionConfiguration.KeyARN",
            links=(
                Link(AwsRelation.SOURCE, _STREAM + "Source.KinesisStreamSourceDescription.KinesisStreamARN"),
                Link(AwsRelation.SOURCE, _STREAM + "Source.MSKSourceDescription.MSKClusterARN"),
                *(_to(kind) for kind in _ARNS),
                *(_to(kind, is_address=True) for kind in _ADDRESSES),
            ),
            named=(
                ("endpoint", _STREAM + "Destinations[].HttpEndpointDestinationDescription.EndpointConfiguration.Name"),
                ("source_type", _STREAM + "DeliveryStreamType"),
            ),
            details=(Detail("DescribeDeliveryStream", (("DeliveryStreamName", PLAIN),)),),
        ),
    ),
)
