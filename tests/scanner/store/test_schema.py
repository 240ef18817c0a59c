"""The layout: portable, versioned, and moved forward step by step."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from herkomst.scanner.errors import StoreError
from herkomst.scanner.store.migrations import STEPS, migrate, stored_version
from herkomst.scanner.store.schema import escape, metadata, unescape
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, create_engine, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable


@given(st.text(alphabet=st.characters() | st.sampled_from("\\u0d8")))
def test_an_escaped_text_is_safe_and_is_given_back_as_it_was(value: str) -> None:
    safe = escape(value)
    assert unescape(safe) == value
    assert "\x00" not in safe
    safe.encode()


@given(st.text(alphabet=st.characters() | st.just("\\")), st.text(alphabet=st.characters() | st.just("\\")))
def test_two_texts_never_become_one(first: str, second: str) -> None:
    assert (escape(first) == escape(second)) == (first == second)


def test_every_table_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        statement = str(CreateTable(table).compile(dialect=dialect))
        assert table.name in statement
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=dialect))


def test_a_new_database_gets_the_newest_layout_at_once() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert stored_version(connection) is None
        migrate(connection, "memory")
        assert stored_version(connection) == max(STEPS)
        assert set(inspect(connection).get_table_names()) == set(metadata.tables)
    engine.dispose()


def test_an_older_layout_goes_through_every_step_once_and_in_order() -> None:
    done: list[int] = []

    def add_column(connection: Connection) -> None:
        done.append(3)
        column = Column("colour", Integer)
        connection.execute(text(f"ALTER TABLE runs ADD COLUMN {column.name} {column.type.compile(connection.dialect)}"))

    def fill_column(connection: Connection) -> None:
        done.append(4)
        connection.execute(text("UPDATE runs SET colour = 1"))

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection, "memory")
        for _ in range(2):
            migrate(connection, "memory", {**STEPS, 3: add_column, 4: fill_column})
        assert stored_version(connection) == 4
        assert done == [3, 4]
        with pytest.raises(StoreError, match="layout 4; this version knows 3"):
            migrate(connection, "memory", {**STEPS, 3: add_column})
    engine.dispose()


def test_the_store_writes_ahead_so_that_readers_never_wait(tmp_path: Path) -> None:
    from herkomst.scanner.store import Store

    with Store.open(str(tmp_path / "x.db")):
        pass
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_package_is_imported_without_the_database_library() -> None:
    program = "import sys, herkomst.scanner.store as store; assert 'sqlalchemy' not in sys.modules; store.Store; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
