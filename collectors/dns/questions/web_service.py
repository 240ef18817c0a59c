"""Where browsers really go: the HTTPS record of a name (RFC 9460), which may name another host, or addresses as a hint."""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.collectors.dns.inquiry import fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.names import registrable_domain


def _ask(name: str) -> Iterator[Question]:
    hosts = [name, f"www.{name}"] if registrable_domain(name) == name else [name]
    return (Question(host, "HTTPS") for host in hosts if fits(host))


WEB_SERVICE = Group("web service", DOMAIN_ONLY, _ask, narrow=True)
