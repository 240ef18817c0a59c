"""What one message says about a question (RFC 1035 section 4), by dnspython: for every message, the unusual ones included.

A message that does not parse is an outcome, never an exception. `codec.py` is the short way to the same result for ordinary messages.
"""

from __future__ import annotations

import hashlib
import struct
from enum import Enum, auto
from typing import NamedTuple, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.CNAME
from herkomst.collectors.dns.client.records import present_name, present_values
from herkomst.collectors.dns.client.wire_names import lower_name
from herkomst.scanner.model.observation import RawAnswer

MAX_HOPS = 16
"""CNAME hops followed. Resolvers stop at 8 to 16; a longer chain is a fault of its owner."""
MEDIA_TYPE = "application/dns-message"
_HEADER = struct.Struct("!HHHHHH")


class ChainState(Enum):
    """Where the CNAME chain inside one message stands."""

    ANSWERED = auto()
    """It ends in the records asked for; without hops, the name has them itself."""
    OPEN = auto()
    """It ends in a name of which this message holds no such records."""
    LOOP = auto()
    TOO_LONG = auto()


class Decoded(NamedTuple):
    """What one message says; a tuple, since one is made for every message. `denied`: it proves a no (an SOA beside it, RFC 2308); `referral`: it only points to other servers."""

    rcode: dns.rcode.Rcode
    state: ChainState
    hops: tuple[str, ...]
    values: tuple[str, ...]
    denied: bool
    referral: bool
    authenticated: bool
    raw: RawAnswer


def decode_reply(wire: bytes, name: str, rdtype: str) -> Decoded | None:
    """Return what a message says about the question, or None where it does not parse."""
    try:
        message = dns.message.from_wire(wire, one_rr_per_rrset=True)  # a set would keep the last of two CNAMEs
    except (dns.exception.DNSException, ValueError, struct.error):
        return None
    wanted = dns.rdatatype.from_text(rdtype)
    state, hops, found = _follow(message, dns.name.from_text(name), wanted)
    authority = {record_set.rdtype for record_set in message.authority}
    denied = dns.rdatatype.SOA in authority
    empty = message.rcode() == dns.rcode.NOERROR and not message.answer
    return Decoded(
        rcode=message.rcode(),
        state=state,
        hops=tuple(present_name(hop) for hop in hops),
        values=present_values(found),
        denied=denied,
        referral=empty and dns.rdatatype.NS in authority and not denied and not message.flags & dns.flags.AA,
        authenticated=bool(message.flags & dns.flags.AD),
        raw=keep_raw(wire),
    )


def _follow(
    message: dns.message.Message, name: dns.name.Name, wanted: dns.rdatatype.RdataType
) -> tuple[ChainState, list[dns.name.Name], list[dns.rdata.Rdata]]:
    """Walk the answer section from the name asked for: how the walk ends, the names it leads through, and the records there."""
    records: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], list[dns.rdata.Rdata]] = {}
    for record_set in message.answer:
        if record_set.rdclass == dns.rdataclass.IN:
            records.setdefault((record_set.name, record_set.rdtype), []).extend(record_set)
    hops: list[dns.name.Name] = []
    current = name
    while True:
        found = records.get((current, wanted))
        if found:
            return ChainState.ANSWERED, hops, found
        aliases = records.get((current, dns.rdatatype.CNAME))
        if not aliases:
            return ChainState.OPEN, hops, []
        # two CNAMEs at one name are a fault (RFC 1034 section 3.6.2); the smaller one is taken, so that every run takes the same
        current = min(cast("dns.rdtypes.ANY.CNAME.CNAME", alias).target for alias in aliases)
        seen = current == name or current in hops
        hops.append(current)
        if seen:
            return ChainState.LOOP, hops, []
        if len(hops) > MAX_HOPS:
            return ChainState.TOO_LONG, hops, []


def keep_raw(wire: bytes) -> RawAnswer:
    """Return a message to be kept: id zero and owner names in lower case, every other octet as it came."""
    body = normalise_wire(wire)
    return RawAnswer(hashlib.sha256(body).hexdigest(), MEDIA_TYPE, body)


def normalise_wire(wire: bytes) -> bytes:
    """Return a parsed message with id zero and the owner names lower-cased in place; nothing else is touched.

    A resolver that mixes letter case against spoofing gets its own mix back, so without this two equal answers would differ.
    """
    body = bytearray(wire)
    body[0:2] = b"\0\0"
    _, _, questions, answers, authorities, additionals = _HEADER.unpack_from(wire)
    place = _HEADER.size
    for _ in range(questions):
        place = lower_name(body, wire, place) + 4
    for _ in range(answers + authorities + additionals):
        place = lower_name(body, wire, place)
        place += 10 + int.from_bytes(wire[place + 8 : place + 10], "big")
    return bytes(body)
