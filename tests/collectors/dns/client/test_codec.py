"""Messages: what they say, how they are kept, and that no octets from outside can do harm."""

from __future__ import annotations

import hashlib

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from herkomst.collectors.dns.client.codec import decode, decode_ordinary
from herkomst.collectors.dns.client.message import decode_reply, keep_raw, normalise_wire
from herkomst.collectors.dns.client.question import Question, encode_query, is_reply, is_truncated, repeats_question
from hypothesis import given
from hypothesis import strategies as st

OWNER = "WwW.Voorbeeld.EXAMPLE."
ASKED = Question("www.voorbeeld.example", "A")
QUERY = encode_query(b"\x12\x34", ASKED.wire)


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
    message = dns.message.from_wire(encode_query(b"\x12\x34", Question("www.voorbeeld.example", "AAAA").wire))
    assert message.id == 4660
    assert message.question[0].to_text() == "www.voorbeeld.example. IN AAAA"
    assert message.flags == dns.flags.RD | dns.flags.AD
    assert (message.edns, message.payload) == (0, 1232)


@given(st.binary(min_size=300, max_size=300))
def test_the_letter_case_of_a_query_is_noise_and_nothing_else_is(noise: bytes) -> None:
    question = Question("Www.7-a_b.VOORBEELD.example", "HTTPS")
    mixed = question.mixed_case(noise)
    assert len(mixed) == len(question.wire)
    assert mixed[: question.name_octets].lower() == question.wire[: question.name_octets]
    assert mixed[question.name_octets :] == question.wire[question.name_octets :]


def test_every_letter_of_a_query_can_have_either_case() -> None:
    question = Question("abz.example", "A")
    assert question.mixed_case(b"\xff" * 40) == b"\x03ABZ\x07EXAMPLE\0\0\1\0\1"
    assert question.mixed_case(bytes(40)) == b"\x03abz\x07example\0\0\1\0\1"


@pytest.mark.parametrize("name", ["a..example", "x" * 64 + ".example", ".".join(["abcdefg"] * 40), "bad\\300.example"])
def test_a_name_without_a_wire_form_is_no_question(name: str) -> None:
    with pytest.raises(dns.exception.DNSException):
        Question(name, "A")


@pytest.mark.parametrize(
    ("name", "wire", "owner"),
    [
        (".", b"\0", "."),
        ("voorbeeld.example.", b"\x09voorbeeld\x07example\0", "voorbeeld.example"),
        ("a\\.B.example", b"\x03a.b\x07example\0", "a\\.b.example"),
        ("*.voorbeeld.example", b"\x01*\x09voorbeeld\x07example\0", "*.voorbeeld.example"),
        ("x" * 63 + ".example", b"\x3f" + b"x" * 63 + b"\x07example\0", "x" * 63 + ".example"),
    ],
)
def test_a_question_knows_its_name_in_both_forms(name: str, wire: bytes, owner: str) -> None:
    question = Question(name, "A")
    assert (question.wire, question.owner) == (wire + b"\0\1\0\1", owner)


def test_a_reply_in_other_letters_is_one_that_does_not_repeat_the_question() -> None:
    asked = ASKED.mixed_case(b"\xff" * 40)
    query = encode_query(b"\x12\x34", asked)
    exact, other = (b"\x12\x34\x81\x80" + query[4:12] + question + query[12 + len(asked) :] for question in (asked, ASKED.wire))
    assert is_reply(exact, query)
    assert repeats_question(exact, query)
    assert is_reply(other, query)
    assert not repeats_question(other, query)


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
    if is_reply(cut, QUERY):
        decoded = decode(cut, ASKED)
        assert decoded is None or all(hop.isprintable() for hop in decoded.hops)


@given(st.binary(max_size=600))
def test_octets_that_are_no_message_are_not_believed(octets: bytes) -> None:
    header = b"\x12\x34\x81\x80"
    decode(header + octets, ASKED)
    if is_reply(octets, QUERY):
        assert octets[:2] == b"\x12\x34"
        is_truncated(octets)


def test_of_two_cnames_at_one_name_every_run_takes_the_same() -> None:
    first = response(f"{OWNER} CNAME b.example.", f"{OWNER} CNAME a.example.")
    second = response(f"{OWNER} CNAME a.example.", f"{OWNER} CNAME b.example.")
    hops = {decoded.hops for wire in (first, second) if (decoded := decode(wire, ASKED))}
    assert hops == {("a.example",)}


def test_names_that_lie_across_each_other_do_not_lead_the_way_in_a_circle() -> None:
    """The pointer at 106 lies inside a label: lower-cased, the J in it would make it one to itself."""
    fixed = b"\0\1\0\1\0\0\0\0"
    head = b"\0\0\x81\x80\0\1\0\3\0\0\0\0" + b"\1a\7example\0\0\x10\0\1"
    text = b"\xc0\x0c\0\x10" + fixed[2:] + b"\0\6\5aaaaa"
    label = bytearray(b"a" * 63)
    label[74 - 46] = 0
    label[106 - 46 : 108 - 46] = b"\xc0\x4a"
    wire = head + text + b"\x3f" + label + b"\0" + fixed + b"\0\4\xc0\0\2\1" + b"\xc0\x6a" + fixed + b"\0\4\xc0\0\2\2"
    assert wire[106:108] == b"\xc0\x4a"
    kept = decode_reply(wire, "a.example", "TXT")
    assert kept is not None
    assert kept.values == ("aaaaa",)
    assert kept == decode_ordinary(wire, Question("a.example", "TXT"))
