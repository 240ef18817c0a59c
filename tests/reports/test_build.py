"""The report model: counts that add up, every verdict once, three answers that are never merged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from herkomst.reports.base import Answer, ReportModel
from herkomst.reports.build import build_inspect, build_report
from herkomst.reports.coverage import count_run, declared_subjects, split_subjects
from herkomst.reports.words import load_words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.location import Location
from herkomst.scanner.model.placement import (
    Gap,
    Investor,
    Jurisdiction,
    JurisdictionStatus,
    Layer,
    OwnerFact,
    Party,
    Picture,
    Placement,
    Via,
)
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Hearing, Note, NoteCode, Status
from hypothesis import given, settings
from scene import KNOWLEDGE
from strategies import run_results


@pytest.fixture
def report(story: RunResult, knowledge: Knowledge) -> ReportModel:
    return build_report(story, load_words("en"), knowledge)


def lines_of(answer: Answer) -> dict[str, list[str]]:
    return {group.label: [line.text for line in group.lines] for group in answer.groups}


@settings(max_examples=60, deadline=None)
@given(result=run_results())
def test_every_verdict_of_any_run_is_shown_once(result: RunResult) -> None:
    report = build_report(result, load_words("nl"), KNOWLEDGE)
    shown = [verdict.id for system in report.systems for verdict in system.verdicts]
    assert sorted(shown) == sorted(verdict.id for verdict in result.verdicts)
    assert sum(tally.count for tally in report.head.tallies) == len(result.verdicts)
    for tally in report.head.tallies:
        counted = (item.count for system in report.systems for item in system.tallies if item.status is tally.status)
        assert sum(counted) == tally.count


@settings(max_examples=60, deadline=None)
@given(result=run_results())
def test_listed_is_measured_and_not_measured_everywhere(result: RunResult) -> None:
    report = build_report(result, load_words("en"), KNOWLEDGE)
    subjects = declared_subjects(result.systems)
    measured, missing = split_subjects(result, subjects)
    assert sorted((*measured, *missing)) == sorted(subjects)
    for coverage in (report.head.coverage, *(system.coverage for system in report.systems)):
        assert 0 <= coverage.measured <= coverage.targets
    if subjects:
        assert (report.head.coverage.targets, report.head.coverage.measured) == (len(subjects), len(measured))
    for system in report.systems:
        if system.coverage.measured < system.coverage.targets:
            assert system.missing


@settings(max_examples=60, deadline=None)
@given(result=run_results())
def test_every_line_of_an_answer_counts_no_more_endpoints_than_there_are(result: RunResult) -> None:
    for system in build_report(result, load_words("en"), KNOWLEDGE).systems:
        assert len(system.answers) == 3
        for group in (group for answer in system.answers for group in answer.groups):
            assert group.lines
            assert all(1 <= line.count <= line.total <= len(system.placements) for line in group.lines)


def test_scope_and_coverage_come_before_any_outcome(report: ReportModel) -> None:
    assert report.head.coverage_text == "5 of 6 listed assets measured, 1 not"
    about = {item.label: item.values for item in report.head.about}
    assert about["Measured from"] == ("kantoor (AS64500, Netherlands (NL))",)
    assert about["DNS resolver"] == ("192.0.2.53:53",)
    assert about["Started"] == ("23 November 2026 10:00 UTC",)


def test_each_dataset_shows_its_age_at_the_start_of_the_run(report: ReportModel) -> None:
    assert [(item.name, item.as_of, item.age) for item in report.head.datasets] == [
        ("catalogue", "1 October 2026", "53 days"),
        ("cloud ranges", "20 November 2026", "3 days"),
        ("as numbers", "June 2026", "175 days"),
    ]


def test_location_owner_and_jurisdiction_are_answered_apart(report: ReportModel) -> None:
    location, owner, jurisdiction = report.systems[0].answers
    assert lines_of(location)["The service itself"][2:] == ["Ireland (IE)", "Netherlands (NL)"]
    assert lines_of(location)["Edge"] == ["country cannot be known (behind an edge)"]
    assert "microsoft-365" in lines_of(owner)["Provider of the service"]
    assert "Microsoft Corporation, United States (US)" in lines_of(owner)["Owner, as far as known"]
    assert lines_of(jurisdiction)["With a source"] == ["United States (US)", "Ireland (IE)", "Netherlands (NL)"]


def test_the_name_servers_that_several_names_share_are_counted_once(report: ReportModel) -> None:
    servers = [row for row in report.systems[0].placements if row.role == "name servers"]
    assert [row.endpoint for row in servers] == ["ns1.polderhost.example", "ns2.polderhost.example"]


def test_a_take_over_that_is_announced_is_shown_and_not_counted(report: ReportModel) -> None:
    answers = lines_of(report.systems[1].answers[2])
    assert "United States (US)" not in answers["With a source"]
    assert answers["Announced or called off (not counted)"] == ["United States (US)"]
    verdict = report.systems[1].verdicts[0]
    assert verdict.status is Status.CONSISTENT
    assert any("Take-over announced" in note and "Amerika Inc." in note for note in verdict.notes)


def one_placement(**details: object) -> Picture:
    placement = Placement("a.example", Role.WEB, Layer.ORIGIN, "a.example", ("192.0.2.1",), **details)  # type: ignore[arg-type]  # fields of Placement
    return Picture("a.example", (placement,))


def test_an_investor_is_shown_beside_the_owner_and_never_as_a_jurisdiction(story: RunResult, knowledge: Knowledge) -> None:
    owner = OwnerFact("Fonds-eigendom B.V.", "NL", investors=(Investor("Fonds LP", "US", "60 %"),))
    law = (Jurisdiction("NL", Via.OPERATOR, "Fonds-eigendom B.V.", JurisdictionStatus.CURRENT, True),)
    result = RunResult(story.run, pictures=(one_placement(owner=owner, jurisdictions=law),))
    _, owners, jurisdiction = build_inspect(result, load_words("en"), knowledge).systems[0].answers
    assert lines_of(owners)["Investors (not counted)"] == ["Fonds LP, United States (US) 60 %"]
    assert lines_of(jurisdiction) == {"With a source": ["Netherlands (NL)"]}


def test_a_jurisdiction_by_the_registry_alone_stands_apart_from_sourced_ones(story: RunResult, knowledge: Knowledge) -> None:
    law = (
        Jurisdiction("NL", Via.NETWORK, "Een B.V.", JurisdictionStatus.REGISTERED, False),
        Jurisdiction("DE", Via.PARENT, "Eine GmbH", JurisdictionStatus.CLOSED, True),
    )
    result = RunResult(story.run, pictures=(one_placement(jurisdictions=law),))
    answers = lines_of(build_inspect(result, load_words("en"), knowledge).systems[0].answers[2])
    assert answers == {"With a source": ["Germany (DE)"], "Without a source that was read": ["Netherlands (NL)"]}


def test_an_unknown_party_is_said_to_be_unknown(story: RunResult, knowledge: Knowledge) -> None:
    system = build_inspect(RunResult(story.run, pictures=(one_placement(),)), load_words("en"), knowledge).systems[0]
    location, owner, jurisdiction = (lines_of(answer) for answer in system.answers)
    assert location == {"The service itself": ["country cannot be known (cannot be seen)"]}
    assert owner["Provider of the service"] == ["not known"]
    assert owner["Owner, as far as known"] == ["not known"]
    assert jurisdiction == {"Parties not known": ["not known"]}


def test_an_endpoint_that_was_not_measured_is_not_called_unknown(report: ReportModel) -> None:
    location, owner, jurisdiction = (lines_of(answer) for answer in report.systems[1].answers)
    assert "not measured" in location["The service itself"]
    assert "not measured" in owner["Owner, as far as known"]
    assert jurisdiction["Parties not known"] == ["not measured"]
    assert report.systems[1].placements[1].location == "not measured"


def test_an_asset_nobody_looked_at_is_not_measured_and_named(story: RunResult, knowledge: Knowledge) -> None:
    result = replace(story, pictures=story.pictures[1:])
    system = build_report(result, load_words("en"), knowledge).systems[0]
    assert system.coverage_text == "3 of 4 listed assets measured, 1 not"
    assert system.missing == ("voorbeeld.example: not looked at",)


def test_an_endpoint_whose_addresses_could_not_be_asked_for_is_not_measured(story: RunResult) -> None:
    failed = (Failure("dns", "a.example", "dns.rrset", FailureReason.TIMEOUT, True, "A"),)
    picture = one_placement(addresses_incomplete=True, failures=failed)
    placement = replace(picture.placements[0], addresses=())
    assert count_run(RunResult(story.run, pictures=(picture,))).measured == 1
    assert count_run(RunResult(story.run, pictures=(replace(picture, placements=(placement,)),))).measured == 0


def test_an_asset_with_a_role_that_could_not_be_asked_for_is_not_measured(story: RunResult, knowledge: Knowledge) -> None:
    failed = (Failure("dns", "a.example", "dns.rrset", FailureReason.SERVFAIL, True, "MX"),)
    picture = replace(one_placement(), gaps=(Gap("a.example", Role.MAIL_INBOUND, "a.example", failed),))
    system = build_inspect(RunResult(story.run, pictures=(picture,)), load_words("en"), knowledge).systems[0]
    assert system.coverage_text == "0 of 1 listed assets measured, 1 not"
    assert system.missing == ("a.example – inbound mail: fault at the name server (SERVFAIL)",)


def test_a_failure_is_listed_once_wherever_it_travelled(report: ReportModel, story: RunResult) -> None:
    assert len(report.failures) == 2
    assert len(report.failures) == len(set(report.failures))
    assert {failure.asked for failure in report.failures} == {"DNS records A", "DNS records AAAA"}


def test_a_verdict_says_when_what_was_seen_and_what_was_said(report: ReportModel) -> None:
    verdict = report.systems[0].verdicts[0]
    assert verdict.claim == "Country of the website: Netherlands (NL)"
    assert verdict.said == "The supplier says: Netherlands (NL)."
    assert verdict.why[0] == "On 23 November 2026 we saw: Ireland (IE) and Netherlands (NL)."
    assert verdict.deciding == ("website proef.voorbeeld.example (192.0.2.20): Ireland (IE)",)
    assert verdict.strongest[0].text.startswith("192.0.2.20 lies in ")
    assert verdict.would_change == "Ask the supplier for a response."


def test_the_supplier_is_shown_to_be_unheard_under_a_contradiction_only(report: ReportModel) -> None:
    for verdict in (verdict for system in report.systems for verdict in system.verdicts):
        accused = verdict.status in (Status.CONTRADICTED, Status.PARTLY)
        assert (verdict.hearing == "The supplier has not been heard yet.") is accused


def test_an_answer_of_the_supplier_is_shown_under_any_status(story: RunResult, knowledge: Knowledge) -> None:
    heard = tuple(replace(verdict, hearing=Hearing.ANSWERED) for verdict in story.verdicts)
    report = build_report(replace(story, verdicts=heard), load_words("nl"), knowledge)
    assert {verdict.hearing for system in report.systems for verdict in system.verdicts} == {"De leverancier heeft geantwoord."}


def test_a_denied_claim_is_worded_as_a_denial(story: RunResult, knowledge: Knowledge) -> None:
    from herkomst.scanner.model.claim import Operator

    verdict = replace(story.verdicts[0], operator=Operator.NOT, expected=("US",))
    report = build_report(replace(story, verdicts=(verdict,)), load_words("nl"), knowledge)
    assert report.systems[0].verdicts[0].claim == "Land van de website: niet Verenigde Staten (US)"


def test_an_empty_list_claims_that_there_is_none(story: RunResult, knowledge: Knowledge) -> None:
    verdict = replace(story.verdicts[7], expected=())
    report = build_report(replace(story, verdicts=(verdict,)), load_words("en"), knowledge)
    assert report.systems[0].verdicts[0].expected == "none"


def test_notes_that_differ_only_in_a_name_share_a_line(story: RunResult, knowledge: Knowledge) -> None:
    notes = tuple(Note(NoteCode.ABSENT_HOST, (("name", f"{host}.example"), ("outcome", "nxdomain"))) for host in "ab")
    report = build_report(replace(story, verdicts=(replace(story.verdicts[0], notes=notes),)), load_words("en"), knowledge)
    assert report.systems[0].verdicts[0].notes == (
        "Measured and not there: a.example and b.example, the name does not exist (NXDOMAIN)",
    )


def test_a_source_that_is_no_web_address_never_becomes_a_link(story: RunResult, knowledge: Knowledge) -> None:
    verdict = next(item for item in story.verdicts if item.claim == "web.jurisdiction")
    part = verdict.parts[0]
    for source, url in (
        ("javascript:alert(1)", ""),
        ("https://a.example/\u202e", ""),
        ("https://a.example/", "https://a.example/"),
    ):
        law = Jurisdiction("US", Via.PARENT, "Party", JurisdictionStatus.CLOSED, True, source, "2026-01-31")
        placement = Placement(part.subject, Role(part.role), Layer.ORIGIN, part.endpoint, part.addresses, jurisdictions=(law,))
        result = replace(story, verdicts=(verdict,), pictures=(Picture(part.subject, (placement,)),))
        facts = build_report(result, load_words("en"), knowledge).systems[0].verdicts[0].facts
        assert [fact.url for fact in facts] == [url]


def test_international_names_are_shown_in_both_forms(story: RunResult, knowledge: Knowledge) -> None:
    placement = Placement(
        "xn--mnchen-3ya.example", Role.WEB, Layer.ORIGIN, "xn--mnchen-3ya.example", location=Location((), None, None)
    )
    result = RunResult(story.run, pictures=(Picture("xn--mnchen-3ya.example", (placement,)),))
    system = build_inspect(result, load_words("en"), knowledge).systems[0]
    assert system.heading == "münchen.example (xn--mnchen-3ya.example)"


def test_a_contract_sign_becomes_a_question(story: RunResult, knowledge: Knowledge) -> None:
    from herkomst.scanner.model.placement import Sign, SignKind

    sign = Sign(SignKind.TXT_TOKEN, Party("google-workspace", "google-workspace"), "id", "google-site-verification=")
    picture = Picture("a.example", contract_signs=(sign,))
    system = build_inspect(RunResult(story.run, pictures=(picture,)), load_words("nl"), knowledge).systems[0]
    assert system.questions == ("Is er een overeenkomst met google-workspace? controlecode (TXT): google-site-verification=",)


def test_a_run_that_was_stopped_says_so(story: RunResult, knowledge: Knowledge) -> None:
    stopped = replace(story, run=replace(story.run, complete=False, finished_at=None))
    head = build_report(stopped, load_words("en"), knowledge).head
    assert head.complete_text.startswith("The run was stopped")
    assert ("not finished",) in [item.values for item in head.about]
