"""The start-up check: could the credentials do more than read? IAM itself is asked, where it allows asking. Blocking calls.

SimulatePrincipalPolicy (IAM API reference) weighs the policies of a user or role, and nothing is tried out. Behind the session of a role stands
the role, whose ARN can have a path that the session's does not show, so GetRole is asked first. Policies of buckets and keys take no part:
a bucket that lets everybody write is not found this way.
"""

from __future__ import annotations

from dataclasses import replace

from herkomst.collectors.aws.calls import Budget, list_items
from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.service import Item, Read, Service
from herkomst.collectors.aws.sessions import AccountSession
from herkomst.scanner.model.aws import AwsRights

PROBES = (
    "backup:DeleteRecoveryPoint",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "ec2:CreateSnapshot",
    "ec2:RunInstances",
    "ec2:TerminateInstances",
    "iam:AttachRolePolicy",
    "iam:CreateAccessKey",
    "iam:PassRole",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:ScheduleKeyDeletion",
    "lambda:InvokeFunction",
    "lambda:UpdateFunctionCode",
    "rds:DeleteDBInstance",
    "rds:ModifyDBInstance",
    "route53:ChangeResourceRecordSets",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:PutObject",
    "secretsmanager:GetSecretValue",
    "ssm:SendCommand",
)
"""What nobody needs who only reads where things are: changing, deleting, running, and reading the data itself. No list can be whole."""
ROLE = Read("GetRole", "Role", "role", None, "Arn")
DECISIONS = Read("SimulatePrincipalPolicy", "EvaluationResults[]", "decision", None, "EvalActionName")
RIGHTS = Service("iam", (ROLE, DECISIONS))
_ALLOWED = "allowed"


def check_rights(account: AccountSession, principal: str, budget: Budget) -> tuple[AwsRights, tuple[str, ...]]:
    """Return what the credentials of `principal` (its ARN) allow, and which of the probed actions they allow beyond reading.

    Not known where IAM may not be asked, or where it did not decide about every action.
    """
    service, resource = principal.split(":", 5)[2::3]
    kind, _, name = resource.partition("/")
    if kind == "root":
        return AwsRights.MORE, PROBES  # an account's own user is refused nothing
    if (service, kind) == ("sts", "assumed-role"):
        principal = next((read_text(item, "Arn") for item in _ask(account, ROLE, budget, RoleName=name.partition("/")[0])), "")
    elif (service, kind) != ("iam", "user"):
        return AwsRights.NOT_KNOWN, ()
    asked = {"PolicySourceArn": principal, "ActionNames": list(PROBES)}
    decided = {
        read_text(item, "EvalActionName"): read_text(item, "EvalDecision") for item in _ask(account, DECISIONS, budget, **asked)
    }
    allowed = tuple(action for action in PROBES if decided.get(action) == _ALLOWED)
    if allowed:
        return AwsRights.MORE, allowed
    return (AwsRights.ONLY_READING if decided.keys() >= set(PROBES) else AwsRights.NOT_KNOWN), ()


def _ask(account: AccountSession, read: Read, budget: Budget, **arguments: object) -> list[Item]:
    """Return what one operation gives; nothing where it may not be asked, which says nothing of the account's resources."""
    if not all(arguments.values()):
        return []
    return list_items(account, RIGHTS, replace(read, arguments=tuple(arguments.items())), account.main_region, budget).items
