"""What is there before a scan is not searched for cycles while it runs, and everything is as before when it has ended."""

from __future__ import annotations

import gc

import pytest
from herkomst.scanner.heap import YOUNG_OBJECTS, settled_heap


def test_while_a_scan_runs_the_search_for_cycles_is_rare_and_spares_what_was_there() -> None:
    before = gc.get_threshold()
    with settled_heap():
        assert gc.get_threshold() == (YOUNG_OBJECTS, *before[1:])
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0


def test_a_scan_that_fails_leaves_the_search_as_it_was() -> None:
    before = gc.get_threshold()
    with pytest.raises(RuntimeError), settled_heap():
        raise RuntimeError("the scan failed")
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_cycles_that_a_long_scan_leaves_behind_are_still_found() -> None:
    class Node:
        alive = 0

        def __init__(self) -> None:
            Node.alive += 1
            self.itself = self

        def __del__(self) -> None:
            Node.alive -= 1

    with settled_heap():
        for _ in range(YOUNG_OBJECTS * 3):
            Node()
        assert Node.alive < YOUNG_OBJECTS * 2
