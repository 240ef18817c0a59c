"""How long the command line takes: `herkomst --help`, and a `check` of one name with the answers on loopback.

Whole processes, as a person starts them, one after the other; the quickest of several is given, since other programs only ever add. A
bare interpreter and an import of the DNS library stand beside them, to tell what of it is Python's own time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from zones import name_of, serving

ROUNDS = 7
PROGRAM = (sys.executable, "-m", "herkomst.scanner")
CHECK = ("--claim", "web.country=NL", "--claim", "web.jurisdiction=EU", "--offline", "--quiet")


def quickest(command: tuple[str, ...], accepted: frozenset[int], rounds: int) -> float:
    """Return the wall time of the quickest run, in seconds; SystemExit where a run ends in another way than accepted."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - this program
        times.append(time.perf_counter() - began)
        if done.returncode not in accepted:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()}")
    return min(times)


def main() -> None:
    """Measure, print a table for people and one JSON line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds: int = parser.parse_args().rounds
    with serving(10) as port, tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store.db")
        check = (*PROGRAM, "check", name_of(0), *CHECK, "--resolver", f"127.0.0.1:{port}", "--store", store)
        rows = {
            "help_s": quickest((*PROGRAM, "--help"), frozenset({0}), rounds),
            "check_s": quickest(check, frozenset({0, 1, 3}), rounds),
            "python_s": quickest((sys.executable, "-c", "pass"), frozenset({0}), rounds),
            "dnspython_s": quickest((sys.executable, "-c", "import dns.resolver"), frozenset({0}), rounds),
        }
    for name, seconds in rows.items():
        print(f"{name:<14}{seconds:>8.3f}")
    print(json.dumps({"bench": "start", "ratios": {}, "figures": {name: round(seconds, 3) for name, seconds in rows.items()}}))


if __name__ == "__main__":
    main()
