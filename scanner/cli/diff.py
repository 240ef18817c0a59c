"""`herkomst diff [RUN RUN]`: what changed between two runs, and whether the world, our knowledge or the claim is the cause."""

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
from herkomst.scanner.errors import UsageError

FORMATS = ("text", "json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    about = "ids of two runs, the earlier one first; the last one and the one before it of the same systems where none is given"
    parser.add_argument("runs", nargs="*", metavar="RUN", help=about)
    add_account_option(parser)
    add_common_options(parser, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Compare the runs and write the changes; the exit code is that of the verdicts that changed."""
    from herkomst.reports.changes import changes_document, render_changes, render_document
    from herkomst.reports.words import load_words
    from herkomst.scanner.drift import compare_runs
    from herkomst.scanner.service import judge_again

    settings = read_settings(arguments)
    if len(arguments.runs) not in (0, 2):
        raise UsageError("Give two runs, or none.", advice="Without any, the last run is compared with the one before it.")
    with open_existing_store(settings) as store:
        after = store.load_result(arguments.runs[1] if arguments.runs else None)
        earlier = arguments.runs[0] if arguments.runs else store.find_previous(after.run.id)
        if earlier is None:
            raise UsageError("There is no earlier run of these systems in the store.", advice="Scan them again later.")
        before = store.load_result(earlier)
    knowledge = read_knowledge(settings)
    again = judge_again(before, knowledge, after.run.started_at.date())
    changes = compare_runs(before, after, again)
    shown = arguments.show_account_ids
    if arguments.format == "json":
        write(render_document(changes_document(changes, before, after, show_accounts=shown)), arguments.output)
    else:
        words, options = load_words(settings.language), render_options(arguments.output)
        write(render_changes(changes, before, after, words, knowledge, options, show_accounts=shown), arguments.output)
    tally = exit_codes.Tally()
    tally.add_verdicts([change.after for change in changes if change.after is not None])
    return tally.code(complete=True)
