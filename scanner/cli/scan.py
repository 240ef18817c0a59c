"""`herkomst scan FILE|DIR...`: judge every claim of declaration files."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from herkomst.scanner.cli.options import add_account_option, add_common_options, add_scan_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import remark
from herkomst.scanner.cli.running import add_long_options, add_require_option, scan_and_write

FORMATS = ("text", "json", "jsonl", "html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="declaration file, or a folder of them")
    add_require_option(parser)
    add_long_options(parser)
    add_scan_options(parser)
    add_account_option(parser)
    add_common_options(parser, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Read the declarations, scan their assets and judge their claims."""
    from herkomst.config.declarations import load_declarations

    settings = read_settings(arguments)
    knowledge = read_knowledge(settings)
    loaded = load_declarations(arguments.files, knowledge, datetime.now(UTC).date())
    remark(arguments, [warning.render() for warning in loaded.warnings])
    systems = tuple(system for declaration in loaded.declarations for system in declaration.systems)
    return scan_and_write(arguments, settings, knowledge, systems)
