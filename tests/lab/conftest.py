"""Servers of the laboratory, started once for the tests that only ask."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from herkomst.lab.dns_server import DnsServer
from herkomst.lab.dns_zones import Behaviour, Zone, Zones, quote_text
from herkomst.lab.laboratory import Laboratory, serving
from herkomst.lab.loop_thread import LoopThread


def make_zones() -> Zones:
    zone = Zone("zone.example", signed=True)
    zone.add("zone.example", "A", "192.0.2.1")
    zone.add("zone.example", "TXT", quote_text("v=spf1 -all"))
    zone.add("www.zone.example", "CNAME", "host.other.example.")
    zone.add("deep.er.zone.example", "A", "192.0.2.2")
    zone.add("*.wild.zone.example", "CNAME", "zone.example.")
    zone.add("loop1.zone.example", "CNAME", "loop2.zone.example.")
    zone.add("loop2.zone.example", "CNAME", "loop1.zone.example.")
    zone.add("dangling.zone.example", "CNAME", "nothing.zone.example.")
    zone.add("large.zone.example", "TXT", *(quote_text(f"{number:03d}" + "x" * 250) for number in range(40)))
    for name in ("truncate", "slow", "wrong-id", "empty", "silent", "servfail", "refused", "lame"):
        zone.add(f"{name}.zone.example", "A", "192.0.2.9")
    other = Zone("other.example")
    other.add("host.other.example", "A", "192.0.2.3", "192.0.2.4")
    behaviours = {(f"{behaviour.value.replace('_', '-')}.zone.example", "*"): behaviour for behaviour in Behaviour} | {
        ("zone.example", "MX"): Behaviour.SERVFAIL
    }
    return Zones([zone, other], behaviours)


@pytest.fixture(scope="session")
def loop() -> Iterator[LoopThread]:
    with LoopThread("tests") as thread:
        yield thread


@pytest.fixture(scope="session")
def server(loop: LoopThread) -> Iterator[DnsServer]:
    with ExitStack() as stack:
        dns_server = DnsServer(make_zones())
        stack.enter_context(serving(loop, dns_server))
        yield dns_server


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory() as running:
        yield running
