"""Registered networks between runs: a small SQLite file with what registries answered in the last 30 days, and what is still to ask.

The file is an economy and never a source: what the registry said, and when, is in it, so that an observation made from it carries the
time of the answer. Where it is damaged, locked or cannot be written, the program warns once and goes on as if there were none. Several
processes may use it at once; each reads the ranges when it opens the file. `source` (the bootstrap URL) keeps laboratories apart.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from herkomst.collectors.ip_ownership.registered import NetworkMemory, RegisteredNetwork, Remembered
from herkomst.config.settings import NO_CACHE
from herkomst.scanner.model.codec import CodecError, from_plain
from herkomst.scanner.model.identity import canonical_json
from herkomst.scanner.model.observation import RdapNetwork

TTL: Final = timedelta(days=30)
FILE_NAME: Final = "registries.sqlite"
BUSY_S: Final = 1.0
"""How long another process is waited for, which writes for a millisecond at a time: the whole program stands still meanwhile."""
SHARED_BITS: Final = {4: 8, 6: 80}
_VERSION: Final = 1
_SCHEMA: Final = """
CREATE TABLE network (id INTEGER PRIMARY KEY, source TEXT NOT NULL, version INTEGER NOT NULL, first BLOB NOT NULL, last BLOB NOT NULL,
  answered_at REAL NOT NULL, asked_for TEXT, type TEXT NOT NULL, content TEXT NOT NULL, raw BLOB NOT NULL,
  UNIQUE (source, version, first, last));
CREATE TABLE question (source TEXT NOT NULL, version INTEGER NOT NULL, number BLOB NOT NULL, origin TEXT NOT NULL,
  since REAL NOT NULL, PRIMARY KEY (source, version, number)) WITHOUT ROWID;
CREATE TABLE silence (source TEXT NOT NULL, base TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (source, base)) WITHOUT ROWID;
"""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """An address to be asked about; `origin` is anything that says who announces it, empty where that is not known."""

    version: int
    number: int
    origin: str

    @property
    def neighbourhood(self) -> str:
        """The /24 or /48 of the address, and who announces it: where one network is most likely."""
        return f"{self.origin}@{self.number >> SHARED_BITS[self.version]:x}"


def cache_folder(setting: str) -> Path | None:
    """Return the folder that the setting `cache` names; None for no cache.

    Empty: `$XDG_CACHE_HOME/herkomst` (XDG Base Directory Specification: a relative value is ignored), nothing without a home.
    """
    if setting == NO_CACHE:
        return None
    if setting:
        return Path(setting)
    configured = os.environ.get("XDG_CACHE_HOME", "")
    try:
        base = Path(configured) if Path(configured).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "herkomst"


class NetworkCache:
    """The file of one run. No method raises; `folder` None is a cache that holds nothing."""

    def __init__(self, folder: Path | None, source: str) -> None:
        self._path = folder / FILE_NAME if folder else None
        self._source = source
        self._connection: sqlite3.Connection | None = None

    def open(self, memory: NetworkMemory, now: datetime) -> None:
        """Open the file, forget what is older than the TTL, and put the ranges of the rest into the memory."""
        if self._path is None:
            return
        with self._careful():
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)
            self._prepare(self._connection)
            oldest = (now - TTL).timestamp()
            self._connection.execute("DELETE FROM network WHERE answered_at < ?", (oldest,))
            self._connection.execute("DELETE FROM question WHERE since < ?", (oldest,))
            found = self._connection.execute(
                "SELECT id, version, first, last, asked_for FROM network WHERE source = ? AND answered_at <= ?",
                (self._source, (now + TTL).timestamp()),
            )
            for row, version, first, last, listed in found:
                asked_for = None if listed is None else frozenset(map(str, json.loads(listed)))
                memory.put(version, _number(first), _number(last), Remembered(None, row, asked_for))

    def read(self, remembered: Remembered) -> RegisteredNetwork | None:
        """Return the network of a row, kept from now on; None where it is gone or damaged."""
        if remembered.network is None and self._connection is not None:
            with self._careful():
                row = self._connection.execute(
                    "SELECT version, first, last, answered_at, type, content, raw FROM network WHERE id = ?", (remembered.row,)
                ).fetchone()
                remembered.network = _decode(*row) if row else None
        return remembered.network

    def keep(self, remembered: Remembered) -> None:
        """Keep a network for later runs. A registry's "none" is not kept: a network may be registered there tomorrow."""
        network = remembered.network
        if self._connection is None or network is None or not network.prefixes or network.answered_at is None:
            return
        asked_for = None if remembered.asked_for is None else json.dumps(sorted(remembered.asked_for))
        at = network.answered_at.timestamp()
        with self._careful():
            self._connection.execute(
                "INSERT OR REPLACE INTO network (source, version, first, last, answered_at, asked_for, type, content, raw)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(self._source, network.version, _blob(network.first), _blob(network.last), at, asked_for, network.type),
                    *(canonical_json(network.content("")), network.raw),
                ),
            )

    # -- what is still to ask ---------------------------------------------------------------------------------------

    def questions(self, limit: int) -> tuple[Question, ...]:
        """Return what earlier runs left to ask, the oldest first."""
        if self._connection is None:
            return ()
        with self._careful():
            rows = self._connection.execute(
                "SELECT version, number, origin FROM question WHERE source = ? ORDER BY since LIMIT ?",
                (self._source, limit),
            ).fetchall()
            return tuple(Question(version, _number(number), origin) for version, number, origin in rows)
        return ()

    def queue(self, question: Question, now: datetime) -> None:
        """Leave a question to a later run."""
        if self._connection is not None:
            values = (self._source, question.version, _blob(question.number), question.origin, now.timestamp())
            with self._careful():
                self._connection.execute("INSERT OR IGNORE INTO question VALUES (?, ?, ?, ?, ?)", values)

    def settle(self, version: int, number: int) -> None:
        """Take a question off the list."""
        if self._connection is not None:
            with self._careful():
                self._connection.execute(
                    "DELETE FROM question WHERE source = ? AND version = ? AND number = ?", (self._source, version, _blob(number))
                )

    def silences(self, now: datetime) -> dict[str, float]:
        """Return for how many seconds registries still want to be left alone, by base URL."""
        if self._connection is None:
            return {}
        with self._careful():
            rows = self._connection.execute("SELECT base, until FROM silence WHERE source = ?", (self._source,)).fetchall()
            return {base: until - now.timestamp() for base, until in rows if until > now.timestamp()}
        return {}

    def keep_silence(self, base: str, until: datetime) -> None:
        """Keep until when a registry wants to be left alone."""
        if self._connection is not None:
            with self._careful():
                values = (self._source, base, until.timestamp())
                self._connection.execute("INSERT OR REPLACE INTO silence VALUES (?, ?, ?)", values)

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @staticmethod
    def _prepare(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA synchronous = NORMAL")
        if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
            return
        connection.execute("PRAGMA journal_mode = WAL")  # stays with the file, and needs it alone
        connection.execute("BEGIN IMMEDIATE")
        try:
            if connection.execute("PRAGMA user_version").fetchone()[0] != _VERSION:  # else another process was first
                for table in ("network", "question", "silence"):
                    connection.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
        finally:
            connection.execute("COMMIT")

    @contextmanager
    def _careful(self) -> Iterator[None]:
        """Do something with the file; where that fails, warn and go on without it."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            _log.warning(
                "%s: the answers of registries cannot be kept or read (%s). Remove the file, or set `cache: none`.",
                self._path,
                error,
            )
            self.close()


def _decode(
    version: int, first: bytes, last: bytes, answered_at: float, type_: str, content: str, raw: bytes
) -> RegisteredNetwork | None:
    try:
        seen = from_plain(RdapNetwork, json.loads(content))
    except (CodecError, ValueError):
        return None  # of another version of the program
    network = RegisteredNetwork(
        version, _number(first), _number(last), seen.prefixes, seen.handle, seen.name, seen.holder, seen.holder_country,
        seen.country, seen.registry, seen.geofeed, raw,
    )  # fmt: skip
    return replace(network, type=type_, answered_at=datetime.fromtimestamp(answered_at, UTC))


def _blob(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _number(blob: bytes) -> int:
    return int.from_bytes(blob, "big")
