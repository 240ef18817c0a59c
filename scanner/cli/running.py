"""Running a scan from the command line and writing its result: what `check`, `scan` and `report` share."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from herkomst.scanner.cli import exit_codes
from herkomst.scanner.cli.options import open_store
from herkomst.scanner.cli.output import ReaderGone, check_output, follow, remark, render_options, write, writing
from herkomst.scanner.errors import UsageError
from herkomst.scanner.model.verdict import Status

if TYPE_CHECKING:
    from herkomst.config.settings import Settings
    from herkomst.scanner.knowledge import Knowledge
    from herkomst.scanner.model.claim import System
    from herkomst.scanner.model.run import Run, RunResult
    from herkomst.scanner.service import Scan
    from herkomst.scanner.store import Store


MAX_PROCESSES = 64


def scan_and_write(arguments: argparse.Namespace, settings: Settings, knowledge: Knowledge, systems: tuple[System, ...]) -> int:
    """Scan the systems, write the result as the arguments say, and return the exit code."""
    import asyncio

    from herkomst.scanner.service import Scan

    check_output(arguments.output)
    tally = exit_codes.Tally()
    with open_store(settings) as store:
        scan = Scan(settings, knowledge, systems, store, processes=arguments.processes)
        scan.resumes = _interrupted(arguments, store, systems)
        follow(scan.progress, arguments)
        # lines can be written without the whole run in memory; a page cannot
        run = asyncio.run((_write_lines if arguments.format == "jsonl" else _write_whole)(scan, arguments, tally))
    if not run.complete:
        remark(arguments, ["stopped before everything was asked; what was collected is judged and stored."])
    if arguments.verbose:
        remark(arguments, _details(scan))
    return tally.code(complete=run.complete, require=Status(arguments.require) if arguments.require else None)


def _interrupted(arguments: argparse.Namespace, store: Store | None, systems: tuple[System, ...]) -> str | None:
    """Return the run that `--resume` means."""
    if not arguments.resume:
        return None
    found = store.find_interrupted(systems) if store is not None else None
    if found is None:
        raise UsageError(
            "There is no interrupted run of just these systems in the store.", advice="Leave --resume out, or give its --store."
        )
    return found


async def _write_whole(scan: Scan, arguments: argparse.Namespace, tally: exit_codes.Tally) -> Run:
    from herkomst.scanner.service import run_scan

    result = await run_scan(scan)
    tally.add(result)
    with suppress(ReaderGone):  # what was found decides the exit code, however little of it was read
        write_run(result, arguments, scan.settings.language, scan.knowledge)
    return result.run


async def _write_lines(scan: Scan, arguments: argparse.Namespace, tally: exit_codes.Tally) -> Run:
    from herkomst.reports.jsonl_stream import JsonLinesStream
    from herkomst.reports.words import load_words
    from herkomst.scanner.service import stream_scan

    with JsonLinesStream(load_words(scan.settings.language), show_accounts=_shows_accounts(arguments)) as lines:
        async for part in stream_scan(scan):
            tally.add(part)
            lines.add(part)
            run = part.run
        with suppress(ReaderGone), writing(arguments.output) as out:
            lines.write(run, out)
    return run


def _details(scan: Scan) -> list[str]:
    """Say what `-v` adds: how much was asked, and where it is kept."""
    asked = f"{scan.progress.done} questions to sources, {scan.progress.failed} of them with failures"
    return [f"{asked}; {f'kept in {scan.store.place}' if scan.store else 'nothing is kept'}."]


def write_run(result: RunResult, arguments: argparse.Namespace, language: str, knowledge: Knowledge) -> None:
    """Write a run in the format that the arguments say."""
    from herkomst.reports.build import build_report
    from herkomst.reports.registry import load_format
    from herkomst.reports.words import load_words

    report = build_report(result, load_words(language), knowledge, show_accounts=_shows_accounts(arguments))
    output: Path | None = arguments.output
    write(load_format(arguments.format).render(report, render_options(output)), output)


def _shows_accounts(arguments: argparse.Namespace) -> bool:
    return getattr(arguments, "show_account_ids", False)  # `check` reads no account


def add_require_option(parser: argparse.ArgumentParser) -> None:
    """Add `--require confirmed`."""
    parser.add_argument("--require", choices=[Status.CONFIRMED.value], help="exit 0 only where every claim is confirmed")


def add_long_options(parser: argparse.ArgumentParser) -> None:
    """Add what long scans need: `--resume` and `--processes`."""
    parser.add_argument(
        "--processes", type=_count, default=1, metavar="N", help="spread a long scan over so many processes (default 1)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with the last run of the same systems that was interrupted")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_PROCESSES:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MAX_PROCESSES}")
    return int(text)
