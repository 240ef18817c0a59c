"""The mail part of a picture."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.model.placement import Absence, Gap, NameSeen, Placement, Sign


@dataclass(frozen=True, slots=True)
class MailPicture:
    """Placements, gaps, absences, tokens and own names that the mail records of one domain show."""

    placements: tuple[Placement, ...] = ()
    gaps: tuple[Gap, ...] = ()
    absences: tuple[Absence, ...] = ()
    contract_signs: tuple[Sign, ...] = ()
    names: tuple[NameSeen, ...] = ()
