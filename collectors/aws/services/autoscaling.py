"""Amazon EC2 Auto Scaling: in which zones a group may start machines, and how many.

API reference: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/. The machines themselves are in the list of EC2; a group says where the
next ones can come.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service

SERVICE = Service(
    "autoscaling",
    (
        Read(
            "DescribeAutoScalingGroups",
            items="AutoScalingGroups[]",
            type="group",
            role=None,
            id="AutoScalingGroupARN",
            zones="AvailabilityZones[]",
            named=(
                ("at_most", "MaxSize"),
                ("wanted", "DesiredCapacity"),
                ("zones", "AvailabilityZones[]"),
                ("instances", "Instances[].InstanceId"),
            ),
        ),
    ),
)
