"""Where mail and calendar programs find their server: service records (RFC 6186, RFC 6764, RFC 8314) and the host `autoconfig`.

Of `autoconfig` (Mozilla) only the alias is asked for: an alias names who serves the settings.
"""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.collectors.dns.inquiry import fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.breadth import MAIL_SERVICES, SERVICES


def _ask(name: str) -> Iterator[Question]:
    questions = (
        *(Question(f"{service}._tcp.{name}", "SRV") for service in MAIL_SERVICES),
        Question(f"autoconfig.{name}", "CNAME"),
    )
    return (question for question in questions if fits(question.name))


MAIL_SERVICE_RECORDS = Group("mail services", DOMAIN_ONLY, _ask, left_out=frozenset({SERVICES}))
