"""The folder of updated tables: the last good copy of each feed, what happened at the last attempt, and the packed tables.

    prefixes.bin, datasets.json   the packed tables, which are all that a scan reads
    update.json                   for each feed its copy and its last attempt; replaced as a whole, last
    copies/NAME-DIGEST.gz         the copies, named by content: one that `update.json` does not name is a leftover

Every file is put in place whole (written, flushed, renamed), and one update at a time holds the lock, so a killed update leaves the
state before it or after it.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from herkomst.config.tables.builder import write_whole
from herkomst.config.tables.layout import FILE_NAME
from herkomst.config.tables.reader import EMBEDDED
from herkomst.config.user_folder import user_data_folder
from herkomst.scanner.errors import ConfigurationError, KnowledgeError, UsageError

STATE_NAME = "update.json"
COPIES_NAME = "copies"
LOCK_NAME = "update.lock"
STATE_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Copy:
    """The last good copy of a feed. `as_of` is the day it speaks of; `dated` is false where that is only the day it was fetched."""

    sha256: str
    as_of: str
    dated: bool
    version: str
    rows: int
    fetched_at: str
    source: str


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of a feed: its copy, if there ever was a good one, and why the last attempt failed, empty where it did not."""

    copy: Copy | None = None
    attempted_at: str = ""
    failure: str = ""


def user_tables() -> Path:
    """Return the folder in which `data update` keeps the tables of this user."""
    return user_data_folder() / "tables"


def find_tables(configured: Path | None) -> Path:
    """Return the folder of the tables to use: the configured one, else the user's where an update made some, else the embedded one."""
    if configured is not None:
        return configured
    with suppress(ConfigurationError):  # without a home there is nothing updated
        if (user_tables() / FILE_NAME).exists():
            return user_tables()
    return EMBEDDED


class TableFolder:
    """A folder of updated tables."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def packed(self) -> Path:
        """The packed file."""
        return self.path / FILE_NAME

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for one update; raise UsageError where another one runs, or where the tables in it are not an update's."""
        try:
            (self.path / COPIES_NAME).mkdir(mode=0o700, parents=True, exist_ok=True)
            file = (self.path / LOCK_NAME).open("ab")
        except OSError as error:
            raise UsageError(
                f"The folder cannot be written to ({error.strerror}).",
                advice="Make it writable, or set `tables`.",
                place=str(self.path),
            ) from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UsageError("Another update of these tables runs.", advice="Wait for it.", place=str(self.path)) from error
            if self.packed.exists() and not (self.path / STATE_NAME).exists():
                raise UsageError(
                    "The tables in this folder were not made by an update.",
                    advice="Give another folder in `tables`.",
                    place=str(self.path),
                )
            yield

    def load(self) -> dict[str, FeedState]:
        """Return what is known of the feeds, by name; empty where there never was an update. A damaged list raises KnowledgeError."""
        place = self.path / STATE_NAME
        try:
            document = json.loads(place.read_text("utf-8"))
            if document["format"] != STATE_FORMAT:
                raise ValueError(f"format {document['format']}")
            return {name: _state(item) for name, item in document["feeds"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise KnowledgeError(
                "The list of updates cannot be read.", advice=f"Remove {self.path} and update again.", place=str(place)
            ) from error

    def save(self, states: Mapping[str, FeedState]) -> None:
        """Keep what is known of the feeds, and remove copies that are no longer named."""
        document = {"format": STATE_FORMAT, "feeds": {name: asdict(state) for name, state in sorted(states.items())}}
        write_whole(self.path / STATE_NAME, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))
        named = {self._copy(name, state.copy.sha256) for name, state in states.items() if state.copy}
        for path in (self.path / COPIES_NAME).iterdir():
            if path not in named:
                path.unlink(missing_ok=True)

    def keep(self, name: str, body: bytes) -> str:
        """Keep a copy of a feed's file; return its digest."""
        digest = hashlib.sha256(body).hexdigest()
        place = self._copy(name, digest)
        if not place.exists():
            write_whole(place, gzip.compress(body, 6, mtime=0))
        return digest

    def read(self, name: str, digest: str) -> bytes:
        """Return a copy; raise KnowledgeError where it is missing or no longer what it was."""
        place = self._copy(name, digest)
        try:
            body = gzip.decompress(place.read_bytes())
        except (OSError, EOFError, ValueError) as error:
            raise KnowledgeError("The copy cannot be read.", advice="Update again.", place=str(place)) from error
        if hashlib.sha256(body).hexdigest() != digest:
            raise KnowledgeError("The copy is damaged.", advice="Update again.", place=str(place))
        return body

    def _copy(self, name: str, digest: str) -> Path:
        return self.path / COPIES_NAME / f"{name}-{digest[:16]}.gz"


def _state(item: Mapping[str, object]) -> FeedState:
    kept = item["copy"]
    copy = Copy(**kept) if isinstance(kept, dict) else None
    return FeedState(copy, str(item["attempted_at"]), str(item["failure"]))
