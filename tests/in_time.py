"""The context of a call that has little time."""

from __future__ import annotations

import time

from casework.aws.budget import TO_ANSWER_SECONDS


class Context:
    """What Lambda hands a handler, as far as time goes: `seconds` to work, and then to answer."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds + TO_ANSWER_SECONDS

    @property
    def left(self) -> float:
        """Seconds until the service would end the call."""
        return self._end - time.monotonic()

    def get_remaining_time_in_millis(self) -> int:
        """As Lambda answers it."""
        return round(self.left * 1000)
