"""What a reporter is told: the steps of a report, from the histories of its cases.

A report has steps of its own from its first reading: it waits for an analyst, and its own deadline
passes. Before people act in a way that its reporter is told, there are no other steps, whatever the
case does. A report that opened a case, one that joined it and one without any similar report all
have the same steps. The acts of the case count from the admission of the report (see
`casework.case.admission`): the state at that time is one step, and later acts follow.

`TOLD` is the complete law of what a reporter learns: a move outside it is no step. No step tells
who made a move, which unit has the case, or anything of other reporters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict

from casework.case.admission import Admitted, admitting
from casework.case.lifecycle import Move
from casework.report.notices import is_news
from casework.text.reference import case_id_of

if TYPE_CHECKING:  # intake reads what a way says, and seldom the case
    from casework.case.case import Case
    from casework.case.history import Event


class PublicStatus(StrEnum):
    """The public status of a report."""

    RECEIVED = "received"
    IN_REVIEW = "in_review"
    BEING_REFERRED = "being_referred"
    WITH_UNIT = "with_unit"
    CLOSED = "closed"


class ReportHappening(StrEnum):
    """A public step that does not change the status."""

    ASKED = "asked"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    """The time for the answer passed; the examination continued."""
    LATE = "late"
    """No person acted within the deadline; supervisors were notified."""
    CORRECTED = "corrected"
    """The given reason for the end of the case was wrong; the step has the right one."""


Step = PublicStatus | ReportHappening
EventsOf = Callable[[str], "Sequence[Event]"]

TOLD: Final[dict[Move, Step]] = {
    # A report that was taken out of a case is examined again in the case that it opens.
    Move.OPEN: PublicStatus.IN_REVIEW,
    Move.ASK: ReportHappening.ASKED,
    Move.ANSWER: ReportHappening.ANSWERED,
    Move.UNANSWERED: ReportHappening.UNANSWERED,
    Move.CONFIRM: PublicStatus.BEING_REFERRED,
    # Reporters do not hear of disagreement between units, only that the review begins again.
    Move.CONTEST: PublicStatus.IN_REVIEW,
    Move.ACKNOWLEDGE: PublicStatus.WITH_UNIT,
    Move.TRANSFER: PublicStatus.BEING_REFERRED,
    Move.REASSIGN: PublicStatus.BEING_REFERRED,
    Move.SPLIT: PublicStatus.IN_REVIEW,
    Move.REJECT: PublicStatus.CLOSED,
    Move.REOPEN: PublicStatus.IN_REVIEW,
    Move.CLOSE: PublicStatus.CLOSED,
    Move.RESUME: PublicStatus.WITH_UNIT,
    # Reporters hear nothing of suspects; they hear that the reason of the end was another one.
    Move.CORRECT: ReportHappening.CORRECTED,
    Move.ESCALATE: ReportHappening.LATE,
}
"""The public step of each kind of event. An escalation is a step only where it is news: once per
wait."""


class Stay(BaseModel):
    """The time that a report spent in a case from which people took it out."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    moved: tuple[str, ...] = ()
    number: int = 0
    admitted: Admitted | None = None
    """All as in `Placed`, at that time."""
    to: str
    """The case that was opened for it, which is its own from then on."""
    until: str


def own_case_of(reference: str, stayed: Sequence[Stay]) -> str:
    """Id of the case that a report opened, or opens when it belongs to no other."""
    return stayed[-1].to if stayed else case_id_of(reference)


@dataclass(frozen=True)
class Placed:
    """Everything beside the histories on which the steps of a report depend."""

    reference: str
    accepted_at: str
    case: str
    """Id of its case."""
    moved: tuple[str, ...] = ()
    """The cases that it was in before they were merged away, the first one first."""
    number: int = 0
    """Its number among the reports of its case."""
    admitted: Admitted | None = None
    """The entry that admitted it by name, or before it moved on."""
    read_at: str | None = None
    """The time of its first reading: from then on it waits for an analyst."""
    late_at: str | None = None
    """The end of its own deadline."""
    stayed: tuple[Stay, ...] = ()
    """Its earlier cases, one for each time that people took it out."""

    @property
    def own_case(self) -> str:
        """See `own_case_of`."""
        return own_case_of(self.reference, self.stayed)

    def belongs_to(self, case: Case) -> bool:
        """Whether it opened the case, or one merged into it, or was admitted."""
        return (
            self.own_case in {self.case, *self.moved}
            or self.admitted is not None
            or 0 < self.number <= case.shown
        )

    def first(self, events_of: EventsOf) -> Admitted | None:
        """The entry from which on its reporter hears of the case; entry 0 for the case that it
        opened."""
        if self.admitted is not None:
            return self.admitted
        if self.own_case in {self.case, *self.moved}:
            return Admitted(case=self.own_case, event=0)
        by = admitting(events_of(self.case), self.reference, self.number)
        return Admitted(case=self.case, event=by.number) if by else None


@dataclass(frozen=True)
class Stretch:
    """A time in which a report was in one case, and its reporter heard of the case."""

    case: str
    since: str
    until: str | None = None
    """None for the present case."""
    first: int = 0
    """Number of the first entry; 0 where the time alone decides."""

    def holds(self, number: int, at: str) -> bool:
        """Whether an entry of this number and time falls into it."""
        begun = number >= self.first if self.first else at >= self.since
        return begun and (self.until is None or at < self.until)


@dataclass(frozen=True)
class Taken:
    """One step, its time, and its event (None where only time passed)."""

    step: Step
    at: str
    event: Event | None = None


@dataclass(frozen=True)
class Way:
    """The steps of a report, oldest first."""

    alone: tuple[Taken, ...]
    """The steps of the report by itself."""
    told: tuple[Taken, ...]
    """The steps of its cases; empty before people act in a way that its reporter is told."""

    @property
    def steps(self) -> tuple[Taken, ...]:
        """All of them."""
        return (*self.alone, *self.told)


def path_of(report: Placed, events_of: EventsOf) -> list[Stretch]:
    """The cases of a report from its admission on, in order; nothing before.

    Steps of a case that it was taken out of stay visible.
    """
    path: list[Stretch] = []
    for number, stay in enumerate(report.stayed):
        then = replace(
            report,
            case=stay.case,
            moved=stay.moved,
            number=stay.number,
            admitted=stay.admitted,
            stayed=report.stayed[:number],
        )
        path += _until(stay.until, _path(then, events_of))
    return [*path, *_path(report, events_of)]


def _until(until: str, path: Iterable[Stretch]) -> Iterator[Stretch]:
    """The part of a path before a time."""
    for each in path:
        if each.since < until:
            yield replace(each, until=min(until, each.until or until))


def _path(report: Placed, events_of: EventsOf) -> list[Stretch]:
    """The same since it was last taken out of a case.

    A case that was merged into another and split off again took its reports there and back.
    """
    first = report.first(events_of)
    if first is None:
        return []
    found: list[Stretch] = []
    since = report.stayed[-1].until if report.stayed else report.accepted_at
    for case in (*report.moved, report.case):
        for event in events_of(case):
            if event.at < since:
                continue
            if event.move == Move.MERGE.value:
                found.append(Stretch(case, since, event.at))
                since = event.at
            elif event.move == Move.SPLIT.value:
                found.append(Stretch(str(event.data["from"]), since, event.at))
                since = event.at
    found.append(Stretch(report.case, since))
    if not first.event:
        return found
    by = next((each for each in events_of(first.case) if each.number == first.event), None)
    if by is None:
        return []
    there = [at for at, each in enumerate(found) if each.case == first.case and each.since <= by.at]
    began = there[-1] if there else len(found) - 1
    opening = found[began]
    told = Stretch(opening.case, by.at, opening.until, by.number)
    return [told, *found[began + 1 :]]


def way(report: Placed, path: Sequence[Stretch], events_of: EventsOf, now: str) -> Way:
    """The steps of a report along its path, until a time. All acts of a case before the admission
    are one step."""
    stands: Step = PublicStatus.IN_REVIEW
    told: list[Taken] = []
    for stretch in path:
        for taken in _in_a_case(report.reference, stretch, events_of(stretch.case)):
            if taken.step is ReportHappening.LATE and not told:
                continue  # before people act, its own deadline counts
            if taken.step != stands:
                stands = taken.step if isinstance(taken.step, PublicStatus) else stands
                told.append(taken)
    return Way(tuple(_alone(report, told, now)), tuple(told))


def _alone(report: Placed, told: Sequence[Taken], now: str) -> Iterator[Taken]:
    if report.read_at is not None:
        yield Taken(PublicStatus.IN_REVIEW, report.read_at)
    late_at = report.late_at
    if late_at is not None and late_at <= now and not (told and told[0].at < late_at):
        yield Taken(ReportHappening.LATE, late_at)


def _in_a_case(reference: str, stretch: Stretch, events: Sequence[Event]) -> Iterator[Taken]:
    asked: set[int] = set()
    taken = [
        Taken(step, event.at, event)
        for event in events
        if stretch.until is None or event.at < stretch.until
        if (step := _step(event, reference, asked))
    ]
    stood: Taken | None = None
    for each in taken:
        if each.event is None or stretch.holds(each.event.number, each.at):
            continue
        if isinstance(each.step, PublicStatus):
            stood = Taken(each.step, stretch.since, each.event)
        elif each.step is ReportHappening.CORRECTED and stood is not None:
            stood = replace(stood, event=each.event)
    if stood is not None:
        yield stood
    # Clocks of two machines may differ, so entries need not be in the order of their times.
    for each in taken:
        if each.event is not None and stretch.holds(each.event.number, each.at):
            yield each


def _step(event: Event, reference: str, asked: set[int]) -> Step | None:
    """The step of an event for this report's reporter; `asked` are the questions put to them."""
    step = TOLD[Move(event.move)] if event.move in TOLD else None
    number = event.data.get("question")
    match step:
        case ReportHappening.LATE | ReportHappening.CORRECTED if not is_news(event):
            return None
        case ReportHappening.ASKED | ReportHappening.ANSWERED if (
            event.data.get("report") != reference
        ):
            return None
        case ReportHappening.UNANSWERED if number not in asked:
            return None
        case ReportHappening.ASKED if isinstance(number, int):
            asked.add(number)
    return step
