"""Who serves the zone of a name: NS and SOA at the name, NS at the closest name above it that has them (RFC 9499, zone apex).

The parent zone is asked as well who serves that zone: resolvers come by the parent, and it may name others.
"""

from __future__ import annotations

from collections.abc import Generator

from herkomst.collectors.dns.inquiry import AT_PARENT, Inquiry
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question, Questions, Rounds
from herkomst.collectors.resolution import NoReply, Outcome
from herkomst.scanner.model.breadth import DELEGATION
from herkomst.scanner.names import names_above, registrable_domain


def _ask(name: str) -> tuple[Question, ...]:
    return Question(name, "NS"), Question(name, "SOA")


def _follow(inquiry: Inquiry, name: str) -> Rounds:
    zone = yield from _climb(inquiry, name)
    if zone and inquiry.asks_parents:
        yield (Question(zone, AT_PARENT),)


def _climb(inquiry: Inquiry, name: str) -> Generator[Questions, None, str]:
    """Climb to the closest name with name servers, and return it; also a name that was not told of, which may have some.

    Above the registrable domain the climb goes on only while a name exists without name servers of its own, as under a platform's
    zone: the zone above a name that does not exist serves somebody else.
    """
    registrable = registrable_domain(name)
    names = [name, *(ancestor for ancestor in names_above(name) if "." in ancestor)]
    for ancestor in names[1:]:
        inquiry.prefetch(ancestor, "NS")
    above = False
    for ancestor in names:
        yield (Question(ancestor, "NS"),)
        outcome = inquiry.outcome(ancestor, "NS")
        above = above or ancestor == registrable or registrable is None
        if isinstance(outcome, NoReply):
            if above:
                return ancestor
        elif outcome.outcome is Outcome.ANSWER:
            return ancestor
        elif above and outcome.outcome is Outcome.NXDOMAIN:
            return ""
    return ""


ZONE = Group("zone", DOMAIN_ONLY, _ask, narrow=True, left_out=frozenset({DELEGATION}), follow=_follow)
