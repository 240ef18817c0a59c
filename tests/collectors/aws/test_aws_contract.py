"""Every service entry held against the SDK's own model: operations, arguments, paths and pages exist, and nothing is written or read as data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import OperationNotPageableError
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape
from herkomst.collectors.aws.account import ACCESS_SERVICES
from herkomst.collectors.aws.paths import steps
from herkomst.collectors.aws.policy import allowed_actions, cloudformation_template, policy_document, policy_json
from herkomst.collectors.aws.registry import SERVICES, UNREAD
from herkomst.collectors.aws.service import Read, Service, questions

ALL = (*ACCESS_SERVICES, *SERVICES)
READS = [pytest.param(service, read, id=f"{service.client}-{read.operation}") for service in ALL for read in service.reads]
DEPLOY = Path(__file__).resolve().parents[3] / "deploy" / "aws"
SESSION = botocore.session.get_session()
GIVES_DATA = frozenset(
    {
        "dynamodb:GetItem",
        "ecr:GetAuthorizationToken",
        "kinesis:GetRecords",
        "kms:GetParametersForImport",
        "lambda:GetFunction",  # a link to the code
        "logs:GetLogEvents",
        "s3:GetObject",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
        "ssm:GetParameter",
        "ssm:GetParameters",
    }
)
MAY_BE_LONG = re.compile(r"(next|continuation)?(token|marker)|nextpage", re.IGNORECASE)


def model(service: Service) -> ServiceModel:
    return SESSION.get_service_model(service.client)


def operation(service: Service, name: str) -> OperationModel:
    assert name in model(service).operation_names, f"{service.client} has no operation {name}"
    return model(service).operation_model(name)


def follow(shape: Shape | None, path: str) -> Shape:
    """Walk a path through a shape as the reader walks through an answer; say where it ends."""
    for name, is_list in steps(path):
        assert isinstance(shape, StructureShape), f"{path}: nothing below {name}"
        assert name in shape.members, f"{path}: no {name} among {sorted(shape.members)}"
        shape = shape.members[name]
        assert isinstance(shape, ListShape) is is_list, (
            f"{path}: [] belongs behind every list and behind nothing else, see {name}"
        )
        shape = shape.member if isinstance(shape, ListShape) else shape
    assert shape is not None
    return shape


def item_paths(read: Read) -> list[str]:
    given = [read.id, read.zone, read.local_zone, read.outpost, read.key, *read.addresses, *read.names]
    given += [read.region] if isinstance(read.region, str) else []
    given += [link.path for link in read.links] + [skip.path for skip in read.skip] + [path for _, path in read.named]
    given += [path for detail in read.details for _, path in detail.arguments]
    return [path for each in given if each for path in each.split("|")]


@pytest.mark.parametrize(("service", "read"), READS)
def test_every_path_of_an_entry_exists_in_the_answer_of_its_operation(service: Service, read: Read) -> None:
    item = follow(operation(service, read.operation).output_shape, read.items)
    details = {detail.operation: operation(service, detail.operation).output_shape for detail in read.details}
    for path in item_paths(read):
        first, _, rest = path.partition(".")
        follow(details[first], rest) if first in details else follow(item, path)


@pytest.mark.parametrize(("service", "read"), READS)
def test_every_argument_is_one_that_the_operation_takes_and_none_that_it_needs_is_missing(service: Service, read: Read) -> None:
    for call, names in [(read, [name for name, _ in read.arguments])] + [
        (item, [name for name, _ in item.arguments]) for item in read.details
    ]:
        takes = operation(service, call.operation).input_shape
        members: dict[str, Any] = dict(takes.members) if takes else {}
        assert set(names) <= set(members), call.operation
        assert set(takes.required_members if takes else ()) <= set(names), call.operation


@pytest.mark.parametrize(("service", "read"), READS)
def test_a_list_that_can_be_long_is_read_page_by_page(service: Service, read: Read) -> None:
    said = operation(service, read.operation).output_shape
    can_be_long = any(MAY_BE_LONG.fullmatch(name) for name in said.members)
    try:
        paginator = SESSION.get_paginator_model(service.client).get_paginator(read.operation)
    except (OperationNotPageableError, ValueError):
        assert not can_be_long, f"{read.operation} answers in pages, and the SDK has no paginator for it"
        return
    keys = paginator["result_key"]
    first = read.items.split(".")[0].removesuffix("[]")
    assert first in (keys if isinstance(keys, list) else [keys]) or any(str(key).startswith(first) for key in keys), read.items


@pytest.mark.parametrize(("service", "read"), READS)
def test_no_call_writes_or_reads_data(service: Service, read: Read) -> None:
    for call in read.calls:
        assert re.match(r"(List|Describe|Get)[A-Z]", call.operation), call.operation
        assert operation(service, call.operation).http["method"] in ("GET", "POST", "HEAD")
    assert not GIVES_DATA & set(service.actions())


def test_every_entry_is_registered_once_and_nothing_is_both_read_and_unread() -> None:
    files = {path.stem for path in (Path(__file__).resolve().parents[3] / "collectors/aws/services").glob("*.py")} - {"__init__"}
    clients = [service.client for service in SERVICES]
    assert len(set(clients)) == len(clients) == len(files)
    assert not {item.service for item in UNREAD} & set(clients)
    types = [(service.client, read.type) for service in SERVICES for read in service.reads]
    assert len(set(types)) == len(types)


def test_every_role_that_a_read_shows_is_asked_for_in_the_account_and_links_that_lead_elsewhere_show_a_role() -> None:
    by_scope = {item.scope: item for item in questions(SERVICES)}
    for service in SERVICES:
        for read in service.reads:
            for call in read.calls:
                asked = by_scope[service.scope(call.operation)]
                assert set(read.roles) <= set(asked.roles)
            if any(link.relation == "copy" for link in read.links):
                assert "backup" in read.roles, read.operation


def test_the_shipped_policy_and_template_are_those_that_the_calls_need() -> None:
    assert (DEPLOY / "policy.json").read_text("utf-8") == policy_json(), "run scripts/build-aws-policy"
    assert (DEPLOY / "role.yaml").read_text("utf-8") == cloudformation_template(), "run scripts/build-aws-policy"
    assert 'file("${path.module}/policy.json")' in (DEPLOY / "role.tf").read_text("utf-8")


def test_the_policy_fits_in_one_managed_policy_and_allows_nothing_by_wildcard() -> None:
    actions = allowed_actions()
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z]+", action) for action in actions)
    assert len(re.sub(r"\s", "", json.dumps(policy_document()))) <= 6_144  # IAM quotas: characters of a managed policy
