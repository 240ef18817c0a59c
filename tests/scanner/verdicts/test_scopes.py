"""Of what a claim speaks: assets, roles, parts, the kinds of assets, and what is declared absent."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.claim import Role, SaidBy, Scope, ScopePart
from herkomst.scanner.model.observation import DnsNoAnswer, IpLocation, IpOrigin, NoAnswer
from herkomst.scanner.model.verdict import Confidence, Reason, Status, Verdict, WouldChange
from scene import Scene

NAME, ELSEWHERE = "voorbeeld.example", "elders.voorbeeld.example"
IP, OTHER = "192.0.2.1", "192.0.2.65"
ACCOUNT, CLUSTER, NETWORK = "111122223333", "productie", "203.0.113.0/24"


def two_hosts() -> Scene:
    """One host in the Netherlands, sure enough to confirm; another in Ireland."""
    scene = Scene().host(NAME, IP).range(IP, "azure", "westeurope").rtt(IP, 0.6, "NL")
    return scene.host(ELSEWHERE, OTHER).range(OTHER, "azure", "northeurope")


def judged(scene: Scene, key: str, scope: Scope, *values: str, assets: tuple[str, ...] = (NAME, ELSEWHERE)) -> Verdict:
    return scene.judge(key, *(values or ("NL",)), assets=assets, scope=scope)


def test_a_claim_without_a_scope_speaks_of_every_asset() -> None:
    assert judged(two_hosts(), "web.country", Scope()).status is Status.CONTRADICTED


def test_a_claim_about_one_asset_is_not_contradicted_by_another() -> None:
    verdict = judged(two_hosts(), "web.country", Scope(assets=(NAME,)))
    assert (verdict.status, verdict.subject) == (Status.CONFIRMED, NAME)


def test_a_claim_about_named_parts_is_not_contradicted_by_what_lies_in_none_of_them() -> None:
    verdict = judged(two_hosts(), "web.country", Scope(parts=(ScopePart("productie", (NAME,)),)))
    assert verdict.status is Status.CONFIRMED
    assert {part.scope_part for part in verdict.parts} == {"productie"}


def test_a_claim_about_some_roles_of_a_group_can_be_confirmed_by_them() -> None:
    assert judged(two_hosts(), "hosting.country", Scope((NAME,), (Role.WEB,))).status is Status.CONFIRMED
    assert judged(two_hosts(), "hosting.country", Scope((NAME,))).reason is Reason.ROLES_NOT_OBSERVED


def test_the_list_of_subprocessors_keeps_to_the_roles_and_parts_of_its_scope() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64510).host(ELSEWHERE, OTHER).origin(OTHER, 64511).spf(NAME, "spf.bulkmail.example")
    assert judged(scene, "subprocessors", Scope((NAME,), (Role.WEB,)), "polderhost").status is Status.CONSISTENT
    assert judged(scene, "subprocessors", Scope((NAME,)), "polderhost").observed == ("bulkmail", "polderhost")
    parts = (ScopePart("een", (NAME,)), ScopePart("twee", (ELSEWHERE,)))
    assert judged(scene, "subprocessors", Scope(parts=parts), "polderhost", "bulkmail").status is Status.PARTLY


def test_a_role_that_is_neither_seen_nor_declared_absent_keeps_a_group_from_being_confirmed() -> None:
    scene = two_hosts()
    scene.absent_roles = frozenset({Role.COMPUTE, Role.STORAGE, Role.DATABASE})
    verdict = judged(scene, "hosting.country", Scope((NAME,)))
    assert (verdict.status, verdict.reason, verdict.would_change) == (
        Status.CONSISTENT,
        Reason.ROLES_NOT_OBSERVED,
        WouldChange.DECLARE_ABSENT_ROLES,
    )


# -- accounts and clusters: declared, and no collector looks into them yet -----------------------------------------------------

INSIDE_CLAIMS = [
    "hosting.country",
    "compute.country",
    "storage.country",
    "database.region",
    "backup.country",
    "keys.custody",
    "images.provider",
    "images.source",
    "telemetry.jurisdiction",
    "identity.provider",
    "edge.provider",
    "subprocessors",
    "inventory.complete",
    "lockin.managed-services",
    "access.country",
]


@pytest.mark.parametrize("key", INSIDE_CLAIMS)
@pytest.mark.parametrize("asset", [ACCOUNT, CLUSTER])
def test_a_declared_account_or_cluster_is_not_collected_and_never_forgotten(key: str, asset: str) -> None:
    for assets in ((asset,), (NAME, asset)):
        verdict = two_hosts().judge(key, "NL", "azure", assets=assets, document="verklaring.pdf")
        assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.NOT_COLLECTED), assets
        assert verdict.retryable is False
        assert verdict.would_change is WouldChange.INSTALL_COLLECTOR
        assert verdict.coverage.measured < verdict.coverage.targets


def test_what_an_account_cannot_show_is_judged_without_it() -> None:
    scene = two_hosts().mx(NAME, NAME)
    assert scene.judge("mail.inbound.country", "NL", assets=(NAME, ACCOUNT)).status is Status.CONFIRMED
    assert scene.judge("hosting.country", "NL", assets=(ELSEWHERE, ACCOUNT)).status is Status.CONTRADICTED
    scope = Scope(assets=(NAME,))
    assert scene.judge("web.country", "NL", assets=(NAME, ACCOUNT), scope=scope).status is Status.CONFIRMED
    assert scene.judge("subprocessors", "azure", assets=(NAME, ACCOUNT), scope=scope).status is Status.CONSISTENT


def test_an_account_that_was_not_read_may_hold_an_edge_whose_origin_is_elsewhere() -> None:
    verdict = two_hosts().judge("web.country", "NL", assets=(NAME, ACCOUNT))
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.NOT_COLLECTED)


def test_a_cluster_that_is_a_part_of_the_scope_is_in_it() -> None:
    scope = Scope(parts=(ScopePart("web", (NAME,)), ScopePart("cluster", cluster=CLUSTER)))
    verdict = two_hosts().judge("hosting.country", "NL", assets=(NAME, CLUSTER), scope=scope)
    assert verdict.status is Status.NOT_MEASURED
    assert {part.scope_part for part in verdict.parts} == {"web", "cluster"}


# -- addresses and networks ----------------------------------------------------------------------------------------------------


def test_an_address_is_computing_and_never_shows_all_that_computes() -> None:
    scene = Scene().range(IP, "azure", "westeurope").rtt(IP, 0.6, "NL")
    verdict = scene.judge("compute.country", "NL", assets=(IP,))
    assert (verdict.status, verdict.would_change) == (Status.CONSISTENT, WouldChange.INSIDE_ACCESS)
    assert scene.judge("hosting.country", "NL", assets=(IP,)).reason is Reason.ROLES_NOT_OBSERVED
    assert scene.judge("compute.country", "DE", assets=(IP,)).status is Status.CONTRADICTED


def test_every_part_of_a_declared_network_is_judged() -> None:
    scene = Scene()
    for part, asn in (("203.0.113.0-203.0.113.127", 64510), ("203.0.113.128-203.0.113.255", 64511)):
        scene.see(NETWORK, IpOrigin(part, "203.0.113.0/24", (asn,), ("",), "asn"))
        scene.see(NETWORK, IpLocation(part, "203.0.113.0/24", "NL", "location"))
    verdict = scene.judge("compute.jurisdiction", "EU", assets=(NETWORK,))
    assert {part.addresses for part in verdict.parts} == {("203.0.113.0-203.0.113.127",), ("203.0.113.128-203.0.113.255",)}
    network = scene.judge("compute.network", "polderhost", assets=(NETWORK,))
    assert (network.status, network.observed) == (Status.CONTRADICTED, ("duinhost", "polderhost"))


def test_a_network_that_mixes_too_much_is_not_measured() -> None:
    scene = Scene().fail_target(NETWORK, ("ip.range", "ip.origin", "rdap.network"), "ip_ownership")
    for key in ("compute.country", "compute.network", "compute.provider", "compute.jurisdiction"):
        assert scene.judge(key, "NL", assets=(NETWORK,)).status is Status.NOT_MEASURED


@pytest.mark.parametrize("use", ["private", "loopback", "documentation"])
def test_an_address_of_special_use_names_nobody(use: str) -> None:
    scene = Scene().host(NAME, IP).special(IP, use)
    for key in ("web.country", "web.region", "web.provider", "web.network", "web.owner", "web.jurisdiction"):
        verdict = scene.judge(key, "NL")
        assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE), key


# -- paper ---------------------------------------------------------------------------------------------------------------------

UNSEEN = ["registrar.provider", "registrar.country", "storage.country", "keys.country", "identity.provider", "compute.country"]


@pytest.mark.parametrize("key", UNSEEN)
def test_a_claim_on_a_role_that_nothing_observes_is_attested_by_a_document_and_else_not_observable(key: str) -> None:
    bare = two_hosts().judge(key, "NL")
    assert (bare.status, bare.reason) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)
    with_document = two_hosts().judge(key, "NL", document="verklaring.pdf")
    assert (with_document.status, with_document.reason) == (Status.ATTESTED, None)


def test_a_requirement_attests_nothing_by_naming_where_it_was_written() -> None:
    for said_by, status in ((SaidBy.POLICY, Status.UNVERIFIABLE), (SaidBy.SUPPLIER_RESPONSE, Status.ATTESTED)):
        assert two_hosts().judge("storage.country", "NL", said_by=said_by, source="brief, p. 2").status is status


@pytest.mark.parametrize("key", ["web.country", "hosting.jurisdiction", "subprocessors", "inventory.complete"])
def test_a_system_without_assets_has_nothing_to_ask(key: str) -> None:
    verdict = Scene().judge(key, "NL", assets=())
    assert (verdict.status, verdict.reason, verdict.would_change) == (
        Status.UNVERIFIABLE,
        Reason.NO_ENDPOINT,
        WouldChange.DECLARE_ASSETS,
    )
    assert Scene().judge(key, "NL", assets=(), document="verklaring.pdf").status is Status.ATTESTED


@pytest.mark.parametrize("key", ["web.country", "web.jurisdiction", "subprocessors"])
def test_an_expired_claim_about_what_was_measured_is_paper_past_its_date_and_not_contradicted(key: str) -> None:
    scene = two_hosts()
    yesterday = scene.on.replace(day=scene.on.day - 1)
    verdict = scene.judge(key, "DE", assets=(ELSEWHERE,), document="verklaring.pdf", valid_until=yesterday)
    assert (verdict.status, verdict.reason, verdict.would_change) == (Status.ATTESTED, Reason.EXPIRED, WouldChange.DOCUMENT)
    assert verdict.parts == ()
    assert scene.judge(key, "DE", assets=(ELSEWHERE,), valid_until=scene.on).status is Status.CONTRADICTED


def test_a_document_speaks_for_where_a_mailbox_platform_keeps_the_data_since_nothing_can_be_asked() -> None:
    mx = "voorbeeld-example.mail.protection.outlook.com"
    scene = Scene().mx(NAME, mx).host(mx, IP).range(IP, "azure", "northeurope")
    assert scene.judge("mail.mailbox.country", "NL", source="offerte p. 3").status is Status.UNVERIFIABLE
    verdict = scene.judge("mail.mailbox.country", "NL", document="verklaring.pdf")
    assert (verdict.status, verdict.confidence) == (Status.ATTESTED, Confidence.LOW)
    assert verdict.parts
    assert scene.judge("mail.inbound.country", "NL", document="verklaring.pdf").status is Status.CONTRADICTED
    scene.fail(f"selector1._domainkey.{NAME}", "CNAME")
    assert scene.judge("mail.mailbox.provider", "self", document="verklaring.pdf").status is Status.CONTRADICTED


# -- "none" --------------------------------------------------------------------------------------------------------------------


def test_a_claim_that_there_is_none_is_consistent_where_none_is_seen() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64500, "GEM").rdap(IP, "Gemeente Voorbeeld", "NL")
    for key in ("edge.provider", "mail.outbound.provider", "subprocessors"):
        verdict = scene.judge(key)
        assert (verdict.status, verdict.confidence) == (Status.CONSISTENT, Confidence.LOW), key


def test_a_claim_that_there_is_none_is_contradicted_by_the_first_one() -> None:
    scene = Scene().host(NAME, IP, via=("voorbeeld.cdn.cloudflare.net",)).origin(IP, 13335).spf(NAME, "spf.bulkmail.example")
    for key in ("edge.provider", "mail.outbound.provider", "subprocessors"):
        assert scene.judge(key).status is Status.CONTRADICTED, key


@pytest.mark.parametrize("key", ["edge.provider", "mail.outbound.provider", "subprocessors", "inventory.complete"])
def test_a_name_that_does_not_exist_has_nothing_to_compare(key: str) -> None:
    scene = Scene().absent(NAME).see(NAME, DnsNoAnswer(NAME, "MX", NoAnswer.NXDOMAIN))
    verdict = scene.judge(key, *(("yes",) if key == "inventory.complete" else ()))
    assert (verdict.status, verdict.reason) == (Status.UNVERIFIABLE, Reason.NO_ENDPOINT)


def test_a_claim_about_edges_where_there_is_none_has_no_endpoint() -> None:
    scene = Scene().host(NAME, IP).origin(IP, 64510)
    assert scene.judge("edge.provider", "cloudflare").reason is Reason.NO_ENDPOINT
    assert scene.judge("edge.provider", "cloudflare", negated=True).status is Status.CONSISTENT
