"""Campaigns as staff see them: in a list, on the page of a case, and with their cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from casework.case.campaign import Campaign
from casework.views.desk_view import DeskView
from casework.views.lists import CaseLine

WITHOUT_UNIT_NAME: Final = "desk"
"""Stands for the unit of cases that stand with none."""


class CampaignView(DeskView, title="CampaignView"):
    """A campaign: cases of different facts that people think are of one hand."""

    id: str
    name: str
    lead: str
    """Id of the unit that leads. It may do no more with the cases of others than before."""
    begun_at: str
    ended_at: str | None = None
    """Left out while it goes on."""
    cases: int
    """How many cases people count to it, in all units."""

    @classmethod
    def from_campaign(cls, campaign: Campaign) -> Self:
        """The same for staff."""
        return cls(**campaign.model_dump())


class CampaignList(DeskView, title="CampaignList"):
    """Some campaigns, the one that began last first."""

    campaigns: tuple[CampaignView, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


class CampaignPage(DeskView, title="CampaignPage"):
    """A campaign with some of its cases."""

    campaign: CampaignView
    cases: tuple[CaseLine, ...]
    """Those of this page that exist for the reader."""
    others: Mapping[str, int] = {}
    """How many more cases are on this page that the reader may not read, by the unit they stand
    with; `desk` for those that stand with none."""
    people: Mapping[str, str] = {}
    """The names of those whom these cases name, by subject."""
    cursor: str | None = None
    """Of the next page; left out on the last."""
