"""The reply cache and its bounds."""

from __future__ import annotations

from herkomst.collectors.dns.client.cache import ReplyCache
from herkomst.collectors.resolution import Outcome, Reply
from herkomst.scanner.model.observation import RawAnswer


def reply(name: str, octets: int = 10) -> Reply:
    raw = RawAnswer(name, "application/dns-message", b"x" * octets)
    return Reply(name, "A", Outcome.ANSWER, ("192.0.2.1",), (), False, (raw,))


def test_the_reply_that_was_longest_unused_goes_first() -> None:
    cache = ReplyCache(max_replies=2)
    cache.keep(reply("a.example"))
    cache.keep(reply("b.example"))
    assert cache.get("a.example", "A") is not None
    cache.keep(reply("c.example"))
    assert cache.get("b.example", "A") is None
    assert cache.get("a.example", "A") is not None
    assert len(cache) == 2


def test_the_octets_of_all_replies_stay_below_the_bound() -> None:
    cache = ReplyCache(max_octets=100)
    for number in range(50):
        cache.keep(reply(f"n{number}.example", 30))
    assert len(cache) == 3
    cache.keep(reply("n49.example", 90))
    assert [cache.get(f"n{number}.example", "A") is not None for number in (47, 48, 49)] == [False, False, True]
    cache.keep(reply("huge.example", 101))
    assert len(cache) == 0


def test_another_type_of_the_same_name_is_another_question() -> None:
    cache = ReplyCache()
    cache.keep(reply("a.example"))
    assert cache.get("a.example", "AAAA") is None
