"""The web endpoints of a name: addresses, aliases, and what its HTTPS record adds (RFC 9460)."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Layer, Placement
from herkomst.scanner.model.service_binding import ServiceBinding, read_service_binding
from herkomst.scanner.model.verdict import Reason, Status
from scene import Scene

NAME = "voorbeeld.example"
IP, OTHER = "192.0.2.1", "192.0.2.65"


def web(scene: Scene) -> list[Placement]:
    return [item for item in scene.pictures((NAME,))[0].placements if item.role is Role.WEB]


def here() -> Scene:
    return Scene().host(NAME, IP).range(IP, "azure", "westeurope").origin(IP, 8075)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0 cdn.example", ServiceBinding(0, "cdn.example", ())),
        ("1 . alpn=h2,h3 ipv4hint=192.0.2.1,192.0.2.2 ech ipv6hint=2001:db8::1", ServiceBinding(1, "", ("192.0.2.1", "192.0.2.2", "2001:db8::1"))),
        ("1 . ipv4hint=192.0.2.1,no,999.0.0.1", ServiceBinding(1, "", ("192.0.2.1",))),
        ("0 cdn.example ipv4hint=192.0.2.1", ServiceBinding(0, "cdn.example", ())),
        ("65535 a.example key65280=" + "x" * 9000, ServiceBinding(65535, "a.example", ())),
        ("1 a\\032b.example", None),
        ("x y", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_record_is_read_into_what_names_a_host_or_an_address(value: str, expected: ServiceBinding | None) -> None:
    assert read_service_binding(value) == expected


def test_a_target_is_a_further_endpoint_with_its_own_sign() -> None:
    scene = here().rrset(NAME, "HTTPS", "0 x.cdn.cloudflare.net").host("x.cdn.cloudflare.net", OTHER).origin(OTHER, 13335)
    assert [(item.endpoint, item.layer) for item in web(scene)] == [(NAME, Layer.ORIGIN), ("x.cdn.cloudflare.net", Layer.EDGE)]
    verdict = scene.judge("web.provider", "azure")
    assert (verdict.status, verdict.reason, verdict.observed) == (
        Status.CONTRADICTED,
        Reason.OTHER_PROVIDER,
        ("azure", "cloudflare"),
    )


def test_a_hint_is_one_more_address_of_the_endpoint() -> None:
    scene = here().rrset(NAME, "HTTPS", f"1 . ipv4hint={IP},{OTHER}").range(OTHER, "azure", "northeurope")
    assert {address for item in web(scene) for address in item.addresses} == {IP, OTHER}
    assert scene.judge("web.country", "NL").status is Status.CONTRADICTED


def test_a_record_that_says_what_is_known_already_adds_nothing() -> None:
    scene = here().rrset(NAME, "HTTPS", f"1 . alpn=h2 ipv4hint={IP}", f"2 {NAME}")
    assert web(scene)[0].addresses == (IP,)
    assert len(web(scene)) == 1
    assert scene.judge("web.country", "NL").status is Status.CONSISTENT


def test_a_name_without_addresses_but_with_a_target_is_not_absent() -> None:
    scene = Scene().rrset(NAME, "HTTPS", "0 www.polderhost.example").host("www.polderhost.example", IP).origin(IP, 64510)
    picture = scene.pictures((NAME,))[0]
    assert [item.endpoint for item in web(scene)] == ["www.polderhost.example"]
    assert Role.WEB not in {absence.role for absence in picture.absences}


def test_a_question_for_it_that_failed_leaves_the_web_not_measured() -> None:
    assert here().judge("web.country", "NL").status is Status.CONSISTENT
    verdict = here().fail(NAME, "HTTPS").judge("web.country", "NL")
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.TIMEOUT)
    assert here().fail(NAME, "HTTPS").judge("web.country", "DE").status is Status.CONTRADICTED


def test_a_name_that_does_not_exist_has_no_such_record_whatever_failed() -> None:
    assert Scene().absent(NAME).fail(NAME, "HTTPS").judge("web.country", "NL").reason is Reason.NO_ENDPOINT


def test_an_own_host_that_it_names_is_a_name_of_the_inventory() -> None:
    scene = here().rrset(NAME, "HTTPS", f"1 rand.{NAME}").host(f"rand.{NAME}", IP)
    assert [(seen.name, seen.origin) for seen in scene.pictures((NAME,))[0].names] == [(f"rand.{NAME}", "https")]
