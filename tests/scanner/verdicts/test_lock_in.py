"""`lockin.managed-services` from inside: the services of one platform alone that are in use, and the range of shares that lost lists leave."""

from __future__ import annotations

import pytest
from herkomst.collectors.aws.registry import SERVICES
from herkomst.collectors.aws.service import questions
from herkomst.scanner.model.aws import AwsQuestion, AwsUnread
from herkomst.scanner.model.claim import Operator, Role
from herkomst.scanner.model.knowledge import ServiceClass
from herkomst.scanner.model.verdict import NoteCode, Reason, Status, Verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from inside_account import Account, embedded_knowledge, without, without_target

KEY = "lockin.managed-services"
QUESTIONS = questions(SERVICES)
"""All that the collector asks: a service that nobody asked about could be in use."""
LISTED = {
    "dynamodb": ("dynamodb", "table", Role.DATABASE),
    "sns": ("sns", "topic", None),
    "lambda": ("lambda", "function", Role.COMPUTE),
    "rds": ("rds", "db", Role.DATABASE),
    "s3": ("s3", "bucket", Role.STORAGE),
    "ec2": ("ec2", "instance", Role.COMPUTE),
    "account": ("iam", "role", None),
}
RED = (Status.CONTRADICTED, Status.PARTLY)


def using(*services: str, asked: tuple[AwsQuestion, ...] = QUESTIONS) -> Account:
    """An account with one resource of each service, more where one is named again, and every list of it read."""
    account = Account(questions=asked)
    for service in services:
        account.listed(*LISTED[service])
    return account


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


def lock_in(account: Account, *values: str, negated: bool = False) -> tuple[Status, Reason | None]:
    return outcome(account.judge(KEY, *values, operator=Operator.NOT if negated else Operator.IS))


def lose(account: Account, *services: str) -> Account:
    for question in account.questions:
        if question.service in services:
            account.lose("aws-global" if question.is_global else "eu-central-1", question.scope)
    return account


# -- a list ---------------------------------------------------------------------------------------------------------


def test_a_proprietary_service_contradicts_the_claim_that_there_is_none_and_is_named_with_its_count() -> None:
    verdict = using("dynamodb", "dynamodb", "rds", "ec2").judge(KEY)
    assert outcome(verdict) == (Status.CONTRADICTED, Reason.UNDECLARED_SERVICE)
    assert verdict.observed == ("dynamodb",)
    assert len(verdict.evidence) == 2
    assert [part.endpoint for part in verdict.parts] == ["Amazon DynamoDB (2)"]


def test_services_with_an_open_interface_and_plain_ones_fit_the_claim_that_there_is_none() -> None:
    assert lock_in(using("rds", "s3", "ec2", "account")) == (Status.CONSISTENT, None)


def test_what_the_list_permits_fits_and_what_it_lacks_contradicts() -> None:
    account = using("dynamodb", "sns", "rds")
    assert lock_in(account, "dynamodb", "sns") == (Status.CONSISTENT, None)
    assert lock_in(account, "dynamodb") == (Status.CONTRADICTED, Reason.UNDECLARED_SERVICE)
    assert account.judge(KEY, "dynamodb").parts[1].status is Status.CONTRADICTED


def test_a_claim_can_say_which_services_are_not_used() -> None:
    account = using("dynamodb")
    assert lock_in(account, "dynamodb", negated=True) == (Status.CONTRADICTED, Reason.UNDECLARED_SERVICE)
    assert lock_in(account, "lambda", negated=True) == (Status.CONSISTENT, None)


def test_an_account_without_anything_says_nothing() -> None:
    assert lock_in(using()) == (Status.UNVERIFIABLE, Reason.NO_ENDPOINT)
    assert lock_in(using("account"), "30%") == (Status.UNVERIFIABLE, Reason.NO_ENDPOINT)


def test_only_a_lost_list_that_could_show_what_is_not_permitted_leaves_the_claim_open() -> None:
    assert lock_in(lose(using("rds"), "sns")) == (Status.NOT_MEASURED, Reason.DENIED)
    assert lock_in(lose(using("rds"), "sns"), "sns") == (Status.CONSISTENT, None)
    assert lock_in(lose(using("rds"), "ec2", "s3")) == (Status.CONSISTENT, None)
    assert lock_in(lose(using("rds"), "sns"), "sns", negated=True) == (Status.NOT_MEASURED, Reason.DENIED)
    assert lock_in(lose(using("rds"), "sns"), "sqs", negated=True) == (Status.CONSISTENT, None)


def test_a_service_in_use_contradicts_whatever_else_was_refused() -> None:
    assert lock_in(lose(using("dynamodb"), "sns", "lambda", "dynamodb")) == (Status.CONTRADICTED, Reason.UNDECLARED_SERVICE)


def test_a_service_that_was_never_asked_about_is_not_collected() -> None:
    asked = tuple(question for question in QUESTIONS if question.service != "sqs")
    assert lock_in(using("rds", asked=asked)) == (Status.NOT_MEASURED, Reason.NOT_COLLECTED)


def test_a_resource_that_the_catalogue_does_not_know_is_not_taken_for_either() -> None:
    account = using("rds").listed("braket", "device", None)
    for values in ((), ("40%",)):
        assert lock_in(account, *values) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)
    assert lock_in(account, "50%") == (Status.CONSISTENT, None)


@pytest.mark.parametrize(
    ("service", "kind", "said", "counts"),
    [
        ("kms", "key", ("manager", "CUSTOMER"), True),
        ("kms", "key", ("manager", "AWS"), False),
        ("secretsmanager", "secret", ("owner_service", "rds"), False),
        ("secretsmanager", "secret", ("secret_type", ""), True),
        ("events", "rule", ("managed_by", "autoscaling.amazonaws.com"), False),
        ("events", "rule", ("managed_by", ""), True),
    ],
)
def test_what_comes_by_itself_is_not_counted(service: str, kind: str, said: tuple[str, str], counts: bool) -> None:
    account = using("rds").listed(service, kind, None, said)
    assert (account.judge(KEY).status is Status.CONTRADICTED) is counts


# -- a share --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("maximum", "expected"),
    [
        ("0%", (Status.CONTRADICTED, Reason.SHARE_ABOVE_MAXIMUM)),
        ("33%", (Status.CONTRADICTED, Reason.SHARE_ABOVE_MAXIMUM)),
        ("34%", (Status.CONSISTENT, None)),
        ("100%", (Status.CONSISTENT, None)),
    ],
)
def test_the_share_counts_services_and_not_what_is_in_them(maximum: str, expected: tuple[Status, Reason | None]) -> None:
    verdict = using("dynamodb", "rds", *["ec2"] * 50, "account").judge(KEY, maximum)
    assert outcome(verdict) == expected
    assert set(verdict.observed) == {"33.3% (1/3)", "dynamodb"}
    assert verdict.evidence


def test_every_service_in_use_is_noted_with_its_class_and_count() -> None:
    notes = {(note.code, dict(note.params)["name"]) for note in using("lambda", "s3", "ec2", "ec2").judge(KEY, "50%").notes}
    assert notes == {
        (NoteCode.PROPRIETARY_SERVICE, "AWS Lambda (1)"),
        (NoteCode.PORTABLE_SERVICE, "Amazon S3 (1)"),
        (NoteCode.PLAIN_SERVICE, "Amazon EC2 and EBS (2)"),
    }


def test_a_lost_list_widens_the_share_to_a_range_and_only_a_range_on_one_side_decides() -> None:
    account = lose(using("dynamodb", "rds", "ec2"), "sns")  # 1/3 to 2/4
    assert lock_in(account, "50%") == (Status.CONSISTENT, None)
    assert lock_in(account, "40%") == (Status.NOT_MEASURED, Reason.DENIED)
    assert lock_in(account, "33%") == (Status.CONTRADICTED, Reason.SHARE_ABOVE_MAXIMUM)
    assert "33.3% - 50%" in account.judge(KEY, "40%").observed


def test_a_lost_list_of_a_service_with_an_open_interface_can_only_lower_the_share() -> None:
    account = lose(using("dynamodb", "rds"), "mq")  # 1/3 to 1/2
    assert lock_in(account, "50%") == (Status.CONSISTENT, None)
    assert lock_in(account, "40%") == (Status.NOT_MEASURED, Reason.DENIED)


def test_services_that_are_not_read_stand_beside_the_verdict_and_nothing_is_confirmed() -> None:
    account = using("rds")
    account.unread = (AwsUnread("batch", (Role.COMPUTE,)),)
    verdict = account.judge(KEY)
    assert verdict.status is Status.CONSISTENT
    assert {"aws.resource/batch", "aws.resource/step-functions"} <= set(verdict.not_asked)


# -- never greener --------------------------------------------------------------------------------------------------

CLAIMS = ((), ("dynamodb",), ("dynamodb", "lambda", "sns"), ("0%",), ("30%",), ("50%",), ("80%",))


@settings(max_examples=12, deadline=None)
@given(
    used=st.lists(st.sampled_from(sorted(LISTED)), max_size=6),
    lost=st.frozensets(st.sampled_from(("dynamodb", "sns", "lambda", "rds", "ec2", "mq")), max_size=2),
)
def test_losing_any_observation_list_or_region_never_makes_the_verdict_greener_and_accuses_nobody(
    used: list[str], lost: frozenset[str]
) -> None:
    account = lose(using(*used), *sorted(lost))
    losses = [without(account, item) for item in account.observations() if item.kind != "aws.coverage"]
    losses += [without_target(account, subject) for subject in {item.subject for item in account.observations()}]
    further = lose(using(*used), *sorted({*lost, "sqs"}))
    unlisted = lose(using(*(name for name in used if name != "lambda")), *sorted({*lost, "lambda"}))
    for values in CLAIMS:
        for operator in (Operator.IS, Operator.NOT) if values and not values[0].endswith("%") else (Operator.IS,):
            before = account.judge(KEY, *values, operator=operator)
            assert before.status is not Status.CONFIRMED
            after = [account.judge(KEY, *values, operator=operator, evidence=evidence) for evidence in losses]
            for found in (
                *after,
                further.judge(KEY, *values, operator=operator),
                unlisted.judge(KEY, *values, operator=operator),
            ):
                assert found.status.rank <= before.status.rank, (values, operator)
                assert found.status not in RED or before.status in RED, (values, operator)


# -- the catalogue --------------------------------------------------------------------------------------------------


def test_every_type_that_the_collector_lists_has_a_class() -> None:
    known = {name for service in embedded_knowledge().cloud_services("aws") for name in service.resources}
    assert known == {f"{service.client}:{read.type}" for service in SERVICES for read in service.reads}


def test_an_attribute_that_decides_is_one_that_the_collector_reads() -> None:
    read = {(f"{service.client}:{item.type}", name) for service in SERVICES for item in service.reads for name, _ in item.named}
    for service in embedded_knowledge().cloud_services("aws"):
        for wanted in service.only:
            name = wanted.partition("=")[0]
            assert any((resource, name) in read for resource in service.resources), service.id


def test_every_class_says_why_and_rests_on_a_source() -> None:
    services = embedded_knowledge().cloud_services("aws")
    assert {service.service_class for service in services} == set(ServiceClass)
    assert all(service.because and service.source for service in services)
