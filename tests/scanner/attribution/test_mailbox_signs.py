"""Where the mailboxes are: what names the platform, and what only hints at it."""

from __future__ import annotations

from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.observation import ChainEnd, DnsChain
from herkomst.scanner.model.placement import Placement
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
