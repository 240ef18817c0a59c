"""Amazon S3: the Region of every bucket, and where its replication rules send copies.

API reference: https://docs.aws.amazon.com/AmazonS3/latest/API/. Buckets are listed once for the account; what is in them is not read. A
rule names its destination by an ARN without Region: a bucket of this account is in the list itself, one of another account is not.
"""

from __future__ import annotations

from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.service import Detail, Item, Link, Reach, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_NAME = (("Bucket", "Name"),)
_OLD_NAMES = {"": "us-east-1", "EU": "eu-west-1"}
"""GetBucketLocation leaves the oldest Region empty, and has kept the name of 2007 for the second one."""


def _region(item: Item) -> str:
    if "GetBucketLocation" not in item:
        return read_text(item, "BucketRegion")  # the location could not be asked; newer answers to the list have it too
    code = read_text(item, "GetBucketLocation.LocationConstraint")
    return _OLD_NAMES.get(code, code)


SERVICE = Service(
    "s3",
    (
        Read(
            "ListBuckets",
            items="Buckets[]",
            type="bucket",
            role=Role.STORAGE,
            id="Name",
            id_is_public=True,
            region=_region,
            key="GetBucketEncryption.ServerSideEncryptionConfiguration.Rules[].ApplyServerSideEncryptionByDefault.KMSMasterKeyID",
            links=(
                Link(AwsRelation.REPLICA, "GetBucketReplication.ReplicationConfiguration.Rules[].Destination.Bucket"),
                Link(AwsRelation.REPLICA, "GetBucketReplication.ReplicationConfiguration.Rules[].Destination.Account"),
            ),
            details=(
                Detail("GetBucketLocation", _NAME),
                Detail(
                    "GetBucketReplication",
                    _NAME,
                    absent=frozenset({"ReplicationConfigurationNotFoundError"}),
                    action="s3:GetReplicationConfiguration",
                ),
                Detail(
                    "GetBucketEncryption",
                    _NAME,
                    absent=frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
                    action="s3:GetEncryptionConfiguration",
                ),
            ),
            action="s3:ListAllMyBuckets",
        ),
    ),
    reach=Reach.GLOBAL,
)
