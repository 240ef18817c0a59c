"""What a lost source does to a verdict: it never makes one greener, and it never accuses."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, DnsChain, RangeScope, SpfTerm
from herkomst.scanner.model.verdict import Reason, Status
from herkomst.scanner.names import WILDCARD_LABEL
from scene import DNS_KINDS, IP_KINDS, Scene

NAME = "voorbeeld.example"
IP, OTHER = "192.0.2.1", "192.0.2.65"
SELECTOR = f"selector1._domainkey.{NAME}"
MAILBOX_CLAIMS = [
    ("mail.mailbox.country", "NL"),
    ("mail.mailbox.region", "westeurope"),
    ("mail.mailbox.network", "self"),
    ("mail.mailbox.provider", "self"),
    ("mail.mailbox.owner", "NL"),
    ("mail.mailbox.jurisdiction", "NL"),
]


def own_mail(address_asn: int = 64500) -> Scene:
    scene = Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP).origin(IP, address_asn, "GEM").location(IP, "NL")
    return scene.rdap(IP, "Gemeente Voorbeeld", "NL").range(IP, "azure", "westeurope")


@pytest.mark.parametrize(("key", "value"), MAILBOX_CLAIMS)
def test_a_selector_that_could_not_be_asked_for_leaves_open_where_the_mailboxes_are(key: str, value: str) -> None:
    verdict = own_mail().fail(SELECTOR, "CNAME").judge(key, value)
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.TIMEOUT)


@pytest.mark.parametrize("asked", [f"autodiscover.{NAME}", f"_autodiscover._tcp.{NAME}"])
def test_autodiscover_that_could_not_be_asked_for_accuses_nobody(asked: str) -> None:
    scene = Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP).range(IP, "aws", "eu-west-1", "eu-west-1").origin(IP, 16509)
    assert scene.judge("mail.mailbox.country", "NL").status is Status.CONTRADICTED
    scene.fail(asked, "SRV").fail(asked, "A").fail(asked, "AAAA")
    for key, value in MAILBOX_CLAIMS:
        assert scene.judge(key, value).status is Status.NOT_MEASURED, key
    assert scene.judge("mail.inbound.country", "NL").status is Status.CONTRADICTED


def test_a_platform_that_only_a_wildcard_may_show_accuses_nobody() -> None:
    scene = own_mail().dkim(NAME, "selector1", "selector1._domainkey.voorbeeld.onmicrosoft.com").rrset(NAME, "TXT", "MS=ms1")
    assert scene.judge("mail.mailbox.provider", "self").status is Status.CONTRADICTED
    scene.fail(f"{WILDCARD_LABEL}._domainkey.{NAME}", "CNAME")
    assert scene.judge("mail.mailbox.provider", "self").status is Status.NOT_MEASURED
    assert scene.judge("mail.mailbox.jurisdiction", "EU").status is Status.NOT_MEASURED
    assert scene.judge("edge.provider", "cloudflare").status is Status.NOT_MEASURED


def test_a_second_sign_that_could_not_be_asked_for_leaves_a_hint_unjudged() -> None:
    scene = own_mail().dkim(NAME, "selector1", "selector1._domainkey.voorbeeld.onmicrosoft.com")
    assert scene.judge("mail.mailbox.provider", "self").reason is Reason.CONFLICTING
    assert scene.judge("mail.mailbox.country", "NL").status is Status.UNVERIFIABLE
    scene.fail(NAME, "TXT")
    for key, value in MAILBOX_CLAIMS:
        assert scene.judge(key, value).status is Status.NOT_MEASURED, key


@pytest.mark.parametrize("lost", [f"autodiscover.{NAME}", f"_autodiscover._tcp.{NAME}", SELECTOR, "spf.elders.example"])
def test_what_rests_on_no_other_platform_being_seen_accuses_nobody_when_an_answer_is_lost(lost: str) -> None:
    gateway = "mx.poortwachter.example"
    scene = (
        Scene()
        .mx(NAME, gateway)
        .host(gateway, IP)
        .origin(IP, 64499)
        .spf(NAME, "spf.protection.outlook.com", "spf.elders.example")
    )
    assert scene.judge("mail.mailbox.jurisdiction", "EU").status is Status.CONTRADICTED
    for rdtype in ("A", "AAAA", "SRV", "CNAME", "TXT"):
        scene.fail(lost, rdtype)
    assert scene.judge("mail.mailbox.jurisdiction", "EU").status is Status.NOT_MEASURED


def test_an_included_policy_that_could_not_be_read_may_hold_the_platforms_include() -> None:
    own = f"_spf.{NAME}"
    scene = own_mail().spf(NAME, own)
    scene.see(NAME, SpfTerm(NAME, (NAME, own), "+", "include", "spf.protection.outlook.com"))
    assert scene.judge("mail.mailbox.provider", "self").reason is Reason.CONFLICTING
    scene.contents.pop()
    assert scene.fail(own, "TXT").judge("mail.mailbox.provider", "self").status is Status.NOT_MEASURED


def test_a_mail_hosts_alias_that_could_not_be_asked_for_may_name_another_provider() -> None:
    mx = f"mx.{NAME}"
    scene = Scene().mx(NAME, mx).host(mx, IP, via=("voorbeeld.mail.protection.outlook.com",))
    assert scene.judge("mail.inbound.provider", "self").status is Status.CONTRADICTED
    lost = Scene().mx(NAME, mx).fail(mx, "A").fail(mx, "AAAA")
    assert lost.judge("mail.inbound.provider", "self").status is Status.NOT_MEASURED


@pytest.mark.parametrize(("key", "value"), MAILBOX_CLAIMS)
def test_a_mail_hosts_alias_that_could_not_be_asked_for_may_name_the_mailbox_platform(key: str, value: str) -> None:
    mx = "mx.elders.example"
    scene = Scene().mx(NAME, mx).autodiscover(NAME, "mail.elders.example", OTHER).location(OTHER, "NL").origin(OTHER, 64500)
    aliased = Scene(contents=list(scene.contents)).host(mx, IP, via=("voorbeeld.mail.protection.outlook.com",))
    assert aliased.judge(key, value).status in (Status.UNVERIFIABLE, Status.CONTRADICTED)
    assert scene.fail(mx, "A").fail(mx, "AAAA").judge(key, value).status is Status.NOT_MEASURED


def test_a_second_address_that_could_not_be_asked_for_may_be_held_by_another() -> None:
    mx, six = f"mx.{NAME}", "2001:db8::25"
    scene = Scene().mx(NAME, mx).origin(IP, 64511).rdap(IP, "Wederverkoper B.V.").host(mx, IP)
    assert scene.judge("mail.inbound.provider", "wederverkoper").status is Status.CONSISTENT
    assert scene.fail(mx, "AAAA").judge("mail.inbound.provider", "wederverkoper").status is Status.NOT_MEASURED
    both = Scene().mx(NAME, mx).origin(IP, 64511).rdap(IP, "Wederverkoper B.V.").host(mx, IP, six).origin(six, 64511)
    assert both.rdap(six, "Ander Merk B.V.").judge("mail.inbound.provider", "wederverkoper").reason is Reason.RESELLER_POSSIBLE


def test_a_second_address_that_could_not_be_asked_for_may_be_an_edge() -> None:
    scene = Scene().host(NAME, "2001:db8::1").origin("2001:db8::1", 64510).fail(NAME, "A")
    for negated in (False, True):
        assert scene.judge("edge.provider", "cloudflare", negated=negated).status is Status.NOT_MEASURED


@pytest.mark.parametrize("key", ["edge.provider", "edge.network", "edge.owner"])
def test_a_question_that_has_nothing_to_do_with_edges_leaves_edge_claims_alone(key: str) -> None:
    scene = Scene().host(NAME, IP).range(IP, "cloudflare", scope=RangeScope.EDGE).origin(IP, 13335).rdap(IP, "Cloudflare, Inc.")
    before = scene.judge(key, "cloudflare")
    assert before.status is Status.CONFIRMED
    assert scene.fail(NAME, "CAA").fail(NAME, "NS").judge(key, "cloudflare").status is Status.CONFIRMED


def test_a_reverse_name_lost_with_its_whole_target_caps_what_it_could_have_lowered() -> None:
    scene = Scene().host(NAME, IP).geofeed(IP, "NL").ptr(IP, "web.fra1.hosting.example")
    assert scene.judge("web.country", "NL").reason is Reason.CONFLICTING
    lost = Scene().host(NAME, IP).geofeed(IP, "NL").fail_target(IP, DNS_KINDS)
    assert lost.judge("web.country", "NL").status is Status.NOT_MEASURED
    assert lost.origin(IP, 64510).judge("web.network", "polderhost").status is Status.CONSISTENT


@pytest.mark.parametrize(
    "key",
    [
        "web.country",
        "web.region",
        "web.provider",
        "web.network",
        "web.owner",
        "web.jurisdiction",
        "edge.provider",
        "subprocessors",
    ],
)
@pytest.mark.parametrize("negated", [False, True])
def test_an_address_lost_as_a_whole_target_leaves_every_claim_on_it_not_measured(key: str, negated: bool) -> None:
    scene = Scene().host(NAME, IP).fail_target(IP, IP_KINDS, "ip_ownership")
    assert scene.judge(key, "polderhost", negated=negated).status is Status.NOT_MEASURED


@pytest.mark.parametrize(
    "key",
    [
        "web.country",
        "mail.inbound.provider",
        "mail.mailbox.country",
        "mail.outbound.provider",
        "dns.provider",
        "ca.provider",
        "edge.provider",
        "saas.provider",
        "subprocessors",
        "inventory.complete",
    ],
)
def test_a_domain_lost_as_a_whole_target_leaves_every_claim_on_it_not_measured(key: str) -> None:
    verdict = Scene().fail_target(NAME).judge(key, "polderhost")
    assert (verdict.status, verdict.reason, verdict.retryable) == (Status.NOT_MEASURED, Reason.TIMEOUT, True)


def test_a_lost_round_trip_time_could_have_shown_anycast() -> None:
    scene = Scene().host(NAME, IP).range(IP, "azure", "northeurope").fail_address(IP, "rtt.bound")
    assert scene.judge("web.country", "NL").status is Status.NOT_MEASURED


def test_lost_ranges_could_have_shown_anycast_where_a_disc_lies_elsewhere() -> None:
    mx = f"mx.{NAME}"
    scene = Scene().mx(NAME, mx).host(mx, IP).rtt(IP, 1.0, "US")
    assert scene.judge("mail.inbound.country", "NL").status is Status.CONTRADICTED
    assert scene.fail_address(IP, "ip.range").judge("mail.inbound.country", "NL").status is Status.NOT_MEASURED


@pytest.mark.parametrize("kind", ["spf.policy", "spf.term"])
def test_a_policy_that_was_not_read_to_its_end_leaves_the_senders_not_measured(kind: str) -> None:
    scene = Scene().spf(NAME, "spf.bulkmail.example").fail_address(NAME, kind, FailureReason.TOO_LARGE)
    for key in ("mail.outbound.provider", "subprocessors"):
        assert scene.judge(key, "bulkmail").reason is Reason.TOO_LARGE


def test_a_sender_that_only_a_wildcard_may_show_accuses_nobody() -> None:
    scene = Scene().dkim(NAME, "k1", "dkim.bulkmail.example")
    assert scene.judge("subprocessors", "polderhost").status is Status.CONTRADICTED
    scene.fail(f"{WILDCARD_LABEL}._domainkey.{NAME}", "CNAME")
    assert scene.judge("subprocessors", "polderhost").status is Status.NOT_MEASURED


def test_an_alias_into_nothing_is_an_absence_and_not_a_failure() -> None:
    scene = Scene().see(NAME, DnsChain(NAME, ("weg.elders.example",), ChainEnd.NXDOMAIN))
    assert scene.judge("web.country", "NL").reason is Reason.NO_ENDPOINT


@pytest.mark.parametrize("asked", [f"autodiscover.{NAME}", f"{WILDCARD_LABEL}.{NAME}"])
def test_a_name_that_only_a_wildcard_may_lead_to_is_no_undeclared_name(asked: str) -> None:
    scene = Scene().mx(NAME, "mx.poortwachter.example").host("mx.poortwachter.example", OTHER)
    scene.autodiscover(NAME, f"mail.{NAME}", IP).host(f"{WILDCARD_LABEL}.{NAME}", IP, via=(f"mail.{NAME}",))
    assert scene.judge("inventory.complete", "yes").status is Status.CONSISTENT
    lost = [item for item in scene.contents if getattr(item[1], "name", "") == asked and getattr(item[1], "rdtype", "") == "A"]
    scene.contents = [item for item in scene.contents if item not in lost]
    assert scene.fail(asked, "A").judge("inventory.complete", "yes").status is not Status.CONTRADICTED


def test_a_host_that_only_a_wildcard_may_lead_to_is_nobodys_party() -> None:
    scene = Scene().mx(NAME, "mx.poortwachter.example").host("mx.poortwachter.example", OTHER).origin(OTHER, 64510)
    scene.host(f"autodiscover.{NAME}", IP).origin(IP, 64511).host(f"{WILDCARD_LABEL}.{NAME}", IP)
    assert scene.judge("subprocessors", "polderhost", "poortwachter").status is Status.CONSISTENT
    lost = f"{WILDCARD_LABEL}.{NAME}"
    scene.contents = [item for item in scene.contents if getattr(item[1], "name", "") != lost]
    scene.fail(lost, "A").fail(lost, "AAAA")
    assert scene.judge("subprocessors", "polderhost", "poortwachter").status is Status.NOT_MEASURED


def test_an_https_target_that_is_an_alias_too_accuses_no_more_once_the_alias_is_lost() -> None:
    target, six = "www.polderhost.example", "2001:db8::1"

    def scene() -> Scene:
        scene = Scene().rrset(NAME, "HTTPS", f"0 {target}").host(target, six).range(six, "cloudflare", scope=RangeScope.EDGE)
        return scene.origin(IP, 64510).range(IP, "azure", "westeurope").location(IP, "NL")

    seen = scene().host(NAME, IP, via=(target,))
    assert seen.judge("edge.owner", "amazon").status is Status.CONTRADICTED
    assert scene().fail(NAME, "A").fail(NAME, "AAAA").judge("edge.owner", "amazon").status is Status.CONTRADICTED
    unknown = Scene().rrset(NAME, "HTTPS", f"0 {target}").origin(IP, 64510).location(IP, "NL").host(NAME, IP, via=(target,))
    assert unknown.fail(target, "AAAA").judge("edge.owner", "amazon").status is Status.NOT_MEASURED
