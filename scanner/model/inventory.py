"""What a holder's export lists: the observation kinds `inventory.file` and `inventory.resource`.

An export is the holder's word: nobody looked whether it is whole, current or true, and nothing in it proves where a thing is. Only the fields below are
ever taken from it, since state files hold passwords and keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from herkomst.scanner.model.claim import Role


@dataclass(frozen=True, slots=True)
class InventoryFile:
    """A file that was read: its format, the day its holder gives for it (ISO 8601; empty where not given), and what it lists.

    `resources` counts the distinct resources taken. `unread` are the types that this version does not know, each with how many there are of it: the
    file says nothing whole of any role while there is one, and it is never taken to be whole without one either.
    """

    kind: ClassVar[str] = "inventory.file"
    source: str
    format: str
    as_of: str
    resources: int
    unread: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class InventoryResource:
    """One resource as its holder lists it. `provider` is a catalogue id, empty where the format names none (OpenStack).

    `region` and `zone` are the provider's codes in lower case; an OpenStack zone's name is free text, and names no country.
    """

    kind: ClassVar[str] = "inventory.resource"
    source: str
    provider: str
    type: str
    id: str
    role: Role
    region: str = ""
    zone: str = ""
