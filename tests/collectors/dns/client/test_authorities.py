"""Asking authoritative servers at given addresses: what goes out, what is believed, who is never asked, and what a closed network costs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from time import monotonic

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from herkomst.collectors.dns.client.authorities import CUT_OFF_AFTER, MAX_SERVERS
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.resolution import Authoritative, NoReply, Outcome, Referral, Reply
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason
from servers.scripted import Respond, ScriptedServer, SilentServer, closed_port

ZONE = "voorbeeld.example"
NOBODY = (ResolverAddress("127.0.0.1", 9),)
SERVERS = ("ns1.polderhost.example", f"ns.{ZONE}")
Use = Callable[[StubResolver], Awaitable[None]]


def refer(query: dns.message.Message, owner: str = ZONE, servers: Iterable[str] = SERVERS) -> dns.message.Message:
    response = dns.message.make_response(query)
    response.authority.append(dns.rrset.from_text(f"{owner}.", 300, "IN", "NS", *(f"{host}." for host in servers)))
    return response


def parent(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
    response = refer(query)
    response.authority.append(dns.rrset.from_text(f"{ZONE}.", 300, "IN", "DS", "12345 13 2 " + "ab" * 32))
    response.additional.append(dns.rrset.from_text(f"ns.{ZONE}.", 300, "IN", "A", "192.0.2.53"))
    response.additional.append(dns.rrset.from_text("ander.example.", 300, "IN", "A", "192.0.2.99"))
    return (response.to_wire(),)


def run(use: Use, respond: Respond | ScriptedServer | int = parent, **settings: object) -> None:
    async def go() -> None:
        async with AsyncExitStack() as stack:
            port = respond
            if not isinstance(respond, int):
                server = respond if isinstance(respond, ScriptedServer) else ScriptedServer(respond)
                port = (await stack.enter_async_context(server)).port
            given: dict[str, object] = {
                "timeout_s": 0.3,
                "attempts": 2,
                "max_in_flight": 64,
                "may_ask_loopback": True,
                **settings,
            }
            resolver = StubResolver(NOBODY, authority_port=port, **given)  # type: ignore[arg-type]  # its arguments
            stack.push_async_callback(resolver.close)
            await use(resolver)

    asyncio.run(go())


def test_a_referral_names_the_servers_their_glue_and_whether_the_zone_is_signed() -> None:
    async def use(resolver: StubResolver) -> None:
        found = await resolver.ask_authority(["127.0.0.1"], ZONE, "NS")
        assert isinstance(found, Authoritative)
        assert found.address == "127.0.0.1"
        assert isinstance(found.said, Referral)
        assert (found.said.name, found.said.servers) == (ZONE, tuple(sorted(SERVERS)))
        assert found.said.glue == ((f"ns.{ZONE}", "192.0.2.53"),)
        assert found.said.has_ds
        (raw,) = found.said.raws
        assert dns.message.from_wire(raw.body).authority[0].name.to_text() == f"{ZONE}."

    run(use)


def test_the_query_desires_no_recursion_and_mixes_letter_case() -> None:
    queries: list[dns.message.Message] = []

    def keep(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        queries.append(query)
        return parent(query, over_tcp)

    async def use(resolver: StubResolver) -> None:
        await asyncio.gather(*(resolver.ask_authority(["127.0.0.1"], f"{'ab' * number}.example", "NS") for number in range(1, 9)))
        assert len(queries) == 8
        assert not any(query.flags & (dns.flags.RD | dns.flags.AD) for query in queries)
        assert all(query.ednsflags & dns.flags.DO for query in queries)
        names = [query.question[0].name.to_text() for query in queries]
        assert any(name != name.lower() for name in names)

    run(use, keep)


@pytest.mark.parametrize(
    ("answer", "rcode", "outcome"),
    [((SERVERS[0],), "NOERROR", Outcome.ANSWER), ((), "NOERROR", Outcome.NODATA), ((), "NXDOMAIN", Outcome.NXDOMAIN)],
)
def test_a_server_with_authority_answers_itself(answer: tuple[str, ...], rcode: str, outcome: Outcome) -> None:
    def serve(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA
        response.set_rcode(dns.rcode.from_text(rcode))
        if answer:
            response.answer.append(dns.rrset.from_text(f"{ZONE}.", 300, "IN", "NS", *(f"{host}." for host in answer)))
        else:
            response.authority.append(dns.rrset.from_text("example.", 300, "IN", "SOA", "ns.example. h.example. 1 2 3 4 5"))
        return (response.to_wire(),)

    async def use(resolver: StubResolver) -> None:
        found = await resolver.ask_authority(["127.0.0.1"], ZONE, "NS")
        assert isinstance(found, Authoritative)
        assert isinstance(found.said, Reply)
        assert (found.said.outcome, found.said.values) == (outcome, answer)

    run(use, serve)


def _upward(query: dns.message.Message) -> dns.message.Message:
    return refer(query, "")


def _elsewhere(query: dns.message.Message) -> dns.message.Message:
    return refer(query, "example")


def _from_a_cache(query: dns.message.Message) -> dns.message.Message:
    response = dns.message.make_response(query, recursion_available=True)
    response.answer.append(dns.rrset.from_text(f"{ZONE}.", 300, "IN", "NS", f"{SERVERS[0]}."))
    return response


def _refused(query: dns.message.Message) -> dns.message.Message:
    response = dns.message.make_response(query)
    response.set_rcode(dns.rcode.REFUSED)
    return response


@pytest.mark.parametrize("make", [_upward, _elsewhere, _from_a_cache, _refused])
def test_a_server_that_does_not_know_the_zone_tells_nothing_and_the_next_one_is_asked(
    make: Callable[[dns.message.Message], dns.message.Message],
) -> None:
    asked: list[str] = []

    def respond(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        asked.append("first" if not asked else "second")
        return (make(query).to_wire(),) if len(asked) == 1 else parent(query, over_tcp)

    async def alone(resolver: StubResolver) -> None:
        found = await resolver.ask_authority(["127.0.0.1"], ZONE, "NS")
        assert isinstance(found, NoReply)
        assert found.reason is FailureReason.REFUSED

    async def with_another(resolver: StubResolver) -> None:
        found = await resolver.ask_authority(["127.0.0.1", "127.0.0.2"], ZONE, "NS")
        assert isinstance(found, NoReply), "nothing listens at the second address, and the first is not asked twice"

    run(alone, respond)
    asked.clear()
    run(with_another, respond)
    assert asked == ["first"]


def test_a_truncated_referral_is_asked_for_over_tcp() -> None:
    def respond(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        if over_tcp:
            return parent(query, over_tcp)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC
        return (response.to_wire(),)

    server = ScriptedServer(respond)

    async def use(resolver: StubResolver) -> None:
        found = await resolver.ask_authority(["127.0.0.1"], ZONE, "NS")
        assert isinstance(found, Authoritative)
        assert [over_tcp for _, _, over_tcp in server.asked] == [False, True]

    run(use, server)


def test_the_same_question_is_sent_once_and_its_answer_kept() -> None:
    server = ScriptedServer(parent)

    async def use(resolver: StubResolver) -> None:
        together = await asyncio.gather(*(resolver.ask_authority(["127.0.0.1"], ZONE, "NS") for _ in range(50)))
        later = await resolver.ask_authority(["127.0.0.1"], ZONE, "NS")
        assert {id(found) for found in (*together, later)} == {id(later)}
        assert len(server.asked) == 1

    run(use, server)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "192.0.2.53", "fe80::1", "224.0.0.1"])
def test_an_address_for_a_special_use_is_never_asked(address: str) -> None:
    server = ScriptedServer(parent)

    async def use(resolver: StubResolver) -> None:
        found = await resolver.ask_authority([address], ZONE, "NS")
        assert isinstance(found, NoReply)
        assert (found.reason, found.retryable) == (FailureReason.UNREACHABLE, True)
        assert "special use" in found.detail
        assert server.asked == []

    run(use, server, may_ask_loopback=False)


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "192.0.2.53", "fe80::1"])
def test_a_laboratory_may_ask_loopback_and_nothing_else(address: str) -> None:
    async def use(resolver: StubResolver) -> None:
        assert isinstance(await resolver.ask_authority([address], ZONE, "NS"), NoReply)
        assert isinstance(await resolver.ask_authority([address, "127.0.0.1"], ZONE, "NS"), Authoritative)

    run(use)


def test_at_most_two_servers_are_asked_and_the_second_soon() -> None:
    with SilentServer() as silent:

        async def use(resolver: StubResolver) -> None:
            began = monotonic()
            found = await resolver.ask_authority([f"127.0.0.{last}" for last in range(1, 9)], ZONE, "NS")
            assert isinstance(found, NoReply)
            assert found.reason in (FailureReason.TIMEOUT, FailureReason.UNREACHABLE)
            assert monotonic() - began < 2

        run(use, silent.port)


def test_where_no_server_ever_answers_the_rest_is_told_at_once() -> None:
    port = closed_port()

    async def use(resolver: StubResolver) -> None:
        for number in range(CUT_OFF_AFTER):
            await resolver.ask_authority([f"127.0.1.{number}"], f"{number}.example", "NS")
        found = await resolver.ask_authority(["127.0.2.1"], ZONE, "NS")
        assert isinstance(found, NoReply)
        assert (found.reason, found.retryable) == (FailureReason.UNREACHABLE, True)
        assert "let no questions out" in found.detail

    run(use, port)


def test_servers_that_are_not_asked_any_more_are_let_go() -> None:
    async def use(resolver: StubResolver) -> None:
        def ask(number: int) -> Awaitable[Authoritative | NoReply]:
            return resolver.ask_authority([f"127.0.{number // 200}.{number % 200 + 1}"], f"n{number}.example", "NS")

        count = MAX_SERVERS + 40
        for begin in range(0, count, 34):
            await asyncio.gather(*map(ask, range(begin, min(begin + 34, count))))
        await ask(count)
        assert len(resolver._authorities._servers) <= MAX_SERVERS + 1
        assert len(resolver._authorities._dispatcher.servers) == len(resolver._authorities._servers)

    run(use, closed_port())


def test_resolver_and_name_server_at_one_address_share_one_cap() -> None:
    server = ScriptedServer(parent)

    async def go() -> None:
        async with server:
            resolver = StubResolver(
                (ResolverAddress("127.0.0.1", server.port),),
                timeout_s=5.0,
                attempts=1,
                max_in_flight=64,
                per_second=40,
                authority_port=server.port,
                may_ask_loopback=True,
            )
            began = monotonic()
            questions = [resolver.ask(f"r{number}.example", "A") for number in range(10)]
            questions += [resolver.ask_authority(["127.0.0.1"], f"a{number}.example", "NS") for number in range(10)]  # type: ignore[misc]  # only waited for
            await asyncio.gather(*questions)
            # twenty queries at forty a second, but for the burst of fifty milliseconds
            assert monotonic() - began > 20 / 40 - 0.1
            await resolver.close()

    asyncio.run(go())
