"""Who is asked, and with which role: the `access` of a declared account, read once.

A declared account is read with the credentials that the SDK finds by itself (environment, profile, SSO, container or instance role), or
through `role_arn`. With `member_role` it manages an organisation, and every member is read through a role of that name. Nothing here is a
secret, and none of it is put in evidence.
"""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.model.target import Target

ROLE_ARN, EXTERNAL_ID, MEMBER_ROLE = "role_arn", "external_id", "member_role"
DECLARED = "account"
"""The declared account that a member is reached through."""
DEFAULT_REGIONS = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}
"""Where a partition answers for a whole account, by AWS's endpoint tables of November 2026."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A role to take on, with the id that its owner asks for."""

    role_arn: str
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """The roles to take on, one after the other, to reach an account; none means the SDK's own credentials.

    `lists_members`: the account manages an organisation whose members are to be read as well.
    """

    account: str
    hops: tuple[Hop, ...] = ()
    lists_members: bool = False

    @property
    def partition(self) -> str:
        """The partition that the roles are of; empty where there is no role."""
        return self.hops[-1].role_arn.split(":")[1] if self.hops else ""


def account_of(target: Target) -> tuple[str, str]:
    """Return the account and the Region of a target; the Region is empty where the whole account is meant."""
    account, _, region = target.value.partition("/")
    return account, region


def read_access(target: Target, partition: str = "aws") -> Access:
    """Return how to reach the account of a target; `partition` is that of the credentials, where no role names one."""
    account, _ = account_of(target)
    given = dict(target.access)
    declared = given.get(DECLARED, account)
    role, external = given.get(ROLE_ARN, ""), given.get(EXTERNAL_ID, "")
    hops = (Hop(role, external),) if role else ()
    member_role = given.get(MEMBER_ROLE, "")
    if account == declared:
        return Access(account, hops, lists_members=bool(member_role))
    if role:
        partition = role.split(":")[1]
    return Access(account, (*hops, Hop(f"arn:{partition}:iam::{account}:role/{member_role}", external)))
