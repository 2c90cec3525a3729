"""The settings of the functions of this folder, and the time."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from casework.aws.services.settings import ReceiveSettings, RepairSettings


@cache
def receive_settings() -> ReceiveSettings:
    """The settings of the receiver."""
    return ReceiveSettings.from_environment()


@cache
def repair_settings() -> RepairSettings:
    """The settings of the repair."""
    return RepairSettings.from_environment()


def now() -> datetime:
    """The time of a call."""
    return datetime.now(UTC)
