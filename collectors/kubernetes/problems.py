"""What went wrong with a call to an API server, as a value, with one sentence of advice; no token or key is ever in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.kubernetes import KubeOutcome
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

_VERIFY = re.compile(r"certificate verify failed: ([^(]+)")
MAX_SAID = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a list was not read to its end, for the ledger and for a failure."""

    outcome: KubeOutcome
    reason: FailureReason
    detail: str
    retryable: bool


class Refused(Exception):
    """A call gave no answer that can be used; holds the problem. `is_not_found`: the server knows nothing at this path (404)."""

    def __init__(self, problem: Problem, *, is_not_found: bool = False) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.is_not_found = is_not_found


def of_transport(error: HTTPError) -> Problem:
    """Return what an error on the way to the server means."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason is not None else error
    if isinstance(cause, SSLError):
        found = _VERIFY.search(str(cause))
        said = found.group(1).strip() if found else "the handshake failed"
        detail = f"the server's certificate is not accepted ({said}); look at the certificate authority that is declared"
        return Problem(KubeOutcome.UNREACHABLE, FailureReason.REFUSED, detail, retryable=False)
    if isinstance(cause, NewConnectionError):
        return Problem(KubeOutcome.UNREACHABLE, FailureReason.UNREACHABLE, "no connection to the API server", retryable=True)
    if isinstance(cause, (ConnectTimeoutError, ReadTimeoutError)):
        return Problem(KubeOutcome.UNREACHABLE, FailureReason.TIMEOUT, "no answer in time", retryable=True)
    if isinstance(cause, ProtocolError):
        return Problem(
            KubeOutcome.UNREACHABLE, FailureReason.UNREACHABLE, "the connection was closed in the middle", retryable=True
        )
    return Problem(KubeOutcome.UNREACHABLE, FailureReason.UNREACHABLE, type(cause).__name__, retryable=True)


def of_status(status: int, message: str, rule: str) -> Problem:
    """Return what a refusal means; `rule` is the line of a ClusterRole that would allow the call."""
    said = " ".join(message.split())[:MAX_SAID]
    if status == 401:
        detail = "the token or certificate is not accepted (401); it may have expired: sign in again, or renew the token"
        return Problem(KubeOutcome.DENIED, FailureReason.DENIED, detail, retryable=False)
    if status == 403:
        return Problem(KubeOutcome.DENIED, FailureReason.DENIED, f"{said or 'forbidden'}; missing rule: {rule}", retryable=False)
    if status == 429:
        return Problem(KubeOutcome.THROTTLED_OUT, FailureReason.THROTTLED, "too many calls for this server (429)", retryable=True)
    if status >= 500:
        detail = f"the API server failed ({status}): {said}"
        return Problem(KubeOutcome.UNREACHABLE, FailureReason.SERVFAIL, detail, retryable=True)
    return Problem(KubeOutcome.UNREACHABLE, FailureReason.REFUSED, f"the API server refused ({status}): {said}", retryable=False)


def malformed(detail: str) -> Problem:
    """Return the problem of an answer that is not as the API is described."""
    return Problem(KubeOutcome.UNREACHABLE, FailureReason.MALFORMED, detail, retryable=False)


def too_large(detail: str) -> Problem:
    """Return the problem of an answer beyond the bound."""
    return Problem(KubeOutcome.UNREACHABLE, FailureReason.TOO_LARGE, detail, retryable=False)


def out_of_time(seconds: float) -> Problem:
    """Return the problem of a list that was not read to its end in the time that there was."""
    return Problem(KubeOutcome.UNREACHABLE, FailureReason.TIMEOUT, f"not read to the end within {seconds:g} s", retryable=True)
