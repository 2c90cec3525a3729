"""What one report counts for, and how its mark changes with the history of its case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from casework.case.admission import admitted_up_to_number
from casework.case.first_glance import find_first_look
from casework.case.lifecycle import Move, moves_where
from casework.case.rule_types import StatisticsEffect
from casework.pack.published_table import HOME_REGION, SET_ASIDE_GROUP, StatisticsLaw
from casework.statistics.counts import Counts, StatisticalEvent, without_zeros
from casework.statistics.histogram import class_from_seconds
from casework.text.reference import case_id_from_reference

DISCLOSURE_KINDS: Final = ("anonymous", "confidential", "identified")


GLANCE_MEASURE: Final = "look"
"""What is timed from the acceptance of each report: that a person looked at it."""


CLASSIFYING_MOVES: Final = moves_where(lambda law: law.counts is StatisticsEffect.REPORTS)
"""Moves that change what the reports of a case count for."""


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
        return without_zeros(counts)


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
    day_joined = law.local_day(report.linked_at)
    earlier: tuple[CountedStep, ...]
    if before is None:
        earlier = (CountedStep(day=day_joined, group=law.find_group(report.category)),)
    elif before.case_id != report.case_id:
        day_joined = max(day_joined, before.steps[-1].day)
        earlier = before.steps
    else:
        day_joined, earlier = before.since, before.before
    priority = before.priority if before and before.accepted else report.priority
    first_seen = before.looked if before else None  # it may be in the history of an earlier case
    origin = before.origin if before else law.table.find_region(report.country)
    division = law.find_division(report.territory) if origin == HOME_REGION else None
    return ReportMark(
        case_id=report.case_id,
        day=before.day if before else law.local_day(report.accepted_at),
        since=day_joined,
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
        steps=_steps(law, _counts_since(report, day_joined, history), earlier, history),
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
    report: StatisticsReport | ReportMark, day_joined: str, history: Sequence[StatisticalEvent]
) -> str | None:
    """The day from which on a report counts with its case; None while nobody admitted it.

    Until then it counts as what its reporter told, like one that nobody has reviewed.
    """
    if report.first == 0:
        return day_joined
    by = [
        event
        for event in history
        if event.number == report.first or 0 < report.number <= admitted_up_to_number(event)
    ]
    return max(day_joined, by[0].day) if by else None


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
