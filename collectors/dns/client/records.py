"""Record data in the one canonical text form that observations carry (`DnsRRset.values`).

Names are lower case without trailing dot; the root is ".". An octet that is no letter, digit or hyphen stays escaped as RFC 1035
section 5.1 writes it, so a name from an answer is always printable. TXT and CAA text keeps its control characters: it is evidence,
and reports escape it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import cast

import dns.name
import dns.rdata
import dns.rdatatype
import dns.rdtypes.ANY.CAA
import dns.rdtypes.ANY.MX
import dns.rdtypes.ANY.SOA
import dns.rdtypes.ANY.TXT
import dns.rdtypes.IN.A
import dns.rdtypes.IN.SRV
import dns.rdtypes.nsbase
from herkomst.scanner.names import canonical_address


def present_name(name: dns.name.Name) -> str:
    """Return a name from a message as canonical text: what `canonical_name` gives where the name is an ordinary one."""
    return name.to_text(omit_final_dot=True).lower()


def present_text(octets: bytes) -> str:
    """Return octets as text: UTF-8, and `\\xNN` for each octet that is none."""
    return octets.decode("utf-8", "backslashreplace")


def present_values(records: Iterable[dns.rdata.Rdata]) -> tuple[str, ...]:
    """Return the records of one set in canonical text, each once, sorted."""
    return tuple(sorted({_PRESENT.get(record.rdtype, _present_other)(record) for record in records}))


def _present_address(record: dns.rdata.Rdata) -> str:
    return canonical_address(cast("dns.rdtypes.IN.A.A", record).address)


def _present_target(record: dns.rdata.Rdata) -> str:
    return present_name(cast("dns.rdtypes.nsbase.NSBase", record).target)


def _present_mx(record: dns.rdata.Rdata) -> str:
    mx = cast("dns.rdtypes.ANY.MX.MX", record)
    return f"{mx.preference} {present_name(mx.exchange)}"


def _present_txt(record: dns.rdata.Rdata) -> str:
    # RFC 7208 section 3.3: the strings of one record are joined without a space
    return present_text(b"".join(cast("dns.rdtypes.ANY.TXT.TXT", record).strings))


def _present_soa(record: dns.rdata.Rdata) -> str:
    soa = cast("dns.rdtypes.ANY.SOA.SOA", record)
    # without the serial: it changes with every edit of the zone and means nothing here
    timers = f"{soa.refresh} {soa.retry} {soa.expire} {soa.minimum}"
    return f"{present_name(soa.mname)} {present_name(soa.rname)} {timers}"


def _present_caa(record: dns.rdata.Rdata) -> str:
    caa = cast("dns.rdtypes.ANY.CAA.CAA", record)
    return f"{caa.flags} {present_text(caa.tag).lower()} {present_text(caa.value)}"


def _present_srv(record: dns.rdata.Rdata) -> str:
    srv = cast("dns.rdtypes.IN.SRV.SRV", record)
    return f"{srv.priority} {srv.weight} {srv.port} {present_name(srv.target)}"


def _present_other(record: dns.rdata.Rdata) -> str:
    return record.to_text()


_PRESENT: dict[dns.rdatatype.RdataType, Callable[[dns.rdata.Rdata], str]] = {
    dns.rdatatype.A: _present_address,
    dns.rdatatype.AAAA: _present_address,
    dns.rdatatype.CNAME: _present_target,
    dns.rdatatype.NS: _present_target,
    dns.rdatatype.PTR: _present_target,
    dns.rdatatype.MX: _present_mx,
    dns.rdatatype.TXT: _present_txt,
    dns.rdatatype.SOA: _present_soa,
    dns.rdatatype.CAA: _present_caa,
    dns.rdatatype.SRV: _present_srv,
}
