"""Gathers what is learnt about one target into findings, with the raw answers by digest."""

from __future__ import annotations

import hashlib
from datetime import datetime

from herkomst.collectors.base import Findings
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Content, Observation, RawAnswer

TABLE_MEDIA_TYPE = "application/json"
RDAP_MEDIA_TYPE = "application/rdap+json"


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

    def add(self, content: Content, body: bytes | None = None, media_type: str = TABLE_MEDIA_TYPE) -> None:
        """Keep one fact, and the raw answer it was read from."""
        digest = None
        if body is not None:
            digest = hashlib.sha256(body).hexdigest()
            self._raws[digest] = RawAnswer(digest, media_type, body)
        self._observations.append(Observation(self._subject, self._collector, self._vantage, self._at, content, digest))

    def fail(self, kind: str, reason: FailureReason, *, retryable: bool, detail: str, about: str = "") -> None:
        """Keep one source that could not be asked; `about` is the part of the target it is missing for."""
        self._failures.append(Failure(self._collector, about or self._subject, kind, reason, retryable, detail=detail))

    def findings(self) -> Findings:
        """Return all that was kept."""
        return Findings(tuple(self._observations), (), tuple(self._failures), tuple(self._raws.values()))
