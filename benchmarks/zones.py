"""A world of domains for nsd: a website, mail, policies and reverse names for each, at addresses of real networks that nobody is asked at."""

from __future__ import annotations

import ipaddress
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

MAIL_HOSTS = 40
NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "37.97.128.0/17", "136.243.0.0/16", "51.254.0.0/15", "3.64.0.0/13", "20.50.0.0/16", "104.16.0.0/13",
        "145.131.0.0/16", "185.10.48.0/22", "94.228.128.0/20", "46.4.0.0/16",
    )
)  # fmt: skip
"""European hosters, clouds and a CDN, so that every table and most signs of attribution are met."""
_HEAD = """$TTL 3600
@ SOA ns1.hosts.test. hostmaster.hosts.test. 1 7200 3600 1209600 300
@ NS ns1.hosts.test.
@ NS ns2.hosts.test.
"""


def name_of(number: int) -> str:
    """Return the name of a domain."""
    return f"d{number:06d}.test"


def address_of(number: int) -> str:
    """Return the address of a domain's website: its own, spread over the networks."""
    network = NETWORKS[number % len(NETWORKS)]
    return str(network[(number * 7919 // len(NETWORKS)) % network.num_addresses])


def write_zones(folder: Path, domains: int) -> None:
    """Write the zones `test.` and `in-addr.arpa.`."""
    with (folder / "test").open("w") as forward, (folder / "reverse").open("w") as reverse:
        forward.write(_HEAD + "ns1.hosts A 145.131.0.1\nns2.hosts A 94.228.128.1\n")
        reverse.write(_HEAD)
        for number in range(MAIL_HOSTS):
            forward.write(f"mx{number}.hosts A 145.131.1.{number}\n")
        for number in range(domains):
            name, address = name_of(number).removesuffix(".test"), address_of(number)
            forward.write(
                f"{name} A {address}\n{name} MX 10 mx{number % MAIL_HOSTS}.hosts.test.\n"
                f'{name} TXT "v=spf1 mx a -all"\n_dmarc.{name} TXT "v=DMARC1; p=reject"\n'
                f"www.{name} A {address}\n"
            )
            pointer = ipaddress.ip_address(address).reverse_pointer.removesuffix(".in-addr.arpa")
            reverse.write(f"{pointer} PTR host{number}.hosts.test.\n")


@contextmanager
def serving(domains: int) -> Iterator[int]:
    """Serve a world of so many domains on a free loopback port, given when nsd answers."""
    program = shutil.which("nsd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        raise SystemExit("nsd is not installed (Debian package nsd)")
    with tempfile.TemporaryDirectory() as name, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        folder = Path(name)
        write_zones(folder, domains)
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        (folder / "nsd.conf").write_text(
            f'server:\n  ip-address: 127.0.0.1@{port}\n  username: ""\n  chroot: ""\n  zonesdir: "{folder}"\n  database: ""\n'
            f'  pidfile: "{folder}/pid"\n  xfrdfile: "{folder}/xfrd"\n  xfrdir: "{folder}"\n  zonelistfile: "{folder}/list"\n'
            f'  logfile: "{folder}/log"\n  server-count: 1\n  rrl-ratelimit: 0\nremote-control:\n  control-enable: no\n'
            f'zone:\n  name: "test"\n  zonefile: "{folder}/test"\n'
            f'zone:\n  name: "in-addr.arpa"\n  zonefile: "{folder}/reverse"\n'
        )
        with subprocess.Popen([program, "-d", "-c", str(folder / "nsd.conf")], stderr=subprocess.DEVNULL) as process:  # noqa: S603 - the name server that was found
            try:
                _await(port)
                yield port
            finally:
                process.terminate()
                process.wait(20)


def _await(port: int) -> None:
    query = bytes.fromhex("000100000001000000000000") + b"\x04test\0" + bytes.fromhex("00060001")
    end = monotonic() + 60
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        while monotonic() < end:
            asking.sendto(query, ("127.0.0.1", port))
            try:
                asking.recv(512)
            except OSError:
                continue
            return
    raise SystemExit("nsd did not answer within a minute")
