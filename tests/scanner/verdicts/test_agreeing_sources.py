"""Scenes in which every source agrees: what each lost source costs there, claim by claim."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from herkomst.scanner.model.verdict import Status
from random_scenes import Loss, find_losses
from scene import Scene

NAME = "voorbeeld.example"


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
    for loss in find_losses(observations):
        after = scene.judge(key, *values, negated=negated, evidence=loss.remains(observations, scene))
        assert after.status.rank <= before.status.rank, loss.what


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


def lost_kinds(loss: Loss) -> set[str]:
    scopes = {failure.scope for failure in loss.failures}
    if len(loss.failures) > 1 and (len(scopes) > 1 or "" in scopes):
        return set()  # several questions at once do not show which of them mattered
    return {f"dns.{failure.scope}" if failure.kind == "dns.rrset" else failure.kind for failure in loss.failures}


@pytest.mark.parametrize("key", WORSE)
def test_a_lost_source_that_could_have_contradicted_leaves_the_claim_not_measured(key: str) -> None:
    scene = agreeing_scene()
    values = (CLAIMED[key.rpartition(".")[2]],) if "." in key else ("polderhost", "bulkmail")
    observations = list(scene.observations((NAME,)))
    lowered = {
        kind
        for loss in find_losses(observations)
        if scene.judge(key, *values, evidence=loss.remains(observations, scene)).status is Status.NOT_MEASURED
        for kind in lost_kinds(loss)
    }
    assert WORSE[key] <= lowered


def test_a_failure_of_the_published_ranges_takes_no_verdict_on_the_place() -> None:
    scene = agreeing_scene().fail_address(IP, "ip.range")
    for key, value in (("web.country", "NL"), ("web.provider", "polderhost"), ("web.jurisdiction", "EU"), ("edge.country", "NL")):
        assert scene.judge(key, value).status is Status.NOT_MEASURED
    assert scene.judge("edge.provider", "cloudflare", negated=True).status is Status.NOT_MEASURED
