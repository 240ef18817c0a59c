"""AWS Elastic Beanstalk: environments and their public names; the machines and balancers they are made of are listed by their own services.

API reference: https://docs.aws.amazon.com/elasticbeanstalk/latest/api/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "elasticbeanstalk",
    (
        Read(
            "DescribeEnvironments",
            items="Environments[]",
            type="environment",
            role=Role.COMPUTE,
            id="EnvironmentArn",
            names=("CNAME",),
            named=(("application", "ApplicationName"), ("tier", "Tier.Name")),
        ),
    ),
)
