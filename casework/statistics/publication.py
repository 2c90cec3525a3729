"""What the public reads: whole months, each published once, small numbers withheld.

A month is published as it was recorded `SETTLING_TIME` after its end, and never again: a later
correction would tell, by subtraction, whom it concerned. What is withheld is decided once for each
cell of a month. A longer window is made from published months and from nothing else, so comparing
windows tells no more than the months themselves do.

**What is withheld.** A number from 1 to 4 is. The parts of one whole are published with the whole,
so a single part that is withheld could be subtracted out: together with the small parts goes the
smallest of the others, with all that equal it. Whatever is withheld then has the same published
answer after two withheld parts change places, so each of them may have at least two values. Where
no part reaches five, all parts are withheld. Parts of a part that is withheld are withheld. What
happened to suspects in a month is withheld where how its suspects stand is. The steps of a wait are
told by a rule of their own (`casework.statistics.delays`).
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.case.value_objects import Priority
from casework.pack.published_table import HOME_REGION, Census, Licence, PublishedTable
from casework.statistics import histogram
from casework.statistics.case_statistics import (
    AGREEMENT_COUNTERS,
    DATED_OUTCOMES,
    DELAY_MEASURES,
    DUE_MEASURES,
    OUTCOME_KINDS,
    PROPOSAL_KINDS,
    PROSECUTION_COUNTERS,
)
from casework.statistics.counts import Counts
from casework.statistics.delays import (
    DELAY_STEPS_SECONDS,
    MIN_PUBLISHED,
    count_delays,
    step_figure,
    step_figures,
    suppress_all_steps,
    suppress_small_steps,
)
from casework.statistics.report_statistics import DISCLOSURE_KINDS, GLANCE_MEASURE

SETTLING_TIME: Final = timedelta(days=10)
"""Between the end of a month and its publication."""

Figures = Counter[str]
"""How often, by figure, over some days."""


def month_range(first: str, last: str) -> list[str]:
    """The months from one to another, both included, as in `2024-06`."""
    year, month = int(first[:4]), int(first[5:7])
    found = []
    while f"{year:04d}-{month:02d}" <= last:
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def publication_day(month: str) -> str:
    """The day from which a month may be published: what is recorded before it is in it."""
    year, number = int(month[:4]), int(month[5:7])
    following = date(year + number // 12, number % 12 + 1, 1)
    return (following + SETTLING_TIME).isoformat()


def latest_published(today: str) -> str:
    """The last month that may be published on a day."""
    settled = date.fromisoformat(today) - SETTLING_TIME
    return (settled.replace(day=1) - timedelta(days=1)).isoformat()[:7]


def figures_from_counts(counts: Counts) -> Figures:
    """The figures in counters."""
    figures: Figures = Counter()
    for (_, _, figure), often in counts.items():
        figures[figure] += often
    return figures


def totals_and_parts(table: PublishedTable) -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """Every whole and its parts, wholes before the parts of their parts.

    None is a whole that is not published itself; its parts add up all the same.
    """
    yield None, ("report",)
    yield None, ("case",)
    yield None, ("suspect",)
    yield "report", tuple(f"group:{group}" for group in table.group_ids)
    yield "report", ("looked", "unlooked")
    yield "report", tuple(f"disclosure:{kind}" for kind in DISCLOSURE_KINDS)
    yield "report", tuple(f"origin:{place}" for place in table.origins)
    # Not parts of all reports: with those from abroad, which the parts of another whole tell, they
    # would tell how many came from home where that is withheld.
    yield f"origin:{HOME_REGION}", tuple(f"division:{place}" for place in table.places)
    for flag in table.flags:
        yield f"group:{flag.group}", (f"flag:{flag.id}", f"unflagged:{flag.id}")
    yield "suspect", tuple(f"suspect:{outcome}" for outcome in OUTCOME_KINDS)
    for outcome in DATED_OUTCOMES:
        yield None, (f"outcome:{outcome}",)
    for measure in DUE_MEASURES:
        yield None, (f"{measure}:kept", f"{measure}:late")
    for proposal in PROPOSAL_KINDS:
        yield None, (f"proposal:{proposal}:kept", f"proposal:{proposal}:corrected")
    yield from ((None, both) for both in AGREEMENT_COUNTERS.values() if table.agreement)
    yield from ((None, both) for both in PROSECUTION_COUNTERS.values() if table.prosecution)


def add_remainders(figures: Figures, table: PublishedTable) -> Figures:
    """Figures with what is in a flag's group and has not the flag, and with the reports that no
    person has looked at."""
    full = Counter(figures)
    full["unlooked"] = full["report"] - full["looked"]
    for flag in table.flags:
        full[f"unflagged:{flag.id}"] = full[f"group:{flag.group}"] - full[f"flag:{flag.id}"]
    return full


def choose_suppressed(parts: Mapping[str, int]) -> frozenset[str]:
    """Which parts of a published whole are withheld."""
    small = {part for part, number in parts.items() if 0 < number < MIN_PUBLISHED}
    if not small:
        return frozenset()
    others = [number for number in parts.values() if number >= MIN_PUBLISHED]
    if not others or len(parts) == 1:
        return frozenset(parts)
    next_smallest = min(others)
    return frozenset(small | {part for part, number in parts.items() if number == next_smallest})


class PublishedMonth(BaseModel):
    """A month as it is published."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    month: str
    cells: Mapping[str, int | None]
    """By figure; None is withheld."""
    times: Mapping[str, bytes]
    """Packed classes by `measure:priority`; empty bytes where fewer than `MIN_PUBLISHED` were
    measured."""


def build_published_month(month: str, figures: Figures, table: PublishedTable) -> PublishedMonth:
    """Publish a month; the same figures are published the same."""
    full = add_remainders(figures, table)
    cells: dict[str, int | None] = {}
    for whole, parts in totals_and_parts(table):
        numbers = {part: full[part] for part in parts}
        gone = (
            frozenset(parts)
            if whole is not None and cells[whole] is None
            else choose_suppressed(numbers)
        )
        cells |= {part: None if part in gone else numbers[part] for part in parts}
    if any(cells[f"suspect:{outcome}"] is None for outcome in OUTCOME_KINDS):
        # Who was identified and presented in one month is in both tables: one would tell the other.
        cells |= {f"outcome:{outcome}": None for outcome in DATED_OUTCOMES}
    for measure, waits in count_delays(figures).items():
        cells |= (
            suppress_small_steps(waits)
            if measure != GLANCE_MEASURE or cells["looked"] is not None
            else suppress_all_steps(waits)
        )
    return PublishedMonth(month=month, cells=cells, times=_times(figures))


def _times(figures: Figures) -> dict[str, bytes]:
    found = {}
    for measure in DELAY_MEASURES:
        for priority in Priority:
            classes = delay_classes(figures, measure, priority)
            enough = sum(classes.values()) >= MIN_PUBLISHED
            found[f"{measure}:{priority}"] = histogram.pack_histogram(classes if enough else {})
    return found


def delay_classes(figures: Figures, measure: str, priority: str) -> dict[int, int]:
    """The classes of one measure and priority that hold a time."""
    prefix = f"time:{measure}:{priority}:"
    return {
        int(figure.removeprefix(prefix)): often
        for figure, often in figures.items()
        if often and figure.startswith(prefix)
    }


class FigureRow(BaseModel):
    """One figure of a window."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    table: str
    row: str
    names: Mapping[str, str] = {}
    """By language, where the pack names the row."""
    count: int | None = None
    """Left out when it is withheld in every month of the window."""
    share: float | None = None
    """Of the whole its table belongs to, over the months in which both are published."""
    withheld: tuple[str, ...] = ()
    """Months in which it is withheld; `count` is without them."""
    by_month: tuple[int | None, ...] = ()
    """The number of each month in `months` of the answer; null where it is withheld."""
    per_100_000: float | None = None
    """`count` for each 100,000 inhabitants of a region, where the pack knows how many it has."""


class PublishedTime(BaseModel):
    """How long something took: `look` from the acceptance of each report until a person looked at
    it, the others from the acceptance of a case's first report. `outcome` is told in the month in
    which the case ended, the others in that of acceptance."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    measure: str
    priority: str
    median_seconds: int | None = None
    """Left out where fewer than five were measured in each month."""
    p90_seconds: int | None = None


class PopulationSource(BaseModel):
    """The census that the numbers of inhabitants are from."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    source: str
    day: str
    """The day on which people were counted."""

    @classmethod
    def from_census(cls, census: Census) -> PopulationSource:
        """What is told of a census."""
        return cls(source=census.source, day=census.day)


class Bilan(BaseModel):
    """The figures of a window."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    first: str
    last: str
    unpublished: tuple[str, ...] = ()
    """Months of the window that are not published yet, and are not in the figures."""
    months: tuple[str, ...] = ()
    """The published months of the window, of which each figure tells its number in `by_month`."""
    corrected: Mapping[str, int] = {}
    """Month → at least so many facts were recorded or corrected after its publication, and are not
    in
    these figures; a multiple of five. Told of the twelve months before the latest published one."""
    population: PopulationSource | None = None
    """Where the numbers of inhabitants are from."""
    licence: Licence | None = None
    """Under which these figures may be used."""
    counted: Mapping[str, str] = {}
    """Table → how its figures are counted, in the language that was asked for."""
    figures: tuple[FigureRow, ...]
    reports_per_case: float | None = None
    times: tuple[PublishedTime, ...]
    time_error: float = histogram.MAX_RELATIVE_ERROR
    """Largest relative error of the times, for those above a minute."""


def build_statistics(
    first: str,
    last: str,
    parts: Sequence[PublishedMonth],
    table: PublishedTable,
    *,
    unpublished: Iterable[str] = (),
    corrected: Mapping[str, int] | None = None,
    monthly: bool = True,
    beside: Collection[str] = (),
) -> Bilan:
    """The figures of a window, from what is published of it and from nothing else.

    `corrected` is the latest note of corrections. A window of days has no numbers by month. The
    tables named `beside` are told, too, where the pack does not publish them.
    """
    rows = [
        _row(parts, name, row, figures, base, table, monthly=monthly)
        for name, row, figures, base in _layout(table, beside)
    ]
    inside = {part.month for part in parts}
    return Bilan(
        first=first,
        last=last,
        unpublished=tuple(unpublished),
        months=tuple(part.month for part in parts) if monthly else (),
        corrected={each: often for each, often in (corrected or {}).items() if each in inside},
        population=PopulationSource.from_census(table.inhabitants) if table.inhabitants else None,
        licence=table.licence,
        figures=tuple(rows),
        reports_per_case=_quotient(parts, ("report",), ("case",)),
        times=tuple(_times_of(parts)),
    )


def _layout(
    table: PublishedTable, beside: Collection[str]
) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """The rows in their order: table, row, the figures that add up to it, and to its whole."""
    crimes = tuple(f"group:{group}" for group in table.technology)
    everyone = ("report",)
    yield "reports", "processed", everyone, ()
    yield "reports", "technology_crimes", crimes, everyone
    yield "reports", "looked_at", ("looked",), everyone
    for group in table.group_ids:
        inside = group in table.technology
        yield "groups", group, (f"group:{group}",), crimes if inside else everyone
    for flag in table.flags:
        yield "flags", flag.id, (f"flag:{flag.id}",), (f"group:{flag.group}",)
    for kind in DISCLOSURE_KINDS:
        yield "disclosure", kind, (f"disclosure:{kind}",), everyone
    yield "origin", "abroad", tuple(f"origin:{place}" for place in table.abroad), everyone
    for place in table.origins:
        yield "origin", place, (f"origin:{place}",), everyone
    for place in table.places:
        yield "regions", place, (f"division:{place}",), (f"origin:{HOME_REGION}",)
    yield "suspects", "identified", ("suspect",), ()
    for outcome in OUTCOME_KINDS:
        yield "suspects", outcome, (f"suspect:{outcome}",), ("suspect",)
    for outcome in DATED_OUTCOMES:
        yield "outcomes", outcome, (f"outcome:{outcome}",), ()
    yield "cases", "opened", ("case",), ()
    yield from _layout_of_work()
    yield from _agreement() if table.agreement or "samples" in beside else ()
    yield from _prosecution() if table.prosecution or "prosecution" in beside else ()


def _layout_of_work() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """The rows that tell how people worked, as in `_layout`."""
    for measure, step in itertools.product(DELAY_MEASURES, DELAY_STEPS_SECONDS):
        yield "delays", f"{measure}_{step}", (step_figure(measure, step),), step_figures(measure)
    for measure in DUE_MEASURES:
        both = (f"{measure}:kept", f"{measure}:late")
        yield "deadlines", f"{measure}_kept", both[:1], both
        yield "deadlines", f"{measure}_late", both[1:], both
    for proposal in PROPOSAL_KINDS:
        both = (f"proposal:{proposal}:kept", f"proposal:{proposal}:corrected")
        yield "proposals", f"{proposal}_kept", both[:1], both
        yield "proposals", f"{proposal}_corrected", both[1:], both


def _agreement() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    for what, both in AGREEMENT_COUNTERS.items():
        yield "samples", f"{what}_same", both[:1], both
        yield "samples", f"{what}_other", both[1:], both


def _prosecution() -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    for side, both in PROSECUTION_COUNTERS.items():
        yield "prosecution", f"{side}_kept", both[:1], both
        yield "prosecution", f"{side}_late", both[1:], both


def _row(
    parts: Sequence[PublishedMonth],
    name: str,
    row: str,
    figures: tuple[str, ...],
    base: tuple[str, ...],
    table: PublishedTable,
    *,
    monthly: bool,
) -> FigureRow:
    numbers = [_sum(part, figures) for part in parts]
    shown = [part for part, number in zip(parts, numbers, strict=True) if number is not None]
    count = sum(number or 0 for number in numbers) if shown or not parts else None
    return FigureRow(
        table=name,
        row=row,
        names=table.row_names(name, row),
        count=count,
        by_month=tuple(numbers) if monthly else (),
        per_100_000=_per_inhabitants(count, table, row) if name == "regions" else None,
        share=_quotient(parts, figures, base),
        withheld=tuple(part.month for part in parts if part not in shown),
    )


def _per_inhabitants(count: int | None, table: PublishedTable, region: str) -> float | None:
    people = table.count_inhabitants(region)
    return round(count * 100_000 / people, 1) if people and count is not None else None


def _sum(part: PublishedMonth, figures: tuple[str, ...]) -> int | None:
    # A month that was published before a figure existed says nothing of it.
    numbers = [part.cells.get(figure) for figure in figures]
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _quotient(
    parts: Sequence[PublishedMonth], above: tuple[str, ...], below: tuple[str, ...]
) -> float | None:
    if not below:
        return None
    pairs = [(_sum(part, above), _sum(part, below)) for part in parts]
    both = [(over, under) for over, under in pairs if over is not None and under is not None]
    under = sum(pair[1] for pair in both)
    return round(sum(pair[0] for pair in both) / under, 4) if under else None


def _times_of(parts: Sequence[PublishedMonth]) -> Iterator[PublishedTime]:
    for measure in DELAY_MEASURES:
        for priority in Priority:
            classes: Counter[int] = Counter()
            for part in parts:
                # A month from before a measure existed has no times of it.
                if packed := part.times.get(f"{measure}:{priority}"):
                    classes.update(histogram.unpack_histogram(packed))
            median, p90 = (histogram.histogram_percentile(classes, share) for share in (0.5, 0.9))
            yield PublishedTime(
                measure=measure,
                priority=priority,
                median_seconds=None if median is None else round(median),
                p90_seconds=None if p90 is None else round(p90),
            )


def unsuppressed_month(name: str, figures: Figures, table: PublishedTable) -> PublishedMonth:
    """Figures in the form of a published month, with nothing withheld: for staff alone."""
    full = add_remainders(figures, table)
    cells: dict[str, int | None] = {
        part: full[part]
        for parts in (
            *(parts for _, parts in totals_and_parts(table)),
            *AGREEMENT_COUNTERS.values(),
            *PROSECUTION_COUNTERS.values(),
        )
        for part in parts
    }
    for waits in count_delays(figures).values():
        cells |= waits
    times = {
        f"{measure}:{priority}": histogram.pack_histogram(delay_classes(figures, measure, priority))
        for measure in DELAY_MEASURES
        for priority in Priority
    }
    return PublishedMonth(month=name, cells=cells, times=times)
