"""Asks the parent of a zone who serves it (RFC 1034 section 4.2): past the resolver, which shows the zone's own name servers only.

The parent is the closest zone above: the first name there with an SOA record of its own. Of its servers four are looked up, picked by the
name of the zone, so that a long list spreads over all servers of a top-level domain and every run asks the same ones. What many
domains share (the servers of `nl`) is in the resolver's cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from herkomst.collectors.resolution import Authoritative, NoReply, Outcome, Referral, Reply, Resolver
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import DnsDelegation, RawAnswer
from herkomst.scanner.names import names_above

MAX_HOSTS = 4
"""Servers of the parent that are looked up; two of them are asked at most."""
_ROOT = "."


@dataclass(frozen=True, slots=True)
class Delegated:
    """What a server of the parent said, and its message."""

    content: DnsDelegation
    raws: tuple[RawAnswer, ...]


async def ask_parent(zone: str, resolver: Resolver) -> Delegated | NoReply:
    """Return who serves a zone by its parent, or why the parent does not tell; raises nothing for what fails."""
    parent = await _find_parent(zone, resolver)
    if isinstance(parent, NoReply):
        return parent
    named = await resolver.ask(parent, "NS")
    if isinstance(named, NoReply):
        return named
    hosts = await _look_up(zone, named.values, resolver)
    if isinstance(hosts, NoReply):
        return hosts
    found = await resolver.ask_authority(tuple(hosts), zone, "NS")
    return found if isinstance(found, NoReply) else _read(zone, parent, hosts[found.address], found)


async def _find_parent(zone: str, resolver: Resolver) -> str | NoReply:
    """Return the closest zone above; an alias or a name without an SOA record is no apex."""
    for name in (*names_above(zone), _ROOT):
        reply = await resolver.ask(name, "SOA")
        if isinstance(reply, NoReply):
            return reply
        if reply.outcome is Outcome.ANSWER and not reply.hops:
            return name
    return NoReply(zone, "SOA", FailureReason.MALFORMED, "no name above it has an SOA record, not even the root")


async def _look_up(zone: str, servers: tuple[str, ...], resolver: Resolver) -> dict[str, str] | NoReply:
    """Return the addresses of some servers, each with its host's name; IPv4 before IPv6, one of each for a host."""
    hosts = sorted(servers, key=lambda host: (crc32(f"{zone} {host}".encode()), host))[:MAX_HOSTS]
    flights = [(host, resolver.ask(host, rdtype)) for rdtype in ("A", "AAAA") for host in hosts]
    found: dict[str, str] = {}
    failed: NoReply | None = None
    for host, flight in flights:
        reply = await flight
        if isinstance(reply, NoReply):
            failed = failed or reply
        elif reply.values:
            found.setdefault(reply.values[0], host)
    return failed if failed is not None and not found else found


def _read(zone: str, parent: str, said_by: str, found: Authoritative) -> Delegated:
    said = found.said
    if isinstance(said, Referral):
        glue = tuple(f"{host} {address}" for host, address in said.glue)
        return Delegated(DnsDelegation(zone, parent, said_by, said.servers, glue, said.has_ds), said.raws)
    return Delegated(DnsDelegation(zone, parent, said_by, said.values, from_zone=_is_answer(said)), said.raws)


def _is_answer(reply: Reply) -> bool:
    """Say whether the server has the zone itself: a "no" is the parent's own, of a name that it does not delegate."""
    return reply.outcome is Outcome.ANSWER
