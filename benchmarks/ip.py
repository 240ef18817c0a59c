"""How many addresses a second the prefix tables look up, one by one and many at once, beside the maxminddb C extension.

Both are given the same IPv4 data (origin, registration and location of the embedded tables) and the same addresses, half of them
anywhere, half at the beginning of a segment, and every answer is compared before anything is timed. Ours gives more at once: the
published ranges and the names of the AS. mmdb-writer writes the peer's file, from a tree made of our segments.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_ntop

from herkomst.config.tables import bulk
from herkomst.config.tables.answers import TableValues
from herkomst.config.tables.reader import PrefixTables
from signatures import measure_signature_us

COUNT = 300_000
ROUNDS = 5
BATCH = 2_000_000
PEERS = ("maxminddb>=2.6", "mmdb-writer>=0.2")
"""Installed by pip where they are missing: nothing of the program needs them."""
Answer = tuple[tuple[int, ...], str, str]


def main() -> int:
    """Measure, print a table and the line of JSON."""
    parser = argparse.ArgumentParser(description="Look up addresses in the embedded tables, beside maxminddb.")
    parser.add_argument("--count", type=int, default=COUNT, help=f"addresses that are asked about one by one (default {COUNT:,})")
    options = parser.parse_args()
    if not options.count > 0:
        parser.error("--count must be above 0")
    figures: dict[str, float] = {"load_ms": round(measure_load_ms(), 2)}
    tables = PrefixTables.open()
    four = choose_addresses(tables, 4, options.count)
    six = choose_addresses(tables, 6, options.count)
    with tempfile.TemporaryDirectory() as folder:
        ratio, single, theirs = compare(tables, four, write_peer(tables, Path(folder) / "same.mmdb"))
    figures |= {
        "single_per_s": round(single),
        "peer_single_per_s": round(theirs),
        "single_ipv6_per_s": round(rate(tables.values, six)),
        **measure_batch(tables),
        "private_mb": round(private_mb_of_lookups(four), 1),
        "signature_us": round(measure_signature_us(), 3),
    }
    tables.close()
    ratios = {"maxminddb": round(ratio, 2)}
    for name, value in (*figures.items(), *((f"{name}, ours over theirs", ratio) for name, ratio in ratios.items())):
        print(f"{name:32} {value:>14,}")
    print(json.dumps({"bench": "ip", "ratios": ratios, "figures": figures}))
    return 0


def measure_load_ms() -> float:
    """Return the median time to open the tables and answer a first question, the file being in the page cache."""
    times: list[float] = []
    for _ in range(3 * ROUNDS):
        began = time.process_time()
        tables = PrefixTables.open()
        tables.values("192.0.2.1")
        times.append((time.process_time() - began) * 1000)
        tables.close()
    return sorted(times)[len(times) // 2]


def private_mb() -> float:
    """Return the memory that is this process's own: what is mapped from a file does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) / 1024


def private_mb_of_lookups(addresses: Sequence[str]) -> float:
    """Return how much more memory of its own a fresh process has after opening the tables and asking about a thousand addresses."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import ip; from herkomst.config.tables.reader import PrefixTables\n"
        "before = ip.private_mb(); tables = PrefixTables.open()\n"
        "for address in sys.argv[2:]: tables.lookup(address)\n"
        "print(ip.private_mb() - before)"
    )
    command = [sys.executable, "-c", code, str(Path(__file__).parent), *addresses[:1000]]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this very Python
    return float(ran.stdout)


def choose_addresses(tables: PrefixTables, version: int, count: int) -> list[str]:
    """Return random addresses, half of them anywhere (IPv6: in 2000::/3), half where a segment begins."""
    picker = random.Random(f"addresses {version}")  # noqa: S311 - a fixed sample
    family, size = (AF_INET, 4) if version == 4 else (AF_INET6, 16)
    starts = [start for start, _ in tables.segments(version)]
    base, span = (0, 1 << 32) if version == 4 else (1 << 125, 1 << 125)
    chosen = [base + picker.randrange(span) if number % 2 else picker.choice(starts) for number in range(count)]
    return [inet_ntop(family, number.to_bytes(size, "big")) for number in chosen]


def rate(look_up: Callable[[str], object], addresses: Sequence[str], rounds: int = ROUNDS) -> float:
    """Return look-ups a second of processor time, since others share the machine: the best of some rounds."""
    best = 0.0
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        for address in addresses:
            look_up(address)
        best = max(best, len(addresses) / (time.process_time() - began))
    return best


def compare(tables: PrefixTables, addresses: Sequence[str], peer: Path) -> tuple[float, float, float]:
    """Return ours over theirs (the median of rounds side by side), and the best rate of each; first all answers are compared."""
    import maxminddb

    with maxminddb.open_database(peer, maxminddb.MODE_MMAP_EXT) as database:
        for address in addresses:
            if answer_of(tables.values(address)) != peer_answer(database.get(address)):
                raise SystemExit(f"the answers differ for {address}")
        print(f"{len(addresses):,} answers are the same", file=sys.stderr)
        pairs = [(rate(tables.values, addresses, 1), rate(database.get, addresses, 1)) for _ in range(ROUNDS)]
    ratios = sorted(ours / theirs for ours, theirs in pairs)
    return ratios[len(ratios) // 2], max(ours for ours, _ in pairs), max(theirs for _, theirs in pairs)


def answer_of(values: TableValues) -> Answer:
    """Return what both can say of an address."""
    return values.asns, values.registration or "", values.location or ""


def peer_answer(record: object) -> Answer:
    """Return the same from the peer's record; it has none where our tables say nothing."""
    if not isinstance(record, dict):
        return (), "", ""
    return tuple(record["asns"]), record["registration"], record["location"]


def measure_batch(tables: PrefixTables) -> dict[str, float]:
    """Return addresses a second of a batch with numpy and without; both must agree with each other and with single look-ups."""
    packed = random.Random("batch").randbytes(4 * BATCH)  # noqa: S311 - a fixed sample
    starts, values = tables.columns4
    slow_part = packed[: 4 * COUNT]
    one_by_one = bulk.find_values4_one_by_one(slow_part, starts, values)
    if tables.value_numbers(4, slow_part).tolist() != one_by_one.tolist():
        raise SystemExit("the answers of a batch differ")
    if any(
        tables.value(one_by_one[n]) is not tables.values(inet_ntop(AF_INET, slow_part[4 * n : 4 * n + 4])) for n in range(2000)
    ):
        raise SystemExit("the answers of a batch and of single look-ups differ")
    return {
        "batch_per_s": round(batch_rate(lambda: tables.value_numbers(4, packed), BATCH)),
        "batch_without_numpy_per_s": round(batch_rate(lambda: bulk.find_values4_one_by_one(slow_part, starts, values), COUNT)),
    }


def batch_rate(look_up: Callable[[], object], count: int) -> float:
    """Return addresses a second: the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        began = time.process_time()
        look_up()
        best = max(best, count / (time.process_time() - began))
    return best


# -- the peer's file ----------------------------------------------------------------------------------------------------


def write_peer(tables: PrefixTables, path: Path) -> Path:
    """Write the tables' IPv4 segments in the peer's format."""
    install_peers()
    from mmdb_writer import MMDBWriter, SearchTreeLeaf, SearchTreeNode

    answers = [answer_of(item) for item in tables.all_values()]
    records = {
        answer: SearchTreeLeaf(dict(zip(("asns", "registration", "location"), (list(answer[0]), *answer[1:]), strict=True)))
        for answer in set(answers)
    }
    starts = [start for start, _ in tables.segments(4)]
    leaves = [None if answers[value] == ((), "", "") else records[answers[value]] for _, value in tables.segments(4)]

    def make(first: int, bits: int, low: int, high: int) -> object:
        """Return the tree of a block, which the segments from `low` up to `high` cover."""
        if len({id(leaf) for leaf in leaves[low:high]}) == 1:
            return leaves[low]
        middle = first + (1 << (bits - 1))
        cut = bisect_left(starts, middle, low, high)
        into = cut if cut < high and starts[cut] == middle else cut - 1  # the segment that holds the middle
        return SearchTreeNode(make(first, bits - 1, low, cut), make(middle, bits - 1, into, high))

    writer = MMDBWriter(ip_version=4, database_type="same")
    writer.tree = make(0, 32, 0, len(starts))
    writer.to_db_file(str(path))
    return path


def install_peers() -> None:
    """Install what is compared with, where it is missing."""
    try:
        import maxminddb  # noqa: F401 - only whether it is there
        import mmdb_writer  # noqa: F401 - only whether it is there
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *PEERS], check=True)  # noqa: S603 - pip itself


if __name__ == "__main__":
    sys.exit(main())
