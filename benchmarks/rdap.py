"""How many questions the registries get for the addresses of many domains: calls for each network that they return.

An invented registry answers RDAP over HTTP on loopback: allocations of a /14 to a /22, most of them announced whole by one AS, some in
pieces by several; parts of them assigned to others. Domains crowd together, so addresses are drawn from networks by Zipf's law. The
collector runs as in a scan, with tables that know the origins. The share of addresses that got a larger network than the registry has
for them is printed too: remembering by range saves questions, and this is what it costs. A second run has the first one's cache.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, summarize_address_range
from pathlib import Path

from herkomst.collectors.base import Findings, Lane
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.collectors.ip_ownership.collector import IpOwnershipCollector
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.feeds import parse_origin_csv
from herkomst.config.tables.rows import Dataset, TableKind
from herkomst.lab.http_server import NOT_FOUND, HttpServer, Page
from herkomst.lab.loop_thread import LoopThread
from herkomst.scanner.engine import EngineLane
from herkomst.scanner.model.observation import RdapNetwork
from herkomst.scanner.model.target import Target, TargetKind

START = int(IPv4Address("31.0.0.0"))
ALLOCATIONS = 2_600
ZIPF = 0.75
SEED = 4
ANY_RATE = 100_000.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of addresses with one most specific registered network, `first` to `last`, and one origin AS."""

    begin: int
    end: int
    first: int
    last: int
    type: str
    asn: int


def invent_registry(chance: random.Random) -> list[Piece]:
    """Return the pieces of all allocations, in order."""
    pieces: list[Piece] = []
    position, asn = START, 64_512
    for _ in range(ALLOCATIONS):
        bits = chance.choices(range(14, 23), weights=(1, 1, 3, 3, 4, 6, 8, 8, 12))[0]
        size = 1 << (32 - bits)
        position = -(-position // size) * size
        end, owner, at = position + size - 1, asn, position
        asn += 1
        while at <= end:
            length = min(1 << (32 - chance.choice((22, 23, 24, 24, 24, 25, 26, 27, 28))), end - at + 1)
            drawn = chance.random()
            if drawn < 0.5:  # not assigned further
                pieces.append(Piece(at, at + length - 1, position, end, "ALLOCATED PA", owner))
            else:
                announcer = owner if drawn < 0.93 else asn
                asn += announcer != owner
                pieces.append(Piece(at, at + length - 1, at, at + length - 1, "ASSIGNED PA", announcer))
            at += length
        position = end + 1
    return pieces


def draw_addresses(pieces: Sequence[Piece], count: int, chance: random.Random) -> list[int]:
    """Return addresses of domains: a few networks hold many of them, most hold one or two."""
    ranked = chance.sample(pieces, len(pieces))
    weights = [1 / (rank + 20) ** ZIPF for rank in range(len(ranked))]
    return [chance.randint(piece.begin, piece.end) for piece in chance.choices(ranked, weights, k=count)]


class Registry(HttpServer):
    """Answers for the pieces."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        super().__init__(self._page)
        self._pieces = pieces
        self._begins = [piece.begin for piece in pieces]

    def piece(self, number: int) -> Piece:
        """Return the piece that holds an address."""
        return self._pieces[bisect_right(self._begins, number) - 1]

    def calls(self) -> int:
        """Return how many networks were asked for."""
        return sum(count for path, count in self.asked.items() if path.startswith("/rdap/"))

    def _page(self, path: str) -> Page:
        if path.startswith("/bootstrap/"):
            services = [[["0.0.0.0/0"] if path.endswith("ipv4.json") else ["::/0"], [self.url + "rdap/"]]]
            return Page(json.dumps({"version": "1.0", "services": services}).encode(), "application/json")
        piece = self.piece(int(IPv4Address(path.rpartition("/")[2])))
        if not piece.begin <= int(IPv4Address(path.rpartition("/")[2])) <= piece.end:
            return NOT_FOUND
        first, last = str(IPv4Address(piece.first)), str(IPv4Address(piece.last))
        card = [["version", {}, "text", "4.0"], ["fn", {}, "text", f"Holder of {first}"], ["kind", {}, "text", "org"]]
        document = {
            "objectClassName": "ip network",
            "handle": f"{first} - {last}",
            "startAddress": first,
            "endAddress": last,
            "name": "VOORBEELD",
            "type": piece.type,
            "country": "NL",
            "entities": [{"handle": "ORG-1", "roles": ["registrant"], "vcardArray": ["vcard", card]}],
        }
        return Page(json.dumps(document).encode(), "application/rdap+json")


def build_origins(pieces: Sequence[Piece], folder: Path) -> None:
    """Pack a table that knows the origin of every piece."""
    rows = [f"{IPv4Address(piece.begin)},{IPv4Address(piece.end)},{piece.asn},AS{piece.asn}" for piece in pieces]
    dataset = Dataset(TableKind.ORIGIN, "origins", "1", "2026-03-01", "invented")
    build_tables(folder, asn=parse_origin_csv(rows), datasets=[dataset])


async def collect(settings: Settings, addresses: Sequence[int]) -> list[Findings]:
    """Run the collector over all addresses, as many at a time as a scan has in hand."""
    from concurrent.futures import ThreadPoolExecutor

    resolver = StubResolver.from_settings(settings)
    collector = IpOwnershipCollector.from_settings(settings)
    slots = asyncio.Semaphore(collector.concurrency)
    with ThreadPoolExecutor(1) as threads:
        lane: Lane = EngineLane("bench", resolver, lambda: datetime.now(UTC), threads)

        async def one(number: int) -> Findings:
            async with slots:
                return await collector.collect(Target(TargetKind.ADDRESS, str(IPv4Address(number))), lane)

        try:
            return list(await asyncio.gather(*map(one, addresses)))
        finally:
            await collector.close()
            await resolver.close()


def count_missed(registry: Registry, addresses: Sequence[int], findings: Sequence[Findings]) -> tuple[int, int, int]:
    """Return how many networks were returned, how many addresses got a larger one than they have, and how many got none."""
    networks: set[tuple[str, ...]] = set()
    missed = unanswered = 0
    for number, found in zip(addresses, findings, strict=True):
        seen = [item.content for item in found.observations if isinstance(item.content, RdapNetwork)]
        unanswered += not seen
        piece = registry.piece(number)
        truth = tuple(map(str, summarize_address_range(IPv4Address(piece.first), IPv4Address(piece.last))))
        for content in seen:
            networks.add(content.prefixes)
            missed += content.prefixes != truth
    return len(networks), missed, unanswered


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addresses", type=int, default=10_000)
    count = parser.parse_args().addresses
    chance = random.Random(SEED)  # noqa: S311 - a world that is the same each time
    pieces = invent_registry(chance)
    addresses = draw_addresses(pieces, count, chance)
    registry = Registry(pieces)
    with tempfile.TemporaryDirectory() as name, LoopThread("registry") as loop:
        folder = Path(name)
        build_origins(pieces, folder / "tables")
        loop.run(registry.start())
        settings = Settings(
            tables=folder / "tables",
            rdap_bootstrap=registry.url + "bootstrap/",
            resolvers=(ResolverAddress("127.0.0.1", 9),),
            rdap_rates=(("*", ANY_RATE),),
            target_deadline_s=600.0,
            cache=str(folder / "cache"),
        )
        began = time.perf_counter()
        findings = asyncio.run(collect(settings, addresses))
        first_s, calls = time.perf_counter() - began, registry.calls()
        began = time.perf_counter()
        again = asyncio.run(collect(settings, addresses))
        second_s, more_calls = time.perf_counter() - began, registry.calls() - calls
        loop.run(registry.close())
    networks, missed, unanswered = count_missed(registry, addresses, findings)
    unanswered += count_missed(registry, addresses, again)[2]
    ratio = calls / networks
    print(f"{count:,} addresses, {len(set(addresses)):,} different, in an invented registry of {len(pieces):,} pieces")
    print(f"  first run   {calls:6,} calls  {networks:6,} networks returned  {ratio:.3f} calls a network  {first_s:5.1f} s")
    print(f"  second run  {more_calls:6,} calls  {second_s:5.1f} s")
    print(
        f"  {missed:,} addresses ({missed / count:.1%}) got the allocation where the registry has an assignment; {unanswered} no answer"
    )
    figures = {
        "addresses": count,
        "calls": calls,
        "networks": networks,
        "calls_second_run": more_calls,
        "missed_assignments": round(missed / count, 4),
        "unanswered": unanswered,
    }
    print(json.dumps({"bench": "rdap", "ratios": {"calls_per_network": round(ratio, 4)}, "figures": figures}))


if __name__ == "__main__":
    main()
