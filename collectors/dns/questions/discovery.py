"""Where mail programs find the mailboxes: the host `autodiscover` and its service record (Microsoft, MS-OXDISCO; RFC 2782)."""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.collectors.dns.inquiry import ADDRESS_TYPES, fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.breadth import DISCOVERY


def _ask(name: str) -> Iterator[Question]:
    host, service = f"autodiscover.{name}", f"_autodiscover._tcp.{name}"
    if fits(host):
        yield from (Question(host, rdtype, with_alias=True) for rdtype in ADDRESS_TYPES)
    if fits(service):
        yield Question(service, "SRV")


MAILBOX_DISCOVERY = Group("mailbox discovery", DOMAIN_ONLY, _ask, left_out=frozenset({DISCOVERY}))
