"""AWS Payment Cryptography: keys of card payments, and the Regions that a key is replicated to.

API reference: https://docs.aws.amazon.com/payment-cryptography/latest/APIReference/. Keys lie in AWS's own modules. The SDK's table does not say which
Regions have the service: where it has no endpoint it counts as unreachable.
"""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.collectors.aws.service import Detail, Item, Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role


def _replica_regions(item: Item) -> Iterable[str]:
    """Return the Regions of a key's replicas: the names in a map of how each of them stands."""
    return tuple(item.get("GetKey", {}).get("Key", {}).get("ReplicationStatus") or ())


SERVICE = Service(
    "payment-cryptography",
    (
        Read(
            "ListKeys",
            items="Keys[]",
            type="key",
            role=Role.KEYS,
            id="KeyArn",
            links=(
                Link(AwsRelation.REPLICA, _replica_regions),
                Link(AwsRelation.SOURCE, "PrimaryRegion"),
            ),
            named=(("replication", "MultiRegionKeyType"), ("origin", "GetKey.Key.KeyOrigin")),
            skip=(Skip("KeyState", frozenset({"DELETE_COMPLETE"})),),
            details=(Detail("GetKey", (("KeyIdentifier", "KeyArn"),)),),
        ),
    ),
)
