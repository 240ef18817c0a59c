"""The keys that a domain's mail servers must show (DANE for SMTP, RFC 7672 section 3.1.3): TLSA at each of its MX hosts."""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import Inquiry, fits
from herkomst.collectors.dns.leads import mail_hosts
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question, Rounds
from herkomst.scanner.model.breadth import TLSA


def _ask(_: str) -> tuple[Question, ...]:
    return ()


def _follow(inquiry: Inquiry, name: str) -> Rounds:
    """Ask at the hosts that are followed as leads: which are left out beyond the bound is told there."""
    yield (Question(name, "MX"),)
    owners = (f"_25._tcp.{host}" for host in mail_hosts(inquiry.answered(name, "MX")))
    yield [Question(owner, "TLSA") for owner in owners if fits(owner)]


MAIL_SERVER_KEYS = Group("mail server keys", DOMAIN_ONLY, _ask, left_out=frozenset({TLSA}), follow=_follow)
