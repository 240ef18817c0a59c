"""`herkomst knowledge explain WHAT` and `herkomst knowledge review`: what is known without measuring, from where, and what is not."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import add_common_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import check_output, render_options, write

if TYPE_CHECKING:
    from herkomst.config.settings import Settings
    from herkomst.config.tables.answers import TableAnswer
    from herkomst.scanner.model.run import KnowledgeVersion

FORMATS = ("text", "json")
OLD_AFTER_DAYS = 730
SHOWN = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    explain = actions.add_parser("explain", help="all that is known of one thing, with sources and dates")
    explain.add_argument(
        "what",
        metavar="WHAT",
        help="id or name of a provider or an entity, AS number (AS64500), domain name, or address",
    )
    review = actions.add_parser("review", help="what somebody who keeps the catalogue should look at")
    review.add_argument(
        "--older-than",
        type=_count,
        default=OLD_AFTER_DAYS,
        metavar="DAYS",
        help=f"age from which a source is old (default {OLD_AFTER_DAYS})",
    )
    review.add_argument(
        "--limit", type=_count, default=SHOWN, metavar="N", help=f"entries of a question in text, 0 for all (default {SHOWN})"
    )
    for action in (explain, review):
        action.add_argument("--as-of", type=_day, metavar="DATE", help="day on which the facts should hold (default today)")
        add_common_options(action, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Gather the facts and write them."""
    check_output(arguments.output)
    on: date = arguments.as_of or datetime.now(UTC).date()
    text = _explain(arguments, on) if arguments.action == "explain" else _review(arguments, on)
    write(text.encode("utf-8", "backslashreplace"), arguments.output)
    return exit_codes.OK


def _explain(arguments: argparse.Namespace, on: date) -> str:
    from herkomst.config.knowledge import catalogue_version
    from herkomst.reports.knowledge_facts import FactGatherer
    from herkomst.reports.knowledge_subjects import find_facts

    settings = read_settings(arguments)
    knowledge = read_knowledge(settings)
    tables = _Tables(settings)
    found = find_facts(arguments.what, FactGatherer(knowledge, on), tables.lookup)
    versions = (catalogue_version(knowledge.catalogue), *tables.versions)
    if arguments.format == "json":
        from herkomst.reports.knowledge_json import explain_json

        return explain_json(arguments.what, on, versions, found)
    from herkomst.reports.knowledge_text import explain_lines
    from herkomst.reports.phrases import Phrases
    from herkomst.reports.words import load_words

    phrases = Phrases(load_words(settings.language), knowledge, {})
    return "\n".join(explain_lines(on, versions, found, phrases, render_options(arguments.output))) + "\n"


def _review(arguments: argparse.Namespace, on: date) -> str:
    from herkomst.config.knowledge import catalogue_version
    from herkomst.reports.knowledge_review import Reviewer, review_lines

    settings = read_settings(arguments)
    knowledge = read_knowledge(settings)
    groups = Reviewer(knowledge, on, arguments.older_than).groups()
    if arguments.format == "json":
        from herkomst.reports.knowledge_json import review_json

        return review_json(on, arguments.older_than, (catalogue_version(knowledge.catalogue),), groups)
    from herkomst.reports.phrases import Phrases
    from herkomst.reports.words import load_words

    phrases, options = Phrases(load_words(settings.language), knowledge, {}), render_options(arguments.output)
    return "\n".join(review_lines(groups, phrases, options.width, arguments.limit, colour=options.colour)) + "\n"


class _Tables:
    """The prefix tables, opened where an address is asked for; `versions` names them once they were used."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.tables
        self.versions: tuple[KnowledgeVersion, ...] = ()

    def lookup(self, address: str) -> TableAnswer:
        from herkomst.config.tables.reader import PrefixTables

        tables = PrefixTables.open(self._folder)
        try:
            self.versions = tables.datasets
            return tables.lookup(address)
        finally:
            tables.close()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 10**6):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2026-11-25") from error
