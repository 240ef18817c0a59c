"""Two runs compared: what changed, and whether the world, our knowledge or the claim is the cause.

The cause is found by judging again: what the earlier run saw, with today's knowledge and rules and on today's day. Where that gives what is found now, nothing
in the world had to change. Pure: who calls brings both runs and the verdicts that were judged again.
"""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.scanner.model.change import Cause, Change, ChangeKind
from herkomst.scanner.model.observation import IpLocation, IpOrigin, IpRange, IpRegistration
from herkomst.scanner.model.run import RunResult
from herkomst.scanner.model.verdict import Reason, Status, Verdict

TABLE_KINDS = frozenset({IpRange.kind, IpOrigin.kind, IpRegistration.kind, IpLocation.kind})
"""What tables say of an address: facts of ours, which change when a table is updated and not when the world does."""


def compare_runs(before: RunResult, after: RunResult, judged_again: Iterable[Verdict]) -> tuple[Change, ...]:
    """Return every verdict that is new, gone or another, in the order of the later run; `judged_again` are the earlier run's claims on its own evidence."""
    earlier = {verdict.id: verdict for verdict in before.verdicts}
    today = {verdict.id: verdict for verdict in judged_again}
    changes: list[Change] = []
    for verdict in after.verdicts:
        former = earlier.pop(verdict.id, None)
        if former is None:
            changes.append(Change(ChangeKind.NEW, None, verdict, (Cause.CLAIM,)))
        elif outcome(former) != outcome(verdict):
            changes.append(_changed(before, after, (former, verdict), today.get(verdict.id)))
    changes.extend(Change(ChangeKind.GONE, former, None, (Cause.CLAIM,)) for former in earlier.values())
    return tuple(changes)


def outcome(verdict: Verdict) -> tuple[object, ...]:
    """Return what of a verdict a reader would call another: status, reason and what was observed."""
    return verdict.status, verdict.reason, verdict.observed


def _changed(earlier: RunResult, later: RunResult, pair: tuple[Verdict, Verdict], again: Verdict | None) -> Change:
    before, after = pair
    old, new = set(before.evidence), set(after.evidence)
    appeared, vanished = tuple(sorted(new - old)), tuple(sorted(old - new))
    kinds = {
        item.kind for oid in (*appeared, *vanished) if (item := later.observations.get(oid) or earlier.observations.get(oid))
    }
    is_update = bool(kinds) and kinds <= TABLE_KINDS and earlier.run.knowledge != later.run.knowledge
    causes = _causes(before, after, again, is_update=is_update, seen_otherwise=bool(appeared or vanished))
    return Change(ChangeKind.CHANGED, before, after, causes, appeared, vanished)


def _causes(
    before: Verdict, after: Verdict, again: Verdict | None, *, is_update: bool, seen_otherwise: bool
) -> tuple[Cause, ...]:
    """Return the causes: of the way from `before` to what its evidence gives today, and of the way from there to `after`."""
    if after.reason is Reason.EXPIRED or before.reason is Reason.EXPIRED:
        return (Cause.CLAIM,)
    middle = again if again is not None else before
    found: set[Cause] = set()
    if outcome(middle) != outcome(after):
        is_silence = Status.NOT_MEASURED in (middle.status, after.status) or not seen_otherwise
        found.add(Cause.MEASUREMENT if is_silence else Cause.KNOWLEDGE if is_update else Cause.WORLD)
    if outcome(before) != outcome(middle):
        found.add(Cause.KNOWLEDGE)
    return tuple(cause for cause in Cause if cause in found)
