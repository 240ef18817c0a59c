"""The page: self-contained, accessible, readable in both schemes, and complete on paper (Chromium prints it)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from herkomst.reports.build import build_report
from herkomst.reports.html_format import HtmlFormat
from herkomst.reports.words import LANGUAGES, load_words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Status

VOID = frozenset(("meta", "br", "path", "circle", "rect"))
CHROMIUM = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync")  # fmt: skip


class Page(HTMLParser):
    """Keeps what the tests ask for, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def text(story: RunResult, knowledge: Knowledge, language: str) -> str:
    return HtmlFormat().render(build_report(story, load_words(language), knowledge)).decode()


@pytest.fixture
def page(text: str) -> Page:
    return Page(text)


def test_the_page_asks_nothing_of_a_network_and_has_no_script(text: str, page: Page) -> None:
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image", "audio", "video"}
    assert not [name for _, attributes in page.elements for name in attributes if name in ("src", "srcset", "xlink:href", "data")]
    assert {tag for tag, attributes in page.elements if "href" in attributes} <= {"a"}
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    assert not re.search(r"url\(|@import|expression", style.group(1))
    policy = next(item["content"] for item in page.all("meta") if item.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")


def test_the_page_names_its_language_and_its_title(page: Page, language: str) -> None:
    assert page.all("html") == [{"lang": language}]
    assert len(page.all("title")) == 1


def test_headings_go_down_one_level_at_a_time(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_header_says_what_it_heads(page: Page) -> None:
    assert page.all("th")
    assert {header.get("scope") for header in page.all("th")} == {"col", "row"}


def test_every_section_label_and_id_is_there_once(page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {attributes["aria-labelledby"] for _, attributes in page.elements if "aria-labelledby" in attributes} <= set(ids)


def test_scope_and_coverage_come_before_any_outcome(text: str) -> None:
    assert text.index('id="scope"') < text.index('id="outcomes"') < text.index("data-verdict")


def test_the_overview_leads_to_every_system(page: Page, story: RunResult) -> None:
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]
    assert links == [f"system-{number}" for number in range(1, len(story.systems) + 1)]
    assert set(links) <= ids


def test_every_status_is_told_by_a_word_and_a_shape(page: Page, text: str) -> None:
    badges = re.findall(r'<span class="badge (\w+)"><svg class="shape".*?</svg>([^<]+)</span>', text, re.DOTALL)
    assert {status for status, _ in badges} == set(Status)
    assert all(word.strip() for _, word in badges)
    shapes = {status: re.search(rf'badge {status}">(<svg.*?</svg>)', text, re.DOTALL) for status in Status}
    assert len({shape.group(1) for shape in shapes.values() if shape}) == len(Status)


def colours(style: str, block: str) -> dict[str, str]:
    found = re.search(block + r"\s*\{[^}]*?(--paper.*?)\}", style, re.DOTALL)
    assert found is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", found.group(1)))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("block", [r"^:root", r"prefers-color-scheme: dark\) \{\s*:root"])
def test_all_text_has_enough_contrast(text: str, block: str) -> None:
    style = text[text.index("<style>") + 7 : text.index("</style>")].split("*/", 1)[1].strip()
    palette = colours(style, block)
    pairs = [(name, f"{name}-back") for name in palette if f"{name}-back" in palette]
    assert len(pairs) == len(Status)
    pairs += [(ink, paper) for ink in ("ink", "quiet", "link") for paper in ("paper", "card")]
    assert [(pair, round(contrast(palette[pair[0]], palette[pair[1]]), 2)) for pair in pairs
            if contrast(palette[pair[0]], palette[pair[1]]) < 4.5] == []  # fmt: skip


def find_program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed, and CI needs it")
        pytest.skip(f"{name} is not installed")
    return path


@pytest.fixture
def printed(text: str, tmp_path: Path) -> str:
    """The text of the page as Chromium prints it."""
    chromium, to_text = find_program("chromium"), find_program("pdftotext")
    source, target = tmp_path / "report.html", tmp_path / "report.pdf"
    source.write_text(text, encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    subprocess.run(
        [chromium, *CHROMIUM, profile, "--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    printed = subprocess.run([to_text, "-layout", str(target), "-"], check=True, capture_output=True, timeout=60)
    return printed.stdout.decode()


def test_paper_shows_the_evidence_unfolded_and_numbers_its_pages(printed: str, story: RunResult) -> None:
    pages = printed.rstrip("\f").split("\f")
    assert [f"{number} / {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(pages)
    for verdict in story.verdicts:
        assert f"herkomst explain {verdict.id}" in printed  # the last line of what unfolds
    assert "98123" in printed  # the rows of a dataset
