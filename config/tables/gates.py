"""What a feed must be before it takes the place of the last good copy: of its kind, whole, of its usual size, and not older.

Pure: bytes and earlier facts go in, and what passed comes out; what does not pass is a KnowledgeError that says why and what to do.
"""

from __future__ import annotations

import zlib
from typing import NoReturn

from herkomst.config.tables.copies import Copy
from herkomst.config.tables.sources import Feed, FeedContent, Shape
from herkomst.scanner.errors import KnowledgeError

TOLERANCE = 0.30
"""By how much the number of rows may differ from that of the last good copy."""
SHORTEST_PREFIX = {4: 8, 6: 16}
"""No publisher holds more than this in one prefix; a shorter one would claim everybody's addresses."""
_GZIP = b"\x1f\x8b"
_ANY = frozenset({"", "application/octet-stream", "binary/octet-stream", "text/plain"})
_MEDIA_TYPES = {
    Shape.JSON: _ANY | {"application/json", "text/json"},
    Shape.TEXT: _ANY | {"text/csv", "application/csv", "text/tab-separated-values"},
}
_PACKED_TYPES = _ANY | {"application/gzip", "application/x-gzip"}


def check_media_type(feed: Feed, media_type: str) -> None:
    """Refuse an answer that calls itself something else than the feed is, such as a page that explains an error."""
    accepted = _PACKED_TYPES if feed.packed else _MEDIA_TYPES[feed.shape]
    if media_type not in accepted:
        _refuse(f"it is {media_type} where {'gzip' if feed.packed else feed.shape} was", "See whether its publisher moved it.")


def read_feed(feed: Feed, body: bytes, *, packed: bool) -> tuple[FeedContent, bytes]:
    """Return what a feed says and its unpacked file; `packed` says whether a gzip is expected."""
    if not body:
        _refuse("it is empty", "Try again later.")
    if packed is not body.startswith(_GZIP):
        _refuse(
            "gzip was expected and it is none" if packed else f"it is gzip where {feed.shape} was",
            "See what its publisher changed.",
        )
    whole = unpack(body, feed.max_bytes) if packed else body
    if len(whole) > feed.max_bytes:
        _refuse(f"it has more than {feed.max_bytes:,} bytes", "See what its publisher changed.")
    try:
        text = whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise KnowledgeError("It is no UTF-8 text.", advice="See what its publisher changed.") from error
    start = text.lstrip()[:1]
    if start == "<" or (feed.shape is Shape.JSON and start not in ("{", "[")):
        _refuse(
            f"it is {'a page' if start == '<' else 'something else'} where {feed.shape} was",
            "See whether its publisher moved it.",
        )
    try:
        content = feed.read(text, feed)
    except RecursionError as error:
        raise KnowledgeError("It is nested too deeply.", advice="See what its publisher changed.") from error
    _check_rows(feed, content)
    return content, whole


def unpack(body: bytes, max_bytes: int) -> bytes:
    """Return the content of a gzip file (RFC 1952); refuse one that ends early, is damaged, or unpacks to more than `max_bytes`."""
    unpacked = bytearray()
    rest = body
    while rest:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            unpacked += member.decompress(rest, max_bytes + 1 - len(unpacked))
        except zlib.error as error:
            raise KnowledgeError(f"The gzip file is damaged ({error}).", advice="Fetch it again.") from error
        if len(unpacked) > max_bytes:
            _refuse(f"it unpacks to more than {max_bytes:,} bytes", "See what its publisher changed.")
        if not member.eof:
            _refuse("the gzip file ends early", "Fetch it again.")
        rest = member.unused_data
    return bytes(unpacked)


def check_against(feed: Feed, content: FeedContent, dated: str, last: Copy | None) -> None:
    """Refuse a feed that shrank or grew too much, or is older, than the last good copy; `dated` is the day it speaks of, or empty."""
    remedy = f"Look at it; if it is right, say --accept {feed.name}."
    if last is None:
        if content.rows < feed.least_rows:
            _refuse(f"it has {content.rows:,} rows, and at least {feed.least_rows:,} were expected", remedy)
        return
    if not last.rows * (1 - TOLERANCE) <= content.rows <= last.rows * (1 + TOLERANCE):
        _refuse(f"it has {content.rows:,} rows, and the last good copy had {last.rows:,}", remedy)
    older = bool(dated and last.dated) and dated < last.as_of
    if content.version.isdigit() and last.version.isdigit():
        older = older or int(content.version) < int(last.version)
    if older:
        _refuse(f"it is of {content.version or dated}, and the last good copy of {last.version or last.as_of}", remedy)


def _check_rows(feed: Feed, content: FeedContent) -> None:
    if not content.rows:
        _refuse("it has no rows", "Try again later.")
    versions = {row.version for rows in (content.ranges, content.origins, content.countries) for row in rows}
    for version in sorted(versions - set(feed.versions)):
        _refuse(f"it has addresses of IPv{version}, which do not belong in it", "See what its publisher changed.")
    for span in content.ranges:
        if span.last - span.first >= 1 << (32 if span.version == 4 else 128) - SHORTEST_PREFIX[span.version]:
            _refuse(f"it claims a prefix shorter than /{SHORTEST_PREFIX[span.version]}", "See what its publisher changed.")


def _refuse(what: str, remedy: str) -> NoReturn:
    raise KnowledgeError(f"Refused: {what}.", advice=remedy)
