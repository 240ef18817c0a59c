"""Stand-ins for mail host addresses that a recording lacks: it kept the AS numbers of all MX hosts of a domain as one set.

An address inside the recorded AS stands in for the one that was there, in a place where the location table gives a recorded country,
if the AS has one. Where a domain has several MX hosts and several AS numbers, which host was in which AS is not known: a host gets an
AS only where other domains settle it, else no address.
"""

from __future__ import annotations

import ipaddress
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from herkomst.config.tables.reader import PrefixTables
from herkomst.scanner.names import registrable_domain

BLOCKS = tuple(f"{first}.0.0.0/8" for first in range(1, 224))
"""Read one after the other, so that only one block's segments are in memory at once."""
ALL_PARTS = 1 << 24
Wanted = tuple[int, str]
"""An AS number, and the country preferred for its address (empty: none)."""


@dataclass(frozen=True, slots=True)
class MailHosts:
    """The MX hosts of one domain with the AS numbers and countries recorded for them together."""

    hosts: tuple[str, ...]
    asns: tuple[int, ...]
    countries: tuple[str, ...]

    @property
    def attributable(self) -> bool:
        """Whether it is known which host was in which AS."""
        return len(self.asns) == 1 or (len(self.hosts) == 1 and bool(self.asns))


def attribute_hosts(domains: Iterable[MailHosts]) -> dict[str, tuple[Wanted, ...]]:
    """Return for each host the AS numbers it gets an address in; hosts that nothing settles are left out."""
    listed = list(domains)
    found: dict[str, tuple[Wanted, ...]] = {}
    families: dict[str, Counter[int]] = defaultdict(Counter)
    for domain in listed:
        if not domain.attributable:
            continue
        country = domain.countries[0] if len(domain.countries) == 1 else ""
        for host in domain.hosts:
            found.setdefault(host, tuple((asn, country) for asn in domain.asns))
            families[_family(host)].update(domain.asns)
    for domain in listed:
        if not domain.attributable:
            _settle(domain, found, families)
    return found


def _settle(domain: MailHosts, found: dict[str, tuple[Wanted, ...]], families: Mapping[str, Counter[int]]) -> None:
    """Place the hosts whose family of names is known from other domains, and the rest where one AS number remains."""
    left = set(domain.asns)
    waiting: list[str] = []
    for host in domain.hosts:
        known = {asn for asn, _ in found.get(host, ())} or set(families.get(_family(host), ()))
        fitting = known & set(domain.asns)
        if len(fitting) == 1:
            found.setdefault(host, ((next(iter(fitting)), ""),))
            left -= fitting
        else:
            waiting.append(host)
    if len(left) == 1:
        for host in waiting:
            found.setdefault(host, ((next(iter(left)), ""),))


def _family(host: str) -> str:
    return registrable_domain(host) or host


def find_addresses(wanted: Iterable[Wanted], tables: Path | None = None) -> dict[Wanted, str]:
    """Return an IPv4 address for each AS number and country; AS numbers that the tables do not know are left out.

    `tables` is a folder with packed prefix tables, by default the embedded ones. The same tables always give the same addresses.
    """
    missing = set(wanted)
    asns = {asn for asn, _ in missing}
    anywhere: dict[int, str] = {}
    placed: dict[Wanted, str] = {}
    opened = PrefixTables.open(tables)
    try:
        for block in BLOCKS:
            if missing <= placed.keys():
                break
            for segment in opened.network_segments(block, ALL_PARTS).segments:
                for asn in segment.values.asns:
                    if asn in asns:
                        address = _inside(segment.first, segment.last)
                        anywhere.setdefault(asn, address)
                        placed.setdefault((asn, ""), address)
                        placed.setdefault((asn, segment.values.location or ""), address)
    finally:
        opened.close()
    return {item: placed.get(item) or anywhere[item[0]] for item in missing if item in placed or item[0] in anywhere}


def _inside(first: str, last: str) -> str:
    """Return an address of the segment that is not its first, where it has more than one."""
    start = ipaddress.ip_address(first)
    return str(start + 1) if first != last else first
