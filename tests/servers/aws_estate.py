"""A small estate for the AWS tests: what an office has in Frankfurt, with a copy in Dublin."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from herkomst.collectors.aws.registry import SERVICES
from herkomst.collectors.aws.service import Service
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT
from herkomst.scanner.engine import Collected
from herkomst.scanner.model.aws import AwsRelation, AwsResource

Collect: TypeAlias = Callable[..., Collected]
"""Collect an account and all it leads to."""
Client: TypeAlias = Callable[..., Any]
"""Make a client of a service, in Frankfurt unless told otherwise."""
CORE = ("ec2", "kms", "rds", "s3")
"""The services that a test reads where it asks for no others: reading all takes seconds for each run."""


def services_of(*clients: str) -> tuple[Service, ...]:
    """Return the registered services of these clients."""
    found = tuple(service for service in SERVICES if service.client in clients)
    assert len(found) == len(clients), clients
    return found


REPLICATION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/replicate"
RULE: dict[str, Any] = {
    "ID": "all",
    "Priority": 1,
    "Filter": {},
    "DeleteMarkerReplication": {"Status": "Disabled"},
    "Status": "Enabled",
}


def make_bucket(client: Any, name: str, region: str, replicates_to: str = "", of_account: str = "") -> None:
    """Make a bucket, and let it replicate to another bucket."""
    s3 = client("s3", region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if replicates_to:
        destination = {"Bucket": f"arn:aws:s3:::{replicates_to}"} | ({"Account": of_account} if of_account else {})
        configuration = {"Role": REPLICATION_ROLE, "Rules": [{**RULE, "Destination": destination}]}
        s3.put_bucket_replication(Bucket=name, ReplicationConfiguration=configuration)


def make_volume(client: Any, zone: str = "eu-central-1a") -> str:
    """Make a disk in a zone, and return its id."""
    return str(client("ec2", zone[:-1]).create_volume(AvailabilityZone=zone, Size=1)["VolumeId"])


def make_databases(client: Any, *names: str, region: str = "eu-central-1") -> None:
    """Make PostgreSQL databases."""
    rds = client("rds", region)
    for name in names:
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            DBInstanceClass="db.t3.small",
            AllocatedStorage=20,
            MasterUsername="beheer",
            MasterUserPassword="not-a-real-password-1",
        )


def found_in(collected: Collected, service: str) -> dict[tuple[str, str], AwsResource]:
    """Return the resources of a service by type and Region; one of each, or the last."""
    contents = (item.content for item in collected.observations)
    mine = (item for item in contents if isinstance(item, AwsResource) and item.service == service)
    return {(item.type, item.region): item for item in mine}


def targets(resource: AwsResource, relation: AwsRelation) -> list[str]:
    """Return where the links of one kind lead."""
    return [link.target for link in resource.links if link.relation is relation]


def answer(service: str, action: str, body: dict[str, Any], region: str = "eu-central-1") -> Rule:
    """Return the rule that answers an operation in one Region, in JSON."""
    return Rule(service=service, region=region, action=action, body=json.dumps(body))
