"""AWS WAF: web ACLs of Regions and of CloudFront, and where the log of inspected requests goes.

API reference: https://docs.aws.amazon.com/waf/latest/APIReference/. What belongs to CloudFront is listed in us-east-1 for the whole account.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_FURTHER = Pages("NextMarker", "NextMarker")


def _reads(scope: str, suffix: str, home: str) -> tuple[Read, Read]:
    arguments = (("Scope", scope),)
    acls = Read(
        "ListWebACLs",
        items="WebACLs[]",
        type=f"webacl{suffix}",
        role=None,
        id="ARN",
        arguments=arguments,
        pages=_FURTHER,
        home=home,
    )
    logging = Read(
        "ListLoggingConfigurations",
        items="LoggingConfigurations[]",
        type=f"logging-configuration{suffix}",
        role=None,
        id="ResourceArn",
        arguments=arguments,
        pages=_FURTHER,
        home=home,
        links=(Link(AwsRelation.DESTINATION, "LogDestinationConfigs[]"),),
        shows=(Role.TELEMETRY,),
    )
    return acls, logging


SERVICE = Service("wafv2", (*_reads("REGIONAL", "", ""), *_reads("CLOUDFRONT", "-cloudfront", "us-east-1")))
