"""The resolver client against servers that answer, misbehave or stay silent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from time import monotonic

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import ChainEnd
from servers.scripted import ScriptedServer, SilentServer, ZoneText, closed_port

Ask = Callable[..., list[Reply | NoReply]]
ZONE = """
voorbeeld.example A 192.0.2.1
voorbeeld.example A 192.0.2.3
voorbeeld.example A 192.0.2.2
www.voorbeeld.example CNAME Edge.Voorbeeld.example.
edge.voorbeeld.example CNAME far.away.example.
far.away.example A 198.51.100.7
only.voorbeeld.example TXT "text"
lost.voorbeeld.example CNAME gone.away.example.
bare.voorbeeld.example CNAME far.away.example.
"""


def raw_reply(query: dns.message.Message, rcode: dns.rcode.Rcode) -> bytes:
    response = dns.message.make_response(query)
    response.set_rcode(rcode)
    return response.to_wire()


def stay_silent(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
    return ()


def malformed(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
    """Announce one answer record and send octets that are none."""
    wire = bytearray(dns.message.make_response(query).to_wire())
    wire[6:8] = b"\0\1"
    return (bytes(wire) + b"\xff" * 20,)


def chain_of(length: int) -> str:
    hops = "\n".join(f"h{number}.example CNAME h{number + 1}.example." for number in range(length))
    return f"{hops}\nh{length}.example A 192.0.2.9"


def test_an_answer_is_sorted_and_canonical(ask: Ask) -> None:
    (reply,) = ask(("voorbeeld.example", "A"), servers=(ZoneText(ZONE),))
    assert isinstance(reply, Reply)
    assert reply.values == ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert (reply.outcome, reply.hops) == (Outcome.ANSWER, ())


def test_no_such_name_and_no_such_type_are_two_replies(ask: Ask) -> None:
    missing, empty = ask(("nothing.example", "A"), ("only.voorbeeld.example", "A"), servers=(ZoneText(ZONE),))
    assert isinstance(missing, Reply)
    assert missing.outcome is Outcome.NXDOMAIN
    assert isinstance(empty, Reply)
    assert empty.outcome is Outcome.NODATA


@pytest.mark.parametrize("open_chains", [False, True], ids=["whole-in-one-message", "one-hop-a-message"])
def test_a_chain_is_kept_hop_by_hop(ask: Ask, open_chains: bool) -> None:
    reply, lost = ask(
        ("www.voorbeeld.example", "A"), ("lost.voorbeeld.example", "A"), servers=(ZoneText(ZONE, open_chains=open_chains),)
    )
    assert isinstance(reply, Reply)
    assert reply.hops == ("edge.voorbeeld.example", "far.away.example")
    assert reply.values == ("198.51.100.7",)
    assert isinstance(lost, Reply)
    assert (lost.outcome, lost.hops) == (Outcome.NXDOMAIN, ("gone.away.example",))
    assert len(reply.raws) == (3 if open_chains else 1)


def test_a_question_for_a_cname_is_not_followed(ask: Ask) -> None:
    (reply,) = ask(("www.voorbeeld.example", "CNAME"), servers=(ZoneText(ZONE),))
    assert isinstance(reply, Reply)
    assert (reply.values, reply.hops) == (("edge.voorbeeld.example",), ())


@pytest.mark.parametrize("open_chains", [False, True])
def test_a_loop_ends_and_is_named(ask: Ask, open_chains: bool) -> None:
    zone = ZoneText("a.example CNAME b.example.\nb.example CNAME a.example.", open_chains=open_chains)
    (outcome,) = ask(("a.example", "A"), servers=(zone,))
    assert isinstance(outcome, NoReply)
    assert (outcome.reason, outcome.ended, outcome.retryable) == (FailureReason.TOO_DEEP, ChainEnd.LOOP, False)
    assert outcome.hops == ("b.example", "a.example")


@pytest.mark.parametrize("open_chains", [False, True])
def test_sixteen_hops_are_followed_and_seventeen_are_too_many(ask: Ask, open_chains: bool) -> None:
    (longest,) = ask(("h0.example", "A"), servers=(ZoneText(chain_of(16), open_chains=open_chains),))
    assert isinstance(longest, Reply)
    assert longest.values == ("192.0.2.9",)
    (outcome,) = ask(("h0.example", "A"), servers=(ZoneText(chain_of(17), open_chains=open_chains),))
    assert isinstance(outcome, NoReply)
    assert (outcome.reason, outcome.ended) == (FailureReason.TOO_DEEP, ChainEnd.TOO_LONG)


def test_the_hops_before_a_broken_target_are_kept(ask: Ask) -> None:
    def broken_behind_alias(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        rdtype = query.question[0].rdtype
        if query.question[0].name == dns.name.from_text("www.voorbeeld.example") and rdtype == dns.rdatatype.CNAME:
            return ZoneText(ZONE)(query, over_tcp)
        return (raw_reply(query, dns.rcode.SERVFAIL),)

    (outcome,) = ask(("www.voorbeeld.example", "A"), servers=(broken_behind_alias,))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.SERVFAIL
    assert (outcome.hops, outcome.ended) == (("edge.voorbeeld.example",), ChainEnd.FAILED)


@pytest.mark.parametrize(
    ("rcode", "reason"),
    [
        (dns.rcode.SERVFAIL, FailureReason.SERVFAIL),
        (dns.rcode.REFUSED, FailureReason.REFUSED),
        (dns.rcode.NOTIMP, FailureReason.REFUSED),
        (dns.rcode.FORMERR, FailureReason.MALFORMED),
        (dns.rcode.BADVERS, FailureReason.SERVFAIL),
    ],
)
def test_every_error_code_is_its_own_failure(ask: Ask, rcode: dns.rcode.Rcode, reason: FailureReason) -> None:
    (outcome,) = ask(("voorbeeld.example", "A"), servers=(lambda query, _: (raw_reply(query, rcode),),))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is reason


def test_a_message_that_does_not_parse_is_a_failure_of_its_own(ask: Ask) -> None:
    (outcome,) = ask(("voorbeeld.example", "A"), servers=(malformed,))
    assert isinstance(outcome, NoReply)
    assert (outcome.reason, outcome.retryable) == (FailureReason.MALFORMED, False)


def test_records_of_a_name_that_does_not_exist_are_not_believed(ask: Ask) -> None:
    def contradicting(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        response = dns.message.make_response(query)
        response.answer.append(dns.rrset.from_text(query.question[0].name, 300, "IN", "A", "192.0.2.1"))
        response.set_rcode(dns.rcode.NXDOMAIN)
        return (response.to_wire(),)

    (outcome,) = ask(("voorbeeld.example", "A"), servers=(contradicting,))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.MALFORMED


def test_a_closed_port_is_unreachable_at_once(ask: Ask) -> None:
    started = monotonic()
    (outcome,) = ask(("voorbeeld.example", "A"), servers=(closed_port(),), dns_timeout_s=30.0)
    assert isinstance(outcome, NoReply)
    assert (outcome.reason, outcome.retryable) == (FailureReason.UNREACHABLE, True)
    assert monotonic() - started < 5


def test_a_silent_resolver_is_a_timeout_in_bounded_time(ask: Ask) -> None:
    started = monotonic()
    with SilentServer() as silent:
        outcomes = ask(*((f"n{number}.example", "A") for number in range(100)), servers=(silent.port,), dns_timeout_s=0.2)
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, NoReply)} == {FailureReason.TIMEOUT}
    assert len(outcomes) == 100
    assert monotonic() - started < 5


def test_a_silent_resolver_is_remembered_and_not_asked_again() -> None:
    async def go() -> None:
        async with ScriptedServer(stay_silent) as server:
            address = ResolverAddress("127.0.0.1", server.port)
            resolver = StubResolver((address,), timeout_s=0.05, attempts=1, max_in_flight=8)
            for number in range(50):
                outcome = await resolver.ask(f"first{number}.example", "A")
                assert isinstance(outcome, NoReply)
                if "just before" in outcome.detail:
                    break
            outcomes = await asyncio.gather(*(resolver.ask(f"later{number}.example", "A") for number in range(100)))
            assert not any(name.startswith("later") for name, _, _ in server.asked)
            assert [outcome.reason for outcome in outcomes if isinstance(outcome, NoReply)] == [FailureReason.TIMEOUT] * 100
            await resolver.close()

    asyncio.run(go())


def test_a_slow_domain_is_not_taken_for_a_dead_resolver() -> None:
    async def go() -> None:
        zone = ZoneText(ZONE, silent=frozenset({"slow.example"}))
        async with ScriptedServer(zone) as server:
            address = ResolverAddress("127.0.0.1", server.port)
            resolver = StubResolver((address,), timeout_s=0.5, attempts=2, max_in_flight=8)
            slow = await resolver.ask("slow.example", "A")
            assert isinstance(slow, NoReply)
            assert slow.reason is FailureReason.TIMEOUT
            assert (".", "NS", False) in server.asked
            assert isinstance(await resolver.ask("voorbeeld.example", "A"), Reply)
            await resolver.close()

    asyncio.run(go())


@pytest.mark.parametrize("first", ["servfail", "refused", "malformed", "silent", "closed"])
def test_another_resolver_is_asked_where_one_fails(ask: Ask, first: str) -> None:
    responders = {
        "servfail": lambda query, _: (raw_reply(query, dns.rcode.SERVFAIL),),
        "refused": lambda query, _: (raw_reply(query, dns.rcode.REFUSED),),
        "malformed": malformed,
        "silent": stay_silent,
    }
    failing = responders.get(first) or closed_port()
    (reply,) = ask(("voorbeeld.example", "A"), servers=(failing, ZoneText(ZONE)), dns_timeout_s=0.3)
    assert isinstance(reply, Reply)
    assert len(reply.values) == 3


def test_an_error_code_says_more_than_silence(ask: Ask) -> None:
    refusing = ZoneText("", rcodes={"voorbeeld.example": dns.rcode.REFUSED})
    (outcome,) = ask(("voorbeeld.example", "A"), servers=(closed_port(), refusing), dns_timeout_s=0.3)
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.REFUSED


def test_an_answer_with_another_id_or_question_is_ignored(ask: Ask) -> None:
    def spoofing(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        (right,) = ZoneText(ZONE)(query, over_tcp)
        other_id = dns.message.make_response(query)
        other_id.id ^= 1
        other_question = dns.message.make_response(dns.message.make_query("other.example", "A", id=query.id))
        other_type = dns.message.make_response(dns.message.make_query(query.question[0].name, "AAAA", id=query.id))
        asked_back = dns.message.make_query(query.question[0].name, "A", id=query.id)
        return (*(message.to_wire() for message in (other_id, other_question, other_type, asked_back)), b"\0", right)

    (reply,) = ask(("voorbeeld.example", "A"), servers=(spoofing,))
    assert isinstance(reply, Reply)
    assert len(reply.values) == 3


def test_an_answer_from_another_address_is_ignored() -> None:
    class Forging(ScriptedServer):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                other.sendto(next(iter(ZoneText(ZONE)(dns.message.from_wire(data), False))), addr)

    async def go() -> Reply | NoReply:
        async with Forging(stay_silent) as server:
            address = ResolverAddress("127.0.0.1", server.port)
            resolver = StubResolver((address,), timeout_s=0.1, attempts=1, max_in_flight=8)
            outcome = await resolver.ask("voorbeeld.example", "A")
            await resolver.close()
            return outcome

    outcome = asyncio.run(go())
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.TIMEOUT


def test_a_referral_is_not_taken_for_a_no(ask: Ask) -> None:
    def lame(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        response = dns.message.make_response(query)
        response.authority.append(dns.rrset.from_text("example.", 300, "IN", "NS", "ns1.elsewhere.example."))
        return (response.to_wire(),)

    (outcome,) = ask(("voorbeeld.example", "A"), servers=(lame,))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.REFUSED


def test_a_truncated_answer_is_asked_for_over_tcp(ask: Ask) -> None:
    text = " ".join(f'"{"x" * 250}"' for _ in range(256))
    server = ScriptedServer(ZoneText(f"big.example TXT {text}"))
    (reply,) = ask(("big.example", "TXT"), servers=(server,))
    assert isinstance(reply, Reply)
    assert reply.values == ("x" * 64000,)
    assert server.asked == [("big.example", "TXT", False), ("big.example", "TXT", True)]


def test_a_truncated_answer_without_tcp_is_no_answer(ask: Ask) -> None:
    def truncated(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        if over_tcp:
            return (b"",)
        response = dns.message.make_response(query)
        response.answer.append(dns.rrset.from_text(query.question[0].name, 300, "IN", "A", "192.0.2.1"))
        response.flags |= dns.flags.TC
        return (response.to_wire(),)

    (outcome,) = ask(("voorbeeld.example", "A"), servers=(truncated,))
    assert isinstance(outcome, NoReply)
    assert outcome.reason is FailureReason.UNREACHABLE


def test_identical_questions_share_one_flight_and_one_cached_reply() -> None:
    async def go() -> None:
        async with ScriptedServer(ZoneText(ZONE)) as server:
            address = ResolverAddress("127.0.0.1", server.port)
            resolver = StubResolver((address,), timeout_s=2, attempts=1, max_in_flight=8)
            replies = await asyncio.gather(*(resolver.ask("voorbeeld.example", "A") for _ in range(50)))
            assert len(set(replies)) == 1
            assert await resolver.ask("voorbeeld.example", "A") is replies[0]
            assert server.asked == [("voorbeeld.example", "A", False)]
            await resolver.close()

    asyncio.run(go())


def test_a_caller_that_gives_up_does_not_take_the_flight_from_the_others() -> None:
    async def go() -> None:
        async with ScriptedServer(ZoneText(ZONE), hold=2) as server:
            address = ResolverAddress("127.0.0.1", server.port)
            resolver = StubResolver((address,), timeout_s=5, attempts=1, max_in_flight=8)
            impatient = asyncio.ensure_future(resolver.ask("voorbeeld.example", "A"))
            patient = asyncio.ensure_future(resolver.ask("voorbeeld.example", "A"))
            done, _ = await asyncio.wait({impatient}, timeout=0.05)
            assert not done
            impatient.cancel()
            await resolver.ask("www.voorbeeld.example", "A")  # the second open question lets the server answer both
            assert isinstance(await patient, Reply)
            assert server.asked.count(("voorbeeld.example", "A", False)) == 1
            await resolver.close()

    asyncio.run(go())


def test_no_more_questions_are_in_flight_than_allowed_and_no_fewer(ask: Ask) -> None:
    server = ScriptedServer(ZoneText(ZONE), hold=4)
    outcomes = ask(*((f"n{number}.example", "A") for number in range(40)), servers=(server,), max_in_flight=4)
    assert all(isinstance(outcome, Reply) for outcome in outcomes)
    assert server.most_open == 4


def test_a_resolver_that_is_closed_ends_what_is_under_way() -> None:
    async def go() -> None:
        with SilentServer() as silent:
            resolver = StubResolver((ResolverAddress("127.0.0.1", silent.port),), timeout_s=60, attempts=1, max_in_flight=8)
            asking = asyncio.ensure_future(resolver.ask("voorbeeld.example", "A"))
            await asyncio.wait({asking}, timeout=0.01)
            await resolver.close()
            with pytest.raises(asyncio.CancelledError):
                await asking

    asyncio.run(go())


@pytest.mark.parametrize("name", ["a..example", "x" * 64 + ".example", ".".join(["abcdefg"] * 40), "bad\\300.example"])
def test_a_name_that_cannot_be_asked_is_a_failure(ask: Ask, name: str) -> None:
    (outcome,) = ask((name, "A"), servers=(ZoneText(ZONE),))
    assert isinstance(outcome, NoReply)
    assert (outcome.reason, outcome.retryable) == (FailureReason.MALFORMED, False)


def test_a_resolver_on_ipv6_is_asked_too(ask: Ask) -> None:
    async def go() -> Reply | NoReply:
        async with ScriptedServer(ZoneText(ZONE), "::1") as server:
            resolver = StubResolver((ResolverAddress("::1", server.port),), timeout_s=2, attempts=1, max_in_flight=1)
            outcome = await resolver.ask("voorbeeld.example", "A")
            await resolver.close()
            return outcome

    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no IPv6 loopback address")
    assert isinstance(asyncio.run(go()), Reply)
