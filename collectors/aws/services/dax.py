"""Amazon DynamoDB Accelerator: clusters that keep what was read of tables in memory. They are reached from within their network alone.

API reference: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Accelerator_(DAX).html. The key of a cluster
is the service's own.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "dax",
    (
        Read(
            "DescribeClusters",
            items="Clusters[]",
            type="cache",
            role=Role.DATABASE,
            id="ClusterArn",
            zones="Nodes[].AvailabilityZone",
            named=(("encrypted", "SSEDescription.Status"),),
        ),
    ),
)
