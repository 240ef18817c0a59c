"""Reading back what visits saw: of a run, of one observation, of one raw answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from herkomst.scanner.model.codec import CodecError, from_plain
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.observation import Observation, RawAnswer
from herkomst.scanner.model.target import Target
from herkomst.scanner.store.bundles import unpack_answer
from herkomst.scanner.store.contents import (
    Contents,
    Series,
    dump,
    load_contents,
    load_observation,
    load_target,
)
from herkomst.scanner.store.intervals import OpenFact
from herkomst.scanner.store.schema import Unreadable, contents, instant, raws, states, visits
from sqlalchemy import Connection, Row, select

CHUNK = 500


@dataclass(frozen=True, slots=True)
class RunKey:
    """The number of a run in this database, and its vantage."""

    number: int
    vantage: str


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """A visit as it was stored: its observations by the id under which evidence names them."""

    series: Series
    at: datetime
    observations: dict[str, Observation]
    leads: tuple[Target, ...]
    failures: tuple[Failure, ...]


def load_visits(connection: Connection, run: RunKey) -> Iterator[StoredVisit]:
    """Yield the visited of a run in the order in which they were stored."""
    query = _STORED.where(visits.c.run == run.number).order_by(visits.c.number).execution_options(yield_per=CHUNK)
    for row in connection.execute(query):
        yield _load_visit(row)


def find_visit(connection: Connection, run: RunKey, collector: str, target: Target) -> StoredVisit | None:
    """Return the last visit of a collector to a target in a run; None where there was none."""
    series = (
        (states.c.subject == target.value)
        & (states.c.target_kind == target.kind.value)
        & (states.c.collector == collector)
        & (states.c.vantage == run.vantage)
    )
    query = _STORED.where(series & (visits.c.run == run.number)).order_by(visits.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _load_visit(row)


def find_observation(connection: Connection, identity: str, run: RunKey | None) -> Observation | None:
    """Return an observation by its id as a run saw it, or as it was seen last; None where it was not seen."""
    query = _STORED.where(contents.c.body.contains(dump(identity), autoescape=True))
    if run is not None:
        query = query.where(visits.c.run == run.number)
    for row in connection.execute(query.order_by(visits.c.at.desc(), visits.c.number.desc())):
        found = _load_visit(row).observations.get(identity)
        if found is not None:
            return found
    return None


def _load_visit(row: Row[*tuple[Any, ...]]) -> StoredVisit:
    series = Series(load_target(row.target_kind, row.subject), row.collector, row.vantage)
    held = load_contents(row.body)
    instants = _load_instants(row.at, row.offsets, len(held.items))
    observations = {
        identity: load_observation(item, series, observed_at)
        for (identity, item), observed_at in zip(held.items.items(), instants, strict=True)
    }
    leads = tuple(load_target(kind, value) for kind, value in held.leads)
    return StoredVisit(series, instant(row.at), observations, leads, _load_failures(row.failures))


_STORED = (
    select(
        states.c.target_kind,
        states.c.subject,
        states.c.collector,
        states.c.vantage,
        visits.c.at,
        visits.c.offsets,
        visits.c.failures,
        contents.c.body,
    )
    .join_from(visits, states, states.c.number == visits.c.state)
    .join(contents, contents.c.number == visits.c.contents)
)


def _load_instants(at: int, text: str | None, count: int) -> list[datetime]:
    if not text:
        return [instant(at)] * count
    try:
        offsets = json.loads(text)
        instants = [instant(at + offset) for offset in offsets] if isinstance(offsets, list) else [instant(at + offsets)] * count
    except (ValueError, TypeError) as error:
        raise Unreadable("the instants of a visit", error) from error
    if len(instants) != count:
        raise Unreadable("the instants of a visit", ValueError(f"{len(instants)} for {count} observations"))
    return instants


def _load_failures(text: str | None) -> tuple[Failure, ...]:
    try:
        return tuple(from_plain(Failure, item) for item in json.loads(text)) if text else ()
    except (CodecError, ValueError) as error:
        raise Unreadable("a failure", error) from error


def series_of(connection: Connection, run: RunKey) -> set[tuple[Target, str]]:
    """Return target and collector of every visit of a run."""
    query = select(states.c.target_kind, states.c.subject, states.c.collector).join(visits, visits.c.state == states.c.number)
    rows = connection.execute(query.where(visits.c.run == run.number).distinct())
    return {(load_target(row.target_kind, row.subject), row.collector) for row in rows}


def load_raw(connection: Connection, digest: str) -> RawAnswer | None:
    """Return a raw answer, None where none is kept under this digest."""
    rows = connection.execute(select(raws.c.digests, raws.c.body).where(raws.c.digests.contains(digest, autoescape=True)))
    return next((found for row in rows if (found := unpack_answer(row.digests, row.body, digest)) is not None), None)


def open_facts(row: Row[Any], held: Contents) -> dict[str, OpenFact]:
    """Return the facts that hold by a row of `states` and its contents."""
    try:
        exceptions: dict[str, list[int]] = json.loads(row.exceptions) if row.exceptions else {}
    except ValueError as error:
        raise Unreadable("since when a fact holds", error) from error
    began = [row.valid_from, row.recorded_from]
    return {identity: OpenFact(item, *exceptions.get(identity, began)) for identity, item in held.items.items()}
