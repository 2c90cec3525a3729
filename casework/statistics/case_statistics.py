"""What is counted: each fact, its figure, its day and the day on which it was recorded.

Nothing is counted by adding one when something happens. For each report and each case there is one
*mark*: a value that says in full what they count for, made from the ledger (the report, and the
history of its case) by `count_report` and `count_case`. The counting function replaces an old
mark by the new one and moves the counters by the difference of the two, in one transaction. So the
counters are at any time the sum of all marks, whatever is repeated, late or out of order, and a
mark that is made again from the same ledger moves nothing.

A counter has three coordinates: the day of the fact, the day it was recorded, and the figure. A
category that is corrected at review takes one from a figure and gives one to another, on the day of
the review, and so does an outcome that was recorded late or in error; the figures as they were
known on a day are the sum of what was recorded until then.

A report that joined a case counts as what its reporter told until a person admits it
(`casework.case.admission`), and from that day on as what its case is.

| figure | day of the fact | is |
|---|---|---|
| `report` | acceptance | reports that came into a case |
| `group:G` | acceptance | of them, by group of the pack, `unclassified` or `set_aside` |
| `looked` | acceptance | of them, those that a person looked at |
| `time:look:P:c` | acceptance | time to that first look, by the report's own priority, in class c |
| `flag:F` | acceptance | of them, those whose case was reviewed with this flag |
| `disclosure:D`, `origin:R` | acceptance | of them, by disclosure; sent from `home` or a region |
| `division:D` | acceptance | of those from home, by the largest territory picked, or `unplaced` |
| `case` | acceptance of its first report | cases that stand on their own |
| `M:kept`, `M:late` | the same | a measure whose deadline was kept or had to be escalated |
| `time:M:P:c` | the same | time from acceptance to the measure, by priority, in class c |
| `time:outcome:P:c` | first end | time from acceptance to the case's first end, as above |
| `proposal:K:kept`, `:corrected` | the same | automatic proposals and what the first review did |
| `sample:W:same`, `:other` | the same | reviews read again, by whether the second person agreed |
| `prosecution:S:kept`, `:late` | act, or end of its time | sides (unit, office) in time or not |
| `suspect`, `suspect:O` | identification | suspects identified, and by what became of them |
| `outcome:O` | the day it happened | how often a suspect was wanted, arrested or presented |
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from casework.case import quality_samples, suspects
from casework.case.admission import admitted_up_to_number
from casework.case.first_glance import find_first_look
from casework.case.history import CORRECTS_FIELD
from casework.case.lifecycle import MOVE_RULES, Move, Status, moves_into, moves_where
from casework.case.rule_types import EntrySubject, MoveKind, StatisticsEffect
from casework.case.value_objects import DeadlineKind
from casework.pack.published_table import HOME_REGION, SET_ASIDE_GROUP, StatisticsLaw
from casework.statistics.histogram import class_from_seconds
from casework.text.reference import case_id_from_reference

DISCLOSURE_KINDS: Final = ("anonymous", "confidential", "identified")
GLANCE_MEASURE: Final = "look"
"""What is timed from the acceptance of each report: that a person looked at it."""
OUTCOME_MEASURE: Final = "outcome"
"""What is timed until a case ends for the first time, by rejection or by closing.

It counts on the day of that end. By the day of acceptance a published month would tell only of the
cases that ended within weeks, and its median would be too good to be true."""
DELAY_MEASURES: Final = (GLANCE_MEASURE, "review", "referral", "acknowledgement", OUTCOME_MEASURE)
"""What is timed: the first look at each report, the others from the acceptance of a case's first
report."""
DUE_MEASURES: Final = ("review", "acknowledgement")
"""The measures people have a deadline for."""
PROSECUTION_COUNTERS: Final = {
    side: (f"prosecution:{side}:kept", f"prosecution:{side}:late") for side in ("unit", "office")
}
"""The figures of two deadlines, kept or late: the unit informs the prosecutor, and the office
answers."""
PROPOSAL_KINDS: Final = ("category", "priority", "territory", "unit")
AGREEMENT_COUNTERS: Final = {
    what: (f"sample:{what}:same", f"sample:{what}:other")
    for what in quality_samples.COMPARED_FIELDS
}
"""The figures of what a second person decided who read a review again: alike, or not."""
OUTCOME_KINDS: Final = ("presented", "wanted", "arrested", "sought")
"""How suspects stand in the published table."""
DATED_OUTCOMES: Final = ("presented", "wanted", "arrested")
"""What is counted by itself, too, on the day it happened to a suspect."""

COUNTED_MOVES: Final = tuple(move for move, law in MOVE_RULES.items() if law.counts)
"""Moves that may change what a case, or the reports in it, count for."""
CLASSIFYING_MOVES: Final = moves_where(lambda law: law.counts is StatisticsEffect.REPORTS)
"""Moves that change what the reports of a case count for."""

CASE_COUNT_BY_MOVE: Final[Mapping[str, int]] = {move: law.cases for move, law in MOVE_RULES.items()}
"""By how many cases that stand on their own become more by each move."""

Counts = Counter[tuple[str, str, str]]
"""How often: (day of the fact, day recorded, figure)."""


@dataclass(frozen=True)
class StatisticalEvent:
    """An event of a case, at its statistical time."""

    number: int
    move: str
    at: datetime
    day: str
    """The day it happened and was recorded, in the country."""
    data: Mapping[str, Any]


@dataclass(frozen=True)
class StatisticsReport:
    """What statistics know of a report."""

    reference: str
    case_id: str
    accepted_at: datetime
    """Statistical time."""
    linked_at: datetime
    """Statistical time."""
    category: str | None
    disclosure: str
    country: str | None
    territory: str | None
    """As picked from the list."""
    number: int = 0
    """Its number among the reports of its case."""
    first: int | None = 0
    """The entry of the case from which on it counts with it: 0 for one that belonged to it as it
    came, None while no entry names it."""
    priority: str = "standard"
    """Its own, by its assessment alone."""


def shift_to_statistical_times(
    law: StatisticsLaw,
    events: Iterable[tuple[int, str, str, str | None, Mapping[str, Any]]],
    shift: timedelta,
) -> list[StatisticalEvent]:
    """Events at their statistical times: when they happened, or were replayed as happening.

    Each is (number, move, at, replayed at, data). What the system does by itself is not replayed:
    it keeps its distance from the last thing before it that was. `shift` is that of the report that
    opened the case: nothing, outside the stage `local`.
    """
    found = []
    for number, move, said, replayed, data in events:
        at = datetime.fromisoformat(said)
        if replayed is not None:
            shift = datetime.fromisoformat(replayed) - at
        when = at + shift
        told = _as_late(data, law.local_day(at), law.local_day(when)) if shift else data
        found.append(StatisticalEvent(number, move, when, law.local_day(when), told))
    return found


def _as_late(data: Mapping[str, Any], recorded: str, counted: str) -> Mapping[str, Any]:
    """What an entry says, with the day it tells of as many days before it as it was recorded."""
    if "on" not in data:
        return data
    days = date.fromisoformat(counted) - date.fromisoformat(recorded)
    return {**data, "on": (date.fromisoformat(str(data["on"])) + days).isoformat()}


class CountedStep(BaseModel):
    """What a report counted as from a day on."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    day: str
    group: str
    flags: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures it counts in."""
        return (f"group:{self.group}", *(f"flag:{flag}" for flag in self.flags))


class FirstLook(BaseModel):
    """That a person looked at a report."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    day: str
    figure: str
    """The class of the time from acceptance, by the report's own priority."""


class ReportMark(BaseModel):
    """All that one report counts for."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    case_id: str
    day: str
    """Of acceptance."""
    since: str
    """The day it came into this case."""
    number: int = 0
    first: int | None = 0
    """As in `StatisticsReport`."""
    disclosure: str
    origin: str
    division: str | None = None
    """Of a report from home."""
    reference: str = Field(default="", exclude=True)
    """Its reference, which the key of its line has."""
    accepted: str = ""
    """Statistical time of acceptance; empty in marks from before looks were counted."""
    priority: str = "standard"
    """As in `StatisticsReport`."""
    looked: FirstLook | None = None
    before: tuple[CountedStep, ...]
    """What it counted as until it came into this case."""
    steps: tuple[CountedStep, ...]
    """What it counted as, day by day; at least one."""

    @property
    def counts(self) -> Counts:
        """What it adds to the counters."""
        first = self.steps[0].day
        figures = ["report", f"disclosure:{self.disclosure}", f"origin:{self.origin}"]
        if self.division is not None:
            figures.append(f"division:{self.division}")
        counts = Counts({(self.day, first, figure): 1 for figure in figures})
        was: tuple[str, ...] = ()
        for step in self.steps:
            counts.update((self.day, step.day, figure) for figure in step.figures)
            counts.subtract((self.day, step.day, figure) for figure in was)
            was = step.figures
        if self.looked is not None:
            recorded = max(first, self.looked.day)
            counts.update((self.day, recorded, each) for each in ("looked", self.looked.figure))
        return _not_nothing(counts)


class CaseMark(BaseModel):
    """All that one case counts for, beside its reports."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    entries: tuple[tuple[str, str, str, int], ...]
    """Day of the fact, day recorded, figure, how often; in their order."""

    @property
    def counts(self) -> Counts:
        """What it adds to the counters."""
        counts = Counts()
        for day, recorded, figure, often in self.entries:
            counts[day, recorded, figure] += often
        return _not_nothing(counts)


def subtract_counts(after: Counts, before: Counts) -> Counts:
    """What must be added to the counters when one mark takes another's place."""
    moved = Counts(after)
    moved.subtract(before)
    return _not_nothing(moved)


def _not_nothing(counts: Counts) -> Counts:
    return Counts({cell: often for cell, often in counts.items() if often})


def count_report(
    law: StatisticsLaw,
    report: StatisticsReport,
    history: Sequence[StatisticalEvent],
    before: ReportMark | None,
) -> ReportMark:
    """The mark of a report, from itself, the history of its case and the mark it had before.

    Of the mark before only what the ledger no longer tells is used: on which day the report was
    first recorded, and what it counted as before it came from another case.
    """
    came = law.local_day(report.linked_at)
    earlier: tuple[CountedStep, ...]
    if before is None:
        earlier = (CountedStep(day=came, group=law.find_group(report.category)),)
    elif before.case_id != report.case_id:
        came = max(came, before.steps[-1].day)
        earlier = before.steps
    else:
        came, earlier = before.since, before.before
    priority = before.priority if before and before.accepted else report.priority
    first_seen = before.looked if before else None  # it may be in the history of an earlier case
    origin = before.origin if before else law.table.find_region(report.country)
    division = law.find_division(report.territory) if origin == HOME_REGION else None
    return ReportMark(
        case_id=report.case_id,
        day=before.day if before else law.local_day(report.accepted_at),
        since=came,
        disclosure=before.disclosure if before else report.disclosure,
        origin=origin,
        # Marks of before divisions were counted have none.
        division=(before.division if before else None) or division,
        number=report.number,
        first=report.first,
        reference=report.reference,
        accepted=report.accepted_at.isoformat(timespec="minutes"),
        priority=priority,
        looked=first_seen or _look(report, report.accepted_at, history),
        before=earlier,
        steps=_steps(law, _counts_since(report, came, history), earlier, history),
    )


def recount_classification(
    law: StatisticsLaw, mark: ReportMark, history: Sequence[StatisticalEvent]
) -> ReportMark:
    """The mark of a report that stayed in its case, after the case's history went on."""
    since = _counts_since(mark, mark.since, history)
    steps = _steps(law, since, mark.before, history)
    looked = mark.looked
    if looked is None and mark.accepted:
        looked = _look(mark, datetime.fromisoformat(mark.accepted), history)
    return mark.model_copy(update={"steps": steps, "looked": looked})


def _look(
    report: StatisticsReport | ReportMark,
    accepted_at: datetime,
    history: Sequence[StatisticalEvent],
) -> FirstLook | None:
    """The first look of a person at a report, by the history of its case."""
    opener = case_id_from_reference(report.reference) == report.case_id
    by = find_first_look(history, report.reference, report.number, opener=opener)
    if by is None:
        return None
    seconds = (by.at - accepted_at).total_seconds()
    return FirstLook(
        day=by.day, figure=f"time:{GLANCE_MEASURE}:{report.priority}:{class_from_seconds(seconds)}"
    )


def _counts_since(
    report: StatisticsReport | ReportMark, came: str, history: Sequence[StatisticalEvent]
) -> str | None:
    """The day from which on a report counts with its case; None while nobody admitted it.

    Until then it counts as what its reporter told, like one that nobody has reviewed.
    """
    if report.first == 0:
        return came
    by = [
        event
        for event in history
        if event.number == report.first or 0 < report.number <= admitted_up_to_number(event)
    ]
    return max(came, by[0].day) if by else None


def _steps(
    law: StatisticsLaw,
    since: str | None,
    earlier: tuple[CountedStep, ...],
    history: Sequence[StatisticalEvent],
) -> tuple[CountedStep, ...]:
    steps, stood = list(earlier), earlier[-1]
    for event in history if since is not None else ():
        step = _step(law, max(since or "", event.day), event, stood)
        if step is None:
            continue
        if event.move != Move.REJECT:
            stood = step
        while steps and steps[-1].day >= step.day:  # the last of a day is what the day ends with
            step = step.model_copy(update={"day": steps[-1].day})
            steps.pop()
        if not steps or steps[-1].figures != step.figures:
            steps.append(step)
    return tuple(steps)


def _step(
    law: StatisticsLaw, day: str, event: StatisticalEvent, stood: CountedStep
) -> CountedStep | None:
    """What a report counts as after an event; `stood` is what it was before a rejection."""
    match event.move:
        case Move.CONFIRM:
            group = law.find_group(event.data.get("category"))
            known = {flag.id for flag in law.table.flags if flag.group == group}
            flags = sorted(known.intersection(event.data.get("flags") or ()))
            return CountedStep(day=day, group=group, flags=tuple(flags))
        case Move.REJECT:
            return CountedStep(day=day, group=SET_ASIDE_GROUP)
        case Move.REOPEN:
            return stood.model_copy(update={"day": day})
        case _:
            return None


def count_case(
    law: StatisticsLaw, accepted_at: datetime, history: Sequence[StatisticalEvent]
) -> CaseMark:
    """The mark of a case, from the acceptance of its first report and its history."""
    fact = law.local_day(accepted_at)
    counts = Counts()
    for event in history:
        counts[fact, event.day, "case"] += CASE_COUNT_BY_MOVE.get(event.move, 0)
    review = _first(history, CLASSIFYING_MOVES)
    priority = _priority(history, review)
    for measure, done in (
        ("review", review),
        ("referral", _first(history, {Move.REFER})),
        ("acknowledgement", _first(history, {Move.ACKNOWLEDGE})),
    ):
        if done is None:
            continue
        seconds = (done.at - accepted_at).total_seconds()
        counts[fact, done.day, f"time:{measure}:{priority}:{class_from_seconds(seconds)}"] += 1
        if measure in DUE_MEASURES:
            late = "late" if _escalated(history, done) else "kept"
            counts[fact, done.day, f"{measure}:{late}"] += 1
    if review is not None and review.move == Move.CONFIRM:
        for proposal, kept in _proposals(history, review):
            word = "kept" if kept else "corrected"
            counts[fact, review.day, f"proposal:{proposal}:{word}"] += 1
    for end, day, often in _first_ends(history):
        seconds = (end.at - accepted_at).total_seconds()
        counts[
            end.day, day, f"time:{OUTCOME_MEASURE}:{priority}:{class_from_seconds(seconds)}"
        ] += often
    counts.update((fact, day, figure) for day, figure in _read_again(history))
    for fact_day, day, figure, often in _between_unit_and_office(history):
        counts[fact_day, day, figure] += often
    counts.update(_suspects(history))
    cells = sorted(_not_nothing(counts).items())
    return CaseMark(entries=tuple((*cell, often) for cell, often in cells))


def _first(history: Sequence[StatisticalEvent], moves: Iterable[str]) -> StatisticalEvent | None:
    return next((event for event in history if event.move in set(moves)), None)


def _first_ends(history: Sequence[StatisticalEvent]) -> Iterable[tuple[StatisticalEvent, str, int]]:
    """The first end of a case, the day on which it was recorded, and 1; again with -1 where it was
    withdrawn as an error, and then the end that is the first one."""
    ends, first = moves_into(Status.CLOSED), None
    for event in history:
        if first is None and event.move in ends:
            first = event
            yield first, event.day, 1
        elif first is not None and event.move == Move.RESUME:
            yield first, event.day, -1
            first = None


_ACTS: Final[Mapping[str, tuple[frozenset[str], frozenset[DeadlineKind]]]] = {
    "unit": (frozenset({Move.INFORM}), frozenset({DeadlineKind.INFORMING})),
    "office": (
        frozenset(moves_where(lambda law: law.about is EntrySubject.INSTRUCTION)),
        frozenset({DeadlineKind.AUTHORISATION, DeadlineKind.INSTRUCTION}),
    ),
}
"""By side: the acts that its deadline awaits, and the deadline."""


def _between_unit_and_office(
    history: Sequence[StatisticalEvent],
) -> Iterable[tuple[str, str, str, int]]:
    """For each side the first act in time, or the end of its time without one: the day, the day
    recorded, the figure and 1; again with -1 where the act was annulled, and then the next one.

    An office cannot answer what it does not know: before it was informed, it is not late."""
    for side, (acts, dues) in _ACTS.items():
        kept, late = PROSECUTION_COUNTERS[side]
        first, informed = None, side == "unit"
        for event in history:
            informed = informed or event.move == Move.INFORM
            if first is None and event.move in acts:
                first = event
                yield first.day, first.day, kept, 1
            elif first is None and informed and event.data.get("due") in dues:
                yield event.day, event.day, late, 1
                break
            elif first is not None and event.data.get(CORRECTS_FIELD) == first.number:
                yield first.day, event.day, kept, -1
                first = None


def _priority(history: Sequence[StatisticalEvent], review: StatisticalEvent | None) -> str:
    """As the first review found it, else as the assessment proposed it."""
    said = _first(history, moves_into(Status.IN_REVIEW))
    for event in (review, said):
        if event is not None and isinstance(event.data.get("priority"), str):
            return str(event.data["priority"])
    return "standard"


def _escalated(history: Sequence[StatisticalEvent], decided: StatisticalEvent) -> bool:
    """Whether the wait this decision ended had to be escalated: its deadline had passed."""
    waits = {move for move in moves_into(Status.QUEUED) if move.rule.kind is MoveKind.STEP}
    began = max(
        (e.number for e in history if e.move in waits and e.number < decided.number), default=0
    )
    return any(
        event.move == Move.ESCALATE and began < event.number < decided.number for event in history
    )


def _proposals(
    history: Sequence[StatisticalEvent], review: StatisticalEvent
) -> Iterable[tuple[str, bool]]:
    """What was proposed for the first review, and whether it was kept."""
    assessment = _first(history, {Move.ASSESS})
    if assessment is None:
        return
    yield from compare_proposals(assessment.data, review.data)


def compare_proposals(
    assessed: Mapping[str, Any], reviewed: Mapping[str, Any]
) -> Iterable[tuple[str, bool]]:
    """What an assessment proposed, and whether the review of the case kept it, from the data of
    both entries."""
    for name in PROPOSAL_KINDS:
        proposed, decided = assessed.get(name), reviewed.get(name)
        if proposed is None:
            continue
        # Without a unit of their own choice people keep the one the rule names.
        yield name, decided == proposed or (name == "unit" and decided is None)


def _read_again(history: Sequence[StatisticalEvent]) -> Iterable[tuple[str, str]]:
    """Of each review that was read again: the day of that, and the figures."""
    by_number = {event.number: event for event in history}
    for event in history:
        review = by_number.get(event.data.get(quality_samples.REVIEW_NUMBER_FIELD, 0))
        if event.move != Move.SAMPLE or review is None:
            continue
        for what, same in quality_samples.compare_readings(review, event):
            yield event.day, AGREEMENT_COUNTERS[what][0 if same else 1]


def _suspects(history: Sequence[StatisticalEvent]) -> Counts:
    """What becomes of suspects, as it was known after each entry that tells of one."""
    counts = Counts()
    told: dict[Any, list[StatisticalEvent]] = defaultdict(list)
    known: dict[Any, Counter[tuple[str, str]]] = defaultdict(Counter)
    for event in history:
        number = event.data.get("suspect")
        if event.move not in suspects.SUSPECT_MOVES or number is None:
            continue
        told[number].append(event)
        (ledger,) = suspects.valid_entries_by_suspect(told[number]).values()
        cells = _cells_of(ledger)
        for day, figure in cells.keys() | known[number].keys():
            moved = cells[day, figure] - known[number][day, figure]
            counts[day, event.day, figure] += moved
        known[number] = cells
    return counts


def _cells_of(ledger: Sequence[suspects.SuspectEntry]) -> Counter[tuple[str, str]]:
    """What one suspect counts for: the day of the fact, and the figure."""
    if not ledger:
        return Counter()
    identified, last = ledger[0].on, suspects.STANDING_AFTER_HAPPENING[ledger[-1].happening]
    return Counter(
        [
            (identified, "suspect"),
            (identified, f"suspect:{last}"),
            *(
                (each.on, f"outcome:{each.happening}")
                for each in ledger
                if each.happening in DATED_OUTCOMES
            ),
        ]
    )
