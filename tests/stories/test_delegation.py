"""A name server that was left behind in the parent zone, through the whole program and into the words that a reader sees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from herkomst.config.settings import ResolverAddress
from herkomst.lab.laboratory import Laboratory
from herkomst.reports.build import build_inspect, build_report
from herkomst.reports.explain import render_explain
from herkomst.reports.registry import load_inspect_format
from herkomst.reports.words import load_words
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status
from herkomst.scanner.service import load_knowledge
from running import check_names
from servers.scripted import closed_port

NAME = "verhaal.example"
OWN, LEFT_BEHIND = "ns1.naamkade.example", "ns7.deskmere.example"
RECORDS = (
    (NAME, "NS", (f"{OWN}.",)),
    (NAME, "A", ("192.0.2.4",)),
    (OWN, "A", ("192.0.2.129",)),
    (LEFT_BEHIND, "A", ("192.0.2.161",)),
)
CLAIMS = ("dns.provider=naamkade", "dns.network=naamkade", "web.country=NL")


@pytest.fixture
def moved(laboratory: Laboratory, serve) -> RunResult:  # type: ignore[no-untyped-def]  # the fixture beside it
    port = serve(*RECORDS, delegations={NAME: (f"{OWN}.", f"{LEFT_BEHIND}.")})
    return check_names(laboratory.settings(), NAME, claims=CLAIMS, port=port)


def test_it_is_an_endpoint_with_a_network_of_its_own(moved: RunResult) -> None:
    found = {item.endpoint: item for picture in moved.pictures for item in picture.placements if item.role is Role.DNS}
    assert set(found) == {OWN, LEFT_BEHIND}
    assert found[LEFT_BEHIND].network is not None
    assert found[LEFT_BEHIND].network.party != found[OWN].network.party  # type: ignore[union-attr]  # both have one
    statuses = {verdict.claim: (verdict.status, verdict.reason) for verdict in moved.verdicts}
    assert statuses["dns.network"] == (Status.CONTRADICTED, Reason.OTHER_NETWORK)
    assert not moved.failures


@pytest.mark.parametrize(("language", "asked"), [("nl", "Is dat de bedoeling"), ("en", "Is that meant")])
def test_a_reader_sees_a_question_with_the_name_and_who_said_so(
    laboratory: Laboratory, moved: RunResult, language: str, asked: str
) -> None:
    words, knowledge = load_words(language), load_knowledge(laboratory.settings())
    verdict = next(item for item in moved.verdicts if item.claim == "dns.network")
    explained = " ".join(render_explain(verdict, moved, {}, words, knowledge).decode().split())
    assert asked in explained
    assert LEFT_BEHIND in explained
    assert "a.registry.example" in explained
    for report in (build_report(moved, words, knowledge), build_inspect(moved, words, knowledge)):
        (question,) = [line for system in report.systems for line in system.questions]
        assert asked in question
        assert LEFT_BEHIND in question
    inspected = load_inspect_format("text").render(build_inspect(moved, words, knowledge)).decode()
    assert asked in " ".join(inspected.split())


def test_a_network_that_lets_no_questions_out_still_tells_what_its_resolver_shows(laboratory: Laboratory, serve) -> None:  # type: ignore[no-untyped-def]  # the fixture beside it
    port = serve(*RECORDS)
    resolvers = (ResolverAddress("127.0.0.1", port),)
    settings = replace(laboratory.settings(), resolvers=resolvers, authority_port=closed_port(), dns_timeout_s=0.3)
    shut = check_names(settings, NAME, claims=CLAIMS)
    statuses = {verdict.claim: (verdict.status, verdict.reason) for verdict in shut.verdicts}
    assert statuses["dns.provider"] == (Status.NOT_MEASURED, Reason.UNREACHABLE)
    assert statuses["web.country"][0].rank
    (failure,) = shut.failures
    assert (failure.subject, failure.kind) == (NAME, "dns.delegation")
    told = check_names(replace(settings, ask_parents=False), NAME, claims=CLAIMS)
    assert {verdict.claim: verdict.status.rank > 0 for verdict in told.verdicts}["dns.provider"]
    assert "dns.delegation" in told.run.not_asked
    assert not told.failures
