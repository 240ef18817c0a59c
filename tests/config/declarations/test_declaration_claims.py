"""Claim values, and claims of one party that exclude each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from herkomst.config.declarations import Checked, Severity
from herkomst.config.declarations.fields import is_lei
from hypothesis import given, settings
from hypothesis import strategies as st

Check = Callable[[str | bytes], Checked]
HEAD = """\
herkomst: 1
organisation: {name: Gemeente Voorbeeld}
country_sets: {benelux: [BE, NL, LU]}
systems:
  - name: zaaksysteem
    assets: {domains: [a.example, b.example]}
    claims:
"""


@pytest.mark.parametrize(
    ("key", "written", "canonical"),
    [
        ("web.country", "[nl, eu, Adequate, BENELUX]", ("NL", "EU", "adequate", "benelux")),
        ("web.country", "NL", ("NL",)),
        ("web.provider", "[TransIP, Self]", ("transip", "self")),
        ("web.network", "[AS64500, as065, bit]", ("AS64500", "AS65", "bit")),
        (
            "web.owner",
            "[529900t8bm49aursdo55, nl, voorbeeld-groep, self]",
            ("529900T8BM49AURSDO55", "NL", "voorbeeld-groep", "self"),
        ),
        ("web.region", "[eu-central-1]", ("eu-central-1",)),
        ("keys.custody", "[Customer]", ("customer",)),
        ("standards.dnssec", "[true]", ("yes",)),
        ("standards.dnssec", "nee", ("no",)),
        ("sovereignty.claimed_level", "[3]", ("3",)),
        ("dataact.art28", "[https://www.voorbeeld.example/data-act]", ("https://www.voorbeeld.example/data-act",)),
        ("data.control", "[self]", ("self",)),
    ],
)
def test_values_become_canonical(key: str, written: str, canonical: tuple[str, ...], check: Check) -> None:
    checked = check(HEAD + f"      - {{claim: {key}, is: {written}, said_by: supplier}}\n")

    assert [str(problem) for problem in checked.problems] == []
    assert checked.declaration is not None
    assert checked.declaration.systems[0].claims[0].values == canonical


def test_a_region_that_the_catalogue_lacks_is_a_warning_with_the_nearest(check: Check) -> None:
    checked = check(HEAD + "      - {claim: storage.region, is: [eu-central-2], said_by: supplier}\n")

    (problem,) = checked.problems
    assert (problem.severity, problem.nearest) == (Severity.WARNING, "eu-central-1")
    assert checked.declaration is not None


def test_a_value_that_stands_twice_is_kept_once(check: Check) -> None:
    checked = check(HEAD + "      - {claim: web.country, is: [NL, nl], said_by: supplier}\n")

    assert ["twice" in str(problem) for problem in checked.problems] == [True]
    assert checked.declaration is not None
    assert checked.declaration.systems[0].claims[0].values == ("NL",)


@pytest.mark.parametrize(
    ("name", "first", "second", "severity"),
    [
        ("two countries", "claim: web.country, is: [NL]", "claim: web.country, is: [DE]", Severity.ERROR),
        ("a country and its set", "claim: web.country, is: [NL]", "claim: web.country, is: [EU]", None),
        ("a set of one's own", "claim: web.country, is: [benelux]", "claim: web.country, is: [DE]", Severity.ERROR),
        ("a set that shuts the other out", "claim: web.country, is: [NL]", "claim: web.country, not: [EU]", Severity.ERROR),
        ("not first", "claim: web.country, not: [EU]", "claim: web.country, is: [NL]", Severity.ERROR),
        ("a set that leaves room", "claim: web.country, is: [EEA]", "claim: web.country, not: [EU]", None),
        ("two times not", "claim: web.country, not: [US]", "claim: web.country, not: [CN]", None),
        ("two providers", "claim: web.provider, is: [transip]", "claim: web.provider, is: [bit]", Severity.ERROR),
        ("self may be a provider", "claim: web.provider, is: [self]", "claim: web.provider, is: [bit]", None),
        ("an AS may be a provider's", "claim: web.network, is: [AS64500]", "claim: web.network, is: [bit]", None),
        ("none and one", "claim: edge.provider, is: []", "claim: edge.provider, is: [cloudflare]", Severity.ERROR),
        ("two certificates", "claim: certifications, is: [ISO 27001]", "claim: certifications, is: [NEN 7510]", None),
        ("two roles", "claim: web.country, is: [NL]", "claim: dns.country, is: [DE]", None),
        (
            "two assets",
            "claim: web.country, is: [NL], scope: {assets: [a.example]}",
            "claim: web.country, is: [DE], scope: {assets: [b.example]}",
            None,
        ),
        (
            "two roles of a group",
            "claim: hosting.country, is: [NL], scope: {roles: [web]}",
            "claim: hosting.country, is: [DE], scope: {roles: [backup]}",
            None,
        ),
        (
            "a rule and its exception",
            "claim: web.country, is: [NL]",
            "claim: web.country, is: [DE], scope: {assets: [b.example]}",
            Severity.WARNING,
        ),
    ],
)
def test_one_party_cannot_mean_both(name: str, first: str, second: str, severity: Severity | None, check: Check) -> None:
    checked = check(HEAD + f"      - {{{first}, said_by: supplier}}\n      - {{{second}, said_by: supplier}}\n")

    assert [(problem.severity, problem.line) for problem in checked.problems] == ([(severity, 9)] if severity else []), name
    assert all("says the opposite on line 8" in str(problem) for problem in checked.problems)


def test_supplier_policy_and_response_may_say_the_opposite(check: Check) -> None:
    claims = [
        f"      - {{claim: web.country, is: [{country}], said_by: {party}}}\n"
        for country, party in (("NL", "supplier"), ("DE", "policy"), ("FR", "supplier_response"))
    ]

    assert check(HEAD + "".join(claims)).problems == ()


def test_the_same_claim_twice_is_a_warning(check: Check) -> None:
    line = "      - {claim: web.country, is: [NL, DE], said_by: supplier}\n"

    checked = check(HEAD + line + line.replace("NL, DE", "DE, NL"))

    assert ["says this twice; the first is on line 8" in str(problem) for problem in checked.problems] == [True]


@settings(deadline=None)
@given(st.from_regex(r"[A-Z0-9]{18}", fullmatch=True))
def test_exactly_one_pair_of_check_digits_makes_a_lei(base: str) -> None:
    """ISO 17442 takes the check digits of ISO 7064, MOD 97-10: 98 minus the remainder, so 02 to 98."""
    right = [f"{digits:02d}" for digits in range(2, 99) if is_lei(f"{base}{digits:02d}")]

    number = int("".join(str(int(char, 36)) for char in base + "00"))
    assert right == [f"{98 - number % 97:02d}"]


def test_a_published_lei_is_one() -> None:
    assert is_lei("529900T8BM49AURSDO55")  # the example of the standard's maintenance organisation
    assert not is_lei("529900T8BM49AURSDO56")
