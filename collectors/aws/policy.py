"""The least permissions that reading needs: made from the operations that are called, and from nothing else.

Identity-based policy, IAM user guide "Grammar of the IAM JSON policy language" (version 2012-10-17). Only list, describe and get of
configuration; no data is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from herkomst.collectors.aws.account import ACCESS_SERVICES
from herkomst.collectors.aws.registry import SERVICES
from herkomst.collectors.aws.service import Service

SID = "HerkomstReadsInventory"


def allowed_actions(services: Iterable[Service] = (*ACCESS_SERVICES, *SERVICES)) -> tuple[str, ...]:
    """Return every IAM action that is needed, sorted, each once."""
    return tuple(sorted({action for service in services for action in service.actions()}))


def policy_document() -> dict[str, Any]:
    """Return the policy to attach to the role. Listing works on everything or nothing: none of these takes a narrower resource."""
    statement = {"Sid": SID, "Effect": "Allow", "Action": list(allowed_actions()), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def policy_json() -> str:
    """Return the policy as the file `deploy/aws/policy.json` has it."""
    return json.dumps(policy_document(), indent=2) + "\n"


def cloudformation_template() -> str:
    """Return a CloudFormation template of the role, as the file `deploy/aws/role.yaml` has it."""
    actions = "".join(f"                  - {action}\n" for action in allowed_actions())
    return _TEMPLATE.replace("ACTIONS\n", actions)


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
      Policies:
        - PolicyName: herkomst-read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: HerkomstReadsInventory
                Effect: Allow
                Action:
ACTIONS
                Resource: "*"
Outputs:
  RoleArn:
    Description: The role_arn for the declaration
    Value: !GetAtt ReadRole.Arn
"""
