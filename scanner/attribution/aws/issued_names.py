"""Names that AWS issues to a customer's resource, and the service that lists them: who has such a name in no list of his does not own it.

Domains are those of the services' own guides (for a load balancer: Elastic Load Balancing user guide, "DNS name"), read in November 2026.
"""

from __future__ import annotations

import re

_AWS = r"amazonaws\.(?:com|com\.cn|eu)"
_REGION = r"[a-z0-9-]+"
_SERVICES = (
    ("apigateway", rf".+\.execute-api\.{_REGION}\.{_AWS}"),
    ("apprunner", r".+\.awsapprunner\.com"),
    ("cloudfront", r".+\.cloudfront\.(?:net|cn)"),
    ("ec2", rf"ec2-.+\.compute(?:-1)?\.{_AWS}"),
    ("elasticbeanstalk", r".+\.elasticbeanstalk\.com(?:\.cn)?"),
    ("elbv2", rf".+\.elb(?:\.{_REGION})?\.{_AWS}(?:\.cn)?"),
    ("elbv2", rf".+\.{_REGION}\.elb\.{_AWS}"),
    ("globalaccelerator", r".+\.awsglobalaccelerator\.com"),
    ("lambda", rf".+\.lambda-url\.{_REGION}\.on\.aws"),
    ("lightsail", r".+\.amazonlightsail\.com"),
    ("rds", rf".+\.rds\.{_AWS}"),
    ("s3", rf".+\.s3(?:-website)?(?:[.-]{_REGION})*\.{_AWS}"),
)
_PATTERNS = tuple((service, re.compile(pattern)) for service, pattern in _SERVICES)


def issuing_service(name: str) -> str | None:
    """Return the service that lists the owner of a name; None where no service that is read issues such names."""
    return next((service for service, pattern in _PATTERNS if pattern.fullmatch(name)), None)
