"""What a format is: how to know a document of it, and how to take its resources. One module and one line in the registry add one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from herkomst.scanner.model.claim import Role

Json: TypeAlias = Any
MAX_TEXT = 512
"""A longer value is no identifier, and is not taken."""


@dataclass(frozen=True, slots=True)
class Item:
    """One resource as a format gives it; `role` is None where the type is not known."""

    type: str
    role: Role | None = None
    provider: str = ""
    id: str = ""
    region: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The items of a document. `cut_off` says why there are more than these; empty where the document does not say so."""

    items: tuple[Item, ...]
    cut_off: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of export. `documents` are the JSON values of a file: one, or one a line."""

    name: str
    recognises: Callable[[Sequence[Json]], bool]
    read: Callable[[Sequence[Json]], Listing]


def text_of(record: Mapping[str, Json], *names: str) -> str:
    """Return the first of these fields that is text of a plausible length; never any other field, and never what is inside one."""
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable():
            return value
    return ""


def records_of(value: Json) -> list[dict[str, Json]]:
    """Return the objects of a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def damage_in(*lists: Json) -> str:
    """Say what of these lists cannot be read, so that nothing is left out in silence; empty where each is a list of objects."""
    if any(not isinstance(each, list) for each in lists):
        return "a list of resources is missing or is none; export it again"
    lost = sum(not isinstance(item, dict) for each in lists for item in each)
    return f"{lost} of the entries are no objects; export it again" if lost else ""
