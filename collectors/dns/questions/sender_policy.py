"""Who may send mail in the name of a domain: its SPF policy with all that it includes (RFC 7208).

A narrow run reads the domain's own record and follows none of the names in it.
"""

from __future__ import annotations

from herkomst.collectors.dns.inquiry import Inquiry
from herkomst.collectors.dns.questions.group import DOMAIN_ONLY, Group, Question, Rounds
from herkomst.collectors.dns.spf import MAX_DEPTH, MAX_LOOKUPS, SpfWalk
from herkomst.collectors.resolution import NoReply
from herkomst.scanner.model.breadth import INCLUDES
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import SpfPolicy, SpfTerm


def _ask(name: str) -> tuple[Question, ...]:
    return (Question(name, "TXT"),)


def _follow(inquiry: Inquiry, name: str) -> Rounds:
    walk = SpfWalk(name)
    while level := walk.questions():
        yield (Question(*question) for question in level)
        walk.read(inquiry.outcome)
        if inquiry.is_narrow:
            break
    _note(inquiry, walk)


def _note(inquiry: Inquiry, walk: SpfWalk) -> None:
    for term in walk.terms:
        inquiry.note(term, inquiry.raw_of(term.path[-1], "TXT"))
    policy = walk.policy()
    if policy is not None:
        inquiry.note(policy, inquiry.raw_of(walk.root, "TXT"))
    elif walk.failed is not None or not inquiry.is_narrow:
        failed = walk.failed or NoReply(walk.root, "TXT", FailureReason.TIMEOUT)
        detail = f"{failed.rdtype} of {failed.name} could not be read"
        inquiry.note_failure(walk.root, SpfPolicy.kind, failed.reason, failed.rdtype, detail, retryable=failed.retryable)
    if walk.unread:
        detail = f"{walk.unread} policies beyond {MAX_LOOKUPS} look-ups or {MAX_DEPTH} levels were not read"
        inquiry.note_failure(walk.root, SpfTerm.kind, FailureReason.TOO_LARGE, "include", detail, retryable=False)
    if walk.left_out:
        detail = f"{walk.left_out} terms beyond the first {len(walk.terms)} were left out"
        inquiry.note_failure(walk.root, SpfTerm.kind, FailureReason.TOO_LARGE, "TXT", detail, retryable=False)


SENDER_POLICY = Group("sender policy", DOMAIN_ONLY, _ask, narrow=True, left_out=frozenset({INCLUDES}), follow=_follow)
