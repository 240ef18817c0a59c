"""The pages for readers: a sentence for every word of a verdict, links that lead somewhere, an index that is whole."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest
from herkomst.scanner.model.location import Grade
from herkomst.scanner.model.verdict import Reason, Status, WouldChange

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "methodology.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `?(?P<word>[\w-]+)`? \| (?P<text>[^|]+)\|", re.MULTILINE)
ROWS = {match["word"]: match["text"].strip() for match in ROW.finditer(PAGE)}


@pytest.mark.parametrize(
    "member", [*Status, *Reason, *Grade, *WouldChange], ids=lambda member: f"{type(member).__name__}.{member}"
)
def test_every_word_of_a_verdict_has_a_sentence_of_its_own(member: StrEnum) -> None:
    text = ROWS[member.value]
    assert re.match(r"[A-Z].*\.", text), text
    assert len(text.split()) >= 4, text


def test_no_sentence_explains_a_word_that_no_verdict_contains() -> None:
    known = {str(member) for kind in (Status, Reason, Grade, WouldChange) for member in kind}
    heads = {"source", "status", "grade", "reason", "value", "DNS"}
    assert {word for word in ROWS if word not in known} <= heads


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_link_in_the_documentation_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DOCS.glob("*.md") if page.name != "README.md" and f"]({page.name})" not in index] == []
