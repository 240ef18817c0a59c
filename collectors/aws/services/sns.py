"""Amazon SNS: topics, their keys, and where their messages go: queues and functions, web addresses, mail domains.

API reference: https://docs.aws.amazon.com/sns/latest/api/. Of a subscriber outside AWS only the host or mail domain is kept; telephone numbers
are not. A subscription that nobody confirmed gets nothing, and is left out.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation

SERVICE = Service(
    "sns",
    (
        Read(
            "ListTopics",
            items="Topics[]",
            type="topic",
            role=None,
            id="TopicArn",
            key="GetTopicAttributes.Attributes.KmsMasterKeyId",
            details=(Detail("GetTopicAttributes", (("TopicArn", "TopicArn"),)),),
        ),
        Read(
            "ListSubscriptions",
            items="Subscriptions[]",
            type="subscription",
            role=None,
            id="SubscriptionArn",
            links=(
                Link(AwsRelation.SOURCE, "TopicArn"),
                Link(AwsRelation.DESTINATION, "Endpoint", is_address=True),
            ),
            named=(("protocol", "Protocol"),),
            skip=(Skip("SubscriptionArn", frozenset({"PendingConfirmation", "Deleted"})),),
        ),
    ),
)
