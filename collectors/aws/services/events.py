"""Amazon EventBridge: rules with their targets in this and other Regions and accounts, archives, global endpoints and partners.

API reference: https://docs.aws.amazon.com/eventbridge/latest/APIReference/. Of an address outside only the host is kept. What an event pattern
or an input holds is not kept.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Pages, Read, Service, Within
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_FURTHER = Pages("NextToken", "NextToken")

SERVICE = Service(
    "events",
    (
        Read("ListEventBuses", items="EventBuses[]", type="event-bus", role=None, id="Arn", pages=_FURTHER),
        Read(
            "ListRules",
            items="Rules[]",
            type="rule",
            role=None,
            id="Arn",
            within=Within("ListEventBuses", (("EventBusName", "Name"),)),
            links=(Link(AwsRelation.DESTINATION, "ListTargetsByRule.Targets[].Arn"),),
            named=(("managed_by", "ManagedBy"),),
            details=(Detail("ListTargetsByRule", (("Rule", "Name"), ("EventBusName", "EventBusName"))),),
        ),
        Read(
            "ListApiDestinations",
            items="ApiDestinations[]",
            type="api-destination",
            role=None,
            id="ApiDestinationArn",
            pages=_FURTHER,
            links=(Link(AwsRelation.DESTINATION, "InvocationEndpoint", is_address=True),),
        ),
        Read(
            "ListArchives",
            items="Archives[]",
            type="archive",
            role=Role.STORAGE,
            id="ArchiveName",
            pages=_FURTHER,
            links=(Link(AwsRelation.SOURCE, "EventSourceArn"),),
        ),
        Read(
            "ListEndpoints",
            items="Endpoints[]",
            type="endpoint",
            role=None,
            id="Arn",
            pages=_FURTHER,
            names=("EndpointUrl",),
            links=(
                Link(AwsRelation.REPLICA, "EventBuses[].EventBusArn"),
                Link(AwsRelation.REPLICA, "RoutingConfig.FailoverConfig.Secondary.Route"),
            ),
        ),
        Read(
            "ListEventSources",
            items="EventSources[]",
            type="event-source",
            role=None,
            id="Arn",
            pages=_FURTHER,
            links=(Link(AwsRelation.SOURCE, "CreatedBy"),),
        ),
    ),
)
