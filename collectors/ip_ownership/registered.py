"""What a registry says of a network, before it is tied to the address that was asked about; and a memory of it by range."""

from __future__ import annotations

from bisect import bisect_right, insort
from dataclasses import dataclass

from herkomst.scanner.model.observation import RdapNetwork


@dataclass(frozen=True, slots=True)
class RegisteredNetwork:
    """A registered network, or a registry's "none" (no prefixes, no holder). `raw` is the answer without contacts."""

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


class NetworkMemory:
    """The networks that registries returned in this run, by the range they returned; the smallest that holds an address counts."""

    def __init__(self) -> None:
        self._by_size: dict[tuple[int, int], dict[int, RegisteredNetwork]] = {}
        self._starts: dict[tuple[int, int], list[int]] = {}
        self._sizes: dict[int, list[int]] = {4: [], 6: []}

    def add(self, network: RegisteredNetwork) -> None:
        """Remember a network."""
        size = network.last - network.first
        key = (network.version, size)
        if key not in self._by_size:
            self._by_size[key] = {}
            self._starts[key] = []
            insort(self._sizes[network.version], size)
        if network.first not in self._by_size[key]:
            insort(self._starts[key], network.first)
        self._by_size[key][network.first] = network

    def find(self, version: int, number: int) -> RegisteredNetwork | None:
        """Return the smallest remembered network that holds an address."""
        for size in self._sizes[version]:
            starts = self._starts[version, size]
            position = bisect_right(starts, number) - 1
            if position >= 0 and number <= starts[position] + size:
                return self._by_size[version, size][starts[position]]
        return None
