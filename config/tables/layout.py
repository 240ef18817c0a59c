"""The container of the packed tables: a header with checksums, a directory of sections, and the sections, to be mapped.

Little-endian. Header: magic, format version, number of sections, file size, CRC-32 of all that follows the header, CRC-32 of
the header itself. Then one directory entry a section (name, offset, length), then the sections, each aligned to 8 bytes.
"""

from __future__ import annotations

import mmap
import struct
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.observation import RangeScope

MAGIC = b"HKPREFIX"
FORMAT_VERSION = 1
FILE_NAME = "prefixes.bin"
METADATA_NAME = "datasets.json"
RANGE_ITEM = struct.Struct("<QQIII")
"""Upper and lower half of the first address, length of the prefix, protocol version, description."""
ABOUT_ITEM = struct.Struct("<6I")
"""Provider, region, border group, services (joined by spaces), scope, dataset."""
PLACE_ITEM = struct.Struct("<5I")
"""Country, region, city, where it is published, dataset: one entry of a geofeed."""
BASE_COLUMNS = ("list", "origin", "registration", "location")
"""What the numbers of a value are in a file that does not name its columns."""
SCOPES = (RangeScope.REGIONAL, RangeScope.GLOBAL, RangeScope.EDGE)
_HEADER = struct.Struct("<8sIIQII")
_ENTRY = struct.Struct("<16sQQ")
_CRC = struct.Struct("<I")
MAX_SECTIONS = 64
ADVICE = "Build it again with scripts/build-tables."


def pack_sections(sections: Mapping[str, bytes]) -> bytes:
    """Return the file's bytes; the same sections in the same order give the same bytes."""
    offset = _HEADER.size + _ENTRY.size * len(sections)
    directory, body = bytearray(), bytearray()
    for name, data in sections.items():
        body += bytes(-(offset + len(body)) % 8)
        directory += _ENTRY.pack(name.encode("ascii"), offset + len(body), len(data))
        body += data
    rest = bytes(directory + body)
    size = _HEADER.size + len(rest)
    head = _HEADER.pack(MAGIC, FORMAT_VERSION, len(sections), size, zlib.crc32(rest), 0)
    return head[: -_CRC.size] + _CRC.pack(zlib.crc32(head[: -_CRC.size])) + rest


class MappedFile:
    """A packed file, mapped and checked; `sections` gives offset and length of each section. `advice` is what mends it."""

    def __init__(self, path: Path, advice: str = ADVICE) -> None:
        self.path = path
        self.advice = advice
        if sys.byteorder != "little":
            self._refuse("is packed for little-endian machines")
        try:
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError as error:
            raise KnowledgeError("The prefix tables are missing.", advice=advice, place=str(path)) from error
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise KnowledgeError(f"The prefix tables cannot be read ({error}).", advice=advice, place=str(path)) from error
        try:
            self.sections = self._check()
        except KnowledgeError:
            self.map.close()
            raise

    def section(self, name: str) -> tuple[int, int]:
        """Return offset and length of a section."""
        if name not in self.sections:
            self._refuse(f"lacks its section {name}")
        return self.sections[name]

    def _check(self) -> dict[str, tuple[int, int]]:
        data = self.map
        if len(data) < _HEADER.size:
            self._refuse("is shorter than its header")
        magic, version, count, size, body_crc, head_crc = _HEADER.unpack_from(data)
        if magic != MAGIC:
            self._refuse("is no prefix table")
        if version != FORMAT_VERSION:
            self._refuse(f"has format {version}, and this version reads {FORMAT_VERSION}")
        if zlib.crc32(data[: _HEADER.size - _CRC.size]) != head_crc or count > MAX_SECTIONS:
            self._refuse("has a damaged header")
        if size != len(data):
            self._refuse(f"has {len(data)} bytes instead of {size}")
        with memoryview(data) as whole, whole[_HEADER.size :] as rest:
            if zlib.crc32(rest) != body_crc:
                self._refuse("is damaged: its checksum differs")
        found: dict[str, tuple[int, int]] = {}
        for number in range(count):
            raw, offset, length = _ENTRY.unpack_from(data, _HEADER.size + number * _ENTRY.size)
            if offset + length > size:
                self._refuse("has a section beyond its end")
            found[raw.rstrip(b"\0").decode("ascii", "replace")] = (offset, length)
        return found

    def _refuse(self, what: str) -> NoReturn:
        raise KnowledgeError(f"The file {what}.", advice=self.advice, place=str(self.path))
