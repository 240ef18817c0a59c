"""Recorded mail records served again: lines of JSON, one domain each, become zones for the laboratory's DNS server.

A line has `domain`, `records` (`mx`, `mx_cnames`, `mx_asns`, `mx_countries`, `spf`, `spf_resolved`, `dkim`, `autodiscover`,
`txt_verifications`) and `truth` (the label that a machine gave). What was not recorded does not exist when it is served: there are no
web addresses, no name servers and no reverse names. MX preferences were not recorded either: all are 10.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from herkomst.config.settings import ResolverAddress
from herkomst.lab.dns_server import LOOPBACK, DnsServer
from herkomst.lab.dns_zones import Zone, Zones, quote_text
from herkomst.lab.laboratory import serving
from herkomst.lab.loop_thread import LoopThread
from herkomst.lab.recorded_addresses import MailHosts, Wanted, attribute_hosts, find_addresses
from herkomst.lab.recorded_spf import SpfTree, agree_on_policies, rebuild_tree

TOKENS: Mapping[str, str] = {
    "apple": "apple-domain-verification=",
    "atlassian": "atlassian-domain-verification=",
    "facebook": "facebook-domain-verification=",
    "google": "google-site-verification=",
    "microsoft": "MS=",
}
"""How the TXT record of a verification token begins: the recording keeps what comes after."""


@dataclass(frozen=True, slots=True)
class Truth:
    """The label of a recorded domain: the output of rules, no human's word. `gateway` is empty where none was seen."""

    provider: str
    gateway: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordedDomain:
    """One line of a recording, its names canonical."""

    domain: str
    truth: Truth
    mail: MailHosts
    aliases: tuple[tuple[str, str], ...]
    spf: SpfTree
    dkim: tuple[tuple[str, str], ...]
    autodiscover: tuple[tuple[str, str], ...]
    """`autodiscover_cname` or `autodiscover_srv`, and the target."""
    tokens: tuple[str, ...]
    """The TXT records that verification tokens were read from."""


@dataclass(frozen=True)
class Replay:
    """Recorded domains, and the zones that serve them."""

    domains: tuple[RecordedDomain, ...]
    zones: Zones

    @classmethod
    def from_file(cls, path: Path, tables: Path | None = None) -> Self:
        """Read a recording (`.jsonl` or `.jsonl.gz`); `tables` as in `find_addresses`."""
        return cls.from_lines(_lines(path), tables)

    @classmethod
    def from_lines(cls, lines: Iterable[str], tables: Path | None = None) -> Self:
        """Read the lines of a recording; the same lines and tables always give the same zones."""
        domains = tuple(read_line(line) for line in lines if line.strip())
        hosts = attribute_hosts(domain.mail for domain in domains)
        addresses = find_addresses({wanted for places in hosts.values() for wanted in places}, tables)
        return cls(domains, make_zones(domains, hosts, addresses))


def read_line(line: str) -> RecordedDomain:
    """Return one recorded domain; KeyError names what the line lacks."""
    row = json.loads(line)
    records, truth = row["records"], row["truth"]
    root = records.get("spf") or ""
    return RecordedDomain(
        domain=row["domain"].lower(),
        truth=Truth(truth["provider"], truth.get("gateway") or "", truth.get("reason") or ""),
        mail=MailHosts(_names(records["mx"]), tuple(records.get("mx_asns", ())), tuple(records.get("mx_countries", ()))),
        aliases=_pairs(records.get("mx_cnames", {})),
        spf=rebuild_tree(root, records.get("spf_resolved") or root),
        dkim=_pairs(records.get("dkim", {})),
        autodiscover=_pairs(records.get("autodiscover", {})),
        tokens=tuple(TOKENS[kind] + value for kind, value in sorted(records.get("txt_verifications", {}).items())),
    )


def make_zones(
    domains: Iterable[RecordedDomain], hosts: Mapping[str, tuple[Wanted, ...]], addresses: Mapping[Wanted, str]
) -> Zones:
    """Return a zone for each domain, and one at the root for all names that only others refer to."""
    listed = tuple(domains)
    elsewhere = Zone("")
    zones = [_zone(domain, elsewhere) for domain in listed]
    for name, policy in agree_on_policies(domain.spf for domain in listed).items():
        elsewhere.add(name, "TXT", quote_text(policy))
    for host, places in hosts.items():
        _add_addresses(elsewhere, host, [addresses[place] for place in places if place in addresses])
    return Zones([*zones, elsewhere])


def _zone(recorded: RecordedDomain, elsewhere: Zone) -> Zone:
    zone = Zone(recorded.domain)
    zone.records.setdefault(recorded.domain, {})
    for host in recorded.mail.hosts:
        zone.add(recorded.domain, "MX", f"10 {host}.")
        elsewhere.records.setdefault(host, {})
    if recorded.spf.root:
        zone.add(recorded.domain, "TXT", quote_text(recorded.spf.root))
    for token in recorded.tokens:
        zone.add(recorded.domain, "TXT", quote_text(token))
    for selector, target in recorded.dkim:
        _add_alias(zone, f"{selector}._domainkey.{recorded.domain}", target, elsewhere)
    for kind, target in recorded.autodiscover:
        if kind == "autodiscover_srv":
            zone.add(f"_autodiscover._tcp.{recorded.domain}", "SRV", f"0 0 443 {target}.")
            elsewhere.records.setdefault(target, {})
        else:
            _add_alias(zone, f"autodiscover.{recorded.domain}", target, elsewhere)
    for host, target in recorded.aliases:
        _add_alias(elsewhere, host, target, elsewhere)
    for number, policy in enumerate(recorded.spf.unassigned, 1):
        # its name was not recorded: kept, where nothing refers to it
        zone.add(f"unassigned-{number}._spf.{recorded.domain}", "TXT", quote_text(policy))
    return zone


def _add_alias(zone: Zone, name: str, target: str, elsewhere: Zone) -> None:
    """Add a CNAME; its target existed when it was recorded, so it exists here too, without records."""
    if name != target:
        zone.add(name, "CNAME", target + ".")
    elsewhere.records.setdefault(target, {})


def _add_addresses(elsewhere: Zone, host: str, addresses: list[str]) -> None:
    """Add the addresses of a host, where its CNAME leads if it has one."""
    seen = {host}
    while alias := elsewhere.records.get(host, {}).get("CNAME"):
        host = alias[0].rstrip(".")
        if host in seen:
            return
        seen.add(host)
    if addresses:
        elsewhere.add(host, "A", *addresses)


class RecordedServer:
    """A context manager that serves a replay; `resolver` is the address to ask."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay
        self.server = DnsServer(replay.zones)
        self._stack = ExitStack()

    @property
    def resolver(self) -> ResolverAddress:
        """Where the zones are served; only valid inside the context."""
        return ResolverAddress(LOOPBACK, self.server.port)

    @property
    def domains(self) -> tuple[RecordedDomain, ...]:
        """The recorded domains, in the order of the recording."""
        return self.replay.domains

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            loop = stack.enter_context(LoopThread("recorded"))
            stack.enter_context(serving(loop, self.server))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()


def _lines(path: Path) -> Iterator[str]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as packed:
            yield from packed
    else:
        with path.open(encoding="utf-8") as plain:
            yield from plain


def _names(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.rstrip(".").lower() for value in values))


def _pairs(mapping: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((key.lower(), str(value).rstrip(".").lower()) for key, value in sorted(mapping.items()))
