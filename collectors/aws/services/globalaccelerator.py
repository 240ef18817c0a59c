"""AWS Global Accelerator: fixed addresses that are announced everywhere, and the Regions and endpoints that they lead to.

API reference: https://docs.aws.amazon.com/global-accelerator/latest/api/. The service is global and answers in us-west-2 only. Its addresses are anycast:
they say nothing of a place, the endpoint groups do.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Reach, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_GROUPS = "ListEndpointGroups.EndpointGroups[]."
_ADDRESSES = ("IpSets[].IpAddresses[]",)

SERVICE = Service(
    "globalaccelerator",
    (
        Read(
            "ListAccelerators",
            items="Accelerators[]",
            type="accelerator",
            role=None,
            id="AcceleratorArn",
            addresses=_ADDRESSES,
            names=("DnsName", "DualStackDnsName"),
        ),
        Read(
            "ListListeners",
            items="Listeners[]",
            type="listener",
            role=None,
            id="ListenerArn",
            within=Within("ListAccelerators", (("AcceleratorArn", "AcceleratorArn"),)),
            links=(
                Link(AwsRelation.DESTINATION, _GROUPS + "EndpointGroupRegion"),
                Link(AwsRelation.DESTINATION, _GROUPS + "EndpointDescriptions[].EndpointId"),
            ),
            details=(Detail("ListEndpointGroups", (("ListenerArn", "ListenerArn"),)),),
            shows=(Role.COMPUTE,),
        ),
        Read(
            "ListCustomRoutingAccelerators",
            items="Accelerators[]",
            type="custom-routing-accelerator",
            role=None,
            id="AcceleratorArn",
            addresses=_ADDRESSES,
            names=("DnsName",),
        ),
    ),
    reach=Reach.GLOBAL,
    home="us-west-2",
)
