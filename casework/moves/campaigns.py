"""People count a case to a campaign, say what holds of the campaign, and take the case out again.

Each is a note: no decision depends on it, and the case stays as it is and where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from casework.case.campaign import CAMPAIGN_FIELD, ENDED_FIELD, LEAD_FIELD, Campaign
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import Particulars
from casework.case.lifecycle import Move, is_legal_move, next_status
from casework.errors import OtherCaseUnfit


def mark_same_campaign(
    case: Case,
    campaign: Campaign,
    at: datetime,
    by: str,
    name: Mapping[str, Any],
    other: Case | None = None,
) -> Change | None:
    """The case is of the campaign, and so is the other one, which looks like it: neither is
    suggested to the other any more, until a further report does so. None where nothing is new.

    `name` is that of the campaign, as particulars of the entries. Raises IllegalMove, and
    OtherCaseUnfit where one of them is of another campaign, or the other cannot be marked.
    """
    next_status(case.status, Move.SAME_CAMPAIGN)
    if other is not None and (
        other.id == case.id or not is_legal_move(other.status, Move.SAME_CAMPAIGN)
    ):
        raise OtherCaseUnfit("The other case is part of another one, is erased, or is this one.")
    both = (case,) if other is None else (case, other)
    if any(each.campaign not in (None, campaign.id) for each in both):
        raise OtherCaseUnfit("It is of another campaign: take it out there first.")
    known = all(each.campaign == campaign.id for each in both)
    if known and not (other and (_suggests(case, other) or _suggests(other, case))):
        return None
    here = _counted(case, campaign, at, by, name, other)
    return (
        here
        if other is None
        else replace(here, beside=(_counted(other, campaign, at, by, name, case),))
    )


def change_campaign(
    case: Case, campaign: Campaign, at: datetime, by: str, name: Mapping[str, Any]
) -> Change:
    """What holds of the campaign of the case from now on, said from this case."""
    data: dict[str, JsonValue] = {
        CAMPAIGN_FIELD: campaign.id,
        LEAD_FIELD: campaign.lead,
        ENDED_FIELD: campaign.ended_at is not None,
    }
    return Change.from_move(
        case, Move.CAMPAIGN_CHANGED, at, by, data, particulars=Particulars(name)
    )


def leave_campaign(case: Case, at: datetime, by: str) -> Change | None:
    """The case is of no campaign any more; None where it is of none."""
    if case.campaign is None:
        return None
    data: dict[str, JsonValue] = {CAMPAIGN_FIELD: case.campaign}
    return Change.from_move(case, Move.LEAVE_CAMPAIGN, at, by, data, campaign=None)


def _suggests(case: Case, other: Case) -> bool:
    return any(each.case == other.id for each in case.suggestions)


def _counted(
    case: Case,
    campaign: Campaign,
    at: datetime,
    by: str,
    name: Mapping[str, Any],
    other: Case | None,
) -> Change:
    left = tuple(each for each in case.suggestions if other is None or each.case != other.id)
    return Change.from_move(
        case,
        Move.SAME_CAMPAIGN,
        at,
        by,
        {CAMPAIGN_FIELD: campaign.id, LEAD_FIELD: campaign.lead},
        particulars=Particulars(name),
        campaign=campaign.id,
        suggestions=left,
    )
