"""Addresses: of the name, of `www` beside a registrable domain, and of a host met on the way (RFC 1035, RFC 3596)."""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.collectors.dns.inquiry import ADDRESS_TYPES, fits
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question
from herkomst.scanner.model.target import TargetKind
from herkomst.scanner.names import registrable_domain


def _ask_domain(name: str) -> Iterator[Question]:
    hosts = [name, f"www.{name}"] if registrable_domain(name) == name else [name]
    return (Question(host, rdtype) for host in hosts if fits(host) for rdtype in ADDRESS_TYPES)


def _ask_host(name: str) -> Iterator[Question]:
    return (Question(name, rdtype) for rdtype in ADDRESS_TYPES)


DOMAIN_ADDRESSES = Group("addresses", DOMAIN_ONLY, _ask_domain, narrow=True)
HOST_ADDRESSES = Group("host addresses", frozenset({TargetKind.HOST}), _ask_host, narrow=True)
