"""Who receives reports on encrypted delivery to a domain (TLS-RPT, RFC 8460 section 3)."""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.breadth import TLS_RPT


def _ask(name: str) -> tuple[Question, ...]:
    owner = f"_smtp._tls.{name}"
    return (Question(owner, "TXT"),) if fits(owner) else ()


DELIVERY_REPORTS = Group("delivery reports", DOMAIN_ONLY, _ask, left_out=frozenset({TLS_RPT}))
