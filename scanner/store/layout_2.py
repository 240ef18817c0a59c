"""From layout 1 to layout 2: rows are found by numbers in the order of their coming instead of by hashes, and raw answers and results
share rows (docs/decisions/0031-store-rows-in-order.md).

Works in one transaction, beside copies of the old tables that end with the connection. It runs once for a store, so it is plain.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import Any

from herkomst.scanner.model.observation import RawAnswer
from herkomst.scanner.store.bundles import RECORDS, listed_ids, pack_answers, pack_text
from herkomst.scanner.store.contents import content_key, load_contents
from herkomst.scanner.store.database import continue_numbers, insert_rows
from herkomst.scanner.store.schema import (
    contents,
    failures,
    metadata,
    past_facts,
    pictures,
    raws,
    states,
    systems,
    verdicts,
    visits,
)
from sqlalchemy import Connection, Row, Table, text

_RENEWED = (visits, past_facts, raws, states, contents, systems, verdicts, pictures, failures)
"""In an order in which no table is dropped before those that refer to it; in layout 1 a state refers to its contents."""
CHUNK = 500
_NUMBERED = (
    "CREATE INDEX old_states_key ON old_states (key)",
    "CREATE TEMPORARY TABLE new_states AS SELECT row_number() OVER (ORDER BY recorded_from, key) AS number, key FROM old_states",
    "CREATE INDEX new_states_key ON new_states (key)",
    "CREATE TEMPORARY TABLE new_contents AS SELECT row_number() OVER (ORDER BY first, state) AS number, state, key FROM ("
    " SELECT min(place) AS first, state, key FROM ("
    "  SELECT v.number AS place, s.number AS state, v.contents AS key FROM old_visits v JOIN new_states s ON s.key = v.state"
    "  UNION ALL SELECT s.number, s.number, o.contents FROM old_states o JOIN new_states s ON s.key = o.key"
    " ) AS used GROUP BY state, key) AS each_once",
    "CREATE INDEX new_contents_key ON new_contents (key)",
    "INSERT INTO states (number, subject, target_kind, collector, vantage, contents, key, valid_from, recorded_from, exceptions)"
    " SELECT s.number, o.subject, o.target_kind, o.collector, o.vantage, c.number, o.key, o.valid_from, o.recorded_from, o.exceptions"
    " FROM old_states o JOIN new_states s ON s.key = o.key JOIN new_contents c ON c.key = o.contents AND c.state = s.number",
    "ALTER TABLE old_raws ADD COLUMN contents BIGINT",
    "CREATE INDEX old_raws_digest ON old_raws (digest)",
)
_REFERRING = (
    "UPDATE states SET key = (SELECT contents.key FROM contents WHERE contents.number = states.contents)",
    "INSERT INTO visits (number, run, state, contents, at, offsets, failures)"
    " SELECT v.number, v.run, s.number, c.number, v.at, v.offsets, v.failures"
    " FROM old_visits v JOIN new_states s ON s.key = v.state JOIN new_contents c ON c.key = v.contents AND c.state = s.number",
    "INSERT INTO past_facts (number, state, observation, item, valid_from, valid_until, recorded_from, recorded_until)"
    " SELECT p.number, s.number, p.observation, p.item, p.valid_from, p.valid_until, p.recorded_from, p.recorded_until"
    " FROM old_past_facts p JOIN new_states s ON s.key = p.state",
)


def to_layout_2(connection: Connection) -> None:
    """Renew the tables and fill them with what they held; nothing is left out."""
    for table in _RENEWED:
        connection.execute(text(f"CREATE TEMPORARY TABLE old_{table.name} AS SELECT * FROM {table.name}"))  # noqa: S608 - a name of the schema
    for table in _RENEWED:
        connection.execute(text(f"DROP TABLE {table.name}"))
    metadata.create_all(connection, list(_RENEWED))
    for statement in _NUMBERED:
        connection.execute(text(statement))
    _fill_contents(connection)
    for statement in _REFERRING:
        connection.execute(text(statement))
    for table in (states, contents, visits, past_facts):
        continue_numbers(connection, table)
    for table in (systems, verdicts, pictures, failures):
        _fill_results(connection, table)
    for name in ("new_contents", "new_states", *(f"old_{table.name}" for table in _RENEWED)):
        connection.execute(text(f"DROP TABLE {name}"))


def _fill_contents(connection: Connection) -> None:
    """Save every content under its new key, with the raw answers that it is the first to name; those that none names come last."""
    for row in _rows(
        connection, "SELECT n.number, n.state, o.body FROM new_contents n JOIN old_contents o ON o.key = n.key ORDER BY 1"
    ):
        held = load_contents(row.body)
        key = content_key(held.leads, held.items)
        insert_rows(connection, contents, ("number", "state", "key", "body"), [(row.number, row.state, key, row.body)])
        for digest in sorted({str(item[2]) for item in held.items.values() if item[2]}):
            connection.execute(
                text("UPDATE old_raws SET contents = :number WHERE digest = :digest AND contents IS NULL"),
                {"number": row.number, "digest": digest},
            )
    query = "SELECT contents, digest, media_type, compressed, body FROM old_raws ORDER BY contents IS NULL, contents, digest"
    for number, rows in groupby(_rows(connection, query), key=attrgetter("contents")):
        for some in _chunks(rows):
            insert_rows(
                connection, raws, ("contents", "digests", "body"), [(number, *pack_answers([_answer(row) for row in some]))]
            )


def _answer(row: Row[Any]) -> RawAnswer:
    return RawAnswer(row.digest, row.media_type, zlib.decompress(row.body) if row.compressed else bytes(row.body))


def _fill_results(connection: Connection, table: Table) -> None:
    """Save the results of each run in their order, many a row."""
    name = ", verdict" if table is verdicts else ""
    query = f"SELECT run, body{name} FROM old_{table.name} ORDER BY run, position"  # noqa: S608 - names of the schema
    for run, rows in groupby(_rows(connection, query), key=attrgetter("run")):
        for position, some in enumerate(_chunks(rows)):
            new: dict[str, object] = {
                "run": run,
                "position": position,
                "body": pack_text(f"[{','.join([row.body for row in some])}]"),
            }
            if name:
                new["ids"] = listed_ids([row.verdict for row in some])
            insert_rows(connection, table, tuple(new), [tuple(new.values())])


def _rows(connection: Connection, query: str) -> Iterator[Row[Any]]:
    yield from connection.execute(text(query).execution_options(yield_per=CHUNK))


def _chunks(rows: Iterator[Row[Any]]) -> Iterator[list[Row[Any]]]:
    while some := list(islice(rows, RECORDS)):
        yield some
