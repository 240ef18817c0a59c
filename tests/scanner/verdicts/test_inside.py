"""Claims judged from inside an AWS account: where things are, what was not read, and that nothing lost makes a verdict greener."""

from __future__ import annotations

import pytest
from herkomst.scanner.model.claim import Operator, Role
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.verdict import Confidence, Reason, Status, Verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from inside_account import NUMBER, OTHER, Account, with_unread, without, without_target

RED = (Status.CONTRADICTED, Status.PARTLY)


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


# -- where things are -----------------------------------------------------------------------------------------------


def test_case_37_all_resources_in_frankfurt_confirm_germany_once_every_region_was_read() -> None:
    account = Account(("eu-central-1", "eu-west-1")).volume().bucket("archief")
    verdict = account.judge("storage.country", "DE")
    assert (*outcome(verdict), verdict.confidence) == (Status.CONFIRMED, None, Confidence.HIGH)
    assert verdict.observed == ("DE",)
    denied = account.lose("eu-west-1", "ec2:DescribeVolumes").judge("storage.country", "DE")
    assert outcome(denied) == (Status.NOT_MEASURED, Reason.DENIED)


def test_case_38_a_replica_in_dublin_and_a_backup_in_virginia_contradict() -> None:
    account = Account(("eu-central-1", "eu-west-1", "us-east-1"))
    account.bucket("archief", replicates_to="kopie").bucket("kopie", "eu-west-1").snapshot("nacht", "us-east-1")
    assert outcome(account.judge("storage.country", "DE")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)
    assert outcome(account.judge("backup.country", "EU")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


def test_a_copy_that_only_its_source_names_is_judged_by_the_region_of_its_arn() -> None:
    arn = f"arn:aws:rds:us-east-1:{NUMBER}:auto-backup:ab-1"
    verdict = Account().database("zaken", copied_to=arn).judge("backup.country", "EU")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)
    assert verdict.observed == ("US",)


def test_case_39_replication_to_a_bucket_of_another_account_is_not_measured() -> None:
    verdict = Account().bucket("archief", replicates_to="van-een-ander").judge("storage.country", "DE")
    assert outcome(verdict) == (Status.NOT_MEASURED, Reason.CROSS_ACCOUNT)
    copied = Account().database("zaken", copied_to=f"arn:aws:rds:us-east-1:{OTHER}:auto-backup:ab-1")
    assert outcome(copied.judge("backup.country", "EU")) == (Status.NOT_MEASURED, Reason.CROSS_ACCOUNT)


def test_case_40_the_european_partition_is_in_europe_and_under_american_law() -> None:
    account = Account(("eusc-de-east-1",), "aws-eusc").bucket("archief", "eusc-de-east-1")
    assert outcome(account.judge("storage.country", "EU")) == (Status.CONFIRMED, None)
    verdict = account.judge("storage.jurisdiction", "EU")
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.PARENT_ELSEWHERE)
    assert "US" in verdict.observed


def test_case_42_a_disk_on_an_outpost_is_somewhere_that_nobody_says() -> None:
    outpost = f"arn:aws:outposts:eu-central-1:{NUMBER}:outpost/op-1"
    verdict = Account().volume(outpost=outpost).judge("storage.country", "DE")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


@pytest.mark.parametrize(
    ("zone", "country"), [("eu-central-1-waw-1a", "PL"), ("eu-central-1-ist-1a", "TR"), ("eu-north-1-cph-1a", "DK")]
)
def test_a_local_zone_abroad_is_not_in_the_country_of_its_region(zone: str, country: str) -> None:
    account = Account((zone[:12].rstrip("-"),)).volume(zone, region="-".join(zone.split("-")[:3]))
    assert account.judge("storage.country", country).status is Status.CONFIRMED
    assert account.judge("storage.country", "DE", "SE").status is Status.CONTRADICTED


def test_a_zone_that_the_catalogue_does_not_know_may_lie_anywhere() -> None:
    verdict = Account().volume("eu-central-1-xyz-1a", region="eu-central-1").judge("storage.country", "DE")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_a_disk_whose_zone_is_not_said_may_be_in_any_country_of_the_region() -> None:
    account = Account().volume("", region="eu-central-1")
    assert outcome(account.judge("storage.country", "DE")) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)
    assert outcome(account.judge("storage.country", "NL")) == (Status.CONTRADICTED, Reason.CONTROL_PLANE_ELSEWHERE)


def test_a_region_that_the_catalogue_does_not_know_is_no_country() -> None:
    verdict = Account(("eu-nowhere-9",)).bucket("archief", "eu-nowhere-9").judge("storage.country", "DE")
    assert outcome(verdict) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_region_provider_and_owner_are_judged_from_inside_as_well() -> None:
    account = Account().instance()
    assert account.judge("compute.region", "eu-central-1").status is Status.CONFIRMED
    assert account.judge("compute.region", "eu-west-1").status is Status.CONTRADICTED
    assert account.judge("compute.provider", "aws").status is Status.CONFIRMED
    assert account.judge("compute.provider", "self").status is Status.CONTRADICTED
    assert account.judge("compute.jurisdiction", "EU").status is Status.CONTRADICTED
    assert account.judge("compute.provider", "aws", operator=Operator.NOT).status is Status.CONTRADICTED


def test_what_runs_in_an_account_is_run_by_a_party_that_the_list_has_to_name() -> None:
    account = Account().bucket("archief")
    assert outcome(account.judge("subprocessors", "transip"))[0] is Status.CONTRADICTED


# -- what was not read ----------------------------------------------------------------------------------------------


def test_case_18_hosting_is_confirmed_once_the_account_is_whole_for_every_role_and_the_web_is_declared_absent() -> None:
    account = Account().instance().volume().database("zaken").snapshot("nacht")
    assert outcome(account.judge("hosting.country", "DE", absent=(Role.WEB,))) == (Status.CONFIRMED, None)
    assert outcome(account.judge("hosting.country", "DE")) == (Status.CONSISTENT, Reason.ROLES_NOT_OBSERVED)
    without_databases = Account().instance().volume()
    assert outcome(without_databases.judge("hosting.country", "DE", absent=(Role.WEB,))) == (Status.CONFIRMED, None)


def test_a_service_that_is_not_read_keeps_its_role_from_being_confirmed_and_is_named() -> None:
    account = with_unread(Account().volume(), "efs", Role.STORAGE)
    verdict = account.judge("storage.country", "DE")
    assert (*outcome(verdict), verdict.not_asked) == (Status.CONSISTENT, None, ("aws.resource/efs",))
    assert account.instance().judge("compute.country", "DE").status is Status.CONFIRMED


def test_a_question_that_failed_leaves_only_the_roles_open_that_it_could_show() -> None:
    account = Account().volume().instance().lose("eu-central-1", "ec2:DescribeVpcs")
    assert account.judge("storage.country", "DE").status is Status.CONFIRMED
    account.lose("eu-central-1", "ec2:DescribeInstances")
    assert account.judge("storage.country", "DE").status is Status.CONFIRMED
    assert outcome(account.judge("compute.country", "DE")) == (Status.NOT_MEASURED, Reason.DENIED)


def test_nothing_listed_is_no_endpoint_and_never_none_found_where_it_was_refused() -> None:
    assert outcome(Account().judge("database.country", "DE")) == (Status.UNVERIFIABLE, Reason.NO_ENDPOINT)
    refused = Account().lose("eu-central-1", "rds:DescribeDBInstances", FailureReason.THROTTLED)
    assert outcome(refused.judge("database.country", "DE")) == (Status.NOT_MEASURED, Reason.THROTTLED)


def test_a_counter_example_stands_whatever_else_was_refused() -> None:
    account = Account(("eu-central-1", "us-east-1")).volume("us-east-1a").lose("eu-central-1", "ec2:DescribeVolumes")
    assert account.judge("storage.country", "DE").status is Status.CONTRADICTED


def test_what_an_account_is_not_asked_for_yet_is_not_collected() -> None:
    for key in ("images.country", "telemetry.country", "lockin.managed-services", "inventory.complete"):
        assert outcome(Account().volume().judge(key, "NL")) == (Status.NOT_MEASURED, Reason.NOT_COLLECTED), key


# -- never greener --------------------------------------------------------------------------------------------------

ZONES = ("eu-central-1a", "eu-west-1b", "us-east-1a")


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    account = Account(("eu-central-1", "eu-west-1", "us-east-1"))
    for zone in draw(st.lists(st.sampled_from(ZONES), max_size=3)):
        account.volume(zone)
    for zone in draw(st.lists(st.sampled_from(ZONES), max_size=2)):
        account.instance(zone)
    names = draw(st.lists(st.sampled_from(("a", "b", "c")), unique=True, max_size=3))
    for name in names:
        target = draw(st.sampled_from(("", "a", "b", "elders")))
        account.bucket(name, draw(st.sampled_from(account.regions)), target)
    if draw(st.booleans()):
        account.database("zaken", copied_to=draw(st.sampled_from(("", f"arn:aws:rds:us-east-1:{NUMBER}:auto-backup:x"))))
    if draw(st.booleans()):
        account = with_unread(account, "efs", Role.STORAGE)
    if draw(st.booleans()):
        account.lose(
            draw(st.sampled_from(account.regions)), draw(st.sampled_from(("ec2:DescribeVolumes", "rds:DescribeDBInstances")))
        )
    return account


CLAIMS = (
    ("storage.country", "DE"),
    ("storage.country", "EU"),
    ("backup.country", "EU"),
    ("database.country", "DE"),
    ("compute.country", "DE"),
    ("compute.region", "eu-central-1"),
    ("hosting.country", "EU"),
    ("storage.jurisdiction", "US"),
    ("storage.provider", "aws"),
    ("subprocessors", "aws"),
)


@settings(max_examples=40, deadline=None)
@given(account=accounts(), operator=st.sampled_from(Operator), absent=st.frozensets(st.sampled_from((Role.WEB, Role.BACKUP))))
def test_losing_any_observation_or_region_makes_no_verdict_greener_and_accuses_nobody(
    account: Account, operator: Operator, absent: frozenset[Role]
) -> None:
    losses = [(item.kind, without(account, item)) for item in account.observations()]
    losses += [(subject, without_target(account, subject)) for subject in {item.subject for item in account.observations()}]
    for key, *values in CLAIMS:
        before = account.judge(key, *values, operator=operator, absent=absent)
        for what, evidence in losses:
            after = account.judge(key, *values, operator=operator, absent=absent, evidence=evidence)
            said = (what, key, values, operator, before.status, after.status, after.reason)
            assert after.status.rank <= before.status.rank, said
            assert after.status not in RED or before.status in RED, said
