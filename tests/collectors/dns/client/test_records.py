"""Record data in canonical text."""

from __future__ import annotations

import dns.rdata
import dns.rdataclass
import dns.rdatatype
import pytest
from herkomst.collectors.dns.client.records import present_name, present_text, present_values
from herkomst.scanner.names import canonical_name
from hypothesis import given
from hypothesis import strategies as st


def present(rdtype: str, *texts: str) -> tuple[str, ...]:
    return present_values(dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(rdtype), text) for text in texts)


@pytest.mark.parametrize(
    ("rdtype", "text", "value"),
    [
        ("A", "192.0.2.1", "192.0.2.1"),
        ("AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("CNAME", "Edge.Voorbeeld.Example.", "edge.voorbeeld.example"),
        ("NS", "NS1.Voorbeeld.Example.", "ns1.voorbeeld.example"),
        ("PTR", "Host.Voorbeeld.Example.", "host.voorbeeld.example"),
        ("MX", "10 MX.Voorbeeld.Example.", "10 mx.voorbeeld.example"),
        ("MX", "0 .", "0 ."),
        ("TXT", '"v=spf1 " "-all"', "v=spf1 -all"),
        ("TXT", '"\\255\\027[31m"', "\\xff\x1b[31m"),
        (
            "SOA",
            "NS1.Voorbeeld.Example. Admin.Voorbeeld.Example. 2026110101 1 2 3 4",
            "ns1.voorbeeld.example admin.voorbeeld.example 1 2 3 4",
        ),
        ("CAA", '0 Issue "ca.example; account=7"', "0 issue ca.example; account=7"),
        ("SRV", "0 0 443 Post.Voorbeeld.Example.", "0 0 443 post.voorbeeld.example"),
        (
            "HTTPS",
            '1 Edge.Voorbeeld.Example. ipv6hint="2001:DB8::1" alpn="h2,h3" ipv4hint="192.0.2.2,192.0.2.1" ech="AAT+DQAA"',
            "1 edge.voorbeeld.example alpn=h2,h3 ipv4hint=192.0.2.1,192.0.2.2 ech ipv6hint=2001:db8::1",
        ),
        ("HTTPS", "0 CDN.Voorbeeld.Example.", "0 cdn.voorbeeld.example"),
        ("SVCB", "2 . no-default-alpn alpn=h2 port=8443 key667=x", "2 . alpn=h2 no-default-alpn port=8443 key667=x"),
        ("TLSA", "3 1 1 " + "AB" * 32, "3 1 1 " + "ab" * 32),
        ("HINFO", '"x" "y"', '"x" "y"'),
    ],
)
def test_each_type_has_one_text_form(rdtype: str, text: str, value: str) -> None:
    assert present(rdtype, text) == (value,)


def test_the_serial_of_a_zone_is_left_out() -> None:
    assert present("SOA", "ns. admin. 1 7200 3600 1209600 300") == present("SOA", "ns. admin. 2 7200 3600 1209600 300")


def test_records_are_sorted_and_each_stands_once() -> None:
    assert present("NS", "b.example.", "A.example.", "a.example.") == ("a.example", "b.example")


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=4))
def test_a_name_from_an_answer_is_always_printable(labels: list[bytes]) -> None:
    text = present_name(dns.name.Name([*labels, b""]))
    assert text.isprintable()
    assert text.isascii()


@given(st.from_regex(r"[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,20}[a-zA-Z0-9_])?(\.[a-z]{2,9}){1,3}", fullmatch=True))
def test_an_ordinary_name_is_the_canonical_one(name: str) -> None:
    assert present_name(dns.name.from_text(name)) == canonical_name(name)


@given(st.binary(max_size=300))
def test_any_octets_become_text_that_can_be_stored(octets: bytes) -> None:
    assert present_text(octets).encode("utf-8") is not None
