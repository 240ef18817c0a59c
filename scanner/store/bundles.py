"""Several records in one row: the raw answers of a visit, the results of some systems. Packed together they take a fraction of the room.

A row for each record costs more than the record: an entry in an index by hash, at a place that no other entry of the transaction shares.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from herkomst.scanner.model.identity import compact_json
from herkomst.scanner.model.observation import RawAnswer
from herkomst.scanner.store.schema import Unreadable

RECORDS = 64
"""Results a row: reading one verdict unpacks so many."""
_LEVEL = 1
"""The quickest of zlib: the others take three times as long for a tenth less room."""


def pack_answers(answers: Sequence[RawAnswer]) -> tuple[str, bytes]:
    """Return the digests, with spaces between, and the answers: media types and lengths as a line of JSON, then the bodies."""
    head = json.dumps([[answer.media_type, len(answer.body)] for answer in answers])
    packed = zlib.compress(b"\n".join((head.encode(), b"".join([answer.body for answer in answers]))), _LEVEL)
    return " ".join([answer.digest for answer in answers]), packed


def unpack_answer(digests: str, packed: bytes, wanted: str) -> RawAnswer | None:
    """Return one answer of a row; None where it is not among them."""
    places = digests.split(" ")
    if wanted not in places:
        return None
    try:
        head, _, bodies = zlib.decompress(packed).partition(b"\n")
        at = 0
        for digest, (media_type, length) in zip(places, json.loads(head), strict=True):
            if digest == wanted:
                return RawAnswer(digest, str(media_type), bodies[at : at + length])
            at += length
    except (zlib.error, ValueError, TypeError) as error:
        raise Unreadable("a raw answer", error) from error
    return None


def record_texts(records: Sequence[object]) -> Iterator[str]:
    """Yield the records as JSON lists of at most `RECORDS`."""
    for begin in range(0, len(records), RECORDS):
        yield f"[{','.join([compact_json(record) for record in records[begin : begin + RECORDS]])}]"


def listed_ids(ids: Iterable[str]) -> str:
    """Return ids so that one, or the beginning of one, is found by the space before it."""
    return f" {' '.join(ids)} "


def pack_text(text: str) -> bytes:
    """Return a text of ASCII, packed."""
    return zlib.compress(text.encode("ascii"), _LEVEL)


def unpack_text(packed: bytes, what: str) -> str:
    """Return the text that was packed; raise Unreadable, with what it holds, where it does not unpack."""
    try:
        return zlib.decompress(packed).decode("ascii")
    except (zlib.error, ValueError) as error:
        raise Unreadable(what, error) from error


def unpack_records(packed: bytes, what: str) -> list[Any]:
    """Return the records of a row as JSON values."""
    try:
        records = json.loads(unpack_text(packed, what))
    except ValueError as error:
        raise Unreadable(what, error) from error
    return records if isinstance(records, list) else [records]
