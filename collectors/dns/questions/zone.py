"""Who serves the zone of a name: NS and SOA at the name, and NS at the closest name above it that has them (RFC 9499, zone apex)."""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import Inquiry
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question, Rounds
from herkomst.collectors.resolution import Outcome, Reply
from herkomst.scanner.names import names_above, registrable_domain


def _ask(name: str) -> tuple[Question, ...]:
    return Question(name, "NS"), Question(name, "SOA")


def _follow(inquiry: Inquiry, name: str) -> Rounds:
    """Climb to the closest name with name servers.

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
        if isinstance(outcome, Reply) and outcome.outcome is Outcome.ANSWER:
            return
        if above and not (isinstance(outcome, Reply) and outcome.outcome is Outcome.NODATA):
            return


ZONE = Group("zone", DOMAIN_ONLY, _ask, narrow=True, follow=_follow)
