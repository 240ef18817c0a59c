"""Names and addresses become canonical once; whatever is pasted is understood or refused with advice."""

from __future__ import annotations

import ipaddress
import unicodedata

import pytest
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.names import (
    MAX_INPUT,
    Understood,
    canonical_address,
    canonical_name,
    canonical_network,
    display,
    is_address,
    is_within,
    registrable_domain,
    understand,
    unicode_name,
)
from hypothesis import example, given
from hypothesis import strategies as st

BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
PIECES = (
    "http://",
    "//",
    "@",
    ":",
    "/",
    "[",
    "]",
    ".",
    "%",
    "xn--",
    "_",
    "\u3002",
    "\u202e",
    "\ud800",
    "\u00ad",
    "é",
    "ß",
    "..",
    "\\",
)
PASTED = st.one_of(
    st.text(max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8), st.from_regex(r"[a-z0-9-]{1,8}\Z")), max_size=8).map(
        "".join
    ),
)
LABELS = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?", fullmatch=True)
NAMES = st.lists(LABELS, min_size=1, max_size=5).map(".".join)


def refused(text: str) -> InvalidName:
    with pytest.raises(InvalidName) as caught:
        understand(text)
    return caught.value


def take(text: str) -> Understood | InvalidName:
    try:
        return understand(text)
    except InvalidName as error:
        return error


# -- understood, or refused with advice -----------------------------------------------------------------------------


@given(PASTED)
@example("http://[")
@example("xn--\u00e9.example")
@example("http://exa\u2100mple.nl/")
@example("example.nl:\u00b2")
@example("a" * 5000 + "\u00e9")
@example("//:0@[::1%25\ud800]:²")
@example("xn--a.\u05d0")
def test_any_text_is_understood_or_refused_with_advice(text: str) -> None:
    taken = take(text)
    if isinstance(taken, InvalidName):
        assert taken.message
        assert taken.advice
        assert str(taken).isprintable()
    else:
        assert understand(taken.value) == Understood(taken.value, taken.kind)
        assert taken.kind in ("domain", "address", "network")


@given(PASTED)
def test_the_canonical_form_of_a_name_is_its_own_canonical_form(text: str) -> None:
    try:
        name = canonical_name(text)
    except InvalidName:
        return
    assert canonical_name(name) == name
    assert name.isascii()
    assert name == name.lower()
    assert len(name) <= 253
    assert unicode_name(name)


@given(NAMES)
def test_case_space_and_a_trailing_dot_do_not_matter(name: str) -> None:
    assert canonical_name(f"  {name.upper()}.\n") == name == canonical_name(name)


@given(NAMES, st.integers(1, 65535))
def test_a_name_is_found_in_every_url_and_address_that_holds_it(name: str, port: int) -> None:
    name += ".example"
    for text in (f"https://{name}:{port}/p?q=1#f", f"//{name}", f"{name}:{port}", f"{name}/index.html", f"{name}.:{port}/p"):
        assert understand(text) == Understood(name, "domain", "url")
    for text in (f"info@{name}", f"Jan de Vries <info@{name}>", f"mailto:info@{name}", f"mailto:info@{name}?subject=x"):
        assert understand(text) == Understood(name, "domain", "email")


@given(st.ip_addresses())
def test_an_address_is_canonical_in_every_form(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    canonical = canonical_address(str(address))
    assert canonical_address(canonical) == canonical
    forms = [str(address), address.exploded.upper()]
    if address.version == 6:
        forms += [f"[{address}]", f"{address}%eth0", f"[{address}]:443", f"https://[{address}]:8443/x"]
    else:
        forms += [f"::ffff:{address}", f"{address}:443", f"http://{address}/x"]
    for form in forms:
        assert (understand(form).value, understand(form).kind) == (canonical, "address"), form


@pytest.mark.parametrize(
    ("pasted", "value", "kind", "note"),
    [
        ("münchen.example", "xn--mnchen-3ya.example", "domain", ""),
        ("_dmarc.münchen.example", "_dmarc.xn--mnchen-3ya.example", "domain", ""),
        ("straße.example", "xn--strae-oqa.example", "domain", ""),
        ("ＥＸＡＭＰＬＥ。nl", "example.nl", "domain", ""),
        ("voorbeeld.example。", "voorbeeld.example", "domain", ""),
        ("HTTPS://Gebruiker:geheim@Voorbeeld.Example:8443/pad?x=y#z", "voorbeeld.example", "domain", "url"),
        ("https://münchen.example/", "xn--mnchen-3ya.example", "domain", "url"),
        ("192.0.2.1:8080/pad", "192.0.2.1", "address", "url"),
        ("info@[192.0.2.1]", "192.0.2.1", "address", "email"),
        ("[2001:DB8::1]:443", "2001:db8::1", "address", "url"),
        ("http://[fe80::1%25eth0]/", "fe80::1", "address", "url"),
        ("::ffff:192.0.2.1", "192.0.2.1", "address", ""),
        ("192.0.2.0/24", "192.0.2.0/24", "network", ""),
        ("2001:db8::/32", "2001:db8::/32", "network", ""),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24", "network", ""),
        ("localhost", "localhost", "domain", ""),
    ],
)
def test_what_people_paste_is_understood(pasted: str, value: str, kind: str, note: str) -> None:
    assert understand(pasted) == Understood(value, kind, note)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " . ",
        "a..example",
        ".example",
        "-a.example",
        "a-.example",
        "voor beeld.example",
        "voorbeeld.example?x=1",
        "*.example",
        "x" * 64 + ".example",
        ".".join(["x" * 60] * 5),
        "https:///pad",
        "http://",
        "192.0.2.256",
        "192.0.2",
        "0x7f.1",
        "voorbeeld.123",
        "192.0.2.1/24",
        "192.0.2.0/33",
        "[192.0.2.1",
        "a@b.example, c@d.example",
        "info@",
        "https://goed.example\\@slecht.example/",
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "\x1b[31mrood.example",
        "a\u0000b.example",
        "\u202eelpmaxe.nl",
        "fe80::%eth0/64",
        "x" * (MAX_INPUT + 1),
        "x" * 1_000_000,
    ],
)
def test_nonsense_is_refused_with_advice_and_shown_harmless(text: str) -> None:
    error = refused(text)
    assert error.advice
    assert len(str(error)) < 600
    assert str(error).isprintable()


def test_a_refused_url_does_not_repeat_its_password() -> None:
    for text in ("https://ik:geheim@voor beeld.example/", "https://ik:geheim@/", "//ik:geheim@[x/", "ik:geheim@voor beeld"):
        assert "geheim" not in str(refused(text))


def test_look_alikes_stay_apart_and_are_shown_as_they_are_asked() -> None:
    latin, cyrillic = canonical_name("apple.example"), canonical_name("аррӏе.example")
    assert latin != cyrillic
    assert cyrillic.startswith("xn--")
    assert unicode_name(cyrillic) == "аррӏе.example"


def test_a_name_that_cannot_be_decoded_is_shown_as_it_is() -> None:
    for name in ("xn--a.example", "xn--999999999.example", "xn--.example", "xn--mnchen-3ya_.example"):
        assert unicode_name(name)


# -- addresses and networks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "[]", "[192.0.2.1", "192.0.2.1]", "[[2001:db8::1]]", "192.0.2.01", "1.2.3", "::g", "voorbeeld.example"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    assert not is_address(text)
    with pytest.raises(InvalidName):
        canonical_address(text)


@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_a_network_is_its_own_canonical_form_and_has_no_host_bits(address: ipaddress.IPv4Address, length: int) -> None:
    network = ipaddress.ip_network((address, length), strict=False)
    assert canonical_network(str(network)) == str(network)
    if network.network_address != address:
        with pytest.raises(InvalidName, match="host bits"):
            canonical_network(f"{address}/{length}")


# -- below ----------------------------------------------------------------------------------------------------------


@given(NAMES, NAMES)
def test_a_name_lies_within_a_zone_at_a_label_boundary_only(name: str, zone: str) -> None:
    assert is_within(zone, zone)
    assert is_within(f"{name}.{zone}", zone)
    assert not is_within(f"x{zone}", zone)
    assert is_within(name, zone) == (name.split(".")[-len(zone.split(".")) :] == zone.split("."))


def test_a_brand_inside_another_word_is_not_within_it() -> None:
    assert not is_within("scaleway.example", "scale.example")
    assert not is_within("notgoogle.example", "google.example")
    assert not is_within("google.example.evil.example", "google.example")


def test_customers_of_one_platform_have_different_registrable_domains() -> None:
    assert registrable_domain("www.voorbeeld.nl") == "voorbeeld.nl"
    assert registrable_domain("a.azurewebsites.net") != registrable_domain("b.azurewebsites.net")
    assert registrable_domain("azurewebsites.net") is None


# -- shown ----------------------------------------------------------------------------------------------------------


@example("\U00040000 has no meaning yet, \ue000 is private, \u3000 is an unusual space", 300)
@given(st.text(max_size=300), st.integers(2, 300))
def test_shown_text_has_no_control_bidirectional_or_lone_surrogate_character(text: str, limit: int) -> None:
    shown = display(text, limit)
    assert len(shown) <= limit
    for character in shown:
        assert character.isprintable(), ascii(character)
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp"), ascii(character)
        assert unicodedata.bidirectional(character) not in BIDIRECTIONAL, ascii(character)
        assert character not in "\u00ad\u200b\u200c\u200d\u2060\ufeff\u061c\u200e\u200f", ascii(character)
    shown.encode()


@given(st.from_regex(r"[ -~]{0,100}", fullmatch=True))
def test_plain_text_is_shown_unchanged(text: str) -> None:
    assert display(text) == text
