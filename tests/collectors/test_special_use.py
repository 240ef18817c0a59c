from __future__ import annotations

import ipaddress

import pytest
from herkomst.collectors.special_use import find_special_use
from herkomst.config.tables.rows import parse_address
from hypothesis import given
from hypothesis import strategies as st


def use_of(address: str) -> str | None:
    version, number = parse_address(address)
    return find_special_use(version, number, number)


@pytest.mark.parametrize(
    ("address", "use"),
    [
        ("10.0.0.1", "private"),
        ("172.31.255.255", "private"),
        ("172.32.0.0", None),
        ("192.168.1.1", "private"),
        ("fd00::1", "private"),
        ("100.64.0.1", "shared"),
        ("127.0.0.53", "loopback"),
        ("::1", "loopback"),
        ("169.254.169.254", "link_local"),
        ("fe80::1", "link_local"),
        ("192.0.2.1", "documentation"),
        ("198.51.100.255", "documentation"),
        ("203.0.113.0", "documentation"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "unspecified"),  # noqa: S104 - a question, nothing listens on it
        ("::", "unspecified"),
        ("0.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("198.19.0.1", "reserved"),
        ("64:ff9b::808:808", "reserved"),
        ("4000::1", "reserved"),
        ("8.8.8.8", None),
        ("2a00:1450::1", None),
    ],
)
def test_special_addresses_are_named_by_their_use(address: str, use: str | None) -> None:
    assert use_of(address) == use


def test_a_network_has_a_use_only_where_all_of_it_has() -> None:
    assert find_special_use(4, *(int(ipaddress.IPv4Address(text)) for text in ("10.0.0.0", "10.255.255.255"))) == "private"
    assert find_special_use(4, *(int(ipaddress.IPv4Address(text)) for text in ("9.0.0.0", "10.255.255.255"))) is None


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_our_names_agree_with_the_standard_library(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    use = use_of(str(address))
    assert (use == "multicast") == (address.is_multicast)
    assert (use == "unspecified") == (address.is_unspecified)
    if use is None:
        assert not address.is_loopback
        assert not address.is_link_local
    elif use in {"private", "loopback", "link_local", "documentation"}:
        assert not address.is_global
