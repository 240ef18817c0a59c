"""Both languages say the same things, about everything that can be said, and nothing else."""

from __future__ import annotations

import ast
import re
from enum import StrEnum
from pathlib import Path

import herkomst.reports
import herkomst.scanner.cli
import pytest
from herkomst.collectors.tls.handshake import PROBLEMS
from herkomst.reports.words import FAMILIES, LANGUAGES, Words, load_words, parameters
from herkomst.reports.words.countries import COUNTRIES
from herkomst.scanner.errors import UsageError
from herkomst.scanner.model import claim, failure, location, placement, verdict
from herkomst.scanner.model.breadth import IPV6_CERTIFICATES, PARTS
from herkomst.scanner.model.observation import CONTENT_BY_KIND
from hypothesis import given
from strategies import HOSTILE, texts

FOLDER = Path(herkomst.reports.__file__).parent
COMMANDS = Path(herkomst.scanner.cli.__file__).parent
MEMBERS = {f"{family}.{member}" for family, members in FAMILIES.items() for member in members}
SPECIAL_USES = ("private", "shared", "loopback", "link_local", "documentation", "multicast", "unspecified", "reserved")
OPEN_FAMILIES = (
    *(f"kind.{kind}" for kind in (*CONTENT_BY_KIND, *PARTS, IPV6_CERTIFICATES)),
    *(f"certificate.{problem}" for problem in PROBLEMS.values()),
    *(f"evidence.{kind}" for kind in CONTENT_BY_KIND),
    *(f"special_use.{use}" for use in SPECIAL_USES),
    *(f"group.{group}" for group in (*claim.GROUPS, claim.EDGE, "")),
    *(f"set.{name}" for name in ("EU", "EEA", "adequate")),
    *(f"month.{number}" for number in range(1, 13)),
    *(f"place.{reason}" for reason in ("fronted", "anycast", "conflicting", "registration_only", "not_observable")),
    *(f"answer.location.{layer}" for layer in placement.Layer),
    "no_answer.null_mx",
    "no_answer.none",
)
"""Keys that the code puts together from values that are no enumeration."""


def written_keys() -> set[str]:
    """Return every text that could be a key: in the code and templates of the reports, and in the commands that print."""
    found: set[str] = set()
    for path in (*FOLDER.glob("*.py"), FOLDER / "words" / "__init__.py", *COMMANDS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    for path in (FOLDER / "templates").iterdir():
        found |= set(re.findall(r'"([a-z_.]+)"', path.read_text(encoding="utf-8")))
    return found


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return load_words(str(request.param))


def test_both_languages_have_the_same_keys_with_the_same_parameters() -> None:
    dutch, english = (load_words(language).catalogue for language in ("nl", "en"))
    assert dutch.keys() == english.keys()
    assert {key: parameters(text) for key, text in dutch.items()} == {key: parameters(text) for key, text in english.items()}


def test_every_member_of_every_family_has_words(words: Words) -> None:
    assert words.catalogue.keys() >= MEMBERS
    assert set(OPEN_FAMILIES) <= words.catalogue.keys()
    assert all(words.catalogue[key].strip() for key in words.catalogue)


@pytest.mark.parametrize(
    "members",
    [
        verdict.Status, verdict.Reason, verdict.Confidence, verdict.WouldChange, verdict.NoteCode, failure.FailureReason, claim.Role,
        claim.SaidBy, claim.Hearing, placement.Layer, placement.Via, placement.JurisdictionStatus, location.Grade,
        placement.SignKind,
    ],
)  # fmt: skip
def test_every_enumeration_that_a_reader_can_meet_is_a_family(members: type[StrEnum]) -> None:
    assert members in FAMILIES.values()


def test_no_key_is_unused() -> None:
    written = written_keys()
    plurals = {f"{key}.{number}" for key in written for number in ("one", "other")}
    families = {
        f"{prefix}.{name}" for prefix in ("limits", "column", "place", "knowledge.review", "knowledge.effect") for name in written
    }
    used = MEMBERS | set(OPEN_FAMILIES) | written | plurals | families
    assert load_words("nl").catalogue.keys() - used == set()


def test_no_word_judges_or_draws_a_legal_conclusion(words: Words) -> None:
    whole = " ".join(words.catalogue.values()).lower()
    for banned in ("illeg", "complian", "unlawful", "onwettig", "strafbaar", "guilty", "schuldig", "voldoet aan de wet"):
        assert banned not in whole


def test_the_dutch_statuses_are_those_of_the_method() -> None:
    dutch = load_words("nl")
    assert [dutch.of("status", status) for status in verdict.Status] == [
        "bevestigd", "niet weerlegd", "deels", "weersproken", "niet vast te stellen", "niet gemeten", "verklaard",
    ]  # fmt: skip


def test_a_missing_or_extra_parameter_is_refused(words: Words) -> None:
    with pytest.raises(ValueError, match=r"verdict\.source"):
        words.say("verdict.source")
    with pytest.raises(ValueError, match=r"verdict\.source"):
        words.say("verdict.source", source="a", more="b")
    with pytest.raises(KeyError):
        words.say("verdict.nonsense")


def test_a_language_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="nl, en"):
        load_words("fr")


@given(text=texts)
def test_a_parameter_cannot_steer_a_terminal_or_become_a_parameter(text: str) -> None:
    said = load_words("en").say("verdict.source", source=text + "{says}")
    assert said.startswith("source: ")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said)
    assert "{says}" in said or len(text) > 1900


def test_hostile_text_is_shown_escaped_and_not_dropped() -> None:
    assert "\\u001b[31mred" in load_words("en").say("verdict.source", source=HOSTILE[3])


def test_a_country_has_its_name_and_code_and_an_unknown_one_is_shown_as_it_is() -> None:
    assert load_words("nl").country("DE") == "Duitsland (DE)"
    assert load_words("en").country("DE") == "Germany (DE)"
    assert load_words("en").country("QQ") == "QQ"
    assert load_words("en").country("\x1b[0m") == "\\u001b[0m"


def test_every_country_has_two_names() -> None:
    assert len(COUNTRIES) == 250  # 249 codes of ISO 3166-1 and XK
    assert all(re.fullmatch("[A-Z]{2}", code) and all(names) for code, names in COUNTRIES.items())


def test_a_list_reads_as_a_phrase() -> None:
    assert load_words("nl").listed(["a", "b", "c"]) == "a, b en c"
    assert load_words("en").listed(["a"]) == "a"
    assert load_words("en").listed([]) == ""
