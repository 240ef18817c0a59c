"""The database behind the store: where it is, how it is opened, what its errors mean. Only this module knows the kinds of database.

SQLite: https://www.sqlite.org/wal.html (readers beside one writer), https://www.sqlite.org/rescode.html (result codes). A process that
is killed loses no committed transaction; a power cut may lose the last ones and damages nothing (WAL with synchronous=NORMAL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from herkomst.config.user_folder import user_data_folder
from herkomst.scanner.errors import ConfigurationError, MissingExtra, StoreError
from herkomst.scanner.store.migrations import is_current, migrate
from herkomst.scanner.store.schema import Unreadable
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_S = 10.0
CACHE_KIB = 8 * 1024
"""The pages that a process keeps: those to which a large scan adds, index pages above all, which 2 MB do not hold."""
CHECKPOINT_PAGES = 4000
"""Written pages are taken into the file when there are so many: a page that several transactions touch is then copied once."""
_WRITES = "herkomst_writes"

_ADVICE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("Another process is writing to it.", "Wait until that scan has ended, and try again."),
    sqlite3.SQLITE_LOCKED: ("Another process is writing to it.", "Wait until that scan has ended, and try again."),
    sqlite3.SQLITE_READONLY: ("It cannot be written to.", "Make the file and its folder writable, or give another with --store."),
    sqlite3.SQLITE_IOERR: ("The disk gave an error.", "Check the disk, then restore a copy of the file."),
    sqlite3.SQLITE_CORRUPT: ("It is damaged.", "Move it away and restore a copy, or scan again into a new one."),
    sqlite3.SQLITE_NOTADB: ("It is no SQLite database, or it is damaged.", "Give another with --store, or restore a copy."),
    sqlite3.SQLITE_FULL: ("There is no room left on the disk.", "Make room; what was stored before is kept."),
    sqlite3.SQLITE_CANTOPEN: ("It cannot be opened.", "Check that the folder exists, and that the path names a file in it."),
}


def default_path() -> Path:
    """Return the default file, `$XDG_DATA_HOME/herkomst/herkomst.db` (XDG Base Directory Specification: a relative value is ignored)."""
    try:
        return user_data_folder() / "herkomst.db"
    except ConfigurationError as error:
        raise StoreError("The home folder is not known.", advice="Set HOME, or give the store with --store.") from error


def resolve(text: str) -> URL:
    """Return the database URL: of the default file (whose folder is made, for its owner alone), of a path, or as given."""
    if not text:
        path = default_path()
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder cannot be made ({error.strerror}).",
                place=str(path.parent),
                advice="Give another place with --store.",
            ) from error
        return URL.create("sqlite", database=str(path))
    if "://" not in text:
        return URL.create("sqlite", database=text)
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, SQLAlchemyError) as error:
        raise StoreError("This is no database URL.", place=text, advice=_URL_ADVICE) from error
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite":
        return url.set(drivername="sqlite")
    raise StoreError(f"The database {backend!r} is not supported.", place=url.render_as_string(), advice=_URL_ADVICE)


_UNREADABLE_ADVICE = "It was written by a newer version, or it is damaged: update Herkomst, or restore a copy."
_URL_ADVICE = "Give a path, sqlite:///PATH or postgresql://HOST/NAME."


class Database:
    """An open database whose layout is that of this version."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.url = engine.url.render_as_string(hide_password=False)
        self.place = engine.url.database or "memory" if _is_sqlite(engine) else engine.url.render_as_string()

    @classmethod
    def open(cls, text: str) -> Self:
        """Open the database, make or renew its tables; raise StoreError with place and remedy where that cannot be done."""
        database = cls(_make_engine(resolve(text)))
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database throughout."""
        with self._explained(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection in a transaction: all of it is stored at the end, or nothing. One writer at a time on SQLite."""
        with self._explained(), self._engine.connect() as opened:
            connection = opened.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def problems(self) -> tuple[str, ...]:
        """Return what the database's own check of its file finds; empty where all is well, or where there is no such check."""
        if not _is_sqlite(self._engine):
            return ()
        try:
            found = [str(row[0]) for row in self._execute("PRAGMA integrity_check")]
        except StoreError as error:
            if _code(error.__cause__) != sqlite3.SQLITE_CORRUPT:
                raise
            found = [error.message]  # so damaged that the check itself stops
        return tuple(line for line in found if line != "ok")

    def _prepare(self) -> None:
        with self.reading() as connection:
            tables = set(inspect(connection).get_table_names())
        if tables and "schema_version" not in tables:
            raise StoreError(
                "It is the database of another program.",
                place=self.place,
                advice="Give another with --store; nothing was changed.",
            )
        if _is_sqlite(self._engine):
            self._write_ahead()
        with self.reading() as connection:
            ready = is_current(connection, self.place)
        if not ready:
            with self.writing() as connection:
                migrate(connection, self.place)

    def _write_ahead(self) -> None:
        """Let readers and a writer work at once: no more than a convenience, so a store that is busy or read-only stays as it is."""
        try:
            self._execute("PRAGMA journal_mode=WAL")
        except StoreError as error:
            if _code(error.__cause__) not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY):
                raise

    def _execute(self, pragma: str) -> list[tuple[object, ...]]:
        """Run a pragma of SQLite that has to stand outside any transaction."""
        with self._explained(), closing(self._engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(pragma)
            return [tuple(row) for row in cursor.fetchall()]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except Unreadable as error:
            raise StoreError(str(error), place=self.place, advice=_UNREADABLE_ADVICE) from error
        except DBAPIError as error:
            raise self._explain(error) from error
        except sqlite3.Error as error:
            raise self._explain(error) from error

    def _explain(self, error: BaseException) -> StoreError:
        cause = error.orig if isinstance(error, DBAPIError) else error  # without the statement and its values
        message, advice = _ADVICE.get(_code(error)) or (f"The database refused ({cause}).", "Check the database and its URL.")
        return StoreError(message, place=self.place, advice=advice)


def _code(error: BaseException | None) -> int:
    """Return SQLite's primary result code of an error, 0 where it is none of SQLite's."""
    if isinstance(error, DBAPIError):
        error = error.orig
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows of values in the order of the columns, as they are: texts have to be escaped, `SafeText` is not asked.

    SQLAlchemy's own way makes a dictionary of every row and handles each value of it, which takes longer than SQLite does.
    """
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        names, marks = ", ".join(columns), ", ".join([mark] * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(rows))  # noqa: S608 - names of the schema


def new_numbers(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Return so many numbers for new rows of a table, in order. On SQLite there is one writer, so they follow the last row's."""
    if connection.dialect.name == "sqlite":
        last: int = connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()
        return range(last + 1, last + 1 + count)
    sequence = func.nextval(func.pg_get_serial_sequence(table.name, "number"))
    return sorted(connection.execute(select(sequence).select_from(func.generate_series(1, count).alias())).scalars())


def continue_numbers(connection: Connection, table: Table) -> None:
    """Let the numbers of new rows follow those that were given by hand; SQLite does so by itself."""
    if connection.dialect.name != "sqlite":
        sequence = func.pg_get_serial_sequence(table.name, "number")
        connection.execute(select(func.setval(sequence, select(func.max(table.c.number)).scalar_subquery())))


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        try:
            return create_engine(url)
        except ModuleNotFoundError as error:
            raise MissingExtra("A PostgreSQL store", "postgres") from error
    engine = create_engine(url, connect_args={} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # `_begin` begins; the module's own way begins too late to protect what was read before
    connection.execute("PRAGMA foreign_keys=ON").close()
    connection.execute("PRAGMA synchronous=NORMAL").close()
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}").close()
    connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
