"""What must hold for every verdict, whatever was seen: tried on random scenes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import (
    DnsChain,
    DnsNoAnswer,
    DnsRRset,
    Observation,
    RangeScope,
    SpfPolicy,
    SpfTerm,
)
from herkomst.scanner.model.verdict import Confidence, Status
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scene import Scene

NAME = "voorbeeld.example"
EXAMPLES = int(os.environ.get("HERKOMST_EXAMPLES", "80"))
"""Scenes a property is tried on; the long form is scripts/stress verdicts."""
ADDRESSES = ("192.0.2.1", "192.0.2.65", "198.51.100.3")
COUNTRIES = ("NL", "DE", "US")
ASNS = (8075, 16509, 13335, 64500, 64505, 64506, 64508, 64510, 64511, 64499)
HOLDERS = ("Polderhost B.V.", "Duinhost B.V.", "Gemeente Voorbeeld", "Onbekend B.V.", "Wederverkoper B.V.")
RANGES = (
    ("azure", "westeurope", None, RangeScope.REGIONAL),
    ("azure", "northeurope", None, RangeScope.REGIONAL),
    ("aws", "eu-central-1", None, RangeScope.REGIONAL),
    ("aws", "eu-central-1", "eu-central-1", RangeScope.REGIONAL),
    ("cloudflare", None, None, RangeScope.EDGE),
    ("azure", None, None, RangeScope.GLOBAL),
)
EXCHANGERS = (
    "voorbeeld-example.mail.protection.outlook.com",
    "d1.ess.de.barracudanetworks.com",
    f"mx.{NAME}",
    "mx.poortwachter.example",
    "mx.elders.example",
)
CLAIMS = (
    ("web.country", ("NL",)),
    ("web.country", ("EU",)),
    ("web.region", ("westeurope",)),
    ("web.provider", ("polderhost",)),
    ("web.provider", ("self",)),
    ("web.network", ("duinhost",)),
    ("web.network", ("self",)),
    ("web.owner", ("polderhost-bv",)),
    ("web.jurisdiction", ("EU",)),
    ("hosting.country", ("NL",)),
    ("edge.provider", ("cloudflare",)),
    ("mail.inbound.provider", ("microsoft-365",)),
    ("mail.inbound.country", ("NL",)),
    ("mail.mailbox.provider", ("microsoft-365",)),
    ("mail.mailbox.provider", ("self",)),
    ("mail.mailbox.jurisdiction", ("EU",)),
    ("mail.outbound.provider", ("bulkmail",)),
    ("dns.provider", ("polderhost",)),
    ("dns.country", ("NL",)),
    ("subprocessors", ("polderhost", "duinhost")),
    ("inventory.complete", ("true",)),
)


@st.composite
def described_address(draw: st.DrawFn, scene: Scene) -> str:
    """Pick an address and say something about it; what is said of one address twice adds up, as in real life."""
    address = draw(st.sampled_from(ADDRESSES))
    if draw(st.booleans()):
        provider, region, group, scope = draw(st.sampled_from(RANGES))
        scene.range(address, provider, region, group, scope)
    if draw(st.booleans()):
        scene.origin(address, draw(st.sampled_from(ASNS)), "Naam")
    if draw(st.booleans()):
        scene.location(address, draw(st.sampled_from(COUNTRIES)))
    if draw(st.booleans()):
        scene.geofeed(address, draw(st.sampled_from(COUNTRIES)))
    if draw(st.booleans()):
        scene.rdap(address, draw(st.sampled_from(HOLDERS)), draw(st.sampled_from(COUNTRIES)))
    if draw(st.booleans()):
        scene.rtt(address, 1.0, *draw(st.sampled_from([("NL",), ("NL", "DE"), ("US",)])))
    if draw(st.booleans()):
        scene.ptr(address, draw(st.sampled_from(["a.fra1.hosting.example", "static.duinhost.example", "x.example"])))
    scene.registration(address, draw(st.sampled_from(COUNTRIES)))
    return address


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    scene = Scene(not_asked=draw(st.sampled_from([(), ("rdap.network", "geofeed.entry")])))
    if draw(st.booleans()):
        via = draw(st.sampled_from([(), ("x.cdn.cloudflare.net",), ("www.polderhost.example",)]))
        scene.host(NAME, draw(described_address(scene)), via=via)
    if draw(st.booleans()):
        mx = draw(st.sampled_from(EXCHANGERS))
        scene.mx(NAME, mx).host(mx, draw(described_address(scene)))
    if draw(st.booleans()):
        scene.rrset(NAME, "NS", "ns1.polderhost.example").host("ns1.polderhost.example", draw(described_address(scene)))
    if draw(st.booleans()):
        scene.autodiscover(
            NAME, draw(st.sampled_from(["autodiscover.outlook.com", f"mail.{NAME}"])), draw(described_address(scene))
        )
    if draw(st.booleans()):
        scene.dkim(NAME, "selector1", "selector1._domainkey.voorbeeld.onmicrosoft.com")
    if draw(st.booleans()):
        scene.spf(
            NAME,
            *draw(
                st.lists(
                    st.sampled_from(["spf.bulkmail.example", "spf.protection.outlook.com", "spf.elders.example"]), unique=True
                )
            ),
        )
    return scene


def failure_of(observation: Observation) -> Failure:
    """Return what would have been recorded had this source not answered."""
    content = observation.content
    if isinstance(content, DnsRRset | DnsNoAnswer):
        return Failure("dns", content.name, "dns.rrset", FailureReason.TIMEOUT, True, content.rdtype)
    if isinstance(content, DnsChain):
        return Failure("dns", content.name, "dns.rrset", FailureReason.TIMEOUT, True, "A")
    if isinstance(content, SpfTerm):
        return Failure("dns", content.value, "dns.rrset", FailureReason.TIMEOUT, True, "TXT")
    if isinstance(content, SpfPolicy):
        return Failure("dns", content.root, "dns.rrset", FailureReason.TIMEOUT, True, "TXT")
    return Failure("ip_ownership", observation.subject, content.kind, FailureReason.TIMEOUT, True)


def gone_with(observation: Observation, observations: list[Observation]) -> set[str]:
    """Return the ids of all that the same unanswered question would have taken away."""
    content = observation.content
    if isinstance(content, SpfTerm):
        return set()  # the include was read in the policy; its own record was not

    def same_question(other: Observation) -> bool:
        theirs = other.content
        if isinstance(content, SpfTerm | SpfPolicy) or (isinstance(content, DnsRRset) and content.rdtype == "TXT"):
            txt = isinstance(theirs, DnsRRset | DnsNoAnswer) and theirs.rdtype == "TXT" and theirs.name == NAME
            return txt or isinstance(theirs, SpfTerm | SpfPolicy)
        if isinstance(content, DnsChain) or (isinstance(content, DnsRRset) and content.rdtype in ("A", "AAAA")):
            return getattr(theirs, "name", None) == content.name and (
                isinstance(theirs, DnsChain) or getattr(theirs, "rdtype", "") in ("A", "AAAA")
            )
        if isinstance(content, DnsRRset | DnsNoAnswer):
            return isinstance(theirs, DnsRRset | DnsNoAnswer) and (theirs.name, theirs.rdtype) == (content.name, content.rdtype)
        return other.subject == observation.subject and other.kind == observation.kind

    return {other.id for other in observations if same_question(other)} | {observation.id}


def without(scene: Scene, lost: Observation, observations: list[Observation]) -> Evidence:
    """Return the evidence that remains when the source of one observation does not answer, with its failure."""
    gone = gone_with(lost, observations)
    lost_with_it = [lost, *(item for item in observations if item.id in gone and not isinstance(item.content, SpfTerm))]
    failures = {failure.id: failure for failure in (failure_of(item) for item in lost_with_it)}
    if isinstance(lost.content, DnsChain) or getattr(lost.content, "rdtype", "") in ("A", "AAAA"):
        name = lost.content.name  # type: ignore[attr-defined]  # only records are lost
        both = [Failure("dns", name, "dns.rrset", FailureReason.TIMEOUT, True, rdtype) for rdtype in ("A", "AAAA")]
        failures.update({failure.id: failure for failure in both})
    kept = [item for item in observations if item.id not in gone]
    return Evidence(kept, [*scene.failures, *failures.values()], scene.not_asked)


@settings(max_examples=EXAMPLES, deadline=None)
@given(scene=scenes(), claim=st.sampled_from(CLAIMS), negated=st.booleans())
def test_replacing_any_answer_by_its_failure_never_makes_a_verdict_greener(
    scene: Scene, claim: tuple[str, tuple[str, ...]], negated: bool
) -> None:
    key, values = claim
    observations = list(scene.observations((NAME,)))
    before = scene.judge(key, *values, negated=negated)
    for lost in observations:
        after = scene.judge(key, *values, negated=negated, evidence=without(scene, lost, observations))
        assert after.status.rank <= before.status.rank, (before.status, after.status, after.reason, lost.content)


IP, MX_IP, NS_IP = "192.0.2.1", "192.0.2.65", "203.0.113.53"


def agreeing_scene() -> Scene:
    """Every source agrees: a Dutch host in web, mail and DNS, with an alias, an AS, a registration and reverse names."""
    scene = Scene().host(NAME, IP, via=("www.polderhost.example",)).mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", MX_IP)
    scene.rrset(NAME, "NS", "ns1.polderhost.example").host("ns1.polderhost.example", NS_IP)
    scene.spf(NAME, "spf.bulkmail.example")
    for address in (IP, MX_IP, NS_IP):
        scene.origin(address, 64510, "POLDER").rdap(address, "Polderhost B.V.", "NL").registration(address, "NL")
        scene.location(address, "NL").geofeed(address, "NL").ptr(address, "host.ams1.polderhost.example")
    return scene


def platform_scene() -> Scene:
    scene = Scene().host(NAME, IP).range(IP, "azure", "westeurope").origin(IP, 8075).rtt(IP, 0.6, "NL").location(IP, "NL")
    mx = "voorbeeld-example.mail.protection.outlook.com"
    scene.mx(NAME, mx).host(mx, MX_IP).range(MX_IP, "azure", "westeurope").origin(MX_IP, 8075)
    scene.autodiscover(NAME, "autodiscover.outlook.com", MX_IP)
    return scene.dkim(NAME, "selector1", "selector1._domainkey.voorbeeld.onmicrosoft.com")


def own_scene() -> Scene:
    scene = Scene().host(NAME, IP).origin(IP, 64500, "GEM").rdap(IP, "Gemeente Voorbeeld", "NL").location(IP, "NL")
    scene.mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", IP).host(f"autodiscover.{NAME}", IP)
    return scene.rrset(NAME, "NS", f"ns.{NAME}").host(f"ns.{NAME}", IP)


GREEN: tuple[tuple[Callable[[], Scene], str, tuple[str, ...], bool], ...] = (
    *((agreeing_scene, f"{role}.{prop}", (value,), False)
      for role in ("web", "dns")
      for prop, value in (("country", "NL"), ("provider", "polderhost"), ("network", "polderhost"), ("network", "AS64510"),
                          ("owner", "polderhost-bv"), ("owner", "NL"), ("jurisdiction", "EU"))),
    *((agreeing_scene, f"{role}.{prop}", (value,), True)
      for role in ("web", "mail.inbound", "dns")
      for prop, value in (("country", "US"), ("provider", "aws"), ("network", "aws"), ("owner", "amazon"), ("jurisdiction", "US"))),
    (agreeing_scene, "hosting.country", ("NL",), False),
    (agreeing_scene, "mail.inbound.network", ("polderhost",), False),
    (agreeing_scene, "mail.inbound.provider", ("self",), False),
    (agreeing_scene, "mail.mailbox.provider", ("self",), False),
    (agreeing_scene, "mail.outbound.provider", ("bulkmail",), False),
    (agreeing_scene, "subprocessors", ("polderhost", "bulkmail"), False),
    (agreeing_scene, "subprocessors", ("aws",), True),
    (agreeing_scene, "edge.provider", ("cloudflare",), True),
    (agreeing_scene, "edge.jurisdiction", ("US",), True),
    (platform_scene, "web.country", ("NL",), False),
    (platform_scene, "web.region", ("westeurope",), False),
    (platform_scene, "web.network", ("azure",), False),
    (platform_scene, "web.provider", ("azure",), False),
    (platform_scene, "mail.inbound.country", ("NL",), False),
    (platform_scene, "mail.inbound.provider", ("microsoft-365",), False),
    (platform_scene, "mail.mailbox.provider", ("microsoft-365",), False),
    (platform_scene, "mail.mailbox.owner", ("microsoft",), False),
    (platform_scene, "mail.mailbox.jurisdiction", ("US", "IE"), False),
    (platform_scene, "subprocessors", ("azure",), False),
    (platform_scene, "inventory.complete", ("true",), False),
    (own_scene, "web.network", ("self",), False),
    (own_scene, "web.provider", ("self",), False),
    (own_scene, "mail.mailbox.provider", ("self",), False),
    (own_scene, "web.jurisdiction", ("NL",), False),
    (own_scene, "subprocessors", ("polderhost",), False),
)  # fmt: skip


@pytest.mark.parametrize(("make", "key", "values", "negated"), GREEN, ids=lambda item: str(getattr(item, "__name__", item)))
def test_a_verdict_that_is_not_red_never_improves_by_losing_any_one_answer(
    make: Callable[[], Scene], key: str, values: tuple[str, ...], negated: bool
) -> None:
    scene = make()
    observations = list(scene.observations((NAME,)))
    before = scene.judge(key, *values, negated=negated)
    assert before.status.rank >= 1, (before.status, before.reason)
    for lost in observations:
        after = scene.judge(key, *values, negated=negated, evidence=without(scene, lost, observations))
        assert after.status.rank <= before.status.rank, lost.content


WORSE = {
    # what each lost source could have shown at worst, by property: written down from the rules, not from the code
    "web.country": {"ip.range", "ip.origin", "ip.location", "geofeed.entry", "dns.A", "dns.PTR"},
    "web.jurisdiction": {"ip.origin", "ip.registration", "rdap.network", "dns.A"},
    "web.owner": {"ip.origin", "ip.registration", "rdap.network", "dns.A"},
    "web.provider": {"ip.origin", "dns.A"},
    "dns.provider": {"dns.NS"},
    "subprocessors": {"ip.origin", "rdap.network", "dns.A", "dns.MX", "dns.NS", "dns.TXT", "dns.CNAME", "dns.SRV"},
}
CLAIMED = {"country": "NL", "jurisdiction": "EU", "owner": "polderhost-bv", "provider": "polderhost"}


@pytest.mark.parametrize("key", WORSE)
def test_a_lost_source_that_could_have_contradicted_leaves_the_claim_not_measured(key: str) -> None:
    scene = agreeing_scene()
    values = (CLAIMED[key.rpartition(".")[2]],) if "." in key else ("polderhost", "bulkmail")
    observations = list(scene.observations((NAME,)))
    lowered = set()
    for lost in observations:
        verdict = scene.judge(key, *values, evidence=without(scene, lost, observations))
        kind = lost.kind if not lost.kind.startswith("dns.") else f"dns.{getattr(lost.content, 'rdtype', 'A')}"
        if verdict.status is Status.NOT_MEASURED:
            lowered.add(kind)
    assert WORSE[key] - {"ip.range"} <= lowered


def test_a_failure_of_the_published_ranges_takes_no_verdict_on_the_place() -> None:
    scene = agreeing_scene().fail_address(IP, "ip.range")
    for key, value in (("web.country", "NL"), ("web.provider", "polderhost"), ("web.jurisdiction", "EU"), ("edge.country", "NL")):
        assert scene.judge(key, value).status is Status.NOT_MEASURED
    assert scene.judge("edge.provider", "cloudflare", negated=True).status is Status.NOT_MEASURED


@settings(max_examples=150, deadline=None)
@given(scene=scenes(), claim=st.sampled_from(CLAIMS), data=st.data())
def test_two_failures_are_never_greener_than_one(scene: Scene, claim: tuple[str, tuple[str, ...]], data: st.DataObject) -> None:
    key, values = claim
    observations = list(scene.observations((NAME,)))
    picked = data.draw(st.lists(st.sampled_from(observations), min_size=2, max_size=4, unique_by=lambda item: item.id))
    assume(not any(isinstance(item.content, SpfTerm | DnsChain) for item in picked))
    statuses = []
    for count in (1, len(picked)):
        gone = {oid for item in picked[:count] for oid in gone_with(item, observations)}
        failures = [failure_of(item) for item in observations if item.id in gone]
        kept = [item for item in observations if item.id not in gone]
        statuses.append(scene.judge(key, *values, evidence=Evidence(kept, failures, scene.not_asked)).status)
    assert statuses[1].rank <= statuses[0].rank


@settings(max_examples=100, deadline=None)
@given(scene=scenes(), claim=st.sampled_from(CLAIMS), seed=st.integers(0, 2**16))
def test_the_order_of_evidence_never_matters(scene: Scene, claim: tuple[str, tuple[str, ...]], seed: int) -> None:
    key, values = claim
    shuffled = list(scene.observations((NAME,)))
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a shuffle for a test
    one = scene.judge(key, *values)
    other = scene.judge(key, *values, evidence=Evidence(shuffled, scene.failures, scene.not_asked))
    assert one == other


@settings(max_examples=100, deadline=None)
@given(scene=scenes(), values=st.sampled_from([("NL",), ("EU",)]))
def test_a_published_range_elsewhere_always_contradicts(scene: Scene, values: tuple[str, ...]) -> None:
    scene.not_asked = ()
    strong = "203.0.113.9"
    scene.contents = [item for item in scene.contents if item[0] != NAME or getattr(item[1], "rdtype", "") not in ("A", "AAAA")]
    scene.contents = [item for item in scene.contents if not (isinstance(item[1], DnsChain) and item[1].name == NAME)]
    scene.host(NAME, strong).range(strong, "aws", "eu-central-1", "eu-central-1-ist-1")
    assert scene.judge("web.country", *values).status is Status.CONTRADICTED
    assert scene.judge("hosting.country", *values).status is Status.CONTRADICTED


@settings(max_examples=100, deadline=None)
@given(scene=scenes())
def test_a_sourced_foreign_parent_always_contradicts(scene: Scene) -> None:
    strong = "203.0.113.10"
    host = f"b.{NAME}"
    scene.host(host, strong).origin(strong, 64505)
    assert scene.judge("web.jurisdiction", "EU", assets=(NAME, host)).status is Status.CONTRADICTED


def test_sources_of_one_family_count_once() -> None:
    table = Scene().host(NAME, ADDRESSES[0]).location(ADDRESSES[0], "NL")
    once = table.judge("web.country", "NL").confidence
    twice = table.geofeed(ADDRESSES[0], "NL").judge("web.country", "NL").confidence
    other_family = table.ptr(ADDRESSES[0], "web.ams1.hosting.example").judge("web.country", "NL").confidence
    assert (once, twice, other_family) == (Confidence.LOW, Confidence.LOW, Confidence.MEDIUM)


def test_an_id_is_the_same_in_every_run_and_differs_between_claims() -> None:
    scene = Scene().host(NAME, ADDRESSES[0]).location(ADDRESSES[0], "NL")
    first, again = scene.judge("web.country", "NL"), scene.judge("web.country", "NL")
    later = replace(scene, on=scene.on.replace(year=2027)).judge("web.country", "NL")
    other = scene.judge("web.country", "DE")
    assert first.id == again.id == later.id
    assert first.id != other.id
    assert first.alert_key != other.alert_key
