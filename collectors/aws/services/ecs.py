"""Amazon ECS: clusters, what runs in them, and the machines that take part, those on other premises among them.

API reference: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/. Tasks come and go: they are one resource a cluster, and where each runs
is seen from its network interface or machine. A machine with an id that begins with `mi-` was registered from outside AWS (ECS Anywhere): its place
is not known to AWS.
"""

from __future__ import annotations

from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.service import PLAIN, Detail, Item, Read, Service, Within
from herkomst.scanner.model.claim import Role

_CLUSTER = Within("ListClusters", (("cluster", PLAIN),))
_MACHINE = "DescribeContainerInstances.containerInstances[].ec2InstanceId"


def _other_premises(item: Item) -> str:
    machine = read_text(item, _MACHINE)
    return machine if machine.startswith("mi-") else ""


SERVICE = Service(
    "ecs",
    (
        Read(
            "ListClusters",
            items="clusterArns[]",
            type="cluster",
            role=Role.CONTROL_PLANE,
            id=PLAIN,
            key="DescribeClusters.clusters[].configuration.managedStorageConfiguration.kmsKeyId",
            named=(("capacity_providers", "DescribeClusters.clusters[].capacityProviders[]"),),
            details=(Detail("DescribeClusters", (("clusters", PLAIN),), fixed=(("include", ["CONFIGURATIONS"]),)),),
        ),
        Read("ListServices", items="serviceArns[]", type="service", role=Role.COMPUTE, id=PLAIN, within=_CLUSTER),
        Read(
            "ListTasks",
            items="taskArns[]",
            type="tasks",
            role=Role.COMPUTE,
            id=f"ListClusters.{PLAIN}",
            within=_CLUSTER,
        ),
        Read(
            "ListContainerInstances",
            items="containerInstanceArns[]",
            type="container-instance",
            role=Role.COMPUTE,
            id=PLAIN,
            within=_CLUSTER,
            outpost=_other_premises,
            named=(("machine", _MACHINE),),
            details=(
                Detail(
                    "DescribeContainerInstances",
                    (("cluster", f"ListClusters.{PLAIN}"), ("containerInstances", PLAIN)),
                ),
            ),
        ),
    ),
)
