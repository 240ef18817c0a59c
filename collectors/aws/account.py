"""The account itself: who answers, which Regions it has enabled, and which accounts its organisation holds. Blocking calls.

GetCallerIdentity needs no permission. DescribeRegions with AllRegions tells enabled Regions (`opt-in-not-required`, `opted-in`) from the
others (EC2 API reference, Region.OptInStatus).
"""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.collectors.aws.calls import Budget, list_items
from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.problems import Problem
from herkomst.collectors.aws.service import PLAIN, Item, Read, Service, Skip
from herkomst.collectors.aws.sessions import AccountSession
from herkomst.scanner.model.aws import AwsOutcome
from herkomst.scanner.model.failure import FailureReason

IDENTITY = Service("sts", (Read("GetCallerIdentity", items="Arn", type="principal", role=None, id=PLAIN),))
REGIONS = Service("ec2", (Read("DescribeRegions", "Regions[]", "region", None, "RegionName", (("AllRegions", True),)),))
MEMBERS = Service(
    "organizations",
    (Read("ListAccounts", "Accounts[]", "account", None, "Id", skip=(Skip("Status", frozenset({"SUSPENDED", "CLOSED"})),)),),
)
ACCESS_SERVICES = (IDENTITY, REGIONS, MEMBERS)
"""What is called to get in, beside the services themselves."""
_NOT_ENABLED = "not-opted-in"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call without which nothing can be asked, as `service:Operation`, and why it gave no answer."""

    scope: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Overview:
    """What an account says of itself, in order; `refused` are calls whose answers are missing in it."""

    regions: tuple[str, ...] = ()
    regions_not_enabled: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    refused: tuple[Refusal, ...] = ()
    principal: str = ""
    """The ARN of who asks."""
    is_reached: bool = False
    """Whether the account itself was reached and its Regions are known."""


def look_at(account: AccountSession, number: str, budget: Budget, *, lists_members: bool) -> Overview:
    """Return the overview of an account; it is not reached where the credentials are those of another one."""
    identity, refusal = _ask(account, IDENTITY, budget)
    if refusal is not None:
        return Overview(refused=(refusal,))
    principal = read_text(identity[0], PLAIN) if identity else ""
    if principal.split(":")[4:5] != [number]:
        detail = "the credentials are those of another account; declare its role_arn, or set AWS_PROFILE"
        problem = Problem(AwsOutcome.DENIED, FailureReason.DENIED, detail, retryable=False)
        return Overview(refused=(Refusal(IDENTITY.scope("GetCallerIdentity"), problem),))
    regions, refusal = _ask(account, REGIONS, budget)
    if refusal is not None:
        return Overview(refused=(refusal,))
    enabled = sorted(read_text(item, "RegionName") for item in regions if read_text(item, "OptInStatus") != _NOT_ENABLED)
    others = sorted(read_text(item, "RegionName") for item in regions if read_text(item, "OptInStatus") == _NOT_ENABLED)
    members, missed = _ask(account, MEMBERS, budget) if lists_members else ([], None)
    listed = sorted({read_text(item, "Id") for item in members} - {number, ""})
    return Overview(tuple(enabled), tuple(others), tuple(listed), (missed,) if missed else (), principal, is_reached=True)


def _ask(account: AccountSession, service: Service, budget: Budget) -> tuple[list[Item], Refusal | None]:
    read = service.reads[0]
    answer = list_items(account, service, read, account.main_region, budget)
    refusal = Refusal(service.scope(read.operation), answer.problem) if answer.problem else None
    return answer.items, refusal
