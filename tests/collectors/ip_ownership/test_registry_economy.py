"""How few questions the registries get: turns, silence, the queue and the cache between runs, at a real server on loopback.

No test waits: a minute passes by moving the clock of the event loop.
"""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from herkomst.collectors.fetching import Unanswered
from herkomst.collectors.ip_ownership.network_cache import FILE_NAME, NetworkCache, cache_folder
from herkomst.collectors.ip_ownership.rdap import MAX_ASKED_AGAIN, RdapClient
from herkomst.collectors.ip_ownership.registered import NetworkMemory, RegisteredNetwork
from herkomst.collectors.ip_ownership.registry_limits import RegistryLimit, TokenBucket, find_limit
from herkomst.config.tables.rows import parse_address
from herkomst.scanner.model.failure import FailureReason
from servers.registry import Page, Registry, describe_network

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
Found = RegisteredNetwork | Unanswered


class MovedLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock a test can move."""

    moved_s = 0.0

    def time(self) -> float:
        return super().time() + self.moved_s


def run(
    registry: Registry,
    work: Callable[[RdapClient, MovedLoop], Awaitable[None]],
    cache: Path | None = None,
    rates: dict[str, float] | None = None,
    longest_wait_s: float = 0.0,
) -> None:
    """Do something with a client of its own, as one run of the program would."""
    loop = MovedLoop()

    async def whole() -> None:
        client = RdapClient(registry.bootstrap, 5.0, cache=cache, rates=rates, longest_wait_s=longest_wait_s)
        try:
            await work(client, loop)
        finally:
            await client.close()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(whole())


async def find(client: RdapClient, address: str, now: datetime = NOW, origin: str = "") -> Found:
    return await client.find(*parse_address(address), now, origin)


def ask(registry: Registry, *addresses: str, now: datetime = NOW, cache: Path | None = None, origin: str = "") -> list[Found]:
    """Ask in one run about addresses, one after the other."""
    found: list[Found] = []

    async def work(client: RdapClient, _: MovedLoop) -> None:
        found.extend([await find(client, address, now, origin) for address in addresses])

    run(registry, work, cache)
    return found


def serve(registry: Registry, first: str = "192.0.2.0", last: str = "192.0.2.255", **changes: object) -> None:
    registry.serve_bootstrap()
    registry.serve("*", describe_network(first, last, **changes))


def throttle(registry: Registry, retry_after: str) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(b"{}", 429, headers=(("Retry-After", retry_after),))


# -- turns and silence ------------------------------------------------------------------------------------------------


def test_a_bucket_gives_a_burst_and_then_its_rate() -> None:
    bucket = TokenBucket(RegistryLimit(per_s=2.0, burst=3))
    assert [bucket.take(100.0) for _ in range(5)] == [0.0, 0.0, 0.0, 0.5, 1.0]
    assert [bucket.take(200.0) for _ in range(4)] == [0.0, 0.0, 0.0, 0.5]


def test_the_settings_rates_come_before_the_built_in_ones() -> None:
    assert find_limit("https://rdap.lacnic.net/rdap/", {}).per_s == 1.0
    assert find_limit("https://rdap.lacnic.net/rdap/", {"rdap.lacnic.net": 0.25}) == RegistryLimit(0.25, 1)
    assert find_limit("https://rdap.voorbeeld.example/", {}).per_s == 5.0
    assert find_limit("https://rdap.voorbeeld.example/", {"*": 50.0}) == RegistryLimit(50.0, 100)
    assert find_limit("https://rdap.lacnic.net/rdap/", {"*": 50.0}).per_s == 1.0


def test_a_question_whose_turn_comes_too_late_is_throttled_and_said_to_be(registry: Registry, tmp_path: Path) -> None:
    serve(registry)
    registry.pages["*"] = lambda path: _single(path)

    async def work(client: RdapClient, _: MovedLoop) -> None:
        assert isinstance(await find(client, "192.0.2.1"), RegisteredNetwork)
        late = await find(client, "192.0.2.2")
        assert isinstance(late, Unanswered)
        assert (late.reason, late.retryable) == (FailureReason.THROTTLED, True)
        assert "0.5 times a second" in late.detail

    run(registry, work, tmp_path, {"*": 0.5})
    assert registry.questions() == ["192.0.2.1"]


def test_a_turn_comes_back_with_time(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = lambda path: _single(path)

    async def work(client: RdapClient, loop: MovedLoop) -> None:
        assert isinstance(await find(client, "192.0.2.1"), RegisteredNetwork)
        loop.moved_s += 2.1
        assert isinstance(await find(client, "192.0.2.2"), RegisteredNetwork)

    run(registry, work, rates={"*": 0.5})


def _single(path: str) -> Page:
    address = path.rpartition("/")[2]
    return Page(json.dumps(describe_network(address, address)).encode())


@pytest.mark.parametrize("retry_after", ["60", "Sun, 01 Mar 2026 12:01:00 GMT"])
def test_429_for_a_minute_is_a_minute_of_silence(registry: Registry, retry_after: str) -> None:
    throttle(registry, retry_after)

    async def work(client: RdapClient, loop: MovedLoop) -> None:
        for moved_s in (0.0, 30.0, 59.0):
            loop.moved_s = moved_s
            assert isinstance(await find(client, "192.0.2.1"), Unanswered)
        serve(registry)
        loop.moved_s = 61.0
        assert isinstance(await find(client, "192.0.2.1"), RegisteredNetwork)

    run(registry, work)
    assert registry.questions() == ["192.0.2.1", "192.0.2.1"]


def test_a_broken_registry_that_says_when_to_come_back_is_left_alone_until_then(registry: Registry) -> None:
    registry.serve_bootstrap()
    registry.pages["*"] = Page(b"", 503, headers=(("Retry-After", "120"),))
    found = ask(registry, "192.0.2.1", "198.51.100.1")
    assert [item.reason for item in found if isinstance(item, Unanswered)] == [FailureReason.UNREACHABLE] * 2
    assert len(registry.questions()) == 1


def test_the_next_run_still_leaves_the_registry_alone(registry: Registry, tmp_path: Path) -> None:
    throttle(registry, "60")
    ask(registry, "192.0.2.1", cache=tmp_path)
    serve(registry)
    (found,) = ask(registry, "192.0.2.1", now=NOW + timedelta(seconds=30), cache=tmp_path)
    assert isinstance(found, Unanswered)
    assert found.reason is FailureReason.THROTTLED
    assert len(registry.questions()) == 1
    (found,) = ask(registry, "192.0.2.1", now=NOW + timedelta(seconds=61), cache=tmp_path)
    assert isinstance(found, RegisteredNetwork)


# -- the queue --------------------------------------------------------------------------------------------------------


def test_what_a_throttling_registry_left_open_is_asked_by_the_next_run(registry: Registry, tmp_path: Path) -> None:
    throttle(registry, "60")
    ask(registry, "192.0.2.1", "198.51.100.1", cache=tmp_path)
    registry.serve_bootstrap()
    registry.pages["*"] = lambda path: _single(path)
    later = NOW + timedelta(minutes=2)

    async def work(client: RdapClient, _: MovedLoop) -> None:
        await find(client, "203.0.113.1", later)
        assert client.resuming is not None
        await client.resuming

    run(registry, work, tmp_path)
    assert sorted(registry.questions()[1:]) == ["192.0.2.1", "198.51.100.1", "203.0.113.1"]
    before = len(registry.questions())
    assert all(
        isinstance(found, RegisteredNetwork) for found in ask(registry, "192.0.2.1", "198.51.100.1", now=later, cache=tmp_path)
    )
    assert len(registry.questions()) == before
    cache = NetworkCache(tmp_path, registry.bootstrap)
    cache.open(NetworkMemory(), later)
    assert cache.questions(10) == ()
    cache.close()


def test_a_rate_limit_that_comes_with_status_200_is_queued_as_well(registry: Registry, tmp_path: Path) -> None:
    registry.serve_bootstrap()
    registry.serve("*", {"notices": [{"title": "Rate Limit Notice", "description": ["Query rate limit exceeded."]}]})
    ask(registry, "192.0.2.1", cache=tmp_path)
    cache = NetworkCache(tmp_path, registry.bootstrap)
    cache.open(NetworkMemory(), NOW)
    assert [question.number for question in cache.questions(10)] == [parse_address("192.0.2.1")[1]]
    assert list(cache.silences(NOW)) == [registry.url + "rdap/"]
    cache.close()


# -- the cache --------------------------------------------------------------------------------------------------------


def test_a_network_answers_for_all_its_addresses_in_later_runs_with_the_time_of_the_answer(
    registry: Registry, tmp_path: Path
) -> None:
    serve(registry)
    (first,) = ask(registry, "192.0.2.1", cache=tmp_path)
    (second,) = ask(registry, "192.0.2.200", now=NOW + timedelta(days=29), cache=tmp_path)
    assert second == first
    assert isinstance(second, RegisteredNetwork)
    assert second.answered_at == NOW
    assert registry.questions() == ["192.0.2.1"]
    assert registry.asked.count("/bootstrap/ipv4.json") == 1


def test_after_thirty_days_the_registry_is_asked_again(registry: Registry, tmp_path: Path) -> None:
    serve(registry)
    ask(registry, "192.0.2.1", cache=tmp_path)
    later = NOW + timedelta(days=30, seconds=1)
    (found,) = ask(registry, "192.0.2.1", now=later, cache=tmp_path)
    assert isinstance(found, RegisteredNetwork)
    assert found.answered_at == later
    assert len(registry.questions()) == 2


def test_ipv6_networks_are_kept_too(registry: Registry, tmp_path: Path) -> None:
    serve(registry, "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
    ask(registry, "2001:db8::1", "2001:db8:1::1", cache=tmp_path)
    (found,) = ask(registry, "2001:db8:2::1", cache=tmp_path)
    assert isinstance(found, RegisteredNetwork)
    assert len(registry.questions()) == 1


def test_a_registrys_none_is_not_kept(registry: Registry, tmp_path: Path) -> None:
    registry.serve_bootstrap()
    ask(registry, "192.0.2.1", cache=tmp_path)
    ask(registry, "192.0.2.1", cache=tmp_path)
    assert registry.questions() == ["192.0.2.1", "192.0.2.1"]


def serve_allocation(registry: Registry) -> None:
    """192.0.0.0/16 is allocated, and 192.0.3.0/24 in it assigned."""
    registry.serve_bootstrap()
    wide = describe_network("192.0.0.0", "192.0.255.255", type="ALLOCATED PA", name="WIDE")
    narrow = describe_network("192.0.3.0", "192.0.3.255", type="ASSIGNED PA", name="NARROW")
    registry.pages["*"] = lambda path: Page(json.dumps(narrow if "/192.0.3." in path else wide).encode())


def names(found: list[Found]) -> list[str]:
    return [item.name for item in found if isinstance(item, RegisteredNetwork)]


def test_an_assignment_inside_an_allocation_is_found(registry: Registry, tmp_path: Path) -> None:
    serve_allocation(registry)
    asked = ("192.0.2.1", "192.0.2.9", "192.0.3.1", "192.0.3.9", "192.0.4.1")
    assert names(ask(registry, *asked, cache=tmp_path)) == ["WIDE", "WIDE", "NARROW", "NARROW", "WIDE"]
    assert registry.questions() == ["192.0.2.1", "192.0.3.1", "192.0.4.1"]
    assert names(ask(registry, *asked, cache=tmp_path)) == ["WIDE", "WIDE", "NARROW", "NARROW", "WIDE"]
    assert len(registry.questions()) == 3


def test_in_a_large_run_an_allocation_answers_for_what_the_same_as_announces(registry: Registry) -> None:
    serve_allocation(registry)
    many = [f"192.0.{number}.1" for number in range(4, 4 + MAX_ASKED_AGAIN + 50)]

    async def work(client: RdapClient, _: MovedLoop) -> None:
        for address in many:
            await find(client, address, NOW, "64500")
        assert names([await find(client, "192.0.3.1", NOW, "64500")]) == ["WIDE"]
        assert names([await find(client, "192.0.3.1", NOW, "64501")]) == ["NARROW"]

    run(registry, work, rates={"*": 100_000.0})
    assert len(registry.questions()) == 1 + MAX_ASKED_AGAIN + 1


def test_another_bootstrap_has_another_memory(registry: Registry, tmp_path: Path) -> None:
    serve(registry)
    ask(registry, "192.0.2.1", cache=tmp_path)
    other = NetworkMemory()
    cache = NetworkCache(tmp_path, "https://registry.voorbeeld.example/")
    cache.open(other, NOW)
    cache.close()
    assert other.find(4, parse_address("192.0.2.1")[1]) is None


def damage_bytes(path: Path) -> None:
    path.write_bytes(b"no database" * 100)


def damage_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("damage", [damage_bytes, damage_folder])
def test_a_file_that_is_no_cache_is_named_once_and_the_run_goes_on(
    registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    serve(registry)
    ask(registry, "192.0.2.1", cache=tmp_path)
    for path in tmp_path.glob(f"{FILE_NAME}-*"):
        path.unlink()
    damage(tmp_path / FILE_NAME)
    with caplog.at_level(logging.WARNING):
        found = ask(registry, "192.0.2.1", "198.51.100.1", cache=tmp_path)
    assert isinstance(found[0], RegisteredNetwork)
    (record,) = caplog.records
    assert str(tmp_path / FILE_NAME) in record.getMessage()
    assert "cache: none" in record.getMessage()


def test_a_locked_file_is_named_and_the_run_goes_on(registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    serve(registry)
    ask(registry, "192.0.2.1", cache=tmp_path)
    holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        (found,) = ask(registry, "192.0.2.1", cache=tmp_path)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert isinstance(found, RegisteredNetwork)
    assert "locked" in caplog.text


def test_a_row_of_another_version_is_asked_anew(registry: Registry, tmp_path: Path) -> None:
    serve(registry)
    ask(registry, "192.0.2.1", cache=tmp_path)
    holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    holder.execute("UPDATE network SET content = '{\"strange\": 1}'")
    holder.close()
    (found,) = ask(registry, "192.0.2.1", cache=tmp_path)
    assert isinstance(found, RegisteredNetwork)
    assert len(registry.questions()) == 2


def write_many(folder: str, start: int) -> None:
    """Keep a hundred networks, as another process does."""
    cache, memory = NetworkCache(Path(folder), "source"), NetworkMemory()
    cache.open(memory, NOW)
    for number in range(start, start + 100):
        network = RegisteredNetwork(4, number, number, ("x",), "h", "n", None, None, None, "r", None, b"{}", answered_at=NOW)
        cache.keep(memory.add(network))
    cache.close()


def test_two_processes_share_the_file(tmp_path: Path) -> None:
    write_many(str(tmp_path), 2000)
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=write_many, args=(str(tmp_path), start)) for start in (0, 1000)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    memory, cache = NetworkMemory(), NetworkCache(tmp_path, "source")
    cache.open(memory, NOW)
    found = [memory.find(4, number) for number in (*range(100), *range(1000, 1100), *range(2000, 2100))]
    assert all(item is not None and cache.read(item) is not None for item in found)
    cache.close()


def test_the_users_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder("") == tmp_path / "herkomst"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder("") == tmp_path / ".cache" / "herkomst"
    assert cache_folder("none") is None
    assert cache_folder("/elsewhere") == Path("/elsewhere")
