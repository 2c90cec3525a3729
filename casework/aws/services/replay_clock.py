"""The time at which a call counts: now, or in the stage `local` the replayed time.

In the stage `local` a caller may name with `Replay-At` the time at which its request counts, to
replay past months. Deadlines, tokens and receipts keep the real time; only the bilan reads the
replayed one. Other stages ignore the header.

This is the only module for it: `casework.aws.http.api` enters `replay_time` for each request, and
writers of reports and events ask `replay_timestamp`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final

from casework.case.times import format_timestamp
from casework.errors import Finding, NotValid

REPLAY_TIME_HEADER: Final = "replay-at"
REPLAY_STAGE: Final = "local"
"""The one stage that replays."""
REPLAYED_AT_ATTRIBUTE: Final = "replayed_at"
"""Attribute of a report or event that was replayed."""

_replayed: ContextVar[str | None] = ContextVar("replayed", default=None)


@contextmanager
def replay_time(headers: Mapping[str, str]) -> Iterator[None]:
    """Count writes meanwhile at the caller's time, if the stage allows it.

    Raises NotValid for a value that is no time with an offset.
    """
    said = headers.get(REPLAY_TIME_HEADER) if os.environ.get("STAGE") == REPLAY_STAGE else None
    if said is None:
        yield
        return
    before = _replayed.set(_read(said))
    try:
        yield
    finally:
        _replayed.reset(before)


def replay_timestamp() -> str | None:
    """The replayed time of the present call; None for now."""
    return _replayed.get()


def _read(said: str) -> str:
    try:
        at = datetime.fromisoformat(said)
        if at.tzinfo is not None:
            return format_timestamp(at)
    except (ValueError, OverflowError):
        pass
    raise NotValid(
        "Some headers cannot be accepted.",
        findings=[Finding("#/Replay-At", "time.malformed", "This is no time with an offset.")],
    )
