"""How a unit records events of suspects, and corrects them and the reason of the end of a case.

No entry is ever changed. A correction is an entry that names the entry it corrects. The reason of
the error is a word of a list, so no name comes into a history.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from casework.case import suspects
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CORRECTS_FIELD, CaseEvent, valid_entries
from casework.case.lifecycle import Move, Status, moves_into
from casework.case.suspects import SuspectEntry, SuspectHappening
from casework.case.value_objects import CloseReason
from casework.decisions.base import Decision, DecisionContext
from casework.errors import (
    EntryNotFound,
    Finding,
    IllegalMove,
    NotValid,
    SuspectNotFound,
    TooMany,
)
from casework.moves import inquiry
from casework.moves.closures import list_closure_reasons

MAX_SUSPECT_ENTRIES = 60
"""About one suspect of a case, corrections among them."""

CorrectionReason = Literal[
    "recorded_twice", "other_person", "other_case", "other_event", "other_day", "did_not_happen"
]
"""Why an entry about a suspect was an error."""


def require_event_day(on: date | None, case: Case, at: datetime, context: DecisionContext) -> str:
    """The day of the event; by default the day of the entry.

    Raises NotValid for a day in the future, or too long before the case.
    """
    today = context.local_day(at)
    opened = context.local_day(datetime.fromisoformat(case.opened_at))
    first = opened - timedelta(days=context.procedure.outcomes.before_days)
    day = on or today
    if day > today:
        finding = Finding("#/on", "date.future", "This day is still to come.")
    elif day < first:
        finding = Finding("#/on", "date.too_early", f"The case counts from {first} on.")
    else:
        return day.isoformat()
    raise NotValid("Some fields cannot be accepted.", findings=[finding])


class NewSuspect(Decision):
    """A suspect was identified. The identity stays out of this system."""

    move: ClassVar[Move] = Move.SUSPECT
    on: date | None = None
    """The day they were identified; left out, today."""

    @property
    def event_data(self) -> dict[str, Any]:
        day = {"on": self.on.isoformat()} if self.on else {}
        return {"happening": SuspectHappening.IDENTIFIED.value, **day}

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return suspect_event(
            case,
            len(case.suspects) + 1,
            SuspectHappening.IDENTIFIED,
            at,
            by,
            on=require_event_day(self.on, case, at, context),
            before=(),
        )


class SuspectEvent(Decision):
    """Something happened to a suspect."""

    move: ClassVar[Move] = Move.SUSPECT
    happening: Literal["wanted", "lapsed", "cancelled", "arrested", "presented"]
    on: date | None = None
    """The day it happened; left out, today."""

    @property
    def event_data(self) -> dict[str, Any]:
        day = {"on": self.on.isoformat()} if self.on else {}
        return {"suspect": self._number, "happening": self.happening, **day}

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        return suspect_event(
            case,
            require_suspect(case, self._number),
            SuspectHappening(self.happening),
            at,
            by,
            on=require_event_day(self.on, case, at, context),
            before=entries_about_suspect(self._number, context.events()),
        )


class Correction(Decision):
    """An entry about a suspect was an error."""

    move: ClassVar[Move] = Move.CORRECT
    corrects: int
    """Number of the entry in the history of the case: an event of the suspect, or an earlier
    correction, which is then no longer valid."""
    because: CorrectionReason

    @property
    def event_data(self) -> dict[str, Any]:
        return {"suspect": self._number, CORRECTS_FIELD: self.corrects, "because": self.because}

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        entries = entries_about_suspect(require_suspect(case, self._number), context.events())
        refuse_too_many(entries)
        corrected = next((each for each in entries if each.number == self.corrects), None)
        if corrected is None:
            raise EntryNotFound("No entry of this number is about this suspect.")
        correction = CaseEvent(
            number=case.events + 1, move=self.move.value, at="", by=by, data=self.event_data
        )
        if corrected.number not in valid_entries(entries):
            raise IllegalMove("That entry was corrected already.")
        (ledger,) = suspects.valid_entries_by_suspect([*entries, correction]).values()
        standing = suspects.resulting_standing(ledger)
        return inquiry.record_suspect_event(
            case,
            at,
            by,
            self.event_data,
            number=self._number,
            standing=standing.value,
            move=self.move,
        )


def require_suspect(case: Case, number: int) -> int:
    """The number of a suspect that the case has; raises SuspectNotFound."""
    if not 1 <= number <= len(case.suspects):
        raise SuspectNotFound("The case has no suspect of this number.")
    return number


def entries_about_suspect(number: int, events: Sequence[CaseEvent]) -> list[CaseEvent]:
    """The entries of a history that tell of one suspect."""
    return [
        event
        for event in events
        if event.move in suspects.SUSPECT_MOVES and event.data.get("suspect") == number
    ]


def refuse_too_many(told: Sequence[CaseEvent]) -> None:
    """Raise TooMany when no entry about a suspect has room beside these."""
    if len(told) >= MAX_SUSPECT_ENTRIES:
        raise TooMany(f"A case has at most {MAX_SUSPECT_ENTRIES} entries about one suspect.")


def suspect_event(
    case: Case,
    number: int,
    happening: SuspectHappening,
    at: datetime,
    by: str,
    *,
    on: str,
    before: Sequence[CaseEvent],
) -> Change:
    """An event of one suspect on a day, as an event of the case; raises IllegalMove and TooMany.

    `before` are the entries about the suspect so far.
    """
    if not before and case.status.rule.ended:
        raise IllegalMove("A case that has ended gets no new suspects.")
    if number > inquiry.MAX_SUSPECTS:
        raise TooMany(f"A case has at most {inquiry.MAX_SUSPECTS} suspects.")
    refuse_too_many(before)
    valid = [
        each for ledger in suspects.valid_entries_by_suspect(before).values() for each in ledger
    ]
    if before and not valid:
        raise IllegalMove("This suspect was recorded in error: enter another one.")
    ledger = sorted([*valid, SuspectEntry(on, case.events + 1, happening)])
    if (
        happening not in suspects.SUSPECT_TRANSITIONS[suspects.resulting_standing(valid)]
        and ledger[:-1] == valid
    ):
        raise IllegalMove(
            f"A suspect who is {suspects.resulting_standing(valid)} cannot become {happening}."
        )
    return inquiry.record_suspect_event(
        case,
        at,
        by,
        {"suspect": number, "happening": happening.value, "on": on},
        number=number,
        standing=suspects.resulting_standing(ledger).value,
    )


class ClosureCorrection(Decision):
    """The reason a case ended for was recorded wrongly."""

    move: ClassVar[Move] = Move.CORRECT
    reason: CloseReason
    """The right reason; one that the author of the end could give."""
    ground: (
        Literal["no_offence", "insufficient_evidence", "unknown_offender", "prescription", "other"]
        | None
    ) = None
    """Why the prosecutor closed it: needed where `reason` is `closed_by_prosecutor`, and refused
    with any other."""

    def decided(self, case: Case, at: datetime, by: str, context: DecisionContext) -> Change:
        events = context.events()
        ending = next(
            (event for event in reversed(events) if event.move in moves_into(Status.CLOSED)), None
        )
        if case.status is not Status.CLOSED or ending is None or case.closed is None:
            raise IllegalMove("Only a closed case has a reason to correct.")
        if case.closed is CloseReason.AUTHORISATION_REFUSED:
            raise IllegalMove("No other reason was possible where the case stood.")
        others = list_closure_reasons(case, by_office=context.seat is not None)
        if self.reason not in others:
            possible = ", ".join(others)
            finding = Finding("#/reason", "reason.unfit", f"Give one of: {possible}.")
            raise NotValid("Some fields cannot be accepted.", findings=[finding])
        by_prosecutor = self.reason is CloseReason.CLOSED_BY_PROSECUTOR
        if by_prosecutor != (self.ground is not None):
            detail = "It goes with `closed_by_prosecutor`, and is needed there."
            finding = Finding("#/ground", "ground.unfit", detail)
            raise NotValid("Some fields cannot be accepted.", findings=[finding])
        data: dict[str, JsonValue] = {CORRECTS_FIELD: ending.number}
        if self.ground:
            data["ground"] = self.ground
        if by_prosecutor and context.procedure.appeal:
            data["appeal"] = context.procedure.appeal.to
        ended = inquiry.correct_close_reason(case, at, by, self.reason, data)
        if case.closed.is_review_reason:
            return ended
        return context.owed_notice(ended, "close", at)

    @property
    def event_data(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True)


# ---- views -------------------------------------------------------------------------------------


class OutcomeEntryView(BaseModel):
    """One entry about a suspect."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    entry: int
    """Number in the history of the case: a correction names it."""
    at: str
    by: str
    holds: bool
    """False once an entry that holds corrects it."""
    happening: SuspectHappening | None = None
    """Left out for a correction."""
    on: str | None = None
    """The day it happened."""
    corrects: int | None = None
    """The entry that does not hold because of this one."""
    because: str | None = None


class SuspectView(BaseModel):
    """A suspect: a number, how they stand, and every entry about them."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    number: int
    standing: suspects.SuspectStanding
    entries: tuple[OutcomeEntryView, ...]
    """In the order in which they were made, those that hold no more among them."""


def suspect_views(case: Case, events: Sequence[CaseEvent]) -> tuple[SuspectView, ...]:
    """The ledger of every suspect of a case."""
    entries_by_suspect: dict[int, list[CaseEvent]] = {}
    for event in events:
        number = event.data.get("suspect")
        if event.move in suspects.SUSPECT_MOVES and isinstance(number, int):
            entries_by_suspect.setdefault(number, []).append(event)
    valid_by_suspect = {
        number: valid_entries(entries) for number, entries in entries_by_suspect.items()
    }
    return tuple(
        SuspectView(
            number=number,
            standing=suspects.SuspectStanding(standing),
            entries=tuple(
                _entry(each, valid_by_suspect[number]) for each in entries_by_suspect[number]
            ),
        )
        for number, standing in enumerate(case.suspects, start=1)
        if number in entries_by_suspect
    )


def _entry(event: CaseEvent, valid_numbers: Collection[int]) -> OutcomeEntryView:
    fields = {
        name: event.data[name]
        for name in ("happening", "on", CORRECTS_FIELD, "because")
        if name in event.data
    }
    return OutcomeEntryView.model_validate(
        {
            "entry": event.number,
            "at": event.at,
            "by": event.by,
            "holds": event.number in valid_numbers,
            **fields,
        }
    )
