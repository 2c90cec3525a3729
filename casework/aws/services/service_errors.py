"""Errors of the AWS services, translated once."""

from __future__ import annotations

from casework.aws.services.time_limits import TimeLimitExceeded
from casework.errors import Busy

TRANSIENT_CODES = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
        "KMSInternalException",
        "DependencyTimeoutException",
        "InternalServiceError",
    }
)
"""Error codes that a later try may avoid."""


def code_of(error: BaseException) -> str | None:
    """The service's own code of a botocore ClientError, else None."""
    response = getattr(error, "response", None)
    return response.get("Error", {}).get("Code") if isinstance(response, dict) else None


def is_service_error(error: BaseException) -> bool:
    """Whether a service refused or was unreachable, as opposed to an error of ours."""
    from botocore import exceptions  # only once something failed

    return isinstance(error, (exceptions.BotoCoreError, exceptions.ClientError))


def busy_if_unavailable(error: BaseException) -> Busy | None:
    """Busy when a service was throttled, unreachable or too slow for this call, otherwise None."""
    if isinstance(error, TimeLimitExceeded):
        return Busy("This took too long.")
    from botocore import exceptions  # only once something failed

    if code_of(error) in TRANSIENT_CODES:
        return Busy("A service behind this one is busy.")
    if isinstance(error, (exceptions.ConnectionError, exceptions.HTTPClientError)):
        return Busy("A service behind this one is out of reach.")
    return None
