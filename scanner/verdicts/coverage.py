"""Coverage: how many of the hosts in scope were measured. Listed = measured + not measured, everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from herkomst.scanner.model.placement import Absence
from herkomst.scanner.model.verdict import Coverage, Part, Status


def claim_coverage(parts: Iterable[Part], absences: Sequence[Absence]) -> Coverage:
    """Return the coverage of one claim: an endpoint counts as measured where none of its parts is not measured."""
    endpoints: dict[tuple[str, str], bool] = {(absence.subject, absence.endpoint): True for absence in absences}
    for part in parts:
        key = (part.subject, part.endpoint)
        endpoints[key] = endpoints.get(key, True) and part.status is not Status.NOT_MEASURED
    return Coverage(len(endpoints), sum(endpoints.values()))
