"""Hostile and broken answers, through the whole program: never a crash, a hang, an escape in a report, or a greener verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from importlib import resources
from time import monotonic

import dns.name
import pytest
from herkomst.config.settings import Settings
from herkomst.lab.dns_zones import Behaviour, text_name
from herkomst.lab.laboratory import Laboratory
from herkomst.reports.base import RenderOptions
from herkomst.reports.build import build_inspect, build_report
from herkomst.reports.explain import render_explain
from herkomst.reports.registry import FORMATS, INSPECT_FORMATS, load_format, load_inspect_format
from herkomst.reports.words import LANGUAGES, load_words
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd, DnsChain, DnsRRset, RdapNetwork, SpfPolicy
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status
from herkomst.scanner.service import load_knowledge
from jsonschema import Draft202012Validator
from running import check_names
from servers.registry import Page, Registry, describe_network, run_registry
from servers.scripted import SilentServer

Serve = Callable[..., int]
Check = Callable[..., RunResult]
NAME = "slecht.example"
ADDRESS = "192.0.2.68"  # of Rietdijk, in the Netherlands
CLAIMS = (
    "web.country=NL",
    "web.provider=rietdijk",
    "web.network=rietdijk",
    "web.jurisdiction=EU",
    "hosting.country=NL",
    "mail.inbound.provider=veldpost",
    "mail.mailbox.provider=self",
    "mail.outbound.provider=veldpost",
    "dns.provider=naamkade",
    "subprocessors=rietdijk",
)
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
ESCAPES = "\x1b]0;titel\x07\x1b[31mrood\x1b[0m\r\x08\x9b2J"
HIDDEN = "\u202egnp.exe\u2066\u200b\ufeff"
FORMULA = '=HYPERLINK("http://slecht.example/","klik")'
HOSTILE = MARKUP + ESCAPES + HIDDEN + FORMULA
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def text_record(octets: bytes) -> str:
    """Return the presentation form of one TXT record, every octet escaped."""
    pieces = [octets[start : start + 255] for start in range(0, len(octets), 255)] or [b""]
    return " ".join('"' + "".join(f"\\{octet:03d}" for octet in piece) + '"' for piece in pieces)


def label(octets: bytes) -> str:
    """Return the presentation form of one label, as the zones key it."""
    escaped = "".join(f"\\{octet:03d}" for octet in octets[:63])
    return text_name(dns.name.from_text(escaped + "."))


def rrsets(result: RunResult, rdtype: str) -> dict[str, tuple[str, ...]]:
    """Return what was observed of one type, by name."""
    contents = [item.content for item in result.observations.values() if isinstance(item.content, DnsRRset)]
    return {content.name: content.values for content in contents if content.rdtype == rdtype}


@pytest.fixture
def check(laboratory: Laboratory, serve: Serve) -> Check:
    """Serve the records, check the name, and return the result."""

    def run(
        *records: tuple[str, str, tuple[str, ...]],
        claims: tuple[str, ...] = CLAIMS,
        behaviours: dict[tuple[str, str], Behaviour] | None = None,
        names: tuple[str, ...] = (NAME,),
        **changes: object,
    ) -> RunResult:
        settings: Settings = replace(laboratory.settings(), **changes)  # type: ignore[arg-type]  # fields of Settings
        began = monotonic()
        result = check_names(settings, *names, claims=claims, port=serve(*records, behaviours=behaviours))
        assert monotonic() - began < 20
        return result

    return run


@pytest.fixture
def registry() -> Iterator[Registry]:
    with run_registry() as running:
        yield running


class Tags(HTMLParser):
    """The elements and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links.update(value or "" for name, value in attrs if name in ("href", "src"))


def assert_harmless(result: RunResult, laboratory: Laboratory) -> None:
    """Render everything in every format and language, and look for what must not come through."""
    knowledge = load_knowledge(laboratory.settings())
    for language in LANGUAGES:
        words = load_words(language)
        report, facts = build_report(result, words, knowledge), build_inspect(result, words, knowledge)
        pages = {name: load_format(name).render(report) for name in FORMATS}
        pages |= {f"inspect {name}": load_inspect_format(name).render(facts) for name in INSPECT_FORMATS}
        pages["colour"] = load_format("text").render(report, RenderOptions(width=80, colour=True))
        pages["explain"] = b"".join(render_explain(item, result, {}, words, knowledge) for item in result.verdicts)
        for name, page in pages.items():
            assert_safe(name, page.decode("utf-8"))


def assert_safe(name: str, page: str) -> None:
    if name == "colour":
        page = re.sub(r"\x1b\[[0-9;]*m", "", page)
        assert "\x1b" not in page
        return
    found = UNSAFE.search(page)
    assert found is None, (name, ascii(page[max(0, found.start() - 40) : found.end() + 40]))
    if name.endswith("json"):
        schema = "inspect" if name.startswith("inspect") else "run"
        text = resources.files("herkomst.reports").joinpath(f"schemas/herkomst.{schema}-1.schema.json").read_text("utf-8")
        Draft202012Validator(json.loads(text)).validate(json.loads(page))
    if name == "html":
        seen = Tags(page)
        assert not seen.elements & {"script", "img", "iframe", "object", "form", "link"}
        assert not {item for item in seen.attributes if item.startswith("on")}
        assert not {item for item in seen.links if not item.startswith(("#", "https://")) or "slecht" in item}


def outcomes(result: RunResult) -> dict[str, tuple[Status, Reason | None]]:
    return {item.claim: (item.status, item.reason) for item in result.verdicts}


def assert_no_greener(result: RunResult, reference: RunResult) -> None:
    """Compare with what the same claims give where the same question is answered as it should be."""
    best = {item.id: item.status.rank for item in reference.verdicts}
    for verdict in result.verdicts:
        assert verdict.status.rank <= best[verdict.id], verdict


GOOD = (
    (NAME, "A", (ADDRESS,)),
    (NAME, "NS", ("ns1.naamkade.example.",)),
    ("ns1.naamkade.example", "A", ("192.0.2.129",)),
    (NAME, "MX", ("10 mx1.veldpost.example.",)),
    ("mx1.veldpost.example", "A", ("192.0.2.36",)),
    (NAME, "TXT", ('"v=spf1 include:spf.veldpost.example -all"',)),
    ("spf.veldpost.example", "TXT", ('"v=spf1 ip4:192.0.2.32/28 -all"',)),
)


# -- DNS ------------------------------------------------------------------------------------------------------------


def test_aliases_in_a_circle_are_not_measured(check: Check, laboratory: Laboratory) -> None:
    loop = ((NAME, "CNAME", ("b.slecht.example.",)), ("b.slecht.example", "CNAME", (f"{NAME}.",)))
    result = check(*loop)
    assert outcomes(result)["web.country"] == (Status.NOT_MEASURED, Reason.TOO_DEEP)
    (chain,) = {
        item.content for item in result.observations.values() if isinstance(item.content, DnsChain) and item.content.name == NAME
    }
    assert chain.ended is ChainEnd.LOOP
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)


def test_aliases_without_end_are_not_measured(check: Check, laboratory: Laboratory) -> None:
    chain = [(NAME, "CNAME", ("c0.slecht.example.",))]
    chain += [(f"c{number}.slecht.example", "CNAME", (f"c{number + 1}.slecht.example.",)) for number in range(60)]
    result = check(*chain, ("c60.slecht.example", "A", (ADDRESS,)))
    assert outcomes(result)["web.country"][0] is Status.NOT_MEASURED
    assert_harmless(result, laboratory)


def test_a_policy_that_includes_itself_ends_and_is_said_to_be_a_loop(check: Check, laboratory: Laboratory) -> None:
    good = [record for record in GOOD if record[:2] != (NAME, "TXT")]
    result = check(
        *good,
        (NAME, "TXT", (f'"v=spf1 include:{NAME} include:b.slecht.example -all"',)),
        ("b.slecht.example", "TXT", (f'"v=spf1 redirect={NAME}"',)),
    )
    (policy,) = {item.content for item in result.observations.values() if isinstance(item.content, SpfPolicy)}
    assert policy.problem == "loop"
    assert outcomes(result)["web.country"][0] is Status.CONSISTENT  # what else was asked stands
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)


def test_a_text_record_of_sixty_four_kilobytes_is_kept_and_shown_short(check: Check, laboratory: Laboratory) -> None:
    huge = text_record(b"v=spf1 " + b"include:spf.veldpost.example " * 2 + b"x" * 64_000)
    result = check(*[record for record in GOOD if record[:2] != (NAME, "TXT")], (NAME, "TXT", (huge,)))
    assert outcomes(result)["web.country"][0] is Status.CONSISTENT
    (record,) = {
        item.content
        for item in result.observations.values()
        if isinstance(item.content, DnsRRset) and item.content.rdtype == "TXT" and item.content.name == NAME
    }
    assert len(record.values[0]) > 64_000
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)
    page = load_format("text").render(build_report(result, load_words("en"), load_knowledge(laboratory.settings())))
    assert len(page) < 60_000


def test_text_that_is_no_utf_8_and_text_full_of_tricks_is_evidence_and_nothing_more(check: Check, laboratory: Laboratory) -> None:
    tricks = [
        text_record(octets)
        for octets in (
            b"\xff\xfe\x00\x80",
            HOSTILE.encode(),
            b"v=spf1 include:" + MARKUP.encode() + b" -all",
            FORMULA.encode(),
            b"",
        )
    ]
    records = [record for record in GOOD if record[:2] != (NAME, "TXT")]
    result = check(
        *records, (NAME, "TXT", tuple(tricks)), (f"_dmarc.{NAME}", "TXT", (text_record(b"v=DMARC1; p=" + HOSTILE.encode()),))
    )
    assert set(rrsets(result, "TXT")[NAME]) >= {HOSTILE, FORMULA, "\\xff\\xfe\x00\\x80", ""}  # as it came, in the evidence
    assert outcomes(result)["web.country"][0] is Status.CONSISTENT
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)


def zone_of_hosts(labels: list[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every record that can name a host, naming hosts of these labels."""
    hosts = tuple(f"{item}.slecht.example." for item in labels)
    return [
        (NAME, "A", (ADDRESS,)),
        (NAME, "NS", hosts),
        (NAME, "MX", tuple(f"10 {host}" for host in hosts)),
        (NAME, "CAA", (f"0 issue {text_record(MARKUP.encode())}",)),
        *((host.removesuffix("."), "A", (ADDRESS,)) for host in hosts),
        ("68.2.0.192.in-addr.arpa", "PTR", hosts),
        (f"autodiscover.{NAME}", "CNAME", hosts[:1]),
        (f"selector1._domainkey.{NAME}", "CNAME", hosts[1:2]),
        (f"_autodiscover._tcp.{NAME}", "SRV", tuple(f"0 0 443 {host}" for host in hosts)),
    ]


def test_names_full_of_tricks_are_no_greener_than_plain_ones_and_reach_no_report_unescaped(
    check: Check, laboratory: Laboratory
) -> None:
    tricks = [label(item.encode()) for item in (MARKUP, ESCAPES, HIDDEN, FORMULA, "@SUM(1)", "-1+1|cmd", "a.b c\u00e9")]
    result = check(*zone_of_hosts(tricks))
    for rdtype, owner in (("NS", NAME), ("MX", NAME), ("PTR", "68.2.0.192.in-addr.arpa"), ("SRV", f"_autodiscover._tcp.{NAME}")):
        assert len(rrsets(result, rdtype)[owner]) == len(tricks), rdtype
    assert outcomes(result)["web.country"][0] is Status.CONSISTENT
    assert_no_greener(result, check(*zone_of_hosts([f"host{number}" for number in range(len(tricks))])))
    assert_harmless(result, laboratory)


@pytest.mark.parametrize("behaviour", [item for item in Behaviour if item not in (Behaviour.TRUNCATE, Behaviour.SLOW)])
def test_a_server_that_answers_nonsense_or_not_at_all_gives_nothing_greener(
    check: Check, laboratory: Laboratory, behaviour: Behaviour
) -> None:
    result = check(*GOOD, behaviours={(NAME, "A"): behaviour, (NAME, "MX"): behaviour}, dns_timeout_s=0.2)
    found = outcomes(result)
    assert found["web.country"][0] is Status.NOT_MEASURED
    assert found["mail.inbound.provider"][0] is Status.NOT_MEASURED
    assert found["dns.provider"] == (Status.CONFIRMED, None)  # the other questions stand
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)


def test_a_resolver_that_never_answers_is_in_the_output_and_ends_in_time(laboratory: Laboratory) -> None:
    with SilentServer() as silent:
        began = monotonic()
        settings = replace(laboratory.settings(), dns_timeout_s=0.2)
        result = check_names(settings, NAME, claims=CLAIMS, port=silent.port)
    assert monotonic() - began < 20
    assert {status for status, _ in outcomes(result).values()} == {Status.NOT_MEASURED}
    assert {failure.reason for failure in result.failures} == {FailureReason.TIMEOUT}
    assert_harmless(result, laboratory)


# -- RDAP -----------------------------------------------------------------------------------------------------------


def serve_holder(registry: Registry, holder: str, **changes: object) -> None:
    registry.serve_bootstrap()
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", holder], ["kind", {}, "text", "org"]]
    entity = {"handle": holder[:40], "roles": ["registrant"], "vcardArray": ["vcard", card]}
    document = describe_network("192.0.2.0", "192.0.2.255", name=holder, handle=holder, entities=[entity], **changes)
    for host in (ADDRESS, "192.0.2.129", "192.0.2.36"):
        registry.serve(f"/rdap/ip/{host}", document)


@pytest.mark.parametrize(
    "holder",
    [MARKUP, ESCAPES, HIDDEN, FORMULA, "x" * 100_000, HOSTILE],
    ids=["markup", "escapes", "hidden", "formula", "long", "all"],
)
def test_a_holder_full_of_tricks_reaches_no_report_unescaped(
    check: Check, laboratory: Laboratory, registry: Registry, holder: str
) -> None:
    serve_holder(registry, holder)
    result = check(*GOOD, rdap_bootstrap=registry.bootstrap)
    assert registry.questions()
    assert [item for item in result.observations.values() if isinstance(item.content, RdapNetwork)] or result.failures
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)


def test_a_holder_that_borrows_a_known_name_and_hides_a_letter_is_not_taken_for_it(
    check: Check, laboratory: Laboratory, registry: Registry
) -> None:
    serve_holder(registry, "Riet\u200bdijk Cloud B.V. <b>")
    result = check(*GOOD, claims=("web.network=rietdijk",), rdap_bootstrap=registry.bootstrap)
    assert outcomes(result)["web.network"][0] is not Status.CONFIRMED
    assert_harmless(result, laboratory)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"objectClassName": 1}', b"\xff\xfe", b"[" * 100_000, b"<html>429</html>"]
)
def test_a_registry_that_answers_nonsense_is_a_failure_in_the_output(
    check: Check, laboratory: Laboratory, registry: Registry, body: bytes
) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(body)
    result = check(*GOOD, rdap_bootstrap=registry.bootstrap)
    assert {failure.kind for failure in result.failures} >= {RdapNetwork.kind}
    assert FailureReason.INTERNAL not in {failure.reason for failure in result.failures}
    assert_no_greener(result, check(*GOOD))
    assert_harmless(result, laboratory)
