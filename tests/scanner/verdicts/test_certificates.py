"""What certificates do to a verdict: an undeclared name in one is seen, one that could not be seen is not fine, and nothing else changes."""

from __future__ import annotations

import pytest
from herkomst.scanner.attribution.certificates import attribute_certificates
from herkomst.scanner.model.breadth import IPV6_CERTIFICATES, PARTS
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import RangeScope, TlsChain
from herkomst.scanner.model.verdict import NoteCode, Reason, Status, Verdict
from scene import TLS_KINDS, Scene

NAME = "voorbeeld.example"
WWW = f"www.{NAME}"
IP, OTHER = "192.0.2.1", "192.0.2.65"
CLAIMS = (
    ("web.country", "NL"),
    ("web.provider", "polderhost"),
    ("web.network", "polderhost"),
    ("web.owner", "NL"),
    ("web.jurisdiction", "EU"),
    ("edge.provider", "cloudflare"),
    ("ca.provider", "zegelhuis"),
    ("subprocessors", "polderhost"),
)


def inventory(scene: Scene, *assets: str, value: str = "yes") -> Verdict:
    return scene.judge("inventory.complete", value, assets=assets or (NAME,))


@pytest.mark.parametrize("owner", [NAME, WWW])
def test_an_undeclared_name_in_a_certificate_contradicts_a_complete_inventory(owner: str) -> None:
    scene = Scene().certificate(owner, IP, NAME, f"archief.{NAME}")
    verdict = inventory(scene)
    assert (verdict.status, verdict.reason, verdict.observed) == (
        Status.CONTRADICTED,
        Reason.UNDECLARED_NAME,
        (f"archief.{NAME}", NAME),
    )
    assert verdict.evidence
    assert (("name", f"archief.{NAME}"), ("origin", "certificate")) in [
        note.params for note in verdict.notes if note.code is NoteCode.NAME_SEEN
    ]
    assert inventory(scene, NAME, f"archief.{NAME}").status is Status.CONSISTENT


@pytest.mark.parametrize("names", [(NAME, WWW), (NAME, f"*.{NAME}"), (NAME, "elders.example", "www.elders.example"), ()])
def test_declared_names_wildcards_and_names_of_others_contradict_nothing(names: tuple[str, ...]) -> None:
    assert inventory(Scene().certificate(NAME, IP, *names)).status is Status.CONSISTENT


@pytest.mark.parametrize(("asset", "names"), [(f"zaken.{NAME}", (f"*.{NAME}", NAME)), (WWW, (WWW, NAME))])
def test_names_that_authorities_add_by_habit_accuse_nobody(asset: str, names: tuple[str, ...]) -> None:
    assert inventory(Scene().certificate(asset, IP, *names), asset).status is Status.CONSISTENT
    more = Scene().see(asset, TlsChain(asset, IP, 443, (*names, f"archief.{NAME}")))
    assert inventory(more, asset).reason is Reason.UNDECLARED_NAME


def test_the_domain_of_a_declared_name_is_a_name_like_any_other_where_it_was_asked_for_by_itself() -> None:
    scene = Scene().certificate(f"zaken.{NAME}", IP, f"zaken.{NAME}", NAME)
    assert inventory(scene, f"zaken.{NAME}").reason is Reason.UNDECLARED_NAME


@pytest.mark.parametrize(("key", "value"), CLAIMS)
@pytest.mark.parametrize("negated", [False, True])
def test_no_other_claim_is_changed_by_a_certificate_or_by_the_lack_of_one(key: str, value: str, negated: bool) -> None:
    def scene() -> Scene:
        return Scene().host(NAME, IP).origin(IP, 64510).location(IP, "NL").range(IP, "cloudflare", scope=RangeScope.EDGE)

    plain = scene().judge(key, value, negated=negated)
    shared = scene().certificate(NAME, IP, NAME, f"archief.{NAME}", "elders.example")
    switched_off = scene()
    switched_off.not_asked = TLS_KINDS
    for other in (
        shared,
        scene().certificate(NAME, IP, problem="cert_has_expired"),
        scene().fail_certificate(NAME, IP),
        switched_off,
    ):
        assert other.judge(key, value, negated=negated) == plain


@pytest.mark.parametrize("owner", [NAME, WWW])
def test_a_certificate_that_could_not_be_seen_may_hold_an_undeclared_name(owner: str) -> None:
    scene = Scene().certificate(NAME, IP, NAME).fail_certificate(owner, OTHER)
    for value in ("yes", "no"):
        verdict = inventory(scene, value=value)
        assert (verdict.status, verdict.reason, verdict.retryable) == (Status.NOT_MEASURED, Reason.TIMEOUT, True)


def test_another_assets_certificate_that_could_not_be_seen_is_that_assets() -> None:
    scene = Scene().certificate(NAME, IP, NAME).fail_certificate("derde.test", OTHER)
    assert inventory(scene).status is Status.CONSISTENT
    assert inventory(scene, NAME, "derde.test").status is Status.NOT_MEASURED


def test_a_failed_look_takes_no_contradiction_away() -> None:
    scene = Scene().certificate(NAME, IP, f"archief.{NAME}").fail_certificate(NAME, OTHER)
    assert inventory(scene).status is Status.CONTRADICTED


def test_a_domain_whose_certificates_were_lost_as_a_whole_target_is_not_measured() -> None:
    verdict = inventory(Scene().fail_target(NAME, TLS_KINDS, "tls"))
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.TIMEOUT)


@pytest.mark.parametrize("scene", [Scene().no_service(NAME, IP), Scene().certificate(NAME, IP, problem="hostname_mismatch")])
def test_a_closed_port_and_a_certificate_with_a_problem_are_answers_that_show_no_name(scene: Scene) -> None:
    assert inventory(scene).status is Status.CONSISTENT


@pytest.mark.parametrize("off", [TLS_KINDS, (IPV6_CERTIFICATES,)])
def test_certificates_that_are_switched_off_are_named_and_leave_the_inventory_measured(off: tuple[str, ...]) -> None:
    verdict = inventory(Scene(not_asked=off))
    assert (verdict.status, verdict.not_asked) == (Status.CONSISTENT, off[:1])


def test_certificates_that_the_breadth_left_out_could_have_shown_a_name() -> None:
    scene = Scene(not_asked=(*PARTS, *TLS_KINDS))
    certificates = attribute_certificates(NAME, scene.evidence((NAME,)))
    assert {failure.reason for failure in certificates.failures} == {FailureReason.NOT_ASKED}
    verdict = inventory(scene)
    assert (verdict.status, verdict.reason) == (Status.NOT_MEASURED, Reason.NOT_ASKED)
    assert "tls.chain" in verdict.not_asked


def test_a_name_that_two_certificates_hold_is_met_once() -> None:
    scene = Scene().certificate(NAME, IP, NAME, f"b.{NAME}").certificate(WWW, OTHER, f"b.{NAME}", f"a.{NAME}")
    certificates = attribute_certificates(NAME, scene.evidence((NAME,)))
    assert sorted(seen.name for seen in certificates.names) == [f"a.{NAME}", f"b.{NAME}", NAME]
    assert len(certificates.evidence) == 2
