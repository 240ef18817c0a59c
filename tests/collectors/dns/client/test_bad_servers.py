"""Servers that lie, drip, flood, forget or fail half the time: the right answer or a failure, in bounded time, and never a wrong value."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Iterator
from itertools import count
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
from servers.scripted import Respond, ScriptedServer, ZoneText

Ask = Callable[..., list[Reply | NoReply]]
NAMES = 60
ZONE = ZoneText("\n".join(f"n{number}.example A 192.0.2.{number}" for number in range(NAMES)))
QUESTIONS = [(f"n{number}.example", "A") for number in range(NAMES)]


def resolver_of(server: ScriptedServer, **changes: object) -> StubResolver:
    settings = {"timeout_s": 5.0, "attempts": 2, "max_in_flight": 256, **changes}
    return StubResolver((ResolverAddress(server.address, server.port),), **settings)  # type: ignore[arg-type]  # its arguments


def run(server: ScriptedServer, use: Callable[[StubResolver], Awaitable[None]], **changes: object) -> None:
    """Start the server, use a resolver that asks it, stop both."""

    async def go() -> None:
        async with server:
            resolver = resolver_of(server, **changes)
            try:
                await use(resolver)
            finally:
                await resolver.close()

    asyncio.run(go())


def every_second(lie: Callable[[dns.message.Message, bytes], Iterable[bytes]]) -> Respond:
    """Answer rightly and with a lie in turns; over TCP, where nobody can put in a word, rightly."""
    turns = count()

    def respond(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        (right,) = ZONE(query, over_tcp)
        return lie(query, right) if not over_tcp and next(turns) % 2 else (right,)

    return respond


def other_question(query: dns.message.Message, right: bytes) -> Iterable[bytes]:
    response = dns.message.make_response(dns.message.make_query("other.example", "A", id=query.id))
    response.answer.append(dns.rrset.from_text("other.example.", 300, "IN", "A", "203.0.113.66"))
    return (response.to_wire(),)


def other_id(query: dns.message.Message, right: bytes) -> Iterable[bytes]:
    return (bytes((right[0] ^ 1, right[1])) + right[2:-4] + b"\xcb\0\x71\x42",)


def other_case(query: dns.message.Message, right: bytes) -> Iterable[bytes]:
    response = dns.message.make_response(dns.message.make_query(query.question[0].name.to_text().lower(), "A", id=query.id))
    response.answer.append(dns.rrset.from_text(response.question[0].name, 300, "IN", "A", "203.0.113.66"))
    wire = response.to_wire()
    return (wire,) if wire[12:20] != right[12:20] else ()


def garbage(query: dns.message.Message, right: bytes) -> Iterable[bytes]:
    return (right[:-3] + b"\xff" * 40,)


def servfail(query: dns.message.Message, right: bytes) -> Iterable[bytes]:
    response = dns.message.make_response(query)
    response.set_rcode(dns.rcode.SERVFAIL)
    return (response.to_wire(),)


def nothing(query: dns.message.Message, right: bytes) -> Iterable[bytes]:
    return ()


@pytest.mark.parametrize("lie", [other_question, other_id, other_case, garbage, servfail, nothing], ids=lambda lie: lie.__name__)
def test_a_resolver_that_lies_half_the_time_gives_the_right_answer_or_a_failure(
    ask: Ask, lie: Callable[..., Iterable[bytes]]
) -> None:
    outcomes = ask(*QUESTIONS, servers=(every_second(lie),), dns_timeout_s=0.4)
    assert len(outcomes) == NAMES
    for number, outcome in enumerate(outcomes):
        if isinstance(outcome, Reply):
            assert (outcome.outcome, outcome.values) == (Outcome.ANSWER, (f"192.0.2.{number}",))
    assert sum(isinstance(outcome, Reply) for outcome in outcomes) >= NAMES / 3


def test_beside_a_resolver_that_fails_half_the_time_another_one_answers_all(ask: Ask) -> None:
    outcomes = ask(*QUESTIONS, servers=(every_second(servfail), ZONE))
    assert [outcome.values for outcome in outcomes if isinstance(outcome, Reply)] == [(f"192.0.2.{n}",) for n in range(NAMES)]


def test_a_doubled_answer_is_read_once_and_the_other_ignored() -> None:
    async def use(resolver: StubResolver) -> None:
        replies = await asyncio.gather(*(resolver.ask(*question) for question in QUESTIONS))
        assert all(isinstance(reply, Reply) for reply in replies)

    run(ScriptedServer(lambda query, over_tcp: [*ZONE(query, over_tcp)] * 3), use)


def test_an_answer_that_comes_after_the_next_attempt_has_begun_is_still_believed() -> None:
    """The first query is answered when the second one has come, and the second one never."""
    asked = count()

    def late(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        return () if next(asked) else ZONE(query, over_tcp)

    async def use(resolver: StubResolver) -> None:
        reply = await resolver.ask("n7.example", "A")
        assert isinstance(reply, Reply)
        assert reply.values == ("192.0.2.7",)

    server = ScriptedServer(late, hold=2)
    run(server, use)
    assert len(server.asked) == 2


def test_a_lost_packet_costs_no_more_than_the_servers_own_pace(ask: Ask) -> None:
    """Every fiftieth answer is lost. The last attempt alone would wait 60 s."""
    lost = count(1)

    def lossy(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        return () if next(lost) % 50 == 0 else ZONE(query, over_tcp)

    started = monotonic()
    outcomes = ask(*QUESTIONS, *((f"n{n}.example", "AAAA") for n in range(NAMES)), servers=(lossy,), dns_timeout_s=60.0)
    assert all(isinstance(outcome, Reply) for outcome in outcomes)
    assert monotonic() - started < 20


class DelayedServer(ScriptedServer):
    """Answers what it is asked `delay_s` later."""

    delay_s = 0.03

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        asyncio.get_running_loop().call_later(self.delay_s, super().datagram_received, data, addr)


def test_behind_a_long_line_questions_travel_together() -> None:
    async def use(resolver: StubResolver) -> None:
        started = monotonic()
        replies = await asyncio.gather(*(resolver.ask(*question) for question in QUESTIONS))
        assert all(isinstance(reply, Reply) for reply in replies)
        assert monotonic() - started < NAMES * DelayedServer.delay_s / 2

    run(DelayedServer(ZONE), use)


def big_answer(octets: int) -> Respond:
    """Answer with a TXT record set that makes the message exactly so long, over UDP as over TCP."""

    def respond(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        response = dns.message.make_response(query)
        response.use_edns(False)
        wire = bytearray(response.to_wire())
        left, records = octets - len(wire), 0
        while left:
            size = min(left, 12 + 1 + 255)
            if 0 < left - size < 13:
                size -= 13
            text = size - 13
            wire += b"\xc0\x0c\0\x10\0\1\0\0\1\x2c" + (text + 1).to_bytes(2, "big") + bytes((text,)) + b"%0*d" % (text, records)
            left -= size
            records += 1
        wire[6:8] = records.to_bytes(2, "big")
        return (bytes(wire),)

    return respond


@pytest.mark.parametrize("octets", [1233, 4097, 20000])
def test_a_datagram_larger_than_was_asked_for_is_read_whole(ask: Ask, octets: int) -> None:
    (reply,) = ask(("big.example", "TXT"), servers=(big_answer(octets),))
    assert isinstance(reply, Reply)
    assert len(reply.raws[0].body) == octets


def test_the_largest_message_there_is_comes_over_tcp(ask: Ask) -> None:
    def respond(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        if over_tcp:
            return big_answer(65535)(query, over_tcp)
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC
        return (response.to_wire(),)

    (reply,) = ask(("big.example", "TXT"), servers=(respond,))
    assert isinstance(reply, Reply)
    assert len(reply.raws[0].body) == 65535


def test_a_message_cut_off_anywhere_is_no_answer(ask: Ask) -> None:
    lengths = count(12)

    def cut(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        (right,) = ZONE(query, over_tcp)
        return (right[: min(next(lengths), len(right) - 1)],)

    outcomes = ask(*QUESTIONS, servers=(cut,), dns_timeout_s=0.2)
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, NoReply)} <= {
        FailureReason.MALFORMED,
        FailureReason.TIMEOUT,
    }
    assert not any(isinstance(outcome, Reply) for outcome in outcomes)


class DrippingServer(ScriptedServer):
    """Sends an octet of its answer over TCP every 20 ms, and never the whole."""

    async def _serve_tcp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"\xff\xff")
            while await asyncio.wait({asyncio.ensure_future(reader.read(1))}, timeout=0.02):
                writer.write(b"\0")
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def test_an_answer_that_drips_over_tcp_ends_at_the_time_out() -> None:
    def truncated(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        response = dns.message.make_response(query)
        response.flags |= dns.flags.TC
        return (response.to_wire(),)

    async def use(resolver: StubResolver) -> None:
        started = monotonic()
        outcome = await resolver.ask("drip.example", "TXT")
        assert isinstance(outcome, NoReply)
        assert (outcome.reason, outcome.retryable) == (FailureReason.TIMEOUT, True)
        assert monotonic() - started < 5

    run(DrippingServer(truncated), use, timeout_s=0.3, attempts=1)


def lower_case(respond: Respond) -> Respond:
    """Give the question back in lower case, as a few old servers do."""

    def lowered(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        for wire in respond(query, over_tcp):
            question = query.question[0].name.to_wire() or b""
            yield wire[:12] + question.lower() + wire[12 + len(question) :]

    return lowered


def test_a_server_that_does_not_keep_letter_case_is_known_after_one_answer_over_tcp() -> None:
    server = ScriptedServer(lower_case(ZONE))

    async def use(resolver: StubResolver) -> None:
        await resolver.ask(*QUESTIONS[0])
        replies = await asyncio.gather(*(resolver.ask(*question) for question in QUESTIONS))
        assert [reply.values for reply in replies if isinstance(reply, Reply)] == [(f"192.0.2.{n}",) for n in range(NAMES)]

    run(server, use)
    assert [over_tcp for _, _, over_tcp in server.asked].count(True) == 1


class WithoutTcp(ScriptedServer):
    """Closes every TCP connection at once."""

    async def _serve_tcp(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()


def test_a_server_that_keeps_no_letter_case_and_has_no_tcp_is_asked_in_lower_case() -> None:
    async def use(resolver: StubResolver) -> None:
        for number, question in enumerate(QUESTIONS[:5]):
            reply = await resolver.ask(*question)
            assert isinstance(reply, Reply)
            assert reply.values == (f"192.0.2.{number}",)

    server = WithoutTcp(lower_case(ZONE))
    run(server, use)
    assert len(server.asked) <= 8


def test_ten_thousand_questions_at_once_all_get_their_answer() -> None:
    def nothing_there(query: dns.message.Message, over_tcp: bool) -> Iterable[bytes]:
        return (dns.message.make_response(query).to_wire(),)

    server = ScriptedServer(nothing_there)

    async def use(resolver: StubResolver) -> None:
        outcomes = await asyncio.gather(*(resolver.ask(f"n{number}.example", "A") for number in range(10_000)))
        assert all(isinstance(outcome, Reply) for outcome in outcomes)

    run(server, use, timeout_s=30.0)
    assert server.most_open <= 256
    assert len(server.asked) < 10_500


@pytest.fixture
def arrivals() -> Iterator[tuple[socket.socket, list[float]]]:
    """A socket whose datagrams the kernel stamps with the time of their arrival, and the list that the times go to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.setblocking(False)
        server.setsockopt(socket.SOL_SOCKET, STAMP, 1)
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        yield server, []


STAMP = 35
"""SO_TIMESTAMPNS of Linux, which Python does not name."""


def answer_all(server: socket.socket, times: list[float]) -> None:
    """Answer what has come, and note when it came."""
    while True:
        try:
            data, stamps, _, client = server.recvmsg(4096, 64)
        except BlockingIOError:
            return
        (stamp,) = (item for level, kind, item in stamps if kind == STAMP)
        times.append(int.from_bytes(stamp[:8], "little") + int.from_bytes(stamp[8:16], "little") / 1e9)
        server.sendto(data[:2] + b"\x81\x80" + data[4:10] + b"\0\0" + data[12:-11], client)


@pytest.mark.parametrize("cap", [40, 400])
def test_no_second_at_the_server_ever_holds_more_queries_than_the_cap(
    arrivals: tuple[socket.socket, list[float]], cap: int
) -> None:
    server, times = arrivals
    questions = cap * 5 // 2

    async def go() -> None:
        asyncio.get_running_loop().add_reader(server, answer_all, server, times)
        address = ResolverAddress("127.0.0.1", server.getsockname()[1])
        resolver = StubResolver((address,), timeout_s=10.0, attempts=1, max_in_flight=256, per_second=cap)
        outcomes = await asyncio.gather(*(resolver.ask(f"n{number}.example", "A") for number in range(questions)))
        assert all(isinstance(outcome, Reply) for outcome in outcomes)
        asyncio.get_running_loop().remove_reader(server)
        await resolver.close()

    asyncio.run(go())
    assert len(times) == questions
    times.sort()
    assert max(sum(begin <= time < begin + 1 for time in times) for begin in times) <= cap
    assert times[-1] - times[0] < questions / cap * 1.3
