"""What an AWS account says of itself: the observation kinds `aws.account`, `aws.coverage` and `aws.resource`.

Words are those of the AWS documentation: account, partition, Region, Availability Zone, Local Zone, Outpost, ARN. All is the control
plane's own word (grade E1). It says where a resource is and not what is stored in it, and nothing of accounts that were not asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from herkomst.scanner.model.claim import Role

GLOBAL_REGION = "aws-global"
"""Stands for the region of what an account has once, as in the SDK's own tables."""

UNREAD_SERVICE = "aws.resource/"
"""Before the name of a service that is not read, where a verdict lists what was not asked."""


class AwsOutcome(StrEnum):
    """How far one service of one region of one account was read. Absence counts only after the first two."""

    COMPLETE = "complete"
    EMPTY = "empty"
    """Asked to the end, and there is nothing."""
    DENIED = "denied"
    THROTTLED_OUT = "throttled_out"
    """Refused for the rate of calls until the retries were used up."""
    UNREACHABLE = "unreachable"
    """No answer, an answer that cannot be read, or no time left."""
    NOT_ENABLED = "not_enabled"
    """The account has not opted in to this Region."""
    UNSUPPORTED = "unsupported"
    """The service does not exist in this Region, by the SDK's table of endpoints."""


class AwsRights(StrEnum):
    """What the credentials allow that an account was read with, by IAM's own simulation of some dozens of actions.

    It weighs the policies of the user or role: those of buckets and keys, and actions that were not tried, are not in it.
    """

    ONLY_READING = "only_reading"
    """None of the actions is allowed."""
    MORE = "more"
    NOT_KNOWN = "not_known"
    """IAM could not be asked, or did not decide about all of them."""


COVERED = frozenset({AwsOutcome.COMPLETE, AwsOutcome.EMPTY, AwsOutcome.NOT_ENABLED, AwsOutcome.UNSUPPORTED})
"""Outcomes after which what was not listed is not there."""


class AwsRelation(StrEnum):
    """How a resource refers to another place or party."""

    REPLICA = "replica"
    """The same data, kept in a second place."""
    COPY = "copy"
    """A backup of it, kept in a second place."""
    SOURCE = "source"
    """Where it was copied from."""
    TRUST = "trust"
    """Another account or identity provider that may act here."""
    DESTINATION = "destination"
    """Where it sends data or traffic on to."""
    ORIGIN = "origin"
    """Where it fetches what it serves."""
    RUNS = "runs"
    """Code that is kept elsewhere and runs in it."""
    PEER = "peer"
    """A network of another Region or account that it is connected with."""
    POINTS_TO = "points_to"
    """What a DNS record of it leads to."""


@dataclass(frozen=True, slots=True)
class AwsLink:
    """A reference from one resource: `target` is an ARN, a Region or an account id, as the API gives it.

    A source or destination can also be the name of a bucket or a repository's address, or, of a party outside AWS, its host name.
    """

    relation: AwsRelation
    target: str


@dataclass(frozen=True, slots=True)
class AwsQuestion:
    """One API operation that this version asks, once in each Region or once in all, and the roles whose endpoints it can show.

    `scope` is `service:Operation`, as in the scope of a failure.
    """

    scope: str
    service: str
    roles: tuple[Role, ...]
    is_global: bool
    shows_endpoints: bool = False
    """Whether what it lists can have public addresses or names."""


@dataclass(frozen=True, slots=True)
class AwsUnread:
    """A service that this version does not read, and the roles whose endpoints it could hold: they are never known to be complete."""

    service: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class AwsAccount:
    """An account that was reached: its partition, its Regions, and what was asked of it.

    `members` are the accounts of the organisation that it manages and that the declaration wants read as well. `rights` is what the
    credentials allow and `allowed_beyond_reading` what of it is more than reading (`s3:PutObject`); neither bears on any verdict.
    """

    kind: ClassVar[str] = "aws.account"
    account: str
    partition: str
    regions: tuple[str, ...]
    regions_not_enabled: tuple[str, ...]
    questions: tuple[AwsQuestion, ...]
    unread: tuple[AwsUnread, ...] = ()
    members: tuple[str, ...] = ()
    rights: AwsRights = AwsRights.NOT_KNOWN
    allowed_beyond_reading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwsCoverage:
    """A row of the coverage ledger. `region` is `aws-global` for what an account has once; `service` is empty for all services.

    `calls` counts the answers that were read; `unread` are the operations (`service:Operation`) that gave no whole answer.
    """

    kind: ClassVar[str] = "aws.coverage"
    account: str
    region: str
    service: str
    outcome: AwsOutcome
    calls: int
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwsResource:
    """One resource as the control plane describes it.

    `type` is the resource type within its service (`ec2`, `volume`). `role` is what it does for a system, None for what carries no data
    and runs nothing (a subnet). A resource that `is_zonal` lies in one zone, and `zone` is empty where the API did not say which; any
    other lies in the zones of the Region's own country (an extension abroad is a zone of its own name). `key` is what encrypts it, as given; empty
    where the answer names none. `addresses` and `names` are public ones. `attributes` are the few further fields that a rule reads.
    """

    kind: ClassVar[str] = "aws.resource"
    account: str
    service: str
    type: str
    id: str
    region: str
    role: Role | None
    is_zonal: bool = False
    zone: str = ""
    outpost: str = ""
    key: str = ""
    links: tuple[AwsLink, ...] = ()
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
