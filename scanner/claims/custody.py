"""`keys.custody`: who holds the keys of what the accounts store. At best consistent: a control plane cannot prove who else could use a key."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.claims.outcome import Expectation, Outcome, not_measured, part_of
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.key_use import KeyHolder, KeyUse
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Confidence, Part, Reason, Status, WouldChange

ROLES = (Role.STORAGE, Role.DATABASE, Role.BACKUP, Role.KEYS)
"""Where something was not read, data or a key may be that nobody looked at."""
HOLDERS: dict[KeyHolder, frozenset[str]] = {
    KeyHolder.PROVIDER: frozenset({"provider"}),
    KeyHolder.OUTSIDE: frozenset({"customer", "external-hsm"}),
    KeyHolder.SHARED: frozenset({"customer", "provider"}),
}
"""What a claim may say of each holder. A key that its customer rules over and the provider keeps is half of each word."""


def judge_custody(pictures: Iterable[Picture], expectation: Expectation) -> tuple[Part, ...]:
    """Compare the holder of each key with the claim; where something could not be read, say so for its role."""
    parts: list[Part] = []
    for picture in pictures:
        gaps = (gap for gap in picture.gaps if gap.role in ROLES)
        parts.extend(part_of(gap.subject, gap.role, gap.endpoint, not_measured(gap.failures)) for gap in gaps)
        parts.extend(part_of(use.subject, use.role, use.what, _judge(use, expectation)) for use in picture.key_uses)
    return tuple(parts)


def _judge(use: KeyUse, expectation: Expectation) -> Outcome:
    if use.failures:
        return not_measured(use.failures, Outcome(Status.NOT_MEASURED, evidence=use.evidence))
    held_by = HOLDERS.get(use.holder)
    if held_by is None:
        return Outcome(
            Status.UNVERIFIABLE, Reason.NOT_OBSERVABLE, Confidence.LOW, (), use.evidence, would_change=WouldChange.DOCUMENT
        )
    observed, claimed = tuple(sorted(held_by)), held_by & set(expectation.values)
    if use.holder is KeyHolder.SHARED and claimed and claimed != held_by:
        change = WouldChange.SUPPLIER_RESPONSE
        return Outcome(Status.UNVERIFIABLE, Reason.KEY_SHARED, Confidence.LOW, observed, use.evidence, would_change=change)
    if bool(claimed) is not expectation.negated:
        return Outcome(Status.CONSISTENT, None, Confidence.MEDIUM, observed, use.evidence)
    return Outcome(
        Status.CONTRADICTED,
        Reason.OTHER_KEY_HOLDER,
        Confidence.HIGH,
        observed,
        use.evidence,
        would_change=WouldChange.SUPPLIER_RESPONSE,
    )
