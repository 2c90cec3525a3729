"""The time of all functions: it moves when told to, and a little at each reading."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Any, Final

FAULT_RUN_START: Final = datetime(2040, 3, 5, 8, tzinfo=UTC)
"""Far in the future, because the emulator deletes expired items by the real time."""
CLOCK_READING_STEP: Final = timedelta(milliseconds=1)
"""Each reading differs, so no two events have the same time."""
READERS: Final = ("casework.aws.", "functions.")
"""Modules that may read the time."""


class FaultClock:
    """The time of one run."""

    def __init__(self) -> None:
        self.at = FAULT_RUN_START

    def later(self, **by: float) -> None:
        """Move the time."""
        self.at += timedelta(**by)

    def now(self) -> datetime:
        """The time."""
        self.at += CLOCK_READING_STEP
        return self.at

    @contextmanager
    def everywhere(self) -> Iterator[None]:
        """Make every loaded module of the functions read this clock."""
        clock = self

        class Told(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> Any:
                return clock.now().astimezone(tz)

        def seconds() -> float:
            return clock.now().timestamp()

        readers = [module for name, module in sys.modules.items() if name.startswith(READERS)]
        watch = SimpleNamespace(time=seconds, monotonic=seconds, sleep=lambda _: None)
        changed = [
            (module, name, getattr(module, name))
            for module in readers
            for name in ("datetime", "time")
            if getattr(module, name, None) in (datetime, sys.modules["time"])
        ]
        for module, name, _ in changed:
            setattr(module, name, Told if name == "datetime" else watch)
        try:
            yield
        finally:
            for module, name, before in changed:
                setattr(module, name, before)
