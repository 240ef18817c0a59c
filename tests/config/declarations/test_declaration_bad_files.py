"""Each file in bad/ is named after its defect and says in its last lines where errors are expected, and with which words."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from herkomst.config.declarations import Severity, check_declaration
from herkomst.scanner.knowledge import Knowledge

BAD_FILES = sorted(Path(__file__).parent.joinpath("bad").glob("*.yaml"))
EXPECTED = re.compile(r"^# expected: (\d+):(\d+) (.+)$", re.MULTILINE)


@pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.stem)
def test_every_mistake_is_named_at_its_place_and_nothing_else_is(path: Path, knowledge: Knowledge, today: date) -> None:
    expected = [(int(line), int(column), words) for line, column, words in EXPECTED.findall(path.read_text())]

    checked = check_declaration(path, knowledge, today)

    assert checked.declaration is None
    errors = [problem for problem in checked.problems if problem.severity is Severity.ERROR]
    assert sorted((error.line, error.column) for error in errors) == sorted((line, column) for line, column, _ in expected)
    for line, column, words in expected:
        rendered = [str(error) for error in errors if (error.line, error.column) == (line, column)]
        assert any(words in text for text in rendered), rendered
        assert all(text.startswith(f"{path}:{line}:{column}: error: ") for text in rendered)


def test_there_is_a_bad_file_for_every_defect_that_is_named() -> None:
    assert len(BAD_FILES) >= 38
    assert all(EXPECTED.search(path.read_text()) for path in BAD_FILES)
