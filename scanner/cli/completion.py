"""`herkomst completion SHELL`: a completion script for a shell."""

from __future__ import annotations

import argparse

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.output import write

SHELLS = ("bash", "zsh", "tcsh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "shell",
        choices=SHELLS,
        help="for example: herkomst completion bash > ~/.local/share/bash-completion/completions/herkomst",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab
    from herkomst.scanner.cli.main import make_parser

    write(shtab.complete(make_parser(), shell=arguments.shell).encode() + b"\n", None)
    return exit_codes.OK
