"""`keys.custody`: who holds the keys of what an account stores, and that nothing unread or untold is taken for the claim's word."""

from __future__ import annotations

import pytest
from herkomst.scanner.claims.custody import ROLES
from herkomst.scanner.model.aws import AwsQuestion, AwsUnread
from herkomst.scanner.model.claim import Operator, Role
from herkomst.scanner.model.verdict import Reason, Status, Verdict
from hypothesis import given
from hypothesis import strategies as st
from inside_account import OTHER, QUESTIONS, Account, key_arn

ORIGINS = ("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE", "SOMETHING_NEW", "")
VALUES = ("customer", "provider", "external-hsm")


def outcome(verdict: Verdict) -> tuple[Status, Reason | None]:
    return verdict.status, verdict.reason


def custody(account: Account, *values: str, negated: bool = False) -> tuple[Status, Reason | None]:
    return outcome(account.judge("keys.custody", *values, operator=Operator.NOT if negated else Operator.IS))


def with_key(manager: str, origin: str) -> Account:
    return Account().key("k", manager, origin).encrypted(key_arn("k"))


def test_case_41_keys_that_aws_manages_contradict_and_keys_in_an_external_store_are_consistent() -> None:
    managed = with_key("AWS", "AWS_KMS")
    assert custody(managed, "customer") == (Status.CONTRADICTED, Reason.OTHER_KEY_HOLDER)
    verdict = managed.judge("keys.custody", "customer")
    assert verdict.observed == ("provider",)
    assert len(verdict.evidence) == 2  # the resource and its key
    assert custody(with_key("CUSTOMER", "EXTERNAL_KEY_STORE"), "customer") == (Status.CONSISTENT, None)


def test_the_name_of_a_key_that_aws_manages_is_enough() -> None:
    assert custody(Account().encrypted("alias/aws/s3"), "customer") == (Status.CONTRADICTED, Reason.OTHER_KEY_HOLDER)
    assert custody(Account().encrypted("alias/aws/s3"), "provider") == (Status.CONSISTENT, None)


@pytest.mark.parametrize("origin", ["AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM"])
def test_a_key_that_its_customer_rules_over_and_aws_keeps_is_half_of_each_word(origin: str) -> None:
    account = with_key("CUSTOMER", origin)
    for value in ("customer", "provider"):
        assert custody(account, value) == (Status.UNVERIFIABLE, Reason.KEY_SHARED)
        assert custody(account, value, negated=True) == (Status.UNVERIFIABLE, Reason.KEY_SHARED)
    assert custody(account, "customer", "provider") == (Status.CONSISTENT, None)
    assert custody(account, "external-hsm") == (Status.CONTRADICTED, Reason.OTHER_KEY_HOLDER)


def test_one_key_that_the_provider_holds_contradicts_however_many_the_customer_holds() -> None:
    account = with_key("CUSTOMER", "EXTERNAL_KEY_STORE").encrypted("alias/aws/rds", Role.DATABASE)
    assert custody(account, "customer", "external-hsm") == (Status.CONTRADICTED, Reason.OTHER_KEY_HOLDER)


@pytest.mark.parametrize("account", [Account().volume(), with_key("CUSTOMER", "SOMETHING_NEW"), with_key("", "")])
@pytest.mark.parametrize("value", VALUES)
def test_what_the_control_plane_does_not_tell_is_not_observable(account: Account, value: str) -> None:
    assert custody(account, value) == (Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE)


def test_a_key_of_another_account_or_one_that_was_not_found_is_not_measured() -> None:
    assert custody(Account().encrypted(key_arn("k", account=OTHER)), "customer") == (Status.NOT_MEASURED, Reason.CROSS_ACCOUNT)
    assert custody(Account().encrypted(key_arn("weg")), "customer") == (Status.NOT_MEASURED, Reason.NOT_COLLECTED)
    assert custody(Account().encrypted("alias/eigen"), "provider") == (Status.NOT_MEASURED, Reason.NOT_COLLECTED)


def test_an_account_without_data_holds_no_keys_of_data() -> None:
    assert custody(Account().instance(), "customer") == (Status.UNVERIFIABLE, Reason.NO_ENDPOINT)


def test_a_service_that_is_not_read_is_listed_beside_the_verdict() -> None:
    account = with_key("CUSTOMER", "EXTERNAL_KEY_STORE")
    account.unread = (AwsUnread("glacier", (Role.STORAGE,)), AwsUnread("batch", (Role.COMPUTE,)))
    verdict = account.judge("keys.custody", "customer")
    assert (verdict.status, verdict.not_asked) == (Status.CONSISTENT, ("aws.resource/glacier",))


@given(
    st.lists(
        st.tuples(st.sampled_from(["AWS", "CUSTOMER", ""]), st.sampled_from(ORIGINS), st.sampled_from(ROLES[:3])), max_size=4
    ),
    st.sets(st.sampled_from(VALUES), min_size=1),
    st.booleans(),
    st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=4),
)
def test_losing_any_list_never_makes_the_verdict_greener(
    made: list[tuple[str, str, Role]], values: set[str], negated: bool, lost: list[AwsQuestion]
) -> None:
    def account() -> Account:
        found = Account()
        for number, (manager, origin, role) in enumerate(made):
            found.key(f"k{number}", manager, origin).encrypted(key_arn(f"k{number}"), role)
        return found

    operator = Operator.NOT if negated else Operator.IS
    whole = account().judge("keys.custody", *values, operator=operator)
    assert whole.status is not Status.CONFIRMED
    part = account()
    for question in lost:
        scope = question.scope
        part.lose("aws-global" if question.is_global else "eu-central-1", scope)
        service, roles = scope.partition(":")[0], question.roles
        part.resources = [item for item in part.resources if item.service != service or item.role not in roles]
    after = part.judge("keys.custody", *values, operator=operator)
    assert after.status.rank <= whole.status.rank
    assert whole.status is Status.CONTRADICTED or after.status is not Status.CONTRADICTED
    if any(set(question.roles) & set(ROLES) for question in lost):
        assert after.status in (Status.NOT_MEASURED, Status.CONTRADICTED)
