"""What a message says about a question: read in one pass over the octets where it is of the ordinary kind, else by dnspython.

Parsing every message into objects costs 100 to 300 us; this costs a few. It is a shorter way to the same result and never a second
opinion: a message that is in any way unusual (another class, an unknown type, two CNAMEs at one name, an octet too many) is left to
`message.decode_reply`, so what is malformed is decided in one place. Differential tests hold the two together field by field.
"""

from __future__ import annotations

import struct
from hashlib import sha256

import dns.rcode
import dns.rdatatype
from herkomst.collectors.dns.client.message import MAX_HOPS, MEDIA_TYPE, ChainState, Decoded, decode_reply
from herkomst.collectors.dns.client.question import HEADER_OCTETS, Question
from herkomst.collectors.dns.client.rdata import READERS, read_options
from herkomst.collectors.dns.client.wire_names import Unsure, lower_name, name_text, read_name
from herkomst.scanner.model.observation import RawAnswer

_COUNTS = struct.Struct("!HHHH")
_RECORD = struct.Struct("!HHIH")
_RCODES = [dns.rcode.Rcode.make(code) for code in range(16)]
_NS, _CNAME, _SOA, _OPT = (int(code) for code in (dns.rdatatype.NS, dns.rdatatype.CNAME, dns.rdatatype.SOA, dns.rdatatype.OPT))
_IN = 1
_ASKED_NAME = b"\xc0\x0c"
"""A compression pointer to the name in the question: the owner of most records."""


def decode(wire: bytes, question: Question) -> Decoded | None:
    """Return what a message says about the question, or None where it does not parse."""
    decoded = decode_ordinary(wire, question)
    return decode_reply(wire, question.name, question.rdtype) if decoded is None else decoded


def decode_ordinary(wire: bytes, question: Question) -> Decoded | None:
    """Return the same for an ordinary message; None says nothing but that dnspython has to look at it."""
    try:
        return _Reading(wire, question).decode()
    except (Unsure, IndexError, struct.error):
        return None


class _Reading:
    """One pass over one message."""

    __slots__ = ("aliases", "asked", "at", "elsewhere", "owners", "question", "suffixes", "values", "wire")

    def __init__(self, wire: bytes, question: Question) -> None:
        self.wire = wire
        self.question = question
        self.asked = question.wire[: question.name_octets]
        self.at = HEADER_OCTETS + len(question.wire)
        self.values: list[str] = []
        """Records of the wanted type at the name asked for."""
        self.elsewhere: dict[str, list[str]] | None = None
        """The same at other names."""
        self.aliases: dict[str, str] | None = None
        self.owners: list[int] | None = None
        """Where owner names stand whose letters lie outside the question section."""
        self.suffixes: set[int] | None = None

    def decode(self) -> Decoded:
        wire, question = self.wire, self.question
        questions, answers, authorities, additionals = _COUNTS.unpack_from(wire, 4)
        asked = wire[HEADER_OCTETS : self.at]
        if questions != 1 or wire[2] & 0x78 or (asked != question.wire and not self._is_echo(asked)):
            raise Unsure
        if answers:
            self._read_answers(answers)
        has_soa = has_ns = False
        if authorities or additionals:
            has_soa, has_ns = self._check_rest(authorities, additionals)
        if self.at != len(wire):
            raise Unsure
        values = self.values
        state, hops = (ChainState.ANSWERED, ()) if values else self._follow()
        found = self.values
        rcode = _RCODES[wire[3] & 0x0F]
        return Decoded(
            rcode,
            state,
            hops,
            (found[0],) if len(found) == 1 else tuple(sorted(set(found))),
            has_soa,
            has_ns and not has_soa and not answers and not wire[3] & 0x0F and not wire[2] & 0x04,
            bool(wire[3] & 0x20),
            self._keep_raw(),
        )

    def _is_echo(self, asked: bytes) -> bool:
        """Say whether the question section is ours but for letter case. Type and class are no letters, but may look like some."""
        size = self.question.name_octets
        return asked[size:] == self.question.wire[size:] and asked[:size].lower() == self.asked

    def _read_answers(self, count: int) -> None:
        wire, at, asked = self.wire, self.at, self.asked
        wanted, name, octets = self.question.code, self.question.owner, len(wire)
        for _ in range(count):
            if wire[at : at + 2] == _ASKED_NAME:
                owner = name
                at += 2
            else:
                owner_wire, after = read_name(wire, at, asked)
                owner = name_text(owner_wire)
                self._note_owner(at)
                at = after
            code, rdclass, _, size = _RECORD.unpack_from(wire, at)
            reader = READERS.get(code)
            if rdclass != _IN or reader is None:
                raise Unsure
            at += 10
            end = at + size
            if end > octets:
                raise Unsure
            value = reader(wire, at, end, asked)
            at = end
            if code == wanted:
                if owner == name:
                    self.values.append(value)
                else:
                    self.elsewhere = self.elsewhere or {}
                    self.elsewhere.setdefault(owner, []).append(value)
            elif code == _CNAME:
                self.aliases = self.aliases or {}
                if self.aliases.setdefault(owner, value) is not value:
                    raise Unsure  # two CNAMEs at one name
        self.at = at

    def _check_rest(self, authorities: int, additionals: int) -> tuple[bool, bool]:
        """Check the sections after the answers; say whether the authority section has an SOA and an NS record."""
        wire, at, asked = self.wire, self.at, self.asked
        octets = len(wire)
        seen_types = set()
        options = False
        for number in range(authorities + additionals):
            root = not wire[at]
            at = at + 1 if root else self._skip_owner(at)
            code, rdclass, ttl, size = _RECORD.unpack_from(wire, at)
            at += 10
            end = at + size
            if end > octets:
                raise Unsure
            if code == _OPT:
                # one, in the additional section, at the root (RFC 6891 section 6.1.1); an extended rcode or another version is rare
                if options or not root or number < authorities or ttl >> 16:
                    raise Unsure
                options = True
                if size:
                    read_options(wire, at, end, asked)
            else:
                reader = READERS.get(code)
                if rdclass != _IN or reader is None:
                    raise Unsure
                reader(wire, at, end, asked)
                if number < authorities:
                    seen_types.add(code)
            at = end
        self.at = at
        return _SOA in seen_types, _NS in seen_types

    def _skip_owner(self, at: int) -> int:
        """Return the place after an owner name."""
        wire = self.wire
        if wire[at] == 0xC0:
            if self.suffixes is None:
                self.suffixes = self._question_suffixes()
            if wire[at + 1] in self.suffixes:
                return at + 2
        _, after = read_name(wire, at, self.asked)
        self._note_owner(at)
        return after

    def _question_suffixes(self) -> set[int]:
        """Return where the labels of the name in the question begin: pointers there stay within it."""
        found = set()
        asked, place = self.asked, 0
        while length := asked[place]:
            found.add(place + HEADER_OCTETS)
            place += length + 1
        return found

    def _note_owner(self, at: int) -> None:
        self.owners = self.owners or []
        self.owners.append(at)

    def _follow(self) -> tuple[ChainState, tuple[str, ...]]:
        """Walk the chain as `message.decode_reply` does; what it ends in becomes the values."""
        aliases = self.aliases
        if aliases is None:
            return ChainState.OPEN, ()
        current = name = self.question.owner
        hops: list[str] = []
        while (target := aliases.get(current)) is not None:
            seen = target == name or target in hops
            hops.append(target)
            if seen:
                return ChainState.LOOP, tuple(hops)
            if len(hops) > MAX_HOPS:
                return ChainState.TOO_LONG, tuple(hops)
            current = target
            found = self.elsewhere.get(current) if self.elsewhere else None
            if found:
                self.values = found
                return ChainState.ANSWERED, tuple(hops)
        return ChainState.OPEN, tuple(hops)

    def _keep_raw(self) -> RawAnswer:
        """Return what `message.keep_raw` gives: id zero, question and owner names in lower case."""
        wire, question = self.wire, self.question.wire
        body = b"\0\0%b%b%b" % (wire[2:HEADER_OCTETS], question, wire[HEADER_OCTETS + len(question) :])
        if self.owners:
            lowered = bytearray(body)
            for at in self.owners:
                lower_name(lowered, at)
            body = bytes(lowered)
        return RawAnswer(sha256(body).hexdigest(), MEDIA_TYPE, body)
