"""Flattening: overlapping rows become disjoint segments, in which one answer holds for every address.

Pure functions over numbers. Where rows overlap, the most specific (the one with the fewest addresses) wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar


class Spanned(Protocol):
    """Anything that covers the numbers from `first` to `last`, both included."""

    @property
    def first(self) -> int:
        """The first number."""
        ...

    @property
    def last(self) -> int:
        """The last number."""
        ...


Row = TypeVar("Row", bound=Spanned)
Segment = tuple[int, int]
"""Where a segment begins, and its value; it ends where the next begins. Value 0 stands for "no row"."""


def sweep(rows: Iterable[Row]) -> Iterator[tuple[int, tuple[Row, ...]]]:
    """Give every point at which the set of covering rows changes, with the rows from there on, the most specific first.

    Rows of the same size keep the order in which they were given.
    """
    ordered = sorted(rows, key=lambda row: row.first)
    points = sorted({row.first for row in ordered} | {row.last + 1 for row in ordered})
    active: list[Row] = []
    upcoming = 0
    for point in points:
        active = [row for row in active if row.last >= point]
        joined = upcoming
        while upcoming < len(ordered) and ordered[upcoming].first == point:
            upcoming += 1
        if upcoming > joined:
            active.extend(ordered[joined:upcoming])
            active.sort(key=lambda row: row.last - row.first)
        yield point, tuple(active)


def flatten(rows: Iterable[Row], value_of: Callable[[tuple[Row, ...]], int]) -> list[Segment]:
    """Return the disjoint segments of the rows, neighbours with the same value joined, from number 0 on."""
    segments: list[Segment] = [(0, 0)]
    for start, covering in sweep(rows):
        value = value_of(covering) if covering else 0
        _append(segments, start, value)
    return segments


def smallest(covering: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the rows of the smallest size among those that cover a point."""
    size = covering[0].last - covering[0].first
    return tuple(row for row in covering if row.last - row.first == size)


def combine(tables: Sequence[list[Segment]]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Walk several flattened tables side by side: every point at which one changes, with all their values from there on."""
    positions = [0] * len(tables)
    values = [0] * len(tables)
    for point in sorted({start for table in tables for start, _ in table}):
        for number, table in enumerate(tables):
            if positions[number] < len(table) and table[positions[number]][0] == point:
                values[number] = table[positions[number]][1]
                positions[number] += 1
        yield point, tuple(values)


def _append(segments: list[Segment], start: int, value: int) -> None:
    if segments[-1][0] == start:
        segments.pop()
    if not segments or segments[-1][1] != value:
        segments.append((start, value))
