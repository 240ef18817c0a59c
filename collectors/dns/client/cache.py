"""The replies of one run, kept so that a name that many domains share is asked once. Bounded, so that memory stays flat."""

from __future__ import annotations

from collections import OrderedDict

from herkomst.collectors.resolution import Reply

MAX_REPLIES = 10_000
MAX_OCTETS = 32 * 1024 * 1024


class ReplyCache:
    """Least recently used replies go first. Only replies are kept: what got no reply may get one next time.

    A TTL is not looked at: a run is short, and one run should tell one story about a name.
    """

    def __init__(self, max_replies: int = MAX_REPLIES, max_octets: int = MAX_OCTETS) -> None:
        self._replies: OrderedDict[tuple[str, str], Reply] = OrderedDict()
        self._octets = 0
        self._max_replies = max_replies
        self._max_octets = max_octets

    def __len__(self) -> int:
        return len(self._replies)

    def get(self, name: str, rdtype: str) -> Reply | None:
        """Return the reply to this question, or None where it is not kept."""
        reply = self._replies.get((name, rdtype))
        if reply is not None:
            self._replies.move_to_end((name, rdtype))
        return reply

    def keep(self, reply: Reply) -> None:
        """Keep a reply; drop the oldest ones beyond the bounds."""
        key = (reply.name, reply.rdtype)
        replaced = self._replies.pop(key, None)
        self._octets += _octets(reply) - (_octets(replaced) if replaced else 0)
        self._replies[key] = reply
        while len(self._replies) > self._max_replies or (self._octets > self._max_octets and self._replies):
            _, dropped = self._replies.popitem(last=False)
            self._octets -= _octets(dropped)


def _octets(reply: Reply) -> int:
    return sum(len(raw.body) for raw in reply.raws)
