"""The value tables of a packed file: everything that a segment can stand for, each distinct thing kept once under a number.

Number 0 means "none" everywhere. An answer of a kind is a pair: what is said (a number of that kind's table), and which dataset
says it (a text); the pair (0, 0) says that a source was read and names nobody.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from herkomst.config.tables.flatten import smallest
from herkomst.config.tables.layout import ABOUT_ITEM, PLACE_ITEM, RANGE_ITEM, SCOPES
from herkomst.config.tables.rows import BITS, CountryRow, OriginRow, PlaceRow, RangeRow
from herkomst.scanner.model.observation import RangeScope

Item = TypeVar("Item", bound=Hashable)
Answer = tuple[int, int]
"""What is said, and the dataset that says it."""
NOBODY: Answer = (0, 0)


class Numbering(Generic[Item]):
    """Gives every distinct thing a number from 1 on, in the order of first use; 0 is "none"."""

    def __init__(self) -> None:
        self._numbers: dict[Item, int] = {}

    def number(self, item: Item) -> int:
        """Return the number of an item."""
        return self._numbers.setdefault(item, len(self._numbers) + 1)

    @property
    def items(self) -> list[Item]:
        """All items, the first of which has number 1."""
        return list(self._numbers)


class _Texts(Numbering[str]):
    """Strings; the empty one is "none"."""

    def number(self, item: str) -> int:
        return super().number(item) if item else 0

    def sections(self) -> dict[str, bytes]:
        at, blob = array("I", [0, 0]), bytearray()
        for item in self.items:
            blob += item.encode("utf-8")
            at.append(len(blob))
        return {"text": bytes(blob), "text.at": at.tobytes()}


class ValueTables:
    """The value tables that segments point into, while they are made."""

    def __init__(self) -> None:
        self.texts = _Texts()
        self.answers: Numbering[Answer] = Numbering()
        """Numbers for pairs, so that flattening can carry one number; they are not written."""
        self.values: Numbering[tuple[int, ...]] = Numbering()
        self._abouts: Numbering[bytes] = Numbering()
        self._ranges: Numbering[bytes] = Numbering()
        self._lists: Numbering[tuple[int, ...]] = Numbering()
        self._origins: Numbering[tuple[Answer, ...]] = Numbering()
        self._places: Numbering[bytes] = Numbering()

    def list_of(self, covering: tuple[RangeRow, ...]) -> int:
        """Number the published prefixes that cover a point, without the summaries of more specific ones."""
        placed: set[str] = set()
        kept: list[int] = []
        for row in covering:
            if row.scope is RangeScope.GLOBAL and row.provider in placed:
                continue  # Azure's AzureCloud sums up its regions: behind a regional prefix it says nothing
            if row.scope is RangeScope.REGIONAL:
                placed.add(row.provider)
            kept.append(self._ranges.number(self._range(row)))
        return self._lists.number(tuple(kept))

    def _range(self, row: RangeRow) -> bytes:
        bits = BITS[row.version] - (row.last - row.first).bit_length()
        number = self.texts.number
        about = ABOUT_ITEM.pack(
            number(row.provider), number(row.region or ""), number(row.border_group or ""),
            number(" ".join(row.services)), SCOPES.index(row.scope), number(row.dataset),
        )  # fmt: skip
        return RANGE_ITEM.pack(row.first >> 64, row.first & ((1 << 64) - 1), bits, row.version, self._abouts.number(about))

    def origin(self, holders: Sequence[tuple[int, str]], dataset: str) -> Answer:
        """Return the answer of AS numbers and their names, which are sorted by number; AS 0 (RFC 7607) is nobody."""
        pairs = tuple((asn, self.texts.number(holder)) for asn, holder in holders if asn)
        return (self._origins.number(pairs), self.texts.number(dataset)) if pairs else NOBODY

    def origin_of(self, covering: tuple[OriginRow, ...], dataset: str) -> int:
        """Number the AS numbers of the most specific rows."""
        holders = {row.asn: row.holder for row in reversed(smallest(covering))}
        return self.answers.number(self.origin(sorted(holders.items()), dataset))

    def country(self, country: str, dataset: str) -> Answer:
        """Return the answer of a country; the empty one is nobody's."""
        return (self.texts.number(country), self.texts.number(dataset)) if country else NOBODY

    def country_of(self, covering: tuple[CountryRow, ...], dataset: str) -> int:
        """Number the country of the most specific row; of two rows for one range the one given first counts."""
        return self.answers.number(self.country(covering[0].country, dataset))

    def place_of(self, covering: tuple[PlaceRow, ...]) -> int:
        """Number the place of the most specific row of a geofeed."""
        row, number = covering[0], self.texts.number
        dataset = number(row.dataset)
        place = PLACE_ITEM.pack(number(row.country), number(row.region), number(row.city), number(row.url), dataset)
        return self.answers.number((self._places.number(place), dataset))

    def sections(self, columns: int) -> dict[str, bytes]:
        """Return the value tables as sections; every value has so many columns."""
        lists, lists_at = _ragged(self._lists.items)
        origins, origins_at = _ragged([tuple(number for pair in item for number in pair) for item in self._origins.items])
        found = {
            **self.texts.sections(),
            "range": _items(self._ranges, RANGE_ITEM.size),
            "about": _items(self._abouts, ABOUT_ITEM.size),
            "list": lists,
            "list.at": lists_at,
            "origin": origins,
            "origin.at": origins_at,
            "value": array("I", [*([0] * columns), *(n for item in self.values.items for n in item)]).tobytes(),
        }
        return found | ({"place": _items(self._places, PLACE_ITEM.size)} if self._places.items else {})


def _ragged(rows: Sequence[tuple[int, ...]]) -> tuple[bytes, bytes]:
    flat, at = array("I", [0]), array("I", [1, 1])
    for row in rows:
        flat.extend(row)
        at.append(len(flat))
    return flat.tobytes(), at.tobytes()


def _items(numbering: Numbering[bytes], size: int) -> bytes:
    return bytes(size) + b"".join(numbering.items)
