"""A call that has little time, and a service that does not answer it."""

from __future__ import annotations

import time
from typing import Any, Final, NoReturn

from casework.aws.services.time_limits import RESPONSE_RESERVE_SECONDS

LONGEST: Final = 10.0
"""Seconds after which a call that nothing ended has failed its test."""


class Context:
    """What Lambda hands a handler, as far as time goes: `seconds` to work, and then to answer."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds + RESPONSE_RESERVE_SECONDS

    @property
    def left(self) -> float:
        """Seconds until the service would end the call."""
        return self._end - time.monotonic()

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda answers it."""
        return round(self.left * 1000)


def hangs(*_: Any, **__: Any) -> NoReturn:
    """A call of a service that an alarm ends; where none comes, the test does not hang but fail."""
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        time.sleep(0.001)  # the alarm ends it here: work that waits, and takes no core meanwhile
    raise AssertionError("the call was not ended")
