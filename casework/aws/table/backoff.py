"""Writers of one item that collided come back at different times."""

from __future__ import annotations

import random
import time


def sleep_with_backoff(attempt: int, seconds: float = 0.01) -> None:
    """Wait a random time before a further attempt, on average twice as long each time.

    `seconds` is the longest wait before attempt 0. The first attempt needs no wait.
    """
    # Nothing that anybody could guess depends on the number.
    time.sleep(random.uniform(0, seconds * 2**attempt))  # noqa: S311
