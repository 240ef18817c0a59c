"""Changes between two runs: which verdict became another, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.model.verdict import Verdict


class Cause(StrEnum):
    """Why a verdict is another than before."""

    WORLD = "world"
    """What was seen is different: a record, an address, a resource."""
    KNOWLEDGE = "knowledge"
    """What was seen before would be judged otherwise today: a catalogue, a rule, or a day on which an ownership begins."""
    CLAIM = "claim"
    """Something else is claimed, or the claim is past its date."""
    MEASUREMENT = "measurement"
    """A source failed, or answers again, and what was seen besides is the same."""


class ChangeKind(StrEnum):
    """What happened to a verdict."""

    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Change:
    """One verdict that is not as it was. `before` is None for a new one, `after` for one that is gone.

    `causes` are all that played a part, in the order of `Cause`. `appeared` and `vanished` are observations behind the two verdicts that only one
    of them rests on.
    """

    kind: ChangeKind
    before: Verdict | None
    after: Verdict | None
    causes: tuple[Cause, ...]
    appeared: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """The verdict as it is now; as it was, where it is gone."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found
