"""Amazon Neptune Analytics: graphs, their snapshots, and the buckets that they were exported to; Neptune databases are in the lists of Amazon RDS.

API reference: https://docs.aws.amazon.com/neptune-analytics/latest/apiref/. The SDK's table does not say which Regions have the service: where it has
no endpoint it counts as unreachable.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "neptune-graph",
    (
        Read(
            "ListGraphs",
            items="graphs[]",
            type="graph",
            role=Role.DATABASE,
            id="arn",
            key="kmsKeyIdentifier",
            names=("endpoint",),
            named=(("public", "publicConnectivity"), ("replicas", "replicaCount")),
        ),
        Read(
            "ListGraphSnapshots",
            items="graphSnapshots[]",
            type="graph-snapshot",
            role=Role.BACKUP,
            id="arn",
            key="kmsKeyIdentifier",
            links=(Link(AwsRelation.SOURCE, "sourceGraphId"),),
        ),
        Read(
            "ListExportTasks",
            items="tasks[]",
            type="export-task",
            role=None,
            id="taskId",
            key="kmsKeyIdentifier",
            links=(
                Link(AwsRelation.SOURCE, "graphId"),
                Link(AwsRelation.DESTINATION, "destination", is_address=True),
            ),
            shows=(Role.STORAGE,),
        ),
    ),
)
