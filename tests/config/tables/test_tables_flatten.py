from __future__ import annotations

import itertools
from dataclasses import dataclass

from herkomst.config.tables.flatten import combine, flatten, smallest
from hypothesis import given
from hypothesis import strategies as st


@dataclass(frozen=True)
class Span:
    first: int
    last: int
    value: int


spans = st.builds(
    lambda first, size, value: Span(first, first + size, value), st.integers(0, 60), st.integers(0, 30), st.integers(1, 5)
)


def value_at(segments: list[tuple[int, int]], number: int) -> int:
    return [value for start, value in segments if start <= number][-1]


@given(st.lists(spans, max_size=12))
def test_flattening_gives_every_number_the_value_of_its_smallest_row(rows: list[Span]) -> None:
    segments = flatten(rows, lambda covering: smallest(covering)[0].value)
    for number in range(100):
        covering = sorted((row for row in rows if row.first <= number <= row.last), key=lambda row: row.last - row.first)
        allowed = {row.value for row in smallest(tuple(covering))} if covering else {0}
        assert value_at(segments, number) in allowed


@given(st.lists(spans, max_size=12))
def test_segments_are_sorted_begin_at_zero_and_differ_from_their_neighbours(rows: list[Span]) -> None:
    segments = flatten(rows, lambda covering: smallest(covering)[0].value)
    assert segments[0][0] == 0
    assert all(one[0] < other[0] and one[1] != other[1] for one, other in itertools.pairwise(segments))


@given(st.lists(st.lists(spans, max_size=6), min_size=1, max_size=3))
def test_combined_tables_say_at_every_number_what_each_says_alone(tables: list[list[Span]]) -> None:
    flat = [flatten(rows, lambda covering: covering[0].value) for rows in tables]
    points = list(combine(flat))
    for number in range(100):
        combined = [values for start, values in points if start <= number][-1]
        assert combined == tuple(value_at(segments, number) for segments in flat)


def test_of_rows_of_one_size_the_one_given_first_comes_first() -> None:
    rows = [Span(0, 9, 1), Span(0, 9, 2), Span(3, 4, 3)]
    assert flatten(rows, lambda covering: covering[0].value) == [(0, 1), (3, 3), (5, 1), (10, 0)]
