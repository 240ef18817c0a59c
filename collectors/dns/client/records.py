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
import dns.rdtypes.svcbbase
import dns.rdtypes.tlsabase
from herkomst.scanner.names import canonical_address


def present_name(name: dns.name.Name) -> str:
    """Return a name from a message as canonical text: what `canonical_name` gives where the name is an ordinary one."""
    return name.to_text(omit_final_dot=True).lower()


def present_text(octets: bytes) -> str:
    """Return octets as text: UTF-8, and `\\xNN` for each octet that is none."""
    return octets.decode("utf-8", "backslashreplace")


def present_values(records: Iterable[dns.rdata.Rdata]) -> tuple[str, ...]:
    """Return the records of one set in canonical text, each once, sorted."""
    return tuple(sorted({present_value(record) for record in records}))


def present_value(record: dns.rdata.Rdata) -> str:
    """Return one record's data in canonical text."""
    return _PRESENT.get(record.rdtype, _present_other)(record)


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


def _present_service_binding(record: dns.rdata.Rdata) -> str:
    """Return priority, target and parameters in the order of their numbers (RFC 9460 section 2.1), each as `key=value` without quotes.

    The value of `ech` is left out: operators change that key every few hours, and it names nobody.
    """
    binding = cast("dns.rdtypes.svcbbase.SVCBBase", record)
    params = [_present_parameter(int(key), value) for key, value in sorted(binding.params.items())]
    return " ".join((str(binding.priority), present_name(binding.target), *params))


def _present_parameter(key: int, value: object) -> str:
    name: str = dns.rdtypes.svcbbase.key_to_text(key)  # type: ignore[no-untyped-call]  # dnspython gives it no types
    if value is None or key == dns.rdtypes.svcbbase.ParamKey.ECH:
        return name
    if isinstance(value, dns.rdtypes.svcbbase.IPv4HintParam | dns.rdtypes.svcbbase.IPv6HintParam):
        return f"{name}={','.join(sorted(canonical_address(address) for address in value.addresses))}"
    text: str = value.to_text()  # type: ignore[attr-defined]  # every parameter of dnspython has it
    return name + "=" + text.strip('"')


def _present_tlsa(record: dns.rdata.Rdata) -> str:
    tlsa = cast("dns.rdtypes.tlsabase.TLSABase", record)
    return f"{tlsa.usage} {tlsa.selector} {tlsa.mtype} {bytes(tlsa.cert).hex()}"


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
    dns.rdatatype.HTTPS: _present_service_binding,
    dns.rdatatype.SVCB: _present_service_binding,
    dns.rdatatype.TLSA: _present_tlsa,
}
