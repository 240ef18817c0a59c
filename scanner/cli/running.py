"""Running a scan from the command line and writing its result: what `check`, `scan` and `report` share."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import open_store
from herkomst.scanner.cli.output import follow, remark, render_options, write
from herkomst.scanner.model.verdict import Status

if TYPE_CHECKING:
    from herkomst.config.settings import Settings
    from herkomst.scanner.knowledge import Knowledge
    from herkomst.scanner.model.claim import System
    from herkomst.scanner.model.run import RunResult


def scan_and_write(arguments: argparse.Namespace, settings: Settings, knowledge: Knowledge, systems: tuple[System, ...]) -> int:
    """Scan the systems, write the result as the arguments say, and return the exit code."""
    from herkomst.scanner.service import Scan, run_scan

    with open_store(settings) as store:
        scan = Scan(settings, knowledge, systems, store)
        follow(scan.progress, arguments)
        result = asyncio.run(run_scan(scan))
    if not result.run.complete:
        remark(arguments, ["stopped before everything was asked; what was collected is judged and stored."])
    write_run(result, arguments.format, settings.language, knowledge, arguments.output)
    if not result.verdicts:
        return exit_codes.INCOMPLETE if result.failures else exit_codes.OK
    require = Status(arguments.require) if arguments.require else None
    return exit_codes.of_verdicts(result.verdicts, require)


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
