"""Elastic Load Balancing, first generation: Classic Load Balancers, in which zones they stand and who can reach them.

API reference: https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/. Every load balancer has a public name; that of an
internal one (`scheme`) leads to private addresses. Traffic is decrypted here where a listener speaks TLS.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "elb",
    (
        Read(
            "DescribeLoadBalancers",
            items="LoadBalancerDescriptions[]",
            type="load-balancer",
            role=Role.COMPUTE,
            id="LoadBalancerName",
            zones="AvailabilityZones[]",
            names=("DNSName",),
            named=(("scheme", "Scheme"), ("vpc", "VPCId"), ("instances", "Instances[].InstanceId")),
        ),
    ),
    prefix="elasticloadbalancing",
)
