"""`herkomst data status` and `data update`: the datasets and their ages, and bringing the prefix tables up to date.

Exit code of an update: 0 when every feed that was there is good, 3 when one was not (what was before stays in force), 2 when nothing could be
tried.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import add_common_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import check_output, render_options, write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from herkomst.collectors.feed_update import FeedOutcome, TableUpdate
    from herkomst.config.settings import Settings
    from herkomst.config.tables.copies import FeedState
    from herkomst.reports.phrases import Phrases
    from herkomst.scanner.model.run import KnowledgeVersion


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "action", choices=("status", "update"), help="status: the datasets, and how old each is; update: fetch the feeds anew"
    )
    parser.add_argument(
        "--from", dest="source", metavar="DIR|URL", help="update from a folder or a mirror instead of the publishers"
    )
    parser.add_argument("--only", action="append", default=[], metavar="FEED", help="update this feed only; repeatable")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="FEED",
        help="take this feed although its size or its date is not what the last good copy makes one expect; repeatable",
    )
    add_common_options(parser, ("text", "json"))


def run(arguments: argparse.Namespace) -> int:
    """Show or update the datasets."""
    check_output(arguments.output)
    settings = read_settings(arguments)
    if arguments.action == "update":
        return _update(arguments, settings)
    _refuse_update_options(arguments)
    return _status(arguments, settings)


def _status(arguments: argparse.Namespace, settings: Settings) -> int:
    """List the catalogue and the datasets of every collector; tables that are damaged stop it with what mends them."""
    from herkomst.config.knowledge import catalogue_version
    from herkomst.config.tables.copies import TableFolder, find_tables
    from herkomst.config.tables.reader import PrefixTables
    from herkomst.scanner.service import make_collectors

    folder = find_tables(settings.tables)
    PrefixTables.open(folder).close()
    states = TableFolder(folder).load()
    versions = [catalogue_version(read_knowledge(settings).catalogue)]
    for collector in make_collectors(settings):
        versions.extend(collector.knowledge())
    if arguments.format == "json":
        document = _status_document(versions, states)
    else:
        document = _status_text(versions, states, arguments, settings)
    write(document.encode(), arguments.output)
    return exit_codes.OK


def _status_document(versions: Sequence[KnowledgeVersion], states: dict[str, FeedState]) -> str:
    today = datetime.now(UTC).date()
    rows = []
    for item in versions:
        copy = states[item.name].copy if item.name in states else None
        rows.append(
            {
                "name": item.name,
                "version": item.version,
                "as_of": item.as_of,
                "age_days": _age_days(item.as_of, today.isoformat()),
                "rows": item.rows,
                "licence": item.licence,
                "origin": "updated" if copy else "embedded",
                "source": copy.source if copy else None,
                "fetched_at": copy.fetched_at if copy else None,
            }
        )
    failed = [
        {"name": name, "attempted_at": state.attempted_at, "failure": state.failure}
        for name, state in sorted(states.items())
        if state.failure
    ]
    return json.dumps({"datasets": rows, "failed_updates": failed}, indent=2, ensure_ascii=False) + "\n"


def _age_days(as_of: str, today: str) -> int | None:
    from herkomst.reports.phrases import parse_day

    day, now = parse_day(as_of), parse_day(today)
    return max((now - day).days, 0) if day and now else None


def _status_text(
    versions: Sequence[KnowledgeVersion], states: dict[str, FeedState], arguments: argparse.Namespace, settings: Settings
) -> str:
    from herkomst.reports.datasets import UpdateState, status_lines, view_datasets

    phrases = _phrases(settings)
    views = view_datasets(versions, datetime.now(UTC).date(), phrases)
    updates = {
        name: UpdateState(
            state.copy.fetched_at[:10] if state.copy else "", state.attempted_at[:10] if state.failure else "", state.failure
        )
        for name, state in states.items()
    }
    lines = status_lines(views, updates, phrases, render_options(arguments.output).width)
    return "\n".join([phrases.words.say("head.datasets"), *lines]) + "\n"


def _phrases(settings: Settings) -> Phrases:
    from herkomst.reports.phrases import Phrases
    from herkomst.reports.words import load_words

    return Phrases(load_words(settings.language), read_knowledge(settings), {})


# -- update -------------------------------------------------------------------------------------------------------------


def _update(arguments: argparse.Namespace, settings: Settings) -> int:
    """Update the tables, and say for each feed how that went."""
    import asyncio

    from herkomst.collectors.feed_update import Outcome, update_tables
    from herkomst.scanner.errors import UsageError

    update = _plan(arguments, settings)
    outcomes = asyncio.run(update_tables(update))
    if all(item.outcome is Outcome.ABSENT for item in outcomes):
        names = ", ".join(item.name for item in outcomes)
        raise UsageError("There is no feed in the folder.", advice=f"Its files are called {names}.", place=str(arguments.source))
    render = _update_document if arguments.format == "json" else _update_text
    write(render(outcomes, update.folder, arguments, settings).encode(), arguments.output)
    failed = any(item.outcome is Outcome.FAILED for item in outcomes)
    return exit_codes.INCOMPLETE if failed else exit_codes.OK


def _plan(arguments: argparse.Namespace, settings: Settings) -> TableUpdate:
    from herkomst.collectors.feed_files import open_files
    from herkomst.collectors.feed_update import TableUpdate
    from herkomst.config.tables.copies import user_tables
    from herkomst.config.tables.sources import FEEDS
    from herkomst.scanner.errors import UsageError

    names = [feed.name for feed in FEEDS]
    for name in (*arguments.only, *arguments.accept):
        if name not in names:
            raise UsageError(f"There is no feed {name!r}.", advice=f"There are {', '.join(names)}.")
    if settings.offline and not arguments.source:
        raise UsageError("The settings say offline.", advice="Give --from a folder with the feeds.")
    return TableUpdate(
        folder=settings.tables or user_tables(),
        files=open_files(arguments.source),
        accepted=frozenset(arguments.accept),
        only=frozenset(arguments.only),
    )


def _refuse_update_options(arguments: argparse.Namespace) -> None:
    from herkomst.scanner.errors import UsageError

    if arguments.source or arguments.only or arguments.accept:
        raise UsageError("--from, --only and --accept belong to `data update`.", advice="Leave them out of `data status`.")


def _update_document(outcomes: Sequence[FeedOutcome], folder: Path, arguments: argparse.Namespace, settings: Settings) -> str:
    del arguments, settings
    feeds = [
        {
            "name": item.name,
            "outcome": item.outcome,
            "as_of": item.copy.as_of if item.copy else None,
            "version": item.copy.version if item.copy else None,
            "rows": item.copy.rows if item.copy else None,
            "source": item.copy.source if item.copy else None,
            "detail": item.detail,
        }
        for item in outcomes
    ]
    return json.dumps({"tables": str(folder), "feeds": feeds}, indent=2, ensure_ascii=False) + "\n"


def _update_text(outcomes: Sequence[FeedOutcome], folder: Path, arguments: argparse.Namespace, settings: Settings) -> str:
    from herkomst.reports.datasets import UpdateLine, update_lines

    del folder
    listed = [
        UpdateLine(item.name, item.outcome, item.copy.as_of if item.copy else "", item.copy.rows if item.copy else 0, item.detail)
        for item in outcomes
    ]
    lines = update_lines(listed, _phrases(settings), render_options(arguments.output).width)
    return "\n".join(lines) + "\n"
