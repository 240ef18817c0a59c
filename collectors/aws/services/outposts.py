"""AWS Outposts: racks and servers of AWS that stand at a place of the customer's choosing.

API reference: https://docs.aws.amazon.com/outposts/latest/APIReference/. The zone is the one that an Outpost is led from; where it stands is the
holder's own word (the address of its site, which is not read).
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service

SERVICE = Service(
    "outposts",
    (
        Read(
            "ListOutposts",
            items="Outposts[]",
            type="outpost",
            role=None,
            id="OutpostArn",
            zone="AvailabilityZone",
            outpost="OutpostArn",
            named=(
                ("owner", "OwnerId"),
                ("site", "SiteId"),
                ("hardware", "SupportedHardwareType"),
                ("status", "LifeCycleStatus"),
            ),
        ),
    ),
)
