"""Time as a budget: one item ends when its own is spent, and the items beside it go on.

The alarm of the process ends an item wherever it is: in a loop, in a regular expression, in a call
of a service. What is ended so is half-done as if its process had been killed there, which every
piece of work here bears (docs/decisions/0024). Code that lets no alarm through until it returns is
ended with the process, by the service: for that, attempts are recorded
(`casework.aws.table.attempts`).
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

AGAIN_SECONDS: Final = 1.0
"""After the first alarm: code that takes any error for an answer goes on only so long."""
AT_ONCE: Final = 0.001
"""The shortest alarm there is: 0 would switch it off."""
TO_ANSWER_SECONDS: Final = 5.0
"""What is left of a call for its answer, once its work was ended. The SDK takes the alarm for a
failed attempt: the call of a service that is ended may go on for as many alarms as it has
attempts."""


class OutOfTime(Exception):
    """The item took longer than it may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the block once it has taken `seconds`, or what a block around it has left.

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
        signal.setitimer(signal.ITIMER_REAL, max(own, AT_ONCE), AGAIN_SECONDS)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if outer:
            left = outer - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(left, AT_ONCE), AGAIN_SECONDS)


@contextmanager
def answering(context: Any) -> Iterator[None]:
    """Raise OutOfTime in the block while there is still time to answer the call.

    `context` is what the service hands a handler; without end where it says nothing.
    """
    left = left_of(context)
    if left == float("inf"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, 0)  # nothing that another call left rings in this one
    with within(left - TO_ANSWER_SECONDS):
        yield


def left_of(context: Any) -> float:
    """Seconds until the service ends the call; without end where nobody says."""
    left: Any = getattr(context, "get_remaining_time_in_millis", None)
    return float("inf") if left is None else left() / 1000


def _end(*_: Any) -> None:
    raise OutOfTime
