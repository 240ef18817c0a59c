"""The outside view joined to an account: whose an address is, what is on AWS in no declared account, and what nobody mentions."""

from __future__ import annotations

import os

import pytest
from herkomst.scanner.model.claim import Operator, Scope
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.location import Grade
from herkomst.scanner.model.observation import RangeScope
from herkomst.scanner.model.verdict import NoteCode, Reason, Status, Verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from inside_account import NUMBER, REACHABLE, Account
from joined_account import NAME, Joined

HERE, THERE = "198.51.100.1", "198.51.100.17"
BALANCER = "zaken-1.eu-central-1.elb.amazonaws.com"
EDGE_NAME = "d111111abcdef8.cloudfront.net"
EXAMPLES = int(os.environ.get("HERKOMST_EXAMPLES", "8"))
"""Systems the property is tried on; each is judged again for every source that it can lose."""
RED = (Status.CONTRADICTED, Status.PARTLY)


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


def account(*regions: str) -> Account:
    return Account(regions or ("eu-central-1", "eu-west-1"), questions=REACHABLE)


def served(address: str = HERE, **more: object) -> Joined:
    joined = Joined(account())
    joined.scene.host(NAME, address)
    return joined.on_aws(address, **more)  # type: ignore[arg-type]  # the arguments of it


# -- what belongs to a listed resource ----------------------------------------------------------------------------


def test_a_consistent_outside_view_is_confirmed_by_the_machine_that_the_account_lists() -> None:
    joined = served()
    joined.account.open_instance(HERE)
    alone = Joined(joined.account, joined.scene, (NAME,))
    assert outcome(alone.judge("web.country", "DE")) == (Status.CONSISTENT, None)
    verdict = joined.judge("web.country", "DE")
    assert outcome(verdict) == (Status.CONFIRMED, None)
    assert joined.judge("web.region", "eu-central-1").status is Status.CONFIRMED
    (note,) = (note for note in verdict.notes if note.code is NoteCode.BELONGS_TO)
    assert dict(note.params) == {
        "endpoint": NAME,
        "resource": f"ec2:instance i-{HERE}",
        "region": "eu-central-1",
        "account": "********3333",
    }


def test_a_place_that_a_table_gives_is_refuted_by_the_region_of_the_listed_address() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE).origin(HERE, 16509, "AMAZON-02").location(HERE, "NL")
    assert joined.judge("web.country", "NL").status is Status.CONSISTENT
    joined.account.address(HERE, "eu-west-1")
    verdict = joined.judge("web.country", "NL")
    assert (*outcome(verdict), verdict.observed) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE, ("IE",))


def test_a_load_balancer_is_found_by_the_name_that_a_declared_name_leads_through() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE, via=(BALANCER,))
    joined.on_aws(HERE).account.load_balancer(BALANCER)
    assert joined.judge("web.country", "DE").status is Status.CONFIRMED
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.CONSISTENT, None)


def test_two_addresses_of_one_name_are_each_placed_by_their_own_machine() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE, THERE)
    joined.on_aws(HERE).on_aws(THERE)
    joined.account.open_instance(HERE)
    parts = {part.addresses: part.status for part in joined.judge("web.country", "DE").parts}
    assert parts == {(HERE,): Status.CONFIRMED, (THERE,): Status.CONSISTENT}


def test_an_address_that_the_world_finds_elsewhere_is_not_placed_by_an_account_that_lists_it() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE).origin(HERE, 64500).location(HERE, "NL")
    joined.account.open_instance(HERE, "eu-west-1a")
    assert joined.judge("web.country", "NL").status is Status.CONSISTENT


def test_an_edge_is_named_and_not_placed() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE, via=(EDGE_NAME,))
    joined.on_aws(HERE, "", services=("AMAZON", "CLOUDFRONT"), scope=RangeScope.EDGE)
    joined.account.distribution("zaken.elders.example", EDGE_NAME)
    assert joined.judge("web.country", "DE", scope=Scope(assets=(NAME,))).reason is Reason.FRONTED
    placement = next(item for picture in joined.pictures() for item in picture.placements if item.subject == NAME and item.joined)
    assert [item.what for item in placement.joined] == ["cloudfront:distribution"]
    assert all(item.grade is not Grade.E1 for item in placement.location_evidence)


def test_a_machine_on_an_outpost_is_nowhere_that_anybody_says() -> None:
    joined = served()
    joined.account.open_instance(HERE, outpost=f"arn:aws:outposts:eu-central-1:{NUMBER}:outpost/op-1")
    assert outcome(joined.judge("web.country", "DE")) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_who_offers_a_machine_is_not_changed_by_the_account_that_lists_it() -> None:
    joined = served()
    before = outcome(joined.judge("web.provider", "self"))
    joined.account.open_instance(HERE)
    assert outcome(joined.judge("web.provider", "self")) == before


def test_a_refused_question_that_could_have_shown_another_place_leaves_the_outside_view_unmeasured() -> None:
    joined = served()
    joined.account.lose("eu-central-1", "ec2:DescribeInstances")
    assert outcome(joined.judge("web.country", "DE")) == (Status.NOT_MEASURED, Reason.DENIED)
    elsewhere = served()
    elsewhere.account.lose("eu-west-1", "ec2:DescribeInstances")
    assert elsewhere.judge("web.country", "DE").status is Status.CONSISTENT


def test_without_a_declared_account_there_is_nothing_to_join() -> None:
    joined = Joined(account(), served().scene, (NAME,))
    assert joined.judge("web.country", "DE").status is Status.CONSISTENT
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.CONSISTENT, None)


def test_a_list_that_names_no_zone_adds_nothing_to_one_that_does() -> None:
    joined = served()
    joined.account.address(HERE, "").open_instance(HERE)
    assert joined.judge("web.country", "DE").status is Status.CONFIRMED


# -- on AWS, in no declared account ---------------------------------------------------------------------------------


def test_case_43_an_address_on_aws_in_no_inventoried_account_is_an_undeclared_party() -> None:
    joined = served()
    verdict = joined.judge("inventory.complete", "yes")
    assert (*outcome(verdict), verdict.observed) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY, (HERE,))


def test_case_43_is_not_measured_where_a_list_of_that_region_was_refused() -> None:
    joined = served()
    joined.account.lose("eu-central-1", "ec2:DescribeAddresses")
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.NOT_MEASURED, Reason.DENIED)


def test_case_43_stands_where_only_a_list_of_another_region_was_refused() -> None:
    joined = served()
    joined.account.lose("eu-west-1", "ec2:DescribeAddresses")
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)


def test_a_name_that_aws_gave_to_somebody_elses_load_balancer_is_an_undeclared_party() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE, via=(BALANCER,))
    verdict = joined.on_aws(HERE).judge("inventory.complete", "yes")
    assert (*outcome(verdict), verdict.observed) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY, (BALANCER,))


@pytest.mark.parametrize(("services", "scope"), [(("AMAZON", "S3"), RangeScope.REGIONAL), (("CLOUDFRONT",), RangeScope.EDGE)])
def test_an_address_that_many_customers_share_is_in_nobodys_list(services: tuple[str, ...], scope: RangeScope) -> None:
    joined = served(services=services, scope=scope)
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_a_name_of_a_service_that_is_not_read_is_in_nobodys_list_either() -> None:
    joined = Joined(account())
    joined.scene.host(NAME, HERE, via=("main.d1.amplifyapp.com",))
    verdict = joined.on_aws(HERE).judge("inventory.complete", "yes")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_the_mail_host_of_another_party_on_aws_is_no_part_of_the_inventory() -> None:
    joined = Joined(account())
    joined.scene.mx(NAME, "mx.filter.example").host("mx.filter.example", HERE)
    assert joined.on_aws(HERE).judge("inventory.complete", "yes").status is Status.CONSISTENT
    own = Joined(account())
    own.scene.mx(NAME, f"mx.{NAME}").host(f"mx.{NAME}", HERE)
    parts = own.on_aws(HERE).judge("inventory.complete", "yes").parts
    assert Reason.UNDECLARED_PARTY in {part.reason for part in parts}


def test_a_declared_address_is_looked_for_in_the_accounts_as_well() -> None:
    joined = Joined(account(), assets=(HERE, NUMBER)).on_aws(HERE)
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)
    joined.account.address(HERE)
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.CONSISTENT, None)


# -- open to the world, and not declared ------------------------------------------------------------------------------


def undeclared(joined: Joined) -> list[str]:
    verdict = joined.judge("inventory.complete", "yes", scope=Scope(assets=(NUMBER,)))
    return [f"{part.endpoint}: {', '.join(part.observed)}" for part in verdict.parts if part.reason is Reason.UNDECLARED_RESOURCE]


def test_a_public_resource_that_no_declaration_mentions_breaks_a_complete_inventory() -> None:
    joined = Joined(account())
    joined.account.load_balancer(BALANCER).public_database("zaken.c1.eu-central-1.rds.amazonaws.com").open_instance(THERE)
    verdict = joined.judge("inventory.complete", "yes")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.UNDECLARED_RESOURCE)
    assert undeclared(joined) == [
        f"ec2:instance i-{THERE} (eu-central-1): {THERE}",
        f"elbv2:loadbalancer loadbalancer/{BALANCER} (eu-central-1): {BALANCER}",
        "rds:db db:zaken.c1.eu-central-1.rds.amazonaws.com (eu-central-1): zaken.c1.eu-central-1.rds.amazonaws.com",
    ]


@pytest.mark.parametrize("asset", [THERE, "198.51.100.16/28"])
def test_a_resource_is_mentioned_by_its_address_or_the_network_around_it(asset: str) -> None:
    joined = Joined(account(), assets=(asset, NUMBER))
    joined.account.open_instance(THERE)
    assert undeclared(joined) == []


def test_what_stands_behind_a_mentioned_distribution_is_mentioned_with_it() -> None:
    joined = Joined(account())
    joined.account.distribution(BALANCER, EDGE_NAME, NAME).load_balancer(BALANCER)
    assert undeclared(joined) == []
    other = Joined(account())
    other.account.distribution(BALANCER, EDGE_NAME, "elders.example").load_balancer(BALANCER)
    assert len(undeclared(other)) == 2


def test_what_takes_no_requests_from_anywhere_needs_no_mention() -> None:
    joined = Joined(account())
    joined.account.public_database("intern", public=False).nat_gateway(HERE).address(HERE).interface(THERE).bucket("archief")
    assert undeclared(joined) == []


def test_an_interface_and_an_elastic_address_of_one_machine_are_one_thing() -> None:
    joined = Joined(account())
    joined.account.address(HERE).interface(HERE, requester="").open_instance(HERE)
    assert undeclared(joined) == [f"ec2:instance i-{HERE} (eu-central-1): {HERE}"]


def test_an_api_is_open_under_a_name_of_its_own_unless_a_declared_name_serves_its_region() -> None:
    joined = Joined(account())
    joined.account.api("abc123")
    assert undeclared(joined) == ["apigateway:restapi abc123 (eu-central-1): abc123.execute-api.eu-central-1.amazonaws.com"]
    joined.account.api_domain(NAME, "d-1.execute-api.eu-central-1.amazonaws.com")
    assert undeclared(joined) == []


def test_a_lost_answer_about_a_declared_name_accuses_no_resource() -> None:
    joined = Joined(account())
    joined.scene.fail(NAME, "A")
    joined.account.open_instance(THERE)
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.NOT_MEASURED, Reason.TIMEOUT)


def test_an_account_that_serves_other_systems_too_may_be_mentioned_by_them() -> None:
    joined = Joined(account(), shared=(NUMBER,))
    joined.account.open_instance(THERE)
    assert outcome(joined.judge("inventory.complete", "yes")) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


# -- never greener --------------------------------------------------------------------------------------------------

ZONES = ("eu-central-1a", "eu-west-1b")


@st.composite
def joined_systems(draw: st.DrawFn) -> Joined:
    joined = Joined(account(), assets=draw(st.sampled_from(((NAME, NUMBER), (NAME, HERE, NUMBER), (HERE, NUMBER)))))
    addresses = draw(st.sampled_from(((HERE,), (HERE, THERE))))
    joined.scene.host(NAME, *addresses, via=draw(st.sampled_from(((), (BALANCER,), (EDGE_NAME,), ("www.elders.example",)))))
    for address in addresses:
        match draw(st.sampled_from(("ec2", "s3", "edge", "table", "none"))):
            case "ec2":
                joined.on_aws(address, draw(st.sampled_from(("eu-central-1", "eu-west-1"))))
            case "s3":
                joined.on_aws(address, services=("AMAZON", "S3"))
            case "edge":
                joined.on_aws(address, "", services=("CLOUDFRONT",), scope=RangeScope.EDGE)
            case "table":
                joined.scene.origin(address, 16509, "AMAZON-02").location(address, "DE")
            case _:
                joined.scene.origin(address, 64500)
    inside = joined.account
    for address in (HERE, THERE):
        zone = draw(st.sampled_from(ZONES))
        if draw(st.booleans()):
            inside.open_instance(address, zone, draw(st.sampled_from(("", "arn:aws:outposts:op-1"))))
        if draw(st.booleans()):
            inside.address(address, zone[:-1])
        if draw(st.booleans()):
            inside.nat_gateway(address, zone[:-1])
    if draw(st.booleans()):
        inside.load_balancer(BALANCER, draw(st.sampled_from(inside.regions)))
    if draw(st.booleans()):
        inside.distribution(draw(st.sampled_from((BALANCER, "elders.example"))), EDGE_NAME, *draw(st.sampled_from(((), (NAME,)))))
    if draw(st.booleans()):
        inside.api("abc123")
        inside.api_domain(draw(st.sampled_from((NAME, "elders.example"))))
    if draw(st.booleans()):
        inside.lose(draw(st.sampled_from(inside.regions)), "ec2:DescribeInstances", FailureReason.DENIED)
    return joined


CLAIMS = (
    ("web.country", "DE"),
    ("web.region", "eu-central-1"),
    ("web.jurisdiction", "US"),
    ("web.provider", "self"),
    ("compute.country", "DE"),
    ("hosting.country", "EU"),
    ("edge.country", "DE"),
    ("subprocessors", "aws"),
    ("inventory.complete", "yes"),
    ("inventory.complete", "no"),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(joined=joined_systems(), operator=st.sampled_from(Operator))
def test_losing_any_source_outside_or_inside_makes_no_verdict_greener_and_accuses_nobody(
    joined: Joined, operator: Operator
) -> None:
    losses = list(joined.losses())
    before = {claim: joined.judge(claim[0], *claim[1:], operator=operator) for claim in CLAIMS}
    for what, evidence in losses:
        for claim, old in before.items():
            new = joined.judge(claim[0], *claim[1:], operator=operator, evidence=evidence)
            said = (what, claim, operator, old.status, old.reason, new.status, new.reason)
            assert new.status.rank <= old.status.rank, said
            assert new.status not in RED or old.status in RED, said
