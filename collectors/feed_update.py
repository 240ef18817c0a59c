"""`data update`: asks for every feed, lets in what passes the gates, keeps the rest as it was, and packs the tables again.

A feed that cannot be had or is refused never holds up another: its last good copy stays in force, and why it failed is kept with it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from herkomst.collectors.feed_files import Delivery, FeedFiles
from herkomst.collectors.fetching import Unanswered
from herkomst.config.tables.copies import Copy, FeedState, TableFolder
from herkomst.config.tables.gates import check_against, read_feed
from herkomst.config.tables.layout import FILE_NAME
from herkomst.config.tables.overlay import UpdatedFeed, overlay_tables
from herkomst.config.tables.reader import EMBEDDED, PrefixTables
from herkomst.config.tables.sources import FEEDS, Feed, FeedContent
from herkomst.scanner.errors import KnowledgeError

IN_FLIGHT = 4


class Outcome(StrEnum):
    """What became of one feed."""

    UPDATED = "updated"
    UNCHANGED = "unchanged"
    """It was read and is what it was."""
    FAILED = "failed"
    """It could not be had, or was refused; the last good copy stays in force, or else the embedded table."""
    ABSENT = "absent"
    """The folder has no file of it."""


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What became of one feed: `copy` is what is in force now, None where that is the embedded table; `detail` says why it failed."""

    name: str
    outcome: Outcome
    copy: Copy | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TableUpdate:
    """What one update tries: which feeds from where into which folder; `accepted` names feeds whose size or date may differ.

    `feeds` are all that the tables are made of; `only` names those that are asked for now, all where it is empty.
    """

    folder: Path
    files: FeedFiles
    accepted: frozenset[str] = frozenset()
    feeds: Sequence[Feed] = FEEDS
    only: frozenset[str] = frozenset()
    base: Path = EMBEDDED
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


async def update_tables(update: TableUpdate) -> tuple[FeedOutcome, ...]:
    """Read the feeds, keep what is good, and pack the tables where anything changed.

    Raises UsageError where the folder cannot be used or another update runs, KnowledgeError where the tables cannot be written.
    """
    folder = TableFolder(update.folder)
    with folder.lock():
        states = folder.load()
        slots = asyncio.Semaphore(IN_FLIGHT)
        read: dict[str, FeedContent] = {}

        async def take(feed: Feed) -> FeedOutcome:
            async with slots:
                delivered = await update.files.get(feed)
            return _take(feed, delivered, folder, states, read, update)

        outcomes = tuple(
            await asyncio.gather(*(take(feed) for feed in update.feeds if not update.only or feed.name in update.only))
        )
        if all(item.outcome is Outcome.ABSENT for item in outcomes):
            return outcomes
        try:
            folder.save(states)
            return (*outcomes, *_pack(folder, states, read, update))
        except OSError as error:
            raise KnowledgeError(
                f"The tables cannot be written ({error.strerror}); those before are in force.",
                advice="Make room, and update again.",
                place=str(folder.path),
            ) from error


def _take(
    feed: Feed,
    delivered: Delivery | Unanswered | None,
    folder: TableFolder,
    states: dict[str, FeedState],
    read: dict[str, FeedContent],
    update: TableUpdate,
) -> FeedOutcome:
    """Let one delivered file in, or say why not; `states` and `read` are kept up to date."""
    before = states.get(feed.name, FeedState())
    if delivered is None:
        return FeedOutcome(feed.name, Outcome.ABSENT, before.copy)
    at = update.now().astimezone(UTC).replace(microsecond=0).isoformat()
    try:
        if isinstance(delivered, Unanswered):
            raise KnowledgeError(delivered.detail)
        content, body = read_feed(feed, delivered.body, packed=delivered.packed)
        stated = content.as_of or delivered.dated
        if feed.name not in update.accepted:
            check_against(feed, content, stated, before.copy)
        digest = folder.keep(feed.name, body)
    except KnowledgeError as error:
        states[feed.name] = replace(before, attempted_at=at, failure=str(error))
        return FeedOutcome(feed.name, Outcome.FAILED, before.copy, str(error))
    except OSError as error:
        detail = f"The copy cannot be written ({error.strerror})."
        states[feed.name] = replace(before, attempted_at=at, failure=detail)
        return FeedOutcome(feed.name, Outcome.FAILED, before.copy, detail)
    copy = Copy(digest, stated or at[:10], bool(stated), content.version, content.rows, at, delivered.place)
    states[feed.name] = FeedState(copy, at)
    read[feed.name] = content
    same = before.copy is not None and before.copy.sha256 == digest
    return FeedOutcome(feed.name, Outcome.UNCHANGED if same else Outcome.UPDATED, copy)


def _pack(
    folder: TableFolder, states: Mapping[str, FeedState], read: Mapping[str, FeedContent], update: TableUpdate
) -> tuple[FeedOutcome, ...]:
    """Pack the tables from all last good copies, unless they are made of these already.

    A copy that is damaged is returned as a failure, and the tables stay as they were: they may still hold what it said.
    """
    copies = {feed: state.copy for feed in update.feeds if (state := states.get(feed.name)) and state.copy}
    base_digest = hashlib.sha256((update.base / FILE_NAME).read_bytes()).hexdigest()
    wanted = {"embedded": base_digest, **{feed.name: copy.sha256 for feed, copy in copies.items()}}
    if not copies or _made_from(folder) == wanted:
        return ()
    damaged: list[FeedOutcome] = []
    updated: list[UpdatedFeed] = []
    for feed, copy in copies.items():
        try:
            content = read.get(feed.name) or read_feed(feed, folder.read(feed.name, copy.sha256), packed=False)[0]
            updated.append(UpdatedFeed(feed, copy, content))
        except KnowledgeError as error:
            damaged.append(FeedOutcome(feed.name, Outcome.FAILED, copy, f"The tables stay as they were. {error}"))
    if not damaged:
        _write(folder, updated, update.base, base_digest)
    return tuple(damaged)


def _write(folder: TableFolder, updated: Sequence[UpdatedFeed], embedded: Path, digest: str) -> None:
    base = PrefixTables.open(embedded)
    try:
        overlay_tables(folder.path, base, digest, updated)
    finally:
        base.close()


def _made_from(folder: TableFolder) -> dict[str, str]:
    """Return what the packed tables were made from; empty where there are none that can be used."""
    try:
        tables = PrefixTables.open(folder.path)
    except KnowledgeError:
        return {}
    try:
        return tables.made_from
    finally:
        tables.close()
