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

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.case.admission import SHOWN
from casework.case.case import Case
from casework.case.change import Change
from casework.case.columns import About
from casework.case.history import CORRECTS, Event, Particulars, holding
from casework.case.journey import CaseId
from casework.case.lifecycle import Move, Status, moves_that
from casework.case.parts import CloseReason
from casework.case.times import Wait, stamp, wait_from
from casework.decisions.act_reference import ActReference
from casework.decisions.decision import (
    SEEN,
    Decision,
    Known,
    OneOf,
    PackId,
    Showing,
    Why,
    in_words,
)
from casework.decisions.informing import taken_back
from casework.decisions.pack_names import KNOWN_UNIT
from casework.errors import (
    AuthorisationAwaited,
    Finding,
    IllegalMove,
    NotAllowed,
    NotValid,
    TooMany,
)
from casework.moves import inquiry, merging, referring
from casework.pack.competence_view import offices_of
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.time_zones import at_the_same_hour


class Given(StrEnum):
    """How a decision of the prosecutor came into the case."""

    BY_PROSECUTOR = "by_prosecutor"
    """A prosecutor of the office gave it at the desk, soon after signing in."""
    ENTERED = "entered_by_officer"
    """An officer of the unit entered what the office decided elsewhere."""


DOCUMENT: Final = "document"
"""In the data of an entry: SHA-256 of the document by which the office decided."""

GIVEN: Final = "given"
"""In the data of an entry of a decision: how it came into the case."""


class Document(BaseModel):
    """The document by which the office decided, as far as an entry tells of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    """Of the file. It may name a person, so it is kept beside the history."""
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    """Of its bytes, in hexadecimal digits."""


MOST_INSTRUCTIONS: Final = 50
"""Of one case."""


class FromProsecutor(Showing):
    """The office, the time and the number of a decision."""

    prosecutor: PackId
    """Id of a prosecutor's office of the pack."""
    court: PackId
    """Id of the court it sits at."""
    decided_on: date
    reference: ActReference
    other_office: Why | None = None
    """Why the decision is another office's than the one competent for the case; needed where it
    is."""

    document: Document | None = None
    """Where an officer enters what the office wrote: the file that it is in."""

    @property
    def particulars(self) -> dict[str, Any] | None:
        about = {DOCUMENT: self.document.name} if self.document else {}
        return {**(in_words(self.other_office) or {}), **about} or None

    @property
    def because(self) -> Particulars | None:
        """The same, as they are kept beside the history."""
        said = self.particulars
        return Particulars(said) if said else None

    @property
    def written(self) -> dict[str, Any]:
        """The part of its entry that tells of the document: its digest alone."""
        return {DOCUMENT: self.document.sha256} if self.document else {}

    def refuse_other_author(self, known: Known) -> None:
        """A prosecutor decides for the own office; there is no other document.

        Raises NotValid.
        """
        if known.seat is None:
            return
        found = []
        if (self.prosecutor, self.court) != known.seat:
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

    def refuse_unfit(self, case: Case, at: datetime, known: Known) -> None:
        """Refuse a decision from before the case was opened, from the future, or of another office
        without a reason."""
        found = []
        if self.decided_on > known.day_of(at):
            found.append(Finding("#/decided_on", "date.future", "This day is still to come."))
        if self.decided_on < known.day_of(datetime.fromisoformat(case.opened_at)):
            found.append(
                Finding("#/decided_on", "date.early", "The case was opened after this day.")
            )
        competent = offices_of(known.pack, case) if known.pack else set()
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

    def noticed(self, change: Change, kind: str, at: datetime, known: Known) -> Change:
        """The decision, and the notice that one of this kind owes an identified complainant.

        Its time runs from the day of the decision, however late it is entered.
        """
        return known.owed_notice(change, kind, at_the_same_hour(at, self.decided_on, known.zone))


class Instruction(FromProsecutor):
    """One decision of the prosecutor."""

    kind: str

    @property
    def said(self) -> dict[str, Any]:
        left_out = {"kind", "other_office", "document", SHOWN, SEEN}
        fields = self.model_dump(mode="json", exclude=left_out)
        return {"instruction": self.kind, **fields, **self.written}

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        if sum(1 for _ in ledger(known.events())) >= MOST_INSTRUCTIONS:
            raise TooMany(f"A case takes at most {MOST_INSTRUCTIONS} decisions of the prosecutor.")
        self.refuse_other_author(known)
        entered = self.entered(case, at, by, known)
        self.refuse_unfit(case, at, known)
        return self.noticed(entered, self.kind, at, known).saying(GIVEN, given(known))

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        """The decision entered into the case, by the move of its kind."""
        return inquiry.instructed(case, self.move, at, by, self.said, because=self.because)


def given(known: Known) -> str:
    """How a decision of its author comes into the case."""
    return (Given.BY_PROSECUTOR if known.seat else Given.ENTERED).value


class Authorise(Instruction):
    """The inquiry may begin."""

    move: ClassVar[Move] = Move.AUTHORISE
    other_moves: ClassVar[frozenset[Move]] = frozenset({Move.INSTRUCT})
    kind: Literal["authorise"]

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        awaited = case.status is Status.AWAITING_AUTHORISATION
        move = Move.AUTHORISE if awaited else Move.INSTRUCT
        return inquiry.instructed(
            case,
            move,
            at,
            by,
            self.said,
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

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        if case.status is Status.IN_REVIEW:
            raise IllegalMove("A case under review is merged by its review.")
        into = known.case(self.into)
        because = self.because
        return merging.merged(case, into, at, by, self.said, known.clocks, because)


class Transfer(Instruction):
    """The case goes to another unit."""

    move: ClassVar[Move] = Move.TRANSFER
    kind: Literal["transfer"]
    unit: Annotated[PackId, KNOWN_UNIT]

    def entered(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        return referring.transferred(
            case, at, by, unit=self.unit, data=self.said, because=self.because
        )


class CloseCase(Instruction):
    """The prosecutor ends the case; complainants may contest that."""

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
            because=self.because,
        )


class Annul(Decision):
    """An entry of the ledger, or that the prosecutor was informed, is no longer valid: it was an
    error, or the prosecutor took it back. Acts based on it remain."""

    move: ClassVar[Move] = Move.ANNUL
    kind: Literal["annul"]
    entry: Annotated[int, Field(ge=1, le=999_999)]
    """Number of the entry, as the ledger of the case tells it."""
    reason: Why

    @property
    def said(self) -> dict[str, Any]:
        return {CORRECTS: self.entry}

    @property
    def particulars(self) -> dict[str, Any] | None:
        return in_words(self.reason)

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        events = known.events()
        if case.informed_by_unit is not None and case.informed_by_unit.entry == self.entry:
            held = holding(events) - {self.entry}
            answered = any(each.number in held for each in ledger(events))
            return taken_back(case, at, by, known, answered, known.because(self.reason))
        entry = next((each for each in ledger(events) if each.number == self.entry), None)
        if entry is None:
            finding = Finding("#/entry", "entry.unknown", "The ledger has no such entry.")
            raise NotValid("Some fields cannot be accepted.", findings=[finding])
        if known.seat is None and entry.data.get(GIVEN) == Given.BY_PROSECUTOR.value:
            raise NotAllowed("A prosecutor gave it here: the office takes it back.")
        held = holding(events)
        if self.entry not in held:
            raise IllegalMove("The entry is annulled already.")
        if entry.move not in TAKEN_BACK:
            raise IllegalMove(
                "An instruction that led the case elsewhere is not annulled here; an end that was "
                "none is withdrawn at `closure/withdrawal`."
            )
        return inquiry.annulled(
            case,
            at,
            by,
            self.entry,
            because=known.because(self.reason),
            notice=owed_without(case, self.entry, events, known),
            instructed=any(each.number in held - {self.entry} for each in ledger(events)),
            clocks=known.clocks,
        )


TAKEN_BACK: Final = moves_that(lambda law: law.about is About.INSTRUCTION)
"""Moves of instructions that a later entry annuls."""


def annulled(events: Sequence[Event]) -> dict[int, Event]:
    """The entries of a case that hold no more, by number, with the entry that annuls each."""
    held = holding(events)
    return {
        int(str(event.data[CORRECTS])): event
        for event in events
        if CORRECTS in event.data and event.number in held
    }


def owed_without(case: Case, entry: int, events: Sequence[Event], known: Known) -> Wait | None:
    """The notice that is owed once an entry is annulled: of the first valid decision since the last
    notice."""
    if case.notice is None:
        return None
    first = first_owed(entry, events, known)
    if first is None:
        return None
    kept = stamp(first) == case.notice.since
    return case.notice if kept else wait_from(first, known.procedure.notice.seconds)


def first_owed(entry: int, events: Sequence[Event], known: Known) -> datetime | None:
    """When the first decision was taken that holds without an entry, and that the complainant was
    not told of since; None without one."""
    held = holding(events) - {entry}
    given = noticed_in(events, held)
    decided = [
        _decided_at(each, known)
        for each in events
        if each.number > given
        and each.number in held
        and "decided_on" in each.data
        and each.data.get("instruction", "close") in known.procedure.notice.after
    ]
    return min(decided, default=None)


def noticed_in(events: Sequence[Event], held: Collection[int]) -> int:
    """The last entry among those that hold by which the complainant was told; 0 for none."""
    told = (each.number for each in events if each.move == Move.NOTICE and each.number in held)
    return max(told, default=0)


def _decided_at(entry: Event, known: Known) -> datetime:
    """When the notice of an entry begins to be owed: on the day of the decision."""
    at = datetime.fromisoformat(entry.at)
    return at_the_same_hour(at, date.fromisoformat(str(entry.data["decided_on"])), known.zone)


class InstructionEntry(OneOf):
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
    def said(self) -> dict[str, Any]:
        said = self.model_dump(mode="json", exclude={"other_office", "document", SHOWN, SEEN})
        return {**said, **self.written}

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        refused = self.reason == CloseReason.AUTHORISATION_REFUSED.value
        if known.seat is not None and not refused:
            raise NotAllowed("The unit ends its own work: a prosecutor closes the case instead.")
        self.refuse_other_author(known)
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
            because=self.because,
        )
        self.refuse_unfit(case, at, known)
        return self.noticed(ended, "close", at, known).saying(GIVEN, given(known))


class GiveNotice(Decision):
    """The complainant, the victim or a lawyer was told of the prosecutor's decision."""

    move: ClassVar[Move] = Move.NOTICE
    told: Literal["complainant", "victim", "lawyer"]
    means: Literal["letter", "telephone", "in_person", "message"]

    def decided(self, case: Case, at: datetime, by: str, known: Known) -> Change:
        if case.notice is None:
            raise IllegalMove("No notice is owed.")
        noticed = case.events + 1
        return Change.of(case, self.move, at, by, self.said, notice=None, noticed=noticed)


def ledger(events: Iterable[Event]) -> list[Event]:
    """The prosecutor's instructions among the events of a case, oldest first."""
    return [event for event in events if "instruction" in event.data]
