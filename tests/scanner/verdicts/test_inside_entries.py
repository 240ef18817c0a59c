"""What stands at the entrance of an account, where its logs and copies go and who may come in, judged; nothing lost makes it greener."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.aws import GLOBAL_REGION
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.placement import Layer, Placement
from herkomst.scanner.model.verdict import Reason, Status, Verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from inside_account import ENTRANCES, NUMBER, OTHER, QUESTIONS, Account, without, without_target

BALANCER = "balie-1.eu-central-1.elb.amazonaws.com"
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
RED = (Status.CONTRADICTED, Status.PARTLY)


def account(*regions: str) -> Account:
    return Account(regions or ("eu-central-1",), questions=(*QUESTIONS, *ENTRANCES))


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


def part(verdict: Verdict, endpoint: str) -> tuple[Status, Reason | None]:
    (found,) = (item for item in verdict.parts if item.endpoint == endpoint)
    return found.status, found.reason


def of_web(found: Account, layer: Layer) -> tuple[Placement, ...]:
    return tuple(item for item in found.picture().placements if item.role is Role.WEB and item.layer is layer)


# -- the edge and what is behind it -----------------------------------------------------------------------------------


def test_a_distribution_is_an_edge_that_is_everywhere_and_its_origin_is_judged_behind_it() -> None:
    found = account().distribution(BALANCER).load_balancer(BALANCER)
    (edge,) = of_web(found, Layer.EDGE)
    assert (edge.fronted, edge.location.countries, edge.location.reason) == (True, (), "fronted")
    verdict = found.judge("web.country", "DE")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.FRONTED)
    assert part(verdict, BALANCER)[0] is Status.CONFIRMED
    assert found.judge("edge.provider", "aws").status is Status.CONFIRMED
    assert found.judge("edge.provider", "cloudflare").status is Status.CONTRADICTED


def test_an_origin_abroad_contradicts_although_an_edge_stands_in_front_of_it() -> None:
    found = account(*REGIONS).distribution("archief.s3.amazonaws.com").bucket("archief", "us-east-1")
    assert outcome(found.judge("web.country", "EU")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


@pytest.mark.parametrize("domain", ["b.s3.amazonaws.com", "b.s3.eu-west-1.amazonaws.com", "b.s3-website-eu-west-1.amazonaws.com"])
def test_a_bucket_is_known_by_each_of_its_domains(domain: str) -> None:
    found = account(*REGIONS).distribution(domain).bucket("b", "eu-west-1")
    (origin,) = of_web(found, Layer.ORIGIN)
    assert origin.location.countries == ("IE",)


def test_an_origin_is_followed_through_the_records_of_the_account_to_an_address() -> None:
    found = account(*REGIONS).distribution("balie.kantoor.example").address("192.0.2.10", "eu-west-1")
    found.record("balie.kantoor.example", "dualstack.verder.kantoor.example.").record("verder.kantoor.example", "192.0.2.10")
    assert [item.location.countries for item in of_web(found, Layer.ORIGIN)] == [("IE",)]


def test_records_that_lead_to_themselves_or_are_private_lead_nowhere() -> None:
    found = account().distribution("a.kantoor.example").record("a.kantoor.example", "b.kantoor.example")
    found.record("b.kantoor.example", "a.kantoor.example")
    assert [item.location.countries for item in of_web(found, Layer.ORIGIN)] == [()]
    hidden = account().distribution("a.kantoor.example").record("a.kantoor.example", "192.0.2.10", private="true")
    assert [item.location.countries for item in of_web(hidden.address("192.0.2.10"), Layer.ORIGIN)] == [()]


def test_an_origin_that_is_not_in_the_account_can_be_anywhere_and_a_bucket_of_others_is_not_measured() -> None:
    elsewhere = account().distribution("balie.kantoor.example")
    assert part(elsewhere.judge("web.country", "DE"), "balie.kantoor.example") == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)
    of_others = account().distribution("van-een-ander.s3.amazonaws.com")
    assert outcome(of_others.judge("web.country", "DE")) == (Status.NOT_MEASURED, Reason.CROSS_ACCOUNT)


def test_a_load_balancer_in_a_local_zone_abroad_is_not_in_the_country_of_its_region() -> None:
    found = account().load_balancer(BALANCER, zone="eu-central-1-waw-1a")
    assert outcome(found.judge("compute.country", "DE")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


def test_distributions_that_may_not_be_listed_leave_the_web_open() -> None:
    found = account().distribution(BALANCER).lose(GLOBAL_REGION, "cloudfront:ListDistributions")
    assert outcome(found.judge("edge.provider", "aws")) == (Status.NOT_MEASURED, Reason.DENIED)
    assert account().judge("hosting.country", "DE").reason is not Reason.DENIED


# -- logs and copies --------------------------------------------------------------------------------------------------


def test_the_record_of_what_was_done_lies_where_the_bucket_of_its_trail_is() -> None:
    found = account(*REGIONS).trail("logboek").bucket("logboek", "eu-west-1")
    assert found.judge("telemetry.country", "IE").status is Status.CONFIRMED
    assert outcome(found.judge("telemetry.country", "DE")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


def test_a_trail_that_sends_to_a_bucket_of_another_account_is_not_measured() -> None:
    assert outcome(account().trail("van-een-ander").judge("telemetry.country", "DE")) == (
        Status.NOT_MEASURED,
        Reason.CROSS_ACCOUNT,
    )


def test_a_log_group_lies_in_the_region_of_its_arn() -> None:
    found = account().trail(f"arn:aws:logs:us-east-1:{NUMBER}:log-group:vragen")
    assert outcome(found.judge("telemetry.country", "EU")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


def test_a_plan_that_copies_backups_abroad_contradicts_and_one_to_another_account_is_not_measured() -> None:
    abroad = account().plan(f"arn:aws:backup:us-east-1:{NUMBER}:backup-vault:elders")
    assert outcome(abroad.judge("backup.country", "EU")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)
    of_others = account().plan(f"arn:aws:backup:eu-west-1:{OTHER}:backup-vault:elders")
    assert outcome(of_others.judge("backup.country", "EU")) == (Status.NOT_MEASURED, Reason.CROSS_ACCOUNT)


# -- who may come in --------------------------------------------------------------------------------------------------


def test_a_foreign_account_that_may_act_here_is_a_party_of_which_nobody_knows_the_name() -> None:
    verdict = account().trusting(f"arn:aws:iam::{OTHER}:role/beheer").judge("subprocessors", "aws")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.PARTY_UNKNOWN)
    assert OTHER not in repr(verdict.observed), "accounts are named by their last digits"


def test_an_identity_provider_that_the_catalogue_knows_has_to_be_in_the_list() -> None:
    found = account().trusting("tenant.okta.com/issuer")
    assert outcome(found.judge("subprocessors", "aws")) == (Status.CONTRADICTED, Reason.UNDECLARED_PARTY)
    assert found.judge("subprocessors", "aws", "okta").status is Status.CONSISTENT


def test_its_own_accounts_and_clusters_are_no_foreign_party() -> None:
    issuer = "oidc.eks.eu-central-1.amazonaws.com/id/ABC"
    found = account().trusting(f"arn:aws:iam::{NUMBER}:root", issuer)
    found.cluster(f"https://{issuer}")
    assert found.picture().parties == ()
    assert len(account().trusting(issuer).picture().parties) == 1, "a cluster that is not listed is somebody's"


def test_roles_that_may_not_be_listed_leave_open_who_may_come_in() -> None:
    refused = account().lose(GLOBAL_REGION, "iam:ListRoles")
    assert outcome(refused.judge("subprocessors", "aws")) == (Status.NOT_MEASURED, Reason.DENIED)


# -- never greener ----------------------------------------------------------------------------------------------------

ORIGINS = (BALANCER, "a.s3.amazonaws.com", "van-een-ander.s3.amazonaws.com", "balie.kantoor.example")
TRUSTED = (f"arn:aws:iam::{OTHER}:root", "tenant.okta.com", "*", f"arn:aws:iam::{NUMBER}:root")
CLAIMS = (
    ("web.country", "DE"),
    ("web.country", "EU"),
    ("edge.provider", "aws"),
    ("edge.country", "EU"),
    ("telemetry.country", "DE"),
    ("backup.country", "EU"),
    ("compute.country", "DE"),
    ("hosting.country", "EU"),
    ("subprocessors", "aws"),
    ("subprocessors", "aws", "okta"),
)


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    found = account(*REGIONS)
    region = st.sampled_from(REGIONS)
    for origin in draw(st.lists(st.sampled_from(ORIGINS), max_size=2)):
        found.distribution(origin)
    for name in draw(st.lists(st.sampled_from((BALANCER, "ander")), unique=True)):
        found.load_balancer(name, draw(region))
    for name in draw(st.lists(st.sampled_from(("a", "logboek")), unique=True)):
        found.bucket(name, draw(region))
    if draw(st.booleans()):
        found.record("balie.kantoor.example", draw(st.sampled_from((BALANCER, "192.0.2.10")))).address("192.0.2.10", draw(region))
    for destination in draw(st.lists(st.sampled_from(("logboek", "van-een-ander")), max_size=2)):
        found.trail(destination)
    for number in draw(st.lists(st.sampled_from((NUMBER, OTHER)), max_size=1)):
        found.plan(f"arn:aws:backup:{draw(region)}:{number}:backup-vault:elders")
    for target in draw(st.lists(st.sampled_from(TRUSTED), max_size=2)):
        found.trusting(target)
    return found


@settings(max_examples=30, deadline=None)
@given(found=accounts())
def test_losing_any_observation_region_or_list_makes_no_verdict_greener_and_accuses_nobody(found: Account) -> None:
    losses = [(item.kind, without(found, item)) for item in found.observations()]
    losses += [(subject, without_target(found, subject)) for subject in {item.subject for item in found.observations()}]
    for key, *values in CLAIMS:
        before = found.judge(key, *values)
        for what, evidence in losses:
            after = found.judge(key, *values, evidence=evidence)
            said = (what, key, values, before.status, after.status, after.reason)
            assert after.status.rank <= before.status.rank, said
            assert after.status not in RED or before.status in RED, said
