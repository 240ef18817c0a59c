"""A cluster of 5,000 nodes and 50,000 pods read to its end: the collector against `kubectl get -o json` of the same kinds, on a real API server.

Both are processes of their own and take turns; kubectl writes to nowhere. Half the cluster is read as well, to see that the cost grows with the objects and
no faster. The objects have the size of real ones: some 2.5 kB of a pod, most of it the record of who wrote which field.
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
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from herkomst.collectors.kubernetes.collector import KubernetesCollector
from herkomst.collectors.kubernetes.registry import KINDS
from herkomst.scanner.heap import settled_heap
from herkomst.scanner.model.kubernetes import KubeCoverage, KubeOutcome
from herkomst.scanner.model.target import Target, TargetKind

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tests"))  # the real API server is the tests' own

from servers.kubernetes_api import KubernetesApi, run_kubernetes_api, unpack_program  # noqa: E402 - after the path to the test servers
from servers.kubernetes_objects import Object, Seeded, node, pod  # noqa: E402 - after the path to the test servers

T = TypeVar("T")
NODES, PODS = 5_000, 50_000
WORKLOADS = 500
ROUNDS = 5
GOAL_RATIO, GOAL_MB = 1.5, 250
PROGRAM = ROOT.parent / "shared" / "bin" / "kube-apiserver.xz"
LISTED = ("nodes", "pods")
DEADLINE_S = 60.0


class ThreadLane:
    """A lane as the engine gives it, with its sixteen threads."""

    vantage = "bench"

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(16)

    def now(self) -> datetime:
        """The current instant."""
        return datetime.now(UTC)

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        """Run a blocking call in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *args)


def cluster(nodes: int, pods: int) -> Iterator[Seeded]:
    """Yield the objects of a cluster in which every pod is one of some hundred workloads."""
    for number in range(nodes):
        zone = "abc"[number % 3]
        resource_, item = node(f"ip-10-{number // 250}-{number % 250}", f"aws:///eu-central-1{zone}/i-{number:017x}")
        yield resource_, padded(item, 4)
    for number in range(pods):
        workload = number % WORKLOADS
        resource_, item = pod(
            f"dienst-{workload}-7c9f6bd5d-{number:05}",
            f"ip-10-{number % nodes // 250}-{number % nodes % 250}",
            namespace=f"team-{workload % 20}",
            image=f"registry.voorbeeld.example/team/dienst-{workload}:1.{workload % 9}",
            labels={"app": f"dienst-{workload}", "pod-template-hash": "7c9f6bd5d", "team": f"team-{workload % 20}"},
            owner=("apps/v1", "ReplicaSet", f"dienst-{workload}-7c9f6bd5d"),
        )
        yield resource_, padded(item, 2)


def padded(item: Object, writers: int) -> Object:
    """Return an object with what API servers keep beside: who wrote which field, conditions, annotations."""
    fields = {
        f"f:{name}": {} for name in ("containers", "dnsPolicy", "restartPolicy", "schedulerName", "terminationGracePeriodSeconds")
    }
    conditions = {
        f'k:{{"type":"{name}"}}': {".": {}, "f:type": {}, "f:status": {}} for name in ("Ready", "Initialized", "PodScheduled")
    }
    entry = {"operation": "Update", "apiVersion": "v1", "time": "2026-11-01T00:00:00Z", "fieldsType": "FieldsV1"}
    item["metadata"]["managedFields"] = [
        {**entry, "manager": f"controller-{number}", "fieldsV1": {"f:spec": fields, "f:status": {"f:conditions": conditions}}}
        for number in range(writers)
    ]
    item["metadata"]["annotations"] = {f"voorbeeld.example/note-{number}": "x" * 60 for number in range(4)}
    return item


def read_cluster(server: str, token_file: str, ca_file: str) -> dict[str, Any]:
    """Read nodes and pods with the collector and return the figures of this process."""
    access = (("server", server), ("token_file", token_file), ("ca_file", ca_file))
    collector = KubernetesCollector(DEADLINE_S, [kind for kind in KINDS if kind.resource in LISTED])
    began, cpu = time.perf_counter(), time.process_time()
    with settled_heap():  # as a scan has it
        target = Target(TargetKind.KUBERNETES, "bench", access)
        findings = asyncio.run(collector.collect(target, ThreadLane()))  # type: ignore[arg-type]  # nobody asks its resolver
    rows = [item.content for item in findings.observations if isinstance(item.content, KubeCoverage)]
    if findings.failures or {row.outcome for row in rows} != {KubeOutcome.COMPLETE}:
        raise SystemExit(f"not everything was read: {findings.failures[:3]}")
    return {
        "seconds": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu,
        "objects": sum(row.objects for row in rows),
        "observations": len(findings.observations),
        "resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_child(api: KubernetesApi) -> dict[str, Any]:
    """Measure the collector in a process of its own; the start of Python counts, as that of kubectl does."""
    command = [sys.executable, __file__, "--child", api.server, str(api.token_file("admin")), str(api.ca_file)]
    began = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this file
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**figures, "wall_s": time.perf_counter() - began}


def run_kubectl(kubeconfig: Path) -> float:
    """Return the seconds that kubectl takes for the same lists."""
    began = time.perf_counter()
    for words in (("nodes",), ("pods", "--all-namespaces")):
        command = [
            "kubectl",
            "--kubeconfig",
            str(kubeconfig),
            "--context",
            "bench",
            "get",
            "--chunk-size=500",
            "-o",
            "json",
            *words,
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - the program that we are compared with
    return time.perf_counter() - began


def measure(api: KubernetesApi, rounds: int) -> tuple[list[dict[str, Any]], list[float]]:
    """Let both take turns."""
    kubeconfig = api.kubeconfig({"bench": {"token": api.token_of("admin")}})
    ours: list[dict[str, Any]] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(run_child(api))
        theirs.append(run_kubectl(kubeconfig))
    return ours, theirs


def main() -> int:
    """Measure, print a table for people and one JSON line for programs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--nodes", type=int, default=NODES)
    parser.add_argument("--pods", type=int, default=PODS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(read_cluster(*arguments.child)))
        return 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="herkomst-bench-")))
        api = stack.enter_context(run_kubernetes_api(folder / "api", unpack_program(PROGRAM)))
        api.seed(cluster(arguments.nodes // 2, arguments.pods // 2))
        half = median(run_child(api)["wall_s"] for _ in range(max(1, arguments.rounds // 2)))
        for resource_ in LISTED:
            api.clear(resource_)
        api.seed(cluster(arguments.nodes, arguments.pods))
        ours, theirs = measure(api, arguments.rounds)
    wall, peer = median(item["wall_s"] for item in ours), median(theirs)
    memory, objects = max(item["resident_mb"] for item in ours), ours[0]["objects"]
    growth = wall / half
    print(f"{objects} objects of a real API server, {arguments.rounds} rounds; {ours[0]['observations']} observations")
    print(f"{'':24}{'seconds':>9}{'CPU s':>8}{'MB':>6}")
    print(f"{'Herkomst':24}{wall:9.2f}{median(item['cpu_s'] for item in ours):8.2f}{memory:6.0f}")
    print(f"{'kubectl get -o json':24}{peer:9.2f}")
    print(
        f"ratio {wall / peer:.2f} (goal {GOAL_RATIO}), memory {memory:.0f} MB (goal {GOAL_MB}); twice the objects cost {growth:.2f} times as much"
    )
    line = {
        "bench": "kubernetes",
        "ratios": {"kubectl": round(wall / peer, 3), "double": round(growth, 3)},
        "figures": {"resident_mb": round(memory, 1), "objects": objects, "seconds": round(wall, 2)},
    }
    print(json.dumps(line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
