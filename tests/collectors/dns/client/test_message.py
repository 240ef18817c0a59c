"""Messages: what they say, how they are kept, and that no octets from outside can do harm."""

from __future__ import annotations

import hashlib

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
from herkomst.collectors.dns.client.message import (
    answers_query,
    decode_reply,
    encode_query,
    is_truncated,
    keep_raw,
    normalise_wire,
)
from hypothesis import given
from hypothesis import strategies as st

OWNER = "WwW.Voorbeeld.EXAMPLE."


def response(*records: str, owner: str = OWNER) -> bytes:
    query = dns.message.make_query(owner, "A", id=4660)
    message = dns.message.make_response(query)
    for record in records:
        name, rdtype, data = record.split(" ", 2)
        message.answer.append(dns.rrset.from_text(name, 300, "IN", rdtype, data))
    return message.to_wire()


MESSAGES = st.sampled_from(
    [
        response(),
        response(f"{OWNER} A 192.0.2.1"),
        response(f"{OWNER} CNAME Edge.Voorbeeld.Example.", "Edge.Voorbeeld.Example. A 192.0.2.1"),
        response(f"{OWNER} TXT Keep-This-Case", f"{OWNER} MX 10 MX.Voorbeeld.Example."),
    ]
)


def test_a_query_is_what_dnspython_understands() -> None:
    message = dns.message.from_wire(encode_query("www.voorbeeld.example", "AAAA", 4660))
    assert message.id == 4660
    assert message.question[0].to_text() == "www.voorbeeld.example. IN AAAA"
    assert message.flags == dns.flags.RD | dns.flags.AD
    assert (message.edns, message.payload) == (0, 1232)


def test_a_kept_message_has_no_id_and_owner_names_in_lower_case() -> None:
    wire = response(f"{OWNER} CNAME Edge.Voorbeeld.Example.", "Edge.Voorbeeld.Example. TXT Keep-This-Case")
    kept = dns.message.from_wire(normalise_wire(wire))
    assert kept.id == 0
    assert [record_set.name.to_text() for record_set in (*kept.question, *kept.answer)] == [
        "www.voorbeeld.example.",
        "www.voorbeeld.example.",
        "edge.voorbeeld.example.",
    ]
    assert "Keep-This-Case" in kept.answer[1].to_text()


def test_equal_answers_with_other_ids_and_letter_case_are_kept_once() -> None:
    mixed, plain = response(f"{OWNER} A 192.0.2.1"), response(f"{OWNER.lower()} A 192.0.2.1", owner=OWNER.lower())
    plain = b"\x00\x07" + plain[2:]
    assert mixed != plain
    assert keep_raw(mixed) == keep_raw(plain)
    assert keep_raw(mixed).digest == hashlib.sha256(keep_raw(mixed).body).hexdigest()


@given(MESSAGES)
def test_a_kept_message_is_kept_as_it_is(wire: bytes) -> None:
    once = normalise_wire(wire)
    assert normalise_wire(once) == once
    assert len(once) == len(wire)


@given(MESSAGES, st.data())
def test_a_damaged_message_never_does_more_than_not_parse(wire: bytes, data: st.DataObject) -> None:
    damaged = bytearray(wire)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))])
    if answers_query(cut, encode_query("www.voorbeeld.example", "A", 4660)):
        decoded = decode_reply(cut, "www.voorbeeld.example", "A")
        assert decoded is None or all(hop.isprintable() for hop in decoded.hops)


@given(st.binary(max_size=600))
def test_octets_that_are_no_message_are_not_believed(octets: bytes) -> None:
    header = b"\x12\x34\x81\x80"
    decode_reply(header + octets, "www.voorbeeld.example", "A")
    if answers_query(octets, encode_query("www.voorbeeld.example", "A", 4660)):
        assert octets[:2] == b"\x12\x34"
        is_truncated(octets)


def test_of_two_cnames_at_one_name_every_run_takes_the_same() -> None:
    first = response(f"{OWNER} CNAME b.example.", f"{OWNER} CNAME a.example.")
    second = response(f"{OWNER} CNAME a.example.", f"{OWNER} CNAME b.example.")
    hops = {decoded.hops for wire in (first, second) if (decoded := decode_reply(wire, "www.voorbeeld.example", "A"))}
    assert hops == {("a.example",)}
