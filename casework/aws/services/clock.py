"""The time a call is counted at: now, or in the stage `local` the time it replays.

A founding year cannot be waited for: in the stage `local` a caller may say with `Replay-At` when
what it sends is to be counted as happening. Deadlines, tokens and receipts keep the real time; only
the bilan reads what is replayed. In any other stage the header is not even looked at.

This is the one place that knows of it: `replaying` is entered by `casework.aws.http.http` for each
request, and `replayed_at` is asked where a report or an event is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from casework.case.case import stamp
from casework.errors import Finding, NotValid

HEADER: Final = "replay-at"
STAGE: Final = "local"
"""The one stage that replays."""
REPLAYED_AT: Final = "replayed_at"
"""Attribute of a report or event that was replayed."""

_replayed: ContextVar[str | None] = ContextVar("replayed", default=None)


@contextmanager
def replaying(headers: Mapping[str, str]) -> Iterator[None]:
    """Count what is written meanwhile at the time the caller names, where the stage allows it.

    Raises NotValid for what is no time with an offset.
    """
    said = headers.get(HEADER) if os.environ.get("STAGE") == STAGE else None
    if said is None:
        yield
        return
    before = _replayed.set(_read(said))
    try:
        yield
    finally:
        _replayed.reset(before)


def replayed_at() -> str | None:
    """The time the call that is being served replays; None when it happens now."""
    return _replayed.get()


def _read(said: str) -> str:
    try:
        at = datetime.fromisoformat(said)
        if at.tzinfo is not None:
            return stamp(at)
    except (ValueError, OverflowError):
        pass
    raise NotValid(
        "Some headers cannot be accepted.",
        findings=[Finding("#/Replay-At", "time.malformed", "This is no time with an offset.")],
    )
