"""The result of a step: good, or the fault and what to look at first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

SHORTEST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 3.0
LONGER: Final = 1.3


class Wrong(Exception):
    """A check failed; the message is the finding."""


class CannotBegin(Exception):
    """Nothing can be tried; the message is the reason."""


def eventually(look: Callable[[], T | None], what: str, seconds: float) -> T:
    """Look until there is a result; raises Wrong when none comes in time.

    The first results may be wrong: a look that raises Wrong is repeated as well.
    """
    deadline, pause, last = time.monotonic() + seconds, SHORTEST_PAUSE, ""
    while True:
        try:
            found = look()
        except Wrong as wrong:
            found, last = None, f": {wrong}"
        if found:
            return found
        if time.monotonic() > deadline:
            raise Wrong(f"{what} did not come in {seconds:g} s{last}")
        time.sleep(pause)
        pause = min(pause * LONGER, LONGEST_PAUSE)


def must(holds: object, what: str) -> None:
    """Raise Wrong with the finding unless the condition holds."""
    if not holds:
        raise Wrong(what)
