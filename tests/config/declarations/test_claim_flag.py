"""Claims on the command line."""

from __future__ import annotations

import pytest
from herkomst.config.declarations import parse_claim_flag
from herkomst.scanner.errors import UsageError
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Claim, Operator, SaidBy
from hypothesis import given, settings
from hypothesis import strategies as st


def test_a_flag_is_a_claim_of_the_reader(knowledge: Knowledge) -> None:
    assert parse_claim_flag("hosting.country=nl, DE", knowledge) == Claim(
        key="hosting.country",
        operator=Operator.IS,
        values=("NL", "DE"),
        said_by=SaidBy.POLICY,
        place="--claim hosting.country=nl, DE",
    )


def test_an_exclamation_mark_means_not(knowledge: Knowledge) -> None:
    claim = parse_claim_flag("web.jurisdiction!=US", knowledge)

    assert (claim.key, claim.operator, claim.values) == ("web.jurisdiction", Operator.NOT, ("US",))


def test_a_web_address_keeps_its_equals_sign(knowledge: Knowledge) -> None:
    assert parse_claim_flag("dataact.art28=https://a.example/?p=1", knowledge).values == ("https://a.example/?p=1",)


def test_no_values_mean_none_where_that_means_something(knowledge: Knowledge) -> None:
    assert parse_claim_flag("subprocessors=", knowledge).values == ()


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("hosting.contry=NL", "Did you mean hosting.country?"),
        ("web.country=UK", "Did you mean GB?"),
        ("web.country=Nederland", "Did you mean NL?"),
        ("web.provider=Amazon", "Did you mean aws?"),
        ("mail.inbound.provider=transipp", "Did you mean transip? Accepted: self, aws, bit,"),
        ("keys.custody=klant", "Accepted: customer, provider, external-hsm."),
        ("lockin.managed-services=s3", "not counted as proprietary"),
        ("lockin.managed-services=30", "no share from 0% to 100%"),
        ("lockin.managed-services=30%,sqs", "A share stands alone."),
        ("lockin.managed-services!=30%", "stands under is"),
        ("web.country", "A claim is KEY=VALUE or KEY!=VALUE."),
        ("web.country=", "The claim has no value."),
        ("subprocessors!=", "The claim has no value."),
        ("web.country=NL,,DE", "A value between commas is empty."),
        ("=NL", "There is no claim of this name"),
        ("", "A claim is KEY=VALUE"),
        ("web.country=" + "NL," * 600, "more than 500 values"),
        ("web.country=" + "N" * 20_000, "too long"),
    ],
)
def test_a_flag_that_means_nothing_says_what_would(flag: str, words: str, knowledge: Knowledge) -> None:
    with pytest.raises(UsageError) as caught:
        parse_claim_flag(flag, knowledge)

    assert words in str(caught.value)
    assert str(caught.value).startswith("--claim")
    assert len(str(caught.value)) < 1_500


def test_escapes_in_a_flag_are_not_passed_on(knowledge: Knowledge) -> None:
    with pytest.raises(UsageError) as caught:
        parse_claim_flag("web.\x1b[31mcountry=NL", knowledge)

    assert str(caught.value).isprintable()


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_claim_or_a_usage_error(knowledge: Knowledge, text: str) -> None:
    for flag in (
        text,
        f"web.country={text}",
        f"web.network!={text}",
        f"web.owner={text}",
        f"web.region={text}",
        f"dataact.art28={text}",
    ):
        said_by = _said_by(flag, knowledge)
        assert said_by in (SaidBy.POLICY, None)


def _said_by(flag: str, knowledge: Knowledge) -> SaidBy | None:
    """Who says the claim, or None where it is refused; any other error is the test's failure."""
    try:
        return parse_claim_flag(flag, knowledge).said_by
    except UsageError:
        return None


@pytest.mark.parametrize(
    ("given", "values"),
    [("DynamoDB, sqs", ("dynamodb", "sqs")), ("030 %", ("30%",)), ("0%", ("0%",)), ("100%", ("100%",)), ("", ())],
)
def test_lock_in_is_a_list_of_services_a_share_or_none(given: str, values: tuple[str, ...], knowledge: Knowledge) -> None:
    assert parse_claim_flag(f"lockin.managed-services={given}", knowledge).values == values
