"""One contract for every registered format: every verdict is shown, and nothing from outside gets out unescaped."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from importlib import invalidate_caches
from pathlib import Path

import pytest
from herkomst.reports.base import Format, ReportModel
from herkomst.reports.build import build_inspect, build_report
from herkomst.reports.registry import FORMATS, INSPECT_FORMATS, format_names, load_format, load_inspect_format
from herkomst.reports.words import LANGUAGES, load_words
from herkomst.scanner.errors import UsageError
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.run import RunResult
from hypothesis import HealthCheck, given, settings
from scene import KNOWLEDGE
from strategies import run_results

UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
MARKUP = frozenset(
    [
        "a",
        "article",
        "body",
        "br",
        "caption",
        "circle",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "head",
        "header",
        "html",
        "li",
        "main",
        "meta",
        "p",
        "path",
        "rect",
        "section",
        "span",
        "strong",
        "style",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


class Tags(HTMLParser):
    """Collects the elements and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def check_safe(rendered: bytes, media_type: str) -> str:
    text = rendered.decode("utf-8")
    assert not UNSAFE.search(text)
    if media_type.startswith("text/html"):
        page = Tags()
        page.feed(text)
        assert page.elements <= MARKUP
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "srcset", "action")]
        assert all(value.startswith(("https://", "http://", "#system-")) for name, value in page.attributes if name == "href")
    return text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", format_names())
@few
@given(result=run_results())
def test_every_format_shows_every_verdict_and_lets_nothing_out_unescaped(name: str, language: str, result: RunResult) -> None:
    chosen = load_format(name)
    text = check_safe(chosen.render(build_report(result, load_words(language), KNOWLEDGE)), chosen.media_type)
    for verdict in result.verdicts:
        assert verdict.id in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(INSPECT_FORMATS))
@few
@given(result=run_results())
def test_every_inspect_format_shows_every_endpoint_and_lets_nothing_out_unescaped(
    name: str, language: str, result: RunResult
) -> None:
    chosen = load_inspect_format(name)
    text = check_safe(chosen.render(build_inspect(result, load_words(language), KNOWLEDGE)), chosen.media_type)
    for address in {address for picture in result.pictures for item in picture.placements for address in item.addresses}:
        assert address in text


@pytest.mark.parametrize("name", format_names())
def test_a_format_gives_the_same_bytes_for_the_same_run(name: str, story: RunResult, knowledge: Knowledge) -> None:
    first, second = (load_format(name).render(build_report(story, load_words("nl"), knowledge)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", format_names())
def test_an_empty_run_has_a_report(name: str, story: RunResult, knowledge: Knowledge) -> None:
    empty = RunResult(story.run)
    assert story.run.id in load_format(name).render(build_report(empty, load_words("en"), knowledge)).decode()


@pytest.mark.parametrize("place", [*FORMATS.items(), *INSPECT_FORMATS.items()], ids=str)
def test_a_format_has_the_name_it_is_registered_under(place: tuple[str, str]) -> None:
    name, where = place
    chosen = load_format(name) if FORMATS.get(name) == where else load_inspect_format(name)
    assert chosen.name == name
    assert "/" in chosen.media_type
    assert chosen.suffix.startswith(".")


def test_a_format_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UsageError, match=r"text, json, jsonl, html"):
        load_format("docx")
    with pytest.raises(UsageError, match=r"text, json, jsonl\."):
        load_inspect_format("html")


def test_an_installed_package_can_add_a_format(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: RunResult, knowledge: Knowledge
) -> None:
    module = "from herkomst.reports.json_format import JsonRun\nclass Counted(JsonRun):\n    name = 'counted'\n"
    module += "    def render(self, report, options=None):\n        return str(len(report.result.verdicts)).encode()\n"
    (tmp_path / "counted_format.py").write_text(module)
    folder = tmp_path / "counted_format-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: counted-format\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("[herkomst.reports]\ncounted = counted_format:Counted\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    invalidate_caches()
    added: Format = load_format("counted")
    report: ReportModel = build_report(story, load_words("nl"), knowledge)
    assert added.render(report) == str(len(story.verdicts)).encode()
    assert "counted" in format_names()
