"""One client at a time, in a process of its own: asks a file's questions and prints what it took as a line of JSON.

    python benchmarks/resolving/clients.py NAME PORT QUESTIONS [--answers]

With `--answers` it prints the answers too, as sorted texts that all clients have in common, so that they can be held against each other.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
IN_FLIGHT = 256
TIMEOUT_S = 3.0
Question = tuple[str, str]
Answers = dict[Question, list[str]]


def texts(rdtype: str, values: Sequence[str]) -> list[str]:
    """Return values without what clients write differently: quotes, final dots and commas, and the CNAMEs before addresses."""
    plain = sorted(value.replace('"', "").rstrip(".,") for value in values)
    return [value for value in plain if rdtype != "A" or value.replace(".", "").isdigit()]


async def ask_all(questions: Sequence[Question], ask: Callable[[str, str], Awaitable[list[str]]], in_flight: int) -> Answers:
    """Ask with so many questions in flight."""
    answers: Answers = {}
    left = iter(questions)

    async def work() -> None:
        for name, rdtype in left:
            answers[name, rdtype] = await ask(name, rdtype)

    await asyncio.gather(*(work() for _ in range(in_flight)))
    return answers


async def herkomst(port: int, questions: Sequence[Question]) -> Answers:
    """The client of this project as a scan uses it: mixed case, retries, adaptive time-outs, raw answers kept; without the cap."""
    from herkomst.collectors.dns.client.stub import StubResolver
    from herkomst.collectors.resolution import Reply
    from herkomst.config.settings import ResolverAddress

    resolver = StubResolver(
        (ResolverAddress(LOOPBACK, port),), timeout_s=TIMEOUT_S, attempts=2, max_in_flight=IN_FLIGHT, per_second=0
    )

    async def ask(name: str, rdtype: str) -> list[str]:
        reply = await resolver.ask(name, rdtype)
        return list(reply.values) if isinstance(reply, Reply) else []

    answers = await ask_all(questions, ask, IN_FLIGHT)
    await resolver.close()
    return answers


async def asyncresolver(port: int, questions: Sequence[Question]) -> Answers:
    """dns.asyncresolver, as its documentation shows it."""
    import dns.asyncresolver
    import dns.resolver

    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.cache = [LOOPBACK], port, None

    async def ask(name: str, rdtype: str) -> list[str]:
        try:
            return [record.to_text() for record in await resolver.resolve(f"{name}.", rdtype)]
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            return []

    return await ask_all(questions, ask, 100)


async def aiodns(port: int, questions: Sequence[Question]) -> Answers:
    """The library of this name over pycares; it has no HTTPS records, so it is not asked for them."""
    import aiodns as library

    resolver = library.DNSResolver(nameservers=[LOOPBACK], udp_port=port, tcp_port=port, timeout=TIMEOUT_S, tries=2)

    def text(data: Any) -> str:
        for fields in (("addr",), ("priority", "exchange"), ("data",), ("critical", "tag", "value")):
            if all(hasattr(data, field) for field in fields):
                values = [getattr(data, field) for field in fields]
                return " ".join(value.decode() if isinstance(value, bytes) else str(value) for value in values)
        return ""

    async def ask(name: str, rdtype: str) -> list[str]:
        try:
            return [text(record.data) for record in (await resolver.query_dns(name, rdtype)).answer]
        except library.error.DNSError:
            return []

    return await ask_all([question for question in questions if question[1] != "HTTPS"], ask, IN_FLIGHT)


async def blastdns(port: int, questions: Sequence[Question]) -> Answers:
    """The library of this name (Rust) in batches by type, with its default sockets and without its cache."""
    return await _blast(port, questions, persistent_socket=False)


async def blastdns_persistent(port: int, questions: Sequence[Question]) -> Answers:
    """The same on one socket that stays open, with as few in flight as that needs."""
    return await _blast(port, questions, persistent_socket=True)


async def _blast(port: int, questions: Sequence[Question], *, persistent_socket: bool) -> Answers:
    import blastdns as library

    in_flight = 32 if persistent_socket else IN_FLIGHT
    client = library.Client(
        [f"{LOOPBACK}:{port}"],
        library.ClientConfig(
            max_inflight_per_resolver=in_flight,
            max_concurrency=in_flight,
            cache_capacity=0,
            adaptive=False,
            purgatory_threshold=0,
            request_timeout_ms=int(TIMEOUT_S * 1000),
            persistent_socket=persistent_socket,
        ),
    )
    by_type: dict[str, list[str]] = {}
    for name, rdtype in questions:
        by_type.setdefault(rdtype, []).append(name)
    answers: Answers = {}

    async def batch(rdtype: str, names: list[str]) -> None:
        async for name, kind, values in client.resolve_batch(names, rdtype):
            answers[name, kind] = list(values)

    await asyncio.gather(*(batch(rdtype, names) for rdtype, names in by_type.items()))
    return answers


CLIENTS: dict[str, Callable[[int, Sequence[Question]], Awaitable[Answers]]] = {
    client.__name__: client for client in (herkomst, blastdns, blastdns_persistent, aiodns, asyncresolver)
}


def main() -> None:
    """Ask, and print what it took."""
    name, port, path = sys.argv[1:4]
    questions = [(words[0], words[1]) for line in Path(path).read_text().splitlines() if (words := line.split())]
    asyncio.run(CLIENTS[name](int(port), questions[:1]))  # so that what is imported at the first use is
    used, begun = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    answers = asyncio.run(CLIENTS[name](int(port), questions))
    took_s, now = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)
    result: dict[str, Any] = {
        "asked": len(answers),
        "answered": sum(map(bool, answers.values())),
        "took_s": took_s,
        "cpu_s": now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime,
    }
    if "--answers" in sys.argv:
        result["answers"] = [[host, rdtype, texts(rdtype, values)] for (host, rdtype), values in sorted(answers.items())]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
