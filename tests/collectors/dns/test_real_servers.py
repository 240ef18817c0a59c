"""The same through real servers: nsd, which is authoritative, and unbound, which resolves and validates (apt: nsd unbound bind9-utils)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, DnsChain, DnsRRset, SpfPolicy
from herkomst.scanner.model.target import Target, TargetKind

Ask = Callable[..., list[Reply | NoReply]]
Collect = Callable[..., Findings]


class Servers(Protocol):
    nsd_port: int
    unbound_port: int


@pytest.fixture(params=["nsd", "unbound"])
def either(request: pytest.FixtureRequest, dns_servers: Servers) -> int:
    """The port of each real server in turn: the authoritative one gives a chain in parts, the resolver gives it whole."""
    return dns_servers.nsd_port if request.param == "nsd" else dns_servers.unbound_port


def test_a_signed_answer_is_authenticated_and_an_unsigned_one_is_not(ask: Ask, dns_servers: Servers) -> None:
    questions = [("signed.example", "A"), ("nothing.signed.example", "A"), ("signed.example", "TXT"), ("plain.example", "A")]
    replies = ask(*questions, servers=(dns_servers.unbound_port,))
    said = [(reply.outcome, reply.authenticated) for reply in replies if isinstance(reply, Reply)]
    assert said == [(Outcome.ANSWER, True), (Outcome.NXDOMAIN, True), (Outcome.NODATA, True), (Outcome.ANSWER, False)]


def test_an_authoritative_server_authenticates_nothing(ask: Ask, dns_servers: Servers) -> None:
    (reply,) = ask(("signed.example", "A"), servers=(dns_servers.nsd_port,))
    assert isinstance(reply, Reply)
    assert not reply.authenticated


def test_a_record_changed_after_signing_is_servfail_and_the_rest_of_its_zone_stands(ask: Ask, dns_servers: Servers) -> None:
    bad, whole = ask(("bad.broken.example", "A"), ("whole.broken.example", "A"), servers=(dns_servers.unbound_port,))
    assert isinstance(bad, NoReply)
    assert (bad.reason, bad.retryable) == (FailureReason.SERVFAIL, True)
    assert isinstance(whole, Reply)
    assert (whole.values, whole.authenticated) == (("192.0.2.50",), True)


def test_no_such_name_no_such_type_and_a_name_with_only_names_below_it(ask: Ask, either: int) -> None:
    missing, empty, between = ask(
        ("no.plain.example", "A"), ("mx1.plain.example", "AAAA"), ("nonterminal.plain.example", "A"), servers=(either,)
    )
    assert [item.outcome for item in (missing, empty, between) if isinstance(item, Reply)] == [
        Outcome.NXDOMAIN,
        Outcome.NODATA,
        Outcome.NODATA,
    ]


def test_a_large_answer_comes_whole_over_tcp(ask: Ask, either: int) -> None:
    (reply,) = ask(("big.plain.example", "TXT"), servers=(either,))
    assert isinstance(reply, Reply)
    assert [value[:3] for value in reply.values] == [f"{number:03}" for number in range(12)]
    assert len(reply.raws[0].body) > 1232


def test_a_chain_across_zones_is_kept_hop_by_hop(ask: Ask, either: int) -> None:
    inside, across, dangling = ask(
        ("www.plain.example", "A"),
        ("autodiscover.plain.example", "A"),
        ("dangling.plain.example", "A"),
        servers=(either,),
    )
    assert isinstance(inside, Reply)
    assert (inside.hops, inside.values) == (("app.plain.example", "edge.plain.example"), ("192.0.2.20",))
    assert isinstance(across, Reply)
    assert (across.hops, across.values) == (("post.signed.example",), ("192.0.2.46",))
    assert isinstance(dangling, Reply)
    assert (dangling.hops, dangling.outcome) == (("nothing.signed.example",), Outcome.NXDOMAIN)


def test_a_cname_loop_is_seen_as_one(collect: Collect, either: int) -> None:
    findings = collect("loop1.plain.example", TargetKind.HOST, servers=(either,))
    (chain,) = [item.content for item in findings.observations]
    assert chain == DnsChain("loop1.plain.example", ("loop2.plain.example", "loop1.plain.example"), ChainEnd.LOOP)
    assert [(failure.scope, failure.reason) for failure in findings.failures] == [
        ("A", FailureReason.TOO_DEEP),
        ("AAAA", FailureReason.TOO_DEEP),
    ]


def test_a_server_that_does_not_serve_the_zone_refuses(ask: Ask, dns_servers: Servers) -> None:
    (outcome,) = ask(("www.elders.example", "A"), servers=(dns_servers.nsd_port,))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.REFUSED


def test_a_lame_delegation_is_servfail_behind_a_resolver(ask: Ask, dns_servers: Servers) -> None:
    (outcome,) = ask(("www.lame.example", "A"), servers=(dns_servers.unbound_port,))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.SERVFAIL


def test_where_one_server_refuses_the_other_is_asked(ask: Ask, dns_servers: Servers) -> None:
    (reply,) = ask(("dangling.plain.example", "CNAME"), servers=(dns_servers.nsd_port, dns_servers.unbound_port))
    (bad,) = ask(("bad.broken.example", "A"), servers=(dns_servers.unbound_port, dns_servers.nsd_port))
    assert isinstance(reply, Reply)
    assert isinstance(bad, Reply)
    assert bad.values == ("192.0.2.66",)


def test_octets_that_are_no_utf_8_and_control_characters_stay_evidence(ask: Ask, either: int) -> None:
    (reply,) = ask(("bytes.plain.example", "TXT"), servers=(either,))
    assert isinstance(reply, Reply)
    assert reply.values == ("\\xff\\xfe plain \x1b[31m =1+1",)


def test_a_whole_domain_is_collected_without_a_failure(collect: Collect, either: int) -> None:
    findings = collect("plain.example", servers=(either,))
    # `example` is a zone that neither server serves, and no record set but CAA is asked for there
    assert findings.failures == ()
    rrsets = {
        (item.content.name, item.content.rdtype): item.content.values
        for item in findings.observations
        if isinstance(item.content, DnsRRset)
    }
    assert rrsets["plain.example", "MX"] == ("10 mx1.plain.example", "20 mx.signed.example")
    assert rrsets["plain.example", "NS"] == ("ns1.plain.example", "ns2.plain.example")
    assert rrsets["plain.example", "SOA"] == ("ns1.plain.example hostmaster.plain.example 7200 3600 1209600 300",)
    assert rrsets["plain.example", "CAA"] == ("0 issue ca.example",)
    assert rrsets["_autodiscover._tcp.plain.example", "SRV"] == ("0 0 443 post.signed.example",)
    assert rrsets["selector1._domainkey.plain.example", "CNAME"] == ("selector1-plain._domainkey.tenant.signed.example",)
    assert SpfPolicy("plain.example", 5, 0, "loop") in [item.content for item in findings.observations]
    assert {Target(TargetKind.HOST, name) for name in ("mx1.plain.example", "mx.signed.example", "post.signed.example")} <= set(
        findings.leads
    )


def test_a_resolver_and_the_authoritative_server_tell_the_same(collect: Collect, dns_servers: Servers) -> None:
    direct = collect("plain.example", servers=(dns_servers.nsd_port,))
    resolved = collect("plain.example", servers=(dns_servers.unbound_port,))
    assert {item.id for item in direct.observations} == {item.id for item in resolved.observations}
