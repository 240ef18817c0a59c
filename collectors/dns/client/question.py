"""Questions on their way out (RFC 1035 section 4.1, EDNS of RFC 6891), and whether a message that came in replies to one.

Letter case is mixed at random (draft-vixie-dnsext-dns0x20): a forger has to guess it beside the id and the port, and a server that
copies the question, as all common ones do, proves with it that it has seen the query.
"""

from __future__ import annotations

import struct
from functools import lru_cache

import dns.name
import dns.rdataclass
import dns.rdatatype

EDNS_PAYLOAD = 1232
"""Octets: fits one packet on every path (DNS flag day 2020); larger answers come over TCP."""
HEADER_OCTETS = 12
_RECURSION_DESIRED, _AUTHENTIC_DATA = 0x0100, 0x0020
_HEAD = struct.pack("!HHHHH", _RECURSION_DESIRED | _AUTHENTIC_DATA, 1, 0, 0, 1)
"""All of the header but the id. The AD bit asks to be told whether the resolver validated (RFC 6840 section 5.7)."""
_OPT_RECORD = b"\0" + struct.pack("!HHIH", dns.rdatatype.OPT, EDNS_PAYLOAD, 0, 0)
_DNSSEC_OK = 0x8000
_HEAD_TO_AUTHORITY = struct.pack("!HHHHH", 0, 1, 0, 0, 1)
_OPT_TO_AUTHORITY = b"\0" + struct.pack("!HHIH", dns.rdatatype.OPT, EDNS_PAYLOAD, _DNSSEC_OK, 0)
"""As long as the other, so that a question is found at the same place in both."""
_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_MAX_LABEL, _MAX_NAME = 63, 255
_LENGTH = [bytes((length,)) for length in range(_MAX_LABEL + 1)]
_CASE_BITS = bytes(0x20 if chr(octet).isalpha() and octet < 0x80 else 0 for octet in range(256))


class Question:
    """A question in the forms that are needed again and again.

    `name` and `rdtype` are as asked. `owner` is the name as answers are compared with it: canonical text. `wire` is the question
    section in lower case, `name_octets` of it the name. `code` is the number of the type.
    """

    __slots__ = ("code", "name", "name_octets", "owner", "rdtype", "wire")

    def __init__(self, name: str, rdtype: str) -> None:
        """Raises dns.exception.DNSException where the name has no wire form or there is no such type."""
        self.name = name
        self.rdtype = rdtype
        self.code, tail = _type_octets(rdtype)
        octets, self.owner = _name_forms(name)
        self.name_octets = len(octets)
        self.wire = octets + tail

    def mixed_case(self, noise: bytes) -> bytes:
        """Return the question section with the case of each letter taken from `noise`, which is at least as long."""
        wire = self.wire
        size = len(wire)
        letters = int.from_bytes(wire[: self.name_octets].translate(_CASE_BITS), "big") << 32
        return (int.from_bytes(wire, "big") ^ (letters & int.from_bytes(noise[:size], "big"))).to_bytes(size, "big")


def encode_query(message_id: bytes, asked: bytes) -> bytes:
    """Return the query for a question section: recursion desired, the AD bit, EDNS."""
    return b"%b%b%b%b" % (message_id, _HEAD, asked, _OPT_RECORD)


def encode_authority_query(message_id: bytes, asked: bytes) -> bytes:
    """Return the query for an authoritative server: no recursion, and DNSSEC OK (RFC 3225), so that a referral shows DS records."""
    return b"%b%b%b%b" % (message_id, _HEAD_TO_AUTHORITY, asked, _OPT_TO_AUTHORITY)


def is_reply(wire: bytes, query: bytes) -> bool:
    """Say whether a message is a reply to this very query: same id, a standard-query response, the same question in any case.

    Servers that could not read the question may leave it out; that is accepted with an error code only.
    """
    if len(wire) < HEADER_OCTETS or wire[:2] != query[:2] or wire[2] & 0xF8 != 0x80:
        return False
    questions = int.from_bytes(wire[4:6], "big")
    if questions == 0:
        return wire[3] & 0x0F not in (0, 3)  # neither NOERROR nor NXDOMAIN
    asked = query[HEADER_OCTETS : len(query) - len(_OPT_RECORD)]
    echoed = wire[HEADER_OCTETS : HEADER_OCTETS + len(asked)]
    return questions == 1 and echoed[-4:] == asked[-4:] and echoed[:-4].lower() == asked[:-4].lower()


def repeats_question(wire: bytes, query: bytes) -> bool:
    """Say whether a reply repeats the question octet by octet, letter case included; without a question it is not asked to."""
    asked = query[HEADER_OCTETS : len(query) - len(_OPT_RECORD)]
    return wire.startswith(asked, HEADER_OCTETS) or wire[4:6] == b"\0\0"


def is_truncated(wire: bytes) -> bool:
    """Say whether the TC bit is set: the answer is to be asked for over TCP."""
    return bool(wire[2] & 0x02)


@lru_cache(maxsize=256)
def _type_octets(rdtype: str) -> tuple[int, bytes]:
    code = dns.rdatatype.from_text(rdtype)
    return int(code), struct.pack("!HH", code, dns.rdataclass.IN)


@lru_cache(maxsize=4096)
def _name_forms(name: str) -> tuple[bytes, str]:
    """Return a name as octets in lower case and as canonical text; mostly several types of one name are asked for at once."""
    octets = _plain_name(name)
    return _other_name(name) if octets is None else (octets, name.lower())


def _plain_name(name: str) -> bytes | None:
    """Return the wire form of a name of letters, digits, hyphens and underscores; None where it takes more to tell."""
    try:
        labels = name.encode("ascii").split(b".")
    except UnicodeEncodeError:
        return None
    parts = []
    for label in labels:
        size = len(label)
        if not 0 < size <= _MAX_LABEL or label.translate(None, _PLAIN):
            return None
        parts.append(_LENGTH[size])
        parts.append(label)
    parts.append(b"\0")
    octets = b"".join(parts).lower()
    return octets if len(octets) <= _MAX_NAME else None


def _other_name(name: str) -> tuple[bytes, str]:
    parsed = dns.name.from_text(name)
    return (parsed.to_wire() or b"").lower(), parsed.to_text(omit_final_dot=True).lower()
