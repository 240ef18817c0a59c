"""Amazon EC2: what runs, on which disks, with which snapshots and addresses, in which zone, and which networks it is joined to.

API reference: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/. Public snapshots and images of others are not asked for. A snapshot
lies in its Region unless it names an Outpost or a Local Zone.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_PAGE = 500
"""The most that every one of these lists gives in one answer."""
_GONE = frozenset({"terminated", "shutting-down"})
_ENDED = frozenset({"deleted", "deleting", "rejected", "rejecting", "expired", "failed", "failing"})
"""States of gateways and connections that carry nothing."""


def _ends(*ends: str) -> tuple[Link, ...]:
    """Return the links to both ends of a connection: the Region and the account of each, its own among them."""
    return tuple(Link(AwsRelation.PEER, f"{end}.{field}") for end in ends for field in ("Region", "OwnerId"))


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
            named=(("border_group", "NetworkBorderGroup"), ("zone_type", "ZoneType"), ("led_from", "ParentZoneName")),
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
            links=(Link(AwsRelation.SOURCE, "SourceImageRegion"),),
            named=(("public", "Public"), ("snapshots", "BlockDeviceMappings[].Ebs.SnapshotId")),
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
        Read(
            "DescribeNatGateways",
            items="NatGateways[]",
            type="natgateway",
            role=None,
            id="NatGatewayId",
            zones="NatGatewayAddresses[].AvailabilityZone",
            addresses=("NatGatewayAddresses[].PublicIp",),
            skip=(Skip("State", _ENDED),),
            named=(("vpc", "VpcId"), ("subnet", "SubnetId"), ("connectivity", "ConnectivityType")),
            page_size=_PAGE,
        ),
        Read(
            "DescribeVpcEndpoints",
            items="VpcEndpoints[]",
            type="vpc-endpoint",
            role=None,
            id="VpcEndpointId",
            links=(Link(AwsRelation.PEER, "ServiceRegion"),),
            skip=(Skip("State", _ENDED),),
            named=(("kind", "VpcEndpointType"), ("vpc", "VpcId"), ("to", "ServiceName"), ("owner", "OwnerId")),
            page_size=_PAGE,
        ),
        Read(
            "DescribeVpcPeeringConnections",
            items="VpcPeeringConnections[]",
            type="vpc-peering-connection",
            role=None,
            id="VpcPeeringConnectionId",
            links=_ends("AccepterVpcInfo", "RequesterVpcInfo"),
            skip=(Skip("Status.Code", _ENDED),),
            named=(
                ("state", "Status.Code"),
                ("from", "RequesterVpcInfo.VpcId"),
                ("from_region", "RequesterVpcInfo.Region"),
                ("to", "AccepterVpcInfo.VpcId"),
                ("to_region", "AccepterVpcInfo.Region"),
            ),
            page_size=_PAGE,
        ),
        Read(
            "DescribeTransitGateways",
            items="TransitGateways[]",
            type="transit-gateway",
            role=None,
            id="TransitGatewayArn",
            links=(Link(AwsRelation.PEER, "OwnerId"),),
            skip=(Skip("State", _ENDED),),
            page_size=_PAGE,
        ),
        Read(
            "DescribeTransitGatewayAttachments",
            items="TransitGatewayAttachments[]",
            type="transit-gateway-attachment",
            role=None,
            id="TransitGatewayAttachmentId",
            links=(Link(AwsRelation.PEER, "ResourceOwnerId"), Link(AwsRelation.PEER, "TransitGatewayOwnerId")),
            skip=(Skip("State", _ENDED),),
            named=(("gateway", "TransitGatewayId"), ("kind", "ResourceType"), ("to", "ResourceId"), ("state", "State")),
            page_size=_PAGE,
        ),
        Read(
            "DescribeTransitGatewayPeeringAttachments",
            items="TransitGatewayPeeringAttachments[]",
            type="transit-gateway-peering",
            role=None,
            id="TransitGatewayAttachmentId",
            links=_ends("AccepterTgwInfo", "RequesterTgwInfo"),
            skip=(Skip("State", _ENDED),),
            named=(("state", "State"), ("from", "RequesterTgwInfo.TransitGatewayId"), ("to", "AccepterTgwInfo.TransitGatewayId")),
            page_size=_PAGE,
        ),
        Read(
            "DescribeCarrierGateways",
            items="CarrierGateways[]",
            type="carrier-gateway",
            role=None,
            id="CarrierGatewayId",
            skip=(Skip("State", _ENDED),),
            named=(("vpc", "VpcId"),),
            page_size=_PAGE,
        ),
    ),
)
