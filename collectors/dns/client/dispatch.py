"""Brings questions to the resolvers and back: slots, pace, time-outs, retries, TCP, liveness. All callbacks, no task for a query.

A slot of `max_in_flight` is held while a query is on its way, never while a question waits for its next attempt or for the pace. When
an attempt's time is up the next one starts, and the earlier query stays open: its answer is taken whenever it comes.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeAlias, TypeVar

from herkomst.collectors.dns.client.attempt import Attempt, Exchange
from herkomst.collectors.dns.client.channel import Channel, Encode
from herkomst.collectors.dns.client.pacing import Pacers
from herkomst.collectors.dns.client.question import Question, encode_query, is_truncated, repeats_question
from herkomst.collectors.dns.client.randomness import Randomness
from herkomst.collectors.dns.client.server import PUT_ASIDE_S, Server
from herkomst.collectors.dns.client.tcp import exchange_tcp
from herkomst.collectors.resolution import NoReply
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason

MAX_ATTEMPTS = 6
_QUERIES_A_TIMEOUT = 2
"""Since all attempts but the last wait a fraction of the time-out, twice as many of them still end sooner than whole time-outs would,
and a lost packet is not the end of a question."""
SWEEP_S = 0.01
"""Time-outs are looked for at most this often."""
BUFFER_FULL_S = 0.005
"""How long to wait where the kernel takes no more datagrams just now."""
_UNREACHABLE = frozenset({errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH})
_ROOT = Question(".", "NS")
Read = TypeVar("Read")
Reader: TypeAlias = Callable[[bytes, Question, ResolverAddress], Read | NoReply]
"""Says what a message that answers our query amounts to."""


class Dispatcher(Generic[Read]):
    """All servers of one resolver, and the slots they share. Belongs to the event loop that it was first used in."""

    def __init__(
        self,
        addresses: Sequence[ResolverAddress],
        *,
        timeout_s: float,
        attempts: int,
        max_in_flight: int,
        pacers: Pacers,
        read: Reader[Read],
        encode: Encode = encode_query,
    ) -> None:
        self._max_in_flight = max_in_flight
        self._pacers = pacers
        self._read = read
        self._encode = encode
        self._timeout_s = timeout_s
        self.servers = [self.make_server(address) for address in addresses]
        self._attempts = attempts
        self._plan = self._plan_for(self.servers)
        """Whom to ask where nobody is put aside."""
        self._longest_s = self._limit_attempts(len(self._plan))
        self._free = max(1, max_in_flight)
        self._randomness = Randomness()
        self._sweep: asyncio.TimerHandle | None = None
        self._pumps: dict[Server, asyncio.TimerHandle] = {}
        self._over_tcp: set[asyncio.Task[None]] = set()

    def make_server(self, address: ResolverAddress) -> Server:
        """Return a server that is spoken to as this dispatcher speaks; what is in `servers` is looked after."""
        return Server(address, self._timeout_s, self._max_in_flight, self._pacers.of(address.address), self._encode)

    def exchange(
        self, question: Question, done: Callable[[Read | NoReply], None], plan: tuple[Server, ...] | None = None
    ) -> None:
        """Ask one server after the other until one replies, and hand what came of it to `done`, which may be called at once.

        `plan` says whom to ask in which order; without one it is all of them, but for those that are put aside.
        """
        if plan is None:
            now = monotonic()
            plan = self._plan
            for server in self.servers:
                if server.is_aside(now):
                    plan = self._plan_for([server for server in self.servers if not server.is_aside(now)] or self.servers)
                    break
        self._try_next(Exchange(question, plan, done))

    def _plan_for(self, ready: Sequence[Server]) -> tuple[Server, ...]:
        """Return whom to ask, in turns."""
        return tuple(ready[attempt % len(ready)] for attempt in range(self._plan_attempts(len(ready)) if ready else 0))

    def _plan_attempts(self, servers: int) -> int:
        """Return how many queries a question gets: more than `attempts`, but in no more time."""
        attempts = self._attempts * _QUERIES_A_TIMEOUT if self._attempts > 1 else 1
        return min(max(attempts, servers), MAX_ATTEMPTS)

    def _limit_attempts(self, planned: int) -> float:
        """Return how long an attempt but the last may take, so that all take no longer than `attempts` (or a server each) of them."""
        whole = max(self._attempts, len(self.servers))
        return self._timeout_s * min(1.0, (whole - 1) / (planned - 1)) if planned > 1 else self._timeout_s

    def _try_next(self, exchange: Exchange) -> None:
        exchange.current = None
        server = exchange.next_server()
        if server is None:
            self._finish(exchange, exchange.most_telling())
            return
        server.waiting.append(exchange)
        self._pump(server)

    def _finish(self, exchange: Exchange, said: Read | NoReply) -> None:
        attempt = exchange.current
        if attempt is not None:
            self._release(attempt)
            attempt.channel.open.pop(attempt.message_id, None)
        for attempt in exchange.earlier or ():
            attempt.channel.open.pop(attempt.message_id, None)
        exchange.current = exchange.earlier = None
        done, exchange.done = exchange.done, None
        if done is not None:
            done(said)

    def _release(self, attempt: Attempt) -> None:
        if attempt.holds_slot:
            attempt.holds_slot = False
            attempt.channel.busy -= 1
            attempt.server.busy -= 1
            self._free += 1

    # on the way out

    def _pump(self, server: Server) -> None:
        """Send what waits for this server, as far as slots and pace allow."""
        waiting, pacer = server.waiting, server.pacer
        while waiting:
            now = monotonic()
            if waiting[0].done is None:  # answered meanwhile, by a server that had been given up
                waiting.popleft()
                continue
            if server.is_aside(now) and not server.is_probed:
                self._skip(server, waiting.popleft())
                continue
            if not self._free or server.busy >= server.window.size:
                return
            wait_s = pacer.wait_s(now)
            if wait_s > 0:
                self._pump_later(server, now + wait_s)
                return
            if not self._send(server, waiting.popleft(), now):
                return

    def _send(self, server: Server, exchange: Exchange, now: float) -> bool:
        """Send a query; False where it has to wait, and so has all behind it."""
        attempt = None
        try:
            attempt = server.new_attempt(exchange, self._randomness, self)
            if attempt is None:
                server.waiting.appendleft(exchange)
                return False
            attempt.channel.send(attempt)
        except BlockingIOError:
            server.waiting.appendleft(exchange)
            self._pump_later(server, now + BUFFER_FULL_S)
            return False
        except OSError as error:
            if attempt is not None:  # the error is that of a query before, and is told once only
                self.unreachable(attempt.channel, error)
            self._no_way(server, exchange, error)
            return True
        server.pacer.spend(now)
        self._wait_for(attempt, now)
        return True

    def _pump_later(self, server: Server, at: float) -> None:
        if server not in self._pumps:
            self._pumps[server] = asyncio.get_running_loop().call_at(at, self._pump_now, server)

    def _pump_now(self, server: Server) -> None:
        self._pumps.pop(server, None)
        self._pump(server)

    def _wait_for(self, attempt: Attempt, now: float) -> None:
        exchange = attempt.exchange
        exchange.current = attempt
        attempt.holds_slot = True
        attempt.channel.busy += 1
        attempt.server.busy += 1
        self._free -= 1
        attempt.sent_at = now
        wait_s = self._timeout_s
        if not exchange.is_last():
            wait_s = min(attempt.server.round_trip.timeout_s(exchange.position - 1), self._longest_s)
        if exchange.question is _ROOT:
            wait_s = self._timeout_s / 2
        attempt.deadline = now + wait_s
        if self._sweep is None or self._sweep.when() > attempt.deadline + SWEEP_S:
            self._sweep_at(attempt.deadline)

    def _skip(self, server: Server, exchange: Exchange) -> None:
        detail = f"{server.address} did not answer just before; it is asked again after {PUT_ASIDE_S:.0f} s"
        self._fail(server, exchange, server.aside_reason, detail, told=True)

    def _no_way(self, server: Server, exchange: Exchange, error: OSError) -> None:
        """Take an error of the kernel, from the query before or this one, as the answer to this one."""
        if error.errno in _UNREACHABLE:
            server.put_aside(FailureReason.UNREACHABLE, monotonic())
        self._fail(server, exchange, FailureReason.UNREACHABLE, f"{server.address}: {error.strerror or error}", told=True)

    def _fail(self, server: Server, exchange: Exchange, reason: FailureReason, detail: str, *, told: bool) -> None:
        question = exchange.question
        exchange.note_failure(NoReply(question.name, question.rdtype, reason, detail), server, told=told)
        self._try_next(exchange)

    # on the way in (`channel.Listener`)

    def answered(self, attempt: Attempt, wire: bytes) -> None:
        """Take a message that repeats the question exactly."""
        server, exchange = attempt.server, attempt.exchange
        self._heard(attempt)
        if is_truncated(wire):
            self._ask_over_tcp(attempt)
            return
        if exchange.plain:
            server.keeps_case = False  # asked in lower case it answers, asked in mixed case it did not repeat the question
        self._take(attempt, self._read(wire, exchange.question, server.address))

    def answered_unlike(self, attempt: Attempt, wire: bytes) -> None:  # noqa: ARG002 - the listener is given it all
        """Take a message whose question differs in letter case: a server that does not keep it, or a forger that cannot know it.

        Over TCP nobody can forge, so the query is repeated there.
        """
        if attempt.server.keeps_case and attempt.exchange.current is attempt:
            self._ask_over_tcp(attempt, doubted=True)
        else:
            attempt.channel.ignored += 1

    def unreachable(self, channel: Channel, error: OSError) -> None:
        """End all that is open on a socket whose server cannot be reached."""
        for attempt in list(channel.open.values()):
            channel.open.pop(attempt.message_id, None)
            if attempt.exchange.current is attempt:
                self._release(attempt)
                self._no_way(attempt.server, attempt.exchange, error)

    def drained(self) -> None:
        """Send what waited for the slots that came free."""
        for server in self.servers:
            if server.waiting:
                self._pump(server)

    def _heard(self, attempt: Attempt) -> None:
        now = monotonic()
        attempt.server.heard_at = now
        attempt.server.round_trip.learn(now - attempt.sent_at)
        attempt.server.window.learn(now - attempt.sent_at)

    def _take(self, attempt: Attempt, said: Read | NoReply) -> None:
        """Take what one attempt ended in: the end of the exchange, or a reason to try elsewhere."""
        exchange, server = attempt.exchange, attempt.server
        if not isinstance(said, NoReply) or exchange.question is _ROOT:
            self._finish(exchange, said)
            return
        attempt.channel.open.pop(attempt.message_id, None)
        self._release(attempt)
        exchange.note_failure(said, server, told=said.reason is not FailureReason.TIMEOUT)
        current = exchange.current
        if current is None:
            return  # the next attempt waits for its slot
        if current is not attempt and current.server is server:
            self._give_up(current)
        if current.server is server:
            self._try_next(exchange)

    def _ask_over_tcp(self, attempt: Attempt, *, doubted: bool = False) -> None:
        attempt.channel.open.pop(attempt.message_id, None)  # no second message is needed
        attempt.deadline = float("inf")
        task = asyncio.get_running_loop().create_task(
            self._exchange_tcp(attempt, doubted), name=f"dns over tcp {attempt.server.address}"
        )
        self._over_tcp.add(task)
        task.add_done_callback(self._over_tcp.discard)

    async def _exchange_tcp(self, attempt: Attempt, doubted: bool) -> None:
        server, question = attempt.server, attempt.exchange.question
        while (wait_s := server.pacer.wait_s(monotonic())) > 0:  # noqa: ASYNC110 - time is what is waited for
            await asyncio.sleep(wait_s)
        server.pacer.spend(monotonic())
        query = self._encode(attempt.message_id, attempt.asked)
        said: Read | NoReply
        try:
            wire = await exchange_tcp(server.address, query, self._timeout_s)
        except TimeoutError:
            said = NoReply(question.name, question.rdtype, FailureReason.TIMEOUT, f"{server.address} did not answer over TCP")
        except OSError as error:
            detail = f"{server.address} over TCP: {error.strerror or error}"
            said = NoReply(question.name, question.rdtype, FailureReason.UNREACHABLE, detail)
        else:
            doubted = False
            if not repeats_question(wire, query):
                server.keeps_case = False
            said = self._read(wire, question, server.address)
        if doubted and attempt.exchange.current is attempt:
            self._ask_plainly(attempt)
        else:
            self._take(attempt, said)
        self.drained()

    def _ask_plainly(self, attempt: Attempt) -> None:
        """Ask once more in lower case, where an answer in other letters could not be confirmed over TCP."""
        exchange = attempt.exchange
        self._release(attempt)
        exchange.current = None
        exchange.plain = True
        attempt.server.waiting.append(exchange)

    # when nothing comes

    def _sweep_at(self, at: float) -> None:
        if self._sweep is not None:
            self._sweep.cancel()
        self._sweep = asyncio.get_running_loop().call_at(at, self._sweep_now)

    def _sweep_now(self) -> None:
        """End the attempts whose time is up, and look again when the next one's is."""
        self._sweep = None
        now = monotonic()
        soonest = float("inf")
        late: list[Attempt] = []
        for server in self.servers:
            for channel in server.channels():
                for attempt in channel.open.values():
                    if not attempt.holds_slot:
                        continue
                    if attempt.deadline <= now:
                        late.append(attempt)
                    elif attempt.deadline < soonest:
                        soonest = attempt.deadline
        for attempt in late:
            self._expire(attempt, now)
        if soonest < float("inf") and (self._sweep is None or self._sweep.when() > soonest):
            self._sweep_at(max(soonest, now + SWEEP_S))
        self.drained()

    def _expire(self, attempt: Attempt, now: float) -> None:
        exchange, server = attempt.exchange, attempt.server
        if exchange.current is not attempt:
            return
        self._give_up(attempt)
        if exchange.question is not _ROOT:
            self._suspect(attempt, now)
        waited_s = now - attempt.sent_at
        self._fail(server, exchange, FailureReason.TIMEOUT, f"{server.address} did not answer in {waited_s:.1f} s", told=False)

    def _give_up(self, attempt: Attempt) -> None:
        """Wait for this attempt no more, though its answer is still taken."""
        self._release(attempt)
        exchange = attempt.exchange
        exchange.earlier = [*(exchange.earlier or ()), attempt]
        exchange.current = None

    def _suspect(self, attempt: Attempt, now: float) -> None:
        """Ask a server from which nothing at all was heard since for the root's name servers.

        Any live resolver has them at hand, or refuses. Only silence on that too, and on everything else meanwhile, puts it aside.
        """
        server = attempt.server
        if server.heard_at >= attempt.sent_at or server.is_probed or server.is_aside(now):
            return
        server.is_probed = True

        def judge(said: Read | NoReply) -> None:
            server.is_probed = False
            if server.heard_at < now and isinstance(said, NoReply):
                server.put_aside(said.reason, monotonic())

        probe = Exchange(_ROOT, (server, server), judge)
        probe.next_server()
        server.waiting.appendleft(probe)
        self._pump(server)

    async def close(self) -> None:
        """End what is under way without telling anybody, and close all sockets."""
        for handle in (self._sweep, *self._pumps.values()):
            if handle is not None:
                handle.cancel()
        self._sweep = None
        self._pumps.clear()
        tasks = list(self._over_tcp)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for server in self.servers:
            server.waiting.clear()
            server.close()
