"""How much is asked of a domain: everything, or about a dozen questions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from herkomst.collectors.base import Findings
from herkomst.collectors.dns.collector import DnsCollector
from herkomst.collectors.dns.questions.registry import GROUPS
from herkomst.config.settings import Breadth, Settings
from herkomst.scanner.model.breadth import PARTS, part_of_question
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import DnsNoAnswer, DnsRRset, SpfPolicy, SpfTerm
from servers.scripted import ScriptedServer, ZoneText

Collect = Callable[..., Findings]
ZONE = """
voorbeeld.example A 192.0.2.1
voorbeeld.example NS ns1.host.example.
voorbeeld.example MX 10 mx1.voorbeeld.example.
voorbeeld.example TXT "v=spf1 include:_spf.post.example -all"
_spf.post.example TXT "v=spf1 ip4:192.0.2.0/24 -all"
autodiscover.voorbeeld.example CNAME post.example.
"""


def test_a_narrow_run_asks_about_a_dozen_questions(collect: Collect) -> None:
    server = ScriptedServer(ZoneText(ZONE))
    findings = collect("voorbeeld.example", servers=(server,), breadth=Breadth.CORE)
    own = [question for question in server.asked if question[0].endswith("voorbeeld.example")]
    assert len(own) <= 12
    assert {rdtype for name, rdtype, _ in own if name == "voorbeeld.example"} >= {"A", "AAAA", "MX", "TXT", "NS", "SOA", "CAA"}
    assert findings.failures == ()


def test_what_a_narrow_run_leaves_out_is_listed_and_leaves_nothing_that_looks_like_an_answer(collect: Collect) -> None:
    findings = collect("voorbeeld.example", servers=(ZoneText(ZONE),), breadth=Breadth.CORE)
    contents = [item.content for item in findings.observations]
    assert [item.name for item in contents if isinstance(item, DnsRRset | DnsNoAnswer) and part_of_question(item.name)] == []
    assert [item.value for item in contents if isinstance(item, SpfTerm)] == ["_spf.post.example", ""]
    assert [item for item in contents if isinstance(item, SpfPolicy)] == []
    assert DnsCollector.from_settings(Settings(breadth=Breadth.CORE)).not_asked() == PARTS


def test_a_narrow_run_still_tells_that_the_domains_own_policy_could_not_be_read(collect: Collect) -> None:
    zone = ZoneText("", silent=frozenset({"voorbeeld.example"}))
    findings = collect("voorbeeld.example", servers=(zone,), breadth=Breadth.CORE, dns_timeout_s=0.3, dns_attempts=1)
    assert ("voorbeeld.example", "spf.policy", FailureReason.TIMEOUT) in {
        (failure.subject, failure.kind, failure.reason) for failure in findings.failures
    }


def test_a_policy_without_look_ups_is_known_whole_in_a_narrow_run(collect: Collect) -> None:
    zone = ZoneText('voorbeeld.example TXT "v=spf1 ip4:192.0.2.1 -all"')
    contents = [item.content for item in collect("voorbeeld.example", servers=(zone,), breadth=Breadth.CORE).observations]
    assert SpfPolicy("voorbeeld.example", 0, 0) in contents


def test_every_part_that_can_be_left_out_belongs_to_a_group() -> None:
    assert {part for group in GROUPS for part in group.left_out} == PARTS
    for group in GROUPS:
        assert group.narrow or group.left_out, group.name


@pytest.mark.parametrize("group", [group for group in GROUPS if not group.narrow], ids=lambda group: group.name)
def test_a_question_that_is_left_out_is_known_as_such_by_its_name(group) -> None:  # type: ignore[no-untyped-def]  # a group of the list above
    for question in group.first("voorbeeld.example"):
        assert part_of_question(question.name) in group.left_out
