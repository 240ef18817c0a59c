"""AWS Storage Gateway: gateways, and what is kept behind them: shares on buckets, volumes and tapes.

API reference: https://docs.aws.amazon.com/storagegateway/latest/APIReference/. The machine of a gateway holds a cache; `host` says what it runs
on, and anything but EC2 stands at a place that AWS does not know. The data behind it lie in the Region, those of a share in its bucket.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role


def _shares(kind: str, other: str) -> Read:
    """Return the read of the file shares of one protocol: the details of each have an operation of their own."""
    operation = f"Describe{kind}FileShares"
    found = f"{operation}.{kind}FileShareInfoList[]."
    return Read(
        "ListFileShares",
        items="FileShareInfoList[]",
        type=f"{kind.lower()}-share",
        role=Role.STORAGE,
        id="FileShareARN",
        key=found + "KMSKey",
        links=(
            Link(AwsRelation.DESTINATION, found + "LocationARN"),
            Link(AwsRelation.DESTINATION, found + "BucketRegion"),
        ),
        skip=(Skip("FileShareType", frozenset({other})),),
        details=(Detail(operation, (("FileShareARNList", "FileShareARN"),)),),
    )


SERVICE = Service(
    "storagegateway",
    (
        Read(
            "ListGateways",
            items="Gateways[]",
            type="gateway",
            role=Role.STORAGE,
            id="GatewayARN",
            links=(Link(AwsRelation.SOURCE, "Ec2InstanceRegion"),),
            named=(("gateway_type", "GatewayType"), ("host", "HostEnvironment"), ("instance", "Ec2InstanceId")),
        ),
        _shares("NFS", "SMB"),
        _shares("SMB", "NFS"),
        Read("ListVolumes", items="VolumeInfos[]", type="volume", role=Role.STORAGE, id="VolumeARN"),
        Read("ListTapes", items="TapeInfos[]", type="tape", role=Role.BACKUP, id="TapeARN"),
    ),
)
