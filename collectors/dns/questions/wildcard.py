"""Names that nobody publishes, so that a selector or autodiscover that is only a wildcard's answer can be told (RFC 4592)."""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.collectors.dns.inquiry import ADDRESS_TYPES, fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.breadth import WILDCARD
from herkomst.scanner.names import WILDCARD_LABEL


def _ask(name: str) -> Iterator[Question]:
    host, selector = f"{WILDCARD_LABEL}.{name}", f"{WILDCARD_LABEL}._domainkey.{name}"
    questions = (*((host, rdtype) for rdtype in ADDRESS_TYPES), (selector, "TXT"))
    return (Question(owner, rdtype, with_alias=True) for owner, rdtype in questions if fits(owner))


WILDCARDS = Group("wildcards", DOMAIN_ONLY, _ask, left_out=frozenset({WILDCARD}))
