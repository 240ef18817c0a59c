"""The story: files in `data/story/` read into records. What the files may hold is said here, by the records.

A laboratory's file is written by us and read by its own tests: a mistake in it raises KeyError or ValueError with the file's name.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from herkomst.lab.dns_zones import ANY_TYPE, Behaviour, Zone, Zones, parent_zone, quote_text, reverse_name

DATA = Path(__file__).parent / "data"
STORY = DATA / "story"
CATALOGUE = DATA / "catalogue"
TOP = "example"
"""The zone above all zones of the story."""
NAME_TYPES = frozenset({"CNAME", "MX", "NS", "PTR", "SOA", "SRV"})
"""Types whose values end in a name: the files leave the final dot out, and it is put back here."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What the RDAP server says of a network (RFC 9083). `status`: the HTTP status that it answers instead, where not 200."""

    handle: str
    name: str
    holder: str
    holder_country: str
    country: str
    geofeed: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class LabNetwork:
    """One documentation prefix: who announces it, where it is registered, where the location table puts it (empty: nowhere)."""

    prefix: str
    asn: int
    as_name: str
    registered: str
    located: str
    rdap: Registration | None


@dataclass(frozen=True, slots=True)
class PublishedRange:
    """One entry of a provider's published ranges. `region` is `GLOBAL` where the entry says nothing of the place."""

    prefix: str
    region: str = "GLOBAL"
    border_group: str = "GLOBAL"
    service: str = ""


class FeedShape(StrEnum):
    """The published shapes that the feed server knows."""

    IP_RANGES = "ip-ranges"
    """AWS's `ip-ranges.json`."""
    SERVICE_TAGS = "service-tags"
    """Azure's ServiceTags file."""
    PREFIX_LIST = "prefix-list"
    """One prefix a line, as CDNs publish the ranges of their edge."""


@dataclass(frozen=True, slots=True)
class RangeFeed:
    """The published ranges of one provider."""

    provider: str
    shape: FeedShape
    ranges: tuple[PublishedRange, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """A verdict that was written down before the program judged.

    `reason` is None where the rules leave it open. `why` is one sentence; `story` names the telling in `tales.yaml`.
    """

    system: str
    said_by: str
    claim: str
    status: str
    reason: str | None
    why: str
    story: str
    operator: str = "is"


@dataclass(frozen=True, slots=True)
class Tale:
    """One story in the reader's words."""

    id: str
    told_nl: str
    told_en: str


@dataclass(frozen=True)
class Story:
    """Everything the servers need, and what is expected of the program."""

    zones: Zones
    networks: tuple[LabNetwork, ...]
    feeds: tuple[RangeFeed, ...]
    geofeeds: dict[str, tuple[str, ...]]
    declaration: Path
    expected: tuple[Expectation, ...]
    tales: tuple[Tale, ...] = field(default=())


def read_story(folder: Path = STORY) -> Story:
    """Return the story in a folder."""
    networks = _read(folder / "networks.yaml")
    return Story(
        zones=read_zones(sorted((folder / "zones").glob("*.yaml"))),
        networks=tuple(_network(row) for row in networks["networks"]),
        feeds=tuple(_feed(row) for row in networks["feeds"]),
        geofeeds={name: tuple(lines) for name, lines in networks["geofeeds"].items()},
        declaration=folder / "voorbeeld.yaml",
        expected=read_expected(folder / "expected.yaml"),
        tales=read_tales(folder / "tales.yaml"),
    )


def read_expected(path: Path) -> tuple[Expectation, ...]:
    """Return the verdicts that a file says are expected."""
    return tuple(Expectation(**row) for row in _read(path)["expected"])


def read_tales(path: Path) -> tuple[Tale, ...]:
    """Return the tales of a file."""
    return tuple(Tale(**row) for row in _read(path)["tales"])


def read_zones(paths: list[Path]) -> Zones:
    """Return the zones in some files, with a reverse zone for the names under `reverse`."""
    zones: dict[str, Zone] = {TOP: parent_zone(TOP)}
    behaviours: dict[tuple[str, str], Behaviour] = {}
    delegations: dict[str, tuple[str, ...]] = {}
    for path in paths:
        document = _read(path)
        for apex, data in document.get("zones", {}).items():
            zones[apex] = _zone(apex, data)
        for apex, servers in document.get("delegations", {}).items():
            delegations[apex] = tuple(_presentation("NS", server) for server in servers)
        for row in document.get("behaviours", ()):
            behaviours[row["name"], row.get("type", ANY_TYPE)] = Behaviour(row["does"])
        for address, name in document.get("reverse", {}).items():
            owner = reverse_name(address)
            apex = owner.partition(".")[2] if ipaddress.ip_address(address).version == 4 else "8.b.d.0.1.0.0.2.ip6.arpa"
            zones.setdefault(apex, Zone(apex)).add(owner, "PTR", name + ".")
    return Zones(zones.values(), behaviours, delegations)


def _zone(apex: str, data: dict[str, Any]) -> Zone:
    zone = Zone(apex, signed=bool(data.get("signed", False)))
    for label, rrsets in data["records"].items():
        name = apex if label == "@" else f"{label}.{apex}"
        for rdtype, values in rrsets.items():
            zone.add(name, rdtype, *(_presentation(rdtype, str(value)) for value in values))
    return zone


def _presentation(rdtype: str, value: str) -> str:
    if rdtype == "TXT":
        return quote_text(value)
    if rdtype == "SOA":
        return f"{' '.join(part + '.' for part in value.split())} 2026030101 7200 900 1209600 60"
    return value + "." if rdtype in NAME_TYPES else value


def _network(row: dict[str, Any]) -> LabNetwork:
    rdap = row.get("rdap")
    return LabNetwork(
        prefix=row["prefix"],
        asn=row["asn"],
        as_name=row["as_name"],
        registered=row["registered"],
        located=row.get("located", ""),
        rdap=Registration(**rdap) if rdap else None,
    )


def _feed(row: dict[str, Any]) -> RangeFeed:
    return RangeFeed(row["provider"], FeedShape(row["shape"]), tuple(PublishedRange(**item) for item in row["ranges"]))


def _read(path: Path) -> Any:  # the files are ours; the records above check their keys
    return yaml.safe_load(path.read_text(encoding="utf-8"))
