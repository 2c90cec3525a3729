"""The prosecutor is informed of a case: the unit records it, the office confirms the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent, Particulars, valid_entries
from casework.case.lifecycle import Move
from casework.case.value_objects import ProsecutorNotice
from casework.decisions.base import (
    Decision,
    DecisionContext,
    PackId,
    ReasonText,
    reason_particulars,
)
from casework.errors import Finding, IllegalMove, NotAllowed, NotValid, TooMany
from casework.moves import prosecutor_notification
from casework.pack.competence_view import competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.offices import list_seats

MAX_INFORMED = 50
"""Of one case."""


class Inform(Decision):
    """The unit informed the prosecutor, and handed the dossier over."""

    move: ClassVar[Move] = Move.INFORM
    prosecutor: PackId
    """Id of a prosecutor's office of the pack."""
    court: PackId
    """Id of the court it sits at."""
    informed_on: date
    means: Literal["in_person", "letter", "telephone", "message", "here"]
    """`here`: the office reads the case at this desk, so it is one that is competent for it."""
    export: Annotated[int, Field(ge=1, le=999_999)] | None = None
    """Number of the entry by which the dossier that was handed over was taken. Leave it out where
    `digest` names the dossier."""
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    """SHA-256 of the dossier that was handed over, in hexadecimal digits."""
    other_office: ReasonText | None = None
    """Why another office than the one competent for the case was informed; needed where it was."""

    @property
    def event_data(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"other_office"}, exclude_none=True)

    @property
    def particulars(self) -> dict[str, Any] | None:
        return reason_particulars(self.other_office)

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        if (self.prosecutor, self.court) in list_seats(pack):
            return ()
        return (Finding("#/court", "court.unknown", "No such office sits at this court."),)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        events = context.events()
        if sum(1 for each in events if each.move == Move.INFORM) >= MAX_INFORMED:
            raise TooMany(f"The prosecutor is informed of a case at most {MAX_INFORMED} times.")
        seat, because = (self.prosecutor, self.court), context.reason_particulars(self.other_office)
        change = prosecutor_notification.record_informed(
            case, at, by, self.event_data, seat, context.clocks, because
        )
        if found := list(self._unfit(case, at, context)):
            raise NotValid("Some fields cannot be accepted.", findings=found)
        return change

    def _unfit(self, case: Case, at: datetime, context: DecisionContext) -> list[Finding]:
        found = []
        if self.informed_on > context.local_day(at):
            found.append(Finding("#/informed_on", "date.future", "This day is still to come."))
        if self.informed_on < context.local_day(datetime.fromisoformat(case.opened_at)):
            found.append(
                Finding("#/informed_on", "date.early", "The case was opened after this day.")
            )
        if self.export is None and self.digest is None:
            found.append(
                Finding("#/export", "dossier.unnamed", "Name the dossier that was handed over.")
            )
        taken = {each.number for each in context.events() if each.move == Move.EXPORT}
        if self.export is not None and self.export not in taken:
            found.append(
                Finding("#/export", "entry.unknown", "No dossier was taken by this entry.")
            )
        competent = competent_offices(context.pack, case) if context.pack else set()
        if self.means == "here" and (self.prosecutor, self.court) not in competent:
            found.append(
                Finding(
                    "#/means",
                    "office.elsewhere",
                    "This office does not see the case at this desk: name the means by which the "
                    "dossier was handed over.",
                )
            )
        if competent and (self.prosecutor, self.court) not in competent and not self.other_office:
            found.append(
                Finding(
                    "#/other_office",
                    "office.other",
                    "This office is not the one competent for the case: say why it was informed.",
                )
            )
        return found


class ConfirmReceipt(Decision):
    """The dossier came to the prosecutor's office."""

    move: ClassVar[Move] = Move.RECEIPT
    entry: Annotated[int, Field(ge=1, le=999_999)]
    """Number of the entry by which the unit handed it over."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        change = prosecutor_notification.confirm_dossier_receipt(case, at, by)
        handed = case.informed_by_unit
        if handed is None or handed.entry != self.entry:
            raise IllegalMove("The dossier was handed over anew since: name the last entry.")
        if context.seat != (handed.prosecutor, handed.court):
            raise NotAllowed("The dossier was handed to another office.")
        return change


def retract_notification(
    case: Case,
    at: datetime,
    by: str,
    context: DecisionContext,
    answered: bool,
    because: Particulars | None,
) -> Change:
    """The unit's last entry that it informed an office was an error; `answered` says whether an
    office decided all the same. Raises NotAllowed for a prosecutor."""
    if context.seat is not None:
        raise NotAllowed("The unit informed the office, and takes that back.")
    entry = case.informed_by_unit.entry if case.informed_by_unit else 0
    before = _informed_before(case, entry, context.events())
    return prosecutor_notification.retract_informed(
        case, at, by, entry, before, because=because, answered=answered, clocks=context.clocks
    )


def _informed_before(
    case: Case, entry: int, events: Sequence[CaseEvent]
) -> ProsecutorNotice | None:
    """That the unit of a case informed an office since it took the case, and before an entry."""
    valid = valid_entries(events)
    took = max((each.number for each in events if each.move == Move.ACKNOWLEDGE), default=0)
    earlier = [
        each
        for each in events
        if took < each.number < entry and each.number in valid and each.move == Move.INFORM
    ]
    if not earlier or case.referral is None:
        return None
    last = earlier[-1]
    receipts = (
        each.at
        for each in events
        if each.move == Move.RECEIPT and each.data.get("entry") == last.number
    )
    return ProsecutorNotice(
        unit=case.referral.unit,
        prosecutor=str(last.data["prosecutor"]),
        court=str(last.data["court"]),
        entry=last.number,
        at=last.at,
        received_at=next(receipts, ""),
    )
