"""The prosecutor's decisions as the unit enters them, and the end.

Each instruction is dated, names the office that gave it and carries its reference. Its event
holds `instruction` with the kind: the ledger of a case is its events that have one, whichever
move they made. Acts of inquiry wait for the authorisation where the pack's gate is shut.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, RootModel, StringConstraints

from casework.admission import SHOWN
from casework.case import Case, CloseReason, Danger
from casework.change import Change
from casework.decision import NOTHING, Decision, Known, PackId, Showing
from casework.errors import AuthorisationAwaited, Finding, IllegalMove, NotValid
from casework.history import Event
from casework.journey import CaseId
from casework.jurisdiction import Jurisdiction
from casework.lifecycle import Move, Status
from casework.moves import inquiry, merging, referring, running

ActReference = Annotated[
    str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z][0-9A-Za-z/._ -]*$")
]
"""The number under which the prosecutor's office keeps its decision."""


class FromProsecutor(Showing):
    """Who decided, when, under which number."""

    prosecutor: PackId
    """Id of a prosecutor's office of the pack."""
    court: PackId
    """Id of the court it sits at."""
    decided_on: date
    reference: ActReference

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        offices = {office.id: office for office in pack.facts.prosecutors.values()}
        court = pack.courts.get(self.court)
        if self.prosecutor not in offices:
            return (
                Finding("#/prosecutor", "prosecutor.unknown", "This office is not in the list."),
            )
        if court is None or court.level != offices[self.prosecutor].court_level:
            return (Finding("#/court", "court.unknown", "This office does not sit at this court."),)
        return ()

    def dated(self, at: datetime, known: Known) -> None:
        """Refuse a decision that is not of the past."""
        if self.decided_on > known.day_of(at):
            finding = Finding("#/decided_on", "date.future", "This day is still to come.")
            raise NotValid("Some fields cannot be accepted.", findings=[finding])

    def noticed(self, change: Change, kind: str, at: datetime, known: Known) -> Change:
        """The decision, and the notice that one of this kind owes an identified complainant.

        Its time runs from the day of the decision, however late it is entered.
        """
        return known.owed_notice(change, kind, at - (known.day_of(at) - self.decided_on))


class Instruction(FromProsecutor):
    """One decision of the prosecutor."""

    kind: str

    @property
    def said(self) -> dict[str, Any]:
        fields = self.model_dump(mode="json", exclude={"kind", SHOWN})
        return {"instruction": self.kind, **fields}

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        self.dated(at, known)
        return self.noticed(self.entered(case, at, by, known), self.kind, at, known)

    @abstractmethod
    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        """The decision entered into the case."""

    def is_in(self, event: Event, by: str) -> bool:
        """By its kind: one kind may make several moves."""
        return (
            event.by == by
            and event.data.get(SHOWN, self.shown) == self.shown
            and all(event.data.get(name) == value for name, value in self.said.items())
        )


class Authorise(Instruction):
    """The inquiry may begin."""

    move: ClassVar[Move] = Move.AUTHORISE
    kind: Literal["authorise"]

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        awaited = case.status is Status.AWAITING_AUTHORISATION
        move = Move.AUTHORISE if awaited else Move.INSTRUCT
        return inquiry.instructed(case, move, at, by, self.said)


class OrderChecks(Instruction):
    """Checks of seriousness first; they are no inquiry."""

    move: ClassVar[Move] = Move.CHECK
    kind: Literal["order_checks"]

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return inquiry.instructed(case, self.move, at, by, self.said)


class Inquire(Instruction):
    """Investigate, or complete what was done."""

    move: ClassVar[Move] = Move.INSTRUCT
    kind: Literal["investigate", "complete"]

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return inquiry.instructed(case, self.move, at, by, self.said)


class JoinCases(Instruction):
    """The case is joined to another one: its reports and identifiers move there."""

    move: ClassVar[Move] = Move.MERGE
    kind: Literal["join"]
    into: CaseId

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        if case.status is Status.IN_REVIEW:
            raise IllegalMove("A case under review is merged by its review.")
        return merging.merged(case, known.case(self.into), at, by, self.said, known.clocks)


class Transfer(Instruction):
    """The case goes to another unit."""

    move: ClassVar[Move] = Move.TRANSFER
    kind: Literal["transfer"]
    unit: PackId

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        found = super().findings(pack, unit)
        if self.unit not in pack.units:
            return (*found, Finding("#/unit", "unit.unknown", "This unit is not in the list."))
        return found

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return referring.transferred(case, at, by, unit=self.unit, data=self.said)


class CloseCase(Instruction):
    """The prosecutor ends the case; who complained may contest that."""

    move: ClassVar[Move] = Move.CLOSE
    ends: ClassVar[bool] = True
    kind: Literal["close"]
    ground: Literal[
        "no_offence", "insufficient_evidence", "unknown_offender", "prescription", "other"
    ]

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        if case.status is Status.AWAITING_AUTHORISATION:
            raise AuthorisationAwaited(
                "The prosecutor has not authorised an inquiry; one that refuses it ends the case "
                "through its closure."
            )
        appeal = known.procedure.appeal
        return inquiry.ended(
            case,
            at,
            by,
            CloseReason.CLOSED_BY_PROSECUTOR,
            {**self.said, "appeal": appeal.to if appeal else None},
            retention_seconds=known.retention_seconds(case),
        )


class InstructionEntry(
    RootModel[
        Annotated[
            Authorise | OrderChecks | Inquire | JoinCases | Transfer | CloseCase,
            Field(discriminator="kind"),
        ]
    ]
):
    """A decision of the prosecutor, as the unit enters it."""


class Closure(FromProsecutor):
    """The unit's work on the case ends."""

    move: ClassVar[Move] = Move.CLOSE
    ends: ClassVar[bool] = True
    reason: Literal["sent_to_court", "sent_abroad", "authorisation_refused"]

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        self.dated(at, known)
        refused = self.reason == CloseReason.AUTHORISATION_REFUSED.value
        if case.status is Status.AWAITING_AUTHORISATION and not refused:
            raise AuthorisationAwaited("The prosecutor's authorisation comes first.")
        if case.status is Status.ACKNOWLEDGED and refused:
            raise IllegalMove("No authorisation is awaited.")
        ended = inquiry.ended(
            case,
            at,
            by,
            CloseReason(self.reason),
            self.said,
            retention_seconds=known.retention_seconds(case),
        )
        return self.noticed(ended, "close", at, known)


class PassGate(Decision):
    """The unit may not wait for the authorisation: danger is imminent."""

    move: ClassVar[Move] = Move.PASS
    danger: Literal["life", "child", "attack"]

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        if not known.gate.danger_passes:
            raise AuthorisationAwaited("Not even danger passes the gate of this jurisdiction.")
        return inquiry.passed(case, at, by, Danger(self.danger))


class GiveNotice(Decision):
    """The complainant, the victim or a lawyer was told of the prosecutor's decision."""

    move: ClassVar[Move] = Move.NOTICE
    told: Literal["complainant", "victim", "lawyer"]
    means: Literal["letter", "telephone", "in_person", "message"]

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        return inquiry.notified(case, at, by, self.said)


class Reassign(Decision):
    """A supervisor gives the case to another unit."""

    move: ClassVar[Move] = Move.REASSIGN
    unit: PackId

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        if self.unit in pack.units:
            return ()
        return (Finding("#/unit", "unit.unknown", "This unit is not in the list."),)

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        return referring.transferred(case, at, by, unit=self.unit, data={}, move=self.move)


class Retry(Decision):
    """The workflow of a stuck case tries again."""

    move: ClassVar[Move] = Move.RETRY

    def change(self, case: Case, at: datetime, by: str, known: Known = NOTHING) -> Change:
        return running.retried(case, at, by)


def ledger(events: Iterable[Event]) -> list[Event]:
    """The prosecutor's instructions among the events of a case, oldest first."""
    return [event for event in events if "instruction" in event.data]
