"""`herkomst explain VERDICT`: from a verdict to its parts, their evidence, and the raw answers."""

from __future__ import annotations

import argparse

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import (
    add_account_option,
    add_common_options,
    open_existing_store,
    read_knowledge,
    read_settings,
)
from herkomst.scanner.cli.output import render_options, write


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("verdict", metavar="VERDICT", help="id of a verdict, or the beginning of one")
    parser.add_argument("--run", metavar="RUN", help="id of a run; the last one that has the verdict where none is given")
    add_account_option(parser)
    add_common_options(parser, ("text",))


def run(arguments: argparse.Namespace) -> int:
    """Load the verdict and all under it, and write the explanation."""
    from herkomst.reports.explain import render_explain
    from herkomst.reports.words import load_words

    settings = read_settings(arguments)
    with open_existing_store(settings) as store:
        found, verdict = store.find_verdict(arguments.verdict, arguments.run)
        result = store.load_result(found.id)
        digests = {item.raw for oid in verdict.evidence if (item := result.observations.get(oid)) is not None and item.raw}
        raws = {digest: raw for digest in digests if (raw := store.raw(digest)) is not None}
    options = render_options(arguments.output)
    words = load_words(settings.language)
    shown = arguments.show_account_ids
    page = render_explain(verdict, result, raws, words, read_knowledge(settings), options, show_accounts=shown)
    write(page, arguments.output)
    return exit_codes.OK
