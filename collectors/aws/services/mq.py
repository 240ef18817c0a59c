"""Amazon MQ: message brokers, their keys, and the broker of another Region that data are replicated with.

API reference: https://docs.aws.amazon.com/amazon-mq/latest/api-reference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "mq",
    (
        Read(
            "ListBrokers",
            items="BrokerSummaries[]",
            type="broker",
            role=Role.STORAGE,
            id="BrokerArn",
            key="DescribeBroker.EncryptionOptions.KmsKeyId",
            names=("DescribeBroker.BrokerInstances[].ConsoleURL",),
            links=(Link(AwsRelation.REPLICA, "DescribeBroker.DataReplicationMetadata.DataReplicationCounterpart.Region"),),
            named=(("engine", "EngineType"), ("public", "DescribeBroker.PubliclyAccessible")),
            details=(Detail("DescribeBroker", (("BrokerId", "BrokerId"),)),),
        ),
    ),
)
