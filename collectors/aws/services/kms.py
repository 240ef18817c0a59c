"""AWS KMS: which keys exist, who manages them, and where their material comes from.

API reference: https://docs.aws.amazon.com/kms/latest/APIReference/. `manager` is AWS or CUSTOMER; `origin` is AWS_KMS, EXTERNAL (imported),
AWS_CLOUDHSM or EXTERNAL_KEY_STORE. Who could be made to use a key is not seen here.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "kms",
    (
        Read(
            "ListKeys",
            items="Keys[]",
            type="key",
            role=Role.KEYS,
            id="KeyArn",
            links=(Link(AwsRelation.REPLICA, "DescribeKey.KeyMetadata.MultiRegionConfiguration.ReplicaKeys[].Arn"),),
            named=(
                ("manager", "DescribeKey.KeyMetadata.KeyManager"),
                ("origin", "DescribeKey.KeyMetadata.Origin"),
                ("key_store", "DescribeKey.KeyMetadata.CustomKeyStoreId"),
                ("multi_region", "DescribeKey.KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType"),
            ),
            details=(Detail("DescribeKey", (("KeyId", "KeyId"),)),),
        ),
        Read(
            "DescribeCustomKeyStores",
            items="CustomKeyStores[]",
            type="key-store",
            role=Role.KEYS,
            id="CustomKeyStoreId",
            named=(
                ("store_type", "CustomKeyStoreType"),
                ("cluster", "CloudHsmClusterId"),
                ("proxy", "XksProxyConfiguration.UriEndpoint"),
            ),
        ),
    ),
)
