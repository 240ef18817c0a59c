"""`herkomst inspect NAME...`: facts about names, without claims. Long lists are written as they are measured."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.assets import named_on_command_line, read_names, systems_of
from herkomst.scanner.cli.options import add_common_options, add_scan_options, read_knowledge, read_settings
from herkomst.scanner.cli.output import ReaderGone, check_output, follow, remark, render_options, write
from herkomst.scanner.errors import UsageError

if TYPE_CHECKING:
    from herkomst.reports.base import Format
    from herkomst.reports.words import Words
    from herkomst.scanner.model.run import RunResult
    from herkomst.scanner.service import Scan

FORMATS = ("text", "json", "jsonl")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="domain name, address or network")
    parser.add_argument("--input", type=Path, metavar="FILE", help="a file with one name a line; - reads stdin")
    add_scan_options(parser)
    add_common_options(parser, FORMATS)


def run(arguments: argparse.Namespace) -> int:
    """Measure the names and write what was found; any failure gives exit code 3."""
    import asyncio

    from herkomst.reports.registry import load_inspect_format
    from herkomst.reports.words import load_words
    from herkomst.scanner.service import Scan

    assets, remarks = read_names(named_on_command_line(arguments))
    if not assets:
        raise UsageError("There is no name to inspect.", advice="Give a name, or --input FILE with one name a line.")
    check_output(arguments.output)
    settings = read_settings(arguments)
    remark(arguments, remarks)
    scan = Scan(settings, read_knowledge(settings), systems_of(assets))
    follow(scan.progress, arguments)
    writer = _Writer(load_inspect_format(arguments.format), load_words(settings.language), arguments.output)
    try:
        failed = asyncio.run(_inspect(scan, writer))
    except ReaderGone:
        return exit_codes.INCOMPLETE  # nobody reads on, so nothing more is asked
    return exit_codes.INCOMPLETE if failed else exit_codes.OK


class _Writer:
    """Writes chunk after chunk as JSON lines; for the other formats, one document at the end."""

    def __init__(self, form: Format, words: Words, output: Path | None) -> None:
        self.form = form
        self.words = words
        self.output = output
        self.streams = form.name == "jsonl"
        self.parts: list[RunResult] = []
        if self.streams and output is not None:
            write(b"", output)

    def add(self, part: RunResult, scan: Scan) -> None:
        """Take one chunk."""
        if not self.streams:
            self.parts.append(part)
            return
        write(self._render(part, scan), self.output, append=True)

    def finish(self, scan: Scan) -> None:
        """Write what was held back."""
        if self.streams or not self.parts:
            return
        first, last = self.parts[0], self.parts[-1]
        whole = replace(
            first,
            run=last.run,
            pictures=tuple(picture for part in self.parts for picture in part.pictures),
            failures=tuple(dict.fromkeys(failure for part in self.parts for failure in part.failures)),
            observations={oid: item for part in self.parts for oid, item in part.observations.items()},
        )
        write(self._render(whole, scan), self.output)

    def _render(self, result: RunResult, scan: Scan) -> bytes:
        from herkomst.reports.build import build_inspect

        return self.form.render(build_inspect(result, self.words, scan.knowledge), render_options(self.output))


async def _inspect(scan: Scan, writer: _Writer) -> bool:
    from herkomst.scanner.service import inspect_assets

    failed = False
    async for part in inspect_assets(scan):
        failed = failed or bool(part.failures)
        writer.add(part, scan)
    writer.finish(scan)
    return failed
