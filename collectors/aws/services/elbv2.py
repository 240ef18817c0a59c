"""Elastic Load Balancing, second generation: Application, Network and Gateway Load Balancers, and the groups of targets behind them.

API reference: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/. `kind` is application, network or gateway. Targets of the
kind `ip` can be machines outside AWS; which ones is not read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "elbv2",
    (
        Read(
            "DescribeLoadBalancers",
            items="LoadBalancers[]",
            type="loadbalancer",
            role=Role.COMPUTE,
            id="LoadBalancerArn",
            zones="AvailabilityZones[].ZoneName",
            outpost="AvailabilityZones[].OutpostId",
            names=("DNSName",),
            addresses=(
                "AvailabilityZones[].LoadBalancerAddresses[].IpAddress",
                "AvailabilityZones[].LoadBalancerAddresses[].IPv6Address",
            ),
            named=(("kind", "Type"), ("scheme", "Scheme"), ("vpc", "VpcId")),
        ),
        Read(
            "DescribeTargetGroups",
            items="TargetGroups[]",
            type="targetgroup",
            role=None,
            id="TargetGroupArn",
            named=(("target_type", "TargetType"), ("load_balancers", "LoadBalancerArns[]"), ("vpc", "VpcId")),
        ),
    ),
    prefix="elasticloadbalancing",
)
