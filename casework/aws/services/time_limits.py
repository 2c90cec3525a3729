"""Time as a budget: an item ends when its time is over, and the items beside it continue.

The alarm of the process interrupts an item anywhere: in a loop, in a regular expression, in a call
of a service. The item is then half-done as if its process had been killed there, and every piece of
work here tolerates that (docs/decisions/0024). Code that blocks alarms until it returns ends with
the process, by the service; for that case attempts are recorded
(`casework.aws.table.read_attempts`).
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

REPEAT_ALARM_SECONDS: Final = 1.0
"""Seconds after the first alarm, for code that swallows the first error."""
MIN_ALARM_SECONDS: Final = 0.001
"""The shortest possible alarm: 0 would switch it off."""
RESPONSE_RESERVE_SECONDS: Final = 5.0
"""Seconds that stay for the answer of a call after its work was ended. The SDK takes the alarm for
a failed attempt, so an interrupted service call may continue for as many alarms as it has
attempts."""


class TimeLimitExceeded(Exception):
    """The item exceeded its time."""

    error_code = "OutOfTime"


@contextmanager
def limit_time(seconds: float) -> Iterator[None]:
    """Raise TimeLimitExceeded in the block after `seconds`, or after the rest of an outer block's
    time.

    Only the main thread of a process is interrupted, where handlers run.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    outer = signal.getitimer(signal.ITIMER_REAL)[0]
    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, _end)
    try:
        own = min(seconds, outer) if outer else seconds
        signal.setitimer(signal.ITIMER_REAL, max(own, MIN_ALARM_SECONDS), REPEAT_ALARM_SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer:
            left = outer - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(left, MIN_ALARM_SECONDS), REPEAT_ALARM_SECONDS)


@contextmanager
def limit_to_invocation(context: Any) -> Iterator[None]:
    """Raise TimeLimitExceeded in the block while there is still time to answer the call.

    `context` comes from the service; without a remaining time there is no limit.
    """
    seconds_left = remaining_seconds(context)
    if seconds_left == float("inf"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, 0)  # an alarm of another call must not ring in this one
    with limit_time(seconds_left - RESPONSE_RESERVE_SECONDS):
        yield


def remaining_seconds(context: Any) -> float:
    """Seconds until the service ends the call; infinite if unknown."""
    left: Any = getattr(context, "get_remaining_time_in_millis", None)
    return float("inf") if left is None else left() / 1000


def _end(*_: Any) -> None:
    raise TimeLimitExceeded
