"""What was not read of an account, by role: the ledger, the failures, and the questions that were to be asked, held against each other.

A role is complete where every question that could show it was answered in every enabled Region, and no service that could hold it is unread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.aws import COVERED, GLOBAL_REGION, AwsAccount, AwsCoverage, AwsOutcome, AwsQuestion, AwsResource
from herkomst.scanner.model.claim import INSIDE_ROLES, Role
from herkomst.scanner.model.failure import Failure, FailureReason

COLLECTOR = "aws"
ROLES = INSIDE_ROLES
"""What an account can show completely."""
SHOWN: tuple[Role, ...] = (*ROLES, Role.WEB)
"""What an account can show at all: its edge serves the web too, and so does what no account lists."""
_REASONS = {
    AwsOutcome.DENIED: FailureReason.DENIED,
    AwsOutcome.THROTTLED_OUT: FailureReason.THROTTLED,
    AwsOutcome.UNREACHABLE: FailureReason.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class Missing:
    """A failure in one Region of an account (or in all of it), and the roles that it leaves open."""

    region: str
    failure: Failure
    roles: tuple[Role, ...]
    hides_endpoints: bool = True
    """Whether it could have shown public addresses or names."""
    service: str = ""
    """The service that was asked, as the questions call it; empty where it could be any."""


def find_missing(number: str, evidence: Evidence) -> tuple[Missing, ...]:
    """Return all that is not known of an account; empty where every question was answered."""
    described = evidence.inside(number, AwsAccount)
    failures = evidence.inside_failures(number)
    if not described:
        own = [failure for failure in failures if failure.subject == number] or [_never_asked(number)]
        return tuple(Missing("", failure, SHOWN) for failure in own)
    found = [_of_failure(failure, number, described) for failure in failures]
    for account, _ in described:
        found.extend(_of_ledger(account, evidence, failures))
    return tuple(dict.fromkeys(found))


def unread_services(accounts: Iterable[AwsAccount]) -> dict[Role, tuple[str, ...]]:
    """Return the services that could hold a role and that are not read, by role."""
    found: dict[Role, set[str]] = defaultdict(set)
    for account in accounts:
        for item in account.unread:
            for role in item.roles:
                found[role].add(item.service)
    return {role: tuple(sorted(services)) for role, services in found.items()}


def asked_roles(accounts: Iterable[AwsAccount]) -> frozenset[Role]:
    """Return the roles that any question could show."""
    return frozenset(role for account in accounts for question in account.questions for role in question.roles)


def _of_failure(failure: Failure, number: str, described: Iterable[tuple[AwsAccount, str]]) -> Missing:
    """Return what a failure leaves open: the roles of its question; all of them where it is of no known question."""
    region = failure.subject.removeprefix(number).removeprefix("/")
    questions = [item for account, _ in described for item in account.questions if item.scope == failure.scope]
    if not questions or failure.kind == AwsAccount.kind:
        return Missing(region, failure, SHOWN)
    roles = tuple(role for role in SHOWN if any(role in item.roles for item in questions))
    return Missing(region, failure, roles, any(item.shows_endpoints for item in questions), questions[0].service)


def _of_ledger(account: AwsAccount, evidence: Evidence, failures: Iterable[Failure]) -> Iterator[Missing]:
    """Yield what the ledger says was not read, and what it says nothing of although it was to be asked."""
    rows = {(row.region, row.service): row for row, _ in evidence.inside(account.account, AwsCoverage)}
    told = {(failure.subject, failure.scope) for failure in failures}
    by_service: dict[str, list[AwsQuestion]] = defaultdict(list)
    for question in account.questions:
        by_service[question.service].append(question)
    for service, questions in sorted(by_service.items()):
        once = questions[0].is_global
        for region in (GLOBAL_REGION,) if once else account.regions:
            subject = account.account if once else f"{account.account}/{region}"
            row = rows.get((region, service))
            if row is not None and row.outcome in COVERED and not row.unread:
                continue
            for question in questions:
                scope = question.scope
                if (subject, scope) in told or (row is not None and row.unread and scope not in row.unread):
                    continue
                reason = _REASONS.get(row.outcome, FailureReason.CANCELLED) if row else FailureReason.CANCELLED
                kind = AwsResource.kind if row else AwsCoverage.kind
                failure = Failure(COLLECTOR, subject, kind, reason, reason is not FailureReason.DENIED, scope)
                yield Missing("" if once else region, failure, question.roles, question.shows_endpoints, service)


def find_hidden(number: str, evidence: Evidence) -> tuple[Failure, ...]:
    """Return what failed and could have shown public addresses or names of an account; that none was to be asked for is a failure too."""
    described = evidence.inside(number, AwsAccount)
    found = tuple(dict.fromkeys(item.failure for item in find_missing(number, evidence) if item.hides_endpoints))
    asked = any(question.shows_endpoints for account, _ in described for question in account.questions)
    return found if asked or found else (_never_asked(number),)


def _never_asked(number: str) -> Failure:
    return Failure(COLLECTOR, number, AwsAccount.kind, FailureReason.NOT_COLLECTED, retryable=False)
