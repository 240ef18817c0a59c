"""A process that is killed while it saves loses nothing that it had stored, and processes that write at once do no harm."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from herkomst.scanner.store import Store
from store_scene import make_run, numbered_target, numbered_visit

TESTS = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("saving_child.py")


@contextmanager
def saving(path: Path, run: int, first: int, last: int, size: int) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, str(CHILD), str(path), *map(str, (run, first, last, size))]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            yield child
        finally:
            child.kill()


def start(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


def reported(line: str) -> set[int]:
    """Return the subjects of one line; a line that was cut off by the kill does not count."""
    return {int(word) for word in line.split() if word.isdigit()} if line.endswith("\n") else set()


def expect_sound(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize(("size", "lines"), [(1, 1), (1, 2), (1, 400), (7, 60), (250, 3), (1000, 2)])
def test_a_killed_scan_loses_no_subject_that_was_stored_and_can_be_resumed(tmp_path: Path, size: int, lines: int) -> None:
    path = tmp_path / "herkomst.db"
    stored: set[int] = set()
    with saving(path, 0, 0, 1000, size) as child:
        assert child.stdout is not None
        start(child)
        for _ in range(lines):
            stored |= reported(child.stdout.readline())
        child.kill()  # while it goes on saving
        for line in child.stdout:
            stored |= reported(line)
    assert child.returncode == -9
    expect_sound(path)
    with Store.open(str(path)) as store:
        if not store.run_ids():
            assert not stored
            store.begin_run(make_run(0), ())
        done = {target for target, _ in store.targets_done("run-0")}
        assert {numbered_target(number) for number in stored} <= done
        assert not store.load_result("run-0").run.complete
        visits = {visit.target: visit for visit in store.visits("run-0")}
        for number in stored:
            assert set(visits[numbered_target(number)].findings.observations) == set(numbered_visit(number).findings.observations)
        store.save_many("run-0", [numbered_visit(number) for number in range(1000) if numbered_target(number) not in done])
        assert len(store.load_result("run-0").observations) == 3000
    expect_sound(path)


def test_processes_that_make_and_fill_one_store_at_once_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "herkomst.db"
    spans = [(0, 120), (60, 180), (0, 180)]  # the same subjects from several processes
    with saving(path, 0, *spans[0], 3) as first, saving(path, 1, *spans[1], 3) as second, saving(path, 2, *spans[2], 3) as third:
        children = (first, second, third)
        for child in children:
            start(child)
        for child, span in zip(children, spans, strict=True):
            output, _ = child.communicate()
            assert child.returncode == 0
            assert set().union(*map(reported, output.splitlines(keepends=True))) == set(range(*span))
    expect_sound(path)
    with Store.open(str(path)) as store:
        for number, span in enumerate(spans):
            assert len(store.load_result(f"run-{number}").observations) == 3 * len(range(*span))
        for number in range(180):
            facts = store.facts(numbered_target(number).value)
            assert [fact.valid_until for fact in facts] == [None] * 3


LIMITED = """
import resource, signal, sys
from herkomst.scanner.errors import StoreError
from herkomst.scanner.store import Store
from store_scene import numbered_visit

with Store.open(sys.argv[1]) as store:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
    try:
        store.save_many("run-0", [numbered_visit(number) for number in range(5, 5000)])
    except StoreError as error:
        print(error)
"""


def test_a_disk_that_takes_no_more_is_said_and_what_was_stored_stays(tmp_path: Path) -> None:
    path = tmp_path / "herkomst.db"
    with Store.open(str(path)) as store:
        store.begin_run(make_run(0), ())
        store.save_many("run-0", [numbered_visit(number) for number in range(5)])
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    arguments = [sys.executable, "-c", LIMITED, str(path)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.startswith(f"{path}: The disk gave an error. Check the disk")
    expect_sound(path)
    with Store.open(str(path)) as store:
        assert store.targets_done("run-0") == {(numbered_target(number), "dns") for number in range(5)}
