"""How often `inspect` agrees with the labels of recorded municipalities: mailbox platform, and owner of the network of the MX.

The labels are the output of rules and no human's word, so a disagreement is a place to look and not always a mistake: every one is
listed. The class `other` holds all that is neither Microsoft, Google nor Amazon; a mailbox whose platform is not shown counts as
`other` where the label says so, and as unknown elsewhere. The recording has no addresses: one inside the recorded AS stands in.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from herkomst.lab.replay import RecordedServer, Replay
from herkomst.scanner.cli.main import main as herkomst
from herkomst.scanner.names import canonical_name

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
CLASSES = ("microsoft", "google", "amazon")
LABEL_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Compared:
    """One domain: what the label says, what was shown (`none`, or classes joined by +), and whether the network's AS agrees."""

    domain: str
    label: str
    shown: str
    gateway: str
    network_agrees: bool | None

    @property
    def agrees(self) -> bool:
        """Whether the label says what was shown."""
        return self.shown == self.label or (self.label == "other" and self.shown == "none")

    @property
    def wrong_definite(self) -> bool:
        """Whether a platform was named that the label does not name."""
        return not self.agrees and self.shown != "none"


def classify(provider: dict[str, Any] | None) -> str:
    """Return the class of a provider: by its id or name, as an outside scorer would."""
    if provider is None:
        return "none"
    text = f"{provider['id']} {provider['name']}".lower()
    if "aws" in text.split() or "amazon" in text:
        return "amazon"
    return next((name for name in CLASSES if name in text), "other")


def compare(document: dict[str, Any], recorded: dict[str, Any]) -> Compared:
    """Compare one document of `inspect` with its recorded line."""
    placements = document["placements"]
    mailboxes = {classify(item["provider"]) for item in placements if item["role"] == "mail.mailbox"} or {"none"}
    inbound = {item["network"]["asn"] for item in placements if item["role"] == "mail.inbound" and item["network"]}
    asns = set(recorded["records"].get("mx_asns", ()))
    attributable = bool(asns) and (len(asns) == 1 or len(recorded["records"].get("mx", ())) == 1)
    label = recorded["truth"]["provider"]
    return Compared(
        document["subject"],
        label if label in CLASSES else "other",
        "+".join(sorted(mailboxes)),
        recorded["truth"]["gateway"] or "",
        bool(inbound) and inbound <= asns if attributable else None,
    )


def inspect(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Serve a recording, inspect every domain of it, and yield each document with its recorded line."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        lines = {canonical_name(line["domain"]): line for line in map(json.loads, file)}
    with tempfile.TemporaryDirectory() as folder, RecordedServer(Replay.from_file(path)) as server:
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
        for line in out.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            yield document, lines[document["subject"]]


def main() -> None:
    """Print a line for each disagreement, a table, and the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("countries", nargs="*", default=["se"], help="which recordings, such as se fi (default se)")
    arguments = parser.parse_args()
    compared: list[Compared] = []
    failures, started = 0, time.perf_counter()
    for country in arguments.countries:
        for document, recorded in inspect(RECORDED / f"{country}.jsonl.gz"):
            failures += len(document["failures"])
            if recorded["truth"]["provider"] != LABEL_UNKNOWN:
                compared.append(compare(document, recorded))
    elapsed = time.perf_counter() - started
    for item in compared:
        if not item.agrees:
            print(
                f"{item.domain}: label {item.label}, shown {item.shown}" + (f", gateway {item.gateway}" if item.gateway else "")
            )
    for (label, shown), count in Counter((item.label, item.shown) for item in compared).most_common():
        print(f"{count:6}  label {label:10} shown {shown}")
    networks = [item.network_agrees for item in compared if item.network_agrees is not None]
    ratios = {
        "agreement": share(item.agrees for item in compared),
        "wrong_definite": share(item.wrong_definite for item in compared),
        "network_owner": share(networks),
    }
    unknown = sum(item.shown == "none" and item.label != "other" for item in compared)
    figures = {"subjects": len(compared), "unknown": unknown, "failures": failures, "seconds": round(elapsed, 1)}
    print(json.dumps({"bench": "recorded", "ratios": ratios, "figures": figures}))


def share(outcomes: Any) -> float:
    """Return the share that holds, of all."""
    listed = list(outcomes)
    return round(sum(map(bool, listed)) / len(listed), 4) if listed else 0.0


if __name__ == "__main__":
    main()
