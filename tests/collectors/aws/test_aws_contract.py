"""Every service entry held against the SDK's own model: operations, arguments, paths and pages exist, and nothing is written or read as data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import OperationNotPageableError
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from herkomst.collectors.aws.account import ACCESS_SERVICES
from herkomst.collectors.aws.paths import steps
from herkomst.collectors.aws.policy import (
    MAX_CHARACTERS,
    allowed_actions,
    cloudformation_template,
    policy_documents,
    policy_files,
)
from herkomst.collectors.aws.registry import SERVICES, UNREAD
from herkomst.collectors.aws.service import PLAIN, Read, Service, questions
from herkomst.collectors.aws.table import inventory_table
from herkomst.lab.aws_server import is_lacking

ALL = (*ACCESS_SERVICES, *SERVICES)
READS = [pytest.param(service, read, id=f"{service.client}-{read.operation}") for service in ALL for read in service.reads]
DEPLOY = Path(__file__).resolve().parents[3] / "deploy" / "aws"
SESSION = botocore.session.get_session()
GIVES_DATA = frozenset(
    {
        "cognito-idp:DescribeIdentityProvider",  # the secret shared with the provider
        "dynamodb:GetItem",
        "ecr:GetAuthorizationToken",
        "glue:GetConnections",  # passwords, where the catalogue does not encrypt them
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
MAY_BE_LONG = re.compile(
    r"(next|continuation|page|nextpage)?(token|marker)|nextpage|position|hasmore.*|lastevaluated.*", re.IGNORECASE
)


def model(service: Service) -> ServiceModel:
    return SESSION.get_service_model(service.client)


def operation(service: Service, name: str) -> OperationModel:
    assert name in model(service).operation_names, f"{service.client} has no operation {name}"
    return model(service).operation_model(name)


def follow(shape: Shape | None, path: str) -> Shape:
    """Walk a path through a shape as the reader walks through an answer; say where it ends."""
    for name, is_list in steps(path):
        if isinstance(shape, MapShape):  # such as the attributes of a queue: any key may be there
            shape = shape.value
            continue
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
    given = [read.id, read.zone, read.local_zone, read.zones, read.outpost, read.key, read.region, *read.addresses, *read.names]
    given += [link.path for link in read.links] + [skip.path for skip in read.skip] + [path for _, path in read.named]
    given += [path for detail in read.details for _, path in detail.arguments]
    return [path for each in given if isinstance(each, str) and each for path in each.split("|")]


def follow_item(shape: Shape | None, path: str) -> None:
    """Walk a path from an item; one that is a plain text has only itself."""
    if isinstance(shape, StructureShape) or path != PLAIN:
        follow(shape, path)


@pytest.mark.parametrize(("service", "read"), READS)
def test_every_path_of_an_entry_exists_in_the_answer_of_its_operation(service: Service, read: Read) -> None:
    item = follow(operation(service, read.operation).output_shape, read.items)
    added = {detail.operation: operation(service, detail.operation).output_shape for detail in read.details}
    if read.within is not None:
        outer = next(other for other in service.reads if other.within is None and other.operation == read.within.operation)
        added[outer.operation] = follow(operation(service, outer.operation).output_shape, outer.items)
        for _, path in read.within.arguments:
            follow_item(added[outer.operation], path)
    for path in item_paths(read):
        first, _, rest = path.partition(".")
        follow_item(added[first], rest) if first in added else follow_item(item, path)
    for path in (read.pages.token, read.pages.more) if read.pages else ():
        follow(operation(service, read.operation).output_shape, path) if path else None


@pytest.mark.parametrize(("service", "read"), READS)
def test_every_argument_is_one_that_the_operation_takes_and_none_that_it_needs_is_missing(service: Service, read: Read) -> None:
    own = [name for name, _ in (*read.arguments, *(read.within.arguments if read.within else ()))]
    own += [read.pages.argument] if read.pages else []
    for call, names in [(read, own)] + [(item, [name for name, _ in (*item.arguments, *item.fixed)]) for item in read.details]:
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
        assert can_be_long is (read.pages is not None), f"{read.operation} answers in pages, and the SDK has no paginator for it"
        return
    assert read.pages is None, f"the SDK has a paginator for {read.operation}"
    keys = paginator["result_key"]
    first = read.items.split(".")[0].removesuffix("[]")
    assert any(str(key).split(".")[0] == first for key in (keys if isinstance(keys, list) else [keys])), read.items


@pytest.mark.parametrize(("service", "read"), READS)
def test_a_detail_that_can_be_long_is_one_that_the_sdk_reads_page_by_page(service: Service, read: Read) -> None:
    for detail in read.details:
        said = operation(service, detail.operation).output_shape
        if any(MAY_BE_LONG.fullmatch(name) for name in said.members):
            assert SESSION.get_paginator_model(service.client).get_paginator(detail.operation), detail.operation


@pytest.mark.parametrize(("service", "read"), READS)
def test_no_call_writes_or_reads_data(service: Service, read: Read) -> None:
    for call in read.calls:
        assert re.match(r"(List|Describe|(Batch)?Get)[A-Z]", call.operation), call.operation
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


def test_the_shipped_policies_and_template_are_those_that_the_calls_need() -> None:
    shipped = {path.name: path.read_text("utf-8") for path in DEPLOY.glob("policy*.json")}
    assert shipped == policy_files(), "run scripts/build-aws-policy"
    assert (DEPLOY / "role.yaml").read_text("utf-8") == cloudformation_template(), "run scripts/build-aws-policy"
    assert 'fileset(path.module, "policy-*.json")' in (DEPLOY / "role.tf").read_text("utf-8")


def test_every_policy_fits_in_a_managed_policy_and_allows_nothing_by_wildcard() -> None:
    allowed: list[str] = []
    for document in policy_documents():
        assert len(re.sub(r"\s", "", json.dumps(document))) <= MAX_CHARACTERS
        allowed += [action for statement in document["Statement"] for action in statement["Action"]]
    assert len(policy_documents()) <= 10  # IAM quotas: managed policies of a role
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", action) for action in allowed)
    assert sorted(allowed) == list(allowed_actions())


def test_the_template_names_every_action_and_resource_of_the_policies() -> None:
    template = cloudformation_template()
    for document in policy_documents():
        for statement in document["Statement"]:
            assert all(f"              - {action}\n" in template for action in statement["Action"])
            resources = statement["Resource"]
            assert all(f'"{text}"' in template for text in ([resources] if isinstance(resources, str) else resources))


def test_a_permission_that_would_allow_reading_data_is_given_on_what_the_lists_need_alone() -> None:
    statements = [statement for document in policy_documents() for statement in document["Statement"]]
    narrow = {action: statement["Resource"] for statement in statements for action in statement["Action"]}
    assert {action: resource for action, resource in narrow.items() if resource != "*"} == {
        "apigateway:GET": [f"arn:*:apigateway:*::/{name}" for name in ("restapis", "domainnames", "vpclinks", "apis")],
        "cassandra:Select": "arn:*:cassandra:*:*:/keyspace/system*",
    }


def test_every_service_that_is_said_to_be_unread_is_one_of_the_sdk() -> None:
    assert {item.service for item in UNREAD} <= set(SESSION.get_available_services())


def test_the_page_of_what_is_read_is_that_of_the_registered_entries() -> None:
    page = (DEPLOY.parents[1] / "docs" / "aws-inventory.md").read_text("utf-8")
    assert page == inventory_table(is_lacking), "run scripts/build-aws-policy"
    assert all(f"{service.scope(read.operation)}".split(":")[1] in page for service in SERVICES for read in service.reads)
