"""The history of a subject in two times: when a fact held, and when the store knew it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from herkomst.scanner.store.contents import Series, load_contents, load_item_content, load_target
from herkomst.scanner.store.intervals import OpenFact
from herkomst.scanner.store.records import Fact
from herkomst.scanner.store.schema import Unreadable, contents, instant, past_facts, states
from herkomst.scanner.store.visits import open_facts
from sqlalchemy import Connection, Row, select


def load_facts(connection: Connection, subject: str, as_of: datetime | None, known_at: datetime | None) -> tuple[Fact, ...]:
    """Return the facts of a subject that held at `as_of` (None: ever) by what was known at `known_at` (None: now), earliest first."""
    query = (
        select(states, contents.c.body).join(contents, contents.c.number == states.c.contents).where(states.c.subject == subject)
    )
    found: list[Fact] = []
    for row in connection.execute(query).all():
        series = Series(load_target(row.target_kind, row.subject), row.collector, row.vantage)
        held = open_facts(row, load_contents(row.body))
        found.extend(_open(identity, series, fact) for identity, fact in held.items())
        past = connection.execute(select(past_facts).where(past_facts.c.state == row.number))
        found.extend(_past(past_row, series) for past_row in past)
    known = [_as_known(fact, known_at) for fact in found if known_at is None or fact.recorded_from <= known_at]
    held_then = [fact for fact in known if as_of is None or _held(fact, as_of)]
    return tuple(sorted(held_then, key=lambda fact: (fact.valid_from, fact.collector, fact.vantage, fact.target, fact.id)))


def _open(identity: str, series: Series, fact: OpenFact) -> Fact:
    return Fact(
        id=identity,
        target=series.target,
        collector=series.collector,
        vantage=series.vantage,
        content=load_item_content(fact.item),
        raw=fact.item[2],
        valid_from=instant(fact.valid_from),
        valid_until=None,
        recorded_from=instant(fact.recorded_from),
        recorded_until=None,
    )


def _past(row: Row[Any], series: Series) -> Fact:
    try:
        item = json.loads(row.item)
    except ValueError as error:
        raise Unreadable("a past fact", error) from error
    opened = _open(row.observation, series, OpenFact(item, row.valid_from, row.recorded_from))
    return replace(opened, valid_until=instant(row.valid_until), recorded_until=instant(row.recorded_until))


def _as_known(fact: Fact, known_at: datetime | None) -> Fact:
    """Return the fact without an end that was not recorded yet."""
    if known_at is None or fact.recorded_until is None or fact.recorded_until <= known_at:
        return fact
    return replace(fact, valid_until=None, recorded_until=None)


def _held(fact: Fact, as_of: datetime) -> bool:
    return fact.valid_from <= as_of and (fact.valid_until is None or as_of < fact.valid_until)
