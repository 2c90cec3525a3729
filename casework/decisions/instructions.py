"""The prosecutor's decisions, as the office gives them here or the unit enters them, and the end.

Each instruction is dated, names the office that gave it and carries its reference. It fits the time
and the place of its case, or says why another office gave it. Its event holds `instruction` with
the kind: the ledger of a case is its events with this field, of any move. An entry
is never changed: a later one annuls it. It says who made it: `by_prosecutor`, signed in anew, or
`entered_by_officer` of what the office wrote. Acts of inquiry wait while the pack's gate is shut.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from casework.case.admission import LAST_SEEN_REPORT_FIELD
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import CaseId
from casework.case.history import CORRECTS_FIELD, CaseEvent, Particulars, valid_entries
from casework.case.lifecycle import Move, Status, moves_where
from casework.case.rule_types import EntrySubject
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.case.value_objects import CloseReason
from casework.decisions.base import (
    LAST_SEEN_ENTRY_FIELD,
    Decision,
    DecisionContext,
    PackId,
    ReasonText,
    SeesReports,
    UnionBody,
    reason_particulars,
)
from casework.decisions.document_number import DocumentNumber
from casework.decisions.pack_names import KNOWN_UNIT
from casework.decisions.prosecutor_notification import retract_notification
from casework.errors import (
    AuthorisationAwaited,
    Finding,
    IllegalMove,
    NotAllowed,
    NotValid,
    TooMany,
)
from casework.moves import inquiry, merges, referrals
from casework.moves.closures import list_closure_reasons
from casework.pack.competence_view import competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.time_zones import same_local_hour
from casework.text.allowed_text import require_visible_text


class Given(StrEnum):
    """How a decision of the prosecutor came into the case."""

    BY_PROSECUTOR = "by_prosecutor"
    """A prosecutor of the office gave it at the desk, soon after signing in."""
    ENTERED = "entered_by_officer"
    """An officer of the unit entered what the office decided elsewhere."""


INSTRUCTION_DOCUMENT_FIELD: Final = "document"
"""In the data of an entry: SHA-256 of the document by which the office decided."""

WORDING_FIELD: Final = "wording"
CONDITIONS_FIELD: Final = "conditions"
"""In the particulars of an entry of a decision: what it says, and on which conditions. The words
may name a person, so they are kept beside the history."""

WordingText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000),
    AfterValidator(require_visible_text),
]
ConditionsText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
    AfterValidator(require_visible_text),
]

INSTRUCTION_GIVEN_FIELD: Final = "given"
"""In the data of an entry of a decision: how it came into the case."""


class Document(BaseModel):
    """The document by which the office decided, as far as an entry tells of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    """Of the file. It may name a person, so it is kept beside the history."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of its bytes, in hexadecimal digits."""


MAX_INSTRUCTIONS: Final = 50
"""Of one case."""


class FromProsecutor(SeesReports):
    """The office, the time and the number of a decision."""

    prosecutor: PackId
    """Id of a prosecutor's office of the pack."""
    court: PackId
    """Id of the court it sits at."""
    decided_on: date
    reference: DocumentNumber
    other_office: ReasonText | None = None
    """Why the decision is another office's than the one competent for the case; needed where it
    is."""

    document: Document | None = None
    """Where an officer enters what the office wrote: the file that it is in."""

    @property
    def particulars(self) -> dict[str, Any] | None:
        about = {INSTRUCTION_DOCUMENT_FIELD: self.document.name} if self.document else {}
        return {**(reason_particulars(self.other_office) or {}), **about} or None

    @property
    def because(self) -> Particulars | None:
        """The same, as they are kept beside the history."""
        said = self.particulars
        return Particulars(said) if said else None

    @property
    def document_data(self) -> dict[str, Any]:
        """The part of its entry that tells of the document: its digest alone."""
        return {INSTRUCTION_DOCUMENT_FIELD: self.document.sha256} if self.document else {}

    def refuse_other_author(self, context: DecisionContext) -> None:
        """A prosecutor decides for the own office; there is no other document.

        Raises NotValid.
        """
        if context.seat is None:
            return
        found = []
        if (self.prosecutor, self.court) != context.seat:
            found.append(
                Finding("#/prosecutor", "prosecutor.other", "You decide for your own office.")
            )
        if self.document is not None:
            found.append(
                Finding("#/document", "document.given", "What you decide here needs no document.")
            )
        if found:
            raise NotValid("Some fields cannot be accepted.", findings=found)

    def findings(self, pack: Jurisdiction, unit: str | None) -> tuple[Finding, ...]:
        return (*self._no_such_office(pack), *super().findings(pack, unit))

    def _no_such_office(self, pack: Jurisdiction) -> tuple[Finding, ...]:
        offices = {office.id: office for office in pack.facts.prosecutors.values()}
        court = pack.courts.get(self.court)
        if self.prosecutor not in offices:
            return (
                Finding("#/prosecutor", "prosecutor.unknown", "This office is not in the list."),
            )
        if court is None or court.level != offices[self.prosecutor].court_level:
            return (Finding("#/court", "court.unknown", "This office does not sit at this court."),)
        return ()

    def refuse_unfit(self, case: Case, at: datetime, context: DecisionContext) -> None:
        """Refuse a decision from before the case was opened, from the future, or of another office
        without a reason."""
        found = []
        if self.decided_on > context.local_day(at):
            found.append(Finding("#/decided_on", "date.future", "This day is still to come."))
        if self.decided_on < context.local_day(datetime.fromisoformat(case.opened_at)):
            found.append(
                Finding("#/decided_on", "date.early", "The case was opened after this day.")
            )
        competent = competent_offices(context.pack, case) if context.pack else set()
        if competent and (self.prosecutor, self.court) not in competent and not self.other_office:
            found.append(
                Finding(
                    "#/other_office",
                    "office.other",
                    "This office is not the one competent for the case: say why it decided.",
                )
            )
        if found:
            raise NotValid("Some fields cannot be accepted.", findings=found)

    def with_notice(
        self, change: Change, kind: str, at: datetime, context: DecisionContext
    ) -> Change:
        """The decision, and the notice that one of this kind owes an identified complainant.

        Its time runs from the day of the decision, however late it is entered.
        """
        return context.owed_notice(change, kind, same_local_hour(at, self.decided_on, context.zone))


class Instruction(FromProsecutor):
    """One decision of the prosecutor."""

    kind: str
    wording: WordingText | None = None
    """What the office decided, in its own words."""

    @property
    def particulars(self) -> dict[str, Any] | None:
        words = {WORDING_FIELD: self.wording} if self.wording else {}
        return {**(super().particulars or {}), **words} or None

    @property
    def event_data(self) -> dict[str, Any]:
        left_out = {
            "kind",
            "other_office",
            "document",
            WORDING_FIELD,
            CONDITIONS_FIELD,
            LAST_SEEN_REPORT_FIELD,
            LAST_SEEN_ENTRY_FIELD,
        }
        fields = self.model_dump(mode="json", exclude=left_out)
        return {"instruction": self.kind, **fields, **self.document_data}

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if sum(1 for _ in list_instructions(context.events())) >= MAX_INSTRUCTIONS:
            raise TooMany(f"A case takes at most {MAX_INSTRUCTIONS} decisions of the prosecutor.")
        self.refuse_other_author(context)
        entered = self.enter_change(case, at, by, context)
        self.refuse_unfit(case, at, context)
        return self.with_notice(entered, self.kind, at, context).with_data(
            INSTRUCTION_GIVEN_FIELD, decision_channel(context)
        )

    def enter_change(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        """The decision entered into the case, by the move of its kind."""
        return inquiry.record_instruction(
            case, self.move, at, by, self.event_data, because=self.because
        )


def decision_channel(context: DecisionContext) -> str:
    """How a decision of its author comes into the case."""
    return (Given.BY_PROSECUTOR if context.seat else Given.ENTERED).value


class Authorise(Instruction):
    """The inquiry may begin."""

    move: ClassVar[Move] = Move.AUTHORISE
    other_moves: ClassVar[frozenset[Move]] = frozenset({Move.INSTRUCT})
    kind: Literal["authorise"]
    conditions: ConditionsText | None = None
    """What the unit must keep to: until when, by which means, with which report back."""

    @property
    def particulars(self) -> dict[str, Any] | None:
        said = {CONDITIONS_FIELD: self.conditions} if self.conditions else {}
        return {**(super().particulars or {}), **said} or None

    def enter_change(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        awaited = case.status.rule.awaits_authorisation
        move = Move.AUTHORISE if awaited else Move.INSTRUCT
        return inquiry.record_instruction(
            case,
            move,
            at,
            by,
            self.event_data,
            authorises=True,
            because=self.because,
        )


class OrderChecks(Instruction):
    """Checks of seriousness first; they are no inquiry."""

    move: ClassVar[Move] = Move.CHECK
    kind: Literal["order_checks"]


class Inquire(Instruction):
    """Investigate, or complete the inquiry."""

    move: ClassVar[Move] = Move.INSTRUCT
    kind: Literal["investigate", "complete"]


class JoinCases(Instruction):
    """The case is joined to another one: its reports and identifiers move there."""

    move: ClassVar[Move] = Move.MERGE
    kind: Literal["join"]
    into: CaseId

    def enter_change(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if case.status is Status.IN_REVIEW:
            raise IllegalMove("A case under review is merged by its review.")
        into = context.case(self.into)
        because = self.because
        return merges.merge_case(case, into, at, by, self.event_data, context.clocks, because)


class Transfer(Instruction):
    """The case goes to another unit."""

    move: ClassVar[Move] = Move.TRANSFER
    kind: Literal["transfer"]
    unit: Annotated[PackId, KNOWN_UNIT]

    def enter_change(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return referrals.transfer_case(
            case, at, by, unit=self.unit, data=self.event_data, because=self.because
        )


class CloseCase(Instruction):
    """The prosecutor ends the case; complainants may contest that."""

    move: ClassVar[Move] = Move.CLOSE
    ends: ClassVar[bool] = True
    kind: Literal["close"]
    ground: Literal[
        "no_offence", "insufficient_evidence", "unknown_offender", "prescription", "other"
    ]

    def enter_change(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if case.status.rule.awaits_authorisation:
            raise AuthorisationAwaited(
                "The prosecutor has not authorised an inquiry; one that refuses it ends the case "
                "through its closure."
            )
        appeal = context.procedure.appeal
        return inquiry.close_by_unit(
            case,
            at,
            by,
            CloseReason.CLOSED_BY_PROSECUTOR,
            {**self.event_data, "appeal": appeal.to if appeal else None},
            retention_seconds=context.retention_seconds(case),
            because=self.because,
        )


class Annul(Decision):
    """An entry of the ledger, or that the prosecutor was informed, is no longer valid: it was an
    error, or the prosecutor took it back. Acts based on it remain."""

    move: ClassVar[Move] = Move.ANNUL
    kind: Literal["annul"]
    entry: Annotated[int, Field(ge=1, le=999_999)]
    """Number of the entry, as the ledger of the case tells it."""
    reason: ReasonText

    @property
    def event_data(self) -> dict[str, Any]:
        return {CORRECTS_FIELD: self.entry}

    @property
    def particulars(self) -> dict[str, Any] | None:
        return reason_particulars(self.reason)

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        events = context.events()
        if case.informed_by_unit is not None and case.informed_by_unit.entry == self.entry:
            valid = valid_entries(events) - {self.entry}
            answered = any(each.number in valid for each in list_instructions(events))
            return retract_notification(
                case, at, by, context, answered, context.reason_particulars(self.reason)
            )
        entry = next(
            (each for each in list_instructions(events) if each.number == self.entry), None
        )
        if entry is None:
            finding = Finding("#/entry", "entry.unknown", "The ledger has no such entry.")
            raise NotValid("Some fields cannot be accepted.", findings=[finding])
        if (
            context.seat is None
            and entry.data.get(INSTRUCTION_GIVEN_FIELD) == Given.BY_PROSECUTOR.value
        ):
            raise NotAllowed("A prosecutor gave it here: the office takes it back.")
        valid = valid_entries(events)
        if self.entry not in valid:
            raise IllegalMove("The entry is annulled already.")
        if entry.move not in ANNULLABLE_MOVES:
            raise IllegalMove(
                "An instruction that led the case elsewhere is not annulled here; an end that was "
                "none is withdrawn at `closure/withdrawal`."
            )
        return inquiry.annul_entry(
            case,
            at,
            by,
            self.entry,
            because=context.reason_particulars(self.reason),
            notice=notice_owed_without(case, self.entry, events, context),
            instructed=any(
                each.number in valid - {self.entry} for each in list_instructions(events)
            ),
            clocks=context.clocks,
        )


ANNULLABLE_MOVES: Final = moves_where(lambda law: law.about is EntrySubject.INSTRUCTION)
"""Moves of instructions that a later entry annuls."""


def annulments_by_entry(events: Sequence[CaseEvent]) -> dict[int, CaseEvent]:
    """The entries of a case that hold no more, by number, with the entry that annuls each."""
    held = valid_entries(events)
    return {
        int(str(event.data[CORRECTS_FIELD])): event
        for event in events
        if CORRECTS_FIELD in event.data and event.number in held
    }


def notice_owed_without(
    case: Case, entry: int, events: Sequence[CaseEvent], context: DecisionContext
) -> DeadlineWait | None:
    """The notice that is owed once an entry is annulled: of the first valid decision since the last
    notice."""
    if case.notice is None:
        return None
    first = first_notice_due(entry, events, context)
    if first is None:
        return None
    kept = format_timestamp(first) == case.notice.since
    return case.notice if kept else start_wait(first, context.procedure.notice.seconds)


def first_notice_due(
    entry: int, events: Sequence[CaseEvent], context: DecisionContext
) -> datetime | None:
    """When the first decision was taken that holds without an entry, and that the complainant was
    not told of since; None without one."""
    valid = valid_entries(events) - {entry}
    given = last_notice(events, valid)
    decided = [
        _decided_at(each, context)
        for each in events
        if each.number > given
        and each.number in valid
        and "decided_on" in each.data
        and each.data.get("instruction", "close") in context.procedure.notice.after
    ]
    return min(decided, default=None)


def last_notice(events: Sequence[CaseEvent], held: Collection[int]) -> int:
    """The last entry among those that hold by which the complainant was told; 0 for none."""
    told = (each.number for each in events if each.move == Move.NOTICE and each.number in held)
    return max(told, default=0)


def _decided_at(entry: CaseEvent, context: DecisionContext) -> datetime:
    """When the notice of an entry begins to be owed: on the day of the decision."""
    at = datetime.fromisoformat(entry.at)
    return same_local_hour(at, date.fromisoformat(str(entry.data["decided_on"])), context.zone)


class InstructionEntry(UnionBody):
    """A decision of the prosecutor, as the office gives it or the unit enters it, or that an
    earlier entry is annulled."""

    root: Annotated[
        Authorise | OrderChecks | Inquire | JoinCases | Transfer | CloseCase | Annul,
        Field(discriminator="kind"),
    ]


class Closure(FromProsecutor):
    """The unit's work on the case ends."""

    move: ClassVar[Move] = Move.CLOSE
    ends: ClassVar[bool] = True
    reason: Literal["sent_to_court", "sent_abroad", "authorisation_refused"]

    @property
    def event_data(self) -> dict[str, Any]:
        said = self.model_dump(
            mode="json",
            exclude={"other_office", "document", LAST_SEEN_REPORT_FIELD, LAST_SEEN_ENTRY_FIELD},
        )
        return {**said, **self.document_data}

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        reason = CloseReason(self.reason)
        by_office = context.seat is not None
        if by_office and reason is not CloseReason.AUTHORISATION_REFUSED:
            raise NotAllowed("The unit ends its own work: a prosecutor closes the case instead.")
        self.refuse_other_author(context)
        if reason not in list_closure_reasons(case, by_office=by_office):
            if case.status.rule.awaits_authorisation:
                raise AuthorisationAwaited("The prosecutor's authorisation comes first.")
            raise IllegalMove("A case that stands there does not end for this reason.")
        ended = inquiry.close_by_unit(
            case,
            at,
            by,
            reason,
            self.event_data,
            retention_seconds=context.retention_seconds(case),
            because=self.because,
        )
        self.refuse_unfit(case, at, context)
        return self.with_notice(ended, "close", at, context).with_data(
            INSTRUCTION_GIVEN_FIELD, decision_channel(context)
        )


class GiveNotice(Decision):
    """The complainant, the victim or a lawyer was told of the prosecutor's decision."""

    move: ClassVar[Move] = Move.NOTICE
    told: Literal["complainant", "victim", "lawyer"]
    means: Literal["letter", "telephone", "in_person", "message"]

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        if case.notice is None:
            raise IllegalMove("No notice is owed.")
        noticed = case.events + 1
        return Change.from_move(
            case, self.move, at, by, self.event_data, notice=None, noticed=noticed
        )


def list_instructions(events: Iterable[CaseEvent]) -> list[CaseEvent]:
    """The prosecutor's instructions among the events of a case, oldest first."""
    return [event for event in events if "instruction" in event.data]
