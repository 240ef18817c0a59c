"""An AWS account of 17 Regions read through: the collector with its threads against the very same calls one after the other.

Every answer takes 50 ms more. moto answers once, and a recorder gives that again, since moto itself needs longer than the wait. Every measurement is a
process of its own. That 100,000 volumes cost ten times what 10,000 cost is measured as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from herkomst.collectors.aws.collector import AwsCollector
from herkomst.collectors.aws.registry import SERVICES
from herkomst.config.settings import Settings
from herkomst.lab.aws_server import ACCOUNT, ENVIRONMENT, AwsServer, regions_rule
from herkomst.scanner.engine import Engine
from herkomst.scanner.heap import settled_heap
from herkomst.scanner.model.aws import AwsCoverage, AwsResource
from herkomst.scanner.model.claim import Asset, AssetKind
from herkomst.scanner.model.observation import Observation
from herkomst.scanner.model.target import Target
from herkomst.scanner.planning import plan_targets
from herkomst.scanner.service import Scan, load_knowledge

T = TypeVar("T")
REGIONS = (
    "eu-central-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
    "ca-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
)  # fmt: skip
"""Those that every account has from the start."""
WAIT_S = 0.05
DEADLINE_S = 60.0
RECORDER = Path(__file__).resolve().parent / "inventory" / "recorder.py"


class SerialLane:
    """A lane that does one call at a time, for the collector's own code."""

    vantage = "bench"

    def __init__(self) -> None:
        self._one = asyncio.Lock()

    def now(self) -> datetime:
        """The current instant."""
        return datetime.now(UTC)

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a call when the one before it has ended."""
        async with self._one:
            return await asyncio.to_thread(function, *args)


def targets() -> tuple[Target, ...]:
    """Return the account as a target."""
    return tuple(plan_targets([Asset(AssetKind.AWS, ACCOUNT)]))


async def read_in_threads(services: Sequence[Any]) -> Sequence[Observation]:
    """Read the account as a scan does."""
    settings = replace(Settings(), offline=True)
    resolver = Scan(settings, load_knowledge(settings), ()).make_resolver(settings)
    async with Engine([AwsCollector(DEADLINE_S, services)], resolver, "bench", lambda: datetime.now(UTC), DEADLINE_S) as engine:
        collected = await engine.collect(targets())
    if collected.failures:
        raise SystemExit(f"not everything was read: {collected.failures[:3]}")
    return collected.observations


async def read_one_by_one(services: Sequence[Any]) -> Sequence[Observation]:
    """Make the same calls one after the other."""
    collector, lane = AwsCollector(DEADLINE_S * 100, services), SerialLane()
    waiting, found = deque(targets()), []
    while waiting:
        findings = await collector.collect(waiting.popleft(), lane)  # type: ignore[arg-type]  # nobody asks its resolver
        waiting.extend(findings.leads)
        found.extend(findings.observations)
    await collector.close()
    return found


def measure(mode: str) -> dict[str, Any]:
    """Read the account and return the figures of this process."""
    services = [service for service in SERVICES if mode != "volumes" or service.client == "ec2"]
    began, cpu = time.perf_counter(), time.process_time()
    with settled_heap():  # as a scan has it
        observations = asyncio.run((read_one_by_one if mode == "serial" else read_in_threads)(services))
    contents = [item.content for item in observations]
    return {
        "seconds": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu,
        "calls": sum(content.calls for content in contents if isinstance(content, AwsCoverage)),
        "resources": sum(isinstance(content, AwsResource) for content in contents),
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_child(url: str, mode: str) -> dict[str, Any]:
    """Measure in a process of its own."""
    environment = {**os.environ, **ENVIRONMENT, "AWS_ENDPOINT_URL": url}
    command = [sys.executable, __file__, "--child", mode]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - this file
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def recording(moto: str) -> Iterator[str]:
    """Serve what moto answers; yields the URL."""
    command = [sys.executable, str(RECORDER), moto]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own file
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip() if process.stdout else ''}"
    finally:
        process.communicate()


def main() -> None:
    """Measure, print a table for people and one JSON line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--regions", type=int, default=len(REGIONS))
    parser.add_argument("--child", choices=("threads", "serial", "volumes"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure(arguments.child)))
        return
    rows: dict[str, dict[str, Any]] = {}
    with AwsServer() as moto, recording(moto.url) as url:
        moto.set_rules([regions_rule(REGIONS[: arguments.regions], ())])

        def settle(wait_s: float, volumes: int = 0) -> None:
            httpx.post(f"{url}/settings", json={"wait_s": wait_s, "volumes": volumes}).raise_for_status()

        run_child(url, "threads")  # moto answers
        settle(WAIT_S)
        runs = [run_child(url, "threads") for _ in range(3)]
        rows["threads"] = sorted(runs, key=lambda item: float(item["seconds"]))[1]
        rows["serial"] = run_child(url, "serial")
        if rows["threads"]["calls"] != rows["serial"]["calls"]:
            raise SystemExit(f"not the same calls: {rows}")
        for count in (10_000, 100_000):
            settle(0.0, count)
            rows[f"{count} volumes"] = run_child(url, "volumes")
    report(rows, arguments.regions)


def report(rows: dict[str, dict[str, Any]], regions: int) -> None:
    """Print the table and the JSON line."""
    print(f"{'aws, ' + str(regions) + ' Regions':24}{'seconds':>9}{'CPU s':>8}{'calls':>8}{'resources':>11}{'MB':>7}")
    for name, row in rows.items():
        print(
            f"{name:24}{row['seconds']:>9.1f}{row['cpu_s']:>8.1f}{row['calls']:>8}{row['resources']:>11}{row['resident_mb']:>7.0f}"
        )
    small, large = rows["10000 volumes"], rows["100000 volumes"]
    per_volume = (large["cpu_s"] / large["resources"]) / (small["cpu_s"] / small["resources"])
    figures = {
        "resident_mb": round(max(rows["threads"]["resident_mb"], large["resident_mb"])),
        "calls": rows["threads"]["calls"],
        "seconds": round(rows["threads"]["seconds"], 1),
    }
    ratios = {"serial": round(rows["threads"]["seconds"] / rows["serial"]["seconds"], 3), "cost_100k_10k": round(per_volume, 2)}
    print(json.dumps({"bench": "aws", "ratios": ratios, "figures": figures}))


if __name__ == "__main__":
    main()
