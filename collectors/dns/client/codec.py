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
from herkomst.collectors.dns.client.wire_names import MAX_NAME, Unsure, lower_name, name_text, read_letters
from herkomst.scanner.model.observation import RawAnswer

_COUNTS = struct.Struct("!HHHH")
_RECORD = struct.Struct("!HHIH")
_RCODES = [dns.rcode.Rcode.make(code) for code in range(16)]
_NS, _CNAME, _SOA, _OPT = (int(code) for code in (dns.rdatatype.NS, dns.rdatatype.CNAME, dns.rdatatype.SOA, dns.rdatatype.OPT))
_FIXED_SIZES = {int(dns.rdatatype.A): 4, int(dns.rdatatype.AAAA): 16}
_IN = 1
_POINTER = struct.Struct("!H")
_FIRST_POINTER, _MAX_POINTER = 0xC000, 0x4000
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

    __slots__ = ("aliases", "asked", "at", "elsewhere", "lower", "owners", "question", "values", "wire")

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
        """Where owner names stand that have capitals outside the question section."""
        self.lower = {_ASKED_NAME: question.name_octets}
        """Pointers to names that have been read and have none, with the octets of the name."""

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
                letters, after = read_letters(wire, at, asked)
                lower = letters.lower()
                if lower != letters:
                    self._note_owner(at)
                owner = name_text(lower)
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
            if root:
                at += 1
            elif wire[at : at + 2] in self.lower:
                at += 2
            else:
                at = self._skip_owner(at)
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
                if rdclass != _IN:
                    raise Unsure
                if code in _FIXED_SIZES:
                    if size != _FIXED_SIZES[code]:
                        raise Unsure
                elif code == _NS:
                    self._check_target(at, end)
                else:
                    self._check_data(code, at, end)
                if number < authorities:
                    seen_types.add(code)
            at = end
        self.at = at
        return _SOA in seen_types, _NS in seen_types

    def _check_data(self, code: int, at: int, end: int) -> None:
        """Check the data of a record whose value is not asked for."""
        reader = READERS.get(code)
        if reader is None:
            raise Unsure
        reader(self.wire, at, end, self.asked)

    def _check_target(self, at: int, end: int) -> None:
        """Check the name that a record's data consists of, and remember where it stands."""
        wire = self.wire
        size = wire[at] + 1
        known = self.lower.get(wire[end - 2 : end])
        if known is not None and end - at == size + 2 <= 66 and size + known <= MAX_NAME:  # one label and a name that was read
            octets = size + known
            is_lower = wire[at + 1 : end - 2] == wire[at + 1 : end - 2].lower()
        else:
            letters, after = read_letters(wire, at, self.asked)
            if after != end:
                raise Unsure
            octets = len(letters)
            is_lower = letters == letters.lower()
        if is_lower and at < _MAX_POINTER:
            self.lower[_POINTER.pack(_FIRST_POINTER | at)] = octets

    def _skip_owner(self, at: int) -> int:
        """Return the place after an owner name."""
        letters, after = read_letters(self.wire, at, self.asked)
        if letters != letters.lower():
            self._note_owner(at)
        elif after == at + 2:
            self.lower[self.wire[at:after]] = len(letters)
        return after

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
                lower_name(lowered, wire, at)
            body = bytes(lowered)
        return RawAnswer(sha256(body).hexdigest(), MEDIA_TYPE, body)
