"""AWS App Runner: services with their public names and keys.

API reference: https://docs.aws.amazon.com/apprunner/latest/api/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Pages, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_FURTHER = Pages("NextToken", "NextToken")
_SERVICE = "DescribeService.Service."

SERVICE = Service(
    "apprunner",
    (
        Read(
            "ListServices",
            items="ServiceSummaryList[]",
            type="service",
            role=Role.COMPUTE,
            id="ServiceArn",
            pages=_FURTHER,
            key=_SERVICE + "EncryptionConfiguration.KmsKey",
            names=("ServiceUrl",),
            links=(
                Link(AwsRelation.SOURCE, _SERVICE + "SourceConfiguration.CodeRepository.RepositoryUrl", is_address=True),
                Link(AwsRelation.SOURCE, _SERVICE + "SourceConfiguration.ImageRepository.ImageIdentifier", is_address=True),
            ),
            named=(("public", _SERVICE + "NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible"),),
            details=(Detail("DescribeService", (("ServiceArn", "ServiceArn"),)),),
        ),
        Read(
            "DescribeCustomDomains",
            items="CustomDomains[]",
            type="custom-domain",
            role=None,
            id="DomainName",
            pages=_FURTHER,
            names=("DomainName",),
            within=Within("ListServices", (("ServiceArn", "ServiceArn"),)),
        ),
    ),
)
