"""Saving visits, so that one which saw nothing new costs one small row, and one that did opens and closes intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from herkomst.collectors.base import Findings
from herkomst.scanner.model.identity import plain
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.target import Target
from herkomst.scanner.store.bundles import pack_answers
from herkomst.scanner.store.contents import (
    Item,
    content_key,
    dump,
    dump_contents,
    dump_observed,
    item_of,
    load_contents,
    sorted_leads,
)
from herkomst.scanner.store.database import insert_rows, new_numbers
from herkomst.scanner.store.intervals import OpenFact, advance
from herkomst.scanner.store.records import Visit
from herkomst.scanner.store.schema import contents, escape, microseconds, past_facts, raws, states, visits
from herkomst.scanner.store.visits import RunKey, open_facts
from sqlalchemy import Connection, bindparam, func, select, update

CHUNK = 500
_STATE = ("number", "subject", "target_kind", "collector", "vantage", "contents", "key", "valid_from", "recorded_from")
_VISIT = ("run", "state", "contents", "at", "offsets", "failures")
_PAST = ("state", "observation", "item", "valid_from", "valid_until", "recorded_from", "recorded_until")


_Place: TypeAlias = tuple[str, str, str, str]
"""What a row of `states` is found by: subject, target kind, collector, vantage."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A visit, prepared: the key of its content, its observations in the order of their ids."""

    place: _Place
    target: Target
    key: bytes
    observed: dict[str, Observation]
    leads: tuple[tuple[str, str], ...]
    findings: Findings
    ended_at: datetime
    at: int

    @property
    def items(self) -> dict[str, Item]:
        """The observations in the form in which they are kept."""
        return {identity: item_of(observation, self.target) for identity, observation in self.observed.items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """A row of `states`, as far as a visit is compared with it: its number, and the number and key of the content that holds."""

    number: int
    contents: int
    key: bytes


def save_visits(connection: Connection, run: RunKey, batch: Iterable[Visit], recorded_at: datetime) -> None:
    """Save visits in the transaction of the connection; ValueError for an observation of another collector or vantage."""
    recorded = microseconds(recorded_at)
    chunk: dict[_Place, _Prepared] = {}
    for given in batch:
        visit = _prepare(given, run.vantage)
        if len(chunk) == CHUNK or visit.place in chunk:
            _save_chunk(connection, run, chunk, recorded)
            chunk = {}
        chunk[visit.place] = visit
    _save_chunk(connection, run, chunk, recorded)


def _prepare(visit: Visit, vantage: str) -> _Prepared:
    findings, collector = visit.findings, visit.collector
    for item in findings.observations:
        if item.collector != collector or item.vantage != vantage:
            raise ValueError(f"an observation of {item.collector} at {item.vantage} is none of {collector} at {vantage}")
    observed = {item.id: item for item in reversed(findings.observations)}  # of two with one id, the first
    ids = sorted(observed)
    leads = sorted_leads(findings.leads) if findings.leads else ()
    place = (visit.target.value, visit.target.kind.value, collector, vantage)
    ordered = {identity: observed[identity] for identity in ids}
    return _Prepared(place, visit.target, content_key(leads, ids), ordered, leads, findings, visit.at, microseconds(visit.at))


def _save_chunk(connection: Connection, run: RunKey, chunk: Mapping[_Place, _Prepared], recorded_at: int) -> None:
    if not chunk:
        return
    known = _known_states(connection, chunk)
    if len(known) < len(chunk):
        known.update(_begin_states(connection, [visit for place, visit in chunk.items() if place not in known], recorded_at))
    rows = []
    for place, visit in chunk.items():
        state = known[place]
        held = state.contents if state.key == visit.key else _change_state(connection, state.number, visit, recorded_at)
        rows.append(_visit_row(run, state.number, held, visit))
    insert_rows(connection, visits, _VISIT, rows)


def _known_states(connection: Connection, wanted: Mapping[_Place, _Prepared]) -> dict[_Place, _Known]:
    """Return the rows of `states` that are there already."""
    subjects = list({place[0] for place in wanted})
    found: dict[_Place, _Known] = {}
    for subject, kind, collector, vantage, number, held, key in connection.execute(_STATES_OF, {"subjects": subjects}):
        place = (subject, kind, collector, vantage)
        if place in wanted:
            found[place] = _Known(number, held, key)
    return found


_STATES_OF = select(
    states.c.subject,
    states.c.target_kind,
    states.c.collector,
    states.c.vantage,
    states.c.number,
    states.c.contents,
    states.c.key,
).where(states.c.subject.in_(bindparam("subjects", expanding=True)))


def _begin_states(connection: Connection, visited: Sequence[_Prepared], recorded_at: int) -> dict[_Place, _Known]:
    """Save the states of series that are visited for the first time, with what they hold."""
    numbers = new_numbers(connection, states, len(visited))
    held = new_numbers(connection, contents, len(visited))
    new = {visit.place: _Known(number, place, visit.key) for visit, number, place in zip(visited, numbers, held, strict=True)}
    insert_rows(connection, states, _STATE, [_state_row(visit, new[visit.place], recorded_at) for visit in visited])
    _save_contents(connection, [(new[visit.place].number, new[visit.place].contents, visit) for visit in visited])
    return new


def _state_row(visit: _Prepared, known: _Known, recorded_at: int) -> tuple[object, ...]:
    subject, kind, collector, vantage = visit.place
    names = (escape(subject), kind, escape(collector), escape(vantage))
    return (known.number, *names, known.contents, known.key, visit.at, recorded_at)


def _save_contents(connection: Connection, new: Sequence[tuple[int, int, _Prepared]]) -> None:
    """Save what was found, given with the numbers of its state and of itself, and the raw answers that say so."""
    rows = [(number, state, visit.key, dump_observed(visit.observed, visit.target, visit.leads)) for state, number, visit in new]
    insert_rows(connection, contents, ("number", "state", "key", "body"), rows)
    answers = [(number, *pack_answers(visit.findings.raws)) for _, number, visit in new if visit.findings.raws]
    insert_rows(connection, raws, ("contents", "digests", "body"), answers)


def _visit_row(run: RunKey, state: int, held: int, visit: _Prepared) -> tuple[object, ...]:
    failures = visit.findings.failures
    told = dump([plain(failure) for failure in failures]) if failures else None
    return (run.number, state, held, visit.at, _offsets(visit), told)


def _offsets(visit: _Prepared) -> str | None:
    """Return how much later or earlier than the visit each observation was made; None where none was."""
    instants = [observation.observed_at for observation in visit.observed.values()]
    if not instants:
        return None
    if instants.count(instants[0]) == len(instants):
        return None if instants[0] == visit.ended_at else dump(microseconds(instants[0]) - visit.at)
    return dump([microseconds(instant) - visit.at for instant in instants])


def _change_state(connection: Connection, state: int, visit: _Prepared, recorded_at: int) -> int:
    """Keep a content that differs from what holds, let it take effect, and return its number."""
    held = _find_contents(connection, state, visit.key)
    if held is None:
        (held,) = new_numbers(connection, contents, 1)
        _save_contents(connection, [(state, held, visit)])
    _advance_state(connection, state, held, visit, recorded_at)
    return held


def _find_contents(connection: Connection, state: int, key: bytes) -> int | None:
    query = select(contents.c.number).where((contents.c.state == state) & (contents.c.key == key))
    return connection.execute(query).scalar_one_or_none()


def _advance_state(connection: Connection, state: int, seen: int, visit: _Prepared, recorded_at: int) -> None:
    """Open and close intervals. A visit that is older than the newest one is kept, and changes nothing of what holds now."""
    latest = connection.execute(select(func.max(visits.c.at)).where(visits.c.state == state)).scalar_one()
    if latest is not None and latest > visit.at:
        return
    row = connection.execute(select(states).where(states.c.number == state).with_for_update()).one()
    body = connection.execute(select(contents.c.body).where(contents.c.number == row.contents)).scalar_one()
    before = open_facts(row, load_contents(body))
    change = advance(before, visit.items, failed=bool(visit.findings.failures), at=visit.at, recorded_at=recorded_at)
    key = content_key(visit.leads, change.holds)
    holding = seen if key == visit.key else _find_contents(connection, state, key)
    if holding is None:
        (holding,) = new_numbers(connection, contents, 1)
        body = dump_contents({identity: fact.item for identity, fact in change.holds.items()}, visit.leads)
        insert_rows(connection, contents, ("number", "state", "key", "body"), [(holding, state, key, body)])
    _end_facts(connection, state, visit.at, change.ended, recorded_at)
    began = (row.valid_from, row.recorded_from)
    exceptions = {
        identity: (fact.valid_from, fact.recorded_from)
        for identity, fact in change.holds.items()
        if (fact.valid_from, fact.recorded_from) != began
    }
    connection.execute(
        update(states)
        .where(states.c.number == state)
        .values(contents=holding, key=key, exceptions=dump(exceptions) if exceptions else None)
    )


def _end_facts(connection: Connection, state: int, at: int, ended: Mapping[str, OpenFact], recorded_at: int) -> None:
    rows = [
        (state, identity, dump(fact.item), fact.valid_from, at, fact.recorded_from, recorded_at)
        for identity, fact in ended.items()
    ]
    insert_rows(connection, past_facts, _PAST, rows)
