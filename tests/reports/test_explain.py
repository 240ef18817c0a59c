"""The explanation of a verdict leads from its parts to what the sources sent, and shows none of it unescaped."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime

import dns.message
import dns.rrset
import pytest
from herkomst.reports.base import RenderOptions
from herkomst.reports.explain import MAX_LINES, decode_raw, render_explain
from herkomst.reports.terminal import columns
from herkomst.reports.words import LANGUAGES, load_words
from herkomst.scanner.model.observation import DnsRRset, Observation, RawAnswer, RdapNetwork
from herkomst.scanner.model.run import RunResult
from hypothesis import given
from hypothesis import strategies as st
from scene import KNOWLEDGE

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def raw_answer(body: bytes, media_type: str = "application/dns-message") -> RawAnswer:
    return RawAnswer(hashlib.sha256(body).hexdigest(), media_type, body)


def dns_answer(*values: str) -> RawAnswer:
    message = dns.message.make_response(dns.message.make_query("zaken.voorbeeld.example", "TXT", id=0))
    message.answer.append(dns.rrset.from_text("zaken.voorbeeld.example.", 300, "IN", "TXT", *values))
    return raw_answer(message.to_wire())


RDAP = raw_answer(b'{"handle": "NET-1", "name": "\xe2\x80\xaeNET", "remarks": ["\\u001b[31m"]}', "application/rdap+json")


def explain(story: RunResult, *kept: tuple[Observation, RawAnswer], missing: bool = False, language: str = "en") -> str:
    """Explain a verdict whose last part rests on these observations."""
    first = story.verdicts[0]
    part = replace(first.parts[0], evidence=tuple(item.id for item, _ in kept))
    verdict = replace(first, parts=(part,), evidence=part.evidence)
    result = replace(story, observations={item.id: item for item, _ in kept})
    raws = {} if missing else {raw.digest: raw for _, raw in kept}
    return render_explain(verdict, result, raws, load_words(language), KNOWLEDGE).decode()


def observe(raw: RawAnswer | None, name: str = "zaken.voorbeeld.example") -> Observation:
    return Observation(name, "dns", "kantoor", AT, DnsRRset(name, "TXT", ("v=spf1 -all",)), raw.digest if raw else None)


def test_a_dns_answer_is_shown_as_the_message_that_came(story: RunResult) -> None:
    raw = dns_answer('"v=spf1 -all"')
    text = explain(story, (observe(raw), raw))
    assert 'zaken.voorbeeld.example. 300 IN TXT "v=spf1 -all"' in text
    assert raw.digest in re.sub(r"\s+", " ", text)
    assert "dns, kantoor, 23 November 2026 10:00 UTC" in re.sub(r"\s+", " ", text)


def test_an_rdap_answer_is_shown_indented_and_escaped(story: RunResult) -> None:
    content = RdapNetwork("192.0.2.1", ("192.0.2.0/24",), "NET-1", "NET", "Een B.V.", "NL", "NL", "lab")
    text = explain(story, (Observation("192.0.2.1", "ip_ownership", "kantoor", AT, content, RDAP.digest), RDAP))
    assert '|   "handle": "NET-1",' in text
    assert "\\u202eNET" in text
    assert "\u202e" not in text
    assert "\x1b" not in text


def test_a_raw_answer_that_is_gone_is_named(story: RunResult) -> None:
    raw = dns_answer('"a"')
    assert "no longer in the store" in explain(story, (observe(raw), raw), missing=True)


def test_an_observation_without_raw_answer_says_so(story: RunResult) -> None:
    observation = observe(None)
    verdict = replace(story.verdicts[0], parts=(), evidence=(observation.id,))
    result = replace(story, observations={observation.id: observation})
    text = render_explain(verdict, result, {}, load_words("en"), KNOWLEDGE).decode()
    assert "For the whole claim" in text
    assert "There is no raw answer for this observation." in text


def test_bytes_that_are_no_answer_are_shown_in_hexadecimal(story: RunResult) -> None:
    raw = raw_answer(b"\x1b[31m\xff")
    text = explain(story, (observe(raw), raw))
    assert "Not readable as application/dns-message" in text
    assert "| 1b 5b 33 31 6d ff" in text


def test_a_long_answer_is_shortened_and_says_how_long_it_is(story: RunResult) -> None:
    raw = dns_answer(*(f'"part {number}"' for number in range(200)))
    text = explain(story, (observe(raw), raw))
    assert text.count("    | ") == MAX_LINES
    assert f"the whole answer has {len(raw.body)} bytes" in text


def test_an_answer_that_two_observations_share_is_shown_once(story: RunResult) -> None:
    raw = dns_answer('"v=spf1 -all"')
    text = explain(story, (observe(raw), raw), (observe(raw, "www.voorbeeld.example"), raw))
    assert text.count(";QUESTION") == 1


def test_an_observation_that_was_not_kept_is_named(story: RunResult) -> None:
    text = render_explain(story.verdicts[0], replace(story, observations={}), {}, load_words("en"), KNOWLEDGE).decode()
    assert f"observation {story.verdicts[0].evidence[0][:8]} was not kept" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_of_the_story_is_explained_down_to_its_observations(story: RunResult, language: str) -> None:
    for verdict in story.verdicts:
        text = render_explain(verdict, story, {}, load_words(language), KNOWLEDGE, RenderOptions(width=100)).decode()
        for oid in {*verdict.evidence, *(oid for part in verdict.parts for oid in part.evidence)}:
            assert oid in text
        assert all(columns(line) <= 100 for line in text.splitlines())


@given(body=st.binary(max_size=200), media_type=st.sampled_from(("application/dns-message", "application/json", "text/html")))
def test_any_bytes_are_decoded_or_declined(body: bytes, media_type: str) -> None:
    decoded = decode_raw(raw_answer(body, media_type))
    assert decoded is None or isinstance(decoded, str)


def test_json_nested_beyond_reason_is_declined() -> None:
    assert decode_raw(raw_answer(b"[" * 100_000, "application/json")) is None
