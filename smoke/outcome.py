"""What a step says: it is good, or what is wrong and what to look at first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

SHORTEST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 3.0
LONGER: Final = 1.3


class Wrong(Exception):
    """Something is not as it must be; the message says what was found."""


class CannotBegin(Exception):
    """Nothing can be tried, and why."""


def eventually(look: Callable[[], T | None], what: str, seconds: float) -> T:
    """Look until there is something; raises Wrong when there is nothing in time.

    What is looked at may still be wrong at first: a look that raises Wrong is repeated, too.
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
    """Raise Wrong with what was found unless it holds."""
    if not holds:
        raise Wrong(what)
