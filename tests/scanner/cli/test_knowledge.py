"""`herkomst knowledge`: every fact with its source and date, what follows from it, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from strategies import HOSTILE

Herkomst = Callable[..., Any]


def found(herkomst: Herkomst, what: str, *more: str) -> dict[str, Any]:
    """Return the facts by kind of what was explained."""
    said = herkomst("knowledge", "explain", what, "--format", "json", *more)
    assert said.code == 0, said.err
    assert said.document["schema"] == "herkomst.knowledge-explain/1"
    return {item["kind"]: item["facts"] for item in said.document["found"]}


def test_a_provider_is_explained_with_each_fact_and_its_source(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "kadehaven", "--as-of", "2026-03-01")
    assert said.code == 0
    text = " ".join(said.out.split())
    assert "Provider Kadehaven" in text
    assert "kadehaven-bv is owned by Harlan Holdings, Inc., United States (US); from 1 February 2026" in text
    assert (
        "the acquisition of Kadehaven B.V. has closed, https://harlan.example/press/kadehaven-closing (1 February 2026)" in text
    )
    assert "Nobody controls Harlan Holdings, Inc." in text
    assert "Harlan Holdings, Inc.: United States (US), parent company (take-over closed); counts, can contradict a claim" in text
    assert max(map(len, said.out.splitlines())) <= 80
    assert "\x1b" not in said.out


def test_a_take_over_counts_from_its_day_and_not_before(herkomst: Herkomst) -> None:
    days = {"2025-10-01": [("announced", True)], "2026-03-01": [("closed", True)]}
    for day, expected in days.items():
        owner = found(herkomst, "kadehaven-bv", "--as-of", day)["entity"]["owner"]
        assert [(link["status"], link["holds"]) for link in owner["links"]] == expected
    countries = {
        day: {item["country"] for item in found(herkomst, "kadehaven-bv", "--as-of", day)["entity"]["owner"]["jurisdictions"]
              if item["status"] in ("current", "closed")}
        for day in days
    }  # fmt: skip
    assert countries == {"2025-10-01": {"NL"}, "2026-03-01": {"NL", "US"}}


def test_a_take_over_that_was_prohibited_is_shown_and_never_counted(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "duinwal-bv", "--as-of", "2026-03-01", "--lang", "nl")
    text = " ".join(said.out.split())
    assert "(overname verboden of afgeblazen, telt niet mee); wordt getoond, telt nooit mee" in text
    assert "Banden van andere dagen" in text
    assert "overname aangekondigd, telt niet mee); vanaf 2 juni 2025 tot 12 januari 2026" in text


def test_a_name_in_any_writing_finds_the_entity(herkomst: Herkomst) -> None:
    assert found(herkomst, "KADEHAVEN B.V.")["entity"]["id"] == "kadehaven-bv"


def test_an_entity_names_what_it_owns_and_offers(herkomst: Herkomst) -> None:
    facts = found(herkomst, "harlan-holdings", "--as-of", "2026-03-01")["entity"]
    assert "kadehaven-bv" in [item["id"] for item in facts["owns"]]
    assert "duinwal-bv" not in [item["id"] for item in facts["owns"]]
    assert found(herkomst, "kadehaven-bv")["entity"]["offers"] == ["kadehaven"]


def test_a_domain_name_shows_which_signature_matches_under_which_record(herkomst: Herkomst) -> None:
    (facts,) = found(herkomst, "mx1.voorbeeld.mail.protection.outlook.com", "--as-of", "2026-11-01").values()
    assert facts["matches"] == []  # the catalogue of the laboratory knows no real company
    said = herkomst("knowledge", "explain", "voorbeeld-nl.mail.protection.outlook.com", plain=True)
    text = " ".join(said.out.split())
    assert "MX *.mail.protection.outlook.com: mailbox platform, Microsoft 365 (microsoft-365)" in text
    assert "TLD *.com: registry of the top-level domain, Verisign (verisign)" in text


def test_a_look_alike_matches_no_mail_signature_and_that_is_an_answer(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "mail.protection.outlook.com.voorbeeld.example", plain=True)
    assert said.code == 0
    assert "No signature of the catalogue matches this name in any record." in " ".join(said.out.split())


def test_an_address_shows_each_table_with_its_dataset_and_who_uses_the_as_number(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "52.95.148.1", "--format", "json", plain=True)
    (item,) = said.document["found"]
    tables = item["facts"]["tables"]
    assert tables["ranges"][0]["provider"] == "aws"
    assert tables["origin"]["asns"] == [16509]
    assert tables["registration"]["country"] == "US"
    assert [use["provider"] for use in item["facts"]["uses"]] == ["aws"]
    assert len(said.document["knowledge"]) > 1
    assert all(dataset["as_of"] for dataset in said.document["knowledge"])


def test_an_address_that_no_table_has_is_said_to_be_in_none(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "192.0.2.1", plain=True)
    assert said.code == 0
    assert said.out.count("no row") == 4


def test_an_as_number_shows_its_providers_with_the_days(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "as8075", plain=True)
    assert "AS8075 Microsoft Azure (azure)" in said.out
    assert "azure" in herkomst("knowledge", "explain", "AS8075", "--format", "json", plain=True).out


def test_a_service_and_its_company_share_one_account_of_their_owners(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "explain", "solvinity", plain=True)
    assert "Solvinity Group B.V., Netherlands (NL): as above" in said.out


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("solvinty", "Nearest: solvinity"),
        ("microsft-365", "Nearest: microsoft-365"),
        ("AS64500", "No provider of the catalogue lists AS64500."),
        ("qqqqqqqqqq", "Give a provider, an entity, an AS number, a domain name or an address."),
        ("192.0.2.0/24", "The catalogue has no '192.0.2.0/24'."),
        ("", "The catalogue has no ''."),
    ],
)
def test_what_is_unknown_is_a_mistake_that_names_what_comes_near(herkomst: Herkomst, what: str, words: str) -> None:
    said = herkomst("knowledge", "explain", what, plain=True)
    assert (said.code, said.out) == (2, "")
    assert words in said.err


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_is_answered_in_one_sentence_and_never_echoed_raw(herkomst: Herkomst, what: str) -> None:
    said = herkomst("knowledge", "explain", what, plain=True)
    assert said.code in (0, 2)
    assert not any(ord(character) < 32 for line in (said.out + said.err).splitlines() for character in line)


@pytest.mark.parametrize(
    "arguments", [[], ["explain"], ["study"], ["explain", "kpn", "--as-of", "soon"], ["review", "--older-than", "x"]]
)
def test_a_wrong_command_line_is_a_mistake(herkomst: Herkomst, arguments: list[str]) -> None:
    assert herkomst("knowledge", *arguments, plain=True).code == 2


def test_the_review_counts_first_and_then_lists(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "review", "--as-of", "2026-11-25", "--limit", "2", plain=True)
    assert said.code == 0
    blocks = said.out.split("\n\n")
    assert len([line for line in blocks[0].splitlines() if " of " in line]) == 9
    assert all(len([line for line in block.splitlines() if line.startswith("  - ")]) <= 2 for block in blocks[1:])
    assert "--limit 0 lists all" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_the_review_lists_in_json_what_it_counts(herkomst: Herkomst) -> None:
    document = herkomst("knowledge", "review", "--as-of", "2026-11-25", "--format", "json", plain=True).document
    assert document["schema"] == "herkomst.knowledge-review/1"
    assert {key: count["found"] for key, count in document["counts"].items()} == {
        key: len(entries) for key, entries in document["entries"].items()
    }


def test_the_review_speaks_dutch_too(herkomst: Herkomst) -> None:
    said = herkomst("knowledge", "review", "--lang", "nl", plain=True)
    assert "eigenaren zonder bron: " in said.out
    assert "--limit 0 noemt alle" in said.out


def test_more_facts_are_old_the_younger_they_have_to_be(herkomst: Herkomst) -> None:
    def old(days: int) -> int:
        said = herkomst("knowledge", "review", "--as-of", "2026-11-25", "--older-than", str(days), "--format", "json", plain=True)
        return int(said.document["counts"]["old"]["found"])

    assert old(0) >= old(365) > old(3650)


def test_an_announcement_without_an_outcome_is_asked_about_after_a_year(herkomst: Herkomst) -> None:
    def undecided(day: str) -> list[str]:
        said = herkomst("knowledge", "review", "--as-of", day, "--format", "json")
        return [item["id"] for item in said.document["entries"]["undecided"]]

    assert undecided("2026-08-01") == []  # Kadehaven closed in February, Duinwal was prohibited, Rietdijk is young
    assert undecided("2030-01-01") == ["rietdijk-bv"]


def test_the_result_can_go_to_a_file(herkomst: Herkomst, tmp_path: Path) -> None:
    said = herkomst("knowledge", "explain", "kadehaven", "-o", str(tmp_path / "kadehaven.txt"))
    assert (said.code, said.out) == (0, "")
    assert "Kadehaven" in (tmp_path / "kadehaven.txt").read_text(encoding="utf-8")
