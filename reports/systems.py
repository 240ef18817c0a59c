"""Systems in words: their verdicts, the three answers, what was seen, and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herkomst.reports.answers import build_answers
from herkomst.reports.base import Labelled, PlacementView, SystemView, Tally
from herkomst.reports.coverage import declared_subjects, split_subjects, unanswered
from herkomst.reports.judgements import word_verdict
from herkomst.reports.phrases import Phrases, show_name
from herkomst.reports.words import Words
from herkomst.scanner.model.claim import Role, System
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.placement import Picture, Placement
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Coverage, Status, Verdict
from herkomst.scanner.names import display


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown together: systems of one name (verdicts know only the name), their pictures and their verdicts."""

    members: tuple[System, ...] = ()
    pictures: tuple[Picture, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def view_declared(name: str, members: tuple[System, ...], result: RunResult, phrases: Phrases) -> SystemView:
    """Return one declared system in words, with all that the run has of it."""
    subjects = set(declared_subjects(members))
    shown = Shown(
        members,
        tuple(picture for picture in result.pictures if picture.subject in subjects),
        tuple(verdict for verdict in result.verdicts if verdict.system == name),
    )
    return view_system(name, phrases.words.say("system.heading", name=show_name(name)), shown, result, phrases)


def view_system(name: str, heading: str, shown: Shown, result: RunResult, phrases: Phrases) -> SystemView:
    """Return a system, or a subject of `inspect`, in words."""
    placements = tuple(placement for picture in shown.pictures for placement in picture.placements)
    endpoints = _once(placements)
    subjects = declared_subjects(shown.members) or tuple(picture.subject for picture in shown.pictures)
    measured, missing = split_subjects(result, subjects)
    coverage = Coverage(len(subjects), len(measured))
    return SystemView(
        name=show_name(name),
        heading=heading,
        about=_about(shown.members, phrases),
        coverage=coverage,
        coverage_text=word_coverage(coverage, phrases.words),
        tallies=count_statuses(shown.verdicts, phrases.words),
        verdicts=tuple(word_verdict(verdict, placements, phrases, result.run.started_at) for verdict in shown.verdicts),
        answers=build_answers(endpoints, phrases),
        placements=tuple(_row(placement, phrases) for placement in endpoints),
        missing=_missing(missing, shown.pictures, phrases),
        absent=_absent(shown.members, shown.pictures, phrases),
        questions=_questions(shown.pictures, phrases),
        certificates=phrases.certificates(oid for picture in shown.pictures for oid in picture.certificates),
    )


def _once(placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """Return every endpoint once: the name servers of a zone are those of all its names."""
    return tuple({(item.role, item.layer, item.endpoint, item.addresses): item for item in placements}.values())


def _about(members: tuple[System, ...], phrases: Phrases) -> tuple[Labelled, ...]:
    words = phrases.words
    labelled = (
        Labelled(
            words.say("system.organisation"),
            tuple(dict.fromkeys(display(item.organisation.name) for item in members if item.organisation.name)),
        ),
        Labelled(
            words.say("system.supplier"), tuple(dict.fromkeys(display(item.supplier.name) for item in members if item.supplier))
        ),
        Labelled(words.say("head.assets"), tuple(show_name(subject) for subject in declared_subjects(members))),
    )
    return tuple(item for item in labelled if item.values)


def _row(placement: Placement, phrases: Phrases) -> PlacementView:
    words = phrases.words
    owners = [phrases.owner(fact) for fact in (placement.owner, placement.ultimate_parent) if fact is not None]
    return PlacementView(
        subject=show_name(placement.subject),
        role=words.of("role", placement.role),
        layer=words.of("layer", placement.layer),
        endpoint=show_name(placement.endpoint),
        addresses=tuple(display(address) for address in placement.addresses),
        location=phrases.place(placement),
        provider=phrases.party(placement.provider),
        network=phrases.network(placement.network) if placement.network or placement.addresses else "",
        owner=" / ".join(dict.fromkeys(owners)) or phrases.owner(None),
        jurisdictions=tuple(dict.fromkeys(words.country(fact.country) for fact in placement.jurisdictions)),
    )


def _missing(subjects: tuple[str, ...], pictures: tuple[Picture, ...], phrases: Phrases) -> tuple[str, ...]:
    """Return what was not measured, and why, for every listed subject that is not counted as measured."""
    words = phrases.words
    known = {picture.subject: picture for picture in pictures}
    lines: list[str] = []
    for subject in subjects:
        picture = known.get(subject)
        by_reason: dict[str, dict[str, None]] = {}
        for role, endpoint, failures in _holes(picture) if picture else ():
            hole = words.of("role", role)
            if endpoint != subject:
                hole = words.say("system.hole", role=hole, endpoint=show_name(endpoint))
            reasons = words.listed(dict.fromkeys(words.of("failure", failure.reason) for failure in failures))
            by_reason.setdefault(reasons or words.say("system.gap_unknown"), {})[hole] = None
        lines += [
            words.say("system.gap", subject=show_name(subject), holes=words.listed(holes), reasons=reasons)
            for reasons, holes in by_reason.items()
        ] or [words.say("system.not_asked_asset", subject=show_name(subject))]
    return tuple(lines)


def _holes(picture: Picture) -> Iterator[tuple[Role, str, tuple[Failure, ...]]]:
    """Yield the roles and endpoints of a subject that could not be measured, and by which failures."""
    for gap in picture.gaps:
        yield gap.role, gap.endpoint, gap.failures
    for item in filter(unanswered, picture.placements):
        yield item.role, item.endpoint, item.failures


def _absent(members: tuple[System, ...], pictures: tuple[Picture, ...], phrases: Phrases) -> tuple[str, ...]:
    words = phrases.words
    roles_of: dict[tuple[str, str], dict[str, None]] = {}
    for item in (absence for picture in pictures for absence in picture.absences):
        roles_of.setdefault((item.endpoint, item.outcome), {})[words.of("role", item.role)] = None
    endpoints_of: dict[tuple[str, str], list[str]] = {}
    for (endpoint, outcome), worded in roles_of.items():
        endpoints_of.setdefault((words.listed(worded), words.of("no_answer", outcome)), []).append(show_name(endpoint))
    lines = [
        words.say("system.absence", roles=worded, endpoints=words.listed(endpoints), outcome=outcome)
        for (worded, outcome), endpoints in endpoints_of.items()
    ]
    declared = sorted({words.of("role", role) for system in members for role in system.absent_roles})
    if declared:
        lines.append(words.say("system.declared_absent", roles=words.listed(declared)))
    return tuple(lines)


def _questions(pictures: tuple[Picture, ...], phrases: Phrases) -> tuple[str, ...]:
    """Return the contract signs as questions: a record shows that there may be a contract, and no more. Then where delegations differ."""
    words = phrases.words
    signs = [sign for picture in pictures for sign in picture.contract_signs]
    signs += [sign for picture in pictures for item in picture.placements for sign in item.contract_signs]
    asked = dict.fromkeys(
        words.say("system.question", party=sign.party.name, sign=words.of("sign", sign.kind), detail=show_name(sign.detail))
        for sign in signs
    )
    notes = dict.fromkeys(note for picture in pictures for note in picture.delegation_notes)
    return (*asked, *phrases.notes(notes))


def word_coverage(coverage: Coverage, words: Words) -> str:
    """Return how many were listed, measured and not measured: the first is the sum of the others."""
    missing = coverage.targets - coverage.measured
    return words.say("head.coverage", measured=coverage.measured, targets=coverage.targets, missing=missing)


def count_statuses(verdicts: tuple[Verdict, ...], words: Words) -> tuple[Tally, ...]:
    """Return how many verdicts have each of the seven statuses, zeros included."""
    counts = {status: sum(verdict.status is status for verdict in verdicts) for status in Status}
    return tuple(
        Tally(status, words.of("status", status), words.of("meaning", status), count) for status, count in counts.items()
    )
