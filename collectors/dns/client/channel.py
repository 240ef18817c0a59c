"""One connected UDP socket to a resolver, and the queries that are open on it.

Connected, so that the kernel picks a random source port, drops what comes from another address, and hands over the ICMP error of a
closed port. Answers are read in a drain loop: one wake-up of the event loop takes in up to 64 of them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from herkomst.collectors.dns.client.question import HEADER_OCTETS, encode_query, is_reply, repeats_question
from herkomst.collectors.dns.client.tcp import family_of
from herkomst.config.settings import ResolverAddress

if TYPE_CHECKING:
    from herkomst.collectors.dns.client.attempt import Attempt

MAX_MESSAGE = 65535
MAX_DRAIN = 64
MAX_ON_SOCKET = 100
"""Queries on their way on one socket. A burst of about 200 fills the receive buffer that a socket has by default on Linux (212,992
octets); what does not fit is lost without a word and looks like a time-out."""
RECEIVE_BUFFER = 1 << 20
_ONE_QUESTION = b"\0\1"
Encode: TypeAlias = Callable[[bytes, bytes], bytes]
"""Makes a query of a message id and a question section."""


class Listener(Protocol):
    """Who is told what happens on a channel."""

    def answered(self, attempt: Attempt, wire: bytes) -> None:
        """A message came that repeats the question octet by octet."""

    def answered_unlike(self, attempt: Attempt, wire: bytes) -> None:
        """A message came that answers the question, but not in the letter case that was sent."""

    def unreachable(self, channel: Channel, error: OSError) -> None:
        """The kernel says that the server cannot be reached."""

    def drained(self) -> None:
        """All that had come was read."""


class Channel:
    """`open` has the attempt of every query that may still be answered, by message id; `busy` counts those that are waited for."""

    __slots__ = ("_encode", "_listener", "_loop", "_socket", "busy", "ignored", "open")

    def __init__(self, server: ResolverAddress, listener: Listener, encode: Encode = encode_query) -> None:
        """Raises OSError where there is no way to the server."""
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._encode = encode
        self.open: dict[bytes, Attempt] = {}
        self.busy = 0
        self.ignored = 0
        """Messages that answered no open question: late, doubled, forged or garbled."""
        self._socket = socket.socket(family_of(server), socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self._socket.connect((server.address, server.port))
        except OSError:
            self._socket.close()
            raise
        self._loop.add_reader(self._socket.fileno(), self._read)

    def send(self, attempt: Attempt) -> None:
        """Send an attempt's query. Raises BlockingIOError where the kernel's buffer is full, OSError where there is no way."""
        self._socket.send(self._encode(attempt.message_id, attempt.asked))
        self.open[attempt.message_id] = attempt

    def _read(self) -> None:
        receive, waiting, answered = self._socket.recv, self.open, self._listener.answered
        for _ in range(MAX_DRAIN):
            try:
                wire = receive(MAX_MESSAGE)
            except BlockingIOError:
                break
            except OSError as error:
                self._listener.unreachable(self, error)
                break
            attempt = waiting.get(wire[:2])
            if attempt is None:
                self.ignored += 1
            elif wire.startswith(attempt.asked, HEADER_OCTETS) and wire[4:6] == _ONE_QUESTION and wire[2] & 0xF8 == 0x80:
                answered(attempt, wire)
            else:
                self._take_unusual(attempt, wire)
        self._listener.drained()

    def _take_unusual(self, attempt: Attempt, wire: bytes) -> None:
        """Tell apart what is no reply to this query at all, and the query lives on, and one that does not repeat it exactly."""
        query = self._encode(attempt.message_id, attempt.asked)
        if not is_reply(wire, query):
            self.ignored += 1
        elif repeats_question(wire, query):
            self._listener.answered(attempt, wire)
        else:
            self._listener.answered_unlike(attempt, wire)

    def close(self) -> None:
        """Close the socket; what is open on it gets no answer any more."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()
        self.open.clear()
