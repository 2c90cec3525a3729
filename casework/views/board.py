"""The board of supervisors: what waits, what is late, and who has how much.

Lists on which people act are read from queues. Counts of a week are for sharing out the work: none
of them is a ranking of people, and no order here is by how much somebody did.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import Final, Literal

from casework.case.case import Case
from casework.case.value_objects import Priority, UnitState
from casework.decisions.permissions import case_owner
from casework.statistics.case_statistics import PROPOSAL_KINDS
from casework.statistics.decision_lines import DecidedLine
from casework.views.desk_view import DeskView
from casework.views.lists import CaseLine, deadline_views
from casework.views.sample import SamplesOnBoard

BOARD_HOUR_SECONDS: Final = 3_600
AGE_LIMITS_SECONDS: Final = (
    BOARD_HOUR_SECONDS,
    4 * BOARD_HOUR_SECONDS,
    24 * BOARD_HOUR_SECONDS,
    72 * BOARD_HOUR_SECONDS,
)
"""Seconds at which one class of ages ends and the next begins."""
DUE_SOON_SECONDS: Final = 24 * BOARD_HOUR_SECONDS
MAX_CORRECTED_ROWS: Final = 10
"""Rules, languages and categories that are shown, of each the most corrected."""
MAX_CORRECTED_CASES: Final = 10


class WaitingView(DeskView):
    """Cases of one priority that wait at one desk."""

    desk: Literal["review", "supervision"]
    priority: Priority
    ages: tuple[int, ...]
    """How many there are in each class of ages, the youngest first: one class more than `edges`."""


class UnitBoard(DeskView):
    """What stands with one unit, and how fast it answers."""

    unit: str
    waiting: int
    """Referrals it has not answered."""
    waiting_since: str | None = None
    """Of the oldest of them."""
    held: int
    """Cases it holds, those without the prosecutor's authorisation included."""
    unauthorised: int
    unauthorised_since: str | None = None
    """Of the one that has rested longest without the authorisation."""
    late: int = 0
    """Cases with it, among those that were read, of which a deadline of its own was missed."""
    due_soon: int = 0
    """The same, of which one ends within a day."""
    answered: int
    """Referrals it answered in these days."""
    median_seconds: int | None = None
    """From the time it was told to its answer; left out where it answered none."""


class PersonLoad(DeskView):
    """What one person has now, and has decided today."""

    by: str
    held: int
    """Cases that they work on alone at this moment."""
    open: int
    """Cases that are theirs, among those that were read: given to them, or held now."""
    late: int
    """Of these, those of which a deadline was missed."""
    due_soon: int
    """Of these, those of which one ends within a day."""
    oldest_at: str | None = None
    """When the oldest of these came into its status; left out without any."""
    decided: int
    """Today."""


class CorrectedProposals(DeskView, title="CorrectedProposals"):
    """What the first reviews of these days did to proposals of one rule, in one language or of one
    category."""

    by: Literal["rule", "language", "category"]
    name: str
    """Of the rule, the language or the category."""
    what: Literal["category", "priority", "territory", "unit"] | None = None
    """What the rule proposes; left out of languages and categories."""
    kept: int
    corrected: int
    became: str | None = None
    """What people decided most often instead; left out where that is no one thing."""
    cases: tuple[str, ...] = ()
    """Ids of the latest cases in which it was corrected, at most ten."""


class ProposalsKept(DeskView):
    """What the first reviews of these days did to one kind of proposal."""

    what: Literal["category", "priority", "territory", "unit"]
    kept: int
    corrected: int


class Board(DeskView):
    """What waits, what is late, and who has how much."""

    days: int
    """The days of answers and corrections, today included."""
    edges: tuple[int, ...]
    """Seconds since a case was opened, at which one class of ages ends and the next begins."""
    waiting: tuple[WaitingView, ...]
    """Those without a case are left out."""
    waiting_goes_on: bool
    """Whether more wait than were counted."""
    decided_by_day: tuple[int, ...]
    """How many decisions people took on each of these days, today first."""
    without_person: tuple[CaseLine, ...]
    """Danger may be imminent, and nobody has the case or took care of it: the gravest first."""
    due_soon: int
    """Cases, among those that were read, of which a deadline ends within a day."""
    load_goes_on: bool
    """Whether more cases stand with units than were read to tell whose they are and what is due:
    those that came there first were."""
    late: tuple[CaseLine, ...]
    """Most urgent first."""
    late_goes_on: bool
    contested: tuple[CaseLine, ...]
    """Units dispute whose case it is: a supervisor decides."""
    second_looks: tuple[CaseLine, ...]
    """A person proposed a decision; another one must decide the same."""
    held: tuple[CaseLine, ...]
    """Cases that a person works on alone now, at review and at units, the oldest hold first."""
    held_cursor: str | None = None
    """Of the next page of `holds`; left out where all are here."""
    unauthorised: tuple[CaseLine, ...]
    """The most urgent of those that have rested longest without the prosecutor's authorisation, and
    of one priority those that rest longest."""
    units: tuple[UnitBoard, ...]
    """By id; those with nothing are left out."""
    load: tuple[PersonLoad, ...]
    """In no order of merit."""
    corrections: tuple[ProposalsKept, ...]
    corrected: tuple[CorrectedProposals, ...]
    """By rule, language and category, of each the most corrected first, at most ten."""
    samples: SamplesOnBoard
    """Closed reviews that a second person reads again."""
    people: Mapping[str, str] = {}
    """The names of all who are named by subject."""


def count_by_age(
    places: Iterable[tuple[int, str]], now: datetime
) -> dict[Priority, tuple[int, ...]]:
    """How many cases of each priority are in each class of ages, from the rank of each and the time
    at which it was opened."""
    found: dict[Priority, list[int]] = defaultdict(lambda: [0] * (len(AGE_LIMITS_SECONDS) + 1))
    for rank, opened_at in places:
        age = (now - datetime.fromisoformat(opened_at)).total_seconds()
        found[list(Priority)[rank]][sum(age >= edge for edge in AGE_LIMITS_SECONDS)] += 1
    return {each: tuple(found[each]) for each in Priority if each in found}


def unit_boards(
    standing: Iterable[tuple[str, UnitState, str]],
    decided: Iterable[DecidedLine],
    cases: Iterable[Case],
    now: datetime,
) -> tuple[UnitBoard, ...]:
    """The lines of the units: from what stands with each, how and since when, from answers, and
    from the cases that were read."""
    theirs: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.referral is not None and case.unit_state is not None:
            theirs[case.referral.unit].append(case)
    since: dict[str, dict[UnitState, list[str]]] = defaultdict(lambda: defaultdict(list))
    for unit, stands, begun in standing:
        since[unit][stands].append(begun)
    times: dict[str, list[int]] = defaultdict(list)
    for line in decided:
        if line.unit is not None and line.seconds is not None:
            times[line.unit].append(line.seconds)
    return tuple(
        UnitBoard(
            unit=unit,
            waiting=len(since[unit][UnitState.WAITING]),
            waiting_since=min(since[unit][UnitState.WAITING], default=None),
            held=len(since[unit][UnitState.HELD]) + len(since[unit][UnitState.UNAUTHORISED]),
            unauthorised=len(since[unit][UnitState.UNAUTHORISED]),
            unauthorised_since=min(since[unit][UnitState.UNAUTHORISED], default=None),
            **_due_counts(theirs[unit], now),
            answered=len(times[unit]),
            median_seconds=math.floor(median(times[unit])) if times[unit] else None,
        )
        for unit in sorted({*since, *times})
    )


class Due(StrEnum):
    """How the nearest deadline of a case stands."""

    LATE = "late"
    SOON = "soon"


def due_of(case: Case, now: datetime, *, of_unit: bool = False) -> Due | None:
    """Whether a deadline that people must meet was missed, or ends within a day; `of_unit`: without
    those that the prosecutor's office owes."""
    counted = [
        each
        for each in deadline_views(case, now)
        if each.kind != "retention" and not (of_unit and each.owed_by == "office")
    ]
    if any(each.level > 0 or each.seconds_left == 0 for each in counted):
        return Due.LATE
    soon = any(each.seconds_left <= DUE_SOON_SECONDS for each in counted)
    return Due.SOON if soon else None


def person_loads(
    held: Iterable[str], decided: Iterable[DecidedLine], cases: Collection[Case], now: datetime
) -> tuple[PersonLoad, ...]:
    """What each person has now and decided today, by subject; `held` has who holds each case, and
    `cases` are those that were read."""
    holds = Counter(held)
    decisions = Counter(line.by for line in decided)
    theirs: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        hold, owner = case.active_hold(now), case_owner(case)
        for by in {owner, hold.by if hold else None} - {None}:
            theirs[str(by)].append(case)
    return tuple(
        PersonLoad(
            by=by,
            held=holds[by],
            open=len(theirs[by]),
            **_due_counts(theirs[by], now),
            oldest_at=min((case.moved_at or case.opened_at for case in theirs[by]), default=None),
            decided=decisions[by],
        )
        for by in sorted({*holds, *decisions, *theirs})
    )


def _due_counts(cases: Iterable[Case], now: datetime) -> dict[str, int]:
    found = Counter(due_of(case, now, of_unit=True) for case in cases)
    return {"late": found[Due.LATE], "due_soon": found[Due.SOON]}


def corrected_proposals(decided: Sequence[DecidedLine]) -> tuple[CorrectedProposals, ...]:
    """The proposals that first reviews corrected, by rule, language and category."""
    found: dict[tuple[str, str, str | None], list[tuple[DecidedLine, str]]] = defaultdict(list)
    for line in decided:
        for what in (*line.kept, *line.corrected):
            for by, name in (
                ("rule", line.rules.get(what)),
                ("language", line.language),
                ("category", line.category),
            ):
                if name is not None:
                    found[by, name, what if by == "rule" else None].append((line, what))
    rows = [_corrected_row(key, judged) for key, judged in found.items()]
    rows.sort(key=lambda row: (-row.corrected, row.kept, row.name))
    return tuple(
        row
        for by in ("rule", "language", "category")
        for row in [each for each in rows if each.by == by and each.corrected][:MAX_CORRECTED_ROWS]
    )


def _corrected_row(
    key: tuple[str, str, str | None], judged: Sequence[tuple[DecidedLine, str]]
) -> CorrectedProposals:
    by, name, what = key
    wrong = [(line, each) for line, each in judged if each in line.corrected]
    became = Counter(line.became[each] for line, each in wrong if each in line.became)
    latest = sorted(wrong, key=lambda each: each[0].at, reverse=True)
    return CorrectedProposals.model_validate(
        {
            "by": by,
            "name": name,
            "what": what,
            "kept": len(judged) - len(wrong),
            "corrected": len(wrong),
            "became": became.most_common(1)[0][0] if what and became else None,
            "cases": tuple(dict.fromkeys(line.case_id for line, _ in latest))[:MAX_CORRECTED_CASES],
        }
    )


def proposal_corrections(decided: Sequence[DecidedLine]) -> tuple[ProposalsKept, ...]:
    """What first reviews did to the proposals of the machine."""
    kept_counts = Counter(name for line in decided for name in line.kept)
    corrected = Counter(name for line in decided for name in line.corrected)
    return tuple(
        ProposalsKept.model_validate(
            {"what": name, "kept": kept_counts[name], "corrected": corrected[name]}
        )
        for name in PROPOSAL_KINDS
        if kept_counts[name] or corrected[name]
    )
