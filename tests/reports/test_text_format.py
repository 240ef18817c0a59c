"""The text for a terminal: verdicts first, lines that fit, colour only where it is wanted, and only confirmed in green."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from herkomst.reports.base import RenderOptions
from herkomst.reports.build import build_inspect, build_report
from herkomst.reports.terminal import SYMBOLS, columns, fill, pad
from herkomst.reports.text_format import TextFormat
from herkomst.reports.words import LANGUAGES, load_words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Status
from hypothesis import given, settings
from hypothesis import strategies as st
from scene import KNOWLEDGE
from strategies import run_results

GREEN = "\x1b[32m"


def render(result: RunResult, language: str = "en", options: RenderOptions | None = None) -> str:
    report = build_report(result, load_words(language), KNOWLEDGE)
    return TextFormat().render(report, options or RenderOptions()).decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80, 132])
def test_no_line_is_wider_than_the_terminal(story: RunResult, language: str, width: int) -> None:
    lines = render(story, language, RenderOptions(width=width)).splitlines()
    assert [line for line in lines if columns(line) > width] == []


@settings(max_examples=40, deadline=None)
@given(result=run_results())
def test_no_line_of_any_run_is_wider_than_80_columns(result: RunResult) -> None:
    for line in render(result).splitlines():
        if "herkomst explain" not in line:
            assert columns(line) <= 80


def test_the_verdicts_stand_before_the_answers_and_the_answers_before_the_reasons(story: RunResult) -> None:
    text = render(story)
    places = [text.index(part) for part in ("✘ contradicted", "The three answers", "✘ CONTRADICTED", "What would change it")]
    assert places == sorted(places)


def test_without_colour_there_is_no_escape_sequence(story: RunResult) -> None:
    assert "\x1b" not in render(story)


def test_colour_changes_nothing_but_colour(story: RunResult) -> None:
    coloured = render(story, options=RenderOptions(colour=True))
    assert re.sub(r"\x1b\[\d+m", "", coloured) == render(story)


@pytest.mark.parametrize("status", Status)
def test_only_confirmed_is_green(story: RunResult, status: Status) -> None:
    result = replace(story, verdicts=(replace(story.verdicts[0], status=status),))
    assert (GREEN in render(result, options=RenderOptions(colour=True))) is (status is Status.CONFIRMED)


def test_every_status_has_a_shape_of_its_own() -> None:
    assert len(set(SYMBOLS.values())) == len(Status)


def test_long_lists_say_how_many_more_there_are(story: RunResult) -> None:
    failures = tuple(replace(story.failures[0], subject=f"host{number}.example") for number in range(15))
    text = render(replace(story, failures=failures))
    assert "and 7 more" in text  # 15 of this list and the 2 of the story, 10 shown


def test_inspection_shows_every_endpoint_with_its_three_answers(inspected: RunResult, knowledge: Knowledge) -> None:
    text = TextFormat().render(build_inspect(inspected, load_words("en"), knowledge)).decode()
    assert "website [edge] voorbeeld.example (203.0.113.5)" in text
    assert "provider: cloudflare" in text
    assert "jurisdiction: United States (US)" in text
    assert "no answer in time" in text


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert columns("株式会社") == 8
    assert columns("e\u0301") == 1
    assert pad("株", 4) == "株  "


@given(text=st.text(max_size=200), width=st.integers(30, 100))
def test_filled_lines_fit_and_lose_no_word(text: str, width: int) -> None:
    lines = fill(text, width, "  - ")
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "-" + "".join(text.split())


def test_a_long_word_is_broken_and_not_cut_off() -> None:
    assert fill("x" * 100, 40, "  ") == ["  " + "x" * 38, "  " + "x" * 38, "  " + "x" * 24]
