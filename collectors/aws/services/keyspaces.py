"""Amazon Keyspaces (for Apache Cassandra): key spaces and the Regions they are replicated to.

API reference: https://docs.aws.amazon.com/keyspaces/latest/APIReference/. The lists are answered from the system key spaces, and the permission
for them is that of reading a table (`cassandra:Select`): it is given on the system key spaces alone.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_SYSTEM = frozenset({"system", "system_schema", "system_schema_mcs", "system_multiregion_info"})
"""Key spaces that every account has, and that hold only what the service knows of itself (developer guide, "System keyspaces")."""

SERVICE = Service(
    "keyspaces",
    (
        Read(
            "ListKeyspaces",
            items="keyspaces[]",
            type="keyspace",
            role=Role.DATABASE,
            id="resourceArn",
            links=(Link(AwsRelation.REPLICA, "replicationRegions[]"),),
            skip=(Skip("keyspaceName", _SYSTEM),),
            named=(("replication", "replicationStrategy"),),
            action="cassandra:Select",
        ),
    ),
    prefix="cassandra",
    resources=("arn:*:cassandra:*:*:/keyspace/system*",),
)
