"""`herkomst report [RUN]`: show a stored run again, in any format and language."""

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
from herkomst.scanner.cli.running import write_run

FORMATS = ("text", "html", "json", "jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("run", nargs="?", metavar="RUN", help="id of a run; the last one where none is given")
    add_account_option(parser)
    add_common_options(parser, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Load the run and write it."""
    settings = read_settings(arguments)
    with open_existing_store(settings) as store:
        result = store.load_result(arguments.run)
    write_run(result, arguments, settings.language, read_knowledge(settings))
    return exit_codes.OK
