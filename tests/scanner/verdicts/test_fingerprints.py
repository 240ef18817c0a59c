"""The id of a verdict: the same in every run, and another as soon as another thing is claimed by another of another."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from herkomst.scanner.model.claim import Organisation, Role, SaidBy, Scope, ScopePart
from herkomst.scanner.model.verdict import Status
from scene import Scene

NAME, OTHER = "voorbeeld.example", "elders.example"
IP = "192.0.2.1"


def scene() -> Scene:
    return Scene().host(NAME, IP).location(IP, "NL")


def test_an_id_does_not_depend_on_what_was_seen_or_when() -> None:
    first = scene().judge("web.country", "NL")
    later = replace(scene(), on=scene().on.replace(year=2027)).judge("web.country", "NL")
    other_world = Scene().host(NAME, IP).location(IP, "DE").judge("web.country", "NL")
    failed = Scene().fail(NAME, "A").fail(NAME, "AAAA").judge("web.country", "NL")
    assert {first.id} == {later.id, other_world.id, failed.id}
    assert len({first.alert_key, other_world.alert_key, failed.alert_key}) == 3
    assert first.alert_key == later.alert_key


def test_an_id_does_not_depend_on_the_order_of_a_list() -> None:
    both = (ScopePart("een", (NAME, OTHER)), ScopePart("twee", (OTHER,)))
    turned = (ScopePart("twee", (OTHER,)), ScopePart("een", (OTHER, NAME)))
    one = scene().judge("hosting.country", "NL", "DE", scope=Scope((NAME, OTHER), (Role.WEB, Role.COMPUTE), both))
    two = scene().judge("hosting.country", "DE", "NL", scope=Scope((OTHER, NAME), (Role.COMPUTE, Role.WEB), turned))
    assert one.id == two.id


def test_an_id_differs_for_everything_that_makes_another_claim() -> None:
    elsewhere = replace(scene(), organisation=Organisation("Gemeente Elders"))
    ids = [
        scene().judge("web.country", "NL").id,
        scene().judge("hosting.country", "NL").id,
        scene().judge("web.jurisdiction", "NL").id,
        scene().judge("web.country", "DE").id,
        scene().judge("web.country", "NL", "DE").id,
        scene().judge("web.country", "NL", negated=True).id,
        scene().judge("web.country", "NL", said_by=SaidBy.POLICY).id,
        scene().judge("web.country", "NL", said_by=SaidBy.SUPPLIER_RESPONSE).id,
        scene().judge("web.country", "NL", scope=Scope((NAME,))).id,
        scene().judge("web.country", "NL", scope=Scope(roles=(Role.WEB,))).id,
        scene().judge("web.country", "NL", scope=Scope(parts=(ScopePart("een", (NAME,)),))).id,
        scene().judge("web.country", "NL", scope=Scope(parts=(ScopePart("twee", (NAME,)),))).id,
        elsewhere.judge("web.country", "NL").id,
    ]
    assert all(one != other for one, other in combinations(ids, 2))


def test_a_source_or_a_document_changes_the_evidence_for_a_claim_and_not_the_claim() -> None:
    assert scene().judge("web.country", "NL").id == scene().judge("web.country", "NL", source="offerte p. 3").id


def test_a_document_that_expires_is_a_new_alert_of_the_same_verdict() -> None:
    valid = scene().judge("development.country", "NL", document="verklaring.pdf", valid_until=scene().on)
    expired = replace(scene(), on=scene().on.replace(year=2028)).judge(
        "development.country", "NL", document="verklaring.pdf", valid_until=scene().on
    )
    assert valid.status is expired.status is Status.ATTESTED
    assert valid.id == expired.id
    assert valid.alert_key != expired.alert_key
