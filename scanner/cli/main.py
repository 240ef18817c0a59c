"""`herkomst`: reads the command line, runs one command, and turns errors into one sentence and exit code 2."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import NoReturn, Protocol, cast

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.output import ReaderGone, flush_stdout
from herkomst.scanner.errors import HerkomstError


class Command(Protocol):
    """A command module."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Describe the command's arguments."""
        ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Run the command and return its exit code."""
        ...


COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("check", "judge claims about one or more names"),
    "inspect": ("inspect_names", "show facts about names, without claims"),
    "scan": ("scan", "judge every claim of declaration files"),
    "report": ("report", "show a stored run again, in any format"),
    "explain": ("explain", "follow a verdict to its evidence and the raw answers"),
    "diff": ("diff", "show what changed between two runs, and why"),
    "history": ("history", "show what was seen of a subject over time, and how its verdicts went"),
    "import": ("import_inventory", "show what is read of an exported inventory, and how to declare it"),
    "validate": ("validate", "check declaration files and name every mistake"),
    "data": ("data", "show the datasets and their ages, or update the prefix tables"),
    "knowledge": ("knowledge", "show what is known without measuring, with its sources"),
    "demo": ("demo", "run the whole program on a laboratory on this machine"),
    "completion": ("completion", "print a completion script for a shell"),
}
"""Commands: module and help. Adding one is one file here and one line."""


def load_command(name: str) -> Command:
    """Return the module of a command."""
    return cast("Command", import_module(f"herkomst.scanner.cli.{COMMANDS[name][0]}"))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="herkomst",
        description="Checks declared hosting against actual hosting: location, ownership and jurisdiction.",
        epilog="Exit codes: 0 all confirmed, consistent or attested; 1 something contradicted; 2 usage or configuration; "
        "3 something not measured, not verifiable or expired.",
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (_, text) in COMMANDS.items():
        load_command(name).add_arguments(commands.add_parser(name, help=text, description=f"herkomst {name}: {text}."))
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    if argv is None:  # this process is the program
        sys.excepthook = exit_for_a_defect
    parser = make_parser()
    arguments = parser.parse_args(argv)
    if arguments.version:
        from importlib.metadata import version

        print(f"herkomst {version('herkomst')}")
        return exit_codes.OK
    if arguments.command is None:
        parser.print_help(sys.stderr)
        return exit_codes.USAGE
    try:
        code = load_command(arguments.command).run(arguments)
        with suppress(ReaderGone):  # what was found decides the exit code
            flush_stdout()
    except HerkomstError as error:
        print(f"herkomst: {error}", file=sys.stderr)
        return exit_codes.USAGE
    except ReaderGone:
        return exit_codes.OK  # as with `| head`: it read what it wanted
    except KeyboardInterrupt:
        print("herkomst: stopped.", file=sys.stderr)
        return exit_codes.INCOMPLETE
    return code


def exit_for_a_defect(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> NoReturn:
    """Show an error that nobody foresaw. Python would exit with 1, and that would say that a claim is contradicted."""
    sys.__excepthook__(kind, error, trace)
    print("herkomst: this is a defect of Herkomst. Please report it, with the lines above.", file=sys.stderr)
    raise SystemExit(exit_codes.INCOMPLETE)
