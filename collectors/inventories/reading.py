"""From a file to its resources: bytes, text (UTF-8, or UTF-16 with its mark), JSON or JSON by line (RFC 8259, NDJSON), a format that knows it.

What cannot be read is named by line and never quoted: a state file holds secrets.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from herkomst.collectors.inventories.format import Item, Json
from herkomst.collectors.inventories.registry import FORMATS
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.inventory import InventoryFile, InventoryResource

MAX_BYTES = 64 * 2**20
_MARKS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"", "utf-8-sig"))


class Unreadable(Exception):
    """A file that cannot be read; the text says where it fails and what to do, and quotes nothing of it."""

    def __init__(self, reason: FailureReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Inventory:
    """What a file lists; `cut_off` says why it is only part of what its holder has, empty where the file does not say so."""

    file: InventoryFile
    resources: tuple[InventoryResource, ...]
    cut_off: str = ""


def read_inventory(source: str, as_of: str = "") -> Inventory:
    """Return what the file at the path `source` lists, each resource once; raises Unreadable."""
    documents = _documents(_text(_bytes(source)))
    found = next((item for item in FORMATS if item.recognises(documents)), None)
    if found is None:
        known = ", ".join(item.name for item in FORMATS)
        raise Unreadable(FailureReason.MALFORMED, f"no export of a known format; known are: {known}")
    listing = found.read(documents)
    resources = tuple(dict.fromkeys(item for item in (_resource(source, each) for each in listing.items) if item is not None))
    unread = Counter(item.type or "?" for item in listing.items if item.role is None)
    file = InventoryFile(source, found.name, as_of, len(resources), tuple(sorted(unread.items())))
    return Inventory(file, resources, listing.cut_off)


def _resource(source: str, item: Item) -> InventoryResource | None:
    if item.role is None:
        return None
    zone = item.zone.lower()
    region = item.region.lower().replace(" ", "") or (_region_of(zone) if item.provider else "")
    return InventoryResource(source, item.provider, item.type, item.id, item.role, region, zone)


def _region_of(zone: str) -> str:
    """Return the region that a zone's name begins with: `eu-west-1a` (AWS), `europe-west4-a` (GCP)."""
    return (
        zone[:-1].removesuffix("-")
        if zone[-1:].isalpha() and zone.count("-") in (2, 3) and zone[:-1][-1:] in "-0123456789"
        else ""
    )


def _bytes(source: str) -> bytes:
    path = Path(source)
    if path.exists() and not path.is_file():  # a pipe would be waited for, a device has no end
        raise Unreadable(FailureReason.UNREACHABLE, "this is no file; give the path of the export itself")
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(
            FailureReason.UNREACHABLE, f"the file cannot be read: {error.strerror or type(error).__name__}"
        ) from error
    if len(body) > MAX_BYTES:
        raise Unreadable(FailureReason.TOO_LARGE, f"more than the limit of {MAX_BYTES >> 20} MiB; split the export")
    return body


def _text(body: bytes) -> str:
    encoding = next(name for mark, name in _MARKS if body.startswith(mark))
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            FailureReason.MALFORMED, f"no {encoding[:6].upper()} text at byte {error.start}; export as UTF-8"
        ) from None


def _documents(text: str) -> list[Json]:
    if not text.strip():
        raise Unreadable(FailureReason.MALFORMED, "the file is empty; export it again")
    try:
        return [json.loads(text)]
    except json.JSONDecodeError as whole:
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        is_lines = len(lines) > 1 and _is_object(lines[0][1])
        if not is_lines:
            raise Unreadable(FailureReason.MALFORMED, f"no JSON from line {whole.lineno} on; it may be cut off") from None
    except RecursionError:
        raise Unreadable(FailureReason.MALFORMED, "JSON that is nested too deeply") from None
    except ValueError:  # Python's own limit on the digits of a whole number
        raise Unreadable(FailureReason.MALFORMED, "a number with too many digits; export it again") from None
    documents: list[Json] = []
    for number, line in lines:
        try:
            documents.append(json.loads(line))
        except (ValueError, RecursionError):
            raise Unreadable(FailureReason.MALFORMED, f"no JSON on line {number}; it may be cut off") from None
    return documents


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
