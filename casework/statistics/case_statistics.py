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
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from casework.case import quality_samples, suspects
from casework.case.history import CORRECTS_FIELD
from casework.case.lifecycle import MOVE_RULES, Move, Status, moves_into, moves_where
from casework.case.rule_types import EntrySubject, MoveKind
from casework.case.value_objects import DeadlineKind
from casework.pack.published_table import StatisticsLaw
from casework.statistics.counts import Counts, StatisticalEvent, without_zeros
from casework.statistics.histogram import class_from_seconds
from casework.statistics.report_statistics import CLASSIFYING_MOVES, GLANCE_MEASURE

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

CASE_COUNT_BY_MOVE: Final[Mapping[str, int]] = {move: law.cases for move, law in MOVE_RULES.items()}
"""By how many cases that stand on their own become more by each move."""


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
        return without_zeros(counts)


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
    cells = sorted(without_zeros(counts).items())
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
        kept_counter, late = PROSECUTION_COUNTERS[side]
        first, informed = None, side == "unit"
        for event in history:
            informed = informed or event.move == Move.INFORM
            if first is None and event.move in acts:
                first = event
                yield first.day, first.day, kept_counter, 1
            elif first is None and informed and event.data.get("due") in dues:
                yield event.day, event.day, late, 1
                break
            elif first is not None and event.data.get(CORRECTS_FIELD) == first.number:
                yield first.day, event.day, kept_counter, -1
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
    events_by_suspect: dict[Any, list[StatisticalEvent]] = defaultdict(list)
    cells_by_suspect: dict[Any, Counter[tuple[str, str]]] = defaultdict(Counter)
    for event in history:
        number = event.data.get("suspect")
        if event.move not in suspects.SUSPECT_MOVES or number is None:
            continue
        events_by_suspect[number].append(event)
        (ledger,) = suspects.valid_entries_by_suspect(events_by_suspect[number]).values()
        cells = _cells_of(ledger)
        for day, figure in cells.keys() | cells_by_suspect[number].keys():
            moved = cells[day, figure] - cells_by_suspect[number][day, figure]
            counts[day, event.day, figure] += moved
        cells_by_suspect[number] = cells
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
