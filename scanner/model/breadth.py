"""What a narrow run leaves out, finer than an observation kind: `KIND/PART`, as listed in `not_asked`.

A question that was not asked for its breadth is known by its name, since nothing else is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.names import WILDCARD_LABEL

DKIM = "dns.rrset/DKIM"
DISCOVERY = "dns.rrset/autodiscover"
WILDCARD = "dns.rrset/wildcard"
MTA_STS = "dns.rrset/MTA-STS"
TLS_RPT = "dns.rrset/TLS-RPT"
TLSA = "dns.rrset/TLSA"
SERVICES = "dns.rrset/services"
BIMI = "dns.rrset/BIMI"
INCLUDES = "spf.term/include"
DELEGATION = "dns.delegation/NS"
PARTS = frozenset({DKIM, DISCOVERY, WILDCARD, MTA_STS, TLS_RPT, TLSA, SERVICES, BIMI, INCLUDES, DELEGATION})
"""All parts that a narrow run leaves out, each with a phrase in both languages."""
IPV6_CERTIFICATES = "tls.chain/IPv6"
"""Certificates at IPv6 addresses, to which the machine of the run has no way: nobody's choice, and no failure of who is asked."""
MAIL_SERVICES = ("_imaps", "_imap", "_pop3s", "_submissions", "_submission", "_caldavs", "_carddavs")
"""Service names under which mail programs look for a mailbox (RFC 6186, RFC 6764, RFC 8314)."""
_PART_BY_FIRST_LABEL = {
    WILDCARD_LABEL: WILDCARD,
    "autodiscover": DISCOVERY,
    "_autodiscover": DISCOVERY,
    "_mta-sts": MTA_STS,
    "mta-sts": MTA_STS,
    "_smtp": TLS_RPT,
    "_25": TLSA,
    "autoconfig": SERVICES,
    **dict.fromkeys(MAIL_SERVICES, SERVICES),
}
_PART_BY_LABEL = (("._domainkey.", DKIM), ("._bimi.", BIMI))


def part_of_question(name: str) -> str:
    """Return the part that a question about a name belongs to, empty where it is none that can be left out."""
    part = _PART_BY_FIRST_LABEL.get(name.partition(".")[0], "")
    return part or next((part for label, part in _PART_BY_LABEL if label in name), "")


def is_narrow(not_asked: Iterable[str]) -> bool:
    """Say whether a run left something out for its breadth."""
    return not PARTS.isdisjoint(not_asked)


def left_out_part(name: str, not_asked: Iterable[str]) -> str:
    """Return the part of a question where the run left that part out, empty where it did not."""
    part = part_of_question(name)
    return part if part in set(not_asked) else ""
