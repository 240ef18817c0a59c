"""Leads: the hosts and addresses that a target's records name, so that they are asked about too. Bounded, and the bound is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from herkomst.collectors.dns.inquiry import ADDRESS_TYPES, Inquiry
from herkomst.collectors.resolution import Outcome, Reply
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import DnsRRset
from herkomst.scanner.model.service_binding import read_service_binding
from herkomst.scanner.model.target import Target, TargetKind
from herkomst.scanner.names import WILDCARD_LABEL, canonical_name, is_within

MAX_MX_HOSTS = 50
MAX_LEADS = 200
_HOST_RDTYPES = ("MX", "NS", "SRV", "HTTPS")


def follow(inquiry: Inquiry, target: Target) -> tuple[Target, ...]:
    """Return the leads of a target, the hosts that receive its mail first.

    What lies beyond the bounds is one failure (`too_large`) for each record set that was not followed to its end.
    """
    leads: dict[Target, None] = {}
    for reply in sorted((*inquiry.replies(), *_delegated(inquiry)), key=lambda reply: _rank(reply, target)):
        left_out = 0
        for place, lead in enumerate(_leads_of(reply, target, inquiry)):
            if lead in leads:
                continue
            if len(leads) >= MAX_LEADS or (reply.rdtype == "MX" and place >= MAX_MX_HOSTS):
                left_out += 1
            else:
                leads[lead] = None
        if left_out:
            what = "names or addresses in" if reply.rdtype == "HTTPS" else "of"
            detail = f"{left_out} {what} the {len(reply.values)} records were not followed"
            inquiry.note_failure(reply.name, DnsRRset.kind, FailureReason.TOO_LARGE, reply.rdtype, detail, retryable=False)
    return tuple(leads)


def _delegated(inquiry: Inquiry) -> Iterator[Reply]:
    """Yield what parent zones say as the records that it stands for: name servers, and the addresses of those inside the zone."""
    for said in inquiry.delegations():
        yield Reply(said.name, "NS", Outcome.ANSWER, said.servers, (), False, ())
        glue = sorted({address for host, _, address in (item.partition(" ") for item in said.glue) if is_within(host, said.name)})
        for rdtype, mark in zip(ADDRESS_TYPES, (".", ":"), strict=True):
            yield Reply(said.name, rdtype, Outcome.ANSWER, tuple(item for item in glue if mark in item), (), False, ())


def _rank(reply: Reply, target: Target) -> tuple[int, bool, str, str]:
    """Order hosts before addresses, and names of the target before those that only an SPF term names."""
    order = (*_HOST_RDTYPES, *ADDRESS_TYPES)
    own = (target.value, f"www.{target.value}", f"autodiscover.{target.value}")
    return (order.index(reply.rdtype) if reply.rdtype in order else len(order), reply.name not in own, reply.name, reply.rdtype)


def _leads_of(reply: Reply, target: Target, inquiry: Inquiry) -> Iterator[Target]:
    if reply.name.startswith(WILDCARD_LABEL):
        return  # nothing runs there for anybody: it is only compared with
    if reply.rdtype == "HTTPS":
        for value in reply.values:
            yield from _service(value, inquiry)
    elif reply.rdtype in ADDRESS_TYPES:
        if target.kind is TargetKind.DOMAIN and reply.name == f"autodiscover.{target.value}" and reply.hops:
            yield from _host(reply.hops[-1], inquiry)
        yield from (Target(TargetKind.ADDRESS, value) for value in reply.values)
    elif reply.rdtype in _HOST_RDTYPES and target.kind is TargetKind.DOMAIN:
        for value in sorted(reply.values, key=_preference):
            yield from _host(value.rpartition(" ")[2], inquiry)


def mail_hosts(values: Iterable[str]) -> list[str]:
    """Return the hosts of MX values that are asked about, the most preferred first, at most `MAX_MX_HOSTS`."""
    hosts = dict.fromkeys(value.partition(" ")[2] for value in sorted(values, key=_preference))
    return [host for host in hosts if host not in ("", ".")][:MAX_MX_HOSTS]


def _service(value: str, inquiry: Inquiry) -> Iterator[Target]:
    """Yield the host that an HTTPS record names, and the addresses that it hints at (RFC 9460 section 7.3)."""
    binding = read_service_binding(value)
    if binding is None:
        yield from _host(value.split(" ")[1], inquiry)  # no host name: a failure that tells so
    else:
        yield from _host(binding.target, inquiry)
        yield from (Target(TargetKind.ADDRESS, address) for address in binding.hints)


def _preference(value: str) -> tuple[int, str]:
    """Order MX and SRV values by their first number, so that a bound cuts the least preferred; NS values have none."""
    first, separator, _ = value.partition(" ")
    return (int(first) if separator and first.isdigit() else 0, value)


def _host(name: str, inquiry: Inquiry) -> Iterator[Target]:
    """Yield a host that can exist; "." means none (RFC 7505, RFC 2782).

    A name with other octets than a host's cannot be asked for: that is a failure, since somebody named it as a host.
    """
    if name in ("", "."):
        return
    try:
        yield Target(TargetKind.HOST, canonical_name(name))
    except InvalidName as error:
        for rdtype in ADDRESS_TYPES:
            inquiry.note_failure(name, DnsRRset.kind, FailureReason.MALFORMED, rdtype, error.message, retryable=False)
