"""The least permissions that reading needs: made from the operations that are called, and from nothing else.

Identity-based policy, IAM user guide "Grammar of the IAM JSON policy language" (version 2012-10-17). Only list, describe and get of
configuration, and one question to IAM about the rights themselves; no data is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from herkomst.collectors.aws.account import ACCESS_SERVICES
from herkomst.collectors.aws.registry import SERVICES
from herkomst.collectors.aws.rights import RIGHTS
from herkomst.collectors.aws.service import Service

SID = "HerkomstReadsInventory"
MAX_CHARACTERS = 6_144
"""Of a managed policy, white space not counted (IAM user guide, "IAM and AWS STS quotas", read in November 2026). A role can have ten."""
_EVERYTHING = ("*",)


def allowed_actions(services: Iterable[Service] = (*ACCESS_SERVICES, RIGHTS, *SERVICES)) -> tuple[str, ...]:
    """Return every IAM action that is needed, sorted, each once."""
    return tuple(sorted({action for service in services for action in service.actions()}))


def policy_documents() -> tuple[dict[str, Any], ...]:
    """Return the policies to attach to the role, as few as their permitted length allows.

    Nearly every list works on everything or nothing; where a permission would allow more than lists, its statement names the resources.
    """
    narrow = [service for service in SERVICES if service.resources != _EVERYTHING]
    narrow_actions = {action for service in narrow for action in service.actions()}
    groups: list[list[str]] = [[]]
    for action in allowed_actions():
        if action in narrow_actions:
            continue
        if _length(_document([_statement(SID, [*groups[-1], action], _EVERYTHING)])) > MAX_CHARACTERS:
            groups.append([])
        groups[-1].append(action)
    documents = [_document([_statement(SID, group, _EVERYTHING)]) for group in groups]
    by_actions: dict[tuple[str, ...], dict[str, None]] = {}
    for service in narrow:
        by_actions.setdefault(service.actions(), {}).update(dict.fromkeys(service.resources))
    statements = [
        _statement(f"{SID}Of{actions[0].partition(':')[0].capitalize()}", list(actions), resources)
        for actions, resources in by_actions.items()
    ]
    if statements and _length(_document([*documents[-1]["Statement"], *statements])) <= MAX_CHARACTERS:
        documents[-1]["Statement"].extend(statements)
    elif statements:
        documents.append(_document(statements))
    return tuple(documents)


def policy_files() -> dict[str, str]:
    """Return the policies as the files `deploy/aws/policy-N.json` have them, by name."""
    texts = (json.dumps(document, indent=2) + "\n" for document in policy_documents())
    return {f"policy-{number}.json": text for number, text in enumerate(texts, 1)}


def cloudformation_template() -> str:
    """Return a CloudFormation template of the role, as the file `deploy/aws/role.yaml` has it."""
    policies = "".join(
        _MANAGED.replace("NUMBER", str(number)).replace("DOCUMENT\n", _as_yaml(document))
        for number, document in enumerate(policy_documents(), 1)
    )
    return _TEMPLATE.replace("POLICIES\n", policies)


def _statement(sid: str, actions: Iterable[str], resources: Iterable[str]) -> dict[str, Any]:
    listed = list(resources)
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": listed[0] if len(listed) == 1 else listed,
    }


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _length(document: dict[str, Any]) -> int:
    return len("".join(json.dumps(document, separators=(",", ":")).split()))


def _as_yaml(document: dict[str, Any]) -> str:
    """Return a policy as the lines of a template."""
    lines = []
    for statement in document["Statement"]:
        resources = statement["Resource"]
        lines += [f"          - Sid: {statement['Sid']}", "            Effect: Allow", "            Action:"]
        lines += [f"              - {action}" for action in statement["Action"]]
        lines += ["            Resource:"]
        lines += [f'              - "{resource}"' for resource in ([resources] if isinstance(resources, str) else resources)]
    return "\n".join(lines) + "\n"


_TEMPLATE = """\
# The role with which Herkomst reads where an account's resources are. Made by scripts/build-aws-policy; do not edit.
#
#   aws cloudformation deploy --stack-name herkomst-read --capabilities CAPABILITY_NAMED_IAM \\
#     --template-file role.yaml --parameter-overrides TrustedAccount=111122223333 ExternalId=a-long-random-text
AWSTemplateFormatVersion: "2010-09-09"
Description: Read-only role for Herkomst; lists and describes, reads no data
Parameters:
  TrustedAccount:
    Type: String
    AllowedPattern: "[0-9]{12}"
    Description: The account from which Herkomst takes on this role
  ExternalId:
    Type: String
    MinLength: 16
    NoEcho: true
    Description: The same text as external_id in the declaration
Resources:
  ReadRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: herkomst-read
      MaxSessionDuration: 3600
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Sub arn:${AWS::Partition}:iam::${TrustedAccount}:root
            Action: sts:AssumeRole
            Condition:
              StringEquals:
                sts:ExternalId: !Ref ExternalId
POLICIES
Outputs:
  RoleArn:
    Description: The role_arn for the declaration
    Value: !GetAtt ReadRole.Arn
"""
_MANAGED = """\
  ReadPolicyNUMBER:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Description: What Herkomst lists and describes, part NUMBER
      Roles:
        - !Ref ReadRole
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
DOCUMENT
"""
