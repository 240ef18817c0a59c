"""Amazon MSK: Kafka clusters, and the replicators that copy between two of them.

API reference: https://docs.aws.amazon.com/msk/1.0/apireference/. A replicator names its clusters; which of them is the source stands beside
their aliases. Of a cluster outside AWS the host of its first broker is kept.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_BROKERS = "Provisioned.BrokerNodeGroupInfo."

SERVICE = Service(
    "kafka",
    (
        Read(
            "ListClustersV2",
            items="ClusterInfoList[]",
            type="cluster",
            role=Role.STORAGE,
            id="ClusterArn",
            key="Provisioned.EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId",
            links=(
                Link(AwsRelation.DESTINATION, "Provisioned.LoggingInfo.BrokerLogs.S3.Bucket"),
                Link(AwsRelation.DESTINATION, "Provisioned.LoggingInfo.BrokerLogs.Firehose.DeliveryStream"),
            ),
            named=(
                ("public", _BROKERS + "ConnectivityInfo.PublicAccess.Type"),
                ("zone_ids", _BROKERS + "ZoneIds[]"),
            ),
            action="kafka:ListClustersV2",
        ),
        Read(
            "ListReplicators",
            items="Replicators[]",
            type="replicator",
            role=None,
            id="ReplicatorArn",
            links=(
                Link(AwsRelation.REPLICA, "KafkaClustersSummary[].AmazonMskCluster.MskClusterArn"),
                Link(AwsRelation.REPLICA, "KafkaClustersSummary[].ApacheKafkaCluster.BootstrapBrokerString", is_address=True),
            ),
            named=(
                ("from", "ReplicationInfoSummaryList[].SourceKafkaClusterAlias"),
                ("to", "ReplicationInfoSummaryList[].TargetKafkaClusterAlias"),
            ),
            shows=(Role.STORAGE,),
        ),
    ),
)
