"""Names on the command line or in a list, turned into systems: each name is a subject of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from herkomst.scanner.errors import InvalidName, UsageError
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Organisation, System
from herkomst.scanner.names import display, understand, without_secret

MAX_LINE = 4096
MAX_LINES = 10_000_000
MAX_SHOWN = 20
_NOTES = {"url": "the host name of a URL", "email": "the domain of an e-mail address"}


def read_names(texts: Iterable[tuple[str, str]]) -> tuple[tuple[Asset, ...], tuple[str, ...]]:
    """Return the assets of (place, text) pairs, each once, and remarks on what was understood; raise for what is no name.

    All that is no name is listed in one error, so that a long list is mended in one go.
    """
    assets: dict[Asset, None] = {}
    remarks: list[str] = []
    refused: list[str] = []
    for place, text in texts:
        try:
            understood = understand(text)
        except InvalidName as error:
            refused.append(f"{place}{error}")
            continue
        assets[Asset(AssetKind(understood.kind), understood.value)] = None
        if understood.note:
            remarks.append(f"{display(without_secret(text))} was taken as {understood.value}, {_NOTES[understood.note]}.")
    if refused:
        raise UsageError("\n".join(_first(refused)))
    return tuple(assets), _first(remarks)


def _first(lines: list[str]) -> tuple[str, ...]:
    """Return as many lines as somebody reads, and how many more there are."""
    more = [f"... and {len(lines) - MAX_SHOWN} more."] if len(lines) > MAX_SHOWN else []
    return (*lines[:MAX_SHOWN], *more)


def named_on_command_line(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield the names given as arguments and those of `--input`."""
    for name in arguments.names:
        yield "", name
    if getattr(arguments, "input", None):
        yield from _lines(arguments.input)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the lines of a list, without empty ones and comments; `-` is stdin."""
    try:
        stream = sys.stdin.buffer if str(path) == "-" else path.open("rb")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}.", advice="Give a file with one name a line."
        ) from error
    with stream:
        for number in range(1, MAX_LINES + 1):
            line = stream.readline(MAX_LINE + 1)
            if not line:
                return
            if len(line) > MAX_LINE:
                raise UsageError(
                    f"{path}:{number}: a line of more than {MAX_LINE} bytes is no name.", advice="Give one name a line."
                )
            text = line.decode("utf-8", "backslashreplace").strip().lstrip("\ufeff")
            if text and not text.startswith("#"):
                yield f"{path}:{number}: ", text
    raise UsageError(f"{path} has more than {MAX_LINES} lines.", advice="Split the list.")


def systems_of(assets: Iterable[Asset], claims: tuple[Claim, ...] = ()) -> tuple[System, ...]:
    """Return one system for each asset, named after it: nobody declared anything about who runs it."""
    return tuple(System(asset.value, Organisation(""), None, (asset,), frozenset(), claims) for asset in assets)
