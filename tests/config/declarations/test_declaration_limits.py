"""Hostile files: each is refused with one clear error, in bounded time and memory."""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from herkomst.config.declarations import Checked, Severity, check_declaration
from herkomst.config.declarations.document import MAX_BYTES, MAX_DEPTH, MAX_NODES
from herkomst.config.declarations.problem import MAX_PROBLEMS
from herkomst.config.knowledge import load_catalogue
from herkomst.scanner.knowledge import Knowledge

Check = Callable[[str | bytes], Checked]
HEAD = "herkomst: 1\norganisation: {name: Gemeente Voorbeeld}\nsystems:\n"
MAX_SECONDS = 20.0
"""Of the processor, so that a busy machine does not count; the slowest takes 3 s on one core of 2026."""
MAX_MEMORY_BYTES = 200_000_000


def _billion_laughs() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{this}: &{this} [{', '.join([f'*{before}'] * 9)}]" for before, this in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join(lines)


HOSTILE: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "aliases that multiply": (_billion_laughs, "1:4: error: Anchors and aliases"),
    "an anchor that holds itself": (lambda: "&a [*a]", "1:1: error: Anchors and aliases"),
    "a million open brackets": (lambda: "a: " + "[" * 1_000_000, f"nested more than {MAX_DEPTH} levels"),
    "a hundred thousand nested maps": (lambda: "[" + "{a: " * 100_000, f"nested more than {MAX_DEPTH} levels"),
    "dashes without end": (lambda: "- " * 500_000, f"nested more than {MAX_DEPTH} levels"),
    "questions without end": (lambda: "? " * 500_000, f"nested more than {MAX_DEPTH} levels"),
    "deep indentation": (lambda: "\n".join(" " * level + "a:" for level in range(2_000)), f"nested more than {MAX_DEPTH} levels"),
    "millions of values": (lambda: "x: [" + "1," * 3_000_000 + "]", f"more than {MAX_NODES} values"),
    "more than ten megabytes": (lambda: "# x\n" * (MAX_BYTES // 4 + 1), "1:1: error: The file is larger than 10 MB"),
    "ten megabytes of comments": (lambda: "# x\n" * (MAX_BYTES // 4 - 1), "1:1: error: The file is empty"),
    "an endless quoted text": (lambda: '"' + "\\x41" * 2_000_000, "no valid YAML"),
    "an endless key": (lambda: "{" + "a" * 2_000 + " " * 5_000_000, "no valid YAML"),
    "an empty file": (lambda: "", "1:1: error: The file is empty"),
    "only white space": (lambda: " \n\n", "1:1: error: The file is empty"),
    "only null": (lambda: "~", "1:1: error: The file is empty"),
    "a program": (lambda: b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 1_000, "1:5: error: This is a binary file"),
    "a null byte on the second line": (lambda: b"herkomst: 1\nx: \xc3\xa9\x00", "2:5: error: This is a binary file"),
    "latin-1": (
        lambda: "herkomst: 1\norganisation: {name: Coördinatie}\n".encode("latin-1"),
        "2:24: error: The file is not UTF-8",
    ),
    "utf-16": (lambda: "herkomst: 1\n".encode("utf-16"), "1:1: error: The file is UTF-16"),
    "an escape character": (lambda: b"herkomst: 1\n# \x1b[2J", "2:3: error: YAML does not allow this character. Found: 'U+001B'"),
    "two documents": (lambda: "herkomst: 1\n---\nherkomst: 1\n", "2:1: error: A second document"),
    "an object tag": (lambda: '!!python/object/apply:os.system ["true"]', "1:1: error: Tags are not used"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gives_one_clear_error_in_bounded_time_and_memory(name: str, check: Check) -> None:
    make, words = HOSTILE[name]
    content = make()

    checked, seconds, peak_bytes = _measure(lambda: check(content))

    assert checked.declaration is None
    (problem,) = checked.problems
    assert problem.severity is Severity.ERROR
    assert words in str(problem)
    assert seconds < MAX_SECONDS
    assert peak_bytes < MAX_MEMORY_BYTES


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("mistakes", "      - {claim: web.provider, is: [transipp], said_by: suplier}\n" * 25_000),
        ("owners", "      - {claim: web.owner, is: [transipp groep], said_by: supplier}\n" * 25_000),
        ("repeats", "      - {claim: web.provider, is: [transip], said_by: supplier}\n" * 25_000),
        ("unknown keys", "".join(f"      k{number}: 1\n" for number in range(100_000))),
    ],
)
def test_a_file_full_of_one_mistake_shows_the_first_ones_and_counts_the_rest(name: str, lines: str, tmp_path: Path) -> None:
    head = HEAD + "  - name: zaaksysteem\n" + ("    assets:\n" if name == "unknown keys" else "    claims:\n")
    path = tmp_path / "declaration.yaml"
    path.write_text(head + lines)
    embedded = Knowledge(load_catalogue())  # hundreds of ids to look for the nearest in

    checked, seconds = _time(lambda: check_declaration(path, embedded, date(2026, 11, 23)))

    assert len(checked.problems) == MAX_PROBLEMS + 1
    assert "more problems are not shown" in str(checked.problems[-1])
    assert (checked.declaration is None) == (name != "repeats")
    assert seconds < MAX_SECONDS


def test_claims_that_must_all_be_compared_are_compared_in_bounded_time(check: Check) -> None:
    codes = ["AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX"]
    pairs = [(one, other) for one in codes for other in codes if one < other][:100]
    claims = "".join(f"      - {{claim: web.country, not: [{one}, {other}], said_by: supplier}}\n" for one, other in pairs)
    systems = "".join(f"  - name: systeem-{number}\n    claims:\n{claims}" for number in range(50))

    checked, seconds = _time(lambda: check(HEAD + systems))

    assert checked.problems == ()
    assert seconds < MAX_SECONDS


def test_a_hundred_thousand_names_are_compared_with_each_other_in_bounded_time(check: Check) -> None:
    systems = "".join(
        f"  - name: s{system}\n    assets: {{domains: [{','.join(f'h{host}.s{system}.example' for host in range(1_000))}]}}\n"
        for system in range(100)
    )

    checked, seconds = _time(lambda: check(HEAD + systems))

    assert checked.declaration is not None
    assert seconds < MAX_SECONDS


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path, knowledge: Knowledge) -> None:
    pipe = tmp_path / "declaration.yaml"
    os.mkfifo(pipe)

    checked = check_declaration(pipe, knowledge, date(2026, 11, 23))

    assert [str(problem).endswith("error: This is no regular file.") for problem in checked.problems] == [True]


def test_a_text_at_the_limit_of_depth_is_read(check: Check) -> None:
    deep = check("[" * MAX_DEPTH + "]" * MAX_DEPTH)

    assert ["must be a mapping" in str(problem) for problem in deep.problems] == [True]


def _time(run: Callable[[], Checked]) -> tuple[Checked, float]:
    before = time.process_time()
    outcome = run()
    return outcome, time.process_time() - before


def _measure(run: Callable[[], Checked]) -> tuple[Checked, float, int]:
    """Return the outcome, the seconds it took, and the most memory it held in bytes; tracing makes it some four times slower."""
    tracemalloc.start()
    try:
        outcome, seconds = _time(run)
        return outcome, seconds, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
