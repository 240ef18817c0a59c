"""Settings: everything a run can be told, resolved once, before anything is asked.

Read from `--config FILE` (YAML) and overridden by command-line flags. The judging core never sees them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ResolverAddress:
    """A recursive resolver to ask."""

    address: str
    port: int = 53

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


class Breadth(StrEnum):
    """How much is asked of a declared domain: everything that carries evidence, or about a dozen questions for very long lists."""

    FULL = "full"
    CORE = "core"


NO_CACHE = "none"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one run; the defaults are those of a plain command line."""

    resolvers: tuple[ResolverAddress, ...] = ()
    """Empty: those of the system (`/etc/resolv.conf`)."""
    offline: bool = False
    """Local knowledge only, embedded or updated: no RDAP, no feeds. DNS is still asked."""
    breadth: Breadth = Breadth.FULL
    """What `core` leaves out is listed as not asked, and what it could have shown is not measured."""
    vantage: str = "local"
    vantage_asn: int | None = None
    vantage_country: str | None = None
    store: str = ""
    """Database URL; empty: the default path of the user."""
    language: str = "en"
    tables: Path | None = None
    """Folder with packed prefix tables, which `data update` keeps; None: the user's folder where it has some, else the embedded."""
    catalogue: Path | None = None
    """Compiled catalogue file; None: the embedded one."""
    rdap_bootstrap: str = "https://data.iana.org/rdap/"
    """Base URL of the RFC 9224 bootstrap files `ipv4.json` and `ipv6.json`; RDAP over plain HTTP only where this is so."""
    rdap_rates: tuple[tuple[str, float], ...] = ()
    """Questions a second by the host of a registry, over the built-in ones; `*` is every other host."""
    rdap_wait_s: float = 20.0
    """For how long a question waits for its turn at a registry; one that would wait longer is left to a later run."""
    cache: str = NO_CACHE
    """Folder for what registries answered in the last 30 days; `none`: no such folder; empty: the user's, as commands have it."""
    origin_by_dns: bool = True
    """Ask Team Cymru's zones who announces an address that the tables do not know; never where `offline`."""
    origin_zone: str = "asn.cymru.com"
    """The zone that holds `origin` and `origin6`."""
    tls: bool = True
    """Look at the certificates that declared names show; never where `offline` or `core`."""
    tls_port: int = 443
    tls_timeout_s: float = 5.0
    """For one connection with its handshake."""
    tls_authorities: Path | None = None
    """File of certificates (PEM) of further authorities to trust, beside those of this system."""
    connect_to_special_addresses: bool = False
    """For a laboratory or a scan from inside: private, loopback and documentation addresses are connected to as well."""
    treat_documentation_as_public: bool = False
    """For a laboratory: documentation and loopback addresses are attributed like public ones, and name servers on loopback are asked."""
    ask_parents: bool = True
    """Ask servers of the parent zone who serves a zone, past the resolver; never where `offline`, nor with the breadth `core`."""
    authority_port: int = 53
    """The port of authoritative servers: another one only in a laboratory."""
    dns_timeout_s: float = 3.0
    dns_attempts: int = 2
    rdap_timeout_s: float = 10.0
    target_deadline_s: float = 60.0
    max_in_flight: int = 256
    queries_per_second_per_server: float | None = None
    """DNS queries that the address of one resolver or name server gets in any second, at most; 0 is no cap. None: 500, and no cap on this machine's own."""
    sharers: int = 1
    """So many processes share this run's limits: each keeps to its part of them."""
