"""The logo that mail programs show beside a domain's mail, and the certificate for it (BIMI, draft-brand-indicators-for-message-identification)."""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.breadth import BIMI


def _ask(name: str) -> tuple[Question, ...]:
    owner = f"default._bimi.{name}"
    return (Question(owner, "TXT"),) if fits(owner) else ()


MAIL_LOGO = Group("mail logo", DOMAIN_ONLY, _ask, left_out=frozenset({BIMI}))
