"""The records of `knowledge explain` and `knowledge review` as JSON: field by field, under the names that the records have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date

from herkomst.reports.knowledge_facts import (
    AddressFacts,
    AsnFacts,
    EntityFacts,
    Facts,
    NameFacts,
    ProviderFacts,
)
from herkomst.reports.knowledge_review import ReviewGroup
from herkomst.scanner.model.run import KnowledgeVersion

EXPLAIN_SCHEMA = "herkomst.knowledge-explain/1"
REVIEW_SCHEMA = "herkomst.knowledge-review/1"
KINDS: dict[type, str] = {
    ProviderFacts: "provider",
    EntityFacts: "entity",
    AsnFacts: "asn",
    NameFacts: "name",
    AddressFacts: "address",
}


def explain_json(what: str, on: date, versions: Iterable[KnowledgeVersion], found: Iterable[Facts]) -> str:
    """Return what was found as one JSON document; `found` has an item for everything that the text means."""
    items = [{"kind": KINDS[type(facts)], "facts": _plain(facts)} for facts in found]
    return _document({"schema": EXPLAIN_SCHEMA, "what": what, "on": on, "knowledge": _versions(versions), "found": items})


def review_json(on: date, older_than_days: int, versions: Iterable[KnowledgeVersion], groups: Iterable[ReviewGroup]) -> str:
    """Return a review as one JSON document: counts first, then all entries."""
    listed = list(groups)
    counts = {group.key: {"found": len(group.items), "of": group.of} for group in listed}
    entries = {group.key: group.items for group in listed}
    head = {"schema": REVIEW_SCHEMA, "on": on, "older_than_days": older_than_days, "knowledge": _versions(versions)}
    return _document({**head, "counts": counts, "entries": entries})


def _versions(versions: Iterable[KnowledgeVersion]) -> list[dict[str, object]]:
    return [{"name": item.name, "version": item.version, "as_of": item.as_of, "rows": item.rows} for item in versions]


def _document(value: object) -> str:
    return json.dumps(_plain(value), indent=2, ensure_ascii=False) + "\n"


def _plain(value: object) -> object:
    if is_dataclass(value):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
