"""Name servers by the parent zone: each is an endpoint, a difference is a question, and what the parent did not tell is not measured."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.breadth import DELEGATION
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.verdict import Confidence, NoteCode, Reason, Status, Verdict, WouldChange
from scene import Scene

NAME = "voorbeeld.example"
OWN, OTHER = "ns1.polderhost.example", "dns.poortwachter.example"
IP, SECOND_IP = "192.0.2.1", "192.0.2.65"


def served(*, not_asked: tuple[str, ...] = ()) -> Scene:
    """A zone whose only name server is a Dutch host's, by its name and its network."""
    scene = Scene(not_asked=not_asked).rrset(NAME, "NS", OWN).host(OWN, IP).origin(IP, 64510)
    return scene.rdap(IP, "Polderhost B.V.", "NL").location(IP, "NL")


def notes(verdict: Verdict) -> list[tuple[NoteCode, dict[str, str]]]:
    return [(note.code, dict(note.params)) for note in verdict.notes]


def test_a_parent_that_names_the_same_servers_changes_nothing() -> None:
    verdict = served().judge("dns.provider", "polderhost")
    assert (verdict.status, verdict.confidence, verdict.notes) == (Status.CONFIRMED, Confidence.HIGH, ())


def test_a_name_server_that_only_the_parent_names_answers_for_the_domain_too() -> None:
    scene = served().delegate(NAME, OWN, OTHER).host(OTHER, SECOND_IP).origin(SECOND_IP, 16509)
    (picture,) = scene.pictures((NAME,))
    assert {item.endpoint for item in picture.placements if item.role is Role.DNS} == {OWN, OTHER}
    for key, value in (("dns.network", "polderhost"), ("subprocessors", "polderhost")):
        assert served().judge(key, value).status.rank
        assert scene.judge(key, value).status is Status.CONTRADICTED, key
    assert notes(scene.judge("dns.network", "polderhost")) == [(NoteCode.ONLY_AT_PARENT, {"name": OTHER, "zone": NAME})]
    assert NoteCode.ONLY_AT_PARENT not in {code for code, _ in notes(scene.judge("web.network", "polderhost"))}


def test_a_name_server_that_only_the_zone_names_stays_an_endpoint() -> None:
    scene = served().delegate(NAME, "ns2.polderhost.example")
    scene.host("ns2.polderhost.example", IP)
    verdict = scene.judge("dns.provider", "polderhost")
    assert verdict.status is Status.CONFIRMED
    assert {part.endpoint for part in verdict.parts} == {OWN, "ns2.polderhost.example"}
    assert [code for code, _ in notes(verdict)] == [NoteCode.ONLY_AT_PARENT, NoteCode.ONLY_IN_ZONE]


def test_a_parent_that_delegates_no_such_zone_is_a_question() -> None:
    verdict = served().delegate(NAME).judge("dns.provider", "polderhost")
    assert verdict.status is Status.CONFIRMED
    assert notes(verdict) == [(NoteCode.ONLY_IN_ZONE, {"name": OWN, "zone": NAME})]


def test_a_server_that_has_both_zones_tells_of_no_difference() -> None:
    scene = served().delegate(NAME, OWN, "ns2.polderhost.example", from_zone=True).host("ns2.polderhost.example", IP)
    verdict = scene.judge("dns.provider", "polderhost")
    assert (verdict.status, verdict.notes, len(verdict.parts)) == (Status.CONFIRMED, (), 2)


def inside(*glue: str) -> Scene:
    host = f"ns.{NAME}"
    scene = Scene().rrset(NAME, "NS", host).host(host, IP).origin(IP, 64510).rdap(IP, "Polderhost B.V.", "NL")
    scene.origin(SECOND_IP, 16509).rdap(SECOND_IP, "Amazon Data Services", "US")
    return scene.delegate(NAME, host, glue=tuple(f"{host} {address}" for address in glue))


def test_an_address_that_only_glue_gives_is_one_that_resolvers_ask() -> None:
    assert inside(IP).judge("dns.network", "polderhost").status is Status.CONFIRMED
    assert inside(IP).judge("dns.network", "polderhost").notes == ()
    verdict = inside(IP, SECOND_IP).judge("dns.network", "polderhost")
    assert verdict.status is Status.CONTRADICTED
    assert notes(verdict) == [(NoteCode.GLUE_DIFFERS, {"name": f"ns.{NAME}", "address": SECOND_IP})]


def test_an_address_beside_a_name_server_elsewhere_is_no_glue() -> None:
    scene = served().delegate(NAME, OWN, glue=(f"{OWN} {SECOND_IP}",)).origin(SECOND_IP, 16509)
    verdict = scene.judge("dns.network", "polderhost")
    assert (verdict.status, verdict.notes) == (Status.CONFIRMED, ())


@pytest.mark.parametrize("key", ["dns.provider", "dns.network", "dns.jurisdiction", "subprocessors"])
def test_a_parent_that_could_not_be_asked_is_not_measured_and_the_known_servers_are_still_judged(key: str) -> None:
    value = "EU" if key.endswith("jurisdiction") else "polderhost"
    verdict = served().fail_parent(NAME, FailureReason.UNREACHABLE).judge(key, value)
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.UNREACHABLE)
    assert (verdict.retryable, verdict.would_change) == (True, WouldChange.RETRY)
    parts = {part.endpoint: part.status for part in verdict.parts}
    assert parts[NAME] is Status.NOT_MEASURED
    assert parts[OWN].rank
    assert (verdict.coverage.targets, verdict.coverage.measured) == (2, 1)


def test_a_parent_that_could_not_be_asked_takes_back_no_contradiction_and_touches_no_other_role() -> None:
    scene = served().host(NAME, IP).fail_parent(NAME)
    assert scene.judge("dns.provider", "duinhost").status is Status.CONTRADICTED
    assert scene.judge("web.network", "polderhost").status is Status.CONFIRMED


def test_a_parent_that_nobody_asked_is_not_measured() -> None:
    evidence = served(not_asked=("dns.delegation",)).evidence((NAME,))
    assert evidence.delegation_failure(NAME, NAME) is None
    evidence.not_asked = ()
    failure = evidence.delegation_failure(NAME, NAME)
    assert failure is not None
    assert failure.reason is FailureReason.CANCELLED


def test_parents_that_were_switched_off_are_listed_and_lower_confidence_a_step() -> None:
    verdict = served(not_asked=("dns.delegation",)).judge("dns.provider", "polderhost")
    assert (verdict.status, verdict.confidence, verdict.not_asked) == (Status.CONFIRMED, Confidence.MEDIUM, ("dns.delegation",))
    both = served(not_asked=("dns.delegation", "rdap.network")).judge("dns.provider", "polderhost")
    assert (both.confidence, both.not_asked) == (Confidence.MEDIUM, ("dns.delegation", "rdap.network"))
    assert served(not_asked=("dns.delegation",)).judge("subprocessors", "polderhost").not_asked == ("dns.delegation",)


def test_a_run_that_asks_less_leaves_the_name_servers_not_measured() -> None:
    verdict = served(not_asked=(DELEGATION,)).judge("dns.provider", "polderhost")
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.NOT_ASKED)
    assert verdict.would_change is WouldChange.FULL_BREADTH


def test_where_the_zone_does_not_answer_the_servers_of_the_parent_are_shown_and_the_gap_stays() -> None:
    scene = Scene().fail(NAME, "NS", FailureReason.SERVFAIL).delegate(NAME, OTHER).host(OTHER, SECOND_IP).origin(SECOND_IP, 16509)
    assert scene.judge("dns.network", "polderhost").status is Status.CONTRADICTED
    verdict = scene.judge("dns.network", "aws")
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.SERVFAIL)
