"""Text for a terminal: columns as a terminal counts them, lines that fit, colour only where it is wanted.

Widths follow Unicode UAX 11: wide and full-width characters take two columns, combining ones none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from herkomst.scanner.model.verdict import Status

SYMBOLS: dict[Status, str] = {
    Status.CONFIRMED: "✔",
    Status.CONSISTENT: "○",
    Status.PARTLY: "◐",
    Status.CONTRADICTED: "✘",
    Status.UNVERIFIABLE: "?",
    Status.NOT_MEASURED: "–",
    Status.ATTESTED: "§",
}
"""A shape for each status, so that none is told by colour alone."""
_COLOURS: dict[Status, str] = {
    Status.CONFIRMED: "32",  # the only green
    Status.CONSISTENT: "36",
    Status.PARTLY: "35",
    Status.CONTRADICTED: "31",
    Status.UNVERIFIABLE: "33",
    Status.NOT_MEASURED: "33",
    Status.ATTESTED: "34",
}
MIN_WIDTH = 30


def columns(text: str) -> int:
    """Return how many columns a terminal needs for a text."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def fill(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Return text in lines of at most `width` columns; `first` begins the first line, `rest` the others. Long words are broken."""
    indent = " " * columns(first) if rest is None else rest
    room = max(width, MIN_WIDTH)
    lines: list[str] = []
    line, used, empty = first, columns(first), True
    for word in text.split():
        for piece in _pieces(word, max(room - max(columns(first), columns(indent)), 1)):
            size = columns(piece)
            if not empty and used + 1 + size > room:
                lines.append(line)
                line, used, empty = indent, columns(indent), True
            line, used = (line + piece, used + size) if empty else (f"{line} {piece}", used + 1 + size)
            empty = False
    lines.append(line)
    return lines


def _pieces(word: str, room: int) -> Iterator[str]:
    """Yield a word in pieces that fit in a line."""
    piece, used = "", 0
    for character in word:
        size = _columns_of(character)
        if used + size > room and piece:
            yield piece
            piece, used = "", 0
        piece, used = piece + character, used + size
    if piece:
        yield piece


def pad(text: str, width: int) -> str:
    """Return text filled with spaces to a number of columns; longer text stays as it is."""
    return text + " " * max(width - columns(text), 0)


def paint(text: str, status: Status, colour: bool) -> str:
    """Return text in the colour of a status, or as it is where no colour is wanted."""
    return f"\x1b[{_COLOURS[status]}m{text}\x1b[0m" if colour else text


def strong(text: str, colour: bool) -> str:
    """Return text in bold, or as it is where no escape sequences are wanted."""
    return f"\x1b[1m{text}\x1b[0m" if colour else text
