"""Whole SPF policies: followed through includes, counted, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import dns.rcode
import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.spf import MAX_LOOKUPS
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import SpfPolicy, SpfTerm
from servers.scripted import ScriptedServer, ZoneText

Collect = Callable[..., Findings]


def policies(findings: Findings) -> list[SpfPolicy]:
    return [item.content for item in findings.observations if isinstance(item.content, SpfPolicy)]


def spf_terms(findings: Findings) -> list[SpfTerm]:
    return [item.content for item in findings.observations if isinstance(item.content, SpfTerm)]


def test_includes_and_redirects_are_followed_with_their_path(collect: Collect) -> None:
    zone = ZoneText(
        """
        voorbeeld.example TXT "v=spf1 include:_spf.post.example redirect=_r.voorbeeld.example"
        _spf.post.example TXT "v=spf1 ip4:192.0.2.0/24 ~all"
        _r.voorbeeld.example TXT "v=spf1 a:mail.voorbeeld.example -all"
        mail.voorbeeld.example A 192.0.2.25
        """
    )
    findings = collect("voorbeeld.example", servers=(zone,))
    found = {(term.path, term.mechanism, term.value) for term in spf_terms(findings)}
    root, post, other = (
        ("voorbeeld.example",),
        ("voorbeeld.example", "_spf.post.example"),
        ("voorbeeld.example", "_r.voorbeeld.example"),
    )
    assert found == {
        (root, "include", "_spf.post.example"),
        (root, "redirect", "_r.voorbeeld.example"),
        (post, "ip4", "192.0.2.0/24"),
        (post, "all", ""),
        (other, "a", "mail.voorbeeld.example"),
        (other, "all", ""),
    }
    assert policies(findings) == [SpfPolicy("voorbeeld.example", 3, 0, "")]


@pytest.mark.parametrize(
    "zone",
    [
        'voorbeeld.example TXT "v=spf1 include:voorbeeld.example -all"',
        'voorbeeld.example TXT "v=spf1 redirect=voorbeeld.example"',
        'voorbeeld.example TXT "v=spf1 include:b.example -all"\nb.example TXT "v=spf1 include:Voorbeeld.example. -all"',
    ],
)
def test_a_policy_that_includes_itself_ends(collect: Collect, zone: str) -> None:
    (policy,) = policies(collect("voorbeeld.example", servers=(ZoneText(zone),)))
    assert policy.problem == "loop"


def test_more_than_ten_lookups_are_reported_and_the_parties_behind_them_still_seen(collect: Collect) -> None:
    includes = '" "'.join(f" include:_spf{number}.post.example" for number in range(14))
    nested = "\n".join(f'_spf{number}.post.example TXT "v=spf1 ip4:192.0.2.{number} -all"' for number in range(14))
    findings = collect("voorbeeld.example", servers=(ZoneText(f'voorbeeld.example TXT "v=spf1{includes} -all"\n{nested}'),))
    assert policies(findings) == [SpfPolicy("voorbeeld.example", 14, 0, "too_many_lookups")]
    assert sum(term.mechanism == "ip4" for term in spf_terms(findings)) == 14


def test_a_policy_that_multiplies_itself_stays_within_the_bounds(collect: Collect) -> None:
    zone = "\n".join(
        f'n{level}.example TXT "v=spf1 '
        + " ".join(f"include:n{level + 1}.example include:m{level + 1}.example" for _ in range(4))
        + '"\n'
        f'm{level}.example TXT "v=spf1 include:n{level + 1}.example"'
        for level in range(20)
    )
    server = ScriptedServer(ZoneText(zone))
    (policy,) = policies(collect("n0.example", servers=(server,)))
    assert policy.problem == "too_many_lookups"
    texts = [question for question in server.asked if question[1] == "TXT" and not question[2] and question[0][1:2].isdigit()]
    assert len(texts) <= MAX_LOOKUPS + 1


def test_void_lookups_are_counted(collect: Collect) -> None:
    zone = ZoneText(
        'voorbeeld.example TXT "v=spf1 a:no1.example mx:no2.example exists:no3.example a:yes.example -all"\nyes.example AAAA 2001:db8::1'
    )
    (policy,) = policies(collect("voorbeeld.example", servers=(zone,)))
    assert policy == SpfPolicy("voorbeeld.example", 4, 3, "too_many_void_lookups")


def test_a_macro_that_needs_no_message_is_expanded_and_others_are_kept_and_not_looked_up(collect: Collect) -> None:
    server = ScriptedServer(
        ZoneText(
            """
            voorbeeld.example TXT "v=spf1 include:%{d}.Spf.example exists:%{ir}.X.example ptr -all"
            voorbeeld.example.spf.example TXT "v=spf1 a:%{d2}.b.example include:%{o1r}.c.example -all"
            spf.example.b.example A 192.0.2.1
            voorbeeld.c.example TXT "v=spf1 -all"
            """
        )
    )
    findings = collect("voorbeeld.example", servers=(server,))
    assert {(term.mechanism, term.value) for term in spf_terms(findings)} >= {
        ("include", "voorbeeld.example.spf.example"),
        ("exists", "%{ir}.X.example"),
        ("a", "spf.example.b.example"),
        ("include", "voorbeeld.c.example"),
    }
    assert policies(findings) == [SpfPolicy("voorbeeld.example", 5, 0, "")]
    assert not any("%" in name for name, _, _ in server.asked)


def test_a_domain_without_a_policy_is_said_to_have_none(collect: Collect) -> None:
    for zone in ("voorbeeld.example A 192.0.2.1", 'voorbeeld.example TXT "something else"', ""):
        assert policies(collect("voorbeeld.example", servers=(ZoneText(zone),))) == [SpfPolicy("voorbeeld.example", 0, 0, "none")]


def test_two_policies_are_a_problem_and_both_are_read(collect: Collect) -> None:
    zone = ZoneText('voorbeeld.example TXT "v=spf1 ip4:192.0.2.1 -all"\nvoorbeeld.example TXT "v=spf1 ip4:192.0.2.2 -all"')
    findings = collect("voorbeeld.example", servers=(zone,))
    assert policies(findings)[0].problem == "multiple_records"
    assert {term.value for term in spf_terms(findings)} == {"192.0.2.1/32", "192.0.2.2/32", ""}


def test_a_policy_with_an_include_that_fails_is_not_reported_as_counted(collect: Collect) -> None:
    zone = ZoneText(
        'voorbeeld.example TXT "v=spf1 ip4:192.0.2.1 include:_spf.post.example -all"',
        rcodes={"_spf.post.example": dns.rcode.SERVFAIL},
    )
    findings = collect("voorbeeld.example", servers=(zone,))
    assert policies(findings) == []
    assert {term.mechanism for term in spf_terms(findings)} == {"ip4", "include", "all"}
    failed = {(failure.subject, failure.kind, failure.scope, failure.reason) for failure in findings.failures}
    assert failed == {
        ("_spf.post.example", "dns.rrset", "TXT", FailureReason.SERVFAIL),
        ("voorbeeld.example", "spf.policy", "TXT", FailureReason.SERVFAIL),
    }


def test_a_64_kilobyte_policy_is_read_up_to_the_bound_and_the_rest_is_told(collect: Collect) -> None:
    words = " ".join(f"ip4:10.{number // 250}.{number % 250}.0/24" for number in range(3600))
    text = f"v=spf1 {words} -all"
    strings = " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))
    findings = collect("voorbeeld.example", servers=(ZoneText(f"voorbeeld.example TXT {strings}"),))
    assert len(spf_terms(findings)) == 2000
    (failure,) = [item for item in findings.failures if item.kind == "spf.term"]
    assert failure.reason is FailureReason.TOO_LARGE
    assert "1601" in failure.detail


@pytest.mark.parametrize("word", ["include:niemand.example", "redirect=niemand.example"])
def test_an_include_or_redirect_that_leads_to_no_policy_is_a_problem(collect: Collect, word: str) -> None:
    zone = ZoneText(f'voorbeeld.example TXT "v=spf1 {word}"\nniemand.example TXT "iets anders"')
    assert policies(collect("voorbeeld.example", servers=(zone,)))[0].problem == "missing_policy"


@pytest.mark.parametrize(("names", "problem"), [(10, ""), (11, "too_many_mx_names")])
def test_more_than_ten_mail_hosts_behind_one_term_are_a_problem(collect: Collect, names: int, problem: str) -> None:
    hosts = "\n".join(f"veel.example MX {number} mx{number}.veel.example." for number in range(names))
    zone = ZoneText(f'voorbeeld.example TXT "v=spf1 mx:veel.example -all"\n{hosts}')
    assert policies(collect("voorbeeld.example", servers=(zone,))) == [SpfPolicy("voorbeeld.example", 1, 0, problem)]


@pytest.mark.parametrize(
    ("zone", "read"),
    [
        ("".join(f'n{n}.example TXT "v=spf1 include:n{n + 1}.example"\n' for n in range(40)), 12),
        (
            'n0.example TXT "v=spf1 ' + '" "'.join(f"include:a{n}.example " for n in range(45)) + '"\n'
            + "".join(f'a{n}.example TXT "v=spf1 include:b{n}.example"\nb{n}.example TXT "v=spf1 -all"\n' for n in range(45)),
            40,
        ),
    ],
    ids=["deep", "wide"],
)  # fmt: skip
def test_policies_that_are_not_read_for_their_number_are_a_failure(collect: Collect, zone: str, read: int) -> None:
    server = ScriptedServer(ZoneText(zone))
    findings = collect("n0.example", servers=(server,))
    texts = {name for name, rdtype, _ in server.asked if rdtype == "TXT" and name.count(".") == 1}
    assert len(texts) <= read + 1
    failure = next(item for item in findings.failures if item.kind == "spf.term")
    assert (failure.subject, failure.scope, failure.reason) == ("n0.example", "include", FailureReason.TOO_LARGE)
    assert "were not read" in failure.detail


def test_a_record_full_of_macros_is_read_in_bounded_time(collect: Collect) -> None:
    text = "v=spf1 include:" + "%{d}." * 5_000 + "example " + " ".join("a:%{d}.%{o}.x.example" for _ in range(1_200)) + " -all"
    strings = " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text) - len(text) % 250, 250))
    began = monotonic()
    findings = collect("voorbeeld.example", servers=(ZoneText(f"voorbeeld.example TXT {strings}"),))
    assert monotonic() - began < 20
    assert all(len(term.value) < 70_000 for term in spf_terms(findings))
