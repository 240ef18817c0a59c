"""The reverse name of an address (PTR, RFC 1035 section 3.5, RFC 3596 section 2.5)."""

from __future__ import annotations

import ipaddress

from herkomst.collectors.dns.questions.group import Group, Question
from herkomst.scanner.model.target import TargetKind


def _ask(address: str) -> tuple[Question, ...]:
    return (Question(ipaddress.ip_address(address).reverse_pointer, "PTR"),)


REVERSE_NAME = Group("reverse name", frozenset({TargetKind.ADDRESS}), _ask, narrow=True)
