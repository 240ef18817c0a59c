"""The two readers of DNS messages held against each other: the lean one and dnspython. `scripts/stress codec` runs the long form.

What is compared is all that `Decoded` holds, the kept message and its digest included. A message that the lean reader leaves to dnspython
cannot differ, so it is counted how many of the ordinary ones it leaves: a reader that left them all would agree and be worth nothing.
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from traceback import format_exc

import dns.message
from herkomst.collectors.dns.client.codec import decode_ordinary
from herkomst.collectors.dns.client.message import decode_reply
from herkomst.collectors.dns.client.question import Question, encode_query, is_reply, repeats_question
from herkomst.lab.replay import Replay
from wire_messages import Messages, Sample

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
COUNTRIES = ("dk", "fi", "hr", "it", "lu", "no", "se")
CHUNK = 5_000
RECORDED_LIMIT = 3_000
RECORDED_SHARE = 4
"""One of so many differential messages is a recorded answer, where there are any."""


@dataclass
class Tally:
    """What was found: counts by kind, and the first messages for which the two differ or one fails."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_s: float = 0.0

    def add(self, other: Tally) -> None:
        self.counts.update(other.counts)
        self.faults = [*self.faults, *other.faults][:20]
        self.slowest_s = max(self.slowest_s, other.slowest_s)


def compare(sample: Sample, tally: Tally) -> None:
    """Read one message both ways."""
    tally.counts["compared"] += 1
    try:
        question = Question(sample.name, sample.rdtype)
        lean = decode_ordinary(sample.wire, question)
        oracle = decode_reply(sample.wire, sample.name, sample.rdtype)
    except Exception:  # noqa: BLE001 - any at all is what is looked for
        tally.counts["crashes"] += 1
        tally.faults.append(f"{sample.name} {sample.rdtype} {sample.wire.hex()}: {format_exc()}")
        return
    tally.counts["malformed"] += oracle is None
    if lean is None:
        tally.counts["left to dnspython"] += 1
        tally.counts["ordinary, left to dnspython"] += sample.is_ordinary
    elif lean != oracle:
        tally.counts["mismatches"] += 1
        tally.faults.append(f"{sample.name} {sample.rdtype} {sample.wire.hex()}: {lean} is not {oracle}")
    tally.counts["ordinary"] += sample.is_ordinary


def damage(sample: Sample, messages: Messages, tally: Tally) -> None:
    """Read one damaged message; whatever it is, it is an outcome, soon."""
    tally.counts["mutated"] += 1
    wire = messages.damaged(sample.wire)
    question = Question(sample.name, sample.rdtype)
    query = encode_query(wire[:2], question.wire)
    begun = perf_counter()
    try:
        if is_reply(wire, query):
            repeats_question(wire, query)
            tally.counts["mutated, still a reply"] += 1
        lean = decode_ordinary(wire, question)
        if lean is not None and lean != decode_reply(wire, sample.name, sample.rdtype):
            tally.counts["mismatches"] += 1
            tally.faults.append(f"mutated {sample.name} {sample.rdtype} {wire.hex()}: {lean}")
        if lean is None and len(wire) >= 12:
            decode_reply(wire, sample.name, sample.rdtype)
    except Exception:  # noqa: BLE001 - any at all is what is looked for
        tally.counts["crashes"] += 1
        tally.faults.append(f"{sample.name} {sample.rdtype} {wire.hex()}: {format_exc()}")
    tally.slowest_s = max(tally.slowest_s, perf_counter() - begun)


def recorded_samples(
    folder: Path, limit: int, countries: Sequence[str] = COUNTRIES, lines: int | None = None, tables: Path | None = None
) -> list[Sample]:
    """Return answers for the names and types of each recording, at most `limit` of one, as the laboratory's server gives them.

    `lines` is how many of its domains are read; `tables` where addresses for its hosts are found, None for the embedded ones.
    """
    samples: list[Sample] = []
    for path in (folder / f"{country}.jsonl.gz" for country in countries):
        if not path.exists():
            continue
        found: list[Sample] = []
        with gzip.open(path, "rt", encoding="utf-8") as file:
            zones = Replay.from_lines(islice(file, lines), tables).zones
        for name in zones.names:
            for rdtype in (*(zones.rrsets(name) or {}), "A", "AAAA", "HTTPS"):
                answer = zones.answer(dns.message.make_query(name or ".", rdtype, id=1)).message
                if answer is not None:
                    found.append(Sample(answer.to_wire(max_size=65535), name or ".", rdtype, is_ordinary=True))
            if len(found) >= limit:
                break
        samples += found[:limit]
    return samples


def run_chunk(seed: int, count: int, recorded: int = 0, kept: Sequence[Sample] = ()) -> Tally:
    """Compare `count` messages and damage as many more; of `kept` messages one in four is taken, from place `recorded` on."""
    tally = Tally()
    messages = Messages(seed)
    for number in range(count):
        sample = messages.sample()
        if kept and number % RECORDED_SHARE == 0:
            sample = kept[(recorded + number // RECORDED_SHARE) % len(kept)]
            tally.counts["recorded"] += 1
        compare(sample, tally)
        damage(sample, messages, tally)
    return tally


_KEPT: list[Sample] = []
"""The recorded messages: loaded once, before the processes part."""


def _run_chunk_with_recorded(seed: int, count: int, recorded: int) -> Tally:
    if not _KEPT:
        _KEPT.extend(recorded_samples(RECORDED, RECORDED_LIMIT))
    return run_chunk(seed, count, recorded, _KEPT)


def run(count: int, seed: int, processes: int) -> Iterator[Tally]:
    """Yield the tally so far after each chunk."""
    total = Tally()
    sizes = [min(CHUNK, count - at) for at in range(0, count, CHUNK)]
    _KEPT.extend(recorded_samples(RECORDED, RECORDED_LIMIT))
    with ProcessPoolExecutor(processes) as pool:
        chunks = [
            pool.submit(_run_chunk_with_recorded, seed + number, size, number * CHUNK // RECORDED_SHARE)
            for number, size in enumerate(sizes)
        ]
        for chunk in chunks:
            total.add(chunk.result())
            yield total


def main() -> int:
    """Run the long form; the exit code is 1 where anything differed or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000, help="messages to compare, and as many to damage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    begun = perf_counter()
    tally = Tally()
    shown = 0
    for number, tally in enumerate(run(options.count, options.seed, options.processes), start=1):
        for fault in tally.faults[shown:]:
            print(f"FAULT {fault}", flush=True)
        shown = len(tally.faults)
        if number % 2 == 0:
            counts = tally.counts
            print(
                f"{counts['compared']:,} compared, {counts['mismatches']} mismatches; {counts['mutated']:,} mutated, "
                f"{counts['crashes']} crashes; {perf_counter() - begun:.0f} s",
                flush=True,
            )
    for kind, number in sorted(tally.counts.items()):
        print(f"{kind:<32}{number:>12,}")
    faults = tally.counts["mismatches"] + tally.counts["crashes"]
    print(
        f"{tally.counts['compared']:,} differential messages, {tally.counts['mismatches']} mismatches; "
        f"{tally.counts['mutated']:,} mutated messages, {tally.counts['crashes']} crashes; "
        f"slowest {tally.slowest_s * 1000:.1f} ms; {perf_counter() - begun:.0f} s"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
