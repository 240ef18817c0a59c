"""Asks Team Cymru's DNS zones who announces an address that the embedded tables do not know: a fall-back, and only that.

The zones are described at https://www.team-cymru.com/ip-asn-mapping (read 2026-11): TXT records such as
`64500 64501 | 192.0.2.0/24 | NL | ripencc | 2001-01-01` at the reversed address below `origin` and `origin6`, one a covering prefix, and
`64500 | NL | ripencc | 2001-01-01 | VOORBEELD-AS, NL` at `AS64500`. NXDOMAIN says that the source knows no origin, which is an answer.
The country in a record is that of the registration, and is left out. As with every AS, the name of the holder may lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from herkomst.collectors.ip_ownership.part import Part
from herkomst.collectors.ip_ownership.recorder import Recorder
from herkomst.collectors.resolution import NoReply, Reply, Resolver
from herkomst.config.tables.rows import parse_prefix
from herkomst.scanner.errors import KnowledgeError
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import IpOrigin

DATASET = "cymru-dns"
MAX_RECORDS = 64
MAX_ORIGINS = 16
_MAX_NAME = 200
_LARGEST_ASN = 2**32 - 1


@dataclass(frozen=True, slots=True)
class _Announced:
    """One prefix and the AS numbers that announce it."""

    prefix: str
    version: int
    first: int
    last: int
    asns: tuple[int, ...]


async def describe_origin(part: Part, zone: str, resolver: Resolver, recorder: Recorder) -> None:
    """Add who announces a part, that nobody is known to, or the failure. `zone` is the zone that holds `origin` and `origin6`."""
    name = origin_name(part.version, part.first, zone)
    reply = await resolver.ask(name, "TXT")
    if isinstance(reply, NoReply):
        detail = f"{name}: {reply.detail}" if reply.detail else name
        recorder.fail(IpOrigin.kind, reply.reason, retryable=reply.retryable, detail=detail, about=part.text)
        return
    raw = reply.raws[-1] if reply.raws else None
    if not reply.values:
        recorder.add(IpOrigin(part.text, "", (), (), DATASET), raw)
        return
    found = parse_origins(reply.values, part)
    if found is None:
        detail = f"{name} has no record with an AS number and a prefix around the address"
        recorder.fail(IpOrigin.kind, FailureReason.MALFORMED, retryable=False, detail=detail, about=part.text)
    elif found.last < part.last:
        detail = f"only {found.prefix} is announced together: declare smaller networks"
        recorder.fail(IpOrigin.kind, FailureReason.TOO_LARGE, retryable=False, detail=detail, about=part.text)
    else:
        names = [resolver.ask(f"AS{asn}.{zone}", "TXT") for asn in found.asns]
        holders = [_holder(await name_reply, asn) for name_reply, asn in zip(names, found.asns, strict=True)]
        recorder.add(IpOrigin(part.text, found.prefix, found.asns, tuple(holders), DATASET), raw)


def origin_name(version: int, number: int, zone: str) -> str:
    """Return the name whose TXT records tell who announces an address."""
    if version == 4:
        return ".".join([*map(str, reversed(number.to_bytes(4, "big"))), "origin", zone])
    return ".".join([*reversed(f"{number:032x}"), "origin6", zone])


def parse_origins(records: Sequence[str], part: Part) -> _Announced | None:
    """Return the longest announced prefix around a part's first address, with all its origins; None where no record has one."""
    read = [found for record in records[:MAX_RECORDS] if (found := _parse_record(record)) is not None]
    around = [found for found in read if found.version == part.version and found.first <= part.first <= found.last]
    if not around:
        return None
    longest = min(around, key=lambda found: found.last - found.first)
    asns = sorted({asn for found in around if found.prefix == longest.prefix for asn in found.asns})
    return _Announced(longest.prefix, longest.version, longest.first, longest.last, tuple(asns[:MAX_ORIGINS]))


def _parse_record(record: str) -> _Announced | None:
    numbers, _, rest = record.strip().strip('"').partition("|")
    prefix = rest.partition("|")[0].strip()
    asns = tuple(int(text) for text in numbers.split() if text.isascii() and text.isdigit() and len(text) <= 10)
    try:
        version, first, last = parse_prefix(prefix)
    except KnowledgeError:
        return None
    asns = tuple(asn for asn in asns if 0 < asn <= _LARGEST_ASN)
    return _Announced(prefix, version, first, last, asns) if asns else None


def _holder(reply: Reply | NoReply, asn: int) -> str:
    """Return the name of an AS; empty where none is given: the number is what counts."""
    for record in reply.values if isinstance(reply, Reply) else ():
        fields = [field.strip() for field in record.strip().strip('"').split("|")]
        if len(fields) >= 5 and fields[0] == str(asn):
            return fields[-1][:_MAX_NAME]
    return ""
