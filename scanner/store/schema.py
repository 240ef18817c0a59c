"""The tables, in portable types: what SQLite holds today, PostgreSQL can hold by another URL.

Texts are escaped where a database cannot hold them (NUL, lone surrogates), instants are microseconds since 1970 in UTC, records are
their canonical JSON. docs/decisions/0010-store-layout.md says why the layout is as it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_UNSAFE = re.compile("[\\\\\x00\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


class Unreadable(Exception):
    """A row that this version cannot read; `Database` turns it into the StoreError that names the place."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(f"It holds {what} that cannot be read ({error}).")


def microseconds(instant: datetime) -> int:
    """Return an aware instant as whole microseconds since 1970 in UTC; raise ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"the instant {instant.isoformat()} has no time zone")
    return (instant - EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """Return microseconds since 1970 as an aware instant in UTC."""
    try:
        return EPOCH + timedelta(microseconds=value)
    except (OverflowError, TypeError) as error:
        raise Unreadable("an instant", error) from error


def escape(text: str) -> str:
    """Return text that every database can hold; `unescape` gives the text back."""
    if text.isascii() and "\\" not in text and "\0" not in text:
        return text
    return _UNSAFE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text) if "\\" in text else text


class SafeText(TypeDecorator[str]):
    """Text that may come from outside, kept without loss."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's interface
        """Escape on the way in."""
        return None if value is None else escape(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's interface
        """Unescape on the way out."""
        return None if value is None else unescape(value)


metadata = MetaData()
_SERIAL = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts by itself only in INTEGER PRIMARY KEY
_KEY = LargeBinary(16)

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

runs = Table(
    "runs",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("id", SafeText, nullable=False, unique=True),
    Column("vantage", SafeText, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("complete", Boolean, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Index("runs_by_start", "started_at", "number"),
)
"""`finished`: the results were handed over. `complete`: every target was asked."""

states = Table(
    "states",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("subject", SafeText, nullable=False),
    Column("target_kind", String(32), nullable=False),
    Column("collector", SafeText, nullable=False),
    Column("vantage", SafeText, nullable=False),
    Column("contents", BigInteger, nullable=False),
    Column("key", _KEY, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("exceptions", Text),
    Index("states_by_series", "subject", "target_kind", "collector", "vantage", unique=True),
)
"""One row per target, collector and vantage: the facts that hold now, and since when.

`contents` is the number of what holds and `key` its hash, kept here so that an unchanged visit reads no more than this row.
`exceptions` is a JSON object from observation id to the two instants, for facts that began later than the row itself.
"""

contents = Table(
    "contents",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("state", BigInteger, ForeignKey("states.number"), nullable=False),
    Column("key", _KEY, nullable=False),
    Column("body", Text, nullable=False),
    Index("contents_by_state", "state", "key", unique=True),
)
"""What was found for a state, each once, by a hash of leads and observation ids (`herkomst.scanner.store.contents`)."""

raws = Table(
    "raws",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("contents", BigInteger, ForeignKey("contents.number")),
    Column("digests", SafeText, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
"""The raw answers with which a content was first seen, together (`herkomst.scanner.store.bundles`), `digests` with spaces between.

No index leads to a digest: it would cost more than all else, and who looks at raw answers reads a whole run anyway.
"""

past_facts = Table(
    "past_facts",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("state", BigInteger, ForeignKey("states.number"), nullable=False, index=True),
    Column("observation", String(32), nullable=False),
    Column("item", Text, nullable=False),
    Column("valid_from", BigInteger, nullable=False),
    Column("valid_until", BigInteger, nullable=False),
    Column("recorded_from", BigInteger, nullable=False),
    Column("recorded_until", BigInteger, nullable=False),
)
"""Closed intervals; the open ones are in `states`."""

visits = Table(
    "visits",
    metadata,
    Column("number", _SERIAL, primary_key=True),
    Column("run", _SERIAL, ForeignKey("runs.number"), nullable=False, index=True),
    Column("state", BigInteger, ForeignKey("states.number"), nullable=False, index=True),
    Column("contents", BigInteger, ForeignKey("contents.number"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("offsets", Text),
    Column("failures", Text),
)
"""One small row per visit. `offsets`: JSON, by how many microseconds each observation differs from `at`, in the order of ids."""


def _results(name: str, *columns: Column[str]) -> Table:
    return Table(
        name,
        metadata,
        Column("run", _SERIAL, ForeignKey("runs.number"), primary_key=True),
        Column("position", Integer, primary_key=True),
        *columns,
        Column("body", LargeBinary, nullable=False),
    )


systems = _results("systems")
verdicts = _results("verdicts", Column("ids", Text, nullable=False))
pictures = _results("pictures")
failures = _results("failures")
"""The results of a run as they were handed over, in their order, many records a row (`herkomst.scanner.store.bundles`).

`ids` are those of the verdicts in the row, each between two spaces.
"""
