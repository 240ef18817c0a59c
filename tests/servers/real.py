"""nsd and unbound as real processes on free loopback ports, and zones signed by BIND's tools (apt: nsd unbound bind9-utils).

Ready means that the server has answered a question; stopped means that this process, by its own id, has ended.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest

SEARCH_PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"))
READY_S = 20.0
MAX_STARTS = 3


def require_program(name: str, package: str) -> str:
    """Return the path of a program; without it the test is skipped by name, and fails where CI promises that it is there."""
    path = shutil.which(name, path=SEARCH_PATH)
    if path is not None:
        return path
    message = f"{name} is not installed (Debian package {package})"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@dataclass(frozen=True)
class SignedZone:
    """A signed zone's text, and its key as the DNSKEY line that a validator trusts."""

    text: str
    trust_anchor: str


@dataclass(frozen=True)
class RunningServer:
    """A server that answers on 127.0.0.1 over UDP and TCP."""

    port: int
    process: subprocess.Popen[bytes]


def sign_zone(folder: Path, zone: str, text: str) -> SignedZone:
    """Sign a zone with a fresh ECDSA key."""
    keygen = require_program("dnssec-keygen", "bind9-utils")
    signzone = require_program("dnssec-signzone", "bind9-utils")
    folder.mkdir(parents=True)
    (folder / "zone").write_text(text)
    made = subprocess.run(
        [keygen, "-a", "ECDSAP256SHA256", "-f", "KSK", "-K", folder, zone], check=True, capture_output=True, text=True
    )
    subprocess.run([keygen, "-a", "ECDSAP256SHA256", "-K", folder, zone], check=True, capture_output=True)
    subprocess.run([signzone, "-S", "-K", ".", "-o", zone, "-f", "signed", "zone"], check=True, capture_output=True, cwd=folder)
    key = (folder / f"{made.stdout.strip()}.key").read_text()
    anchor = next(line for line in key.splitlines() if "DNSKEY" in line and not line.startswith(";"))
    return SignedZone((folder / "signed").read_text(), anchor)


@contextmanager
def run_nsd(folder: Path, zones: Mapping[str, str]) -> Iterator[RunningServer]:
    """Serve zones (name -> master file text) authoritatively."""
    program = require_program("nsd", "nsd")
    folder.mkdir(parents=True)
    parts = []
    for number, (zone, text) in enumerate(zones.items()):
        (folder / f"zone{number}").write_text(text)
        parts.append(f'zone:\n  name: "{zone}"\n  zonefile: "{folder}/zone{number}"\n')

    def configure(port: int) -> str:
        return (
            f'server:\n  ip-address: 127.0.0.1@{port}\n  username: ""\n  chroot: ""\n  zonesdir: "{folder}"\n'
            f'  database: ""\n  pidfile: "{folder}/pid"\n  xfrdfile: "{folder}/xfrd.state"\n  xfrdir: "{folder}"\n'
            f'  zonelistfile: "{folder}/zone.list"\n  logfile: "{folder}/log"\n  server-count: 1\n  rrl-ratelimit: 0\n  minimal-responses: no\n'
            "remote-control:\n  control-enable: no\n" + "".join(parts)
        )

    with _run(folder, configure, lambda path: [program, "-d", "-c", str(path)]) as server:
        yield server


@contextmanager
def run_unbound(folder: Path, stubs: Mapping[str, int], trust_anchors: Sequence[str]) -> Iterator[RunningServer]:
    """Resolve recursively and validate: `stubs` gives the port of 127.0.0.1 that serves each zone."""
    program = require_program("unbound", "unbound")
    folder.mkdir(parents=True)
    anchors = "".join(f'  trust-anchor: "{" ".join(anchor.split())}"\n' for anchor in trust_anchors)
    zones = "".join(
        f'stub-zone:\n  name: "{zone}"\n  stub-addr: 127.0.0.1@{port}\n  stub-prime: no\n' for zone, port in stubs.items()
    )

    def configure(port: int) -> str:
        return (
            f'server:\n  interface: 127.0.0.1@{port}\n  port: {port}\n  username: ""\n  chroot: ""\n  directory: "{folder}"\n'
            f'  pidfile: "{folder}/pid"\n  logfile: "{folder}/log"\n  use-syslog: no\n  do-daemonize: no\n  num-threads: 1\n'
            '  module-config: "validator iterator"\n  do-not-query-localhost: no\n  do-ip6: no\n'
            # names outside the stubs must not make the server look for the Internet
            '  root-hints: ""\n  target-fetch-policy: "0 0 0 0 0"\n' + anchors + zones + "remote-control:\n  control-enable: no\n"
        )

    with _run(folder, configure, lambda path: [program, "-d", "-c", str(path)]) as server:
        yield server


@contextmanager
def _run(folder: Path, configure: Callable[[int], str], command: Callable[[Path], list[str]]) -> Iterator[RunningServer]:
    """Start the program; once more on another port where somebody took the first one meanwhile."""
    path = folder / "server.conf"
    for _ in range(MAX_STARTS):
        port = free_port()
        path.write_text(configure(port))
        with (folder / "output").open("wb") as output, subprocess.Popen(command(path), stdout=output, stderr=output) as process:
            try:
                if _is_ready(process, port):
                    yield RunningServer(port, process)
                    return
            finally:
                stop(process)
    said = "".join(file.read_text("utf-8", "replace") for name in ("output", "log") if (file := folder / name).exists())
    pytest.fail(f"the server did not start:\n{said}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def free_port() -> int:
    """Return a port that is free for UDP and TCP alike; such servers cannot be told to choose one themselves."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            try:
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _is_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    """Ask for the root's SOA until anything is answered (a refusal is an answer) or the process has ended."""
    deadline = monotonic() + READY_S
    query = secrets.token_bytes(2) + bytes.fromhex("010000010000000000000000060001")
    while monotonic() < deadline:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.5)
            probe.connect(("127.0.0.1", port))
            try:
                probe.send(query)
                if probe.recv(4096)[:2] == query[:2]:
                    return True
            except OSError:
                pass
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        break
    return False
