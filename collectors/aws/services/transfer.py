"""AWS Transfer Family: servers that take files in, who lets people in there, and connectors that send files to partners.

API reference: https://docs.aws.amazon.com/transfer/latest/APIReference/. The files themselves lie in S3 or EFS and are listed there.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation

SERVICE = Service(
    "transfer",
    (
        Read(
            "ListServers",
            items="Servers[]",
            type="server",
            role=None,
            id="Arn",
            links=(Link(AwsRelation.TRUST, "DescribeServer.Server.IdentityProviderDetails.Url", is_address=True),),
            named=(
                ("stores_in", "Domain"),
                ("endpoint_type", "EndpointType"),
                ("identity_provider", "IdentityProviderType"),
                ("protocols", "DescribeServer.Server.Protocols[]"),
            ),
            details=(Detail("DescribeServer", (("ServerId", "ServerId"),)),),
        ),
        Read(
            "ListConnectors",
            items="Connectors[]",
            type="connector",
            role=None,
            id="Arn",
            links=(Link(AwsRelation.DESTINATION, "Url", is_address=True),),
        ),
    ),
)
