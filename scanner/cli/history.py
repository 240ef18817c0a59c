"""`herkomst history SUBJECT`: what was seen of a subject and over which time, and how the verdicts that concern it went."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, time

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import (
    add_account_option,
    add_common_options,
    open_existing_store,
    read_knowledge,
    read_settings,
)
from herkomst.scanner.cli.output import render_options, write
from herkomst.scanner.errors import InvalidName, UsageError

FORMATS = ("text", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("subject", metavar="SUBJECT", help="a name, address, account, cluster or system")
    parser.add_argument("--as-of", type=_instant, metavar="DATE", help="only what held then (a day counts to its end, UTC)")
    parser.add_argument("--known-at", type=_instant, metavar="DATE", help="by what was known then")
    add_account_option(parser)
    add_common_options(parser, FORMATS)


def _instant(text: str) -> datetime:
    """Read a day, which counts to its end, or an instant."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write 2026-05-25 or 2026-05-25T10:00Z") from None
    if len(text) == len("2026-05-25"):
        at = datetime.combine(at.date(), time.max)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _spellings(text: str) -> tuple[str, ...]:
    """Return a subject as it is given (a system, a cluster), and as a name or address is kept."""
    from herkomst.scanner.names import understand

    try:
        return tuple(dict.fromkeys((text, understand(text).value)))
    except InvalidName:
        return (text,)


def run(arguments: argparse.Namespace) -> int:
    """Gather facts and verdicts, and write them."""
    from herkomst.reports.accounts import Masks, content_masks
    from herkomst.reports.changes import render_document
    from herkomst.reports.history import SeenFact, collapse, history_document, render_history
    from herkomst.reports.words import load_words

    settings = read_settings(arguments)
    ends = [at for at in (arguments.as_of, arguments.known_at) if at is not None]
    with open_existing_store(settings) as store:
        for subject in _spellings(arguments.subject):
            found = store.facts(subject, arguments.as_of, arguments.known_at)
            told = store.verdict_history(subject, min(ends) if ends else None)
            if found or told:
                break
    if not found and not told:
        raise UsageError(
            f"Nothing is known of {arguments.subject!r} in this store.", advice="Give a name as it was declared or met in a scan."
        )
    masks = Masks(()) if arguments.show_account_ids else content_masks(fact.content for fact in found)
    facts = [masks.of(SeenFact(fact.collector, fact.vantage, fact.content, fact.valid_from, fact.valid_until)) for fact in found]
    standings = [masks.of(item) for item in collapse(told)]
    if arguments.format == "json":
        write(render_document(history_document(masks.text(subject), facts, standings)), arguments.output)
    else:
        words, options = load_words(settings.language), render_options(arguments.output)
        write(render_history(masks.text(subject), facts, standings, words, read_knowledge(settings), options), arguments.output)
    return exit_codes.OK
