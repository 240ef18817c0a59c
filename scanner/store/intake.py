"""Saving visits, so that one which saw nothing new costs one small row, and one that did opens and closes intervals."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from herkomst.collectors.base import Findings
from herkomst.scanner.model.identity import plain
from herkomst.scanner.model.observation import Observation, RawAnswer
from herkomst.scanner.store.contents import (
    Item,
    Series,
    content_key,
    dump,
    dump_contents,
    dump_observed,
    item_of,
    load_contents,
    sorted_leads,
)
from herkomst.scanner.store.database import insert_new
from herkomst.scanner.store.intervals import OpenFact, advance
from herkomst.scanner.store.records import Visit
from herkomst.scanner.store.schema import contents, microseconds, past_facts, raws, states, visits
from herkomst.scanner.store.visits import RunKey, open_facts
from sqlalchemy import Connection, func, select, update

CHUNK = 500
COMPRESS_FROM_BYTES = 256
"""Shorter answers hardly shrink."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A visit, prepared: its keys, its observations in the order of their ids."""

    series: Series
    state_key: bytes
    key: bytes
    observed: dict[str, Observation]
    leads: tuple[tuple[str, str], ...]
    findings: Findings
    ended_at: datetime
    at: int

    @property
    def items(self) -> dict[str, Item]:
        """The observations in the form in which they are kept."""
        return {identity: item_of(observation, self.series.target) for identity, observation in self.observed.items()}


def save_visits(connection: Connection, run: RunKey, batch: Iterable[Visit], recorded_at: datetime) -> None:
    """Save visits in the transaction of the connection; ValueError for an observation of another collector or vantage."""
    recorded = microseconds(recorded_at)
    chunk: dict[bytes, _Prepared] = {}
    for given in batch:
        visit = _prepare(given, run.vantage)
        if len(chunk) == CHUNK or visit.state_key in chunk:
            _save_chunk(connection, run, list(chunk.values()), recorded)
            chunk.clear()
        chunk[visit.state_key] = visit
    _save_chunk(connection, run, list(chunk.values()), recorded)


def _prepare(visit: Visit, vantage: str) -> _Prepared:
    observations = visit.findings.observations
    strangers = {(item.collector, item.vantage) for item in observations} - {(visit.collector, vantage)}
    if strangers:
        collector, elsewhere = min(strangers)
        raise ValueError(f"an observation of {collector} at {elsewhere} is none of {visit.collector} at {vantage}")
    observed = {item.id: item for item in reversed(observations)}  # of two with one id, the first
    ordered = {identity: observed[identity] for identity in sorted(observed)}
    series = Series(visit.target, visit.collector, vantage)
    leads = sorted_leads(visit.findings.leads)
    key = content_key(series, leads, ordered)
    return _Prepared(series, series.key, key, ordered, leads, visit.findings, visit.at, microseconds(visit.at))


def _save_chunk(connection: Connection, run: RunKey, visited: Sequence[_Prepared], recorded_at: int) -> None:
    if not visited:
        return
    known = _rows_by_key(connection, states.c.key, states.c.contents, [visit.state_key for visit in visited])
    differing = [visit for visit in visited if known.get(visit.state_key) != visit.key]
    if differing:
        kept = _rows_by_key(connection, contents.c.key, contents.c.key, [visit.key for visit in differing])
        _save_contents(connection, [visit for visit in differing if visit.key not in kept])
        _begin_states(connection, [visit for visit in differing if visit.state_key not in known], recorded_at)
        for visit in differing:
            if visit.state_key in known:
                _advance_state(connection, visit, recorded_at)
    connection.execute(visits.insert(), [_visit_row(run, visit) for visit in visited])


def _rows_by_key(connection: Connection, key: Any, value: Any, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    return {row[0]: row[1] for row in connection.execute(select(key, value).where(key.in_(keys)))}


def _save_contents(connection: Connection, visited: Sequence[_Prepared]) -> None:
    insert_new(
        connection,
        contents,
        [{"key": visit.key, "body": dump_observed(visit.observed, visit.series.target, visit.leads)} for visit in visited],
    )
    answers = {answer.digest: answer for visit in visited for answer in visit.findings.raws}
    insert_new(connection, raws, [_raw_row(answer) for answer in answers.values()])


def _raw_row(answer: RawAnswer) -> dict[str, Any]:
    compressed = len(answer.body) >= COMPRESS_FROM_BYTES
    body = zlib.compress(answer.body) if compressed else answer.body
    return {"digest": answer.digest, "media_type": answer.media_type, "compressed": compressed, "body": body}


def _begin_states(connection: Connection, visited: Sequence[_Prepared], recorded_at: int) -> None:
    rows = [
        {
            "key": visit.state_key,
            "target_kind": visit.series.target.kind.value,
            "subject": visit.series.target.value,
            "collector": visit.series.collector,
            "vantage": visit.series.vantage,
            "contents": visit.key,
            "valid_from": visit.at,
            "recorded_from": recorded_at,
        }
        for visit in visited
    ]
    if rows:
        connection.execute(states.insert(), rows)


def _visit_row(run: RunKey, visit: _Prepared) -> dict[str, Any]:
    failures = visit.findings.failures
    return {
        "run": run.number,
        "state": visit.state_key,
        "contents": visit.key,
        "at": visit.at,
        "offsets": _offsets(visit),
        "failures": dump([plain(failure) for failure in failures]) if failures else None,
    }


def _offsets(visit: _Prepared) -> str | None:
    """Return how much later or earlier than the visit each observation was made; None where none was."""
    instants = {observation.observed_at for observation in visit.observed.values()}
    if instants <= {visit.ended_at}:
        return None
    offset = {instant: microseconds(instant) - visit.at for instant in instants}
    if len(instants) == 1:
        return dump(offset[instants.pop()])
    return dump([offset[observation.observed_at] for observation in visit.observed.values()])


def _advance_state(connection: Connection, visit: _Prepared, recorded_at: int) -> None:
    """Open and close intervals. A visit that is older than the newest one is kept, and changes nothing of what holds now."""
    latest = connection.execute(select(func.max(visits.c.at)).where(visits.c.state == visit.state_key)).scalar_one()
    if latest is not None and latest > visit.at:
        return
    row = connection.execute(select(states).where(states.c.key == visit.state_key).with_for_update()).one()
    body = connection.execute(select(contents.c.body).where(contents.c.key == row.contents)).scalar_one()
    before = open_facts(row, load_contents(body))
    change = advance(before, visit.items, failed=bool(visit.findings.failures), at=visit.at, recorded_at=recorded_at)
    key = content_key(visit.series, visit.leads, change.holds)
    if key != visit.key:
        body = dump_contents({identity: fact.item for identity, fact in change.holds.items()}, visit.leads)
        insert_new(connection, contents, [{"key": key, "body": body}])
    _end_facts(connection, visit, change.ended, recorded_at)
    began = (row.valid_from, row.recorded_from)
    exceptions = {
        identity: (fact.valid_from, fact.recorded_from)
        for identity, fact in change.holds.items()
        if (fact.valid_from, fact.recorded_from) != began
    }
    connection.execute(
        update(states)
        .where(states.c.key == visit.state_key)
        .values(contents=key, exceptions=dump(exceptions) if exceptions else None)
    )


def _end_facts(connection: Connection, visit: _Prepared, ended: Mapping[str, OpenFact], recorded_at: int) -> None:
    rows = [
        {
            "state": visit.state_key,
            "observation": identity,
            "item": dump(fact.item),
            "valid_from": fact.valid_from,
            "valid_until": visit.at,
            "recorded_from": fact.recorded_from,
            "recorded_until": recorded_at,
        }
        for identity, fact in ended.items()
    ]
    if rows:
        connection.execute(past_facts.insert(), rows)
