"""Least privilege, taken away again: whichever permission of the shipped policy is missing, no verdict becomes greener and nobody is accused.

The estate of the demonstration is read once whole. Then each permission is refused in turn by the gate, the services that use it are read again by the
real collector, and their answers take the place of the first ones.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import botocore.session
import pytest
from herkomst.collectors.aws.access import Access
from herkomst.collectors.aws.account import ACCESS_SERVICES
from herkomst.collectors.aws.calls import action_of
from herkomst.collectors.aws.collector import AwsCollector
from herkomst.collectors.aws.policy import allowed_actions
from herkomst.collectors.aws.registry import SERVICES
from herkomst.collectors.aws.service import Service, questions
from herkomst.collectors.aws.sessions import AccountSession, Sessions
from herkomst.collectors.resolution import NoReply, Reply
from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer, regions_rule
from herkomst.lab.cloud import CloudLaboratory
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.engine import Collected, Engine
from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsResource
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Organisation, SaidBy, System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ServiceClass
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.verdict import Status, Verdict
from herkomst.scanner.planning import plan_targets
from herkomst.scanner.verdicts.judge import judge_claim
from inside_account import embedded_knowledge

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
ORGANISATION = Organisation("Gemeente Voorbeeld")
REGIONS = ("eu-central-1",)
REGIONS_RULE = regions_rule(REGIONS, ())
ASSET = Asset(AssetKind.AWS, ACCOUNT, (("member_role", "herkomst-lezen"),))
PROPRIETARY = sorted(
    item.id for item in embedded_knowledge().cloud_services("aws") if item.service_class is ServiceClass.PROPRIETARY
)
CLAIMS = tuple(
    Claim(key, operator, values, SaidBy.SUPPLIER)
    for key, *given in (
        ("compute.country", "EU"),
        ("compute.region", "eu-central-1"),
        ("storage.country", "EU"),
        ("database.country", "DE"),
        ("backup.country", "EU"),
        ("keys.country", "DE"),
        ("keys.custody", "customer"),
        ("telemetry.country", "EU"),
        ("identity.country", "EU"),
        ("images.country", "DE"),
        ("control-plane.country", "DE"),
        ("hosting.country", "EU"),
        ("storage.jurisdiction", "US"),
        ("storage.provider", "aws"),
        ("edge.provider", "aws"),
        ("web.country", "DE"),
        ("subprocessors", "aws"),
        ("inventory.complete", "yes"),
        ("lockin.managed-services",),
        ("lockin.managed-services", "30%"),
        ("lockin.managed-services", "60%"),
        ("lockin.managed-services", "100%"),
        ("lockin.managed-services", *PROPRIETARY),
    )
    for values in (tuple(given),)
    for operator in ((Operator.IS, Operator.NOT) if key.endswith(("country", "region")) else (Operator.IS,))
)
EVERY = int(os.environ.get("HERKOMST_PERMISSIONS_EVERY", "8"))
"""The suite takes a sample, since reading goes through the real collector; `scripts/stress permissions` takes all."""
ALWAYS = ("ec2:DescribeRegions", "s3:GetBucketLocation", "timestream:DescribeEndpoints")
"""The Regions themselves; what once put every bucket in Virginia when it was refused; and what the SDK asks by itself."""
PERMISSIONS = tuple(sorted({*allowed_actions((*ACCESS_SERVICES, *SERVICES))[::EVERY], *ALWAYS}))
RED = (Status.CONTRADICTED, Status.PARTLY)
SYSTEM = System("omgevingsloket", ORGANISATION, None, (ASSET,), frozenset(), CLAIMS)


class NoResolver:
    """The inside view asks no DNS."""

    async def ask(self, name: str, rdtype: str) -> Reply | NoReply:
        raise AssertionError((name, rdtype))

    async def close(self) -> None:
        """Nothing is open."""


class KeptSession(AccountSession):
    """A session that keeps its clients: making them anew for each permission takes longer than all that is asked of them."""

    def release(self, region: str) -> None:
        """Keep the clients of a Region that has been read."""


class KeptSessions(Sessions):
    """The sessions of all runs together."""

    def _make(self, access: Access) -> AccountSession:
        made = super()._make(access)
        return KeptSession(made.session, made.partition)


class KeptOpen(AwsCollector):
    """The collector with sessions that outlive a run."""

    def __init__(self, services: Sequence[Service], sessions: Sessions) -> None:
        super().__init__(30.0, services)
        self._sessions = sessions

    async def close(self) -> None:
        """Leave the clients for the next run."""


def collect(services: Sequence[Service], sessions: Sessions) -> Collected:
    """Run the real collector under the real engine, for these services."""

    async def go() -> Collected:
        async with Engine([KeptOpen(services, sessions)], NoResolver(), "test", lambda: AT, 300.0) as engine:
            return await engine.collect(plan_targets([ASSET]))

    return asyncio.run(go())


def judge(observations: Iterable[Observation], failures: Iterable[Failure]) -> tuple[Verdict, ...]:
    """Judge every claim as a version would that reads every service there is: so that what was read whole is confirmed."""
    whole = [replace(item, content=replace(item.content, unread=())) if is_account(item) else item for item in observations]
    picture = attribute(ASSET, Evidence(whole, failures), Outlook(embedded_knowledge(), ORGANISATION, AT.date()))
    context = Context(embedded_knowledge(), SYSTEM, AT.date())
    return tuple(judge_claim(SYSTEM, claim, [picture], context) for claim in CLAIMS)


def is_account(item: Observation) -> bool:
    return isinstance(item.content, AwsAccount)


@dataclass(frozen=True)
class Whole:
    """The account as it was read with every permission."""

    aws: AwsServer
    sessions: Sessions
    collected: Collected
    verdicts: tuple[Verdict, ...]
    called: frozenset[tuple[str, str]]
    """The name in the signature and the operation of every call that was made."""

    def read_again(self, services: Sequence[Service], rules: Iterable[Rule], *, anew: bool) -> Collected:
        """Read some services with permissions missing; what the others answered stands. `anew`: by clients that know no endpoints."""
        self.aws.set_rules((*rules, REGIONS_RULE))
        sessions = KeptSessions() if anew else self.sessions
        try:
            again = collect(services, sessions)
        finally:
            if anew:
                sessions.close()
        if not any(is_account(item) for item in again.observations):
            return again  # nothing could be asked
        clients = {service.client for service in services}
        kept = [item for item in self.collected.observations if is_account(item) or service_of(item) not in clients]
        new = (item for item in again.observations if service_of(item) in clients)
        return Collected((*kept, *new), again.failures, again.complete)


@pytest.fixture(scope="module")
def whole() -> Iterator[Whole]:
    with CloudLaboratory() as cloud:
        cloud.aws.set_rules((REGIONS_RULE,))
        sessions = KeptSessions()
        collected = collect(SERVICES, sessions)
        assert not collected.failures
        called = frozenset((call.service, call.action) for call in cloud.aws.calls())
        yield Whole(cloud.aws, sessions, collected, judge(collected.observations, ()), called)
        sessions.close()


def service_of(item: Observation) -> str:
    return item.content.service if isinstance(item.content, (AwsCoverage, AwsResource)) else ""


@cache
def signing_name(client: str) -> str:
    return str(botocore.session.get_session().get_service_model(client).signing_name)


def users_of(action: str) -> tuple[tuple[Service, str], ...]:
    """Return every operation that needs a permission, each with its service."""
    called = [
        (service, call.operation)
        for service in (*ACCESS_SERVICES, *SERVICES)
        for read in service.reads
        for call in read.calls
        if action_of(service, call) == action
    ]
    further = [(service, action.partition(":")[2]) for service in SERVICES if action in service.further]
    return tuple({(service.client, operation): (service, operation) for service, operation in (*called, *further)}.values())


def refusal(service: Service, operation: str) -> Rule:
    """Return the rule that refuses an operation as its service does."""
    code = "UnauthorizedOperation" if service.client == "ec2" else "AccessDeniedException"
    return Rule(service=signing_name(service.client), action=operation, code=code, status=403)


def test_the_estate_confirms_and_supports_claims_so_that_there_is_something_to_lose(whole: Whole) -> None:
    found = {(verdict.claim, verdict.status) for verdict in whole.verdicts}
    confirmed = {key for key, status in found if status is Status.CONFIRMED}
    wanted = ("compute", "storage", "database", "backup", "keys", "telemetry", "images", "control-plane")
    assert confirmed >= {f"{role}.country" for role in wanted}
    assert {key for key, status in found if status is Status.CONSISTENT} >= {
        "subprocessors",
        "inventory.complete",
        "lockin.managed-services",
    }


@pytest.mark.parametrize("action", PERMISSIONS)
def test_no_verdict_becomes_greener_without_this_permission(whole: Whole, action: str) -> None:
    users = users_of(action)
    assert users
    is_needed_first = any(service is first for service, _ in users for first in ACCESS_SERVICES)
    services = SERVICES if is_needed_first else tuple({service.client: service for service, _ in users}.values())
    is_further = any(action in service.further for service in SERVICES)
    again = whole.read_again(services, (refusal(*user) for user in users), anew=is_further)
    called = [(service, operation) for service, operation in users if (signing_name(service.client), operation) in whole.called]
    told = " ".join(failure.detail for failure in again.failures)
    assert bool(again.failures) is bool(called), "what is refused is a failure, and nothing else is"
    assert not called or f'"Action": "{action}"' in told or is_further, told
    open_roles = {
        role
        for question in questions(SERVICES)
        for service, operation in called
        if question.scope == service.scope(operation)
        for role in question.roles
    }
    for before, after in zip(whole.verdicts, judge(again.observations, again.failures), strict=True):
        said = (before.claim, before.status, after.status, after.reason)
        assert after.status.rank <= before.status.rank, said
        assert after.status not in RED or before.status in RED, said
        if any(before.claim.startswith(f"{role}.") for role in open_roles) and before.claim.endswith(".country"):
            assert after.status is not Status.CONFIRMED, said
