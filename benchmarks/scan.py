"""A whole scan side by side: collect, attribute, judge and store, with the program's resolver client and with `dns.asyncresolver`.

Both ask the same questions of the same nsd and go through the same steps; verdicts are compared first. Every measurement is a process of
its own, so that what one keeps in memory is not counted for another. Domains have a breadth of about a dozen questions (`core`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.resolver
from herkomst.collectors.dns.client.records import present_values
from herkomst.collectors.resolution import NoReply, Outcome, Reply
from herkomst.config.settings import Breadth, ResolverAddress, Settings
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Organisation, SaidBy, System
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.service import Scan, load_knowledge, stream_scan
from herkomst.scanner.store import Store
from zones import name_of, serving

CLAIMS = (
    Claim("web.country", Operator.IS, ("NL",), SaidBy.SUPPLIER),
    Claim("web.jurisdiction", Operator.IS, ("EU",), SaidBy.POLICY),
    Claim("mail.inbound.provider", Operator.IS, ("transip",), SaidBy.SUPPLIER),
)


class PlainResolver:
    """The peer: `dns.asyncresolver` with its own cache, behind the interface of ours."""

    def __init__(self, settings: Settings) -> None:
        (address,) = settings.resolvers
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = [address.address]
        self._resolver.port = address.port
        self._resolver.cache = dns.resolver.LRUCache(100_000)
        self.asked = 0

    def ask(self, name: str, rdtype: str) -> asyncio.Future[Reply | NoReply]:
        """Ask in a task, as a caller of the library would."""
        return asyncio.ensure_future(self._ask(name, rdtype))

    async def _ask(self, name: str, rdtype: str) -> Reply | NoReply:
        try:
            answer = await self._resolver.resolve(name + ".", rdtype, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return Reply(name, rdtype, Outcome.NXDOMAIN, (), (), False, ())
        except dns.exception.DNSException as error:
            return NoReply(name, rdtype, FailureReason.TIMEOUT, str(error))
        found = [] if answer.rrset is None else list(answer.rrset)
        return Reply(name, rdtype, Outcome.ANSWER if found else Outcome.NODATA, present_values(found), (), False, ())

    async def ask_authority(self, _addresses: object, name: str, rdtype: str) -> NoReply:
        """Nobody asks: neither run asks the parents of zones."""
        return NoReply(name, rdtype, FailureReason.NOT_ASKED)

    async def close(self) -> None:
        """Nothing is kept open."""


def systems_of(first: int, count: int) -> tuple[System, ...]:
    """Return a system of one domain and three claims for each number."""
    nobody = Organisation("")
    return tuple(
        System(name_of(number), nobody, None, (Asset(AssetKind.DOMAIN, name_of(number)),), frozenset(), CLAIMS)
        for number in range(first, first + count)
    )


async def measure(port: int, count: int, *, plain: bool, store: Store | None, processes: int = 1) -> dict[str, Any]:
    """Scan and return the figures of this process."""
    settings = replace(
        Settings(),
        resolvers=(ResolverAddress("127.0.0.1", port),),
        offline=True,
        breadth=Breadth.CORE,
        queries_per_second_per_server=0,
    )
    scan = Scan(settings, load_knowledge(settings), systems_of(0, count), store, processes=processes)
    if plain:
        scan.make_resolver = PlainResolver
    statuses: Counter[str] = Counter()
    failures = 0
    began, cpu = time.perf_counter(), time.process_time()
    async for part in stream_scan(scan):
        statuses.update(f"{verdict.claim} {verdict.status.value}" for verdict in part.verdicts)
        failures += len(part.failures)
    return {
        "domains": count,
        "seconds": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu,
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "statuses": dict(sorted(statuses.items())),
        "failures": failures,
    }


def run_child(port: int, count: int, *, plain: bool = False, processes: int = 1) -> dict[str, Any]:
    """Measure in a process of its own."""
    words = ["--child", str(port), "--domains", str(count), "--processes", str(processes), *(["--plain"] if plain else [])]
    done = subprocess.run([sys.executable, __file__, *words], check=True, capture_output=True, text=True)  # noqa: S603 - this file
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def main() -> None:
    """Measure, print a table for people and one JSON line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--domains", type=int, default=20_000, help="of the long scan; the short one has a thousand")
    parser.add_argument("--peer-domains", type=int, default=600)
    parser.add_argument("--shared-domains", type=int, default=4000, help="of the scan that one process does, and then two")
    parser.add_argument("--processes", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--child", type=int, metavar="PORT", help=argparse.SUPPRESS)
    parser.add_argument("--plain", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        with tempfile.TemporaryDirectory() as folder, Store.open(str(Path(folder) / "store.db")) as store:
            measured = measure(
                arguments.child, arguments.domains, plain=arguments.plain, store=store, processes=arguments.processes
            )
            print(json.dumps(asyncio.run(measured)))
        return
    with serving(max(arguments.domains, arguments.shared_domains, 1000)) as port:
        pairs = [(run_child(port, arguments.peer_domains), run_child(port, arguments.peer_domains, plain=True)) for _ in range(3)]
        for ours, theirs in pairs:
            if (ours["statuses"], ours["failures"]) != (theirs["statuses"], theirs["failures"]):
                raise SystemExit(f"the two do not agree: {ours} {theirs}")
        short = [run_child(port, 1000) for _ in range(3)]
        alone, together = (run_child(port, arguments.shared_domains, processes=processes) for processes in (1, 2))
        long = run_child(port, arguments.domains)
    report(pairs, short, long, alone["seconds"] / together["seconds"])


def per_domain(figures: dict[str, Any]) -> float:
    """Return the processor time of a domain, in milliseconds: other programs on the machine disturb it least."""
    return float(figures["cpu_s"] / figures["domains"] * 1000)


def report(
    pairs: list[tuple[dict[str, Any], dict[str, Any]]], short: list[dict[str, Any]], long: dict[str, Any], two: float
) -> None:
    """Print the table and the JSON line."""
    speed = sorted(theirs["seconds"] / ours["seconds"] for ours, theirs in pairs)[len(pairs) // 2]
    cost_short = min(map(per_domain, short))
    print(f"{'scan':34}{'domains/s':>12}{'ms CPU':>9}{'MB':>8}{'failures':>10}")
    rows = [(f"ours, {long['domains']} domains", long), ("ours, 1000 domains", min(short, key=per_domain))]
    rows += [("dns.asyncresolver", min((theirs for _, theirs in pairs), key=per_domain))]
    for name, item in rows:
        rate = item["domains"] / item["seconds"]
        print(f"{name:34}{rate:>12,.0f}{per_domain(item):>9.2f}{item['resident_mb']:>8.0f}{item['failures']:>10}")
    print(f"two processes do {two:.2f} times what one does")
    ratios = {
        "asyncresolver": round(speed, 1),
        "cost_100k_1k": round(per_domain(long) / cost_short, 2),
        "two_processes": round(two, 2),
    }
    figures = {
        "domains_per_s": round(long["domains"] / long["seconds"]),
        "cpu_ms_per_domain": round(per_domain(long), 3),
        "resident_mb": round(long["resident_mb"]),
        "domains": long["domains"],
    }
    print(json.dumps({"bench": "scan", "ratios": ratios, "figures": figures}))


if __name__ == "__main__":
    main()
