"""Failures: a source that could not be asked. A value that travels with the results, never only a log line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from herkomst.scanner.model.identity import content_id, keep_texts


class FailureReason(StrEnum):
    """Why a source gave no answer; NXDOMAIN and NODATA are answers and not in this list."""

    TIMEOUT = "timeout"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    """An answer came that is not as its protocol says."""
    DENIED = "denied"
    THROTTLED = "throttled"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    """A chain, loop or redirect beyond the bound."""
    NO_TABLE = "no_table"
    """A local table is missing or damaged."""
    CANCELLED = "cancelled"
    """The run was stopped before this source was asked."""
    NOT_ASKED = "not_asked"
    """The run's breadth leaves this question out. Only the judging core makes these, no collector."""
    NOT_COLLECTED = "not_collected"
    """What is needed to ask this kind of source is not installed."""
    CROSS_ACCOUNT = "cross_account"
    """It lies in a cloud account that is not declared. Only the judging core makes these, no collector."""
    INTERNAL = "internal"
    """A collector raised an error it does not know; always a defect worth reporting."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One source that could not be asked about one subject.

    `kind` is the observation kind that is missing for it (`dns.rrset`, `rdap.network`, ...). `scope` narrows it: the
    record type for DNS, empty elsewhere. `retryable` says whether asking again later may help.
    """

    collector: str
    subject: str
    kind: str
    reason: FailureReason
    retryable: bool
    scope: str = ""
    detail: str = ""

    @property
    def id(self) -> str:
        """The same failure of the same source has the same id in every run."""
        return content_id("failure", self.collector, self.subject, self.kind, self.scope, self.reason)


keep_texts(Failure)
