"""Whether mail to a domain must be encrypted, and who serves that policy (MTA-STS, RFC 8461 sections 3.1 and 3.2).

The host of the policy is asked for only where a policy is announced, and only where it is an alias: then somebody else serves it.
"""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import Inquiry, fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question, Rounds
from herkomst.scanner.model.breadth import MTA_STS


def _ask(name: str) -> tuple[Question, ...]:
    owner = f"_mta-sts.{name}"
    return (Question(owner, "TXT"),) if fits(owner) else ()


def _follow(inquiry: Inquiry, name: str) -> Rounds:
    owner, host = f"_mta-sts.{name}", f"mta-sts.{name}"
    if fits(owner):
        yield (Question(owner, "TXT"),)
        if any(value.startswith("v=STSv1") for value in inquiry.answered(owner, "TXT")):
            yield (Question(host, "CNAME"),)


MAIL_POLICY = Group("mail transport policy", DOMAIN_ONLY, _ask, left_out=frozenset({MTA_STS}), follow=_follow)
