"""What the tests of the records and of the store share: a strategy for any record type, every field filled."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, TypeAlias

import pytest
from hypothesis import strategies as st

StrategyOf: TypeAlias = Callable[[Any], st.SearchStrategy[Any]]

TEXT = st.text(alphabet=st.characters(), max_size=12)  # lone surrogates and NUL included
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: st.integers(),
    float: st.floats(allow_nan=False),
    str: TEXT,
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def strategy_of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type; of a record every field is drawn, also those with a default."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    arguments = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*(strategy_of_type(argument) for argument in arguments))
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(st.deferred(lambda: strategy_of_type(arguments[0])), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*(strategy_of_type(argument) for argument in arguments))
    if origin is frozenset:
        return st.frozensets(strategy_of_type(arguments[0]), max_size=3)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    hints = typing.get_type_hints(hint)
    return st.builds(hint, **{field.name: strategy_of_type(hints[field.name]) for field in dataclasses.fields(hint)})


@pytest.fixture(scope="session")
def strategy_of() -> StrategyOf:
    """Hand the function to the test files, which import nothing from each other."""
    return strategy_of_type
