"""The index of signatures gives what trying each of them would give, whatever lies above, below and beside a suffix."""

from __future__ import annotations

import re

from herkomst.scanner.model.knowledge import Signature, SignatureMatch, SignatureRecord, SignatureRole
from herkomst.scanner.signatures import SignatureIndex
from hypothesis import given
from hypothesis import strategies as st

NS, MX = SignatureRecord.NS, SignatureRecord.MX
PATTERNS = ("", r"a\d*", r"b\.a", r".*b")


def signature(value: str, regex: str = "", record: SignatureRecord = NS) -> Signature:
    match = SignatureMatch.REGEX if regex else SignatureMatch.SUFFIX
    return Signature(record, match, value, SignatureRole.DNS, f"{value}/{regex}", regex)


def try_each(signatures: list[Signature], name: str) -> Signature | None:
    """Return the match of the longest value, patterns before bare suffixes, the first written before the next."""
    found: list[Signature] = []
    for item in signatures:
        under = name == item.value or name.endswith(f".{item.value}")
        rest = name[: max(len(name) - len(item.value) - 1, 0)]
        if under and (not item.regex or re.fullmatch(item.regex, rest)):
            found.append(item)
    return max(found, key=lambda item: (len(item.value), bool(item.regex)), default=None)


names = st.lists(st.sampled_from(("a", "b", "a1", "ab")), min_size=1, max_size=5).map(".".join)


@given(st.lists(st.builds(signature, names, st.sampled_from(PATTERNS)), max_size=12), names)
def test_the_walk_finds_what_trying_each_signature_finds(signatures: list[Signature], name: str) -> None:
    assert SignatureIndex(signatures).match_name(NS, name) == try_each(signatures, name)


def test_a_pattern_that_does_not_match_leaves_the_name_to_the_shorter_suffix() -> None:
    index = SignatureIndex([signature("hoster.example"), signature("mail.hoster.example", r"mx\d")])
    found = [index.match_name(NS, name) for name in ("mx1.mail.hoster.example", "web.mail.hoster.example", "hoster.example")]
    assert [item.provider if item else None for item in found] == [
        r"mail.hoster.example/mx\d",
        "hoster.example/",
        "hoster.example/",
    ]


def test_a_suffix_of_one_label_is_met_below_a_domain_that_leads_elsewhere() -> None:
    index = SignatureIndex([signature("example"), signature("mail.hoster.example")])
    assert [bool(index.match_name(NS, name)) for name in ("hoster.example", "a.example", "example", "a.other")] == [
        True,
        True,
        True,
        False,
    ]


def test_what_only_leads_to_a_longer_suffix_names_nobody() -> None:
    index = SignatureIndex([signature("mail.eu.hoster.example", record=MX)])
    assert [index.match_name(MX, name) for name in ("hoster.example", "x.eu.hoster.example", "xmail.eu.hoster.example", "")] == [
        None
    ] * 4
    assert index.match_name(NS, "mail.eu.hoster.example") is None
