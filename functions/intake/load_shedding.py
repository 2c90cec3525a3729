"""The load of the service, and the work that it then asks for.

Each running copy of the function counts only its own reports of the last seconds: no address and no
person, and the count is neither shared nor stored. A copy serves one request at a time, so many
requests on one copy mean many copies: the service is near its limit. Without a crowd no work is
asked for. In a crowd a client does a short calculation (`casework.credentials.proof_of_work`); a
form without JavaScript must have been open for a while, which people who typed a report do not
notice. A report that ticks danger is asked for nothing, whoever sends it: nobody can tell a victim
from a crowd by the first request, and what hides nobody are the turns of groups (decision 0063).
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from casework.credentials import proof_of_work
from casework.errors import WorkWanted

WINDOW_SECONDS: Final = 10
FREE_REPORTS_PER_WINDOW: Final = 300
"""Reports in one window that one copy takes without asking for anything."""
MIN_HASHES: Final = 50_000
MAX_HASHES: Final = 400_000
"""Hashes asked for: a moment on a telephone, some seconds in the worst crowd."""
FORM_WAIT_SECONDS: Final = 30
"""How long a form without JavaScript must have been open in a crowd."""


@dataclass
class LoadWindow:
    """The reports of the last seconds, as one copy of the function sees them."""

    floor: int = 0
    """Hashes asked for even without a crowd; operators raise it."""
    _arrivals: deque[float] = field(
        default_factory=lambda: deque(maxlen=8 * FREE_REPORTS_PER_WINDOW)
    )

    def count_arrival(self, now: float) -> int:
        """Count one report; how many hashes it is asked for."""
        self._arrivals.append(now)
        while self._arrivals[0] < now - WINDOW_SECONDS:
            self._arrivals.popleft()
        times = len(self._arrivals) / FREE_REPORTS_PER_WINDOW
        return max(self.floor, min(int(MIN_HASHES * times), MAX_HASHES) if times > 1 else 0)


def require_proof_of_work(
    crowd: LoadWindow,
    secret_of: Callable[[], bytes],
    key: str,
    proof: str | None,
    *,
    danger: Callable[[], bool],
) -> None:
    """Raise WorkWanted with a challenge unless there is no crowd or the work was done, or the
    report ticks danger.

    Without a crowd nothing is read, so a refused body costs no call.
    """
    most = crowd.count_arrival(time.monotonic())
    if not most:
        return
    secret, now = secret_of(), int(time.time())
    if not proof_of_work.is_valid_proof(secret, key, proof, now=now) and not danger():
        asked = proof_of_work.build_challenge(secret, key, now=now, most=most, nonce=os.urandom(12))
        raise WorkWanted("Very many reports arrive at this moment.", work=asked)


def form_wait_seconds(
    crowd: LoadWindow, secret: bytes, key: str, ticket: str, *, danger: bool = False
) -> int:
    """How long a form without JavaScript has to wait yet; 0 in calm, and where it ticks danger."""
    if not crowd.count_arrival(time.monotonic()) or danger:
        return 0
    now = int(time.time())
    opened = proof_of_work.ticket_time(secret, key, ticket)
    # The clock of the process that signed the ticket may be ahead.
    return (
        max(0, FORM_WAIT_SECONDS - max(0, now - opened))
        if opened is not None
        else FORM_WAIT_SECONDS
    )
