"""The resolvers that resolv.conf names."""

from __future__ import annotations

from pathlib import Path

from herkomst.collectors.dns.client.system import system_resolvers
from herkomst.config.settings import ResolverAddress


def test_the_first_three_usable_resolvers_are_taken_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text(
        "# comment\nsearch voorbeeld.example\nnameserver 192.0.2.1\nnameserver not-an-address\nnameserver\nnameserver 2001:DB8::1\n"
        "nameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver 192.0.2.4\n"
    )
    assert system_resolvers(file) == (
        ResolverAddress("192.0.2.1"),
        ResolverAddress("2001:db8::1"),
        ResolverAddress("fe80::1%eth0"),
    )


def test_without_a_file_or_a_resolver_in_it_the_loopback_address_is_asked(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"\xff\xfe options ndots:1\n")
    for name in ("empty", "absent"):
        assert system_resolvers(tmp_path / name) == (ResolverAddress("127.0.0.1"),)
