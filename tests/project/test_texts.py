"""What every file of the project keeps to: it speaks of itself only, and says why where it makes an exception."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

# written in parts, so that this file does not name them either
REGISTRIES = [
    r"\.".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "(?:org|com)"), ("deb", "debian", "org"))
]
MACHINE_PATHS = re.compile(r"(?<![\w.}*-])/(?:root|home/\w+|Users/\w+|work(?:space)?|mnt|opt/\w+)/")
REASON = re.compile(r"#\s*(?:noqa|type:\s*ignore)(?P<codes>\[[\w, -]+\]|:\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?(?P<reason>.*)$")
LONGEST_MODULE = 400
LONGER_MODULES: dict[str, str] = {}
"""Modules of the program that are longer, each with its reason."""
PARTS = ("scanner", "collectors", "config", "reports", "lab")


def find_lines(texts: dict[Path, str], pattern: re.Pattern[str]) -> list[str]:
    """Return file, line and text of every line in which the pattern is found."""
    return [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_the_host_of_a_package_registry(texts: dict[Path, str]) -> None:
    assert find_lines(texts, re.compile("|".join(REGISTRIES))) == []


def test_no_file_has_a_path_of_one_machine(texts: dict[Path, str]) -> None:
    assert find_lines(texts, MACHINE_PATHS) == []


def test_files_end_in_one_line_break_and_have_no_carriage_returns(texts: dict[Path, str]) -> None:
    wrong = [str(path) for path, text in texts.items() if text and (not text.endswith("\n") or text.endswith("\n\n"))]
    assert wrong == []
    assert [str(path) for path, text in texts.items() if "\r" in text] == []


def test_every_lint_exception_names_its_rule_and_its_reason(python_files: dict[Path, str]) -> None:
    bare = []
    for place in find_lines({path: text for path, text in python_files.items() if path.name != "test_texts.py"}, REASON):
        found = REASON.search(place)
        if found and (not found["codes"] or len(found["reason"].strip(" #-:").split()) < 2):
            bare.append(place)
    assert bare == []


def test_modules_stay_short(python_files: dict[Path, str]) -> None:
    lengths = {str(path): len(text.splitlines()) for path, text in python_files.items() if path.parts[0] in PARTS}
    longer = {path for path, length in lengths.items() if length > LONGEST_MODULE}
    assert longer == set(LONGER_MODULES)


def test_changelog_fragments_are_one_sentence(texts: dict[Path, str]) -> None:
    fragments = {path: text for path, text in texts.items() if path.parts[0] == "changelog.d" and path.name != "README.md"}
    assert fragments
    for path, text in fragments.items():
        assert re.fullmatch(r"[A-Z`].+\.\n", text), f"{path}: one line that ends in a full stop"
        assert not re.search(r"[.!?] [A-Z]", text), f"{path}: more than one sentence"


def test_decision_records_are_short_and_say_all_five_things(texts: dict[Path, str]) -> None:
    records = {path: text for path, text in texts.items() if path.parts[:2] == ("docs", "decisions")}
    assert records
    numbers = [path.name[:4] for path in records]
    assert len(numbers) == len(set(numbers))
    for path, text in records.items():
        assert len(text.splitlines()) <= 40, path
        assert re.match(rf"# 0*{int(path.name[:4])}\b", text), path
        for part in ("Situation", "Decision", "Because", "Cost", "[Ll]ook again"):
            assert re.search(rf"\b{part}\b", text), f"{path}: {part}"


def test_links_between_documents_lead_to_files(root: Path, texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
                assert (root / path.parent / target).exists(), f"{path} links to {target}"


def scripts_of(files: tuple[Path, ...]) -> list[Path]:
    return [path for path in files if path.parts[0] in ("scripts", ".ci")]


def test_scripts_can_be_started_and_say_with_what(root: Path, files: tuple[Path, ...]) -> None:
    for path in scripts_of(files):
        assert (root / path).stat().st_mode & 0o111, f"{path} is not executable"
        assert (root / path).read_text("utf-8").startswith("#!"), path


def test_shell_scripts_have_no_syntax_errors(root: Path, files: tuple[Path, ...]) -> None:
    for path in scripts_of(files):
        shell = re.match(r"#!/(?:bin/|usr/bin/env )(sh|bash)\n", (root / path).read_text("utf-8"))
        if shell:
            ran = subprocess.run([shell[1], "-n", root / path], capture_output=True, text=True)
            assert ran.returncode == 0, ran.stderr


def test_ruff_reads_the_python_scripts_too(root: Path, python_files: dict[Path, str]) -> None:
    configured = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["extend-include"]
    assert sorted(configured) == sorted(str(path) for path in python_files if path.suffix != ".py")


@pytest.mark.parametrize("name", ["bench", "stress"])
def test_a_script_without_a_name_lists_what_there_is(root: Path, name: str) -> None:
    ran = subprocess.run([root / "scripts" / name], capture_output=True, text=True)
    assert ran.returncode == 2
    assert "usage: scripts/" in ran.stderr
    assert {"bench": "store", "stress": "verdicts"}[name] in ran.stderr
