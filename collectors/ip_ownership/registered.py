"""What a registry says of a network, before it is tied to the address that was asked about; and a memory of it by range."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass
from datetime import datetime

from herkomst.scanner.model.observation import RdapNetwork


@dataclass(frozen=True, slots=True)
class RegisteredNetwork:
    """A registered network, or a registry's "none" (no prefixes, no holder). `raw` is the answer without contacts.

    `type` is the registry's own word for the kind of registration; `answered_at` is when the registry said all this.
    """

    version: int
    first: int
    last: int
    prefixes: tuple[str, ...]
    handle: str
    name: str
    holder: str | None
    holder_country: str | None
    country: str | None
    registry: str
    geofeed: str | None
    raw: bytes
    type: str = ""
    answered_at: datetime | None = None

    @property
    def is_allocation(self) -> bool:
        """Whether the network is given to somebody who assigns parts of it to others, which are then registered inside it.

        The registries' words differ ("ALLOCATED PA", "DIRECT ALLOCATION", "REALLOCATED"); all of them contain this one.
        """
        return "allocat" in self.type.casefold()

    def content(self, address: str) -> RdapNetwork:
        """Return the fact as it is observed for an address."""
        return RdapNetwork(
            address=address,
            prefixes=self.prefixes,
            handle=self.handle,
            name=self.name,
            holder=self.holder,
            holder_country=self.holder_country,
            country=self.country,
            registry=self.registry,
            geofeed=self.geofeed,
        )


@dataclass(slots=True)
class Remembered:
    """A network by range. `row` is where the cache holds it while `network` is not read yet.

    The registry returned the smallest network for one address; inside an allocation another address may have a smaller one.
    `asked_for` are the origins and the neighbourhoods for which an allocation was returned; None: another network, which answers for all.
    """

    network: RegisteredNetwork | None
    row: int
    asked_for: frozenset[str] | None


class NetworkMemory:
    """The networks that registries returned, by the range they returned; the smallest that holds an address counts."""

    def __init__(self) -> None:
        self._by_size: dict[tuple[int, int], dict[int, Remembered]] = {}
        self._starts: dict[tuple[int, int], list[int]] = {}
        self._sizes: dict[int, list[int]] = {4: [], 6: []}

    def add(self, network: RegisteredNetwork, *asked_for: str) -> Remembered:
        """Remember a network that was returned for an address of this origin and neighbourhood; return what is remembered of it now."""
        known = self._by_size.get((network.version, network.last - network.first), {}).get(network.first)
        before = known.asked_for if known is not None and known.asked_for is not None else frozenset()
        remembered = Remembered(network, 0, before.union(asked_for) if network.is_allocation else None)
        self.put(network.version, network.first, network.last, remembered)
        return remembered

    def put(self, version: int, first: int, last: int, remembered: Remembered) -> None:
        """Remember what is known of a range."""
        size = last - first
        key = (version, size)
        if key not in self._by_size:
            self._by_size[key] = {}
            self._starts[key] = []
            insort(self._sizes[version], size)
        if first not in self._by_size[key]:
            insort(self._starts[key], first)
        self._by_size[key][first] = remembered

    def find(self, version: int, number: int, origin: str = "") -> Remembered | None:
        """Return the smallest remembered network that holds an address, if it answers for addresses of this origin."""
        for size in self._sizes[version]:
            starts = self._starts[version, size]
            position = bisect_right(starts, number) - 1
            if position >= 0 and number <= starts[position] + size:
                found = self._by_size[version, size][starts[position]]
                return found if found.asked_for is None or origin in found.asked_for else None
        return None
