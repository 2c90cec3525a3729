"""How times are stored, and a wait: since when, and when it is due.

Times are RFC 3339 in UTC with milliseconds, so that they sort as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict


def format_timestamp(at: datetime) -> str:
    """A time as it is stored: RFC 3339, UTC, milliseconds; sorts as text."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def format_minute(at: datetime) -> str:
    """The minute of a message from a reporter, as it is stored: the second would help to identify
    the connection."""
    return format_timestamp(at.replace(second=0, microsecond=0))


class DeadlineWait(BaseModel):
    """A deadline: since when, due when, and how often it has escalated."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    since: str
    due: str
    level: int = 0
    last: bool = False
    """No escalation follows: once it has passed it goes round again by itself."""
    hastened: bool = False
    """Its case became more urgent since the wait began: the sweeper sees to it when it is due, as
    the workflow knows of a later time."""


def wait_seconds(seconds: Sequence[int], level: int) -> int:
    """The seconds of a wait at a level; the last length is that of all further levels."""
    return seconds[min(level, len(seconds) - 1)]


def start_wait(at: datetime, seconds: Sequence[int], level: int = 0) -> DeadlineWait:
    """A wait that starts at `at`; `seconds` holds one length for each escalation level."""
    due = format_timestamp(at + timedelta(seconds=wait_seconds(seconds, level)))
    return DeadlineWait(
        since=format_timestamp(at), due=due, level=level, last=level >= len(seconds) - 1
    )
