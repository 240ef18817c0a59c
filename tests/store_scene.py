"""What the tests of the store, and its benchmark's child processes, put into it: small runs over documentation names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from herkomst.collectors.base import Findings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Content, DnsRRset, Observation, RawAnswer
from herkomst.scanner.model.run import Run, Vantage
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.store.records import Visit

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TARGET = Target(TargetKind.DOMAIN, "zaken.voorbeeld.example")


def day(number: int) -> datetime:
    """Return the instant at which the run of that day looks."""
    return START + timedelta(days=number)


def make_run(number: int, vantage: str = "local") -> Run:
    return Run(f"run-{number}", day(number), None, False, "0.1.0", Vantage(vantage))


def address(value: str, name: str = TARGET.value) -> DnsRRset:
    return DnsRRset(name, "A", (value,))


def text(value: str, name: str = TARGET.value) -> DnsRRset:
    return DnsRRset(name, "TXT", (value,))


def seen(
    *contents: Content,
    at: datetime,
    target: Target = TARGET,
    collector: str = "dns",
    vantage: str = "local",
    leads: tuple[Target, ...] = (),
    failures: tuple[Failure, ...] = (),
    raws: tuple[RawAnswer, ...] = (),
) -> Visit:
    """Return a visit that saw these contents; raw answers belong to the contents in order."""
    observations = tuple(
        Observation(target.value, collector, vantage, at, content, raws[index].digest if index < len(raws) else None)
        for index, content in enumerate(contents)
    )
    return Visit(target, collector, Findings(observations, leads, failures, raws), at)


def failure(kind: str = "dns.rrset", scope: str = "MX", subject: str = TARGET.value) -> Failure:
    return Failure("dns", subject, kind, FailureReason.TIMEOUT, True, scope)


def numbered_target(number: int) -> Target:
    return Target(TargetKind.DOMAIN, f"host{number}.voorbeeld.example")


def numbered_visit(number: int, at: datetime = START) -> Visit:
    """Return a visit with three contents, its own for every number."""
    target = numbered_target(number)
    contents = (address(f"192.0.2.{number % 256}", target.value), text(f"number {number}", target.value))
    return seen(*contents, DnsRRset(target.value, "NS", ("ns1.voorbeeld.example",)), at=at, target=target)
