"""Builds the report model from a run: `build_report` for claims that were judged, `build_inspect` for facts without claims."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import cast

from herkomst.reports.accounts import mask_accounts
from herkomst.reports.base import FailureView, Head, Labelled, ReportModel, SystemView
from herkomst.reports.coverage import all_failures, count_run, declared_subjects
from herkomst.reports.datasets import view_datasets
from herkomst.reports.evidence import some_of
from herkomst.reports.phrases import Phrases, show_name
from herkomst.reports.systems import Shown, count_statuses, view_declared, view_system, word_coverage
from herkomst.reports.words import Words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsResource
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource
from herkomst.scanner.model.run import KnownBefore, RunResult
from herkomst.scanner.names import display

_LIMITS = ("consistent", "outside", "building", "registration", "edge", "ownership", "legal", "correction")


_EXPLAINED = (AwsAccount.kind, AwsCoverage.kind, AwsResource.kind, InventoryFile.kind, InventoryResource.kind)
"""Kinds whose failures say what is missing, and what to do."""


def build_report(result: RunResult, words: Words, knowledge: Knowledge, *, show_accounts: bool = False) -> ReportModel:
    """Return everything a format may show of a run: every system, every verdict, every failure; AWS account ids masked unless told."""
    result = result if show_accounts else mask_accounts(result)
    phrases = Phrases(words, knowledge, result.observations)
    groups: dict[str, tuple[System, ...]] = {}
    for system in result.systems:
        groups[system.name] = (*groups.get(system.name, ()), system)
    for verdict in result.verdicts:
        groups.setdefault(verdict.system, ())
    systems = [view_declared(name, members, result, phrases) for name, members in groups.items()]
    declared = set(declared_subjects(result.systems))
    strays = tuple(picture for picture in result.pictures if picture.subject not in declared)
    if strays:
        systems.append(view_system("", words.say("system.undeclared"), Shown(pictures=strays), result, phrases))
    return _model(words.say("head.title"), result, tuple(systems), phrases)


def build_inspect(result: RunResult, words: Words, knowledge: Knowledge) -> ReportModel:
    """Return everything a format may show of `inspect`: one part for each subject, without claims."""
    result = mask_accounts(result)
    phrases = Phrases(words, knowledge, result.observations)
    systems = tuple(
        view_system(picture.subject, show_name(picture.subject), Shown(pictures=(picture,)), result, phrases)
        for picture in result.pictures
    )
    return _model(words.say("head.inspect_title"), result, systems, phrases)


def _model(title: str, result: RunResult, systems: tuple[SystemView, ...], phrases: Phrases) -> ReportModel:
    words = phrases.words
    limits = [words.say("limits.moment", vantage=result.run.vantage.label)]
    limits += [words.say(f"limits.{name}") for name in _LIMITS]
    return ReportModel(
        words=words,
        head=_head(title, result, phrases),
        systems=systems,
        failures=tuple(_failure(failure, phrases) for failure in all_failures(result)),
        known_before=tuple(_known_before(item, words) for item in result.known_before),
        limits=tuple(limits),
        footer=words.say("footer.made", version=result.run.version, id=result.run.id),
        result=result,
    )


# -- head: scope and coverage ---------------------------------------------------------------------------------------------


def _head(title: str, result: RunResult, phrases: Phrases) -> Head:
    words, run = phrases.words, result.run
    coverage = count_run(result)
    vantage = display(run.vantage.label)
    if run.vantage.asn is not None:
        country = words.country(run.vantage.country) if run.vantage.country else words.say("evidence.unknown")
        vantage = words.say("head.vantage_network", label=vantage, asn=run.vantage.asn, country=country)
    about = [
        Labelled(words.say("head.started"), (words.moment(run.started_at),)),
        Labelled(words.say("head.finished"), (words.moment(run.finished_at) if run.finished_at else words.say("head.running"),)),
        Labelled(words.say("head.vantage"), (vantage,)),
        Labelled(
            words.say("head.resolver"),
            tuple(display(item) for item in run.vantage.resolvers) or (words.say("head.system_resolver"),),
        ),
        Labelled(words.say("head.aws_rights"), tuple(_rights(result, words))),
        Labelled(words.say("head.not_asked"), tuple(words.of("kind", kind) for kind in run.not_asked)),
        Labelled(words.say("head.version"), (display(run.version),)),
        Labelled(words.say("head.run"), (display(run.id),)),
    ]
    return Head(
        title=title,
        about=tuple(item for item in about if item.values),
        coverage=coverage,
        coverage_text=word_coverage(coverage, words),
        complete=run.complete,
        complete_text=words.say("head.complete" if run.complete else "head.incomplete"),
        datasets=view_datasets(run.knowledge, run.started_at.astimezone(UTC).date(), phrases),
        tallies=count_statuses(result.verdicts, words),
    )


def _rights(result: RunResult, words: Words) -> Iterator[str]:
    """Yield, for each AWS account, what the credentials allowed that it was read with."""
    # of an account there is one observation among as many as 100,000: only that one is masked, by looking it up
    found = [oid for oid, item in dict.items(result.observations) if item.kind == AwsAccount.kind]
    for content in sorted({cast("AwsAccount", result.observations[oid].content) for oid in found}, key=lambda item: item.account):
        beyond = some_of(content.allowed_beyond_reading, words)
        line = words.say("head.aws_rights_line", account=content.account, rights=words.of("aws_rights", content.rights))
        yield f"{line}: {beyond}" if content.allowed_beyond_reading else line


def _known_before(item: KnownBefore, words: Words) -> str:
    return words.say(
        "known_before.line",
        count=str(item.count),
        what=display(f"{item.service} {item.type}"),
        region=display(item.region),
        account=item.account,
        since=words.day(item.since),
    )


def _failure(failure: Failure, phrases: Phrases) -> FailureView:
    words = phrases.words
    asked = " ".join(filter(None, (words.of("kind", failure.kind), display(failure.scope))))
    reason = words.of("failure", failure.reason)
    retry = words.say("failure.retry_helps" if failure.retryable else "failure.retry_no_help")
    line = words.say(
        "failures.line", collector=failure.collector, subject=show_name(failure.subject), asked=asked, reason=reason, retry=retry
    )
    detail = display(failure.detail) if failure.kind in _EXPLAINED else ""  # which permission is missing, as the API names it
    if detail:
        line = words.say("failures.detail", line=line, detail=detail)
    return FailureView(display(failure.collector), show_name(failure.subject), asked, reason, retry, line, detail)
