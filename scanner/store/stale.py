"""What is known of a cloud account from before, where a run could not read it: it stays known, is shown as such, and is judged nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from herkomst.scanner.model.aws import AwsAccount, AwsResource
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.run import KnownBefore, RunResult
from herkomst.scanner.store.history import load_facts
from herkomst.scanner.store.schema import states
from sqlalchemy import Connection, select


def with_known_before(connection: Connection, result: RunResult) -> RunResult:
    """Return a result with the resources, counted, that earlier runs saw in lists which this run could not read to their end.

    What this run saw itself is left out, and so is what a later run saw for the first time. Nothing proves that they are still there.
    """
    unread: dict[str, set[str]] = defaultdict(set)
    for failure in result.failures:
        for subject in _subjects(connection, failure):
            unread[subject].add(failure.scope.partition(":")[0] if failure.kind == AwsResource.kind else "")
    found: dict[tuple[str, str, str, str], list[datetime]] = defaultdict(list)
    for subject, services in unread.items():
        known_at = result.run.finished_at
        for fact in load_facts(connection, subject, result.run.started_at, known_at):
            content = fact.content
            if isinstance(content, AwsResource) and fact.id not in result.observations and services & {"", content.service}:
                found[content.account, content.region, content.service, content.type].append(fact.valid_from)
    known = tuple(KnownBefore(*key, len(seen), min(seen)) for key, seen in sorted(found.items()))
    return replace(result, known_before=known) if known else result


def _subjects(connection: Connection, failure: Failure) -> Iterator[str]:
    """Yield whose facts a failure leaves unseen: its own subject, and all Regions of an account that could not be reached."""
    if failure.kind not in (AwsAccount.kind, AwsResource.kind):
        return
    yield failure.subject
    if failure.kind == AwsAccount.kind:
        yield from _regions_of(connection, failure.subject)


def _regions_of(connection: Connection, account: str) -> Iterable[str]:
    inside = states.c.subject.startswith(f"{account}/", autoescape=True)
    return connection.execute(select(states.c.subject).where(inside).distinct()).scalars().all()
