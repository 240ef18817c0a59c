"""Record data of the types that nearly every answer consists of, straight from the wire into the text of `records.py`.

Each reader takes the message, where the data begins and ends, and the name in the question (which most compressed names end in), and
returns the canonical text. What does not fit its type to the octet raises `Unsure`: then dnspython judges the whole message.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from socket import AF_INET6, inet_ntoa, inet_ntop
from struct import Struct
from typing import TypeAlias

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from herkomst.collectors.dns.client.records import present_text, present_value
from herkomst.collectors.dns.client.wire_names import Unsure, name_text, read_name
from herkomst.scanner.names import canonical_address

Reader: TypeAlias = Callable[[bytes, int, int, bytes], str]
_SOA_TIMERS = Struct("!IIIII")
_SRV_NUMBERS = Struct("!HHH")
_NO_NETWORK = bytes(10)


def _read_ipv4(wire: bytes, at: int, end: int, asked: bytes) -> str:  # noqa: ARG001 - one signature for all
    if end - at != 4:
        raise Unsure
    return inet_ntoa(wire[at:end])


def _read_ipv6(wire: bytes, at: int, end: int, asked: bytes) -> str:  # noqa: ARG001 - one signature for all
    if end - at != 16:
        raise Unsure
    octets = wire[at:end]
    text = inet_ntop(AF_INET6, octets)
    # the C library writes embedded IPv4 addresses with dots, and mapped ones are IPv4 to us
    return canonical_address(text) if octets.startswith(_NO_NETWORK) else text


def _read_target(wire: bytes, at: int, end: int, asked: bytes) -> str:
    name, after = read_name(wire, at, asked)
    if after != end:
        raise Unsure
    return name_text(name)


def _read_mx(wire: bytes, at: int, end: int, asked: bytes) -> str:
    name, after = read_name(wire, at + 2, asked)
    if after != end:
        raise Unsure
    return f"{wire[at] << 8 | wire[at + 1]} {name_text(name)}"


def _read_txt(wire: bytes, at: int, end: int, asked: bytes) -> str:  # noqa: ARG001 - one signature for all
    after = at + 1 + wire[at]
    if after == end > at:  # one string, as mostly
        return present_text(wire[at + 1 : end])
    parts = []
    while at < end:
        after = at + 1 + wire[at]
        parts.append(wire[at + 1 : after])
        at = after
    if at != end or not parts:
        raise Unsure
    return present_text(b"".join(parts))


def _read_soa(wire: bytes, at: int, end: int, asked: bytes) -> str:
    server, at = read_name(wire, at, asked)
    mailbox, at = read_name(wire, at, asked)
    if end - at != _SOA_TIMERS.size:
        raise Unsure
    _, refresh, retry, expire, minimum = _SOA_TIMERS.unpack_from(wire, at)
    return f"{name_text(server)} {name_text(mailbox)} {refresh} {retry} {expire} {minimum}"


def _read_caa(wire: bytes, at: int, end: int, asked: bytes) -> str:  # noqa: ARG001 - one signature for all
    if end - at < 2:
        raise Unsure
    value = at + 2 + wire[at + 1]
    tag = wire[at + 2 : value]
    if value > end or not tag.isalnum():
        raise Unsure
    return f"{wire[at]} {tag.decode('ascii').lower()} {present_text(wire[value:end])}"


def _read_srv(wire: bytes, at: int, end: int, asked: bytes) -> str:
    priority, weight, port = _SRV_NUMBERS.unpack_from(wire, at)
    name, after = read_name(wire, at + 6, asked)
    if after != end:
        raise Unsure
    return f"{priority} {weight} {port} {name_text(name)}"


def _read_self_contained(code: dns.rdatatype.RdataType) -> Reader:
    """Return the reader of a type whose data is parsed by dnspython: it holds no compressed name, so equal octets are equal data."""

    @lru_cache(maxsize=4096)
    def present(data: bytes) -> str:
        try:
            record = dns.rdata.from_wire(dns.rdataclass.IN, code, data, 0, len(data))
        except (dns.exception.DNSException, ValueError) as error:
            raise Unsure from error
        return present_value(record)

    return lambda wire, at, end, asked: present(wire[at:end])  # noqa: ARG005 - one signature for all


READERS: dict[int, Reader] = {
    dns.rdatatype.A: _read_ipv4,
    dns.rdatatype.AAAA: _read_ipv6,
    dns.rdatatype.CNAME: _read_target,
    dns.rdatatype.NS: _read_target,
    dns.rdatatype.PTR: _read_target,
    dns.rdatatype.MX: _read_mx,
    dns.rdatatype.TXT: _read_txt,
    dns.rdatatype.SOA: _read_soa,
    dns.rdatatype.CAA: _read_caa,
    dns.rdatatype.SRV: _read_srv,
} | {
    int(code): _read_self_contained(code)
    for code in (dns.rdatatype.DS, dns.rdatatype.DNSKEY, dns.rdatatype.TLSA, dns.rdatatype.SVCB, dns.rdatatype.HTTPS)
}
"""By type number. Whatever has no reader here goes to dnspython with its whole message."""

read_options = _read_self_contained(dns.rdatatype.OPT)
"""Reads the options of an OPT record for no other end than to see that they parse."""
