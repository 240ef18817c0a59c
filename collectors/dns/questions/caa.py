"""Who may issue certificates: CAA at the name and, while there is none, at each name above it (RFC 8659 section 3)."""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import Inquiry
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question, Rounds
from herkomst.collectors.resolution import NoReply, Outcome
from herkomst.scanner.names import names_above


def _ask(name: str) -> tuple[Question, ...]:
    return (Question(name, "CAA"),)


def _follow(inquiry: Inquiry, name: str) -> Rounds:
    """Climb until there is one; a failure ends the climb, since what stands there would have come first."""
    names = [name, *names_above(name)]
    for ancestor in names[1:]:
        inquiry.prefetch(ancestor, "CAA")
    for ancestor in names:
        yield (Question(ancestor, "CAA"),)
        outcome = inquiry.outcome(ancestor, "CAA")
        if isinstance(outcome, NoReply) or outcome.outcome is Outcome.ANSWER:
            return


CAA = Group("certificate authorities", DOMAIN_ONLY, _ask, narrow=True, follow=_follow)
