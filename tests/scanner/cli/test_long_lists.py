"""Lists of names: checked from a file, and written line by line without holding the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from herkomst.scanner import parts, pool

NAMES = ("archief.mijnvoorbeeld.example", "zaken.mijnvoorbeeld.example", "parkeren.mijnvoorbeeld.example", "voorbeeld.example")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    path.write_text("# our names\n" + "\n".join(NAMES) + "\n")
    return path


def test_the_names_of_a_file_are_checked_like_names_on_the_command_line(herkomst: Callable[..., Any], listed: Path) -> None:
    claim = ("--claim", "web.country=NL", "--format", "json")
    from_file = herkomst("check", "--input", listed, *claim)
    named = herkomst("check", *NAMES, *claim)
    assert from_file.code == named.code
    assert [(item["id"], item["status"]) for item in from_file.document["verdicts"]] == [
        (item["id"], item["status"]) for item in named.document["verdicts"]
    ]
    assert len(from_file.document["verdicts"]) == len(NAMES)


def test_a_check_without_a_name_says_how_to_give_one(herkomst: Callable[..., Any]) -> None:
    said = herkomst("check", "--claim", "web.country=NL")
    assert said.code == 2
    assert "--input FILE" in said.err


def test_lines_that_were_written_part_by_part_are_those_of_the_whole_run(
    herkomst: Callable[..., Any], listed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_ASSETS", 1)
    streamed = herkomst("check", "--input", listed, "--claim", "web.country=NL", "--format", "jsonl")
    whole = herkomst("report", "--format", "jsonl")
    lines, expected = ([json.loads(line) for line in said.out.splitlines()] for said in (streamed, whole))
    assert lines[0] == expected[0]
    assert lines[0]["coverage"]["targets"] == len(NAMES)
    assert lines == expected
    assert {line["type"] for line in lines} >= {"run", "verdict", "placement"}


def test_processes_give_the_same_verdicts_and_the_same_store(
    herkomst: Callable[..., Any], listed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SHARD_SYSTEMS", 2)
    claim = ("--input", listed, "--claim", "web.country=NL", "--format", "json")
    alone = herkomst("check", *claim)
    together = herkomst("check", *claim, "--processes", "2", "--store", tmp_path / "two.db")
    assert together.code == alone.code
    assert together.document["verdicts"] == alone.document["verdicts"]
    assert together.document["coverage"] == alone.document["coverage"]
    kept = herkomst("report", "--format", "json", "--store", tmp_path / "two.db")
    assert {item["id"] for item in kept.document["verdicts"]} == {item["id"] for item in alone.document["verdicts"]}
    assert kept.document["run"]["complete"] is True


@pytest.mark.parametrize("count", ["0", "-1", "two", "65"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(herkomst: Callable[..., Any], count: str) -> None:
    assert herkomst("check", "voorbeeld.example", "--processes", count).code == 2
