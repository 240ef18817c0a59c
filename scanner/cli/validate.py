"""`herkomst validate FILE...`: check declaration files and name every mistake with its place."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import add_common_options, read_knowledge, read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="declaration file, or a folder of them")
    add_common_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check every file; errors give exit code 2, warnings alone 0."""
    from herkomst.config.declarations import InvalidDeclarations, load_declarations

    knowledge = read_knowledge(read_settings(arguments))
    try:
        loaded = load_declarations(arguments.files, knowledge, datetime.now(UTC).date())
    except InvalidDeclarations as error:
        print(error, file=sys.stderr)
        return exit_codes.USAGE
    for warning in loaded.warnings:
        print(warning.render(), file=sys.stderr)
    systems = [system for declaration in loaded.declarations for system in declaration.systems]
    claims = sum(len(system.claims) for system in systems)
    print(
        f"{len(loaded.declarations)} file(s), {len(systems)} system(s), {claims} claim(s): valid, {len(loaded.warnings)} warning(s)."
    )
    return exit_codes.OK
