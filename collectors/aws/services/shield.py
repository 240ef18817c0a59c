"""AWS Shield Advanced: which resources are protected; an account without the subscription has none.

API reference: https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/. The service is global and answers in us-east-1.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Reach, Read, Service
from herkomst.scanner.model.aws import AwsRelation

SERVICE = Service(
    "shield",
    (
        Read(
            "ListProtections",
            items="Protections[]",
            type="protection",
            role=None,
            id="ProtectionArn|Id",
            absent=frozenset({"ResourceNotFoundException"}),
            links=(Link(AwsRelation.DESTINATION, "ResourceArn"),),
        ),
    ),
    reach=Reach.GLOBAL,
    home="us-east-1",
)
