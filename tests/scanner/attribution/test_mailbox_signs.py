"""Where the mailboxes are: what names the platform, and what only hints at it."""

from __future__ import annotations

from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.observation import ChainEnd, DnsChain, SpfTerm
from herkomst.scanner.model.placement import Layer, Placement
from herkomst.scanner.names import WILDCARD_LABEL
from scene import Scene

NAME = "voorbeeld.example"
GATEWAY = "mx.poortwachter.example"
MICROSOFT, GOOGLE = "spf.protection.outlook.com", "aspmx.l.google.com"


def mailboxes(scene: Scene) -> list[Placement]:
    (picture,) = scene.pictures((NAME,))
    return [item for item in picture.placements if item.role is Role.MAIL_MAILBOX]


def providers(scene: Scene) -> list[str | None]:
    return [item.provider.provider if item.provider else None for item in mailboxes(scene)]


def behind_gateway() -> Scene:
    return Scene().mx(NAME, GATEWAY).host(GATEWAY, "192.0.2.25").origin("192.0.2.25", 64499)


def test_an_spf_include_behind_a_gateway_names_the_platform() -> None:
    assert providers(behind_gateway().spf(NAME, MICROSOFT)) == ["microsoft-365"]


def test_an_spf_include_beside_an_own_server_names_no_platform() -> None:
    scene = Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", "192.0.2.25").origin("192.0.2.25", 64500).spf(NAME, MICROSOFT)
    assert providers(scene) == [None]
    (placement,) = mailboxes(scene)
    assert [sign.party.provider for sign in placement.service_signs] == ["microsoft-365"]


def test_two_platforms_are_two_placements_and_the_stronger_sign_does_not_hide_the_other() -> None:
    scene = Scene().mx(NAME, GOOGLE).host(GOOGLE, "192.0.2.25").origin("192.0.2.25", 64499)
    scene.autodiscover(NAME, "autodiscover.outlook.com", "192.0.2.26")
    assert providers(scene) == ["google-workspace", "microsoft-365"]


def test_an_alias_names_the_platform_even_where_its_target_has_no_address() -> None:
    scene = behind_gateway()
    scene.see(NAME, DnsChain(f"autodiscover.{NAME}", ("autodiscover.outlook.com",), ChainEnd.NODATA))
    assert providers(scene) == ["microsoft-365"]


def test_a_selector_that_only_a_wildcard_answers_names_no_platform() -> None:
    target = "selector1._domainkey.voorbeeld.onmicrosoft.com"
    scene = behind_gateway().dkim(NAME, "selector1", target)
    assert providers(scene) == ["microsoft-365"]
    assert providers(scene.dkim(NAME, WILDCARD_LABEL, target)) == [None]


def test_a_token_alone_names_no_platform() -> None:
    scene = behind_gateway().rrset(NAME, "TXT", "MS=ms12345678")
    assert providers(scene) == [None]
    assert [sign.party.provider for sign in mailboxes(scene)[0].contract_signs] == ["microsoft-365"]


# -- beside an own server: two independent signs, or a hint -----------------------------------------------------------

SELECTOR_TARGET = "selector1-voorbeeld-example._domainkey.voorbeeld.onmicrosoft.com"


def behind_own_server() -> Scene:
    return Scene().mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", "192.0.2.25").origin("192.0.2.25", 64500)


def hints(scene: Scene) -> list[tuple[str, list[str | None]]]:
    return [(item.endpoint, [sign.party.provider for sign in item.service_signs]) for item in mailboxes(scene)]


def test_a_selector_and_a_sign_of_the_set_up_are_independent_and_name_the_platform() -> None:
    for scene in (
        behind_own_server().rrset(NAME, "TXT", "MS=ms12345678"),
        behind_own_server().spf(NAME, MICROSOFT),
        behind_own_server().autodiscover(NAME, "autodiscover.outlook.com", "192.0.2.26"),
    ):
        assert providers(scene.dkim(NAME, "selector1", SELECTOR_TARGET)) == ["microsoft-365"]


def test_what_one_page_of_a_set_up_asks_for_is_one_act_and_leaves_two_candidates() -> None:
    scene = behind_own_server().spf(NAME, MICROSOFT).autodiscover(NAME, "autodiscover.outlook.com", "192.0.2.26")
    assert providers(scene) == [None, None]
    assert hints(scene) == [(f"mx.{NAME}", ["microsoft-365"]), ("autodiscover.outlook.com", ["microsoft-365"])]


def test_two_selectors_are_one_sign() -> None:
    scene = behind_own_server().dkim(NAME, "selector1", SELECTOR_TARGET)
    scene.dkim(NAME, "selector2", SELECTOR_TARGET.replace("selector1", "selector2"))
    assert providers(scene) == [None, None]


def test_one_of_several_mail_hosts_that_may_hold_mailboxes_is_enough_for_doubt() -> None:
    scene = Scene().mx(NAME, GATEWAY, f"mx.{NAME}").host(GATEWAY, "192.0.2.25").host(f"mx.{NAME}", "192.0.2.24")
    assert providers(scene.autodiscover(NAME, "autodiscover.outlook.com", "192.0.2.26")) == [None, None]


def test_a_hint_shows_no_platform_behind_the_own_server_and_two_signs_do() -> None:
    def layer(scene: Scene) -> Layer:
        (picture,) = scene.pictures((NAME,))
        return next(item.layer for item in picture.placements if item.role is Role.MAIL_INBOUND)

    scene = behind_own_server().dkim(NAME, "selector1", SELECTOR_TARGET)
    assert layer(scene) is Layer.ORIGIN
    assert layer(scene.rrset(NAME, "TXT", "MS=ms12345678")) is Layer.EDGE


def test_an_own_autodiscover_host_behind_a_gateway_is_another_candidate_than_the_policys() -> None:
    scene = behind_gateway().spf(NAME, MICROSOFT)
    assert providers(scene) == ["microsoft-365"]
    assert providers(scene.host(f"autodiscover.{NAME}", "192.0.2.30").origin("192.0.2.30", 64500)) == [None]


def test_a_token_written_as_an_mx_is_no_mail_host() -> None:
    scene = Scene().mx(NAME, GATEWAY, "ms1.msv1.invalid").host(GATEWAY, "192.0.2.25").origin("192.0.2.25", 64499)
    (picture,) = scene.pictures((NAME,))
    assert [item.endpoint for item in picture.placements if item.role is Role.MAIL_INBOUND] == [GATEWAY]
    assert providers(scene) == [None]
    assert [sign.detail for sign in mailboxes(scene)[0].contract_signs] == ["ms1.msv1.invalid"]
    assert providers(scene.spf(NAME, MICROSOFT)) == ["microsoft-365"]


def test_a_token_written_as_an_mx_stays_a_token_where_a_resolver_says_that_it_leads_somewhere() -> None:
    scene = Scene().mx(NAME, GATEWAY, "ms1.msv1.invalid").host(GATEWAY, "192.0.2.25").origin("192.0.2.25", 64499)
    scene.host("ms1.msv1.invalid", "192.0.2.30", via=("voorbeeld.mail.protection.outlook.com",))
    (picture,) = scene.pictures((NAME,))
    assert [item.endpoint for item in picture.placements if item.role is Role.MAIL_INBOUND] == [GATEWAY]
    assert providers(scene) == [None]


# -- SPF: whose policy speaks ----------------------------------------------------------------------------------------


def test_an_include_in_another_partys_policy_says_nothing_of_the_mailbox() -> None:
    scene = behind_gateway().spf(NAME, "spf.bulkmail.example")
    scene.see(NAME, SpfTerm(NAME, (NAME, "spf.bulkmail.example"), "+", "include", MICROSOFT))
    assert providers(scene) == [None]


def test_an_include_in_the_organisations_own_policy_counts_at_any_depth() -> None:
    scene = behind_gateway().spf(NAME, f"_spf.{NAME}")
    scene.see(NAME, SpfTerm(NAME, (NAME, f"_spf.{NAME}"), "+", "include", MICROSOFT))
    assert providers(scene) == ["microsoft-365"]


def test_a_policy_that_a_service_keeps_for_the_organisation_is_its_own() -> None:
    kept = "_s1234.beleidshuis.example"
    scene = behind_gateway().spf(NAME, kept)
    scene.see(NAME, SpfTerm(NAME, (NAME, kept), "+", "include", MICROSOFT))
    assert providers(scene) == ["microsoft-365"]


def test_an_include_that_a_dns_host_adds_by_itself_proves_nothing() -> None:
    assert providers(behind_gateway().spf(NAME, "spf.naamhuis.example")) == [None]


def test_a_selectors_target_written_without_its_last_dot_still_names_the_tenant() -> None:
    assert providers(behind_gateway().dkim(NAME, "selector1", f"{SELECTOR_TARGET}.{NAME}")) == ["microsoft-365"]


# -- three layers ----------------------------------------------------------------------------------------------------


def test_a_hyperscaler_under_a_self_run_server_is_the_network_and_not_the_provider() -> None:
    mx = f"mx.{NAME}"
    scene = (
        Scene()
        .mx(NAME, mx)
        .host(mx, "192.0.2.25")
        .range("192.0.2.25", "aws", "eu-west-1", "eu-west-1")
        .origin("192.0.2.25", 16509)
    )
    (picture,) = scene.pictures((NAME,))
    for role in (Role.MAIL_INBOUND, Role.MAIL_MAILBOX):
        (placement,) = [item for item in picture.placements if item.role is role]
        assert placement.provider is None
        assert placement.network is not None
        assert placement.network.party is not None
        assert placement.network.party.provider == "aws"


def test_gateway_platform_and_network_owner_are_three_parties() -> None:
    scene = Scene().mx(NAME, GATEWAY).host(GATEWAY, "192.0.2.25").range("192.0.2.25", "aws", "eu-west-1", "eu-west-1")
    scene.origin("192.0.2.25", 16509).dkim(NAME, "selector1", SELECTOR_TARGET)
    (picture,) = scene.pictures((NAME,))
    (inbound,) = [item for item in picture.placements if item.role is Role.MAIL_INBOUND]
    assert inbound.layer is Layer.EDGE
    assert inbound.network is not None
    parties = [inbound.provider, inbound.network.party, mailboxes(scene)[0].provider]
    assert [party.provider if party else None for party in parties] == ["poortwachter", "aws", "microsoft-365"]
