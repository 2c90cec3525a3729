"""The way of a report, step by step, from the histories of the cases it was in.

`TOLD` is the whole law of what a reporter learns: a move that is not in it is no step. Who made a
move, which unit has the case and what concerns other reporters is in no step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from casework.history import Event
from casework.lifecycle import Move
from casework.notices import is_news
from functions.intake.answers import Happening, PublicStatus

Step = PublicStatus | Happening
EventsOf = Callable[[str], Sequence[Event]]

TOLD: Final[dict[Move, Step]] = {
    Move.ASSESS: PublicStatus.IN_REVIEW,
    Move.ASK: Happening.ASKED,
    Move.ANSWER: Happening.ANSWERED,
    Move.UNANSWERED: Happening.UNANSWERED,
    Move.CONFIRM: PublicStatus.BEING_REFERRED,
    # Units that disagree are none of a reporter's concern; that the review begins again is.
    Move.CONTEST: PublicStatus.IN_REVIEW,
    Move.ACKNOWLEDGE: PublicStatus.WITH_UNIT,
    Move.TRANSFER: PublicStatus.BEING_REFERRED,
    Move.REASSIGN: PublicStatus.BEING_REFERRED,
    Move.SPLIT: PublicStatus.IN_REVIEW,
    Move.REJECT: PublicStatus.CLOSED,
    Move.REOPEN: PublicStatus.IN_REVIEW,
    Move.CLOSE: PublicStatus.CLOSED,
    # Of suspects reporters are told nothing; that the reason of the end was another one they are.
    Move.CORRECT: Happening.CORRECTED,
    Move.ESCALATE: Happening.LATE,
}
"""Which public step each kind of event is. An escalation is one where it is news: once a wait."""


@dataclass(frozen=True)
class Stretch:
    """A time that a report spent in one case."""

    case: str
    since: str
    until: str | None = None
    """None where the report still is."""

    def holds(self, at: str) -> bool:
        """Whether a time is before the report left the case."""
        return self.until is None or at < self.until


@dataclass(frozen=True)
class Taken:
    """One step, when it was taken, and the event that took it (None where only time passed)."""

    step: Step
    at: str
    event: Event | None = None


def stretches(cases: Sequence[str], arrived: str, events_of: EventsOf) -> list[Stretch]:
    """Where a report was, in order; `cases` are those it is in for good, the last one now.

    A case that was merged into another and split off again took its reports there and back.
    """
    found: list[Stretch] = []
    since = arrived
    for case in cases:
        for event in events_of(case):
            if event.at < since:
                continue
            if event.move == Move.MERGE.value:
                found.append(Stretch(case, since, event.at))
                since = event.at
            elif event.move == Move.SPLIT.value:
                found.append(Stretch(str(event.data["from"]), since, event.at))
                since = event.at
    return [*found, Stretch(cases[-1], since)]


def way(reference: str, path: Sequence[Stretch], events_of: EventsOf) -> Iterator[Taken]:
    """The steps of a report along its path. What a case did before it came there is one step."""
    stands: Step = PublicStatus.RECEIVED
    for stretch in path:
        for taken in _in_a_case(reference, stretch, events_of(stretch.case)):
            if taken.step != stands:
                stands = taken.step if isinstance(taken.step, PublicStatus) else stands
                yield taken


def _in_a_case(reference: str, stretch: Stretch, events: Sequence[Event]) -> Iterator[Taken]:
    asked: set[int] = set()
    taken = [
        Taken(step, event.at, event)
        for event in events
        if stretch.holds(event.at) and (step := _step(event, reference, asked))
    ]
    stood = [
        each.step
        for each in taken
        if each.at < stretch.since and isinstance(each.step, PublicStatus)
    ]
    if stood:
        yield Taken(stood[-1], stretch.since)
    # Clocks of two machines may differ: entries need not stand in the order of their times.
    yield from (each for each in taken if each.at >= stretch.since)


def _step(event: Event, reference: str, asked: set[int]) -> Step | None:
    """The step an event is for this report's reporter; `asked` are the questions put to them."""
    step = TOLD[Move(event.move)] if event.move in TOLD else None
    number = event.data.get("question")
    match step:
        case Happening.LATE | Happening.CORRECTED if not is_news(event):
            return None
        case Happening.ASKED | Happening.ANSWERED if event.data.get("report") != reference:
            return None
        case Happening.UNANSWERED if number not in asked:
            return None
        case Happening.ASKED if isinstance(number, int):
            asked.add(number)
    return step
