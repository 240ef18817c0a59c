"""What a message that matches our query amounts to: something said about the name, or the reason why nothing was."""

from __future__ import annotations

import dns.rcode
from herkomst.collectors.dns.client.codec import decode
from herkomst.collectors.dns.client.message import ChainState, Decoded
from herkomst.collectors.dns.client.question import Question
from herkomst.collectors.resolution import NoReply
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason

_REASON_BY_RCODE = {
    dns.rcode.SERVFAIL: FailureReason.SERVFAIL,
    dns.rcode.REFUSED: FailureReason.REFUSED,
    dns.rcode.NOTAUTH: FailureReason.REFUSED,
    dns.rcode.NOTIMP: FailureReason.REFUSED,
    dns.rcode.FORMERR: FailureReason.MALFORMED,
}
SPOKEN = frozenset({0, 3})
"""NOERROR and NXDOMAIN: the codes with which something is said about the name."""


def read_reply(wire: bytes, question: Question, server: ResolverAddress) -> Decoded | NoReply:
    """Return what a whole message says; a reply is NOERROR or NXDOMAIN, everything else says why there is none."""
    if wire[3] & 0x0F not in SPOKEN:
        return no_reply(question, server, dns.rcode.from_flags(wire[3], 0))
    decoded = decode(wire, question)
    if decoded is None:
        return refuse(question, FailureReason.MALFORMED, f"{server} sent a message that does not parse")
    if decoded.referral:
        detail = f"{server} only referred to other servers: it is no recursive resolver for this name"
        return refuse(question, FailureReason.REFUSED, detail)
    if decoded.rcode not in SPOKEN:  # an extended code, whose upper bits are in the OPT record
        return no_reply(question, server, decoded.rcode)
    if decoded.rcode == dns.rcode.NXDOMAIN and decoded.state is ChainState.ANSWERED:
        return refuse(question, FailureReason.MALFORMED, f"{server} said that the name does not exist and gave records of it")
    return decoded


def no_reply(question: Question, server: ResolverAddress, rcode: dns.rcode.Rcode) -> NoReply:
    """Return the failure that a response code stands for."""
    reason = _REASON_BY_RCODE.get(rcode, FailureReason.SERVFAIL)
    return refuse(question, reason, f"{server} answered {dns.rcode.to_text(rcode)}")


def refuse(question: Question, reason: FailureReason, detail: str) -> NoReply:
    """Return a failure of this question."""
    return NoReply(question.name, question.rdtype, reason, detail)
