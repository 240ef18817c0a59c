"""Amazon API Gateway, REST APIs: APIs, and the public names they are served under.

API reference: https://docs.aws.amazon.com/apigateway/latest/api/. The permission is `apigateway:GET` on a path of the API's own; on everything it
would give API keys as well, so it is given on these lists alone. An `EDGE` type is reached through AWS's network of edge sites.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation

_GET = "apigateway:GET"

SERVICE = Service(
    "apigateway",
    (
        Read(
            "GetRestApis",
            items="items[]",
            type="restapi",
            role=None,
            id="id",
            id_is_public=True,
            named=(("endpoint_types", "endpointConfiguration.types[]"), ("name", "name")),
            action=_GET,
        ),
        Read(
            "GetDomainNames",
            items="items[]",
            type="domain-name",
            role=None,
            id="domainName",
            names=("domainName", "regionalDomainName", "distributionDomainName"),
            named=(("endpoint_types", "endpointConfiguration.types[]"),),
            action=_GET,
        ),
        Read(
            "GetVpcLinks",
            items="items[]",
            type="vpc-link",
            role=None,
            id="id",
            links=(Link(AwsRelation.DESTINATION, "targetArns[]"),),
            action=_GET,
        ),
    ),
    resources=("arn:*:apigateway:*::/restapis", "arn:*:apigateway:*::/domainnames", "arn:*:apigateway:*::/vpclinks"),
)
