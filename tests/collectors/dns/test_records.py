"""The records beside addresses, mail and zone: HTTPS, MTA-STS, TLS-RPT, DANE, services, BIMI; each a group of questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.leads import MAX_LEADS, MAX_MX_HOSTS
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import DnsNoAnswer, DnsRRset
from herkomst.scanner.model.target import Target, TargetKind
from servers.scripted import ScriptedServer, ZoneText

Collect = Callable[..., Findings]
C = TypeVar("C")
NAME = "voorbeeld.example"


def rrsets(findings: Findings) -> dict[tuple[str, str], tuple[str, ...]]:
    contents = (item.content for item in findings.observations)
    return {(item.name, item.rdtype): item.values for item in contents if isinstance(item, DnsRRset)}


def asked(server: ScriptedServer, rdtype: str) -> set[str]:
    return {name for name, kind, _ in server.asked if kind == rdtype}


def test_an_https_record_gives_its_target_and_its_hints_as_leads(collect: Collect) -> None:
    zone = ZoneText(
        f"""
        {NAME} HTTPS 1 CDN.Elders.example. alpn=h2,h3 ipv4hint=192.0.2.9 ipv6hint=2001:db8::9
        www.{NAME} HTTPS 0 www.elders.example.
        """
    )
    findings = collect(NAME, servers=(zone,))
    assert rrsets(findings)[NAME, "HTTPS"] == ("1 cdn.elders.example alpn=h2,h3 ipv4hint=192.0.2.9 ipv6hint=2001:db8::9",)
    assert set(findings.leads) == {
        Target(TargetKind.HOST, "cdn.elders.example"),
        Target(TargetKind.HOST, "www.elders.example"),
        Target(TargetKind.ADDRESS, "192.0.2.9"),
        Target(TargetKind.ADDRESS, "2001:db8::9"),
    }


def test_an_https_record_for_the_name_itself_gives_no_host_lead(collect: Collect) -> None:
    findings = collect(NAME, servers=(ZoneText(f"{NAME} HTTPS 1 . alpn=h2"),))
    assert findings.leads == ()
    assert findings.failures == ()


def test_a_target_that_is_no_host_name_is_told(collect: Collect) -> None:
    findings = collect(NAME, servers=(ZoneText(f"{NAME} HTTPS 1 a\\032b.example."),))
    assert {(failure.subject, failure.reason) for failure in findings.failures} == {("a\\032b.example", FailureReason.MALFORMED)}


def test_a_thousand_hints_are_followed_up_to_the_bound_and_the_rest_is_told(collect: Collect) -> None:
    hints = ",".join(f"10.1.{number // 250}.{number % 250}" for number in range(1000))
    findings = collect(NAME, servers=(ZoneText(f"{NAME} HTTPS 1 . ipv4hint={hints}"),))
    assert len(findings.leads) == MAX_LEADS
    (failure,) = findings.failures
    assert (failure.subject, failure.scope, failure.reason) == (NAME, "HTTPS", FailureReason.TOO_LARGE)
    assert "800 names or addresses" in failure.detail


def test_the_host_of_a_mail_policy_is_asked_for_only_where_one_is_announced(collect: Collect) -> None:
    with_policy = ScriptedServer(ZoneText(f'_mta-sts.{NAME} TXT "v=STSv1; id=1"\nmta-sts.{NAME} CNAME beleid.dienst.example.'))
    without = ScriptedServer(ZoneText(f'_mta-sts.{NAME} TXT "something else"'))
    findings = collect(NAME, servers=(with_policy,))
    collect(NAME, servers=(without,))
    assert rrsets(findings)[f"mta-sts.{NAME}", "CNAME"] == ("beleid.dienst.example",)
    assert f"mta-sts.{NAME}" not in asked(without, "CNAME")


def test_a_mail_policy_that_could_not_be_read_leaves_one_failure_and_no_question_behind(collect: Collect) -> None:
    zone = ZoneText("", silent=frozenset({f"_mta-sts.{NAME}"}))
    findings = collect(NAME, servers=(zone,), dns_timeout_s=30.0, target_deadline_s=6.0)
    assert [(failure.subject, failure.scope) for failure in findings.failures] == [(f"_mta-sts.{NAME}", "TXT")]


def test_the_keys_of_mail_servers_are_asked_for_at_each_mx_host(collect: Collect) -> None:
    key = "3 1 1 " + "ab" * 32
    server = ScriptedServer(
        ZoneText(f"{NAME} MX 10 mx1.{NAME}.\n{NAME} MX 20 mx.elders.example.\n{NAME} MX 30 .\n_25._tcp.mx1.{NAME} TLSA {key}")
    )
    findings = collect(NAME, servers=(server,))
    assert asked(server, "TLSA") == {f"_25._tcp.mx1.{NAME}", "_25._tcp.mx.elders.example"}
    assert rrsets(findings)[f"_25._tcp.mx1.{NAME}", "TLSA"] == (key,)


def test_a_thousand_mail_hosts_cost_no_more_than_the_bound(collect: Collect) -> None:
    server = ScriptedServer(ZoneText("\n".join(f"{NAME} MX {number} mx{number}.{NAME}." for number in range(1000))))
    findings = collect(NAME, servers=(server,))
    assert len(asked(server, "TLSA")) == MAX_MX_HOSTS
    assert len(findings.leads) == MAX_MX_HOSTS
    assert [(failure.scope, failure.reason) for failure in findings.failures] == [("MX", FailureReason.TOO_LARGE)]


def test_service_records_give_their_hosts_as_leads_and_a_dot_none(collect: Collect) -> None:
    zone = ZoneText(
        f"""
        _imaps._tcp.{NAME} SRV 0 1 993 imap.{NAME}.
        _submission._tcp.{NAME} SRV 0 1 587 post.elders.example.
        _pop3s._tcp.{NAME} SRV 0 0 0 .
        autoconfig.{NAME} CNAME instel.elders.example.
        """
    )
    findings = collect(NAME, servers=(zone,))
    assert rrsets(findings)[f"_pop3s._tcp.{NAME}", "SRV"] == ("0 0 0 .",)
    assert rrsets(findings)[f"autoconfig.{NAME}", "CNAME"] == ("instel.elders.example",)
    assert {lead.value for lead in findings.leads} == {f"imap.{NAME}", "post.elders.example"}


@pytest.mark.parametrize(
    ("owner", "text"),
    [
        (f"_smtp._tls.{NAME}", "v=TLSRPTv1; rua=mailto:tls@elders.example"),
        (f"default._bimi.{NAME}", "v=BIMI1; l=https://logo.elders.example/a.svg"),
        (f"_dmarc.{NAME}", "v=DMARC1; p=none"),
    ],
)
def test_a_text_record_of_a_group_is_kept_and_its_absence_too(collect: Collect, owner: str, text: str) -> None:
    assert rrsets(collect(NAME, servers=(ZoneText(f'{owner} TXT "{text}"'),)))[owner, "TXT"] == (text,)
    nothing = [item.content for item in collect(NAME, servers=(ZoneText(""),)).observations]
    assert owner in {item.name for item in nothing if isinstance(item, DnsNoAnswer) and item.rdtype == "TXT"}
