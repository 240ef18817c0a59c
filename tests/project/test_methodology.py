"""The methodology explains every word that a verdict can carry."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest
from herkomst.scanner.model.claim import Hearing
from herkomst.scanner.model.placement import Grade, Via
from herkomst.scanner.model.verdict import Confidence, Reason, Status, WouldChange

TEXT = (Path(__file__).parents[2] / "docs" / "methodology.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("member", [*Status, *Reason, *WouldChange, *Hearing, *Via], ids=str)
def test_every_word_of_a_verdict_is_explained(member: StrEnum) -> None:
    assert f"`{member.value}`" in TEXT


@pytest.mark.parametrize("grade", Grade, ids=str)
def test_every_grade_of_evidence_has_its_row(grade: Grade) -> None:
    assert f"\n| {grade.value} | " in TEXT


@pytest.mark.parametrize("confidence", Confidence, ids=str)
def test_every_confidence_is_named(confidence: Confidence) -> None:
    assert confidence.value in TEXT


@pytest.mark.parametrize("reason", Reason, ids=str)
def test_every_reason_has_a_row_of_its_own(reason: Reason) -> None:
    assert f"\n| `{reason.value}` | " in TEXT
