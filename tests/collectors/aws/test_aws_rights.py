"""The start-up check: what IAM says that the credentials allow is told, and what it does not say is not known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from herkomst.collectors.aws.rights import PROBES
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.aws import AwsAccount, AwsRights
from running import run_program
from servers.aws_estate import Client, Collect

ROLE = f"arn:aws:iam::{ACCOUNT}:role/toezicht/lezer"


def decisions(allowed: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Rule:
    """What IAM answers, as its protocol has it, to a question about the role itself, path and all."""
    members = "".join(
        f"<member><EvalActionName>{name}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        f"<EvalDecision>{'allowed' if name in allowed else 'implicitDeny'}</EvalDecision></member>"
        for name in PROBES
        if name not in without
    )
    body = (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><SimulatePrincipalPolicyResult>'
        f"<IsTruncated>false</IsTruncated><EvaluationResults>{members}</EvaluationResults>"
        "</SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>"
    )
    return Rule(service="iam", action="SimulatePrincipalPolicy", asking="role%2Ftoezicht%2Flezer", body=body)


@pytest.fixture
def rights(client: Client, collect: Collect, aws: AwsServer) -> Callable[..., tuple[AwsRights, tuple[str, ...]]]:
    """Read an account through a role with a path, while rules hold; return what is known of the rights."""
    client("iam").create_role(RoleName="lezer", Path="/toezicht/", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))

    def read(*rules: Rule, **access: str) -> tuple[AwsRights, tuple[str, ...]]:
        aws.set_rules(rules)
        collected = collect(**(access or {"role_arn": ROLE}), clients=["s3"])
        assert not collected.failures  # not knowing it fails nothing
        (found,) = [item.content for item in collected.observations if isinstance(item.content, AwsAccount)]
        return found.rights, found.allowed_beyond_reading

    return read


def test_a_role_that_iam_refuses_everything_else_only_reads(rights: Callable[..., object]) -> None:
    assert rights(decisions()) == (AwsRights.ONLY_READING, ())


def test_what_a_role_may_do_beyond_reading_is_named(rights: Callable[..., object]) -> None:
    allowed = ("ec2:RunInstances", "s3:PutObject")
    assert rights(decisions(allowed)) == (AwsRights.MORE, allowed)
    assert rights(decisions(allowed, without=("kms:Decrypt",))) == (AwsRights.MORE, allowed)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(service="iam", action="SimulatePrincipalPolicy", code="AccessDenied"),
        Rule(service="iam", action="GetRole", code="AccessDenied"),
        decisions(without=("kms:Decrypt",)),
    ],
    ids=["the simulation refused", "the role's path refused", "one action left out"],
)
def test_where_iam_does_not_say_it_all_the_rights_are_not_known(rule: Rule, rights: Callable[..., object]) -> None:
    assert rights(rule) == (AwsRights.NOT_KNOWN, ())


def test_a_report_says_what_the_credentials_allow(client: Client, aws: AwsServer, tmp_path: Path) -> None:
    client("iam").create_role(RoleName="lezer", Path="/toezicht/", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"}))
    aws.set_rules([decisions(("s3:PutObject",))])
    declaration = (
        "herkomst: 1\norganisation: {name: Gemeente Voorbeeld}\nsystems:\n  - name: zaaksysteem\n    assets:\n"
        f'      aws: [{{account: "{ACCOUNT}", role_arn: "{ROLE}"}}]\n'
        "    claims: [{claim: storage.country, is: [DE], said_by: supplier}]\n"
    )
    path = tmp_path / "zaken.yaml"
    path.write_text(declaration, encoding="utf-8")
    for language, said in (("en", "more than reading: s3:PutObject"), ("nl", "meer dan lezen: s3:PutObject")):
        done = run_program("scan", path, "--lang", language, folder=tmp_path, env=aws.environment)
        assert said in " ".join(done.stdout.split()), done.stdout + done.stderr
        assert ACCOUNT not in done.stdout
