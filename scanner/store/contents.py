"""What one visit found, in the form in which the store keeps it: items by observation id, and leads.

An item is `[kind, fields, raw digest]`, with a fourth member where the observation's subject is not the target's value. The key of a
content is a hash of its leads and observation ids: not of the raw answers, which differ (by a TTL, say) where the content is the same.
So the raw answer that is kept with a content is the one with which it was first seen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from herkomst.scanner.model.codec import CodecError
from herkomst.scanner.model.identity import compact_json, plain
from herkomst.scanner.model.observation import Content, Observation, decode_content
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.store.schema import Unreadable, escape

Item: TypeAlias = "list[Any]"
KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Series:
    """Who looked at what from where: one row of `states`."""

    target: Target
    collector: str
    vantage: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The items of one visit, in the order of their ids, and its leads."""

    items: dict[str, Item]
    leads: tuple[tuple[str, str], ...]


def dump(value: object) -> str:
    """Return JSON that every database can hold: ASCII, so that NUL and lone surrogates stand as escapes."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def content_key(leads: Sequence[tuple[str, str]], ids: Iterable[str]) -> bytes:
    """Return the hash by which two contents of one series are told apart; ids and leads in order."""
    # escaped texts hold no NUL and ids are hexadecimal, so no two lists give one text
    text = "\0".join([escape(part) for lead in leads for part in lead]) + "\0\0" + "\0".join(ids)
    return hashlib.sha256(text.encode()).digest()[:KEY_BYTES]


def sorted_leads(leads: Iterable[Target]) -> tuple[tuple[str, str], ...]:
    """Return leads as pairs of kind and value, in order, each once."""
    return tuple(sorted({(lead.kind.value, lead.value) for lead in leads}))


def item_of(observation: Observation, target: Target) -> Item:
    """Return the item of an observation."""
    item: Item = [observation.kind, plain(observation.content), observation.raw]
    if observation.subject != target.value:
        item.append(observation.subject)
    return item


def dump_contents(items: Mapping[str, Item], leads: Sequence[tuple[str, str]]) -> str:
    """Return the body of a content: the items have to be in the order of their ids."""
    return dump({"items": items, "leads": leads})


def dump_observed(observed: Mapping[str, Observation], target: Target, leads: Sequence[tuple[str, str]]) -> str:
    """Return the body of what a visit observed, by id and in that order: what `dump_contents` makes of the items, written directly."""
    items = []
    for identity, item in observed.items():
        other = "" if item.subject == target.value else f",{compact_json(item.subject)}"
        raw = compact_json(item.raw)
        items.append(f'"{identity}":[{compact_json(item.kind)},{compact_json(item.content)},{raw}{other}]')
    return f'{{"items":{{{",".join(items)}}},"leads":{dump(leads)}}}'


def load_contents(body: str) -> Contents:
    """Return the items and leads of a body; raise Unreadable where it is not what this version writes."""
    try:
        data = json.loads(body)
        return Contents(dict(data["items"]), tuple((kind, value) for kind, value in data["leads"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable("what a visit found", error) from error


def load_item_content(item: Item) -> Content:
    """Return the content of an item; raise Unreadable where this version does not know it."""
    try:
        return decode_content(item[0], item[1])
    except (CodecError, KeyError, IndexError, TypeError) as error:
        raise Unreadable("an observation", error) from error


def load_observation(item: Item, series: Series, observed_at: datetime) -> Observation:
    """Return the observation of an item, as seen at one instant."""
    content = load_item_content(item)
    subject = item[3] if len(item) > 3 else series.target.value
    return Observation(subject, series.collector, series.vantage, observed_at, content, item[2])


def load_target(kind: str, value: str) -> Target:
    """Return a target; raise Unreadable for a kind that this version does not know."""
    try:
        return Target(TargetKind(kind), value)
    except ValueError as error:
        raise Unreadable("a target", error) from error
