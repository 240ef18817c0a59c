"""`from_plain` is the inverse of `plain`: tried on every record of the model, found by looking into its modules."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

import herkomst.scanner.model as model
import pytest
from herkomst.scanner.model.claim import Claim, Operator, Role, SaidBy, System
from herkomst.scanner.model.codec import CodecError, from_plain
from herkomst.scanner.model.identity import MAX_TEXTS, canonical_json, compact_json, plain
from herkomst.scanner.model.observation import CONTENT_TYPES, Observation, RawAnswer, decode_content, encode_content
from herkomst.scanner.model.placement import Party, Picture
from herkomst.scanner.model.run import Run, RunResult
from herkomst.scanner.model.verdict import Coverage, Verdict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

StrategyOf: TypeAlias = Callable[[Any], st.SearchStrategy[Any]]

WITHOUT_OWN_FORM = {Observation, RunResult, RawAnswer}
"""A content's kind is not among its fields, and a raw answer is bytes: the store keeps these three in its own way."""


def record_types() -> list[type[Any]]:
    found = set()
    for module_info in pkgutil.iter_modules(model.__path__):
        module = importlib.import_module(f"{model.__name__}.{module_info.name}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if dataclasses.is_dataclass(value) and value.__module__ == module.__name__:
                found.add(value)
    return sorted(found - WITHOUT_OWN_FORM, key=lambda record_type: record_type.__name__)


@pytest.mark.parametrize("record_type", record_types(), ids=lambda record_type: record_type.__name__)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_record_survives_the_way_through_json(strategy_of: StrategyOf, record_type: type[Any], data: st.DataObject) -> None:
    record = data.draw(strategy_of(record_type))
    assert from_plain(record_type, json.loads(json.dumps(plain(record)))) == record
    text = compact_json(record)
    assert text.isascii()
    assert from_plain(record_type, json.loads(text)) == record


def test_all_records_of_the_model_are_tried() -> None:
    assert {Verdict, Picture, Run, System} <= set(record_types())
    assert set(CONTENT_TYPES) <= set(record_types())


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_content_is_decoded_by_its_kind(strategy_of: StrategyOf, data: st.DataObject) -> None:
    content = data.draw(st.one_of(*(strategy_of(content_type) for content_type in CONTENT_TYPES)))
    assert decode_content(content.kind, json.loads(json.dumps(encode_content(content)))) == content


def test_a_kind_that_is_not_known_is_an_error() -> None:
    with pytest.raises(KeyError):
        decode_content("tea.leaves", {})


CLAIM = Claim("hosting.country", Operator.IS, ("NL",), SaidBy.SUPPLIER, as_of=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"operator": "maybe"}, "Claim.operator: 'maybe' is not one of is, not"),
        ({"values": ["NL", 5]}, "Claim.values[1]: 5 is not text"),
        ({"values": "NL"}, "Claim.values: 'NL' is not a list"),
        ({"as_of": "yesterday"}, "Claim.as_of: 'yesterday' is not a date (YYYY-MM-DD)"),
        ({"key": None}, "Claim.key: None is not text"),
        ({"scope": {"roles": ["web", "tea"]}}, "Claim.scope.roles[1]: 'tea' is not one of"),
        ({"colour": "red"}, "Claim: the field 'colour' is not known"),
        ({"said_by": ["supplier"]}, "Claim.said_by: ['supplier'] is not one of"),
    ],
)
def test_an_error_says_which_field_and_what_was_expected(change: dict[str, Any], expected: str) -> None:
    data = plain(CLAIM)
    assert isinstance(data, dict)
    with pytest.raises(CodecError) as caught:
        from_plain(Claim, {**data, **change})
    assert str(caught.value).startswith(expected)


def test_a_missing_field_takes_its_default_or_is_an_error() -> None:
    minimal = {"key": "hosting.country", "operator": "is", "values": ["NL"], "said_by": "policy"}
    assert from_plain(Claim, minimal) == Claim("hosting.country", Operator.IS, ("NL",), SaidBy.POLICY)
    with pytest.raises(CodecError, match="the field said_by is missing"):
        from_plain(Claim, {key: value for key, value in minimal.items() if key != "said_by"})


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_a_number_is_not_guessed_from_another_type(value: object) -> None:
    with pytest.raises(CodecError, match="is not a whole number"):
        from_plain(Coverage, {"targets": value, "measured": 0})


@dataclass(frozen=True)
class Mixed:
    pair: tuple[int, str]
    either: int | tuple[str, ...]
    by_name: dict[str, Role]
    flag: bool = False
    share: float = 0.5


def test_unions_pairs_and_objects_are_understood() -> None:
    first = Mixed((1, "a"), 5, {"x": Role.WEB}, True, 2)
    second = Mixed((2, "b"), ("c",), {})
    assert from_plain(Mixed, plain(first)) == first
    assert from_plain(Mixed, plain(second)) == second


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"pair": [1]}, r"Mixed.pair: \[1\] is not a list of 2"),
        ({"pair": ["a", "a"]}, r"Mixed.pair\[0\]: 'a' is not a whole number"),
        ({"either": None}, "Mixed.either: None is not any of the accepted forms"),
        ({"by_name": {"y": "tea"}}, r"Mixed.by_name\['y'\]: 'tea' is not one of"),
        ({"by_name": []}, r"Mixed.by_name: \[\] is not an object"),
        ({"flag": 1}, "Mixed.flag: 1 is not true or false"),
        ({"share": "x" * 99}, r"Mixed.share: 'x{56}\.\.\. is not a number"),
    ],
)
def test_unions_pairs_and_objects_are_refused_where_they_do_not_fit(change: dict[str, Any], expected: str) -> None:
    data = plain(Mixed((1, "a"), 5, {}))
    assert isinstance(data, dict)
    with pytest.raises(CodecError, match=expected):
        from_plain(Mixed, {**data, **change})


def test_a_record_is_no_list() -> None:
    with pytest.raises(CodecError, match=r"Claim: .* is not an object with the fields of Claim"):
        from_plain(Claim, [])


def test_a_type_without_json_form_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="no decoder"):
        from_plain(RawAnswer, {"digest": "", "media_type": "", "body": ""})


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_text_that_ids_are_made_of_is_plain_json(strategy_of: StrategyOf, data: st.DataObject) -> None:
    value = [data.draw(strategy_of(data.draw(st.sampled_from(record_types())))), 1.5, {"b": (True, None), "a": -3}]
    assert canonical_json(value) == json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_a_text_that_is_kept_is_that_of_the_same_record_and_of_no_other() -> None:
    for _ in range(2):  # records that are let go leave their places in memory to others
        for number in range(3 * MAX_TEXTS):
            party = Party(f"party {number}", asn=number)
            assert compact_json(party) == compact_json(party) == f'{{"name":"party {number}","asn":{number}}}'
