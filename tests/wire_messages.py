"""DNS messages made by hand, octet by octet: right ones in every form a server may choose, wrong ones, and damaged ones.

A message comes with the question it answers. Nothing of the program or of a DNS library writes them, so that both readers meet what
neither would have written: pointers anywhere, labels of any octets, sections in disorder, several OPT records, other classes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from random import Random

TYPES = {
    "A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33, "DS": 43, "DNSKEY": 48,
    "TLSA": 52, "SVCB": 64, "HTTPS": 65, "CAA": 257,
}  # fmt: skip
RARE = {"HINFO": 13, "NAPTR": 35, "DNAME": 39, "RRSIG": 46, "NSEC": 47, "SPF": 99, "TYPE65280": 65280}
LABELS = (b"www", b"mail", b"Voorbeeld", b"example", b"nl", b"_dmarc", b"xn--caf-dma", b"a", b"x" * 63, b"selector1", b"UPPER")
ODD_LABELS = (b"a.b", b"a b", b"\\", b'"q"', b"\x00", b"\xff\xfe", b"\xc3\xa9", b"@", b"$;()", b"*", b"\xc0\x0c", b"\x7f")
TEXTS = (
    b"v=spf1 -all",
    b"",
    b"\xff\xfe",
    "caf\u00e9".encode(),
    b"\x00\x1b[31m",
    b"x" * 255,
    b'"quoted" \\ text',
    b"google-site-verification=1",
)
TTLS = (300, 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
Name = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A message and the question it is read for. `is_ordinary` says that nothing about it is rare or wrong."""

    wire: bytes
    name: str
    rdtype: str
    is_ordinary: bool = False


@dataclass(slots=True)
class Writer:
    """Writes one message; `compression` is the share of names that are compressed, `damage` that of records that are made wrong."""

    random: Random
    compression: float
    damage: float
    octets: bytearray = field(default_factory=lambda: bytearray(12))
    places: dict[Name, int] = field(default_factory=dict)
    is_ordinary: bool = True

    def name(self, labels: Name, *, compress: bool = True) -> None:
        """Write a name, compressed against what was written before or not."""
        if sum(len(label) + 1 for label in labels) + 1 > 255:
            self.is_ordinary = False
        compress = compress and self.random.random() < self.compression
        for index, label in enumerate(labels):
            rest = tuple(part.lower() for part in labels[index:])
            place = self.places.get(rest)
            if compress and place is not None:
                self.octets += struct.pack("!H", 0xC000 | place)
                return
            if len(self.octets) < 0x4000:
                self.places.setdefault(rest, len(self.octets))
            self.octets.append(len(label))
            self.octets += label
        if self.damage and self.random.random() < self.damage:
            self.is_ordinary = False
            at = len(self.octets)
            target = self.random.choice((0, 5, 11, 12, 13, at, at + 2, at - 1, self.random.randrange(max(1, at))))
            self.octets += struct.pack("!H", 0xC000 | target & 0x3FFF)
            return
        self.octets.append(0)

    def record(self, owner: Name, code: int, rdclass: int, ttl: int, write_data: object) -> None:
        """Write a record whose data `write_data()` appends."""
        self.name(owner)
        self.octets += struct.pack("!HHI", code, rdclass, ttl)
        at = len(self.octets)
        self.octets += b"\0\0"
        write_data()  # type: ignore[operator]  # a function
        size = len(self.octets) - at - 2
        if self.damage and self.random.random() < self.damage:
            self.is_ordinary = False
            size = max(0, size + self.random.choice((-2, -1, 1, 2, 300)))
        self.octets[at : at + 2] = struct.pack("!H", min(size, 65535))


class Messages:
    """An endless supply, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - tests are to be repeatable

    def sample(self) -> Sample:
        """Return one message; about half are ordinary."""
        random = self.random
        ordinary = random.random() < 0.5
        odd = 0.0 if ordinary else random.choice((0.0, 0.0, 0.02, 0.1))
        writer = Writer(random, random.choice((0.0, 0.5, 1.0, 1.0)), odd)
        name = self._name(odd=random.random() < 0.1)
        rdtype = random.choice(tuple(TYPES if ordinary or random.random() < 0.9 else RARE))
        writer.is_ordinary = ordinary
        questions = 1 if ordinary or random.random() < 0.9 else random.choice((0, 2))
        for number in range(questions):
            writer.name(self._mixed(name), compress=number > 0)
            rdclass = 1 if ordinary or random.random() < 0.95 else 3
            writer.octets += struct.pack("!HH", self._code(rdtype), rdclass)
        counts = self._sections(writer, name, rdtype, ordinary)
        flags = 0x8180 | random.choice((0, 0, 0x20, 0x400, 0x420)) | random.choice((0, 0, 0, 3))
        if not ordinary and random.random() < 0.2:
            flags = random.randrange(65536)
        if not ordinary and random.random() < 0.05:
            writer.octets += random.randbytes(random.randint(1, 3))
        writer.octets[:12] = struct.pack("!HHHHHH", random.randrange(65536), flags, questions, *counts)
        return Sample(bytes(writer.octets), text_of(name), rdtype, writer.is_ordinary)

    def damaged(self, wire: bytes) -> bytes:
        """Return a message with octets changed, added, taken away or moved."""
        random = self.random
        octets = bytearray(wire)
        for _ in range(random.randint(1, 5)):
            at = random.randrange(len(octets)) if octets else 0
            what = random.random()
            if what < 0.55 and octets:
                octets[at] = random.choice((0, 1, 255, 0xC0, 12, octets[at] ^ 1 << random.randrange(8), random.randrange(256)))
            elif what < 0.65:
                octets[at:at] = random.randbytes(random.randint(1, 4))
            elif what < 0.75:
                del octets[at : at + random.randint(1, 4)]
            elif what < 0.85:
                del octets[at:]
            elif what < 0.95 and len(octets) >= 12:
                octets[random.choice((5, 7, 9, 11))] = random.randrange(6)
            else:
                part = octets[at : at + random.randint(2, 20)]
                octets[random.randrange(len(octets) + 1) :][:0] = part
        return bytes(octets)

    def _code(self, rdtype: str) -> int:
        return TYPES.get(rdtype) or RARE[rdtype]

    def _name(self, *, odd: bool = False) -> Name:
        random = self.random
        if random.random() < 0.02:
            return ()
        labels = [random.choice(ODD_LABELS if odd and random.random() < 0.5 else LABELS) for _ in range(random.randint(1, 4))]
        while sum(map(len, labels)) + len(labels) > 190:  # one label more still has a place
            labels.pop()
        return tuple(labels)

    def _mixed(self, name: Name) -> Name:
        return tuple(self.random.choice((label.lower(), label.upper(), label)) for label in name)

    def _sections(self, writer: Writer, name: Name, rdtype: str, ordinary: bool) -> tuple[int, int, int]:
        random = self.random
        answers = self._answers(writer, name, rdtype, ordinary)
        authorities = random.choice((0, 0, 0, 1, 2))
        for _ in range(authorities):
            self._record(writer, name[random.randint(0, len(name)) :], random.choice(("NS", "NS", "SOA", "DS")))
        additionals = random.choice((0, 0, 0, 1, 2))
        for _ in range(additionals):
            self._record(writer, self._near(name), random.choice(("A", "AAAA")))
        if not ordinary and random.random() < 0.2:
            additionals += 1
            self._record(writer, name, random.choice(tuple(RARE)))
        for _ in range(1 if ordinary or random.random() < 0.9 else random.choice((0, 2))):
            additionals += 1
            self._options(writer, ordinary)
        if not ordinary and random.random() < 0.05:  # counts that lie
            answers = max(0, answers + random.choice((-1, 1, 1000)))
        return answers, authorities, additionals

    def _answers(self, writer: Writer, name: Name, rdtype: str, ordinary: bool) -> int:
        random = self.random
        owner, count = name, 0
        seen = [name]
        hops = 0 if rdtype == "CNAME" else 18 if random.random() < 0.01 else random.choice((0, 0, 0, 0, 1, 2, 3))
        for _ in range(hops):
            target = self._near(name) if ordinary or random.random() < 0.9 else random.choice(seen)
            if ordinary and target in seen:
                break
            seen.append(target)
            self._record(writer, owner, "CNAME", target)
            count += 1
            if not ordinary and random.random() < 0.05:
                self._record(writer, owner, "CNAME")
                count += 1
            owner = target
        for _ in range(random.choice((0, 1, 1, 1, 2, 4))):
            self._record(writer, owner, rdtype)
            count += 1
        if not ordinary and random.random() < 0.2:
            self._record(writer, random.choice(seen), random.choice((*TYPES, *RARE)))
            count += 1
        if not ordinary and random.random() < 0.03:
            self._options(writer, ordinary)
            count += 1
        return count

    def _near(self, name: Name) -> Name:
        """Return another name, mostly one that shares its end with this one."""
        random = self.random
        if random.random() < 0.6:
            return (random.choice(LABELS), *name[random.randint(0, len(name)) :])
        return self._name(odd=random.random() < 0.1)

    def _record(self, writer: Writer, owner: Name, rdtype: str, target: Name | None = None) -> None:
        random = self.random
        rdclass = 1 if not writer.damage or random.random() < 0.97 else random.choice((3, 254, 255, 0))
        if rdclass != 1:
            writer.is_ordinary = False
        writer.record(
            self._mixed(owner) if random.random() < 0.2 else owner,
            self._code(rdtype),
            rdclass,
            random.choice(TTLS) if random.random() < 0.1 else 300,
            lambda: self._data(writer, rdtype, target if target is not None else self._near(owner)),
        )

    def _data(self, writer: Writer, rdtype: str, target: Name) -> None:
        random, octets = self.random, writer.octets
        if rdtype in ("NS", "CNAME", "PTR", "DNAME"):
            writer.name(target, compress=rdtype != "DNAME")
        elif rdtype == "A":
            octets += random.randbytes(4)
        elif rdtype == "AAAA":
            octets += random.choice(
                (random.randbytes(16), bytes(10) + b"\xff\xff" + random.randbytes(4), bytes(12) + random.randbytes(4), bytes(16))
            )
        elif rdtype == "MX":
            octets += random.randbytes(2)
            writer.name(target)
        elif rdtype == "SRV":
            octets += random.randbytes(6)
            writer.name(target, compress=random.random() < 0.5)
        elif rdtype == "SOA":
            writer.name(target)
            writer.name(self._near(target))
            octets += random.randbytes(20)
        elif rdtype in ("TXT", "SPF", "HINFO"):
            for _ in range(2 if rdtype == "HINFO" else random.choice((1, 1, 2, 5))):
                text = random.choice(TEXTS)
                octets += bytes((len(text),)) + text
        elif rdtype == "CAA":
            tag = random.choice((b"issue", b"IssueWild", b"iodef"))
            octets += bytes((random.choice((0, 128)), len(tag))) + tag + random.choice(TEXTS)
        else:
            self._other_data(writer, rdtype, target)

    def _other_data(self, writer: Writer, rdtype: str, target: Name) -> None:
        random, octets = self.random, writer.octets
        if rdtype in ("SVCB", "HTTPS"):
            self._service(writer, target)
        elif rdtype == "TLSA":
            octets += bytes((3, 1, 1)) + random.randbytes(32)
        elif rdtype == "DS":
            octets += random.randbytes(2) + b"\x0d\x02" + random.randbytes(32)
        elif rdtype == "DNSKEY":
            octets += b"\x01\x01\x03\x0d" + random.randbytes(64)
        elif rdtype == "RRSIG":
            octets += struct.pack("!HBBIIIH", 1, 13, 2, 300, 2000000000, 1900000000, 12345)
            writer.name(target, compress=False)
            octets += random.randbytes(64)
        elif rdtype == "NSEC":
            writer.name(target, compress=False)
            octets += b"\0\2\x40\1"
        elif rdtype == "NAPTR":
            octets += b"\0\1\0\1\1u\7E2U+sip\0"
            writer.name(target)
        else:
            octets += random.randbytes(random.randint(0, 12))

    def _service(self, writer: Writer, target: Name) -> None:
        random, octets = self.random, writer.octets
        priority = random.choice((0, 1, 1, 1, 65535))
        octets += struct.pack("!H", priority)
        writer.name(random.choice(((), target)), compress=False)
        if not priority:
            return
        parameters = {
            1: random.choice((b"\2h2", b"\2h3\2h2", b"\3a,b\2\\x")),
            3: struct.pack("!H", random.randrange(65536)),
            4: random.randbytes(4 * random.randint(1, 2)),
            5: struct.pack("!H", 8) + random.randbytes(8),
            6: random.randbytes(16),
            667: random.choice((b"", random.randbytes(5))),
        }
        for key in sorted(random.sample(sorted(parameters), random.randint(0, 4))):
            octets += struct.pack("!HH", key, len(parameters[key])) + parameters[key]

    def _options(self, writer: Writer, ordinary: bool) -> None:
        random = self.random
        extended = 0 if ordinary or random.random() < 0.9 else random.choice((1, 0x10, 0x80, 0xFF))
        version = 0 if ordinary or random.random() < 0.95 else 1
        options = {15: b"\0\x16stale", 10: bytes(8) + random.randbytes(8), 12: bytes(3), 3: b"ns1"}
        if not ordinary:
            options |= {8: b"\0\1\x18\0\xc0\0\2", 15: random.choice((b"\0\1", b"\0", b"\0\1\xff"))}
        chosen = random.sample(sorted(options), random.choice((0, 0, 1, 2)))

        def write() -> None:
            for code in chosen:
                writer.octets.extend(struct.pack("!HH", code, len(options[code])) + options[code])

        owner = () if ordinary or random.random() < 0.97 else (b"example",)
        writer.record(owner, 41, 1232, extended << 24 | version << 16 | random.choice((0, 0x8000)), write)


def text_of(name: Name) -> str:
    """Return a name in presentation form (RFC 1035 section 5.1), every octet that could be misread as a decimal escape."""
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    labels = ("".join(chr(octet) if octet in plain else f"\\{octet:03}" for octet in label) for label in name)
    return ".".join(labels) or "."
