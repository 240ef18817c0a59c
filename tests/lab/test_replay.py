"""Recordings served again: what was recorded is what a client gets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from herkomst.config.tables.reader import PrefixTables
from herkomst.lab.laboratory import Laboratory
from herkomst.lab.recorded_addresses import MailHosts, attribute_hosts, find_addresses
from herkomst.lab.recorded_spf import agree_on_policies, rebuild_tree, referred_names, split_policies
from herkomst.lab.replay import RecordedDomain, RecordedServer, Replay
from hypothesis import given
from hypothesis import strategies as st

SAMPLE = 25

LINE = {
    "domain": "Voorbeeld.example",
    "records": {
        "mx": ["mx1.voorbeeld.example", "mx2.post.example"],
        "mx_asns": [64496],
        "mx_countries": ["NL"],
        "mx_cnames": {"mx1.voorbeeld.example": "host.voorbeeld.example"},
        "spf": "v=spf1 include:a.example include:b.example -all",
        "spf_resolved": "v=spf1 include:a.example include:b.example -all v=spf1 include:c.example ~all v=spf1 ip4:192.0.2.2 ~all v=spf1 ip4:192.0.2.3 ~all v=spf1 ip4:192.0.2.4 ~all",
        "dkim": {"selector1": "selector1-voorbeeld._domainkey.tenant.example"},
        "autodiscover": {"autodiscover_cname": "autodiscover.post.example", "autodiscover_srv": "webmail.voorbeeld.example"},
        "txt_verifications": {"microsoft": "ms12345678", "google": "abc", "apple": "def"},
    },
    "truth": {"provider": "independent", "gateway": None, "reason": "MX is self-hosted"},
}


def ask(server: RecordedServer, name: str, rdtype: str) -> tuple[dns.rcode.Rcode, dict[str, set[str]]]:
    query = dns.message.make_query(name, rdtype)
    response, _ = dns.query.udp_with_fallback(query, server.resolver.address, port=server.resolver.port, timeout=5)
    answers: dict[str, set[str]] = {}
    for rrset in response.answer:
        kept = answers.setdefault(dns.rdatatype.to_text(rrset.rdtype), set())
        for rdata in rrset:
            strings = getattr(rdata, "strings", None)
            kept.add(b"".join(strings).decode() if strings is not None else rdata.to_text())
    return response.rcode(), answers


@pytest.fixture(scope="module")
def server(laboratory: Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordedServer]:
    path = tmp_path_factory.mktemp("recorded") / "nl.jsonl.gz"
    with gzip.open(path, "wt", encoding="utf-8") as packed:
        packed.write(json.dumps(LINE) + "\n\n")
    with RecordedServer(Replay.from_file(path, laboratory.settings().tables)) as running:
        yield running


def test_mx_hosts_and_their_addresses_are_served(server: RecordedServer) -> None:
    assert ask(server, "voorbeeld.example", "MX")[1]["MX"] == {"10 mx1.voorbeeld.example.", "10 mx2.post.example."}
    assert ask(server, "mx2.post.example", "A")[1] == {"A": {"192.0.2.1"}}
    assert ask(server, "mx1.voorbeeld.example", "A")[1] == {"CNAME": {"host.voorbeeld.example."}, "A": {"192.0.2.1"}}


def test_the_spf_tree_is_served_name_by_name(server: RecordedServer) -> None:
    spf = {name: ask(server, name, "TXT")[1]["TXT"] for name in ("a.example", "b.example", "c.example")}
    assert spf == {
        "a.example": {"v=spf1 include:c.example ~all"},
        "b.example": {"v=spf1 ip4:192.0.2.2 ~all"},
        "c.example": {"v=spf1 ip4:192.0.2.3 ~all"},
    }
    assert ask(server, "unassigned-1._spf.voorbeeld.example", "TXT")[1]["TXT"] == {"v=spf1 ip4:192.0.2.4 ~all"}


def test_policy_and_tokens_stand_beside_each_other(server: RecordedServer) -> None:
    assert ask(server, "voorbeeld.example", "TXT")[1]["TXT"] == {
        LINE["records"]["spf"],  # type: ignore[index]  # a constant of nested values
        "MS=ms12345678",
        "google-site-verification=abc",
        "apple-domain-verification=def",
    }


def test_selectors_and_autodiscover_lead_where_they_led(server: RecordedServer) -> None:
    rcode, answers = ask(server, "selector1._domainkey.voorbeeld.example", "TXT")
    assert (rcode, answers) == (dns.rcode.NOERROR, {"CNAME": {"selector1-voorbeeld._domainkey.tenant.example."}})
    assert ask(server, "autodiscover.voorbeeld.example", "A")[1] == {"CNAME": {"autodiscover.post.example."}}
    assert ask(server, "_autodiscover._tcp.voorbeeld.example", "SRV")[1] == {"SRV": {"0 0 443 webmail.voorbeeld.example."}}


@pytest.mark.parametrize(
    ("name", "rdtype", "rcode"),
    [
        ("voorbeeld.example", "A", dns.rcode.NOERROR),
        ("voorbeeld.example", "NS", dns.rcode.NOERROR),
        ("webmail.voorbeeld.example", "A", dns.rcode.NOERROR),
        ("www.voorbeeld.example", "A", dns.rcode.NXDOMAIN),
        ("selector2._domainkey.voorbeeld.example", "TXT", dns.rcode.NXDOMAIN),
        ("1.2.0.192.in-addr.arpa", "PTR", dns.rcode.NXDOMAIN),
    ],
)
def test_what_was_not_recorded_is_not_there(server: RecordedServer, name: str, rdtype: str, rcode: dns.rcode.Rcode) -> None:
    assert ask(server, name, rdtype) == (rcode, {})


def test_a_recording_without_optional_records_is_served(laboratory: Laboratory) -> None:
    bare = {"domain": "kaal.example", "records": {"mx": []}, "truth": {"provider": "unknown"}}
    replay = Replay.from_lines([json.dumps(bare)], laboratory.settings().tables)
    assert replay.domains[0].truth.gateway == ""
    assert replay.zones.rrsets("kaal.example") == {}


def test_a_tree_is_read_breadth_first() -> None:
    tree = rebuild_tree(
        "v=spf1 include:a.example include:b.example -all",
        "v=spf1 include:a.example include:b.example -all v=spf1 include:c.example -all v=spf1 B v=spf1 C",
    )
    assert dict(tree.policies) == {"a.example": "v=spf1 include:c.example -all", "b.example": "v=spf1 B", "c.example": "v=spf1 C"}


def test_a_tree_that_includes_itself_ends_and_lacks_nothing() -> None:
    tree = rebuild_tree("v=spf1 include:a.example", "v=spf1 include:a.example v=spf1 include:a.example include:b.example ~all")
    assert dict(tree.policies) == {"a.example": "v=spf1 include:a.example include:b.example ~all"}
    assert tree.void == ("b.example",)


def test_names_with_macros_are_no_names() -> None:
    assert list(referred_names("v=spf1 include:%{d}.a.example ?include:B.example redirect=c.example")) == [
        "b.example",
        "c.example",
    ]


def test_a_name_gets_the_policy_that_most_records_give_it() -> None:
    trees = [rebuild_tree("v=spf1 include:a.example", f"v=spf1 include:a.example v=spf1 {text}") for text in ("x", "y", "y")]
    assert agree_on_policies(trees) == {"a.example": "v=spf1 y"}


LABELS = st.text("abcdefgh", min_size=1, max_size=3).map(lambda label: label + ".example")


@given(st.dictionaries(LABELS, st.lists(LABELS, max_size=3), max_size=8))
def test_what_a_recording_walked_is_rebuilt(tree: dict[str, list[str]]) -> None:
    def policy(name: str) -> str:
        return " ".join(["v=spf1", *(f"include:{child}" for child in tree.get(name, ())), f"exp={name}"])

    tree = {"root.example": sorted(tree), **tree}
    order, walked = ["root.example"], ["root.example"]
    while order:
        for child in tree.get(order.pop(0), ()):
            if child not in walked:
                walked.append(child)
                order.append(child)
    rebuilt = rebuild_tree(policy("root.example"), " ".join(policy(name) for name in walked))
    assert dict(rebuilt.policies) == {name: policy(name) for name in walked[1:]}
    assert not rebuilt.void
    assert not rebuilt.unassigned


@given(st.lists(st.text("abc :/.~-", max_size=12).map(lambda text: f"v=spf1 {text}".strip()), max_size=5))
def test_policies_split_at_their_version(policies: list[str]) -> None:
    assert split_policies(" ".join(policies)) == tuple(policies)


def test_hosts_in_one_as_are_attributable_and_several_hosts_in_several_are_not() -> None:
    assert MailHosts(("a.example", "b.example"), (64496,), ()).attributable
    assert MailHosts(("a.example",), (64496, 64497), ()).attributable
    assert not MailHosts(("a.example", "b.example"), (64496, 64497), ()).attributable
    assert not MailHosts((), (), ()).attributable


def test_other_domains_settle_a_host_and_the_rest_gets_the_as_that_remains() -> None:
    sure = MailHosts(("x.post.example",), (64498,), ("NL",))
    mixed = MailHosts(("y.post.example", "mx.voorbeeld.example"), (64496, 64498), ("NL",))
    found = attribute_hosts([mixed, sure])
    assert found["y.post.example"] == ((64498, ""),)
    assert found["mx.voorbeeld.example"] == ((64496, ""),)
    assert "a.other.example" not in attribute_hosts([MailHosts(("a.other.example", "b.thing.example"), (64496, 64498), ())])


def test_an_address_lies_in_its_as_and_where_possible_in_its_country(laboratory: Laboratory) -> None:
    wanted = {(64501, "IE"), (64501, "NL"), (64501, "FR"), (64496, ""), (65551, "NL")}
    found = find_addresses(wanted, laboratory.settings().tables)
    assert found.keys() == wanted - {(65551, "NL")}
    tables = PrefixTables.open(laboratory.settings().tables)
    try:
        for (asn, _), address in found.items():
            assert asn in tables.values(address).asns
        assert tables.values(found[64501, "IE"]).location == "IE"
        assert tables.values(found[64501, "NL"]).location == "NL"
    finally:
        tables.close()


# -- the real recording, where it is present -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Iterator[RecordedServer]:
    with RecordedServer(Replay.from_file(shared / "data" / "recorded" / "se.jsonl.gz")) as running:
        yield running


def sample(server: RecordedServer) -> tuple[RecordedDomain, ...]:
    return server.domains[:: max(1, len(server.domains) // SAMPLE)]


def test_a_real_recording_is_served_as_it_was_recorded(recorded: RecordedServer) -> None:
    assert len(recorded.domains) == 290
    for domain in sample(recorded):
        assert ask(recorded, domain.domain, "MX")[1].get("MX", set()) == {f"10 {host}." for host in domain.mail.hosts}
        texts = ask(recorded, domain.domain, "TXT")[1].get("TXT", set())
        assert texts == {*domain.tokens, *([domain.spf.root] if domain.spf.root else [])}
        for selector, target in domain.dkim:
            assert ask(recorded, f"{selector}._domainkey.{domain.domain}", "TXT")[1]["CNAME"] == {target + "."}


def test_the_stand_in_address_of_a_real_mail_host_lies_in_the_recorded_as(recorded: RecordedServer) -> None:
    tables = PrefixTables.open()
    try:
        checked = 0
        for domain in sample(recorded):
            for host in domain.mail.hosts if len(domain.mail.asns) == 1 else ():
                for address in ask(recorded, host, "A")[1].get("A", ()):
                    assert domain.mail.asns[0] in tables.values(address).asns, (domain.domain, host)
                    checked += 1
        assert checked >= SAMPLE // 2
    finally:
        tables.close()


def test_known_policies_come_out_under_their_own_names(recorded: RecordedServer) -> None:
    # read at the names themselves by anyone, and the reason why the tree is read breadth first
    begins = {"spf.protection.outlook.com": "v=spf1 ip4:40.92.0.0/15", "_spf.google.com": "v=spf1 ip4:74.125.0.0/16"}
    for name, start in begins.items():
        [policy] = ask(recorded, name, "TXT")[1]["TXT"]
        assert policy.startswith(start)
