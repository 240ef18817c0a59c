"""Macros: the examples of RFC 7208 section 7.4 that need no message, and what is no macro."""

from __future__ import annotations

import pytest
from herkomst.collectors.dns.spf_macros import are_macros_valid, expand
from hypothesis import given
from hypothesis import strategies as st

DOMAIN, ROOT = "email.example.com", "strong-bad.example.com"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("%{d}", "email.example.com"), ("%{d4}", "email.example.com"), ("%{d3}", "email.example.com"), ("%{d2}", "example.com"),
        ("%{d1}", "com"), ("%{dr}", "com.example.email"), ("%{d2r}", "example.email"), ("%{D}", "email.example.com"),
        ("%{o}", "strong-bad.example.com"), ("%{o1r}", "strong-bad"), ("%{o-}", "strong.bad.example.com"), ("a%%b.%{d1}", "a%b.com"),
        ("%{i}.%{d}", None), ("%{l}", None), ("%{s}.x.example", None), ("_spf.%{h}.example", None),
        ("plain.example", "plain.example"),
    ],
)  # fmt: skip
def test_a_name_is_expanded_as_far_as_no_message_is_needed(text: str, name: str | None) -> None:
    assert expand(text, DOMAIN, ROOT) == name


def test_a_name_that_grows_too_long_loses_labels_on_the_left() -> None:
    expanded = expand("%{d}." * 30 + "end.example", DOMAIN, ROOT)
    assert expanded is not None
    assert len(expanded) <= 253
    assert expanded.endswith("email.example.com.end.example")
    assert not expanded.startswith(".")


@pytest.mark.parametrize("text", ["%", "%{", "%{}", "%{x}", "%{d", "%{d0}", "%(d)", "a%b", "%{dq}", "%{c}", "%{d}%"])
def test_what_is_no_macro_is_told(text: str) -> None:
    assert not are_macros_valid(text)


@given(st.text(alphabet="%{}dosir0123.-_+ ax", max_size=200))
def test_any_text_is_expanded_without_an_error(text: str) -> None:
    if are_macros_valid(text):
        expanded = expand(text, DOMAIN, ROOT)
        assert expanded is None or len(expanded) <= 253 or "." not in expanded
