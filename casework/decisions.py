"""What people decide about a case, as they send it: the review and the acknowledgement.

A decision is taken on one version of the case, the one its author saw, and moves the case to the
next version. So at most one decision exists for each version, and history alone tells a repeated
request from one that came second: see `decision_on`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from casework import lifecycle
from casework.case import (
    Case,
    Change,
    CloseReason,
    Priority,
    acknowledged,
    confirmed,
    declined,
    rejected,
)
from casework.codes import COUNTRIES
from casework.errors import Finding
from casework.history import Event
from casework.jurisdiction import Jurisdiction
from casework.lifecycle import Move, Status
from casework.referral import DeclineReason

PackId = Annotated[str, StringConstraints(min_length=1, max_length=60)]
"""An id or code of the jurisdiction pack."""

OUTCOME: Final[dict[Move, Status]] = {
    move: status
    for moves in lifecycle.LEGAL.values()
    for move, status in moves.items()
    if move in lifecycle.DECISIONS
}
"""The status each decision leads to, whichever status it was taken in."""


def _is_country(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("country.unknown", "This is no ISO 3166-1 alpha-2 code.")
    return code


class Decision(BaseModel):
    """One decision of a person. Fields that are not known are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    move: ClassVar[Move]

    @property
    def said(self) -> dict[str, Any]:
        """What the decision's event records of it."""
        return self.model_dump(mode="json", exclude={"outcome"})

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        """What the decision names that the pack does not have; `unit` is its author's."""
        return ()

    @abstractmethod
    def change(self, case: Case, at: datetime, by: str) -> Change:
        """The decision, taken on `case`; raises IllegalMove."""

    def is_in(self, event: Event, by: str) -> bool:
        """Whether the event records this very decision by this person."""
        return (
            event.move == self.move.value
            and event.by == by
            and all(event.data.get(name) == value for name, value in self.said.items())
        )


class Confirm(Decision):
    """The facts may be an offence: what kind, how soon, where, and if need be whose."""

    move = Move.CONFIRM

    outcome: Literal["confirm"]
    category: PackId
    priority: Priority
    territory: PackId | None = None
    """A code of the pack; left out when unknown or abroad."""
    country: (
        Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_is_country)] | None
    ) = None
    """ISO 3166-1 alpha-2, when the facts are abroad."""
    unit: PackId | None = None
    """A unit instead of the one the rule of competence names."""

    @model_validator(mode="after")
    def _is_in_one_place(self) -> Confirm:
        if self.territory is not None and self.country is not None:
            raise PydanticCustomError("place.two", "Give a territory or a country, not both.")
        return self

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        found = []
        if self.category not in pack.categories:
            found.append(
                Finding("#/category", "category.unknown", "This category is not in the list.")
            )
        if self.territory is not None and self.territory not in pack.territories:
            found.append(
                Finding("#/territory", "territory.unknown", "This place is not in the list.")
            )
        if self.unit is not None and self.unit not in pack.units:
            found.append(Finding("#/unit", "unit.unknown", "This unit is not in the list."))
        return tuple(found)

    def change(self, case: Case, at: datetime, by: str) -> Change:
        return confirmed(
            case,
            at,
            by,
            category=self.category,
            priority=self.priority,
            territory=self.territory,
            country=self.country,
            unit=self.unit,
        )


class Reject(Decision):
    """The case ends here, for a reason that can be told."""

    move = Move.REJECT

    outcome: Literal["reject"]
    reason: CloseReason

    def change(self, case: Case, at: datetime, by: str) -> Change:
        return rejected(case, at, by, self.reason)


class Accept(Decision):
    """The unit takes the case."""

    move = Move.ACKNOWLEDGE

    outcome: Literal["accept"]

    def change(self, case: Case, at: datetime, by: str) -> Change:
        return acknowledged(case, at, by)


class Decline(Decision):
    """The unit says why the case is not its own and whose it is."""

    move = Move.DECLINE

    outcome: Literal["decline"]
    reason: DeclineReason
    competent_unit: PackId

    @property
    def said(self) -> dict[str, Any]:
        return {"reason": self.reason.value, "named": self.competent_unit}

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        if self.competent_unit not in pack.units:
            return (Finding("#/competent_unit", "unit.unknown", "This unit is not in the list."),)
        if self.competent_unit == unit:
            return (
                Finding("#/competent_unit", "unit.own", "Name the unit that is competent instead."),
            )
        return ()

    def change(self, case: Case, at: datetime, by: str) -> Change:
        return declined(case, at, by, reason=self.reason, named=self.competent_unit)


class ReviewDecision(RootModel[Annotated[Confirm | Reject, Field(discriminator="outcome")]]):
    """What an analyst or a supervisor decides at review."""


class Acknowledgement(RootModel[Annotated[Accept | Decline, Field(discriminator="outcome")]]):
    """What a unit answers to a referral."""


def decision_on(events: Iterable[Event], etag: str) -> Event | None:
    """The event of the decision that was taken on the version with this ETag, if any was.

    Versions are counted again from the history: each event that moves the case is one more.
    """
    version = 0
    for event in events:
        if event.move in lifecycle.NOTES:
            continue
        if entity_tag(version) == etag:
            return event if event.move in lifecycle.DECISIONS else None
        version += 1
    return None


def entity_tag(version: int) -> str:
    """A decision version as an HTTP entity tag, as `Case.etag` writes it."""
    return f'"{version}"'


def next_tag(etag: str) -> str:
    """The ETag of the version after this one, of a version that exists."""
    return entity_tag(int(etag.strip('"')) + 1)
