"""What the tests of the IP-ownership collector share: a registry on loopback and a lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import pytest
from herkomst.collectors.dns.client.stub import StubResolver
from herkomst.config.settings import Settings
from servers.registry import Registry, run_registry

T = TypeVar("T")


@pytest.fixture
def registry() -> Iterator[Registry]:
    """A registry on loopback."""
    with run_registry() as running:
        yield running


class Lane:
    """A lane as the engine gives one, with a clock that stands still."""

    vantage = "test"

    def __init__(self) -> None:
        self.resolver = StubResolver.from_settings(Settings())

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    async def run_blocking(self, function: Callable[..., T], *args: object) -> T:
        return function(*args)


@pytest.fixture
def lane() -> Lane:
    """A lane for one target."""
    return Lane()
