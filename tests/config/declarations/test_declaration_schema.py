"""The JSON Schema that is shipped: good files pass it, and nothing that it refuses is taken by the reader."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from herkomst.config.declarations import Checked, Severity, check_declaration
from herkomst.config.vocabulary import claim_keys, split_key
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Hearing, Role, SaidBy
from hypothesis import given, settings
from hypothesis import strategies as st

Check = Callable[[str | bytes], Checked]
SCHEMA: dict[str, Any] = json.loads(
    files("herkomst.config").joinpath("schemas/declaration.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = sorted(Path(str(files("herkomst.config").joinpath("examples"))).glob("*.yaml"))
BAD_FILES = sorted(Path(__file__).parent.joinpath("bad").glob("*.yaml"))
NOT_FOR_A_SCHEMA = {
    # what only the reader can know: catalogue, calendar, check digits, names, other places of the file
    "country-that-does-not-exist", "provider-not-in-the-catalogue", "services-that-are-no-lock-in", "owner-with-a-wrong-lei", "asset-twice", "asset-under-the-wrong-kind",
    "scope-outside-the-system", "one-party-says-the-opposite", "system-twice", "escape-in-a-name", "word-that-is-not-accepted",
    # what is lost when YAML becomes JSON
    "key-twice", "anchors-and-aliases",
}  # fmt: skip


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core schema, as editors read the file: `NO` and dates are text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own way to start without resolvers


for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern})\Z"), first)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_sample_is_valid(sample: str) -> None:
    VALIDATOR.validate(yaml.load(sample, Loader=CoreLoader))  # noqa: S506 - a SafeLoader


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_valid(path: Path) -> None:
    VALIDATOR.validate(yaml.load(path.read_text(), Loader=CoreLoader))  # noqa: S506 - a SafeLoader


def test_the_words_of_the_schema_are_those_of_the_program() -> None:
    definitions = SCHEMA["$defs"]
    claim = definitions["claim"]["properties"]

    assert definitions["role"]["enum"] == [role.value for role in Role]
    assert claim["said_by"]["enum"] == [party.value for party in SaidBy]
    assert claim["hearing"]["enum"] == [hearing.value for hearing in Hearing]
    pattern, own = claim["claim"]["anyOf"]
    assert own["enum"] == [key for key in claim_keys() if split_key(key) is None]
    assert {key for key in claim_keys() if re.search(pattern["pattern"], key)} == {key for key in claim_keys() if split_key(key)}


@pytest.mark.parametrize("path", BAD_FILES, ids=lambda path: path.stem)
def test_the_schema_refuses_every_bad_file_that_it_can_know_of(path: Path) -> None:
    try:
        documents = list(yaml.load_all(path.read_text(), Loader=CoreLoader))
    except yaml.YAMLError:
        return
    refused = len(documents) != 1 or not VALIDATOR.is_valid(documents[0])

    assert refused == (path.stem not in NOT_FOR_A_SCHEMA)


JSON_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        64500,
        2.5,
        "",
        " ",
        "NL",
        "yes",
        "web",
        "x" * 1_200,
        [],
        {},
        [None],
        ["NL"],
        [[]],
        {"name": "a"},
        "a\nb",
    ]
)


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_what_the_schema_refuses_the_reader_refuses(
    data: st.DataObject, knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory, sample: str
) -> None:
    """Change a good declaration in one to three places: take a key away, add one, or put another value in its place."""
    document = deepcopy(yaml.load(sample, Loader=CoreLoader))  # noqa: S506 - a SafeLoader
    document["country_sets"] = {"benelux": ["BE", "NL", "LU"]}
    document["systems"][0]["claims"][0]["scope"] = {
        "assets": ["zaken.voorbeeld.example"],
        "roles": ["web"],
        "parts": [{"name": "een", "cluster": "productie", "namespace": "zaken"}],
    }
    for _ in range(data.draw(st.integers(1, 3))):
        _change(data, document)
    path = tmp_path_factory.getbasetemp() / "changed.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False))

    checked = check_declaration(path, knowledge, date(2026, 11, 23))

    if not VALIDATOR.is_valid(document):
        assert checked.declaration is None
        assert any(problem.severity is Severity.ERROR for problem in checked.problems)


def _change(data: st.DataObject, document: dict[str, Any]) -> None:
    places = list(_places(document))
    if not places:
        return
    container, key = data.draw(st.sampled_from(places))
    action = data.draw(st.sampled_from(["replace", "remove", "add"]))
    if action == "remove":
        del container[key]
    elif action == "add" and isinstance(container, dict):
        container[data.draw(st.sampled_from(["naam", "is", "not", "scope", "name", "roles"]))] = deepcopy(data.draw(JSON_VALUES))
    else:
        container[key] = deepcopy(data.draw(JSON_VALUES))


def _places(node: Any) -> list[tuple[Any, Any]]:
    if isinstance(node, dict):
        return [(node, key) for key in node] + [place for item in node.values() for place in _places(item)]
    if isinstance(node, list):
        return [(node, index) for index in range(len(node))] + [place for item in node for place in _places(item)]
    return []
