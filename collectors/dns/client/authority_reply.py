"""What a message of an authoritative server amounts to: a reply with authority, a referral, or the reason why neither.

Read with dnspython: such a message is met about once for a domain, and mostly has DNSSEC records. RFC 1034 section 4.3.2 says what a server
answers to a question without recursion, RFC 4035 section 3.1.4.1 what stands beside a referral.
"""

from __future__ import annotations

import struct

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from herkomst.collectors.dns.client.message import keep_raw
from herkomst.collectors.dns.client.question import Question
from herkomst.collectors.dns.client.records import present_name, present_values
from herkomst.collectors.dns.client.reply import SPOKEN, no_reply, refuse
from herkomst.collectors.resolution import Authoritative, NoReply, Outcome, Referral, Reply
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import RawAnswer

MAX_SERVERS = 100
"""Name servers of one zone that are read; the largest zones have 13."""


def read_authority_reply(wire: bytes, question: Question, server: ResolverAddress) -> Authoritative | NoReply:
    """Return what a whole message says about a question that was asked without recursion."""
    if wire[3] & 0x0F not in SPOKEN:
        return no_reply(question, server, dns.rcode.from_flags(wire[3], 0))
    try:
        message = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError, struct.error):
        return refuse(question, FailureReason.MALFORMED, f"{server} sent a message that does not parse")
    if message.rcode() not in SPOKEN:
        return no_reply(question, server, message.rcode())
    name, raw = dns.name.from_text(question.name), keep_raw(wire)
    referral = _find_referral(message, name)
    if referral is not None:
        return _read_referral(message, referral, question, server, raw)
    if not message.flags & dns.flags.AA:
        return refuse(question, FailureReason.REFUSED, f"{server} answered without authority")
    return Authoritative(server.address, _read_reply(message, name, question, raw))


def _find_referral(message: dns.message.Message, name: dns.name.Name) -> dns.rrset.RRset | None:
    """Return the NS records that the message refers to; None where it does not refer.

    A referral has no AA bit. Some servers set it all the same: one that only names servers of the very name, without an SOA, refers.
    """
    sets = [item for item in message.authority if item.rdclass == dns.rdataclass.IN]
    if message.answer or message.rcode() or any(item.rdtype == dns.rdatatype.SOA for item in sets):
        return None
    found = next((item for item in sets if item.rdtype == dns.rdatatype.NS), None)
    return None if found is None or (message.flags & dns.flags.AA and found.name != name) else found


def _read_referral(
    message: dns.message.Message, found: dns.rrset.RRset, question: Question, server: ResolverAddress, raw: RawAnswer
) -> Authoritative | NoReply:
    owner = present_name(found.name)
    if owner != question.owner:
        return refuse(question, FailureReason.REFUSED, f"{server} referred to the servers of {owner}: it does not know this name")
    servers = present_values(found)
    if len(servers) > MAX_SERVERS:
        return refuse(question, FailureReason.TOO_LARGE, f"{server} named {len(servers)} name servers, more than {MAX_SERVERS}")
    glue = {
        (host, address)
        for item in message.additional
        if item.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA) and (host := present_name(item.name)) in servers
        for address in present_values(item)
    }
    return Authoritative(
        server.address, Referral(question.name, servers, tuple(sorted(glue)), _has_ds(message, found.name), (raw,))
    )


def _has_ds(message: dns.message.Message, owner: dns.name.Name) -> bool | None:
    """Say whether a DS record stands beside a referral; a parent that is not signed shows neither it nor that there is none."""
    kinds = {item.rdtype for item in message.authority if item.rdtype != dns.rdatatype.DS or item.name == owner}
    if dns.rdatatype.DS in kinds:
        return True
    return False if kinds & {dns.rdatatype.NSEC, dns.rdatatype.NSEC3} else None


def _read_reply(message: dns.message.Message, name: dns.name.Name, question: Question, raw: RawAnswer) -> Reply:
    """Return a reply with authority; an alias is none of the records that were asked for."""
    values = tuple(
        value
        for item in message.answer
        if item.name == name and item.rdclass == dns.rdataclass.IN and item.rdtype == question.code
        for value in present_values(item)
    )
    outcome = Outcome.ANSWER if values else Outcome.NXDOMAIN if message.rcode() == dns.rcode.NXDOMAIN else Outcome.NODATA
    return Reply(question.name, question.rdtype, outcome, values, (), False, (raw,))
