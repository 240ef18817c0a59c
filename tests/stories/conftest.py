"""Stories are told by zones of their own, over the networks, ranges and companies of the laboratory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeAlias

import pytest
from herkomst.lab.dns_server import DnsServer
from herkomst.lab.dns_zones import Behaviour, Zone, Zones, parent_zone
from herkomst.lab.laboratory import Laboratory, serving
from herkomst.lab.loop_thread import LoopThread

Serve: TypeAlias = Callable[..., int]


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Laboratory]:
    with Laboratory() as running:
        yield running


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve records (owner, type, values in presentation form) until the test ends; returns the port."""
    with ExitStack() as stack:
        loop = stack.enter_context(LoopThread("story"))

        def start(
            *records: tuple[str, str, tuple[str, ...]],
            behaviours: dict[tuple[str, str], Behaviour] | None = None,
            delegations: dict[str, tuple[str, ...]] | None = None,
        ) -> int:
            zones = {"": parent_zone(""), **{owner: Zone(owner) for owner, rdtype, _ in records if rdtype == "NS"}}
            for owner, rdtype, values in records:
                above = owner
                while above not in zones:
                    above = above.partition(".")[2]
                zones[above].add(owner, rdtype, *values)
            server = DnsServer(Zones(zones.values(), behaviours, delegations))
            stack.enter_context(serving(loop, server))
            return server.port

        yield start
