"""Domain names in messages (RFC 1035 sections 3.1 and 4.1.4), read without trusting a single octet.

Compression pointers lead strictly backwards, never into the header, and what they lead to ends before the part that led there, so
reading always ends. A name that bends any of this is not judged here: `Unsure` hands the message to dnspython.
"""

from __future__ import annotations

from functools import lru_cache

import dns.name

HEADER_OCTETS = 12
MAX_NAME = 255
MAX_POINTERS = 16
_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789-_"


class Unsure(Exception):
    """The message is not for the short way: dnspython says what it is."""


def read_name(wire: bytes, at: int, asked: bytes) -> tuple[bytes, int]:
    """Return a name uncompressed and in lower case, and the place after it; `asked` is the name in the question section.

    Raises Unsure, and IndexError where the message ends inside the name.
    """
    name, after = read_letters(wire, at, asked)
    return name.lower(), after


def read_letters(wire: bytes, at: int, asked: bytes) -> tuple[bytes, int]:
    """Return the same in the letter case of the message; only what lies in the question section is in lower case."""
    start = at
    length = wire[at]
    while 0 < length < 64:
        at += length + 1
        length = wire[at]
    if not length:
        at += 1
        if at - start > MAX_NAME:
            raise Unsure
        return wire[start:at], at
    if length == 192 and wire[at + 1] == HEADER_OCTETS and start > HEADER_OCTETS:  # by far the most: it points to the question
        name = wire[start:at] + asked
    else:
        name = _read_tail(wire, start, at, HEADER_OCTETS + len(asked))
    if len(name) > MAX_NAME:
        raise Unsure
    return name, at + 2


def _read_tail(wire: bytes, start: int, at: int, question_end: int) -> bytes:
    """Return the name that begins at `start` and whose first pointer is at `at`."""
    name = wire[start:at]
    limit = start
    for _ in range(MAX_POINTERS):
        length = wire[at]
        if length < 192:
            raise Unsure
        target = (length & 63) << 8 | wire[at + 1]
        if not HEADER_OCTETS <= target < limit:
            raise Unsure
        at = target
        length = wire[at]
        while 0 < length < 64:
            at += length + 1
            length = wire[at]
        if at + (2 if length else 1) > limit:
            raise Unsure
        limit = target
        part = wire[target : at + (not length)]
        name += part.lower() if at < question_end else part
        if not length:
            return name
    raise Unsure


@lru_cache(maxsize=16384)
def name_text(name: bytes) -> str:
    """Return the canonical text of an uncompressed name in lower case, as `records.present_name` gives it."""
    labels = []
    at = 0
    while length := name[at]:
        labels.append(name[at + 1 : at + 1 + length])
        at += 1 + length
    if not labels:
        return "."
    if b"".join(labels).translate(None, _PLAIN):
        return dns.name.Name([*labels, b""]).to_text(omit_final_dot=True).lower()
    return b".".join(labels).decode("ascii")


def lower_name(body: bytearray, wire: bytes, place: int) -> int:
    """Lower-case in `body` the labels of the name at `place` of `wire`, also those a pointer leads to; return the place after it.

    The way is read from the message as it was parsed, in which every pointer leads backwards, so this ends. What is written may lie
    across lengths and pointers of other names in a hostile message, so the way must not be read from there.
    """
    after = -1
    while place < len(wire) and (length := wire[place]):
        if length >= 0xC0:
            after = place + 2 if after < 0 else after
            place = int.from_bytes(wire[place : place + 2], "big") & 0x3FFF
            continue
        body[place + 1 : place + 1 + length] = wire[place + 1 : place + 1 + length].lower()
        place += 1 + length
    return place + 1 if after < 0 else after
