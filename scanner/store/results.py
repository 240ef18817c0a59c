"""Runs and their results: systems, verdicts, pictures and failures, as canonical JSON in the order they were handed over."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Any, TypeVar

from herkomst.scanner.errors import StoreError, UsageError
from herkomst.scanner.model.claim import System
from herkomst.scanner.model.codec import CodecError, from_plain
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.identity import compact_json
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.run import Run, RunResult, pictures_by_subject
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.names import display
from herkomst.scanner.store.bundles import RECORDS, listed_ids, pack_text, record_texts, unpack_records, unpack_text
from herkomst.scanner.store.database import insert_rows
from herkomst.scanner.store.schema import (
    Unreadable,
    escape,
    failures,
    microseconds,
    pictures,
    runs,
    systems,
    unescape,
    verdicts,
)
from herkomst.scanner.store.visits import RunKey, load_visits
from sqlalchemy import Connection, Select, Table, delete, func, insert, select, update

T = TypeVar("T")
MAX_CANDIDATES = 5
CHUNK = 1000


def save_run(connection: Connection, run: Run, declared: Sequence[System]) -> None:
    """Save the beginning of a run; raise Unreadable where there is one with this id."""
    if connection.execute(select(runs.c.number).where(runs.c.id == run.id)).first() is not None:
        raise StoreError(f"There is a run {run.id} already.", advice="Resume it, or begin one with a new id.")
    number = connection.execute(insert(runs).values(**_run_row(run), finished=False).returning(runs.c.number)).scalar_one()
    _save_rows(connection, systems, number, without_access(declared))


def save_part(connection: Connection, key: RunKey, part: RunResult) -> None:
    """Save the results of some systems behind those that are there."""
    ids = [escape(verdict.id) for verdict in part.verdicts]
    listed = [listed_ids(ids[begin : begin + RECORDS]) for begin in range(0, len(ids), RECORDS)]
    _save_rows(connection, verdicts, key.number, part.verdicts, ids=listed)
    _save_rows(connection, pictures, key.number, part.pictures)
    _save_rows(connection, failures, key.number, part.failures)


def without_access(declared: Sequence[System]) -> tuple[System, ...]:
    """Return systems without how their assets are reached: that is for the one who runs a scan, not for whoever reads a store."""
    return tuple(
        replace(system, assets=tuple(replace(asset, access=()) for asset in system.assets))
        if any(asset.access for asset in system.assets)
        else system
        for system in declared
    )


def end_run(connection: Connection, key: RunKey, run: Run) -> None:
    """Save that a run's results are all there."""
    connection.execute(update(runs).where(runs.c.number == key.number).values(**_run_row(run), finished=True))


def discard_results(connection: Connection, key: RunKey) -> None:
    """Delete what was judged in a run; what was collected stays."""
    for table in (verdicts, pictures, failures):
        connection.execute(delete(table).where(table.c.run == key.number))


def resume_run(connection: Connection, key: RunKey) -> Run:
    """Mark a run as going on, without results, and return it; raise UsageError where it is complete."""
    run = _load(Run, connection.execute(select(runs.c.body).where(runs.c.number == key.number)).scalar_one())
    if run.complete:
        raise UsageError(f"Run '{display(run.id)}' is complete.", advice="Start a new one, without --resume.")
    discard_results(connection, key)
    run = replace(run, finished_at=None)
    connection.execute(update(runs).where(runs.c.number == key.number).values(**_run_row(run), finished=False))
    return run


def _run_row(run: Run) -> dict[str, Any]:
    finished_at = None if run.finished_at is None else run.finished_at.astimezone(UTC)
    run = replace(run, started_at=run.started_at.astimezone(UTC), finished_at=finished_at)
    return {
        "id": run.id,
        "vantage": run.vantage.label,
        "started_at": microseconds(run.started_at),
        "finished_at": None if finished_at is None else microseconds(finished_at),
        "complete": run.complete,
        "body": compact_json(run),
    }


def _save_rows(connection: Connection, table: Table, number: int, records: Sequence[object], **further: Sequence[object]) -> None:
    """Save records behind those that are there, `RECORDS` a row; `further` has the values of other columns, one for each row."""
    if not records:
        return
    first = (
        connection.execute(select(func.coalesce(func.max(table.c.position), -1)).where(table.c.run == number)).scalar_one() + 1
    )
    bodies = [pack_text(text) for text in record_texts(records)]
    rows = zip([number] * len(bodies), range(first, first + len(bodies)), bodies, *further.values(), strict=True)
    insert_rows(connection, table, ("run", "position", "body", *further), list(rows))


def find_run(connection: Connection, run_id: str) -> RunKey:
    """Return the key of a run; raise UsageError, with the nearest ids, where there is none."""
    row = connection.execute(select(runs.c.number, runs.c.vantage).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        known = list_run_ids(connection, 1000)
        near = difflib.get_close_matches(run_id, known, n=3, cutoff=0.5) or list(known[:3])
        advice = f"Give one of: {', '.join(near)}." if near else "Start with a scan or a check."
        raise UsageError(f"There is no run '{display(run_id)}' in the store.", advice=advice)
    return RunKey(row.number, row.vantage)


def find_latest(connection: Connection) -> RunKey:
    """Return the key of the run that was started last; raise UsageError where there is none."""
    row = connection.execute(_newest_first(select(runs.c.number, runs.c.vantage)).limit(1)).one_or_none()
    if row is None:
        raise UsageError("There is no run in the store yet.", advice="Start with a scan or a check.")
    return RunKey(row.number, row.vantage)


def find_interrupted(connection: Connection, declared: Sequence[System]) -> str | None:
    """Return the latest run of just these systems that is not complete."""
    query = _newest_first(select(runs.c.number, runs.c.id).where(~runs.c.complete))
    for row in connection.execute(query).all():
        bodies = select(systems.c.body).where(systems.c.run == row.number).order_by(systems.c.position)
        stored = (
            unpack_text(body, "a system") for body in connection.execute(bodies.execution_options(yield_per=CHUNK)).scalars()
        )
        if all(one == other for one, other in zip_longest(stored, record_texts(without_access(declared)))):
            return str(row.id)
    return None


def find_previous(connection: Connection, key: RunKey) -> str | None:
    """Return the latest run before another that was of a system of the same name; None where there is none."""
    started = select(runs.c.started_at).where(runs.c.number == key.number).scalar_subquery()
    wanted = _system_names(connection, key.number)
    query = _newest_first(select(runs.c.number, runs.c.id).where(runs.c.started_at < started, runs.c.finished))
    for row in connection.execute(query).all():
        if wanted & _system_names(connection, row.number):
            return str(row.id)
    return None


def _system_names(connection: Connection, number: int) -> set[tuple[str, str]]:
    found = _load_rows(connection, systems, System, RunKey(number, ""))
    return {(system.organisation.name, system.name) for system in found}


def list_run_ids(connection: Connection, limit: int) -> tuple[str, ...]:
    """Return the ids of the runs, the latest first."""
    return tuple(connection.execute(_newest_first(select(runs.c.id)).limit(limit)).scalars())


def load_latest(connection: Connection) -> Run | None:
    """Return the run that was started last, None where there is none."""
    body = connection.execute(_newest_first(select(runs.c.body)).limit(1)).scalar_one_or_none()
    return None if body is None else _load(Run, body)


def load_result(connection: Connection, key: RunKey) -> RunResult:
    """Return a run with all that is stored of it: of an interrupted run, what was collected until then."""
    row = connection.execute(select(runs.c.body, runs.c.finished).where(runs.c.number == key.number)).one()
    observations = {}
    failed = {}
    for visit in load_visits(connection, key):
        observations.update(visit.observations)
        failed[visit.series] = visit.failures  # a second visit in one run replaces what the first could not ask
    return RunResult(
        run=_load(Run, row.body),
        systems=_load_rows(connection, systems, System, key),
        verdicts=_load_rows(connection, verdicts, Verdict, key),
        pictures=pictures_by_subject(_load_rows(connection, pictures, Picture, key)),
        failures=tuple(dict.fromkeys(_load_rows(connection, failures, Failure, key)))
        if row.finished
        else tuple(failure for of_series in failed.values() for failure in of_series),
        observations=observations,
    )


def load_verdict_history(connection: Connection, subject: str, until: datetime | None) -> tuple[tuple[Run, Verdict], ...]:
    """Return what every run said of a subject or system, the earliest run first; runs that started after `until` are left out."""
    query = select(runs.c.number, runs.c.vantage, runs.c.body).order_by(runs.c.started_at, runs.c.number)
    if until is not None:
        query = query.where(runs.c.started_at <= microseconds(until))
    return tuple(
        (_load(Run, row.body), verdict)
        for row in connection.execute(query).all()
        for verdict in _load_rows(connection, verdicts, Verdict, RunKey(row.number, row.vantage))
        if subject in (verdict.subject, verdict.system) or any(part.subject == subject for part in verdict.parts)
    )


def find_verdict(connection: Connection, prefix: str, key: RunKey | None) -> tuple[Run, Verdict]:
    """Return the one verdict whose id begins so, of a run or of the latest run that has it; raise UsageError for none or several."""
    found = _ids_with(connection, prefix, key)
    if prefix in found:
        found = [prefix]
    if len(found) != 1 or not prefix:
        raise _no_single_verdict(connection, prefix, found, key)
    query = select(runs.c.body.label("run_body"), verdicts.c.body).join(runs, runs.c.number == verdicts.c.run)
    query = _newest_first(_of_run(query.where(verdicts.c.ids.contains(f" {escape(found[0])} ", autoescape=True)), key))
    for row in connection.execute(query):
        for verdict in _load_records(Verdict, row.body):
            if verdict.id == found[0]:
                return _load(Run, row.run_body), verdict
    raise Unreadable("a verdict", ValueError(f"the row of {found[0]} lacks it"))


def _ids_with(connection: Connection, prefix: str, key: RunKey | None) -> list[str]:
    """Return the ids that begin so, in order, each once."""
    start = escape(prefix)
    query = _of_run(select(verdicts.c.ids).where(verdicts.c.ids.contains(f" {start}", autoescape=True)), key)
    rows = connection.execute(query).scalars()
    return sorted({unescape(word) for ids in rows for word in ids.split(" ") if word and word.startswith(start)})


def _of_run(query: Select[Any], key: RunKey | None) -> Select[Any]:
    return query if key is None else query.where(verdicts.c.run == key.number)


def _no_single_verdict(connection: Connection, prefix: str, found: Sequence[str], key: RunKey | None) -> UsageError:
    if found and prefix:
        shown = ", ".join(found[:MAX_CANDIDATES]) + (", ..." if len(found) > MAX_CANDIDATES else "")
        return UsageError(
            f"Several verdicts have an id that begins with '{display(prefix)}'.", advice=f"Give more of one of: {shown}."
        )
    known = _ids_with(connection, "", key)
    near = difflib.get_close_matches(prefix, known, n=3, cutoff=0.3) or known[:3]
    advice = (
        f"Give the id, or the beginning of it, as a report shows it, such as {', '.join(near)}."
        if near
        else "Start with a check."
    )
    return UsageError(f"There is no verdict '{display(prefix)}' in the store.", advice=advice)


def _newest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(runs.c.started_at.desc(), runs.c.number.desc())


def _load_rows(connection: Connection, table: Table, record_type: type[T], key: RunKey) -> tuple[T, ...]:
    bodies = connection.execute(select(table.c.body).where(table.c.run == key.number).order_by(table.c.position)).scalars()
    return tuple(record for body in bodies for record in _load_records(record_type, body))


def _load_records(record_type: type[T], packed: bytes) -> Iterator[T]:
    what = f"a {record_type.__name__.lower()}"
    try:
        for record in unpack_records(packed, what):
            yield from_plain(record_type, record)
    except CodecError as error:
        raise Unreadable(what, error) from error


def _load(record_type: type[T], body: str) -> T:
    try:
        return from_plain(record_type, json.loads(body))
    except (CodecError, ValueError) as error:
        raise Unreadable(f"a {record_type.__name__.lower()}", error) from error
