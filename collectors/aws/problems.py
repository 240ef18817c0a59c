"""What went wrong with a call: the SDK's errors as values, with one sentence of advice.

Error codes are those of the AWS API references ("Common errors"), read in November 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    PaginationError,
    ParamValidationError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
)
from botocore.parsers import ResponseParserError
from herkomst.scanner.model.aws import AwsOutcome
from herkomst.scanner.model.failure import FailureReason

_DENIED = frozenset(
    [
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "AuthorizationError",
        "Forbidden",
        "UnauthorizedOperation",
        "UnauthorizedException",
        "InvalidSecurity",
        "NotAuthorized",
    ]
)
_UNKNOWN_KEY = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "InvalidAccessKeyId",
        "InvalidAccessKeyIdException",
        "MissingAuthenticationToken",
    }
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_CLOCK = frozenset({"RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException", "RequestInTheFuture"})
_THROTTLED = frozenset(
    [
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "PriorRequestNotComplete",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "EC2ThrottledException",
    ]
)
_NOT_ENABLED = frozenset({"OptInRequired", "SubscriptionRequiredException"})
_ACCOUNT_ID = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_SKEWED = "the signature was refused: look whether this machine's clock is right and the secret key complete"

_NO_ROLE = (
    "the role could not be taken on: look at role_arn and external_id, whether its trust policy asks for MFA, whether the account is (still) in "
    'the organisation, and whether {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "<the role>"} is allowed'
)
"""The service gives one code for all of these, so as to tell a stranger nothing."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call gave no answer, for the ledger and for a failure; `detail` names no account, key or secret."""

    outcome: AwsOutcome
    reason: FailureReason
    detail: str
    retryable: bool


SDK_ERRORS = (BotoCoreError, ClientError, ResponseParserError)
"""All that the SDK raises for a call that gave no answer it can read."""


def problem_of(error: BotoCoreError | ClientError | ResponseParserError, action: str) -> Problem:
    """Return what an error of the SDK means; `action` is the IAM action that the call needs."""
    if isinstance(error, ClientError):
        return _refusal(error, action)
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, ProfileNotFound, CredentialRetrievalError, SSOError)):
        return _denied(f"no usable credentials ({_said(error)}); set AWS_PROFILE or the AWS_* variables, or sign in again")
    if isinstance(error, (ConnectTimeoutError, ReadTimeoutError)):
        return Problem(AwsOutcome.UNREACHABLE, FailureReason.TIMEOUT, "no answer in time", retryable=True)
    if isinstance(error, EndpointConnectionError):
        return Problem(AwsOutcome.UNREACHABLE, FailureReason.UNREACHABLE, "no connection to the endpoint", retryable=True)
    if isinstance(error, (PaginationError, ResponseParserError, ParamValidationError)):
        detail = f"the answer is not as the API describes it ({_said(error)})"
        return Problem(AwsOutcome.UNREACHABLE, FailureReason.MALFORMED, detail, retryable=False)
    return Problem(AwsOutcome.UNREACHABLE, FailureReason.UNREACHABLE, _said(error), retryable=True)


def out_of_time(seconds: float) -> Problem:
    """Return the problem of a call that was not made, or not made to the end, since the time for its Region was up."""
    detail = f"not read to the end within {seconds:g} s"
    return Problem(AwsOutcome.UNREACHABLE, FailureReason.TIMEOUT, detail, retryable=True)


def too_many(limit: int) -> Problem:
    """Return the problem of a list that is longer than this version reads."""
    detail = f"more than {limit} items; what follows was not read"
    return Problem(AwsOutcome.UNREACHABLE, FailureReason.TOO_LARGE, detail, retryable=False)


def _refusal(error: ClientError, action: str) -> Problem:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _EXPIRED:
        return _denied(f"the credentials have expired ({code}); sign in again")
    if code in _UNKNOWN_KEY:
        return _denied(f"the access key is not accepted ({code}); look at the credentials, and whether the Region takes them")
    if code in _CLOCK:
        return _denied(f"{_SKEWED} ({code})")
    if code in _NOT_ENABLED:
        return Problem(AwsOutcome.NOT_ENABLED, FailureReason.DENIED, f"not enabled for this account ({code})", retryable=False)
    if code in _THROTTLED or status == 429:
        return Problem(AwsOutcome.THROTTLED_OUT, FailureReason.THROTTLED, f"too many calls ({code})", retryable=True)
    if code in _DENIED or status in (401, 403):
        if error.operation_name == "AssumeRole":  # on the way to the call
            return _denied(f"{code}: {_NO_ROLE}")
        return _denied(f'{code}; missing permission {action}, as in {{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}')
    if status >= 500:
        detail = f"the service failed ({code or status})"
        return Problem(AwsOutcome.UNREACHABLE, FailureReason.SERVFAIL, detail, retryable=True)
    return Problem(AwsOutcome.UNREACHABLE, FailureReason.REFUSED, f"{code}: {_said(error)}", retryable=False)


def _denied(detail: str) -> Problem:
    return Problem(AwsOutcome.DENIED, FailureReason.DENIED, detail, retryable=False)


def _said(error: Exception) -> str:
    """Return what an error says, in one line, without account ids: an ARN in it would show them."""
    return _ACCOUNT_ID.sub("(account)", " ".join(str(error).split()))[:300]
