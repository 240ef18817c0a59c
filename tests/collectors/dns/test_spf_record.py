"""One SPF record, parsed."""

from __future__ import annotations

import pytest
from herkomst.collectors.dns.spf_record import SpfRecord, Term, find_spf, parse_spf
from hypothesis import given
from hypothesis import strategies as st


def terms(text: str) -> list[tuple[str, str, str]]:
    return [(term.qualifier, term.mechanism, term.value) for term in parse_spf(text, "voorbeeld.example").terms]


def test_every_mechanism_is_read_with_its_qualifier() -> None:
    text = (
        "v=spf1 a mx:Mail.Voorbeeld.example. a:www.voorbeeld.example/24//64 mx/28 ?ptr ip4:192.0.2.7/24 ip4:192.0.2.9 "
        "ip6:2001:db8::1/32 ~exists:%{i}._spf.voorbeeld.example include:_spf.Post.example -all"
    )
    assert terms(text) == [
        ("+", "a", "voorbeeld.example"),
        ("+", "mx", "mail.voorbeeld.example"),
        ("+", "a", "www.voorbeeld.example"),
        ("+", "mx", "voorbeeld.example"),
        ("?", "ptr", "voorbeeld.example"),
        ("+", "ip4", "192.0.2.0/24"),
        ("+", "ip4", "192.0.2.9/32"),
        ("+", "ip6", "2001:db8::/32"),
        ("~", "exists", "%{i}._spf.voorbeeld.example"),
        ("+", "include", "_spf.post.example"),
        ("-", "all", ""),
    ]
    assert parse_spf(text, "voorbeeld.example").is_valid


def test_a_redirect_comes_last_and_is_ignored_beside_all() -> None:
    assert terms("v=spf1 redirect=_spf.post.example a") == [
        ("+", "a", "voorbeeld.example"),
        ("", "redirect", "_spf.post.example"),
    ]
    assert terms("v=spf1 redirect=_spf.post.example -all") == [("-", "all", "")]


def test_what_stands_behind_all_is_never_reached() -> None:
    assert terms("v=spf1 -all include:_spf.post.example") == [("-", "all", "")]


def test_unknown_modifiers_are_passed_over_and_an_explanation_is_kept() -> None:
    assert parse_spf("v=spf1 exp=why.voorbeeld.example moo=%{x} -all", "voorbeeld.example") == SpfRecord(
        (Term("-", "all", ""), Term("", "exp", "why.voorbeeld.example")), True
    )


@pytest.mark.parametrize(
    "word",
    ["inclde:x.example", "include", "include:", "include:a..example", "ip4:192.0.2.300", "ip4", "ip6:192.0.2.1", "all:x", "a=b:c d:e",
     "+redirect=x.example", "redirect=a.example redirect=b.example", "-", "mx:", "a/999x", "\\xff",
     "a/33", "a//129", "a/08", "mx/24/64", "ip4:192.0.2.0/255.255.255.0", "ip4:192.0.2.0/024", "ip4:192.0.2.0/33", "ip6:2001:db8::/129",
     "include:single", "include:192.0.2.1", "exp=a.example exp=b.example", "include:%{x}.example", "include:%{d0}.example", "include:a%.example",
     "include:%{t}.example", "redirect=%{d"],
)  # fmt: skip
def test_a_term_that_is_no_spf_makes_the_record_invalid_but_not_unread(word: str) -> None:
    record = parse_spf(f"v=spf1 {word} ip4:192.0.2.1", "voorbeeld.example")
    assert not record.is_valid
    assert Term("+", "ip4", "192.0.2.1/32") in record.terms


def test_only_the_version_makes_a_policy() -> None:
    texts = ("v=spf1", "V=SPF1 -all", "v=spf10 -all", "v=spf1-all", "spf2.0/pra -all", " v=spf1")
    assert find_spf(texts) == ("v=spf1", "V=SPF1 -all")


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    record = parse_spf("v=spf1 " + text, "voorbeeld.example")
    assert all(term.mechanism for term in record.terms)
