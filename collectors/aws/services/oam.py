"""Amazon CloudWatch Observability Access Manager: the account that watches, and the accounts that are watched.

API reference: https://docs.aws.amazon.com/OAM/latest/APIReference/. A link stands in the account that is watched and names the sink of the one that watches; the
sink's side lists the links that came in.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "oam",
    (
        Read("ListSinks", items="Items[]", type="sink", role=None, id="Arn", shows=(Role.TELEMETRY,)),
        Read(
            "ListAttachedLinks",
            items="Items[]",
            type="attached-link",
            role=None,
            id="LinkArn",
            within=Within("ListSinks", (("SinkIdentifier", "Arn"),)),
            links=(Link(AwsRelation.SOURCE, "LinkArn"),),
            shows=(Role.TELEMETRY,),
        ),
        Read(
            "ListLinks",
            items="Items[]",
            type="link",
            role=None,
            id="Arn",
            links=(Link(AwsRelation.DESTINATION, "SinkArn"),),
            named=(("shares", "ResourceTypes[]"),),
            shows=(Role.TELEMETRY,),
        ),
    ),
)
