"""Amazon OpenSearch Service: domains, and the connections that let one search in or copy to another.

API reference: https://docs.aws.amazon.com/opensearch-service/latest/APIReference/. Connections are listed with the domains at both ends, which
can be of other Regions and accounts. The automated snapshots of a domain stay in its Region and are not listed.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_STATUS = "DescribeDomain.DomainStatus."
_REMOTE = "RemoteDomainInfo.AWSDomainInformation."
_LOCAL = "LocalDomainInfo.AWSDomainInformation."

SERVICE = Service(
    "opensearch",
    (
        Read(
            "ListDomainNames",
            items="DomainNames[]",
            type="domain",
            role=Role.DATABASE,
            id="DomainName",
            key=_STATUS + "EncryptionAtRestOptions.KmsKeyId",
            names=(
                _STATUS + "Endpoint",
                _STATUS + "EndpointV2",
                _STATUS + "DomainEndpointOptions.CustomEndpoint",
            ),
            named=(
                ("engine", "EngineType"),
                ("vpc", _STATUS + "VPCOptions.VPCId"),
                ("zones", _STATUS + "VPCOptions.AvailabilityZones[]"),
                ("encrypted", _STATUS + "EncryptionAtRestOptions.Enabled"),
            ),
            details=(Detail("DescribeDomain", (("DomainName", "DomainName"),)),),
        ),
        Read(
            "DescribeOutboundConnections",
            items="Connections[]",
            type="outbound-connection",
            role=None,
            id="ConnectionId",
            pages=Pages("NextToken", "NextToken"),
            links=(
                Link(AwsRelation.SOURCE, _REMOTE + "Region"),
                Link(AwsRelation.SOURCE, _REMOTE + "OwnerId"),
            ),
            named=(("local", _LOCAL + "DomainName"), ("remote", _REMOTE + "DomainName")),
            shows=(Role.DATABASE,),
        ),
        Read(
            "DescribeInboundConnections",
            items="Connections[]",
            type="inbound-connection",
            role=None,
            id="ConnectionId",
            pages=Pages("NextToken", "NextToken"),
            links=(
                Link(AwsRelation.DESTINATION, _LOCAL + "Region"),
                Link(AwsRelation.DESTINATION, _LOCAL + "OwnerId"),
            ),
            named=(("local", _REMOTE + "DomainName"), ("remote", _LOCAL + "DomainName")),
            shows=(Role.DATABASE,),
        ),
    ),
    prefix="es",
)
"""In both lists the local domain is the one that asks, and the remote one gives: data flow from remote to local."""
