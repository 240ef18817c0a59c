"""What receivers should do with forged mail, and who gets the reports (DMARC, RFC 7489 section 6.6.3)."""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.names import registrable_domain


def _ask(name: str) -> tuple[Question, ...]:
    # a name without a policy of its own has that of its organisation
    owners = dict.fromkeys((f"_dmarc.{name}", f"_dmarc.{registrable_domain(name) or name}"))
    return tuple(Question(owner, "TXT") for owner in owners if fits(owner))


DMARC = Group("mail authentication policy", DOMAIN_ONLY, _ask, narrow=True)
