"""Logs and metrics of a running system: facts with ids, enums and numbers, and counts.

No log holds anything that could identify a reporter. `fact` takes only the fields listed in
`LOGGABLE_FIELDS`. An unexpected error is logged by its name and place, never by its message,
because messages of parsers and services repeat their input.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from casework.errors import error_name

METRIC_NAMESPACE = "Casework"

LOGGABLE_FIELDS = frozenset(
    {
        "case_id",
        "correlation_id",
        "count",
        "day",
        "error",
        "hop",
        "instance",
        "level",
        "number",
        "operation",
        "outcome",
        "places",
        "problem",
        "reason",
        "reference",
        "repair",
        "request_id",
        "run",
        "state",
        "status",
        "status_code",
        "unit",
        "upload",
    }
)

REQUEST_ID_FIELD = "request_id"
"""The field of the gateway's own id of a request, in its access log and in the logs of
functions."""

_request: ContextVar[str | None] = ContextVar("request", default=None)
_logger = Logger(log_uncaught_exceptions=False, utc=True, use_rfc3339=True)


@contextmanager
def log_context(request_id: str) -> Iterator[None]:
    """Add the request's id to everything that is logged meanwhile.

    The gateway makes `request_id`, and it holds nothing of the caller.
    """
    before = _request.set(request_id or None)
    try:
        yield
    finally:
        _request.reset(before)


def log_info(message: str, /, **fields: str | int | bool | list[str] | None) -> None:
    """Log one fact; raises TypeError for a field that is not in `LOGGABLE_FIELDS`."""
    _logger.info(message, extra=_checked(fields))


def log_failure(message: str, error: BaseException, /, **fields: str | int | bool | None) -> None:
    """Log a failure: the error's name and the places it passed, not its message.

    `error` names an exception of ours by its own code, which stays. `places` are files and lines of
    the code that ran: they change with every edit, and no saved query may look for them.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-8:]]
    told = {"error": error_name(error), "places": places}
    code = getattr(error, "response", {}).get("Error", {}).get("Code")
    if code:
        told["reason"] = code
    _logger.error(message, extra=_checked(fields) | told)


def count_metric(name: str, value: int = 1) -> None:
    """Count an event, as a CloudWatch metric in the log (embedded metric format)."""
    with single_metric(
        name=name, unit=MetricUnit.Count, value=value, namespace=METRIC_NAMESPACE
    ) as metric:
        metric.add_dimension(name="service", value=_logger.service)


def _checked(fields: Mapping[str, str | int | bool | list[str] | None]) -> dict[str, object]:
    unknown = fields.keys() - LOGGABLE_FIELDS
    if unknown:
        raise TypeError(f"not loggable: {', '.join(sorted(unknown))}")
    known = {REQUEST_ID_FIELD: _request.get(), **fields}
    return {name: value for name, value in known.items() if value is not None}
