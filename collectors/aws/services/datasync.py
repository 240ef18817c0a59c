"""AWS DataSync: the two ends of every copying task, at AWS or elsewhere.

API reference: https://docs.aws.amazon.com/datasync/latest/userguide/API_Operations.html. The ARN of a location says where it was made known;
the place it stands for is in its address, of which the kind and the host or bucket are kept.
"""

from __future__ import annotations

from herkomst.collectors.aws.paths import host_of, read_text
from herkomst.collectors.aws.service import Detail, Item, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role


def _place(item: Item) -> str:
    address = read_text(item, "LocationUri")
    kind, separator, _ = address.partition("://")
    return f"{kind}://{host_of(address)}" if separator else ""


SERVICE = Service(
    "datasync",
    (
        Read(
            "ListTasks",
            items="Tasks[]",
            type="task",
            role=None,
            id="TaskArn",
            links=(
                Link(AwsRelation.SOURCE, "DescribeTask.SourceLocationArn"),
                Link(AwsRelation.DESTINATION, "DescribeTask.DestinationLocationArn"),
            ),
            details=(Detail("DescribeTask", (("TaskArn", "TaskArn"),)),),
            shows=(Role.STORAGE,),
        ),
        Read(
            "ListLocations",
            items="Locations[]",
            type="location",
            role=None,
            id="LocationArn",
            named=(("place", _place),),
            shows=(Role.STORAGE,),
        ),
    ),
)
