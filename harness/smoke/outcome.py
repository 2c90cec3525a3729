"""The result of a step: good, or the fault and what to look at first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

SHORTEST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 3.0
LONGER: Final = 1.3
LEAST: Final = 0.25
"""The share of the time of a result for which it is looked for, however long ago its cause was."""


class CheckFailed(Exception):
    """A check failed; the message is the finding."""


class CannotStart(Exception):
    """Nothing can be tried; the message is the reason."""


def eventually(
    look: Callable[[], T | None], what: str, seconds: float, since: float | None = None
) -> T:
    """Look until there is a result; raises Wrong when none comes in time.

    The time begins with the cause of the result: `since`, of the monotonic clock, or now. A share
    of it is left in any case. The first results may be wrong: a look that raises Wrong is repeated
    as well.
    """
    now = time.monotonic()
    deadline = max((now if since is None else since) + seconds, now + seconds * LEAST)
    pause, last = SHORTEST_PAUSE, ""
    while True:
        try:
            found = look()
        except CheckFailed as wrong:
            found, last = None, f": {wrong}"
        if found:
            return found
        if time.monotonic() > deadline:
            raise CheckFailed(f"{what} did not come in {seconds:g} s{last}")
        time.sleep(pause)
        pause = min(pause * LONGER, LONGEST_PAUSE)


def require(holds: object, what: str) -> None:
    """Raise Wrong with the finding unless the condition holds."""
    if not holds:
        raise CheckFailed(what)
