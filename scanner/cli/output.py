"""Writing results: to a file or stdout, for a terminal or a program. Remarks and progress go to stderr."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from herkomst.scanner.errors import UsageError

if TYPE_CHECKING:
    from herkomst.reports.base import RenderOptions
    from herkomst.scanner.engine import Progress

MIN_WIDTH, MAX_WIDTH = 60, 120


def render_options(output: Path | None) -> RenderOptions:
    """Return how text is laid out: 80 columns and no colour, but for a terminal; `NO_COLOR` is respected."""
    from herkomst.reports.base import RenderOptions

    if output is not None or not sys.stdout.isatty():
        return RenderOptions()
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = max(MIN_WIDTH, min(shutil.get_terminal_size().columns, MAX_WIDTH))
    return RenderOptions(width=width, colour=colour)


def write(document: bytes, output: Path | None) -> None:
    """Write a document to a file, or to stdout."""
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(document)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(document)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror or error}.", advice="Give -o a file in a folder that exists."
        ) from error


def remark(arguments: argparse.Namespace, lines: Sequence[str]) -> None:
    """Say something on stderr that is no part of the result."""
    if not arguments.quiet:
        for line in lines:
            print(f"herkomst: {line}", file=sys.stderr)


def follow(progress: Progress, arguments: argparse.Namespace, stream: TextIO | None = None) -> None:
    """Show progress on one line, only where stderr is a terminal."""
    out = stream or sys.stderr
    if arguments.quiet or not out.isatty():
        return
    from time import monotonic

    shown = 0.0

    def show(state: Progress) -> None:
        nonlocal shown
        finished = state.done == state.found
        if monotonic() - shown < 0.1 and not finished:
            return
        shown = monotonic()
        failed = f", {state.failed} with failures" if state.failed else ""
        out.write(f"\r\x1b[Kasked {state.done} of {state.found}{failed}")
        if finished:
            out.write("\r\x1b[K")
        out.flush()

    progress.on_change = show
