"""How many queries are on their way: as many as a quick server takes, and no more than a slow one can hold."""

from __future__ import annotations

from collections import deque

import pytest
from herkomst.collectors.dns.client.window import SMALLEST, Window

FULL = 195
"""So many datagrams fill the receive buffer that a socket has by default on Linux."""


def simulate(window: Window, *, service_s: float, travel_s: float, queries: int) -> tuple[int, float]:
    """Ask a server that answers one query after another, as fast as the window allows; return the longest queue and the time."""
    now, free_at, longest, asked = 0.0, 0.0, 0, 0
    on_way: deque[tuple[float, float]] = deque()
    while asked < queries or on_way:
        while asked < queries and len(on_way) < window.size:
            free_at = max(free_at, now + travel_s) + service_s
            on_way.append((now, free_at + travel_s))
            asked += 1
        longest = max(longest, sum(answered > now + 2 * travel_s for _, answered in on_way))
        sent, now = on_way.popleft()
        window.learn(now - sent)
    return longest, now


@pytest.mark.parametrize("largest", [256, 2000])
@pytest.mark.parametrize("service_s", [0.0002, 0.001, 0.01])
def test_a_slow_server_never_has_more_queries_waiting_than_its_socket_holds(largest: int, service_s: float) -> None:
    longest, took_s = simulate(Window(largest), service_s=service_s, travel_s=0.00005, queries=5000)
    assert longest < FULL
    assert took_s < 5000 * service_s * 1.05  # and it is never idle


def test_a_far_server_that_is_quick_gets_all_that_the_settings_allow() -> None:
    window = Window(1000)
    _, took_s = simulate(window, service_s=0.00001, travel_s=0.015, queries=50_000)
    assert window.size == 1000
    assert took_s < 50_000 / 1000 * 0.03 * 1.3


@pytest.mark.parametrize("largest", [1, 4, 64, 256])
def test_the_window_stays_between_its_bounds(largest: int) -> None:
    window = Window(largest)
    for took_s in (0.001, *[5.0] * 500, *[0.0] * 500, *[0.001] * 1000):
        window.learn(took_s)
        assert min(SMALLEST, largest) <= window.size <= largest
