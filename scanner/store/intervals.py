"""When a fact began and ended: the pure step from what held before and what one visit saw to what holds now.

A failure never closes an interval. Where a visit has failures, a fact that was not seen again is closed only when the same question got
another answer; otherwise it may only be out of sight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from herkomst.scanner.store.contents import Item

_QUESTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "dns.rrset": ("dns", ("name", "rdtype")),
    "dns.no_answer": ("dns", ("name", "rdtype")),
    "dns.chain": ("dns.chain", ("name",)),
    "dns.delegation": ("dns.delegation", ("name",)),
    "ip.special_use": ("ip.special_use", ("address",)),
    "ip.range": ("ip.range", ("address", "dataset")),
    "ip.origin": ("ip.origin", ("address", "dataset")),
    "ip.registration": ("ip.registration", ("address", "dataset")),
    "ip.location": ("ip.location", ("address", "dataset")),
    "rdap.network": ("rdap.network", ("address",)),
    "geofeed.entry": ("geofeed.entry", ("address", "url")),
    "rtt.bound": ("rtt.bound", ("address", "probe")),
}
"""Which fields of a kind say what was asked. A kind that is not here (SPF: its terms come from many look-ups) has no single question."""


@dataclass(frozen=True, slots=True)
class OpenFact:
    """A fact that holds: since when, and when the store learnt of it (microseconds since 1970)."""

    item: Item
    valid_from: int
    recorded_from: int


@dataclass(frozen=True, slots=True)
class Change:
    """What holds after a visit, in the order of ids, and what has ended by it."""

    holds: dict[str, OpenFact]
    ended: dict[str, OpenFact]


def advance(before: Mapping[str, OpenFact], seen: Mapping[str, Item], *, failed: bool, at: int, recorded_at: int) -> Change:
    """Return what holds after a visit at instant `at` that saw these items; `failed`: something could not be asked."""
    answered = {_question(item) for item in seen.values()} - {None}
    ended = {
        identity: fact
        for identity, fact in before.items()
        if identity not in seen and (not failed or _question(fact.item) in answered)
    }
    holds = {identity: fact for identity, fact in before.items() if identity not in ended}
    for identity, item in seen.items():
        earlier = before.get(identity)
        holds[identity] = (
            OpenFact(item, at, recorded_at) if earlier is None else OpenFact(item, earlier.valid_from, earlier.recorded_from)
        )
    return Change(dict(sorted(holds.items())), ended)


def _question(item: Item) -> tuple[object, ...] | None:
    kind, fields = item[0], item[1]
    if kind not in _QUESTIONS:
        return None
    family, names = _QUESTIONS[kind]
    return (family, *(fields.get(name) for name in names))
