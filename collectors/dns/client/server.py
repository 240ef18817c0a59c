"""One server that we ask, mostly a recursive resolver: its sockets, its pace, and the memory of whether it can be reached at all.

Remembering matters: without it a dead resolver costs every question its full time-out. It is also where a slow domain could be
mistaken for a dead resolver, so a time-out alone marks nothing (see `dispatch.py`, which asks it for the root's name servers first).
"""

from __future__ import annotations

from collections import deque

from herkomst.collectors.dns.client.attempt import Attempt, Exchange
from herkomst.collectors.dns.client.channel import MAX_ON_SOCKET, Channel, Encode, Listener
from herkomst.collectors.dns.client.pacing import Pacer
from herkomst.collectors.dns.client.question import encode_query
from herkomst.collectors.dns.client.randomness import Randomness
from herkomst.collectors.dns.client.round_trip import RoundTrip
from herkomst.collectors.dns.client.window import Window
from herkomst.config.settings import ResolverAddress
from herkomst.scanner.model.failure import FailureReason

PUT_ASIDE_S = 60.0
MIN_SOCKETS, MAX_SOCKETS = 4, 64
_COMFORTABLE = 64
"""Queries a socket that the number of sockets is planned for, so that picking one at random seldom meets a full one."""


class Server:
    """The address of a server. `waiting` are the exchanges that wait for a slot or for the pace, in their order."""

    def __init__(
        self, address: ResolverAddress, timeout_s: float, max_in_flight: int, pacer: Pacer, encode: Encode = encode_query
    ) -> None:
        self.address = address
        self._encode = encode
        self.pacer = pacer
        self.round_trip = RoundTrip(timeout_s)
        self.window = Window(max_in_flight)
        self.busy = 0
        """Queries that are on their way to it and waited for."""
        self.waiting: deque[Exchange] = deque()
        self.keeps_case = True
        """Until it was seen, over TCP, that it gives questions back in other letters."""
        self.heard_at = float("-inf")
        self.is_probed = False
        self._aside_until = float("-inf")
        self.aside_reason = FailureReason.UNREACHABLE
        sockets = MIN_SOCKETS
        while sockets < MAX_SOCKETS and sockets * _COMFORTABLE < max_in_flight:
            sockets *= 2
        self._channels: list[Channel | None] = [None] * sockets

    def is_aside(self, now: float) -> bool:
        """Say whether it is known not to answer just now."""
        return now < self._aside_until

    def put_aside(self, reason: FailureReason, now: float) -> None:
        """Leave it alone for a minute."""
        self._aside_until = now + PUT_ASIDE_S
        self.aside_reason = reason

    def new_attempt(self, exchange: Exchange, randomness: Randomness, listener: Listener) -> Attempt | None:
        """Return an attempt on a socket picked at random, with an id that is free there; None where every socket is full.

        Raises OSError where no socket can be had.
        """
        question = exchange.question
        size = len(question.wire)
        noise = randomness.take(3 + size)
        count = len(self._channels)
        for offset in range(count):
            index = (noise[0] + offset) % count
            channel = self._channels[index]
            if channel is None:
                channel = self._channels[index] = Channel(self.address, listener, self._encode)
            if channel.busy < MAX_ON_SOCKET:
                break
        else:
            return None
        message_id = noise[1:3]
        while message_id in channel.open:
            message_id = randomness.take(2)
        asked = question.mixed_case(noise[3:]) if self.keeps_case and not exchange.plain else question.wire
        return Attempt(exchange, self, channel, message_id, asked)

    def drop(self, channel: Channel) -> None:
        """Close one socket and forget it; the next query to it opens another."""
        channel.close()
        self._channels = [None if kept is channel else kept for kept in self._channels]

    def channels(self) -> list[Channel]:
        """Return the sockets that are open."""
        return [channel for channel in self._channels if channel is not None]

    def close(self) -> None:
        """Close all sockets."""
        for channel in self.channels():
            self.drop(channel)
