"""A case on its way to a unit: which unit, on which ground, and how the delivery stands."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

OfficeSeat = tuple[str, str]
"""The id of a prosecutor's office of the pack, and that of the court it sits at."""


class DeclineReason(StrEnum):
    """Why a unit says a case is not its own."""

    OTHER_TERRITORY = "other_territory"
    OTHER_OFFENCE = "other_offence"
    ALREADY_HELD = "already_held"


class Referral(BaseModel):
    """The current transmission of a case; how the unit was found is in its `refer` event."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    hop: int
    """Counted from 1; each reroute is one more."""
    unit: str
    """Id of the unit the case is referred to."""
    failure: str = ""
    """The service's error code when telling the unit first failed; empty when it did not."""
    published_at: str = ""
    opened_at: str = ""
    """When an officer of the unit first read it."""


def can_reroute(declines: int, most: int) -> bool:
    """Whether a declined case goes to the named unit; otherwise a supervisor decides."""
    return declines <= most
