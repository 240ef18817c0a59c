"""`herkomst check NAME... --claim KEY=V1,V2`: judge claims about one or more names."""

from __future__ import annotations

import argparse
from pathlib import Path

from herkomst.scanner.cli.assets import named_on_command_line, read_names, systems_of
from herkomst.scanner.cli.options import add_common_options, add_scan_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import remark
from herkomst.scanner.cli.running import add_long_options, add_require_option, scan_and_write
from herkomst.scanner.errors import UsageError

FORMATS = ("text", "json", "jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="domain name, address or network")
    parser.add_argument("--input", type=Path, metavar="FILE", help="a file with one name a line; - reads stdin")
    parser.add_argument(
        "--claim",
        action="append",
        default=[],
        metavar="KEY=V1,V2",
        help="a claim to judge, such as hosting.country=NL or 'web.jurisdiction!=US'; repeatable",
    )
    add_require_option(parser)
    add_long_options(parser)
    add_scan_options(parser)
    add_common_options(parser, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Scan the names and judge the claims; without a claim, show the facts."""
    from herkomst.config.declarations import parse_claim_flag

    assets, remarks = read_names(named_on_command_line(arguments))
    if not assets:
        raise UsageError("There is no name to check.", advice="Give a name, or --input FILE with one name a line.")
    settings = read_settings(arguments)
    knowledge = read_knowledge(settings)
    claims = tuple(parse_claim_flag(text, knowledge) for text in arguments.claim)
    remark(arguments, remarks)
    return scan_and_write(arguments, settings, knowledge, systems_of(assets, claims))
