"""What must hold for every verdict, whatever was seen: tried on random scenes."""

from __future__ import annotations

import os
import random

import pytest
from herkomst.config.vocabulary import best_possible_status
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.model.claim import GROUPS, Claim, Operator, SaidBy, Scope, ScopePart
from herkomst.scanner.model.location import Grade
from herkomst.scanner.model.placement import Layer
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange
from hypothesis import given, settings
from hypothesis import strategies as st
from random_scenes import NAME, Story, claims, stories
from scene import Scene

EXAMPLES = int(os.environ.get("HERKOMST_EXAMPLES", "20"))
CLAIMS_A_SCENE = 12
STRONG, STRONG_HOST = "203.0.113.9", f"sterk.{NAME}"
IP = "192.0.2.1"


@st.composite
def stories_with_claims(draw: st.DrawFn) -> tuple[Story, list[Claim]]:
    story = draw(stories())
    return story, draw(st.lists(claims(story.assets), min_size=CLAIMS_A_SCENE, max_size=CLAIMS_A_SCENE))


@settings(max_examples=EXAMPLES, deadline=None)
@given(told=stories_with_claims(), seed=st.integers(0, 2**16))
def test_the_order_of_evidence_never_matters(told: tuple[Story, list[Claim]], seed: int) -> None:
    story, listed = told
    shuffled = story.observations()
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a shuffle for a test
    assert story.judge(listed) == story.judge(listed, Evidence(shuffled, story.scene.failures, story.scene.not_asked))


@settings(max_examples=EXAMPLES, deadline=None)
@given(told=stories_with_claims())
def test_no_verdict_is_better_than_the_vocabulary_promises(told: tuple[Story, list[Claim]]) -> None:
    story, listed = told
    for claim, verdict in zip(listed, story.judge(listed), strict=True):
        best = best_possible_status(claim.key).rank
        if claim.key.rpartition(".")[0] in GROUPS and (story.scene.absent_roles or claim.scope.roles):
            best = Status.CONFIRMED.rank  # what remains of a group can reach what its roles can
        assert verdict.status.rank <= best, (claim, verdict.status)


@settings(max_examples=EXAMPLES, deadline=None)
@given(told=stories_with_claims())
def test_every_verdict_says_what_a_reader_needs(told: tuple[Story, list[Claim]]) -> None:
    story, listed = told
    known = {observation.id for observation in story.observations()}
    for verdict in story.judge(listed):
        assert set(verdict.evidence) <= known
        assert verdict.coverage.measured <= verdict.coverage.targets
        assert (verdict.reason is None) <= (verdict.status in (Status.CONFIRMED, Status.CONSISTENT, Status.ATTESTED))
        assert (verdict.retryable is None) == (verdict.status is not Status.NOT_MEASURED)
        if verdict.status is Status.CONFIRMED:
            assert verdict.reason is verdict.would_change is None
            assert all(part.status is Status.CONFIRMED for part in verdict.parts)
            assert verdict.evidence or verdict.claim.startswith("tld.")
        if verdict.status in (Status.UNVERIFIABLE, Status.CONTRADICTED, Status.PARTLY):
            assert verdict.would_change is not None, (verdict.claim, verdict.reason)


@settings(max_examples=EXAMPLES, deadline=None)
@given(story=stories())
def test_a_placement_shows_no_place_where_there_is_none_to_show(story: Story) -> None:
    for picture in story.scene.pictures(story.assets):
        for placement in picture.placements:
            hidden = placement.fronted or placement.anycast
            assert not hidden or placement.location.countries == ()
            assert placement.location.grade not in (Grade.E8, Grade.E9)
            assert (placement.layer is Layer.EDGE) <= (placement.layer_failures == ())
            assert set(placement.evidence) >= {sign.evidence for sign in placement.service_signs if sign.evidence}


# -- strong contradictions -----------------------------------------------------------------------------------------------------


def strong_place(scene: Scene) -> None:
    scene.host(STRONG_HOST, STRONG).range(STRONG, "aws", "eu-central-1", "eu-central-1-ist-1").origin(STRONG, 16509)


def strong_parent(scene: Scene) -> None:
    scene.host(STRONG_HOST, STRONG).origin(STRONG, 64505).rdap(STRONG, "Overgenomen B.V.", "NL")


def strong_alias(scene: Scene) -> None:
    scene.host(STRONG_HOST, STRONG, via=("x.cdn.cloudflare.net",)).origin(STRONG, 13335).rdap(STRONG, "Cloudflare, Inc.")


def strong_mail(scene: Scene) -> None:
    scene.mx(STRONG_HOST, "mx.poortwachter.example").host("mx.poortwachter.example", STRONG).origin(STRONG, 16509)


def strong_name_server(scene: Scene) -> None:
    scene.rrset(STRONG_HOST, "NS", "ns9.polderhost.example").host("ns9.polderhost.example", STRONG).origin(STRONG, 64510)


def strong_sender(scene: Scene) -> None:
    scene.spf(STRONG_HOST, "spf.bulkmail.example")


STRONG_SIGNS = [
    (strong_place, "web.country", "NL"),
    (strong_place, "web.country", "EU"),
    (strong_place, "hosting.country", "EU"),
    (strong_place, "web.region", "westeurope"),
    (strong_parent, "web.jurisdiction", "EU"),
    (strong_parent, "hosting.jurisdiction", "NL"),
    (strong_parent, "web.owner", "NL"),
    (strong_parent, "web.network", "polderhost"),
    (strong_parent, "subprocessors", "polderhost"),
    (strong_alias, "web.provider", "polderhost"),
    (strong_alias, "edge.provider", "bulkmail"),
    (strong_alias, "edge.jurisdiction", "EU"),
    (strong_mail, "mail.inbound.provider", "self"),
    (strong_mail, "mail.inbound.jurisdiction", "NL"),
    (strong_mail, "inventory.complete", "no"),
    (strong_name_server, "dns.provider", "self"),
    (strong_sender, "mail.outbound.provider", "self"),
    (strong_sender, "subprocessors", "polderhost"),
]


@pytest.mark.parametrize(("tell", "key", "value"), [row for row in STRONG_SIGNS if row[1] != "inventory.complete"])
@settings(max_examples=max(3, EXAMPLES // 8), deadline=None)
@given(story=stories())
def test_adding_a_strong_contradiction_gives_contradicted_or_partly(tell, key: str, value: str, story: Story) -> None:  # type: ignore[no-untyped-def]  # a function of the list above
    scene, assets = story.scene, (*story.assets, STRONG_HOST)
    scene.not_asked = ()
    tell(scene)
    scopes = (Scope(), Scope(parts=tuple(ScopePart(name, (name,)) for name in assets)))
    listed = [Claim(key, Operator.IS, (value,), SaidBy.SUPPLIER, scope=scope) for scope in scopes]
    whole, in_parts = Story(scene, assets).judge(listed)
    assert whole.status is Status.CONTRADICTED
    assert in_parts.status in (Status.CONTRADICTED, Status.PARTLY)
    assert whole.would_change in (WouldChange.SUPPLIER_RESPONSE, WouldChange.DECLARE_ASSETS)


# -- evidence ------------------------------------------------------------------------------------------------------------------


def test_sources_of_one_family_count_once() -> None:
    table = Scene().host(NAME, IP).location(IP, "NL")
    once = table.judge("web.country", "NL").confidence
    twice = table.geofeed(IP, "NL").judge("web.country", "NL").confidence
    other_family = table.ptr(IP, "web.ams1.hosting.example").judge("web.country", "NL").confidence
    assert (once, twice, other_family) == (Confidence.LOW, Confidence.LOW, Confidence.MEDIUM)


def test_registration_says_nothing_of_the_place_however_often_it_is_said() -> None:
    scene = Scene().host(NAME, IP).registration(IP, "NL").rdap(IP, "Onbekend B.V.", "NL")
    assert scene.judge("web.country", "NL").reason is Reason.REGISTRATION_ONLY
    assert scene.judge("web.country", "DE").reason is Reason.REGISTRATION_ONLY


def test_known_anycast_stays_anycast_where_a_disc_lies_in_the_country() -> None:
    address = "198.51.100.3"
    scene = Scene().host(NAME, address).rtt(address, 0.6, "NL").location(address, "NL")
    for value in ("NL", "DE"):
        assert scene.judge("web.country", value).reason is Reason.ANYCAST


def test_a_reverse_code_that_a_disc_confirms_is_worth_more_than_one_alone() -> None:
    scene = Scene().host(NAME, IP).ptr(IP, "web.ams1.hosting.example")
    assert scene.judge("web.country", "NL").confidence is Confidence.LOW
    reached = scene.rtt(IP, 3.0, "NL", "BE")
    assert reached.judge("web.country", "NL").confidence is Confidence.MEDIUM


def test_published_sites_count_only_with_a_source_and_in_one_country() -> None:
    assert Scene().host(NAME, IP).origin(IP, 64510).judge("web.country", "NL").status is Status.CONSISTENT
    assert Scene().host(NAME, IP).origin(IP, 64516).judge("web.country", "NL").status is Status.UNVERIFIABLE
    assert Scene().host(NAME, IP).origin(IP, 64517).judge("web.country", "NL").status is Status.UNVERIFIABLE
