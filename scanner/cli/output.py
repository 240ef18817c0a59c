"""Writing results: to a file or stdout, for a terminal or a program. Remarks and progress go to stderr."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

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


class ReaderGone(Exception):
    """Who read our stdout has gone away, as with `| head`; nothing more can be said there."""


def check_output(output: Path | None) -> None:
    """Raise UsageError where the file cannot be written: before anything is asked, not after."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        raise _unwritable(output, "it is a folder" if output.is_dir() else "its folder does not exist")


def write(document: bytes, output: Path | None, *, append: bool = False) -> None:
    """Write a document to a file, or to stdout; raise UsageError where it cannot be written, ReaderGone where nobody reads it."""
    if output is None:
        with _stdout():
            sys.stdout.flush()
            sys.stdout.buffer.write(document)
            sys.stdout.buffer.flush()
        return
    try:
        with output.open("ab" if append else "wb") as file:
            file.write(document)
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error)) from error


@contextmanager
def writing(output: Path | None) -> Iterator[BinaryIO]:
    """Give a file, or stdout, to write a long result to, with the errors of `write`."""
    if output is None:
        with _stdout():
            sys.stdout.flush()
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        return
    try:
        with output.open("wb") as file:
            yield file
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error)) from error


def flush_stdout() -> None:
    """Bring out what was printed, with the errors of `write`."""
    with _stdout():
        sys.stdout.flush()


@contextmanager
def _stdout() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # what is left in the buffer must go nowhere, or Python fails on it once more at the end
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
        if isinstance(error, BrokenPipeError):
            raise ReaderGone from error
        raise _unwritable("stdout", error.strerror or str(error)) from error


def _unwritable(place: Path | str, why: str) -> UsageError:
    return UsageError(
        f"{place} cannot be written: {why}.", advice="Give -o a file in a folder that exists, with room on its disk."
    )


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
