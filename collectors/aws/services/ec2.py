"""Amazon EC2: what runs, on which disks, with which snapshots and addresses, in which zone.

API reference: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/. Public snapshots and images of others are not asked for. A snapshot
lies in its Region unless it names an Outpost or a Local Zone.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service, Skip
from herkomst.scanner.model.claim import Role

_PAGE = 500
"""The most that every one of these lists gives in one answer."""
_GONE = frozenset({"terminated", "shutting-down"})

SERVICE = Service(
    "ec2",
    (
        Read(
            "DescribeAvailabilityZones",
            items="AvailabilityZones[]",
            type="availability-zone",
            role=None,
            id="ZoneName",
            zone="ZoneName",
            named=(("border_group", "NetworkBorderGroup"), ("zone_type", "ZoneType")),
        ),
        Read(
            "DescribeInstances",
            items="Reservations[].Instances[]",
            type="instance",
            role=Role.COMPUTE,
            id="InstanceId",
            zone="Placement.AvailabilityZone",
            outpost="OutpostArn",
            addresses=("PublicIpAddress", "Ipv6Address", "NetworkInterfaces[].Association.PublicIp"),
            names=("PublicDnsName",),
            skip=(Skip("State.Name", _GONE),),
            page_size=_PAGE,
        ),
        Read(
            "DescribeVolumes",
            items="Volumes[]",
            type="volume",
            role=Role.STORAGE,
            id="VolumeId",
            zone="AvailabilityZone",
            outpost="OutpostArn",
            key="KmsKeyId",
            named=(("encrypted", "Encrypted"),),
            page_size=_PAGE,
        ),
        Read(
            "DescribeSnapshots",
            items="Snapshots[]",
            type="snapshot",
            role=Role.BACKUP,
            id="SnapshotId",
            arguments=(("OwnerIds", ["self"]),),
            local_zone="AvailabilityZone",
            outpost="OutpostArn",
            key="KmsKeyId",
            named=(("encrypted", "Encrypted"), ("volume", "VolumeId")),
            page_size=_PAGE,
        ),
        Read(
            "DescribeImages",
            items="Images[]",
            type="image",
            role=None,
            id="ImageId",
            arguments=(("Owners", ["self"]),),
            page_size=_PAGE,
        ),
        Read(
            "DescribeAddresses",
            items="Addresses[]",
            type="elastic-ip",
            role=None,
            id="AllocationId",
            zone="NetworkBorderGroup",
            addresses=("PublicIp", "CarrierIp"),
            named=(("instance", "InstanceId"),),
        ),
        Read(
            "DescribeNetworkInterfaces",
            items="NetworkInterfaces[]",
            type="network-interface",
            role=None,
            id="NetworkInterfaceId",
            zone="AvailabilityZone",
            outpost="OutpostArn",
            addresses=("Association.PublicIp", "PrivateIpAddresses[].Association.PublicIp", "Ipv6Addresses[].Ipv6Address"),
            named=(("requester", "RequesterId"),),
            page_size=_PAGE,
        ),
        Read(
            "DescribeVpcs",
            items="Vpcs[]",
            type="vpc",
            role=None,
            id="VpcId",
            page_size=_PAGE,
            named=(("is_default", "IsDefault"),),
        ),
        Read(
            "DescribeSubnets",
            items="Subnets[]",
            type="subnet",
            role=None,
            id="SubnetId",
            zone="AvailabilityZone",
            outpost="OutpostArn",
            page_size=_PAGE,
        ),
    ),
)
