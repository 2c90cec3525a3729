"""What a reporter is told: the steps of a report, from what is kept for its reporter.

A report has steps of its own from its first reading: it waits for an analyst, and its own deadline
passes. Before people act in a way that its reporter is told, there are no other steps, whatever the
case does. A report that opened a case, one that joined it and one without any similar report all
have the same steps. The acts of a case count while the report *hears* of it (`TimelineScope`): from
its opening for the report that is alone in it, until a second report comes; for every other one
from its admission (see `casework.case.admission`). The state at that time is one step, and later
acts follow. What was told before a report stopped hearing is kept with it (`RetainedTimeline`) and
stays.

Nothing here reads a history. The entries of a case that tell something (`PublicEntry`) are few, and
only people and deadlines make them: it costs the same however many others joined.

`PUBLIC_STEP_BY_MOVE` is the complete law of what a reporter learns: a move outside it is no step.
No step tells who made a move, which unit has the case, or anything of other reporters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict

from casework.case.admission import AdmittingEntry
from casework.case.lifecycle import Move
from casework.report.reporter_news import is_reporter_news
from casework.text.reference import case_id_from_reference

if TYPE_CHECKING:  # intake reads what a way says, and seldom an entry
    from casework.case.history import CaseEvent


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


TimelineStepCode = PublicStatus | ReportHappening

PUBLIC_STEP_BY_MOVE: Final[dict[Move, TimelineStepCode]] = {
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
STEPS_FOR_ONE_REPORTER: Final = frozenset(
    {ReportHappening.ASKED, ReportHappening.ANSWERED, ReportHappening.UNANSWERED}
)
"""The steps of one reporter alone, about a question to them."""
MESSAGE_FIELD: Final = "message"
"""What an entry tells beside a step: people wrote to all whose reports hear of the case."""


class FormerCase(BaseModel):
    """The time that a report spent in a case from which people took it out."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    moved: tuple[str, ...] = ()
    number: int = 0
    admitted: AdmittingEntry | None = None
    seen: AdmittingEntry | None = None
    """All as in the report, at that time."""
    to: str
    """The case that was opened for it, which is its own from then on."""
    until: str


def own_case_id(reference: str, stayed: Sequence[FormerCase]) -> str:
    """Id of the case that a report opened, or opens when it belongs to no other."""
    return stayed[-1].to if stayed else case_id_from_reference(reference)


class TimelineScope(BaseModel):
    """From which entry of its case on the reporter of a report hears of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    case: str
    first: int
    """Number of the first entry; acts before it are one step."""
    since: str
    """The time of that step."""


@dataclass(frozen=True)
class PublicEntry:
    """What one entry of a case tells those who hear of it."""

    number: int
    at: str
    what: str
    """A `TimelineStepCode`, or `MESSAGE`."""
    case: str = ""
    reason: str | None = None
    """Of an end: why."""
    turn_to: str | None = None
    """Of an end: the service that helps instead."""

    @property
    def step(self) -> TimelineStepCode | None:
        """The step; None for a message."""
        if self.what == MESSAGE_FIELD:
            return None
        happenings = {each.value for each in ReportHappening}
        return ReportHappening(self.what) if self.what in happenings else PublicStatus(self.what)

    @property
    def to_stored(self) -> Mapping[str, Any]:
        """Its stored form."""
        return {name: value for name, value in vars(self).items() if value not in {None, ""}}


def public_entry_from_event(event: CaseEvent) -> PublicEntry | None:
    """What an entry tells all who hear of its case, if it tells them anything.

    An escalation tells only where it is news, and a correction only of the reason of the end.
    """
    if event.move == Move.MESSAGE.value:
        return (
            None
            if event.data.get("reports")
            else PublicEntry(event.number, event.at, MESSAGE_FIELD)
        )
    step = PUBLIC_STEP_BY_MOVE.get(Move(event.move))
    if step is None or step in STEPS_FOR_ONE_REPORTER:
        return None
    if step in {ReportHappening.LATE, ReportHappening.CORRECTED} and not is_reporter_news(event):
        return None
    said = {name: event.data.get(name) for name in ("reason", "turn_to")}
    texts = {name: value for name, value in said.items() if isinstance(value, str)}
    return PublicEntry(event.number, event.at, step.value, **texts)


def question_entry_from_event(event: CaseEvent) -> PublicEntry | None:
    """What an entry about a question tells the reporter who was asked.

    That the case became more urgent by others, and so waits for no answer, is not told: the time
    for the answer passes as it was said.
    """
    step = PUBLIC_STEP_BY_MOVE.get(Move(event.move))
    if step not in STEPS_FOR_ONE_REPORTER or "because" in event.data:
        return None
    return PublicEntry(event.number, event.at, step.value)


class RetainedTimeline(BaseModel):
    """What was told to a reporter before the report stopped hearing of a case."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    at: str
    """When it stopped."""
    told: tuple[Mapping[str, Any], ...]
    """Each a stored `PublicEntry`, in order; the steps of the report by itself are among them."""

    @property
    def tellings(self) -> tuple[PublicEntry, ...]:
        """The same, read."""
        return tuple(PublicEntry(**{**each, "number": int(each["number"])}) for each in self.told)


@dataclass(frozen=True)
class TimelineQuestion:
    """A question to the reporter, as far as it makes steps."""

    asked_at: str
    due: str
    answered_at: str | None = None
    """When an addition answered it."""
    told: tuple[PublicEntry, ...] = ()
    """The entries about it, in their order."""


@dataclass(frozen=True)
class TimelineInputs:
    """Everything on which the steps of a report depend, beside what its case tells."""

    hears: TimelineScope | None = None
    """The case whose acts its reporter is told; None while it is answered as if it stood alone."""
    kept: RetainedTimeline | None = None
    read_at: str | None = None
    """The start of its own clock: from its first reading on it waits for an analyst."""
    late_at: str | None = None
    """The end of its own deadline."""
    asked: tuple[TimelineQuestion, ...] = ()
    """The questions to it, oldest first."""


@dataclass(frozen=True)
class TimelineStep:
    """One step, its time, and the entry that tells it (None where only time passed)."""

    step: TimelineStepCode
    at: str
    by: PublicEntry | None = None


@dataclass(frozen=True)
class PublicTimeline:
    """The steps of a report."""

    alone: tuple[TimelineStep, ...]
    """The steps of the report by itself."""
    told: tuple[TimelineStep, ...]
    """The steps of its cases; empty before people act in a way that its reporter is told."""
    messages: tuple[PublicEntry, ...] = ()
    """The messages to all that reached it, oldest first."""

    @property
    def steps(self) -> tuple[TimelineStep, ...]:
        """All of them, oldest first."""
        first = [each for each in self.alone if not _follows(each, self.told)]
        left = [each for each in self.alone if _follows(each, self.told)]
        return (*first, *_merged(self.told, left))

    @property
    def current_status(self) -> PublicStatus | None:
        """Where it stands; None before its first reading."""
        found = [each.step for each in self.steps if isinstance(each.step, PublicStatus)]
        return found[-1] if found else None


def _follows(alone: TimelineStep, told: Sequence[TimelineStep]) -> bool:
    """Whether a step of the report by itself comes after acts that were told."""
    late = alone.step is ReportHappening.LATE
    return late and bool(told) and told[0].at <= alone.at


def build_timeline(
    report: TimelineInputs, tellings: Iterable[PublicEntry], now: str
) -> PublicTimeline:
    """The steps of a report until a time. `tellings` are those of the case that it hears of, in
    order; those before it heard are one step."""
    before = report.kept.tellings if report.kept else ()
    kept_steps = [
        TimelineStep(each.step, each.at, each) for each in before if each.step is not None
    ]
    messages = [each for each in before if each.step is None]
    standings = [each.step for each in kept_steps if isinstance(each.step, PublicStatus)]
    heard: list[TimelineStep] = []
    if report.hears is not None:
        stands = standings[-1] if standings else PublicStatus.IN_REVIEW
        all_of_it = list(tellings)
        heard = list(_in_its_case(report.hears, stands, all_of_it))
        messages += [
            replace(each, case=report.hears.case)
            for each in all_of_it
            if each.step is None and each.number >= report.hears.first
        ]
    acts = [each for each in (*kept_steps, *heard) if isinstance(each.step, PublicStatus)]
    asked = [step for each in report.asked for step in _about(each, acts, now)]
    told = [each for each in kept_steps if each.by and each.by.number] + heard
    alone = [each for each in kept_steps if each.by and not each.by.number]
    alone += _by_itself(report, _merged(heard, asked), now)
    return PublicTimeline(tuple(alone), tuple(_merged(told, asked)), tuple(messages))


def entries_to_keep(
    report: TimelineInputs, timeline: PublicTimeline, at: str
) -> RetainedTimeline | None:
    """What stays told when a report stops hearing of its case; None where nothing was told.

    Questions and answers stand beside the report and stay there.
    """
    acts = [
        each
        for each in timeline.told
        if each.by is not None and each.step not in STEPS_FOR_ONE_REPORTER
    ]
    if report.hears is None or not (acts or timeline.messages):
        return report.kept
    if report.kept and len(report.kept.told) == len(acts) + len(timeline.alone) + len(
        timeline.messages
    ):
        return report.kept  # nothing was told since
    own = [PublicEntry(0, each.at, each.step.value) for each in timeline.alone]
    ordered = [each.by for each in acts if each.by is not None]
    told = [*own, *ordered, *timeline.messages]
    return RetainedTimeline(
        at=at, told=tuple({**each.to_stored, "number": each.number} for each in told)
    )


def _by_itself(
    report: TimelineInputs, steps: Sequence[TimelineStep], now: str
) -> Iterator[TimelineStep]:
    """Its first reading, and the end of its deadline unless people acted before.

    Once something was told and kept, only a deadline that began then counts.
    """
    read_at, late_at, kept = report.read_at, report.late_at, report.kept
    if read_at is None:
        return
    if kept is None:
        yield TimelineStep(PublicStatus.IN_REVIEW, read_at)
    elif read_at < kept.at:
        return
    if late_at is None or late_at > now:
        return
    if not any(read_at <= each.at < late_at for each in steps):
        yield TimelineStep(ReportHappening.LATE, late_at)


def _in_its_case(
    hears: TimelineScope, stands: TimelineStepCode, tellings: Sequence[PublicEntry]
) -> Iterator[TimelineStep]:
    """The steps of a case for a report that stood somewhere before it heard of the case."""
    stood: PublicEntry | None = None
    for each in tellings:
        if each.number < hears.first and isinstance(each.step, PublicStatus):
            stood = each
        elif each.number < hears.first and each.step is ReportHappening.CORRECTED and stood:
            stood = replace(stood, reason=each.reason)
    acted = False
    first = [replace(stood, at=hears.since, number=hears.first)] if stood else []
    for each in [*first, *(one for one in tellings if one.number >= hears.first)]:
        step = each.step
        if step is None or step == stands:
            continue
        if step is ReportHappening.LATE and not acted:
            continue  # before people act in this case, its own deadline counts
        acted = True
        stands = step if isinstance(step, PublicStatus) else stands
        yield TimelineStep(step, each.at, replace(each, case=hears.case))


def _about(
    asking: TimelineQuestion, acts: Sequence[TimelineStep], now: str
) -> Iterator[TimelineStep]:
    """The steps of a question: it was asked, and answered, or the time for the answer passed."""
    for each in asking.told:
        if each.step is not None:
            yield TimelineStep(each.step, each.at, each)
    if any(each.step is not ReportHappening.ASKED for each in asking.told):
        return
    if asking.answered_at is not None and asking.answered_at <= asking.due:
        yield TimelineStep(ReportHappening.ANSWERED, asking.answered_at)
    elif asking.due <= now and not any(asking.asked_at < each.at < asking.due for each in acts):
        yield TimelineStep(ReportHappening.UNANSWERED, asking.due)


def _merged(told: Sequence[TimelineStep], others: Sequence[TimelineStep]) -> list[TimelineStep]:
    """Both by their times; those of `told` keep their order, for clocks of two machines differ."""
    left, found = sorted(others, key=lambda each: each.at), []
    for each in told:
        while left and left[0].at < each.at:
            found.append(left.pop(0))
        found.append(each)
    return [*found, *left]
