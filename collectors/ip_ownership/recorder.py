"""Gathers what is learnt about one target into findings, with the raw answers by digest."""

from __future__ import annotations

import hashlib
from datetime import datetime

from herkomst.collectors.base import Findings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Content, Observation, RawAnswer

TABLE_MEDIA_TYPE = "application/json"
RDAP_MEDIA_TYPE = "application/rdap+json"


def make_raw(body: bytes, media_type: str = TABLE_MEDIA_TYPE) -> RawAnswer:
    """Return bytes as a raw answer with its digest."""
    return RawAnswer(hashlib.sha256(body).hexdigest(), media_type, body)


class Recorder:
    """One target's findings in the making."""

    def __init__(self, collector: str, subject: str, vantage: str, at: datetime) -> None:
        self._collector = collector
        self._subject = subject
        self._vantage = vantage
        self._at = at
        self._observations: list[Observation] = []
        self._failures: list[Failure] = []
        self._raws: dict[str, RawAnswer] = {}

    def add(self, content: Content, raw: RawAnswer | None = None, *, at: datetime | None = None) -> None:
        """Keep one fact, and the raw answer it was read from; `at` is when the source said so, where that was not now."""
        digest = None
        if raw is not None:
            digest = raw.digest
            self._raws[digest] = raw
        self._observations.append(Observation(self._subject, self._collector, self._vantage, at or self._at, content, digest))

    def fail(self, kind: str, reason: FailureReason, *, retryable: bool, detail: str, about: str = "") -> None:
        """Keep one source that could not be asked; `about` is the part of the target it is missing for."""
        self._failures.append(Failure(self._collector, about or self._subject, kind, reason, retryable, detail=detail))

    def findings(self) -> Findings:
        """Return all that was kept."""
        return Findings(tuple(self._observations), (), tuple(self._failures), tuple(self._raws.values()))
