"""One question on its way through the resolvers (`Exchange`), and one query of it (`Attempt`): records of a state machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from herkomst.collectors.dns.client.question import Question
from herkomst.collectors.resolution import NoReply
from herkomst.scanner.model.failure import FailureReason

if TYPE_CHECKING:
    from herkomst.collectors.dns.client.channel import Channel
    from herkomst.collectors.dns.client.server import Server

_TELLING = (
    FailureReason.SERVFAIL,
    FailureReason.REFUSED,
    FailureReason.MALFORMED,
    FailureReason.TIMEOUT,
    FailureReason.UNREACHABLE,
)
"""Of several attempts the one that says most is reported: an answer that is an error says more than silence."""


class Exchange:
    """A question, the servers that are still to be asked, and what the ones before said.

    `plan` is the order of servers, `position` the next place in it. `current` is the attempt that is waited for, `earlier` those that
    were given up but may still be answered. `done` takes what the dispatcher's reader makes of a message, or the failure. `told` are servers that said why they do not know: asking them again tells the same. Finished, `done` is None.
    """

    __slots__ = ("current", "done", "earlier", "failures", "plain", "plan", "position", "question", "told")

    def __init__(self, question: Question, plan: tuple[Server, ...], done: Callable[[Any], None]) -> None:
        self.question = question
        self.plan = plan
        self.done: Callable[[Any], None] | None = done
        self.position = 0
        self.current: Attempt | None = None
        self.earlier: list[Attempt] | None = None
        self.failures: list[NoReply] | None = None
        self.told: list[Server] | None = None
        self.plain = False
        """The letter case is not to be mixed any more: this server seems not to keep it."""

    def note_failure(self, failure: NoReply, server: Server, *, told: bool) -> None:
        """Keep a failure; with `told`, the same server is not asked this again."""
        self.failures = [*(self.failures or ()), failure]
        if told:
            self.told = [*(self.told or ()), server]

    def next_server(self) -> Server | None:
        """Return the next server to ask, None where there is none left."""
        while self.position < len(self.plan):
            server = self.plan[self.position]
            self.position += 1
            if self.told is None or server not in self.told:
                return server
        return None

    def is_last(self) -> bool:
        """Say whether nobody is left to be asked after the current attempt."""
        left = len(self.plan) - self.position
        if not left or self.told is None:
            return not left
        return all(server in self.told for server in self.plan[self.position :])

    def most_telling(self) -> NoReply:
        """Return the failure to report."""
        return min(self.failures or (), key=lambda failure: _TELLING.index(failure.reason))


class Attempt:
    """One query: `asked` is its question section, letter by letter. While `holds_slot`, it counts as in flight."""

    __slots__ = ("asked", "channel", "deadline", "exchange", "holds_slot", "message_id", "sent_at", "server")

    def __init__(self, exchange: Exchange, server: Server, channel: Channel, message_id: bytes, asked: bytes) -> None:
        self.exchange = exchange
        self.server = server
        self.channel = channel
        self.message_id = message_id
        self.asked = asked
        self.sent_at = 0.0
        self.deadline = 0.0
        self.holds_slot = False
