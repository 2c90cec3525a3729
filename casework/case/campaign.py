"""A campaign: cases of different facts that people think are of one hand, in several units.

It joins nothing and merges nothing: each case stays with its unit, and nobody reads more because of
it. A campaign has a name, and a unit that leads.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from casework.text.allowed_text import require_visible_text

MAX_CAMPAIGN_NAME_LENGTH: Final = 80
CAMPAIGN_ID_PATTERN: Final = re.compile(r"K-[0-9]{14}-[0-9A-F]{8}")
CAMPAIGN_FIELD: Final = "campaign"
"""In the data of an entry: the id of the campaign that it is about."""
LEAD_FIELD: Final = "lead"
"""In the data of an entry: the unit that leads."""
ENDED_FIELD: Final = "ended"
"""In the data of an entry: whether the campaign is over."""

CampaignId = Annotated[str, StringConstraints(pattern=f"^{CAMPAIGN_ID_PATTERN.pattern}$")]
CampaignName = Annotated[
    str,
    StringConstraints(min_length=3, max_length=MAX_CAMPAIGN_NAME_LENGTH),
    AfterValidator(require_visible_text),
]
"""It names what the cases have in common, and no person: no erasure of a case reaches it."""


class Campaign(BaseModel):
    """A campaign as it is kept. The entries of its cases tell who began it and changed it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    name: str
    lead: str
    """Id of the unit in the pack that leads."""
    begun_at: str
    ended_at: str | None = None
    cases: int = 0
    """How many cases people count to it."""


def new_campaign_id(at: datetime) -> str:
    """A new id; ids sort by the second in which they were made."""
    return f"K-{at:%Y%m%d%H%M%S}-{secrets.token_hex(4).upper()}"
