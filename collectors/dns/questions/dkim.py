"""Which services sign the mail of a domain: the DKIM selectors that known services use (RFC 6376 section 3.6.2.1)."""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.collectors.dns.inquiry import fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.collectors.dns.selectors import DKIM_SELECTORS
from herkomst.scanner.model.breadth import DKIM


def _ask(name: str) -> Iterator[Question]:
    owners = (f"{selector}._domainkey.{name}" for selector in DKIM_SELECTORS)
    return (Question(owner, "TXT", with_alias=True) for owner in owners if fits(owner))


SIGNING_KEYS = Group("signing keys", DOMAIN_ONLY, _ask, left_out=frozenset({DKIM}))
