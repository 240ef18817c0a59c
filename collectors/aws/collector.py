"""The collector for AWS accounts: an account leads to its Regions and members, and each Region is read service by service.

Every Region is a target of its own, so that a run that is stopped keeps what it has, and one that cannot be reached holds up none of the
others. Blocking calls run in the lane's threads. Nothing of the SDK is imported before an account is asked about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from herkomst.collectors.aws.access import account_of, read_access
from herkomst.collectors.aws.registry import SERVICES, UNREAD
from herkomst.collectors.aws.service import Reach, Service, questions
from herkomst.collectors.base import Findings, Lane
from herkomst.config.settings import Settings
from herkomst.scanner.model.aws import GLOBAL_REGION, AwsAccount, AwsCoverage, AwsOutcome, AwsQuestion, AwsResource
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind

if TYPE_CHECKING:
    from herkomst.collectors.aws.account import Overview
    from herkomst.collectors.aws.inventory import ServiceFindings
    from herkomst.collectors.aws.problems import Problem
    from herkomst.collectors.aws.sessions import AccountSession, Sessions

DEADLINES = 10
"""A Region may take so many of the run's deadlines for a target: a list of 100,000 volumes alone is 200 answers after one another."""
DEADLINE_SHARE = 0.9
"""Of that: the rest is for calls that have begun, and for returning what was collected."""
EXTRA = "no boto3 here; install the extra: pip install 'herkomst[aws]'"
KINDS = frozenset({AwsAccount.kind, AwsCoverage.kind, AwsResource.kind})


class AwsCollector:
    """Reads accounts with the SDK's own credentials, endpoints and partitions (`AWS_*`, `AWS_ENDPOINT_URL`)."""

    name: ClassVar[str] = "aws"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.AWS_ACCOUNT, TargetKind.AWS_REGION})
    provides: ClassVar[frozenset[str]] = KINDS
    concurrency: ClassVar[int] = 4
    """Accounts and Regions at once: one of them keeps the lane's threads busy, and the clients of each hold 13 MB."""

    def __init__(self, target_deadline_s: float, services: Sequence[Service] = SERVICES) -> None:
        self._services = tuple(services)
        self.deadline_s = target_deadline_s * DEADLINES
        self._sessions: Sessions | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> AwsCollector:
        """Make the collector for one run; opens nothing."""
        return cls(settings.target_deadline_s)

    def not_asked(self) -> frozenset[str]:
        """Nothing is switched off: an account that is declared is read."""
        return frozenset()

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        """No datasets: where Regions lie is in the catalogue, which judging reads."""
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        """Read the account, or one of its Regions."""
        if find_spec("boto3") is None:
            return _all_failed(target, FailureReason.NOT_COLLECTED, EXTRA)
        from botocore.exceptions import BotoCoreError
        from herkomst.collectors.aws.problems import problem_of
        from herkomst.collectors.aws.sessions import Sessions

        self._sessions = self._sessions or Sessions()
        try:
            session = await lane.run_blocking(self._sessions.open, read_access(target))
        except BotoCoreError as error:  # a profile that is not there, a configuration file that cannot be read
            problem = problem_of(error, "")
            return _all_failed(target, problem.reason, problem.detail, retryable=problem.retryable)
        if target.kind is TargetKind.AWS_REGION:
            return await self._read_region(target, lane, session)
        return await self._read_account(target, lane, session)

    async def close(self) -> None:
        """Close every client's connections."""
        if self._sessions is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._sessions.close)

    async def _read_account(self, target: Target, lane: Lane, session: AccountSession) -> Findings:
        from functools import partial

        from herkomst.collectors.aws.account import look_at
        from herkomst.collectors.aws.calls import Budget
        from herkomst.collectors.aws.rights import check_rights

        budget = Budget.of(self.deadline_s * DEADLINE_SHARE)
        lists = read_access(target).lists_members
        overview = await lane.run_blocking(partial(look_at, session, target.value, budget, lists_members=lists))
        failures = tuple(_failure(target, AwsAccount.kind, item.scope, item.problem) for item in overview.refused)
        if not overview.is_reached:
            return Findings(failures=failures)
        found = await self._read_services(target, lane, session, Reach.GLOBAL, session.main_region)
        rights, beyond = await lane.run_blocking(check_rights, session, overview.principal, budget)
        account = replace(
            _account(target.value, session.partition, overview, self._services), rights=rights, allowed_beyond_reading=beyond
        )
        not_enabled = (
            AwsCoverage(target.value, region, "", AwsOutcome.NOT_ENABLED, 0) for region in overview.regions_not_enabled
        )
        leads = (
            *(Target(TargetKind.AWS_REGION, f"{target.value}/{region}") for region in overview.regions),
            *(Target(TargetKind.AWS_ACCOUNT, member) for member in overview.members),
        )
        observed = _observe(target, lane, (account, *not_enabled, *_contents(found)))
        return Findings(observed, leads, (*failures, *_failures(target, found)))

    async def _read_region(self, target: Target, lane: Lane, session: AccountSession) -> Findings:
        _, region = account_of(target)
        found = await self._read_services(target, lane, session, Reach.REGION, region)
        await lane.run_blocking(session.release, region)
        return Findings(_observe(target, lane, _contents(found)), (), _failures(target, found))

    async def _read_services(
        self, target: Target, lane: Lane, session: AccountSession, reach: Reach, region: str
    ) -> list[ServiceFindings]:
        from herkomst.collectors.aws.calls import Budget
        from herkomst.collectors.aws.inventory import ServiceReader

        number, _ = account_of(target)
        reader = ServiceReader(session, number, region, lane, Budget.of(self.deadline_s * DEADLINE_SHARE))
        return await asyncio.gather(*(reader.read(service) for service in self._services if service.reach is reach))


def _account(number: str, partition: str, overview: Overview, services: Sequence[Service]) -> AwsAccount:
    scopes = tuple(item.scope for item in overview.refused)
    missed = tuple(AwsQuestion(scope, scope.partition(":")[0], (), is_global=True) for scope in scopes)
    return AwsAccount(
        number,
        partition,
        overview.regions,
        overview.regions_not_enabled,
        (*questions(services), *missed),
        UNREAD,
        overview.members,
    )


def _contents(found: Iterable[ServiceFindings]) -> tuple[Content, ...]:
    contents: list[Content] = []
    for item in found:
        contents += (item.coverage, *item.resources)
    return tuple(contents)


def _observe(target: Target, lane: Lane, contents: Iterable[Content]) -> tuple[Observation, ...]:
    at = lane.now()
    return tuple(Observation(target.value, AwsCollector.name, lane.vantage, at, content) for content in contents)


def _failures(target: Target, found: Iterable[ServiceFindings]) -> tuple[Failure, ...]:
    return tuple(
        _failure(target, AwsResource.kind, f"{item.coverage.service}:{missed.operation}", missed.problem, missed.detail)
        for item in found
        for missed in item.unread
    )


def _failure(target: Target, kind: str, scope: str, problem: Problem, detail: str = "") -> Failure:
    _, region = account_of(target)
    place = f"{region or GLOBAL_REGION}, {scope}: {detail or problem.detail}"
    return Failure(AwsCollector.name, target.value, kind, problem.reason, problem.retryable, scope, place)


def _all_failed(target: Target, reason: FailureReason, detail: str, *, retryable: bool = False) -> Findings:
    return Findings(
        failures=tuple(Failure(AwsCollector.name, target.value, kind, reason, retryable, "", detail) for kind in sorted(KINDS))
    )
