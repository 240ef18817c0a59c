"""What the collector learns about domains, hosts and addresses; the stories that the DNS can tell."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic
from typing import TypeVar
from zlib import crc32

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.collector import DnsCollector
from herkomst.collectors.dns.leads import MAX_LEADS, MAX_MX_HOSTS
from herkomst.collectors.dns.questions.registry import GROUPS
from herkomst.collectors.dns.questions.wildcard import probe_label
from herkomst.collectors.dns.selectors import DKIM_SELECTORS
from herkomst.config.settings import Settings
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, DnsChain, DnsNoAnswer, DnsRRset, NoAnswer, SpfTerm
from herkomst.scanner.model.target import TargetKind
from herkomst.scanner.names import WILDCARD_LABEL
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers.scripted import SOA, ScriptedServer, SilentServer, ZoneText, closed_port

Collect = Callable[..., Findings]
C = TypeVar("C")
APEX = """
voorbeeld.example A 192.0.2.1
voorbeeld.example AAAA 2001:db8::1
voorbeeld.example SOA ns1.host.example. hostmaster.host.example. 7 7200 3600 1209600 300
voorbeeld.example NS ns1.host.example.
voorbeeld.example NS NS2.Host.example.
www.voorbeeld.example CNAME shop.platform.example.
shop.platform.example CNAME edge.cdn.example.
edge.cdn.example A 198.51.100.9
"""


def contents(findings: Findings, kind: type[C]) -> list[C]:
    return [item.content for item in findings.observations if isinstance(item.content, kind)]


def values(findings: Findings, name: str, rdtype: str) -> tuple[str, ...] | None:
    return next((item.values for item in contents(findings, DnsRRset) if (item.name, item.rdtype) == (name, rdtype)), None)


def leads(findings: Findings, kind: TargetKind) -> list[str]:
    return [lead.value for lead in findings.leads if lead.kind is kind]


def test_the_www_name_is_collected_beside_the_apex_with_its_chain(collect: Collect) -> None:
    findings = collect("voorbeeld.example", servers=(ZoneText(APEX),))
    assert values(findings, "voorbeeld.example", "A") == ("192.0.2.1",)
    assert values(findings, "voorbeeld.example", "AAAA") == ("2001:db8::1",)
    assert values(findings, "www.voorbeeld.example", "A") == ("198.51.100.9",)
    assert contents(findings, DnsChain) == [
        DnsChain("www.voorbeeld.example", ("shop.platform.example", "edge.cdn.example"), ChainEnd.ADDRESS)
    ]
    assert {item.subject for item in findings.observations} == {"voorbeeld.example"}
    assert set(leads(findings, TargetKind.ADDRESS)) == {"192.0.2.1", "2001:db8::1", "198.51.100.9"}
    assert leads(findings, TargetKind.HOST) == ["ns1.host.example", "ns2.host.example"]


def test_no_www_is_put_before_a_name_below_the_registrable_domain(collect: Collect) -> None:
    server = ScriptedServer(ZoneText(APEX))
    collect("zaken.voorbeeld.example", servers=(server,))
    assert not any(name.startswith("www.") for name, _, _ in server.asked)


def test_the_name_servers_of_the_zone_above_are_found_for_a_name_that_is_no_apex(collect: Collect) -> None:
    findings = collect("deep.www.voorbeeld.example", servers=(ZoneText(APEX + "deep.www.voorbeeld.example A 192.0.2.3"),))
    assert values(findings, "voorbeeld.example", "NS") == ("ns1.host.example", "ns2.host.example")
    no = {(item.name, item.outcome) for item in contents(findings, DnsNoAnswer) if item.rdtype == "NS"}
    assert no == {("deep.www.voorbeeld.example", NoAnswer.NODATA), ("www.voorbeeld.example", NoAnswer.NODATA)}
    assert "ns1.host.example" in leads(findings, TargetKind.HOST)


def test_the_name_servers_of_an_alias_are_not_those_of_its_target(collect: Collect) -> None:
    zone = ZoneText(APEX + "blog.voorbeeld.example CNAME platform.example.\nplatform.example NS ns.platform.example.")
    findings = collect("blog.voorbeeld.example", servers=(zone,))
    assert values(findings, "blog.voorbeeld.example", "NS") is None
    assert DnsNoAnswer("blog.voorbeeld.example", "NS", NoAnswer.NODATA) in contents(findings, DnsNoAnswer)
    assert values(findings, "voorbeeld.example", "NS") == ("ns1.host.example", "ns2.host.example")


def test_a_name_under_a_platform_finds_the_zone_of_the_platform(collect: Collect) -> None:
    zone = ZoneText("winkel.azurewebsites.net A 192.0.2.7\nazurewebsites.net NS ns1.platform.example.")
    findings = collect("winkel.azurewebsites.net", servers=(zone,))
    assert values(findings, "azurewebsites.net", "NS") == ("ns1.platform.example",)


def test_the_zone_above_a_domain_that_does_not_exist_says_nothing_of_it(collect: Collect) -> None:
    findings = collect("bestaat-niet.co.uk", servers=(ZoneText("co.uk NS ns1.registry.example.\nuk NS ns1.registry.example."),))
    assert [item for item in contents(findings, DnsRRset) if item.rdtype == "NS"] == []
    assert DnsNoAnswer("bestaat-niet.co.uk", "NS", NoAnswer.NXDOMAIN) in contents(findings, DnsNoAnswer)


def test_a_mail_host_stays_although_its_addresses_and_its_reverse_name_fail(collect: Collect) -> None:
    zone = ZoneText(APEX + "voorbeeld.example MX 10 MX1.Voorbeeld.example.", rcodes={"mx1.voorbeeld.example": dns.rcode.SERVFAIL})
    findings = collect("voorbeeld.example", servers=(zone,))
    assert values(findings, "voorbeeld.example", "MX") == ("10 mx1.voorbeeld.example",)
    assert "mx1.voorbeeld.example" in leads(findings, TargetKind.HOST)
    host = collect("mx1.voorbeeld.example", TargetKind.HOST, servers=(zone,))
    assert host.observations == ()
    assert [(failure.subject, failure.scope, failure.reason) for failure in host.failures] == [
        ("mx1.voorbeeld.example", "A", FailureReason.SERVFAIL),
        ("mx1.voorbeeld.example", "AAAA", FailureReason.SERVFAIL),
    ]


def test_a_null_mx_is_an_answer_and_no_lead(collect: Collect) -> None:
    findings = collect("voorbeeld.example", servers=(ZoneText("voorbeeld.example MX 0 ."),))
    assert values(findings, "voorbeeld.example", "MX") == ("0 .",)
    assert findings.leads == ()


def test_a_gateway_in_front_of_a_mailbox_platform_shows_in_the_selector_and_in_autodiscover(collect: Collect) -> None:
    zone = ZoneText(
        """
        voorbeeld.example MX 10 d1.ess.de.gateway.example.
        selector1._domainkey.voorbeeld.example CNAME selector1-voorbeeld._domainkey.tenant.mailplatform.example.
        selector1-voorbeeld._domainkey.tenant.mailplatform.example TXT "v=DKIM1; p=AAAA"
        autodiscover.voorbeeld.example CNAME autodiscover.mailplatform.example.
        autodiscover.mailplatform.example A 203.0.113.5
        _autodiscover._tcp.voorbeeld.example SRV 0 0 443 Discover.mailplatform.example.
        """
    )
    findings = collect("voorbeeld.example", servers=(zone,))
    selector = "selector1._domainkey.voorbeeld.example"
    assert values(findings, selector, "CNAME") == ("selector1-voorbeeld._domainkey.tenant.mailplatform.example",)
    assert values(findings, selector, "TXT") == ("v=DKIM1; p=AAAA",)
    assert values(findings, "autodiscover.voorbeeld.example", "CNAME") == ("autodiscover.mailplatform.example",)
    assert values(findings, "_autodiscover._tcp.voorbeeld.example", "SRV") == ("0 0 443 discover.mailplatform.example",)
    assert set(leads(findings, TargetKind.HOST)) == {
        "d1.ess.de.gateway.example",
        "autodiscover.mailplatform.example",
        "discover.mailplatform.example",
    }


def test_a_selector_whose_key_is_broken_still_shows_where_it_leads(collect: Collect) -> None:
    zone = ZoneText(
        "selector1._domainkey.voorbeeld.example CNAME key.tenant.example.",
        open_chains=True,
        rcodes={"key.tenant.example": dns.rcode.SERVFAIL},
    )
    findings = collect("voorbeeld.example", servers=(zone,))
    assert values(findings, "selector1._domainkey.voorbeeld.example", "CNAME") == ("key.tenant.example",)
    failed = [(failure.subject, failure.scope) for failure in findings.failures]
    assert failed == [("selector1._domainkey.voorbeeld.example", "TXT")]


def test_every_known_selector_has_an_outcome_and_a_no_to_its_key_is_said_once(collect: Collect) -> None:
    findings = collect("voorbeeld.example", servers=(ZoneText(APEX),))
    asked = {(item.name, item.rdtype) for item in contents(findings, DnsNoAnswer) if "_domainkey" in item.name}
    assert asked >= {(f"{selector}._domainkey.voorbeeld.example", "TXT") for selector in DKIM_SELECTORS}
    assert {rdtype for _, rdtype in asked} == {"TXT"}


def test_a_wildcard_shows_at_a_name_that_nobody_publishes(collect: Collect) -> None:
    zone = ZoneText(
        """
        voorbeeld.example A 192.0.2.1
        *.voorbeeld.example CNAME parking.example.
        parking.example A 192.0.2.9
        parking.example AAAA 2001:db8::9
        """
    )
    findings = collect("voorbeeld.example", servers=(zone,))
    found = [values(findings, f"{WILDCARD_LABEL}.voorbeeld.example", rdtype) for rdtype in ("CNAME", "A", "AAAA")]
    assert found == [("parking.example",), ("192.0.2.9",), ("2001:db8::9",)]
    assert "192.0.2.1" in leads(findings, TargetKind.ADDRESS)


def test_a_zone_cannot_publish_the_label_that_wildcards_are_looked_for_with(collect: Collect) -> None:
    fixed = f"{WILDCARD_LABEL}.voorbeeld.example"
    server = ScriptedServer(ZoneText(f"{fixed} CNAME parking.example.\nparking.example A 192.0.2.9"))
    findings = collect("voorbeeld.example", servers=(server,))
    asked = {name for name, _, _ in server.asked}
    assert fixed not in asked
    assert f"{probe_label()}.voorbeeld.example" in asked
    assert values(findings, fixed, "CNAME") is None
    assert DnsNoAnswer(fixed, "A", NoAnswer.NXDOMAIN) in contents(findings, DnsNoAnswer)


def test_the_closest_caa_is_found_and_the_climb_stops_there(collect: Collect) -> None:
    zone = ZoneText(
        'voorbeeld.example CAA 0 issue "ca.example"\nexample CAA 0 issue "other.example"\na.voorbeeld.example A 192.0.2.1'
    )
    findings = collect("a.voorbeeld.example", servers=(zone,))
    assert values(findings, "voorbeeld.example", "CAA") == ("0 issue ca.example",)
    assert values(findings, "example", "CAA") is None


def test_a_failed_caa_ends_the_climb(collect: Collect) -> None:
    zone = ZoneText('example CAA 0 issue "other.example"', rcodes={"voorbeeld.example": dns.rcode.SERVFAIL})
    findings = collect("voorbeeld.example", servers=(zone,))
    assert [failure.subject for failure in findings.failures if failure.scope == "CAA"] == ["voorbeeld.example"]
    assert values(findings, "example", "CAA") is None


def test_the_organisations_dmarc_policy_is_asked_for_a_name_below_it(collect: Collect) -> None:
    findings = collect("a.voorbeeld.example", servers=(ZoneText('_dmarc.voorbeeld.example TXT "v=DMARC1; p=none"'),))
    assert values(findings, "_dmarc.voorbeeld.example", "TXT") == ("v=DMARC1; p=none",)
    assert DnsNoAnswer("_dmarc.a.voorbeeld.example", "TXT", NoAnswer.NXDOMAIN) in contents(findings, DnsNoAnswer)


def test_every_reverse_name_of_an_address_is_kept(collect: Collect) -> None:
    zone = ZoneText("1.2.0.192.in-addr.arpa PTR a.voorbeeld.example.\n1.2.0.192.in-addr.arpa PTR B.voorbeeld.example.")
    findings = collect("192.0.2.1", TargetKind.ADDRESS, servers=(zone,))
    assert values(findings, "1.2.0.192.in-addr.arpa", "PTR") == ("a.voorbeeld.example", "b.voorbeeld.example")
    assert {item.subject for item in findings.observations} == {"192.0.2.1"}
    six = collect("2001:db8::1", TargetKind.ADDRESS, servers=(zone,))
    (no,) = contents(six, DnsNoAnswer)
    assert no.name == "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"


def test_a_loop_is_a_chain_that_says_so_and_a_failure_that_no_retry_helps(collect: Collect) -> None:
    zone = ZoneText("a.example CNAME b.example.\nb.example CNAME a.example.")
    findings = collect("a.example", TargetKind.HOST, servers=(zone,))
    assert contents(findings, DnsChain) == [DnsChain("a.example", ("b.example", "a.example"), ChainEnd.LOOP)]
    assert {(failure.reason, failure.retryable) for failure in findings.failures} == {(FailureReason.TOO_DEEP, False)}


def test_a_chain_with_only_ipv4_at_its_end_did_end_at_an_address(collect: Collect) -> None:
    findings = collect("www.voorbeeld.example", TargetKind.HOST, servers=(ZoneText(APEX),))
    assert [chain.ended for chain in contents(findings, DnsChain)] == [ChainEnd.ADDRESS]


def test_an_answer_with_markup_escapes_and_odd_names_is_kept_and_gives_no_lead(collect: Collect) -> None:
    zone = ZoneText(
        """
        voorbeeld.example TXT "<script>alert(1)</script>" "\\027[31m" "=1+1" "\\255"
        voorbeeld.example MX 10 a\\032b\\.c.example.
        voorbeeld.example MX 20 \\000\\255\\027.example.
        voorbeeld.example NS *.voorbeeld.example.
        """
    )
    findings = collect("voorbeeld.example", servers=(zone,))
    assert values(findings, "voorbeeld.example", "TXT") == ("<script>alert(1)</script>\x1b[31m=1+1\\xff",)
    assert values(findings, "voorbeeld.example", "MX") == ("10 a\\032b\\.c.example", "20 \\000\\255\\027.example")
    assert leads(findings, TargetKind.HOST) == []
    unasked = {failure.subject for failure in findings.failures if failure.reason is FailureReason.MALFORMED}
    assert unasked == {"a\\032b\\.c.example", "\\000\\255\\027.example", "*.voorbeeld.example"}


def test_the_most_preferred_mail_hosts_are_followed_and_the_rest_is_told(collect: Collect) -> None:
    zone = ZoneText("\n".join(f"voorbeeld.example MX {number} mx{number}.voorbeeld.example." for number in range(1, 63)))
    findings = collect("voorbeeld.example", servers=(zone,))
    assert leads(findings, TargetKind.HOST) == [f"mx{number}.voorbeeld.example" for number in range(1, MAX_MX_HOSTS + 1)]
    assert len(values(findings, "voorbeeld.example", "MX") or ()) == 62
    (failure,) = findings.failures
    assert (failure.reason, failure.scope) == (FailureReason.TOO_LARGE, "MX")
    assert "12 of the 62" in failure.detail


def test_no_more_leads_are_followed_than_the_bound(collect: Collect) -> None:
    lines = "\n".join(f"voorbeeld.example A 10.0.{number // 250}.{number % 250}" for number in range(600))
    findings = collect("voorbeeld.example", servers=(ZoneText(lines),))
    assert len(findings.leads) == MAX_LEADS
    assert [(failure.scope, failure.reason) for failure in findings.failures] == [("A", FailureReason.TOO_LARGE)]


def test_a_name_so_long_that_no_label_fits_before_it_is_collected(collect: Collect) -> None:
    name = ".".join(["abcdefghi"] * 25)
    findings = collect(name, servers=(ZoneText(f"{name} A 192.0.2.1"),))
    assert values(findings, name, "A") == ("192.0.2.1",)
    assert all(len(item.name) <= 253 for item in contents(findings, DnsNoAnswer))


def test_all_questions_of_a_domain_are_asked_at_once(collect: Collect) -> None:
    # the server answers nothing before all of them are open; the CAA of the zone above is asked for beside them
    first = {
        question[:2] for group in GROUPS if TargetKind.DOMAIN in group.kinds for question in group.first("voorbeeld.example")
    }
    server = ScriptedServer(ZoneText(APEX), hold=len(first) + 1)
    findings = collect("voorbeeld.example", servers=(server,))
    assert findings.failures == ()


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_a_dead_resolver_gives_one_failure_for_each_question_in_a_few_seconds(collect: Collect, kind: str) -> None:
    started = monotonic()
    with SilentServer() as silent:
        port = silent.port if kind == "silent" else closed_port()
        findings = collect("voorbeeld.example", servers=(port,), dns_timeout_s=0.4)
    assert monotonic() - started < 5
    assert findings.observations == ()
    reason = FailureReason.TIMEOUT if kind == "silent" else FailureReason.UNREACHABLE
    assert {failure.reason for failure in findings.failures} == {reason}
    asked = [(failure.subject, failure.kind, failure.scope) for failure in findings.failures]
    assert len(asked) == len(set(asked))
    assert {("voorbeeld.example", "dns.rrset", rdtype) for rdtype in ("A", "AAAA", "MX", "NS", "SOA", "TXT", "CAA")} <= set(asked)


def test_what_is_still_open_at_the_deadline_times_out_and_what_came_is_kept(collect: Collect) -> None:
    zone = ZoneText(APEX, silent=frozenset({"_dmarc.voorbeeld.example"}))
    findings = collect("voorbeeld.example", servers=(zone,), dns_timeout_s=30.0, target_deadline_s=2.0)
    assert values(findings, "voorbeeld.example", "A") == ("192.0.2.1",)
    assert [(failure.subject, failure.scope, failure.reason) for failure in findings.failures] == [
        ("_dmarc.voorbeeld.example", "TXT", FailureReason.TIMEOUT)
    ]


def test_at_the_deadline_no_question_has_vanished(collect: Collect) -> None:
    def only_spf(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        zone = ZoneText('voorbeeld.example TXT "v=spf1 include:_spf.post.example -all"')
        asked = query.question[0].to_text().lower()  # the letter case is mixed
        return zone(query, over_tcp) if asked == "voorbeeld.example. in txt" else ()

    findings = collect("voorbeeld.example", servers=(only_spf,), dns_timeout_s=30.0, target_deadline_s=1.0)
    asked = {(failure.subject, failure.scope) for failure in findings.failures if failure.kind == DnsRRset.kind}
    assert {("voorbeeld.example", rdtype) for rdtype in ("A", "AAAA", "MX", "NS", "SOA", "CAA")} <= asked
    assert {
        (f"{selector}._domainkey.voorbeeld.example", rdtype) for selector in DKIM_SELECTORS for rdtype in ("TXT", "CNAME")
    } <= asked
    assert ("_spf.post.example", "TXT") in asked
    assert [term.value for term in contents(findings, SpfTerm)] == ["_spf.post.example", ""]
    assert [(failure.subject, failure.reason) for failure in findings.failures if failure.kind == "spf.policy"] == [
        ("voorbeeld.example", FailureReason.TIMEOUT)
    ]


def test_every_observation_has_its_raw_answer(collect: Collect) -> None:
    findings = collect("voorbeeld.example", servers=(ZoneText(APEX, open_chains=True),))
    kept = {raw.digest for raw in findings.raws}
    asked = [item for item in findings.observations if item.kind.startswith("dns.")]
    assert asked
    assert {item.raw for item in asked} <= kept


def test_the_collector_is_quiet_about_itself_before_it_is_used() -> None:
    collector = DnsCollector.from_settings(Settings())
    assert collector.not_asked() == frozenset()
    assert collector.knowledge() == ()
    asyncio.run(collector.close())


KINDS = ("answer", "nxdomain", "nodata", "servfail", "refused", "formerr", "malformed", "alias", "referral", "silent")
RCODES = {"nxdomain": 3, "servfail": 2, "refused": 5, "formerr": 1}
DATA = {
    "A": "192.0.2.1", "AAAA": "2001:db8::1", "MX": "10 mx.voorbeeld.example.", "NS": "ns.voorbeeld.example.", "SOA": SOA,
    "TXT": '"v=spf1 include:_spf.voorbeeld.example a:b.voorbeeld.example mx"', "CAA": '0 issue "ca.example"', "CNAME": "c.voorbeeld.example.",
    "HTTPS": "1 edge.voorbeeld.example. ipv4hint=192.0.2.7", "TLSA": "3 1 1 " + "ab" * 32,
    "SRV": "0 0 443 srv.voorbeeld.example.", "PTR": "ptr.voorbeeld.example.",
}  # fmt: skip


def erratic(seed: int, kinds: tuple[str, ...] = KINDS) -> Callable[[dns.message.Message, bool], Iterable[bytes]]:
    """Return a responder that treats every question in a way of its own, the same each time it is asked."""

    def respond(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        question = query.question[0]
        rdtype = dns.rdatatype.to_text(question.rdtype)
        kind = (
            "nodata"
            if question.name == dns.name.root
            else kinds[crc32(f"{seed} {question.to_text().lower()}".encode()) % len(kinds)]
        )
        response = dns.message.make_response(query, recursion_available=True)
        response.set_rcode(dns.rcode.Rcode(RCODES.get(kind, 0)))
        if kind == "answer":
            response.answer.append(dns.rrset.from_text(question.name, 300, "IN", rdtype, DATA[rdtype]))
        elif kind == "alias":
            target = f"alias{seed % 7}.voorbeeld.example."
            response.answer.append(dns.rrset.from_text(question.name, 300, "IN", "CNAME", target))
        elif kind == "referral":
            response.authority.append(dns.rrset.from_text(question.name, 300, "IN", "NS", "ns.elsewhere.example."))
        wire = response.to_wire()
        if kind == "malformed":
            return (wire[:6] + b"\0\1" + wire[8:] + b"\xff" * 20,)
        return () if kind == "silent" else (wire,)

    return respond


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_question_ends_in_exactly_one_outcome(collect: Collect, seed: int) -> None:
    server = ScriptedServer(erratic(seed))
    findings = collect("voorbeeld.example", servers=(server,), dns_timeout_s=0.05, dns_attempts=1)
    outcomes = Counter(
        [(item.name, item.rdtype) for item in (*contents(findings, DnsRRset), *contents(findings, DnsNoAnswer))]
        + [(failure.subject, failure.scope) for failure in findings.failures if failure.kind == DnsRRset.kind]
    )
    assert set(outcomes.values()) == {1}
    fixed = {("voorbeeld.example", rdtype) for rdtype in ("A", "AAAA", "MX", "NS", "SOA", "TXT", "CAA")}
    fixed |= {(f"{selector}._domainkey.voorbeeld.example", "TXT") for selector in DKIM_SELECTORS}
    fixed |= {(f"{host}.voorbeeld.example", rdtype) for host in ("www", "autodiscover") for rdtype in ("A", "AAAA")}
    fixed |= {("_dmarc.voorbeeld.example", "TXT"), ("_autodiscover._tcp.voorbeeld.example", "SRV")}
    assert fixed <= set(outcomes)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_same_answers_give_the_same_observations_and_failures(collect: Collect, seed: int) -> None:
    answering = KINDS[:-1]  # without silence: what a time-out hits depends on the clock
    first, second = (collect("voorbeeld.example", servers=(erratic(seed, answering),), dns_timeout_s=10.0) for _ in range(2))
    assert [item.id for item in first.observations] == [item.id for item in second.observations]
    assert [failure.id for failure in first.failures] == [failure.id for failure in second.failures]
    assert first.leads == second.leads
