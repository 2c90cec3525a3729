"""The competence of a case as staff read it: the rule's proposal, or what people decided since.

Before the referral it is the rule's present proposal, which the referral will follow unless an
analyst names another unit. Afterwards it is the record of the history.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from casework.case.case import Case
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status, moves_into
from casework.case.referral import OfficeSeat
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.pack.competence import Alternative, Competence, propose_competence, unit_competence
from casework.pack.jurisdiction import Jurisdiction

AUTOMATIC_DECIDER: Final = "automatic"
"""`decider` of an automatic proposal."""


class CompetenceView(BaseModel):
    """The unit and the prosecutor's office, with ground, rule and decider.

    Ids are those of the pack named by `pack`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    unit: str
    prosecutor: str | None = None
    """Office for the offence's class; left out where the national desk decides it."""
    court: str | None = None
    """The court of that office."""
    ground: str
    rule: str
    """The rule that names the unit; `named` where people named another one."""
    confidence: str
    """As sure as its weakest part: high, medium or low."""
    doubts: tuple[str, ...] = ()
    territory: str | None = None
    """The place of the answer."""
    territory_percent: int | None = Field(default=None, ge=0, le=100)
    """How sure the place is: 100 where a person chose it."""
    alternatives: tuple[Alternative, ...] = ()
    """Other answers with their reasons, the most likely first."""
    decider: str
    """`automatic`, or the subject of the person who confirmed or changed it."""
    decided_at: str | None = None
    """The time of the last decision; left out for a proposal."""
    pack: str
    """Version of the pack."""

    @classmethod
    def from_proposal(cls, competence: Competence) -> Self:
        """The rule's proposal."""
        return cls(**competence_to_event_data(competence), decider=AUTOMATIC_DECIDER)

    @classmethod
    def from_history(cls, pack: Jurisdiction, case: Case, events: Sequence[CaseEvent]) -> Self:
        """The record of the history, or the rule's proposal."""
        proposal = propose_case_competence(pack, case, category_read(events))
        now = cls.from_proposal(proposal)
        reviewer = named_by = AUTOMATIC_DECIDER
        sent, begun = moves_into(Status.QUEUED), moves_into(Status.IN_REVIEW)
        for event in events:
            match event.move:
                case Move.CONFIRM:
                    reviewer = event.by
                case Move.DECLINE:
                    named_by = event.by
                case Move.REFER:
                    now = cls._referred(event, reviewer)
                case move if move in sent:
                    by = named_by if move == Move.REROUTE else event.by
                    by = AUTOMATIC_DECIDER if by == SYSTEM_AUTHOR else by
                    to = unit_competence(pack, proposal, str(event.data["unit"]))
                    now = cls(**competence_to_event_data(to), decider=by, decided_at=event.at)
                case move if move in begun:
                    now = cls.from_proposal(proposal)
        return now

    @classmethod
    def _referred(cls, event: CaseEvent, reviewer: str) -> Self:
        fields = {name: value for name, value in event.data.items() if name in cls.model_fields}
        unsaid: dict[str, Any] = {"ground": "", "rule": "", "confidence": "low", "pack": ""}
        return cls.model_validate({**unsaid, **fields, "decider": reviewer, "decided_at": event.at})


def competence_to_event_data(competence: Competence) -> dict[str, Any]:
    """The stored part of a competence in an event: small, and readable under a later pack."""
    return {
        **competence.model_dump(mode="json", exclude={"pack_version", "alternatives"}),
        "alternatives": [
            each.model_dump(mode="json") for each in competence.alternatives[:MAX_RECORDED]
        ],
        "pack": competence.pack_version,
    }


MAX_RECORDED: Final = 4
"""The most alternatives that are stored."""


def propose_case_competence(
    pack: Jurisdiction, case: Case, category: str | None = None
) -> Competence:
    """The rule's proposal for a case; `category` counts where the case has none."""
    return propose_competence(
        pack,
        case.category or category,
        case.territory,
        case.country is not None,
        case.territory_percent,
        case.ground,
        case.flags,
    )


def competent_offices(pack: Jurisdiction, case: Case) -> set[OfficeSeat]:
    """The offices, each with its court, that decide on the case without a reason.

    They are the office of its unit, and further ones if the pack is not sure between offices of
    this unit. Empty if no office is known, as for cases that the national desk settles.
    """
    competence = propose_case_competence(pack, case)
    if case.referral is not None:
        competence = unit_competence(pack, competence, case.referral.unit)
    others = [each for each in competence.alternatives if each.unit == competence.unit]
    found = [(competence.prosecutor, competence.court)]
    found += [(each.prosecutor, each.court) for each in others]
    return {(office, court) for office, court in found if office and court}


def category_read(events: Sequence[CaseEvent]) -> str | None:
    """The category that the assessment uses."""
    for event in events:
        if event.move == Move.ASSESS and isinstance(event.data.get("category"), str):
            return str(event.data["category"])
    return None
