"""Who receives the mail of a domain (MX, RFC 5321 section 5)."""

from __future__ import annotations

from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question


def _ask(name: str) -> tuple[Question, ...]:
    return (Question(name, "MX"),)


MAIL_EXCHANGE = Group("mail exchange", DOMAIN_ONLY, _ask, narrow=True)
