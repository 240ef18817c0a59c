"""DNS questions a second: this project's client beside dnsperf, blastdns, aiodns and dns.asyncresolver, against nsd on loopback.

Every client answers the same questions first, and their answers have to be equal. Then they take turns, each in a process of its own,
and the medians count, since machines are noisy. Needs the Debian packages nsd and dnsperf; the Python peers (requirements/bench.txt) are
installed into .venv when they are missing. They are compared with and are no part of the program.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))

from resolving.zone import ORIGIN, make_questions, write_zone  # noqa: E402 - after the path to the test servers
from servers.real import SEARCH_PATH, run_nsd  # noqa: E402 - as above

PEERS = ROOT / "requirements" / "bench.txt"
SHARES = {"herkomst": 1.0, "blastdns": 0.5, "blastdns_persistent": 0.5, "aiodns": 0.2, "asyncresolver": 0.04}
"""How much of the questions each is asked: about as long for everybody."""
DNSPERF = "dnsperf -T1 -q256"
SAMPLE = 800
MAX_LOST_PERCENT = 1.0
"""dnsperf overflows its own receive buffer on a busy machine now and then."""


def install_peers() -> None:
    """Install what is missing; exits with advice where that does not work."""
    if all(importlib.util.find_spec(name) for name in ("blastdns", "aiodns")):
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "-r", str(PEERS)]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own command
        raise SystemExit(f"the peers could not be installed: {' '.join(command)}")


def run_client(name: str, port: int, questions: Path, *more: str) -> dict[str, Any]:
    """Run one client over a file of questions."""
    command = [sys.executable, str(ROOT / "benchmarks" / "resolving" / "clients.py"), name, str(port), str(questions), *more]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own command
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def run_dnsperf(program: str, port: int, questions: Path) -> float:
    """Return the queries a second of dnsperf over the same questions."""
    command = [program, "-T1", "-q256", "-s", "127.0.0.1", "-p", str(port), "-d", str(questions), "-n", "2"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own command
    found = re.search(r"Queries per second:\s+([\d.]+)", done.stdout)
    lost = re.search(r"Queries lost:\s+\d+ \(([\d.]+)%\)", done.stdout)
    if not found or not lost or float(lost[1]) > MAX_LOST_PERCENT:
        raise SystemExit(f"dnsperf gave no figure or lost too many queries:\n{done.stdout}")
    return float(found[1])


def check_answers(port: int, questions: list[tuple[str, str]], folder: Path) -> int:
    """Exit with the first difference where the clients do not give the same answers; return how many were compared."""
    sample = write_questions(folder / "sample", questions[:SAMPLE])
    said: dict[str, dict[tuple[str, str], list[str]]] = {}
    for name in SHARES:
        answers = run_client(name, port, sample, "--answers")["answers"]
        said[name] = {(host, rdtype): values for host, rdtype, values in answers}
    compared = 0
    for name, answers in said.items():
        for question, values in answers.items():
            compared += 1
            if not values or values != said["herkomst"][question]:
                raise SystemExit(f"{question}: {name} says {values}, herkomst says {said['herkomst'][question]}")
    return compared


def write_questions(path: Path, questions: list[tuple[str, str]], https: str = "HTTPS") -> Path:
    """Write a file of questions; dnsperf knows HTTPS by its number only."""
    path.write_text("".join(f"{name} {https if rdtype == 'HTTPS' else rdtype}\n" for name, rdtype in questions))
    return path


def measure(port: int, names: int, rounds: int, count: int, folder: Path) -> dict[str, list[dict[str, float]]]:
    """Return the figures of every round by client."""
    dnsperf = shutil.which("dnsperf", path=SEARCH_PATH)
    if dnsperf is None:
        raise SystemExit("dnsperf is missing: apt-get install dnsperf")
    questions = make_questions(names)
    print(f"{check_answers(port, questions, folder)} answers compared, all equal")
    files = {name: write_questions(folder / name, questions[: int(count * share)]) for name, share in SHARES.items()}
    for_dnsperf = write_questions(folder / "dnsperf", questions[:count], "TYPE65")
    figures: dict[str, list[dict[str, float]]] = {}
    for number in range(rounds):
        figures.setdefault(DNSPERF, []).append({"per_s": run_dnsperf(dnsperf, port, for_dnsperf), "cpu_us": float("nan")})
        for name, path in files.items():
            result = run_client(name, port, path)
            if result["answered"] != result["asked"]:
                raise SystemExit(f"{name} left {result['asked'] - result['answered']} questions without an answer")
            figures.setdefault(name, []).append(
                {"per_s": result["asked"] / result["took_s"], "cpu_us": result["cpu_s"] / result["asked"] * 1e6}
            )
        print(f"round {number + 1} of {rounds}: {figures['herkomst'][-1]['per_s']:,.0f} queries/s", flush=True)
    return figures


def main() -> None:
    """Measure, print a table for people and one JSON line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--names", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=40_000, help="questions a round for the fastest")
    options = parser.parse_args()
    install_peers()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with run_nsd(folder / "nsd", {ORIGIN: write_zone(options.names)}) as server:
            figures = measure(server.port, options.names, options.rounds, options.queries, folder)
    middle = {name: {key: median(run[key] for run in runs) for key in ("per_s", "cpu_us")} for name, runs in figures.items()}
    ours = middle["herkomst"]
    print(f"{'client':<24}{'queries/s':>12}{'CPU us/query':>14}{'ours is':>10}")
    for name, figure in middle.items():
        print(f"{name:<24}{figure['per_s']:>12,.0f}{figure['cpu_us']:>14.1f}{ours['per_s'] / figure['per_s']:>9.2f}x")
    ratios = {
        "dnsperf": ours["per_s"] / middle[DNSPERF]["per_s"],
        **{name: ours["per_s"] / figure["per_s"] for name, figure in middle.items() if name not in (DNSPERF, "herkomst")},
    }
    rounded = {name: round(ratio, 2) for name, ratio in ratios.items()}
    result = {"queries_per_s": round(ours["per_s"]), "cpu_us_per_query": round(ours["cpu_us"], 1)}
    print(json.dumps({"bench": "dns", "ratios": rounded, "figures": result}))


if __name__ == "__main__":
    main()
