"""The documents for machines: valid against the shipped schemas, exact in their keys, safe to print, lossless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from importlib.resources import files
from typing import Any

import pytest
from herkomst.reports.build import build_inspect, build_report
from herkomst.reports.documents import encode
from herkomst.reports.registry import load_format, load_inspect_format
from herkomst.reports.words import load_words
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Hearing, Operator, Role, SaidBy
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.location import Grade
from herkomst.scanner.model.placement import Investor, JurisdictionStatus, Layer, OwnerFact, Party, Via
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Confidence, Reason, Status
from hypothesis import given, settings
from jsonschema import Draft202012Validator, ValidationError
from scene import KNOWLEDGE
from strategies import HOSTILE, run_results, texts


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        files("herkomst.reports").joinpath("schemas", f"herkomst.{name}.schema.json").read_bytes()
    )
    Draft202012Validator.check_schema(loaded)
    return loaded


RUN = Draft202012Validator(schema("run-1"))
LINE = Draft202012Validator({**schema("run-1")["$defs"]["line"], "$defs": schema("run-1")["$defs"]})
INSPECT = Draft202012Validator(schema("inspect-1"))
SUBJECT = Draft202012Validator({"$ref": "#/$defs/subject", "$defs": schema("inspect-1")["$defs"]})


def run_json(result: RunResult, language: str = "en") -> Any:
    return json.loads(load_format("json").render(build_report(result, load_words(language), KNOWLEDGE)))


def run_lines(result: RunResult) -> list[Any]:
    rendered = load_format("jsonl").render(build_report(result, load_words("en"), KNOWLEDGE))
    return [json.loads(line) for line in rendered.splitlines()]


def inspect_json(result: RunResult) -> Any:
    return json.loads(load_inspect_format("json").render(build_inspect(result, load_words("en"), KNOWLEDGE)))


def inspect_lines(result: RunResult) -> list[Any]:
    rendered = load_inspect_format("jsonl").render(build_inspect(result, load_words("en"), KNOWLEDGE))
    return [json.loads(line) for line in rendered.splitlines()]


@settings(max_examples=60, deadline=None)
@given(result=run_results())
def test_any_run_is_valid_against_the_shipped_schema(result: RunResult) -> None:
    RUN.validate(run_json(result))
    for line in run_lines(result):
        LINE.validate(line)


@settings(max_examples=60, deadline=None)
@given(result=run_results())
def test_any_inspection_is_valid_against_the_shipped_schema(result: RunResult) -> None:
    INSPECT.validate(inspect_json(result))
    lines = inspect_lines(result)
    assert [line["subject"] for line in lines] == [picture.subject for picture in result.pictures]
    for line in lines:
        SUBJECT.validate(line)


def test_the_story_is_valid_against_the_shipped_schemas(story: RunResult, inspected: RunResult) -> None:
    RUN.validate(run_json(story))
    INSPECT.validate(inspect_json(inspected))


def listed_values(node: object, name: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield every list of allowed values in a schema, with the name of the property or definition that has it."""
    if isinstance(node, dict):
        if "enum" in node:
            yield name, set(node["enum"]) - {None}
        for key, value in node.items():
            yield from listed_values(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from listed_values(value, name)


@pytest.mark.parametrize("name", ["run-1", "inspect-1"])
def test_the_schemas_allow_exactly_the_values_of_the_model(name: str) -> None:
    of_model: dict[str, tuple[type[StrEnum], ...]] = {
        "operator": (Operator,), "said_by": (SaidBy,), "hearing": (Hearing,), "role": (Role,), "layer": (Layer,), "via": (Via,),
        "status": (Status, JurisdictionStatus), "grade": (Grade,), "reason": (Reason, FailureReason), "confidence": (Confidence,),
    }  # fmt: skip
    found = list(listed_values(schema(name)))
    assert len(found) > 5
    for property_name, values in found:
        assert values in [{item.value for item in kind} for kind in of_model[property_name]], property_name


def test_the_schemas_refuse_what_is_not_in_the_contract(story: RunResult) -> None:
    document = run_json(story)
    for spoilt in (
        {**document, "schema": "herkomst.run/2"},
        {**document, "more": 1},
        {**document, "verdicts": [{**document["verdicts"][0], "status": "green"}]},
        {key: value for key, value in document.items() if key != "coverage"},
    ):
        with pytest.raises(ValidationError):
            RUN.validate(spoilt)


def test_the_keys_of_a_run_are_those_of_the_contract(story: RunResult) -> None:
    document = run_json(story)
    assert list(document) == ["schema", "run", "verdicts", "placements", "failures", "summary", "coverage"]
    assert list(document["run"]) == [
        "id", "started_at", "finished_at", "complete", "version", "vantage", "knowledge",
    ]  # fmt: skip
    assert list(document["verdicts"][0]) == [
        "id", "system", "subject", "role", "claim", "operator", "expected", "observed", "status", "reason", "confidence", "said_by",
        "source", "hearing", "scope", "coverage", "parts", "not_asked", "evidence", "would_change",
    ]  # fmt: skip
    assert list(document["placements"][0]) == [
        "system", "subject", "vantage", "role", "layer", "endpoint", "addresses", "provider", "network", "owner", "ultimate_parent",
        "jurisdictions", "location", "evidence",
    ]  # fmt: skip


def test_the_keys_of_an_inspection_are_those_of_the_contract(inspected: RunResult) -> None:
    line = inspect_lines(inspected)[0]
    assert list(line) == ["schema", "subject", "observed_at", "vantage", "placements", "failures"]
    assert line["schema"] == "herkomst.inspect/1"
    assert line["observed_at"] == "2026-11-23T10:00:00Z"
    mail = next(item for item in line["placements"] if item["role"] == "mail.inbound")
    assert mail["provider"] == {"id": "microsoft-365", "name": "microsoft-365"}
    assert mail["network"] == {"prefix": "192.0.2.30/24", "asn": 8075, "holder": "MICROSOFT"}
    assert mail["owner"] == {"name": "Microsoft Ireland Operations Ltd", "country": "IE"}
    assert mail["ultimate_parent"]["source"] == "https://register.example/"
    assert {"country": "US", "via": "parent", "party": "Microsoft Corporation", "status": "closed", "sourced": True} in mail[
        "jurisdictions"
    ]
    assert mail["location"] == {"countries": [], "grade": None, "reason": "not_observable"}


def test_a_failure_names_its_source_and_says_whether_asking_again_helps(inspected: RunResult) -> None:
    line = inspect_lines(inspected)[-1]
    assert line["subject"] == "traag.voorbeeld.example"
    assert {
        "collector": "dns",
        "subject": "traag.voorbeeld.example",
        "kind": "dns.rrset",
        "scope": "A",
        "reason": "timeout",
        "retryable": True,
    } in line["failures"]


def test_a_party_outside_the_catalogue_is_no_provider_and_its_network_is_still_given(inspected: RunResult) -> None:
    picture = inspected.pictures[0]
    placement = replace(picture.placements[0], provider=Party("Onbekend B.V."))
    document = inspect_json(replace(inspected, pictures=(replace(picture, placements=(placement,)),)))
    assert document["placements"][0]["provider"] is None
    assert document["placements"][0]["network"]["asn"] == 13335


def test_investors_are_a_key_only_where_there_are_any(inspected: RunResult) -> None:
    picture = inspected.pictures[0]
    owner = OwnerFact("Een B.V.", "NL", investors=(Investor("Fonds LP", "US", "60 %"),))
    document = inspect_json(
        replace(inspected, pictures=(replace(picture, placements=(replace(picture.placements[0], owner=owner),)),))
    )
    INSPECT.validate(document)
    assert document["placements"][0]["owner"]["investors"] == [
        {"name": "Fonds LP", "country": "US", "share": "60 %", "as_of": None, "source": None}
    ]


def test_one_subject_is_one_document_and_several_are_an_array(inspected: RunResult) -> None:
    assert isinstance(inspect_json(replace(inspected, pictures=inspected.pictures[:1])), dict)
    assert isinstance(inspect_json(inspected), list)


def test_the_lines_of_a_run_hold_what_the_document_holds(story: RunResult) -> None:
    document, lines = run_json(story), run_lines(story)
    assert lines[0]["type"] == "run"
    assert lines[0]["run"] == document["run"]
    for kind in ("verdict", "placement", "failure"):
        items = [
            {key: value for key, value in line.items() if key not in ("schema", "type")} for line in lines if line["type"] == kind
        ]
        assert items == document[f"{kind}s"]


def test_a_placement_is_listed_for_every_system_that_declares_its_subject(story: RunResult) -> None:
    twin = replace(story.systems[1], name="tweede loket")
    document = run_json(replace(story, systems=(*story.systems, twin)))
    assert {item["system"] for item in document["placements"] if item["subject"] == "loket.voorbeeld.example"} == {
        "loket",
        "tweede loket",
    }


def test_the_summary_counts_every_status(story: RunResult) -> None:
    document = run_json(replace(story, verdicts=story.verdicts[:1]))
    assert document["summary"] == {**dict.fromkeys(Status, 0), story.verdicts[0].status: 1}
    assert len(document["summary"]) == 7
    assert document["coverage"] == {"targets": 6, "measured": 5}


def test_only_what_would_change_a_verdict_is_in_words(story: RunResult) -> None:
    dutch, english = run_json(story, "nl"), run_json(story, "en")
    assert dutch["verdicts"][0]["would_change"] == "Vraag de leverancier om een reactie."
    for document in (dutch, english):
        for verdict in document["verdicts"]:
            del verdict["would_change"]
    assert dutch == english


@given(text=texts)
def test_text_from_outside_comes_back_whole_and_its_bytes_are_safe_to_print(text: str) -> None:
    data = encode({"text": text})
    assert json.loads(data) == {"text": text}
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in data.decode().rstrip("\n"))


def test_a_tag_character_beyond_the_basic_plane_comes_back_whole() -> None:
    assert json.loads(encode(HOSTILE[6])) == HOSTILE[6]
    assert b"\\udb40\\udc41" in encode("\U000e0041")


def test_the_knowledge_of_a_run_has_name_version_date_and_rows(story: RunResult, knowledge: Knowledge) -> None:
    assert run_json(story)["run"]["knowledge"][0] == {
        "name": "catalogue",
        "version": "2026.10",
        "as_of": "2026-10-01",
        "rows": 412,
    }
