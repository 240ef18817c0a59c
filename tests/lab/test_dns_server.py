"""The DNS server as a client sees it, through real sockets."""

from __future__ import annotations

import asyncio
import socket
import time

import dns.asyncquery
import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from herkomst.lab.dns_server import LOOPBACK, DnsServer
from herkomst.lab.dns_zones import SLOW_S, Zone, Zones
from herkomst.lab.laboratory import serving
from herkomst.lab.loop_thread import LoopThread
from hypothesis import given, settings
from hypothesis import strategies as st

TIMEOUT_S = 5.0
SHORT_S = 0.2


def ask(
    server: DnsServer, name: str, rdtype: str = "A", *, tcp: bool = False, timeout_s: float = TIMEOUT_S, **options: object
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, **options)  # type: ignore[arg-type]  # options of dnspython
    send = dns.query.tcp if tcp else dns.query.udp
    return send(query, LOOPBACK, port=server.port, timeout=timeout_s)


def values(response: dns.message.Message, rdtype: str) -> set[str]:
    wanted = dns.rdatatype.from_text(rdtype)
    return {rdata.to_text() for rrset in response.answer if rrset.rdtype == wanted for rdata in rrset}


def test_without_recursion_it_answers_as_the_server_of_the_parent(loop: LoopThread) -> None:
    below, told = Zone("onder.zone.example"), Zone("anders.zone.example")
    below.add("onder.zone.example", "NS", "ns.onder.zone.example.", "ns.elders.example.")
    below.add("ns.onder.zone.example", "A", "192.0.2.53")
    told.add("anders.zone.example", "NS", "ns.elders.example.")
    zones = Zones(
        [Zone("zone.example"), below, told, Zone("leeg.zone.example")], None, {"anders.zone.example": ("oud.example.",)}
    )
    with serving(loop, server := DnsServer(zones)):
        referral = ask(server, "onder.zone.example", "NS", flags=0)
        other = ask(server, "anders.zone.example", "NS", flags=0)
        nothing = ask(server, "leeg.zone.example", "NS", flags=0)
        refused = ask(server, "zone.example", "NS", flags=0)
        resolved = ask(server, "onder.zone.example", "NS")
    assert not referral.answer
    assert not referral.flags & (dns.flags.AA | dns.flags.RA)
    assert {item.to_text() for item in referral.authority[0]} == {"ns.onder.zone.example.", "ns.elders.example."}
    assert [item.to_text() for item in referral.additional] == ["ns.onder.zone.example. 300 IN A 192.0.2.53"]
    assert [item.to_text() for item in other.authority[0]] == ["oud.example."]
    assert (nothing.rcode(), bool(nothing.flags & dns.flags.AA)) == (dns.rcode.NXDOMAIN, True)
    assert refused.rcode() == dns.rcode.REFUSED
    assert values(resolved, "NS") == {"ns.onder.zone.example.", "ns.elders.example."}


@pytest.mark.parametrize("tcp", [False, True])
def test_a_name_is_answered_as_a_resolver_does(server: DnsServer, tcp: bool) -> None:
    response = ask(server, "zone.example", tcp=tcp)
    assert response.rcode() == dns.rcode.NOERROR
    assert values(response, "A") == {"192.0.2.1"}
    assert response.flags & dns.flags.RA


def test_a_cname_is_followed_into_another_zone(server: DnsServer) -> None:
    response = ask(server, "www.zone.example")
    assert values(response, "CNAME") == {"host.other.example."}
    assert values(response, "A") == {"192.0.2.3", "192.0.2.4"}


def test_the_name_is_answered_in_the_letters_of_the_question(server: DnsServer) -> None:
    response = ask(server, "ZoNe.ExAmPlE")
    assert response.answer[0].name.to_text() == "ZoNe.ExAmPlE."


def test_a_name_that_does_not_exist_and_a_type_that_is_not_there_differ(server: DnsServer) -> None:
    missing, other_type = ask(server, "nothing.zone.example"), ask(server, "zone.example", "AAAA")
    assert (missing.rcode(), other_type.rcode()) == (dns.rcode.NXDOMAIN, dns.rcode.NOERROR)
    for response in (missing, other_type):
        assert not response.answer
        assert response.authority[0].rdtype == dns.rdatatype.SOA
        assert response.authority[0].name.to_text() == "zone.example."


def test_a_name_with_only_names_below_it_exists(server: DnsServer) -> None:
    assert ask(server, "er.zone.example").rcode() == dns.rcode.NOERROR


def test_a_name_outside_all_zones_does_not_exist(server: DnsServer) -> None:
    response = ask(server, "elsewhere.invalid")
    assert response.rcode() == dns.rcode.NXDOMAIN
    assert response.authority[0].name.to_text() == "."


def test_a_cname_to_nothing_ends_in_nxdomain_and_shows_the_hop(server: DnsServer) -> None:
    response = ask(server, "dangling.zone.example")
    assert response.rcode() == dns.rcode.NXDOMAIN
    assert values(response, "CNAME") == {"nothing.zone.example."}


def test_a_wildcard_answers_for_any_label_but_not_for_its_parent(server: DnsServer) -> None:
    assert values(ask(server, "any.thing.wild.zone.example"), "A") == {"192.0.2.1"}
    assert ask(server, "wild.zone.example").rcode() == dns.rcode.NOERROR
    assert not ask(server, "wild.zone.example").answer


def test_a_cname_loop_is_answered_with_its_hops_and_no_address(server: DnsServer) -> None:
    response = ask(server, "loop1.zone.example")
    assert values(response, "CNAME") == {"loop1.zone.example.", "loop2.zone.example."}
    assert not values(response, "A")


def test_ad_is_set_only_when_asked_for_and_only_while_the_chain_is_signed(server: DnsServer) -> None:
    assert not ask(server, "zone.example").flags & dns.flags.AD
    assert ask(server, "zone.example", want_dnssec=True).flags & dns.flags.AD
    assert ask(server, "nothing.zone.example", want_dnssec=True).flags & dns.flags.AD
    assert not ask(server, "www.zone.example", want_dnssec=True).flags & dns.flags.AD


@pytest.mark.parametrize(("payload", "truncated"), [(512, True), (1232, True), (None, True)])
def test_an_answer_that_does_not_fit_is_truncated_and_whole_over_tcp(
    server: DnsServer, payload: int | None, truncated: bool
) -> None:
    options: dict[str, object] = {"use_edns": False} if payload is None else {"payload": payload}
    response = ask(server, "large.zone.example", "TXT", **options)
    assert bool(response.flags & dns.flags.TC) is truncated
    assert not response.answer
    assert len(values(ask(server, "large.zone.example", "TXT", tcp=True), "TXT")) == 40


def test_a_name_told_to_truncate_answers_over_tcp_only(server: DnsServer) -> None:
    assert ask(server, "truncate.zone.example").flags & dns.flags.TC
    assert values(ask(server, "truncate.zone.example", tcp=True), "A") == {"192.0.2.9"}


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(("name", "rcode"), [("servfail", dns.rcode.SERVFAIL), ("refused", dns.rcode.REFUSED)])
def test_a_refusal_has_its_code_and_no_answer(server: DnsServer, name: str, rcode: dns.rcode.Rcode, tcp: bool) -> None:
    response = ask(server, f"{name}.zone.example", tcp=tcp)
    assert response.rcode() == rcode
    assert not response.answer


def test_a_failure_can_be_of_one_type_only(server: DnsServer) -> None:
    assert ask(server, "zone.example", "MX").rcode() == dns.rcode.SERVFAIL
    assert ask(server, "zone.example", "TXT").rcode() == dns.rcode.NOERROR


def test_a_lame_server_refers_to_the_root(server: DnsServer) -> None:
    response = ask(server, "lame.zone.example")
    assert response.rcode() == dns.rcode.NOERROR
    assert not response.answer
    assert not response.flags & (dns.flags.RA | dns.flags.AA)
    assert response.authority[0].rdtype == dns.rdatatype.NS


@pytest.mark.parametrize("tcp", [False, True])
def test_a_silent_name_never_answers(server: DnsServer, tcp: bool) -> None:
    with pytest.raises(dns.exception.Timeout):
        ask(server, "silent.zone.example", tcp=tcp, timeout_s=SHORT_S)


@pytest.mark.parametrize("tcp", [False, True])
def test_a_slow_name_answers_rightly_and_late(server: DnsServer, tcp: bool) -> None:
    started = time.monotonic()
    assert values(ask(server, "slow.zone.example", tcp=tcp), "A") == {"192.0.2.9"}
    assert time.monotonic() - started >= SLOW_S * 0.9


def test_a_wrong_id_is_no_answer_to_a_careful_client(server: DnsServer) -> None:
    with pytest.raises(dns.query.BadResponse):
        ask(server, "wrong-id.zone.example")
    query = dns.message.make_query("wrong-id.zone.example", "A")
    with pytest.raises(dns.exception.Timeout):
        dns.query.udp(query, LOOPBACK, port=server.port, timeout=SHORT_S, ignore_errors=True)


def test_a_datagram_that_is_no_message_can_come_back(server: DnsServer) -> None:
    with pytest.raises(dns.exception.FormError):
        ask(server, "empty.zone.example")


def test_many_questions_on_one_tcp_connection_are_answered(server: DnsServer) -> None:
    async def ask_thrice() -> list[set[str]]:
        reader, writer = await asyncio.open_connection(LOOPBACK, server.port)
        found = []
        for name in ("zone.example", "host.other.example", "deep.er.zone.example"):
            wire = dns.message.make_query(name, "A").to_wire()
            writer.write(len(wire).to_bytes(2, "big") + wire)
            size = int.from_bytes(await reader.readexactly(2), "big")
            found.append(values(dns.message.from_wire(await reader.readexactly(size)), "A"))
        writer.close()
        await writer.wait_closed()
        return found

    assert asyncio.run(ask_thrice()) == [{"192.0.2.1"}, {"192.0.2.3", "192.0.2.4"}, {"192.0.2.2"}]


def test_the_questions_are_counted_by_transport(server: DnsServer) -> None:
    before = server.asked["deep.er.zone.example", "SRV", "tcp"]
    ask(server, "Deep.er.zone.example", "SRV", tcp=True)
    assert server.asked["deep.er.zone.example", "SRV", "tcp"] == before + 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_no_bytes_from_outside_stop_the_server(server: DnsServer, noise: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(noise, (LOOPBACK, server.port))
    assert values(ask(server, "zone.example"), "A") == {"192.0.2.1"}


def test_a_closed_server_frees_its_port(loop: LoopThread) -> None:
    zone = Zone("zone.example")
    zone.add("zone.example", "A", "192.0.2.1")
    server = DnsServer(Zones([zone]))
    with serving(loop, server):
        assert ask(server, "zone.example").answer
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind((LOOPBACK, server.port))
        assert tcp.connect_ex((LOOPBACK, server.port)) != 0
