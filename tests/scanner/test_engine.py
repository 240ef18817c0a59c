"""The engine asks everything it should, once, and whatever it could not ask is a failure."""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

import pytest
from herkomst.collectors.base import Collector, Findings, Lane
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.config.settings import Settings
from herkomst.scanner.engine import LANE_THREADS, MAX_DEPTH, Collected, Engine, Progress, Sink
from herkomst.scanner.errors import StoreError
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import DnsRRset, IpOrigin, Observation
from herkomst.scanner.model.run import KnowledgeVersion
from herkomst.scanner.model.target import Target, TargetKind
from hypothesis import given, settings
from hypothesis import strategies as st

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
Ask = Callable[[Target, Lane], Awaitable[Findings]]


def host(name: str) -> Target:
    return Target(TargetKind.HOST, name)


def address(number: int) -> Target:
    return Target(TargetKind.ADDRESS, f"192.0.2.{number}")


def seen(target: Target, collector: str, lane: Lane) -> Observation:
    return Observation(target.value, collector, lane.vantage, lane.now(), DnsRRset(target.value, "A", ("192.0.2.1",)))


@dataclass
class AskingCollector:
    """A collector whose question is given; it keeps what it was asked and whether it was closed."""

    name: ClassVar[str] = "asking"
    accepts: ClassVar[frozenset[TargetKind]] = frozenset({TargetKind.HOST})
    provides: ClassVar[frozenset[str]] = frozenset({"dns.rrset", "dns.chain"})
    concurrency: ClassVar[int] = 8

    ask: Ask
    asked: Counter[Target] = field(default_factory=Counter)
    closed: int = 0
    off: frozenset[str] = frozenset()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        raise NotImplementedError

    def not_asked(self) -> frozenset[str]:
        return self.off

    def knowledge(self) -> tuple[KnowledgeVersion, ...]:
        return ()

    async def collect(self, target: Target, lane: Lane) -> Findings:
        self.asked[target] += 1
        return await self.ask(target, lane)

    async def close(self) -> None:
        self.closed += 1


class OtherCollector(AskingCollector):
    name = "other"
    provides = frozenset({"ip.origin"})
    concurrency = 2


class AddressCollector(AskingCollector):
    name = "addresses"
    accepts = frozenset({TargetKind.ADDRESS})
    provides = frozenset({"ip.origin"})


async def answer(target: Target, lane: Lane) -> Findings:
    return Findings((seen(target, "asking", lane),))


async def hang(target: Target, lane: Lane) -> Findings:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


def leading(leads: dict[str, Sequence[str]], delays: dict[str, int] | None = None) -> Ask:
    """Answer each host with the hosts it leads to, after so many turns of the loop."""

    async def ask(target: Target, lane: Lane) -> Findings:
        for _ in range((delays or {}).get(target.value, 0)):
            await asyncio.sleep(0)
        return Findings((seen(target, "asking", lane),), tuple(host(name) for name in leads.get(target.value, ())))

    return ask


def collect(
    collectors: Sequence[Collector],
    *targets: Target,
    deadline_s: float = 30.0,
    sink: Sink | None = None,
    progress: Progress | None = None,
    meanwhile: Callable[[Engine], Awaitable[None]] | None = None,
    stop_grace_s: float = 0.0,
) -> Collected:
    """Run the engine over the targets; `meanwhile` runs beside it."""

    async def go() -> Collected:
        async with Engine(
            collectors, StubResolver.from_settings(Settings()), "test", lambda: AT, deadline_s, sink, progress, stop_grace_s
        ) as engine:
            running = asyncio.ensure_future(engine.collect(targets))
            if meanwhile is not None:
                await meanwhile(engine)
            return await running

    return asyncio.run(go())


def test_a_collector_with_nothing_left_to_ask_is_not_called_and_fails_nothing() -> None:
    off = OtherCollector(answer, off=OtherCollector.provides)
    progress = Progress()
    found = collect([AskingCollector(answer), off], host("mail.example"), progress=progress)
    assert (off.asked, off.closed, found.failures, progress.found) == (Counter(), 1, (), 1)


def names(observations: Sequence[Observation]) -> set[str]:
    return {observation.subject for observation in observations}


def reasons(failures: Sequence[Failure]) -> set[tuple[str, str, str, FailureReason]]:
    return {(failure.collector, failure.subject, failure.kind, failure.reason) for failure in failures}


# -- leads ----------------------------------------------------------------------------------------------------------


def test_leads_are_followed_until_nothing_new_is_met() -> None:
    collector = AskingCollector(leading({"a": ["b", "c"], "b": ["c", "d"], "c": ["a"], "d": ["d"]}))
    collected = collect([collector], host("a"))
    assert names(collected.observations) == {"a", "b", "c", "d"}
    assert collected.failures == ()
    assert collected.complete


def test_every_target_is_asked_once_however_often_it_is_met() -> None:
    everyone = [f"h{number}" for number in range(20)]
    collector = AskingCollector(leading(dict.fromkeys(everyone, everyone)))
    collect([collector], *[host(name) for name in everyone], host("h0"))
    assert collector.asked == Counter({host(name): 1 for name in everyone})


def test_each_collector_is_asked_about_what_it_accepts_only() -> None:
    async def lead_to_address(target: Target, lane: Lane) -> Findings:
        return Findings(leads=(address(1), Target(TargetKind.NETWORK, "192.0.2.0/24")))

    hosts, addresses = AskingCollector(lead_to_address), AddressCollector(answer)
    collected = collect([hosts, addresses], host("a"))
    assert set(hosts.asked) == {host("a")}
    assert set(addresses.asked) == {address(1)}
    assert collected.failures == ()


def test_a_lead_beyond_the_depth_is_a_failure_for_each_kind_that_would_have_been_asked() -> None:
    chain = {f"h{number}": [f"h{number + 1}"] for number in range(MAX_DEPTH + 3)}
    collector = AskingCollector(leading(chain), off=frozenset({"dns.chain"}))
    other = OtherCollector(leading({}))
    collected = collect([collector, other], host("h0"))
    assert names(collected.observations) == {f"h{number}" for number in range(MAX_DEPTH)}
    beyond = f"h{MAX_DEPTH}"
    assert reasons(collected.failures) == {
        ("asking", beyond, "dns.rrset", FailureReason.TOO_DEEP),
        ("other", beyond, "ip.origin", FailureReason.TOO_DEEP),
    }
    assert not any(failure.retryable for failure in collected.failures)


def test_a_lead_that_a_shorter_way_reaches_too_is_asked_and_is_no_failure() -> None:
    # the long way comes first, the short one (through `slow`) last
    long_way = {f"h{number}": [f"h{number + 1}"] for number in range(MAX_DEPTH)}
    collector = AskingCollector(leading({**long_way, "slow": [f"h{MAX_DEPTH}"]}, {"slow": 50}))
    collected = collect([collector], host("h0"), host("slow"))
    assert names(collected.observations) == {"slow", *(f"h{number}" for number in range(MAX_DEPTH + 1))}
    assert collected.failures == ()


def test_leads_of_a_target_that_was_first_met_too_deep_are_followed_by_the_shorter_way() -> None:
    last = MAX_DEPTH - 1
    long_way = {f"h{number}": [f"h{number + 1}"] for number in range(last)}
    collector = AskingCollector(leading({**long_way, f"h{last}": ["below"], "slow": [f"h{last}"]}, {"slow": 50}))
    collected = collect([collector], host("h0"), host("slow"))
    assert "below" in names(collected.observations)
    assert collected.failures == ()


GRAPHS = st.dictionaries(
    st.sampled_from("abcdefghij"), st.lists(st.sampled_from("abcdefghij"), max_size=4, unique=True), max_size=10
)


@settings(max_examples=60, deadline=None)
@given(GRAPHS, st.data())
def test_the_order_in_which_answers_come_does_not_matter(graph: dict[str, list[str]], data: st.DataObject) -> None:
    delays = data.draw(st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 12)))
    starts = [host("a"), host("b")]
    one = collect([AskingCollector(leading(dict(graph)))], *starts)
    other = collect([AskingCollector(leading(dict(graph), delays))], *reversed(starts))
    assert {item.id for item in one.observations} == {item.id for item in other.observations}
    assert {item.id for item in one.failures} == {item.id for item in other.failures}


# -- what goes wrong ------------------------------------------------------------------------------------------------


class Surprise(Exception):
    pass


def failing_with(error: BaseException) -> Ask:
    async def ask(target: Target, lane: Lane) -> Findings:
        if target.value == "bad":
            raise error
        return await answer(target, lane)

    return ask


@pytest.mark.parametrize(
    "error", [Surprise("what?"), TimeoutError("mine"), asyncio.CancelledError(), ExceptionGroup("two", [ValueError()])]
)
def test_a_collector_that_raises_leaves_a_failure_for_each_kind_and_the_others_work(error: BaseException) -> None:
    collected = collect([AskingCollector(failing_with(error)), OtherCollector(answer)], host("bad"), host("good"))
    assert reasons(collected.failures) == {
        ("asking", "bad", "dns.rrset", FailureReason.INTERNAL),
        ("asking", "bad", "dns.chain", FailureReason.INTERNAL),
    }
    assert {failure.detail for failure in collected.failures} == {f"{type(error).__name__}: {error}"}
    assert not any(failure.retryable for failure in collected.failures)
    assert names(collected.observations) == {"bad", "good"}  # the other collector saw both


def test_a_collector_that_hangs_on_a_silent_socket_is_a_time_out_at_the_deadline() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        silent.bind(("127.0.0.1", 0))
        asking.setblocking(False)

        async def ask(target: Target, lane: Lane) -> Findings:
            if target.value == "good":
                return await answer(target, lane)
            loop = asyncio.get_running_loop()
            await loop.sock_sendto(asking, b"question", silent.getsockname())
            await loop.sock_recv(asking, 512)
            raise AssertionError("nobody answers")

        began = time.monotonic()
        collected = collect([AskingCollector(ask)], host("bad"), host("good"), deadline_s=0.1)
    assert time.monotonic() - began < 5
    assert reasons(collected.failures) == {
        ("asking", "bad", "dns.rrset", FailureReason.TIMEOUT),
        ("asking", "bad", "dns.chain", FailureReason.TIMEOUT),
    }
    assert all(failure.retryable for failure in collected.failures)
    assert names(collected.observations) == {"good"}


def test_a_collector_that_stumbles_over_its_own_deadline_is_a_time_out_too() -> None:
    async def ask(target: Target, lane: Lane) -> Findings:
        try:
            return await hang(target, lane)
        finally:
            raise Surprise("while cleaning up")

    collected = collect([AskingCollector(ask)], host("a"), deadline_s=0.05)
    assert {failure.reason for failure in collected.failures} == {FailureReason.TIMEOUT}


def test_a_failure_that_a_collector_returns_is_kept_as_it_is() -> None:
    failure = Failure("asking", "a", "dns.rrset", FailureReason.SERVFAIL, True, "MX")

    async def ask(target: Target, lane: Lane) -> Findings:
        return Findings((seen(target, "asking", lane),), failures=(failure,))

    collected = collect([AskingCollector(ask)], host("a"))
    assert collected.failures == (failure,)
    assert len(collected.observations) == 1


def test_a_store_that_fails_ends_the_run_and_leaves_no_task_behind() -> None:
    cancelled = []

    async def ask(target: Target, lane: Lane) -> Findings:
        if target.value == "quick":
            return await answer(target, lane)
        try:
            return await hang(target, lane)
        except asyncio.CancelledError:
            cancelled.append(target.value)
            raise

    def full(target: Target, collector: str, findings: Findings, at: datetime) -> None:
        raise StoreError("There is no room left on the disk.")

    collector = AskingCollector(ask)
    with pytest.raises(StoreError):
        collect([collector], host("slow"), host("quick"), sink=full, deadline_s=3_600.0)
    assert cancelled == ["slow"]
    assert collector.closed == 1


# -- stopping -------------------------------------------------------------------------------------------------------


def test_a_stopped_run_keeps_what_was_collected_and_says_what_was_not() -> None:
    class OneAtATime(AskingCollector):
        concurrency = 1

    gate, one_is_done = asyncio.Event(), asyncio.Event()
    progress = Progress(on_change=lambda state: one_is_done.set() if state.done else None)
    stored: list[str] = []

    async def ask(target: Target, lane: Lane) -> Findings:
        if target.value == "second":
            await gate.wait()
        return Findings((seen(target, "asking", lane),), (host("lead"),))

    async def stop(engine: Engine) -> None:
        await one_is_done.wait()
        engine.stop()
        gate.set()
        assert engine.stopped

    collected = collect(
        [OneAtATime(ask)],
        *(host(name) for name in ("first", "second", "third")),
        progress=progress,
        sink=lambda target, *_: stored.append(target.value),
        meanwhile=stop,
        stop_grace_s=30,
    )
    assert not collected.complete
    assert names(collected.observations) == {"first", "second"}  # what was in hand came in
    assert reasons(collected.failures) == {
        ("asking", name, kind, FailureReason.CANCELLED) for name in ("third", "lead") for kind in ("dns.rrset", "dns.chain")
    }
    assert stored == ["first", "second"]  # what was never asked is no visit: a resumed run asks it
    assert (progress.found, progress.done) == (4, 4)


def test_a_stopped_run_waits_no_longer_than_its_grace_for_what_is_in_hand() -> None:
    asked = asyncio.Event()

    async def ask(target: Target, lane: Lane) -> Findings:
        asked.set()
        return await hang(target, lane)

    async def stop(engine: Engine) -> None:
        await asked.wait()
        engine.stop()
        engine.stop()  # twice is once

    began = time.monotonic()
    collected = collect([AskingCollector(ask)], host("a"), deadline_s=60, meanwhile=stop, stop_grace_s=0.05)
    assert time.monotonic() - began < 5
    assert {failure.reason for failure in collected.failures} == {FailureReason.CANCELLED}
    assert not collected.complete


def test_an_engine_that_was_stopped_asks_nothing_in_the_next_chunk_either() -> None:
    collector = AskingCollector(answer)

    async def go() -> tuple[Collected, Collected]:
        async with Engine([collector], StubResolver.from_settings(Settings()), "test", lambda: AT, 5) as engine:
            first = await engine.collect([host("a")])
            engine.stop()
            return first, await engine.collect([host("b")])

    first, second = asyncio.run(go())
    assert first.complete
    assert not second.complete
    assert set(collector.asked) == {host("a")}
    assert {failure.subject for failure in second.failures} == {"b"}


# -- lanes ----------------------------------------------------------------------------------------------------------


def test_no_more_targets_are_in_hand_than_a_collector_allows() -> None:
    open_now, most = Counter[str](), Counter[str]()

    def counting(label: str) -> Ask:
        async def ask(target: Target, lane: Lane) -> Findings:
            open_now[label] += 1
            most[label] = max(most[label], open_now[label])
            for _ in range(5):
                await asyncio.sleep(0)
            open_now[label] -= 1
            return await answer(target, lane)

        return ask

    collect(
        [AskingCollector(counting("asking")), OtherCollector(counting("other"))], *(host(f"h{number}") for number in range(50))
    )
    assert most == {"asking": AskingCollector.concurrency, "other": OtherCollector.concurrency}


def test_waiting_for_a_turn_does_not_count_against_the_deadline() -> None:
    class OneAtATime(AskingCollector):
        concurrency = 1

    async def ask(target: Target, lane: Lane) -> Findings:
        await lane.run_blocking(threading.Event().wait, 0.06)
        return await answer(target, lane)

    collected = collect([OneAtATime(ask)], *(host(f"h{number}") for number in range(4)), deadline_s=0.2)
    assert collected.failures == ()


def test_blocking_calls_run_beside_each_other_and_give_their_result_or_error() -> None:
    together = threading.Barrier(2)

    def block(number: int) -> int:
        together.wait(10)  # only passes when both are here at once
        if number == 2:
            raise Surprise("from a thread")
        return number

    async def ask(target: Target, lane: Lane) -> Findings:
        number = await lane.run_blocking(block, int(target.value[-1]))
        content = IpOrigin(target.value, "", (number,), (), "test")
        return Findings((Observation(target.value, "asking", lane.vantage, lane.now(), content),))

    collected = collect([AskingCollector(ask)], host("h1"), host("h2"))
    assert [item.content for item in collected.observations] == [IpOrigin("h1", "", (1,), (), "test")]
    assert {failure.detail for failure in collected.failures} == {"Surprise: from a thread"}
    assert LANE_THREADS >= 2


def test_a_collector_learns_clock_and_vantage_from_its_lane() -> None:
    (observation,) = collect([AskingCollector(answer)], host("a")).observations
    assert (observation.observed_at, observation.vantage) == (AT, "test")


# -- around ---------------------------------------------------------------------------------------------------------


def test_every_collector_is_closed_once_also_where_one_cannot_be() -> None:
    class Stuck(AskingCollector):
        async def close(self) -> None:
            await super().close()
            raise Surprise("cannot close")

    collectors = [Stuck(answer), OtherCollector(answer)]
    collected = collect(collectors, host("a"))
    assert [collector.closed for collector in collectors] == [1, 1]
    assert collected.complete  # what was collected is not lost with it


def test_everything_is_handed_over_once_as_soon_as_it_is_there() -> None:
    calls: list[tuple[str, str, int]] = []

    def sink(target: Target, collector: str, findings: Findings, at: datetime) -> None:
        assert at == AT
        calls.append((target.value, collector, len(findings.observations)))

    collect([AskingCollector(leading({"a": ["b"]})), OtherCollector(answer)], host("a"), sink=sink)
    assert sorted(calls) == [("a", "asking", 1), ("a", "other", 1), ("b", "asking", 1), ("b", "other", 1)]


def test_progress_counts_every_question_and_ends_with_all_done() -> None:
    steps: list[tuple[int, int, int]] = []
    progress = Progress(on_change=lambda state: steps.append((state.found, state.done, state.failed)))
    collect([AskingCollector(failing_with(Surprise()))], host("bad"), host("good"), progress=progress)
    assert steps[-1] == (2, 2, 1)
    assert all(before <= after for before, after in itertools.pairwise(steps))


def test_no_targets_are_no_work() -> None:
    nothing: list[Any] = []
    assert collect(nothing, host("a")) == Collected((), (), True)
    assert collect([AskingCollector(answer)]) == Collected((), (), True)
