"""The shipped templates, applied by the laboratory's CloudFormation: the role that comes of it has the policies, and lets itself be read with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from herkomst.collectors.aws.policy import policy_documents
from herkomst.lab.aws_server import ACCOUNT
from herkomst.scanner.model.aws import AwsAccount
from servers.aws_estate import Client, Collect

TEMPLATE = Path(__file__).resolve().parents[3] / "deploy" / "aws" / "role.yaml"
EXTERNAL_ID = "a-long-random-text"
OUTSIDE = "444455556666"


def test_the_template_makes_a_role_with_every_policy_that_another_account_may_take_on(client: Client, collect: Collect) -> None:
    given = {"TrustedAccount": OUTSIDE, "ExternalId": EXTERNAL_ID}
    stacks = client("cloudformation")
    stacks.create_stack(
        StackName="herkomst-read",
        TemplateBody=TEMPLATE.read_text("utf-8"),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    (stack,) = stacks.describe_stacks(StackName="herkomst-read")["Stacks"]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}

    iam = client("iam")
    role = iam.get_role(RoleName="herkomst-read")["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"]["AWS"] == f"arn:aws:iam::{OUTSIDE}:root"
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
    attached = iam.list_attached_role_policies(RoleName="herkomst-read")["AttachedPolicies"]
    assert role["Arn"] == outputs["RoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/herkomst-read"
    documents = [
        iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId="v1")["PolicyVersion"]["Document"] for policy in attached
    ]
    assert sorted(map(_text, documents)) == sorted(map(_text, policy_documents()))

    collected = collect(role_arn=outputs["RoleArn"], external_id=EXTERNAL_ID)
    assert not collected.failures
    assert [item.content.account for item in collected.observations if isinstance(item.content, AwsAccount)] == [ACCOUNT]


def _text(document: dict[str, Any]) -> str:
    """Return a policy as text to compare; one resource can stand by itself or as a list of one."""
    statements = [item | {"Resource": _listed(item["Resource"])} for item in document["Statement"]]
    return json.dumps(document | {"Statement": statements}, sort_keys=True)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
