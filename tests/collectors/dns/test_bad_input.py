"""Zones made to cost much: whatever they hold, a domain is asked about in bounded questions, and what is left out is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import monotonic

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.leads import MAX_LEADS, MAX_MX_HOSTS
from herkomst.collectors.dns.questions.registry import GROUPS
from herkomst.collectors.dns.spf import MAX_LOOKUPS
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import DnsRRset
from herkomst.scanner.model.target import TargetKind
from servers.scripted import ScriptedServer, ZoneText

Collect = Callable[..., Findings]
NAME = "voorbeeld.example"
MOST_QUESTIONS = 400
"""Far above what any zone can make one domain cost: the first questions, 40 look-ups of SPF, 50 mail hosts, and chains."""


def a_tree_of_aliases() -> str:
    """Every name that is asked for is an alias, and every alias leads through a tree whose branches meet in one trunk."""
    names = {question.name for group in GROUPS if TargetKind.DOMAIN in group.kinds for question in group.first(NAME)} - {NAME}
    branches = [f"{name} CNAME b{number % 8}.boom.example." for number, name in enumerate(sorted(names))]
    trunk = [f"b{number}.boom.example CNAME t{number // 2}.boom.example." for number in range(8)]
    trunk += [f"t{number}.boom.example CNAME t{number + 1}.boom.example." for number in range(40)]
    return "\n".join((*branches, *trunk))


ZONES = {
    "aliases": a_tree_of_aliases(),
    "mail hosts": "\n".join(f"{NAME} MX {number} mx{number}.{NAME}." for number in range(1000)),
    "name servers": "\n".join(f"{NAME} NS ns{number}.{NAME}." for number in range(100)),
    "texts": "\n".join(f'{NAME} TXT "{number} {"x" * 200}"' for number in range(250)),
    "policies": f'{NAME} TXT ' + " ".join(f'"{"v=spf1 " if not n else ""}include:a{n}.{NAME} "' for n in range(60)) + "\n"
    + "\n".join(f'a{n}.{NAME} TXT "v=spf1 include:a{n + 1}.{NAME} include:a{n + 2}.{NAME} mx a:%{{d}}.x.example"' for n in range(60)),
    "web services": "\n".join(f"{NAME} HTTPS {n} h{n}.{NAME}. ipv4hint=10.0.{n}.1,10.0.{n}.2 key{1000 + n}={'x' * 150}" for n in range(1, 120)),
    "itself": f"{NAME} MX 0 {NAME}.\n{NAME} NS {NAME}.\n{NAME} HTTPS 1 {NAME}.\n_imaps._tcp.{NAME} SRV 0 0 993 {NAME}."
    f'\n{NAME} TXT "v=spf1 include:{NAME} redirect={NAME}"\n_dmarc.{NAME} TXT "v=DMARC1; rua=mailto:a@{NAME}"\nwww.{NAME} CNAME {NAME}.',
    "nothing anywhere": f"{NAME} MX 0 .\n{NAME} HTTPS 0 .\n" + "\n".join(f"_{s}._tcp.{NAME} SRV 0 0 0 ." for s in ("imaps", "autodiscover")),
}  # fmt: skip


@pytest.mark.parametrize("story", ZONES)
def test_a_zone_that_was_made_to_cost_much_costs_a_bounded_number_of_questions(collect: Collect, story: str) -> None:
    server = ScriptedServer(ZoneText(ZONES[story]))
    began = monotonic()
    findings = collect(NAME, servers=(server,), target_deadline_s=60.0)
    assert monotonic() - began < 50
    assert max(Counter(server.asked).values()) <= 2, "a question was asked again and again"
    assert len(server.asked) < MOST_QUESTIONS
    assert len(findings.leads) <= MAX_LEADS
    assert len(set(findings.leads)) == len(findings.leads)


def failed(findings: Findings) -> set[tuple[str, str, FailureReason]]:
    return {(failure.kind, failure.scope, failure.reason) for failure in findings.failures}


def test_what_was_left_out_of_it_is_told(collect: Collect) -> None:
    policies, hosts, services = (
        collect(NAME, servers=(ZoneText(ZONES[story]),)) for story in ("policies", "mail hosts", "web services")
    )
    assert ("spf.term", "include", FailureReason.TOO_LARGE) in failed(policies)
    assert ("dns.rrset", "MX", FailureReason.TOO_LARGE) in failed(hosts)
    assert ("dns.rrset", "HTTPS", FailureReason.TOO_LARGE) in failed(services)
    assert MAX_MX_HOSTS < 1000
    assert MAX_LOOKUPS < 60


def test_all_of_a_large_set_is_kept_as_evidence(collect: Collect) -> None:
    findings = collect(NAME, servers=(ZoneText(ZONES["texts"]),))
    (texts,) = [
        item.content for item in findings.observations if isinstance(item.content, DnsRRset) and item.content.rdtype == "TXT"
    ]
    assert len(texts.values) == 250
    assert findings.failures == ()


def test_a_tree_of_aliases_is_shown_as_too_deep_and_as_nothing_else(collect: Collect) -> None:
    findings = collect(NAME, servers=(ZoneText(ZONES["aliases"]),))
    reasons = {failure.reason for failure in findings.failures}
    assert reasons == {FailureReason.TOO_DEEP}
