"""Amazon API Gateway, HTTP and WebSocket APIs: APIs and the public names they are served under.

API reference: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/. Permissions are those of the older API, on paths of this one.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service

_GET = "apigateway:GET"

SERVICE = Service(
    "apigatewayv2",
    (
        Read(
            "GetApis",
            items="Items[]",
            type="api",
            role=None,
            id="ApiId",
            names=("ApiEndpoint",),
            named=(("protocol", "ProtocolType"), ("name", "Name")),
            action=_GET,
        ),
        Read(
            "GetDomainNames",
            items="Items[]",
            type="domain-name",
            role=None,
            id="DomainName",
            names=("DomainName", "DomainNameConfigurations[].ApiGatewayDomainName"),
            action=_GET,
        ),
    ),
    resources=("arn:*:apigateway:*::/apis", "arn:*:apigateway:*::/domainnames"),
)
