"""What goes into the store and comes out of it, beside the records of `herkomst.scanner.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from herkomst.collectors.base import Findings
from herkomst.scanner.model.observation import Content
from herkomst.scanner.model.target import Target


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of one collector at one target: `at` is when it ended.

    Loaded from the store, the findings have no raw answers (`Store.raw` gives each), observations are in the order of their ids, leads
    in theirs.
    """

    target: Target
    collector: str
    findings: Findings
    at: datetime


@dataclass(frozen=True, slots=True)
class Fact:
    """One content that was seen at one target, and over which time.

    `valid_from` is when it was first seen, `valid_until` when it was first seen to be gone (None: not seen gone). It proves nothing of
    the time between two visits. `recorded_from` and `recorded_until` are when the store learnt of the two. `id` is the observation id.
    """

    id: str
    target: Target
    collector: str
    vantage: str
    content: Content
    raw: str | None
    valid_from: datetime
    valid_until: datetime | None
    recorded_from: datetime
    recorded_until: datetime | None
