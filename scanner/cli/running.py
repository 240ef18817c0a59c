"""Running a scan from the command line and writing its result: what `check`, `scan` and `report` share."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import open_store
from herkomst.scanner.cli.output import ReaderGone, check_output, follow, remark, render_options, write
from herkomst.scanner.model.verdict import Status

if TYPE_CHECKING:
    from herkomst.config.settings import Settings
    from herkomst.scanner.knowledge import Knowledge
    from herkomst.scanner.model.claim import System
    from herkomst.scanner.model.run import RunResult
    from herkomst.scanner.service import Scan


def scan_and_write(arguments: argparse.Namespace, settings: Settings, knowledge: Knowledge, systems: tuple[System, ...]) -> int:
    """Scan the systems, write the result as the arguments say, and return the exit code."""
    import asyncio

    from herkomst.scanner.service import Scan, run_scan

    check_output(arguments.output)
    with open_store(settings) as store:
        scan = Scan(settings, knowledge, systems, store)
        follow(scan.progress, arguments)
        result = asyncio.run(run_scan(scan))
    if not result.run.complete:
        remark(arguments, ["stopped before everything was asked; what was collected is judged and stored."])
    if arguments.verbose:
        remark(arguments, _details(scan))
    with suppress(ReaderGone):  # what was found decides the exit code, however little of it was read
        write_run(result, arguments.format, settings.language, knowledge, arguments.output)
    return exit_codes.of_result(result, Status(arguments.require) if arguments.require else None)


def _details(scan: Scan) -> list[str]:
    """Say what `-v` adds: how much was asked, and where it is kept."""
    asked = f"{scan.progress.done} questions to sources, {scan.progress.failed} of them with failures"
    return [f"{asked}; {f'kept in {scan.store.place}' if scan.store else 'nothing is kept'}."]


def write_run(result: RunResult, form: str, language: str, knowledge: Knowledge, output: Path | None) -> None:
    """Write a run in one format."""
    from herkomst.reports.build import build_report
    from herkomst.reports.registry import load_format
    from herkomst.reports.words import load_words

    report = build_report(result, load_words(language), knowledge)
    write(load_format(form).render(report, render_options(output)), output)


def add_require_option(parser: argparse.ArgumentParser) -> None:
    """Add `--require confirmed`."""
    parser.add_argument("--require", choices=[Status.CONFIRMED.value], help="exit 0 only where every claim is confirmed")
