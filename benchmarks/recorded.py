"""How often `inspect` agrees with the labels of recorded municipalities: mailbox platform, and owner of the network of the MX.

The labels are the output of rules and no human's word, so a disagreement is a place to look and not always a mistake: every one of the
tuned countries is listed with what its records show. Two countries are set aside (docs/decisions/0012): no rule
was made with a look at them, and only their totals are printed. The recording has no addresses: one inside the recorded AS stands in.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from accuracy.scores import Compared, compare, ratios, reasons, table
from herkomst.lab.replay import RecordedServer, Replay
from herkomst.scanner.cli.main import main as herkomst
from herkomst.scanner.names import canonical_name

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
TUNED = ("se", "fi", "dk", "lu", "hr")
SET_ASIDE = ("no", "it")
LABEL_UNKNOWN = "unknown"


def read_lines(countries: Sequence[str]) -> dict[str, str]:
    """Return the recorded lines of the countries by domain; a domain recorded twice is kept once."""
    found: dict[str, str] = {}
    for country in countries:
        path = RECORDED / f"{country}.jsonl.gz"
        if not path.exists():
            raise SystemExit(f"{path} is missing; the recordings are data beside this project and no part of it")
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                found.setdefault(canonical_name(json.loads(line)["domain"]), line)
    return found


def inspect(lines: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Serve recorded lines, inspect every domain of them, and yield each document."""
    with tempfile.TemporaryDirectory() as folder, RecordedServer(Replay.from_lines(lines.values())) as server:
        names, out = Path(folder) / "names", Path(folder) / "out.jsonl"
        names.write_text("\n".join(lines), encoding="utf-8")
        with contextlib.redirect_stdout(sys.stderr):
            code = herkomst(
                [
                    *("inspect", "--input", str(names), "--resolver", str(server.resolver), "--offline"),
                    *("--format", "jsonl", "-o", str(out), "--quiet"),
                ]
            )
        if code == 2:
            raise SystemExit(code)
        yield from map(json.loads, out.read_text(encoding="utf-8").splitlines())


def print_group(title: str, compared: Sequence[Compared]) -> None:
    """Print the table of one group of countries, and its shares."""
    print(f"\n{title}: {len(compared)} domains")
    print("\n".join(table(compared)))
    print("  ".join(f"{name} {share}" for name, share in ratios(compared).items()))
    print("\n".join(reasons(compared)))


def main() -> None:
    """Print the disagreements of the tuned countries, a table for each group, and the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("countries", nargs="*", help="which recordings, such as se fi (default all)")
    parser.add_argument("--list-set-aside", action="store_true", help="list the disagreements of the countries set aside as well")
    arguments = parser.parse_args()
    started = time.perf_counter()
    lines = read_lines(arguments.countries or (*TUNED, *SET_ASIDE))
    compared: list[Compared] = []
    failures = 0
    for document in inspect(lines):
        recorded = json.loads(lines[document["subject"]])
        failures += len(document["failures"])
        if recorded["truth"]["provider"] != LABEL_UNKNOWN:
            compared.append(compare(document, recorded))
    groups = {
        "tuned": [item for item in compared if item.country not in SET_ASIDE],
        "set_aside": [item for item in compared if item.country in SET_ASIDE],
    }
    for item in (*groups["tuned"], *(groups["set_aside"] if arguments.list_set_aside else ())):
        if not item.agrees:
            print(item)
    for country in dict.fromkeys(item.country for item in groups["tuned"]):
        print_group(f"tuned, {country}", [item for item in groups["tuned"] if item.country == country])
    for group, items in groups.items():
        if items:
            print_group(f"all countries {group.replace('_', ' ')}", items)
    print(json.dumps(summarise(compared, groups, {"failures": failures, "seconds": round(time.perf_counter() - started, 1)})))


def summarise(compared: Sequence[Compared], groups: dict[str, list[Compared]], more: dict[str, float]) -> dict[str, Any]:
    """Return the last line: the shares of all domains, and those of each group under the group's name."""
    shares = {name: round(share.value, 4) for name, share in ratios(compared).items()}
    figures: dict[str, float] = {"subjects": len(compared), "unknown": unnamed(compared)}
    for group, items in groups.items():
        if items:
            shares |= {f"{group}_{name}": round(share.value, 4) for name, share in ratios(items).items()}
            figures |= {f"{group}_subjects": len(items), f"{group}_unknown": unnamed(items)}
    return {"bench": "recorded", "ratios": shares, "figures": figures | more}


def unnamed(compared: Sequence[Compared]) -> int:
    """Return for how many domains no platform was named though the label names one."""
    return sum(item.unknown and not item.agrees for item in compared)


if __name__ == "__main__":
    main()
