"""From the parts of a claim to its status: the first rule that matches wins, and the order of parts never matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from herkomst.scanner.model.verdict import Confidence, Part, Reason, Status

_SURENESS = {Confidence.LOW: 0, Confidence.MEDIUM: 1, Confidence.HIGH: 2}


@dataclass(frozen=True, slots=True)
class Rolled:
    """The status of a claim and the parts that decided it."""

    status: Status
    reason: Reason | None
    confidence: Confidence
    deciding: tuple[Part, ...]


def roll_up(parts: Sequence[Part], missing_roles: bool, scope_parts: Sequence[str] = ()) -> Rolled:
    """Return the status of a claim from its parts; `missing_roles`: a role of the group was neither observed nor declared absent."""
    if not parts:
        return Rolled(Status.UNVERIFIABLE, Reason.NO_ENDPOINT, Confidence.LOW, ())
    by_status: dict[Status, list[Part]] = {}
    for part in parts:
        by_status.setdefault(part.status, []).append(part)
    contradicted = by_status.get(Status.CONTRADICTED)
    if contradicted:
        status = Status.PARTLY if _some_hold(parts, scope_parts) else Status.CONTRADICTED
        return Rolled(status, _main_reason(contradicted), _surest(contradicted), tuple(contradicted))
    for status in (Status.NOT_MEASURED, Status.UNVERIFIABLE):
        if status in by_status:
            deciding = by_status[status]
            return Rolled(status, _main_reason(deciding), _least_sure(deciding), tuple(deciding))
    confirmed = all(part.status is Status.CONFIRMED for part in parts)
    reason = Reason.ROLES_NOT_OBSERVED if missing_roles else None
    status = Status.CONFIRMED if confirmed and not missing_roles else Status.CONSISTENT
    return Rolled(status, reason, _least_sure(parts), tuple(parts))


def _some_hold(parts: Sequence[Part], scope_parts: Sequence[str]) -> bool:
    """Say whether the scope names parts and at least one of them is confirmed or consistent as a whole."""
    for name in scope_parts:
        own = [part for part in parts if part.scope_part == name]
        if own and all(part.status.rank > 0 for part in own):
            return True
    return False


def _main_reason(parts: Iterable[Part]) -> Reason | None:
    """Return the most frequent reason; the alphabet decides between equals, so that order never matters."""
    counts = Counter(part.reason for part in parts if part.reason is not None)
    if not counts:
        return None
    return min(counts, key=lambda reason: (-counts[reason], reason.value))


def _surest(parts: Iterable[Part]) -> Confidence:
    return max((part.confidence for part in parts), key=lambda item: _SURENESS[item])


def _least_sure(parts: Iterable[Part]) -> Confidence:
    return min((part.confidence for part in parts), key=lambda item: _SURENESS[item])
