"""Zone data of the laboratory's DNS server, and the answer to one question: no sockets here.

The data play two parts at once: those of all authoritative servers, and those of the recursive resolver in front of them. Which
one is asked shows in the question: without recursion desired, the server of the parent zone answers and refers to the name servers of
the zone below (RFC 1034 section 4.3.2). With it, an answer has RA set and follows CNAMEs through all zones (RFC 1034 section 4.3.2), a negative answer carries the SOA of its zone (RFC
2308), wildcards follow RFC 4592, and AD is set where the zone is said to be signed and the question asked for it (RFC 6840 section 5.8).
Some names behave badly on purpose: `Behaviour`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

MAX_HOPS = 12
"""CNAMEs followed in one answer: as many as a careful resolver would."""
TTL_S = 300
NEGATIVE_TTL_S = 60
PAYLOAD_BYTES = 1232
ANY_TYPE = "*"
PARENT_SERVER = "a.registry.example"
DEFAULT_SOA = (f"ns.invalid. hostmaster.invalid. 1 7200 900 1209600 {NEGATIVE_TTL_S}",)
"""Of a zone that gives none: it only has to be there (RFC 2308 section 3)."""


class Behaviour(StrEnum):
    """What goes wrong on purpose when a name is asked for."""

    TRUNCATE = "truncate"
    """Over UDP only TC; the whole answer over TCP (RFC 7766)."""
    SERVFAIL = "servfail"
    REFUSED = "refused"
    LAME = "lame"
    """A referral to the root, without RA or AA: the server knows nothing of the zone."""
    SLOW = "slow"
    """The right answer, after `SLOW_S` seconds."""
    SILENT = "silent"
    """No answer, ever."""
    WRONG_ID = "wrong_id"
    """An answer whose message id is not the question's."""
    EMPTY = "empty"
    """No bytes worth parsing: a datagram shorter than a header."""


SLOW_S = 0.3


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: the message to send, or nothing; `behaviour` is what the name does wrong, None where all is well."""

    message: dns.message.Message | None
    behaviour: Behaviour | None = None


@dataclass(slots=True)
class Zone:
    """One zone: `records` by absolute name in lower case without final dot, then by type, values in presentation form."""

    apex: str
    signed: bool = False
    records: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, name: str, rdtype: str, *values: str) -> None:
        """Add values to a record set; values that are there already are not added twice."""
        rrsets = self.records.setdefault(name.lower(), {})
        present = rrsets.get(rdtype, ())
        rrsets[rdtype] = present + tuple(value for value in dict.fromkeys(values) if value not in present)


def parent_zone(apex: str) -> Zone:
    """Return a zone above others whose one name server is on this machine; it is asked who serves the zones below."""
    zone = Zone(apex)
    zone.add(apex, "SOA", f"{PARENT_SERVER}. hostmaster.registry.example. 1 7200 900 1209600 {NEGATIVE_TTL_S}")
    zone.add(apex, "NS", f"{PARENT_SERVER}.")
    zone.add(PARENT_SERVER, "A", "127.0.0.1")
    return zone


class Zones:
    """All zones together, indexed for answering; made once, and not changed while it is served."""

    def __init__(
        self,
        zones: Iterable[Zone],
        behaviours: Mapping[tuple[str, str], Behaviour] | None = None,
        delegations: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """`delegations` are the NS records of a zone in its parent, where they are not those of the zone itself."""
        self.zones = {zone.apex: zone for zone in zones}
        self.delegations = dict(delegations or {})
        self.behaviours = dict(behaviours or {})
        self._names: dict[str, dict[str, tuple[str, ...]]] = {}
        self._above: set[str] = {""}
        for zone in self.zones.values():
            self._above.add(zone.apex)
            for name, rrsets in zone.records.items():
                held = self._names.setdefault(name, {})
                for rdtype, values in rrsets.items():
                    held[rdtype] = held.get(rdtype, ()) + values
        for name in (*self._names, *self.zones):
            self._above.update(_parents(name))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that owns records, sorted."""
        return tuple(sorted(self._names))

    def behaviour(self, name: str, rdtype: str) -> Behaviour | None:
        """Return what this name does wrong for this type; None where it behaves."""
        return self.behaviours.get((name, rdtype)) or self.behaviours.get((name, ANY_TYPE))

    def zone_of(self, name: str) -> Zone | None:
        """Return the closest zone that holds this name; None outside all zones."""
        for candidate in (name, *_parents(name)):
            zone = self.zones.get(candidate)
            if zone is not None:
                return zone
        return None

    def rrsets(self, name: str) -> dict[str, tuple[str, ...]] | None:
        """Return the record sets of a name, those of a wildcard where one matches; None where the name does not exist."""
        found = self._names.get(name)
        if found is not None or name in self._above:
            return found or {}
        for encloser in _parents(name):
            wild = self._names.get(f"*.{encloser}")
            if wild is not None:
                return wild
            if encloser in self._names or encloser in self._above:
                return None
        return None

    def answer(self, query: dns.message.Message) -> Reply:
        """Answer one query; the caller sends the message, or acts out the behaviour."""
        response = dns.message.make_response(query, recursion_available=True, our_payload=PAYLOAD_BYTES)
        if len(query.question) != 1 or query.opcode() != 0:
            response.set_rcode(dns.rcode.NOTIMP if query.opcode() else dns.rcode.FORMERR)
            return Reply(response)
        question = query.question[0]
        rdtype = dns.rdatatype.to_text(question.rdtype)
        if not query.flags & dns.flags.RD:
            return Reply(self._refer(response, question.name))
        behaviour = self._fill(response, question.name, rdtype)
        wants_ad = bool(query.flags & dns.flags.AD) or bool(query.ednsflags & dns.flags.DO)
        if not wants_ad:
            response.flags &= ~dns.flags.AD
        if behaviour is Behaviour.SILENT:
            return Reply(None, behaviour)
        return Reply(response, behaviour)

    def _fill(self, response: dns.message.Message, qname: dns.name.Name, rdtype: str) -> Behaviour | None:
        """Put the answer into the response; return the behaviour of the first name on the chain that has one."""
        owner, name, authentic = qname, text_name(qname), True
        for _ in range(MAX_HOPS):
            behaviour = self.behaviour(name, rdtype)
            if behaviour in _REFUSALS:
                return _refuse(response, behaviour)
            zone = self.zone_of(name)
            authentic = authentic and zone is not None and zone.signed
            rrsets = self.rrsets(name)
            values = (rrsets or {}).get(rdtype)
            alias = (rrsets or {}).get("CNAME")
            if values:
                response.answer.append(_rrset(owner, rdtype, values))
            elif alias:
                response.answer.append(_rrset(owner, "CNAME", alias))
                owner = dns.name.from_text(alias[0])
                name = text_name(owner)
                continue
            else:
                response.authority.append(self._soa(zone))
                if rrsets is None:
                    response.set_rcode(dns.rcode.NXDOMAIN)
            if authentic:
                response.flags |= dns.flags.AD
            return behaviour
        return None  # a loop, or a chain without end: the hops met so far and no address, as widely used resolvers answer

    def _refer(self, response: dns.message.Message, qname: dns.name.Name) -> dns.message.Message:
        """Make a referral to the closest zone around a name, as a server of its parent does; refuse where there is no such parent."""
        response.flags &= ~dns.flags.RA
        zone = self.zone_of(text_name(qname))
        parent = self.zone_of(zone.apex.partition(".")[2]) if zone and zone.apex else None
        if zone is None or parent is None:
            response.set_rcode(dns.rcode.REFUSED)
            return response
        servers = self.delegations.get(zone.apex) or zone.records.get(zone.apex, {}).get("NS", ())
        if not servers:
            response.flags |= dns.flags.AA
            response.set_rcode(dns.rcode.NXDOMAIN)
            response.authority.append(self._soa(parent))
            return response
        response.authority.append(_rrset(dns.name.from_text(zone.apex), "NS", servers))
        for host in (server.rstrip(".") for server in servers):
            if host.endswith(f".{zone.apex}"):
                held = self.rrsets(host) or {}
                glue = ((rdtype, held[rdtype]) for rdtype in ("A", "AAAA") if rdtype in held)
                response.additional.extend(_rrset(dns.name.from_text(host), rdtype, values) for rdtype, values in glue)
        return response

    def _soa(self, zone: Zone | None) -> dns.rrset.RRset:
        apex = dns.name.from_text(zone.apex) if zone else dns.name.root
        own = zone.records.get(zone.apex, {}).get("SOA") if zone else None
        return _rrset(apex, "SOA", own or DEFAULT_SOA, NEGATIVE_TTL_S)


_REFUSALS = frozenset({Behaviour.SERVFAIL, Behaviour.REFUSED, Behaviour.LAME, Behaviour.SILENT})


def _refuse(response: dns.message.Message, behaviour: Behaviour | None) -> Behaviour | None:
    """Turn the response into one without an answer, whatever the chain had given so far."""
    response.answer.clear()
    if behaviour is Behaviour.SERVFAIL:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif behaviour is Behaviour.REFUSED:
        response.set_rcode(dns.rcode.REFUSED)
    elif behaviour is Behaviour.LAME:
        response.flags &= ~dns.flags.RA
        response.authority.append(_rrset(dns.name.root, "NS", ("a.root.example.",)))
    return behaviour


def text_name(name: dns.name.Name) -> str:
    """Return a name as the zones key it: lower case, no final dot; the root is empty."""
    return name.to_text(omit_final_dot=True).lower() if name != dns.name.root else ""


def reverse_name(address: str) -> str:
    """Return the name under which the PTR record of an address lives (RFC 1035 section 3.5, RFC 3596 section 2.5)."""
    return ipaddress.ip_address(address).reverse_pointer


def quote_text(text: str) -> str:
    """Return text as a TXT record's presentation form: character strings of at most 255 octets (RFC 1035 section 3.3)."""
    octets = text.encode()
    pieces = [octets[start : start + 255] for start in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join(_escape(octet) for octet in piece) + '"' for piece in pieces)


def _escape(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 32 <= octet < 127 else f"\\{octet:03d}"


def _parents(name: str) -> Iterable[str]:
    """Give every name above this one, nearest first, the root last."""
    while name:
        name = name.partition(".")[2]
        yield name


def _rrset(owner: dns.name.Name, rdtype: str, values: tuple[str, ...], ttl_s: int = TTL_S) -> dns.rrset.RRset:
    return dns.rrset.from_rdata_list(owner, ttl_s, _rdatas(rdtype, values))


@lru_cache(maxsize=16384)
def _rdatas(rdtype: str, values: tuple[str, ...]) -> tuple[dns.rdata.Rdata, ...]:
    """Parse the values of a record set once: parsing costs more than all the rest of an answer."""
    return tuple(dns.rdata.from_text(dns.rdataclass.IN, rdtype, value) for value in values)
