"""Small numbers are withheld, and nothing that is published brings them back."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.case.value_objects import Priority
from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import HOME_REGION, PublishedTable, load_statistics_law
from casework.statistics import histogram
from casework.statistics.case_statistics import (
    DATED_OUTCOMES,
    DELAY_MEASURES,
    DUE_MEASURES,
    OUTCOME_KINDS,
    PROPOSAL_KINDS,
)
from casework.statistics.corrections import correction_note, noted_months
from casework.statistics.counts import Counts
from casework.statistics.delays import DELAY_STEPS_SECONDS, MIN_PUBLISHED, suppress_small_steps
from casework.statistics.histogram import class_from_seconds, histogram_percentile
from casework.statistics.publication import (
    Figures,
    PublishedMonth,
    add_remainders,
    build_published_month,
    build_statistics,
    choose_suppressed,
    month_range,
    publication_day,
    totals_and_parts,
)
from casework.statistics.report_statistics import DISCLOSURE_KINDS

TABLE: PublishedTable = load_statistics_law(JURISDICTIONS_FOLDER / "ma").table
MONTHS = ["2024-06", "2024-07", "2024-08"]
NUMBERS = st.one_of(st.integers(0, 7), st.integers(0, 400))


@st.composite
def some_figures(draw: st.DrawFn) -> Figures:
    """The figures of a month: parts add up to their wholes."""
    found: Figures = Counter()
    for group in TABLE.group_ids:
        found[f"group:{group}"] = draw(NUMBERS)
    found["report"] = sum(found.values())
    left = found["report"]
    for kind in DISCLOSURE_KINDS[:-1]:
        found[f"disclosure:{kind}"] = draw(st.integers(0, left))
        left -= found[f"disclosure:{kind}"]
    found[f"disclosure:{DISCLOSURE_KINDS[-1]}"] = left
    left = found["report"]
    for place in TABLE.origins[1:]:
        found[f"origin:{place}"] = draw(st.integers(0, min(left, 9)))
        left -= found[f"origin:{place}"]
    found[f"origin:{HOME_REGION}"] = left
    for place in TABLE.places[:-1]:
        found[f"division:{place}"] = draw(st.integers(0, min(left, 9)))
        left -= found[f"division:{place}"]
    found[f"division:{TABLE.places[-1]}"] = left
    for flag in TABLE.flags:
        found[f"flag:{flag.id}"] = draw(st.integers(0, found[f"group:{flag.group}"]))
    for outcome in OUTCOME_KINDS:
        found[f"suspect:{outcome}"] = draw(NUMBERS)
    found["suspect"] = sum(found[f"suspect:{outcome}"] for outcome in OUTCOME_KINDS)
    for outcome in DATED_OUTCOMES:
        found[f"outcome:{outcome}"] = draw(NUMBERS)
    found["case"] = draw(NUMBERS)
    for figure in (
        *(f"{measure}:{word}" for measure in DUE_MEASURES for word in ("kept", "late")),
        *(f"proposal:{name}:{word}" for name in PROPOSAL_KINDS for word in ("kept", "corrected")),
    ):
        found[figure] = draw(NUMBERS)
    return found


def test_no_number_from_one_to_four_is_published_and_none_comes_back_from_its_whole() -> None:
    """Every table of up to four parts: what is withheld may always be two different numbers."""
    for size, highest in ((2, 16), (3, 12), (4, 7)):
        behind: dict[object, list[tuple[int, ...]]] = defaultdict(list)
        for numbers in itertools.product(range(highest + 1), repeat=size):
            whole = sum(numbers)
            if 0 < whole < MIN_PUBLISHED:
                continue  # a whole that is small is withheld itself, and all of its parts
            parts = {str(place): number for place, number in enumerate(numbers)}
            gone = choose_suppressed(parts)
            shown = tuple(None if name in gone else number for name, number in parts.items())
            assert not [
                number for number in shown if number is not None and 0 < number < MIN_PUBLISHED
            ]
            behind[whole, shown].append(numbers)
        for (whole, shown), datasets in behind.items():  # type: ignore[misc]  # the key's two parts
            if whole > highest:
                continue  # some that publish the same are beyond the numbers tried
            for place, number in enumerate(shown):
                if number is None:
                    assert len({dataset[place] for dataset in datasets}) > 1, datasets


def test_a_month_published_before_regions_were_counted_says_nothing_of_them() -> None:
    figures: Figures = Counter({"report": 9, "origin:home": 9, "division:06": 9})
    old = build_published_month("2024-06", figures, TABLE)
    cells = {name: cell for name, cell in old.cells.items() if not name.startswith("division:")}
    old = old.model_copy(update={"cells": cells})
    both = build_statistics(
        "2024-06", "2024-07", [old, build_published_month("2024-07", figures, TABLE)], TABLE
    )
    row = next(each for each in both.figures if (each.table, each.row) == ("regions", "06"))
    assert (row.count, row.share, row.withheld) == (9, 1.0, ("2024-06",))


def test_where_the_reports_from_home_are_withheld_so_are_those_of_its_regions() -> None:
    figures: Figures = Counter(
        {"report": 12, "origin:home": 9, "origin:europe": 3, "division:06": 9}
    )
    cells = build_published_month("2024-06", figures, TABLE).cells
    assert cells["origin:home"] is None
    assert {cells[f"division:{place}"] for place in TABLE.places} == {None}


def another_with_the_same_answer(
    figures: Figures, published: PublishedMonth
) -> Mapping[str, Figures]:
    """For each withheld figure, a month that is published the same and in which it differs."""
    found = {}
    full = add_remainders(figures, TABLE)
    for whole, parts in totals_and_parts(TABLE):
        gone = [part for part in parts if published.cells[part] is None]
        if whole is None or published.cells[whole] is None:
            continue
        for part in gone:
            other = next((each for each in gone if full[each] != full[part]), None)
            if other is None:
                continue
            changed = Counter(figures)
            changed[part], changed[other] = full[other], full[part]
            for flag in TABLE.flags:
                group = f"group:{flag.group}"
                if published.cells[group] is None:
                    changed[f"flag:{flag.id}"] = min(changed[f"flag:{flag.id}"], changed[group])
            found[part] = changed
    return found


@settings(max_examples=25)
@given(st.lists(some_figures(), min_size=3, max_size=3))
def test_subtracting_any_two_windows_or_tables_recovers_nothing(three: list[Figures]) -> None:
    """A month whose withheld figure is another is published as the same month.

    All answers are made of published months, so no arithmetic on answers, whichever windows and
    tables they are of, can tell the two apart.
    """
    for month, figures in zip(MONTHS, three, strict=True):
        published = build_published_month(month, figures, TABLE)
        for figure, changed in another_with_the_same_answer(figures, published).items():
            assert add_remainders(changed, TABLE)[figure] != add_remainders(figures, TABLE)[figure]
            assert build_published_month(month, changed, TABLE) == published


@settings(max_examples=50)
@given(st.lists(some_figures(), min_size=2, max_size=3))
def test_the_difference_of_two_windows_equals_their_published_months(
    some: list[Figures],
) -> None:
    """The longer window less the shorter: the last month, as it is published, or nothing."""
    published = [
        build_published_month(month, each, TABLE) for month, each in zip(MONTHS, some, strict=False)
    ]
    long = build_statistics(MONTHS[0], MONTHS[len(some) - 1], published, TABLE)
    short = build_statistics(MONTHS[0], MONTHS[len(some) - 2], published[:-1], TABLE)
    last = build_statistics(MONTHS[len(some) - 1], MONTHS[len(some) - 1], published[-1:], TABLE)
    for whole, part, apart in zip(long.figures, short.figures, last.figures, strict=True):
        assert (whole.count or 0) - (part.count or 0) == (apart.count or 0)
        assert not 0 < (apart.count or 0) < MIN_PUBLISHED


@given(some_figures())
def test_a_month_of_large_numbers_is_published_whole(figures: Figures) -> None:
    large = Counter({name: number + MIN_PUBLISHED for name, number in figures.items()})
    large["report"] = sum(large[f"group:{group}"] for group in TABLE.group_ids)
    for flag in TABLE.flags:
        large[f"group:{flag.group}"] = 2 * large[f"flag:{flag.id}"]
    cells = build_published_month("2024-06", large, TABLE).cells
    assert None not in cells.values()


def test_parts_of_a_withheld_part_are_withheld() -> None:
    figures = Counter({"report": 103, "group:fraud": 100, "group:terrorism": 3})
    cells = build_published_month("2024-06", figures, TABLE).cells
    assert cells["report"] == 103
    assert cells["group:terrorism"] is cells["group:fraud"] is None
    assert cells["flag:praise_daesh"] is cells["unflagged:praise_daesh"] is None
    assert cells["group:sextortion"] == 0


def test_no_step_of_a_delay_comes_back_from_its_whole_the_median_or_the_longest_times() -> None:
    """Every month of 5 to 40 waits in three steps: a step from 1 to 4 may be two numbers."""
    for whole in range(MIN_PUBLISHED, 41):
        behind: dict[object, list[tuple[int, ...]]] = defaultdict(list)
        for first, second in itertools.product(range(whole + 1), repeat=2):
            if first + second > whole:
                continue
            numbers = (first, second, whole - first - second)
            shown = tuple(suppress_small_steps(dict(zip("abc", numbers, strict=True))).values())
            waits = dict(enumerate(numbers))
            behind[
                shown, histogram_percentile(waits, 0.5), histogram_percentile(waits, 0.9)
            ].append(numbers)
        for datasets in behind.values():
            for values in map(set, zip(*datasets, strict=True)):
                assert len(values) > 1 or values.isdisjoint(range(1, MIN_PUBLISHED)), datasets


def test_all_steps_of_a_delay_are_told_or_none() -> None:
    quick, slow = class_from_seconds(1_800), class_from_seconds(400_000)
    figures = Counter({f"time:look:standard:{quick}": 51, f"time:look:urgent:{slow}": 5})
    figures |= Counter(
        {"report": 56, "looked": 56, "time:review:urgent:3": 9, f"time:review:urgent:{slow}": 4}
    )
    answer = build_statistics(
        "2024-06", "2024-06", [build_published_month("2024-06", figures, TABLE)], TABLE
    )
    rows = {row.row: row.count for row in answer.figures if row.table == "delays"}
    assert (rows["look_hour"], rows["look_day"], rows["look_week"]) == (51, 0, 5)
    assert {rows[f"review_{step}"] for step in DELAY_STEPS_SECONDS} == {None}


def test_each_month_of_a_window_tells_its_own_number_or_that_it_is_withheld() -> None:
    parts = [
        build_published_month("2024-06", Counter({"report": 9, "group:fraud": 9}), TABLE),
        build_published_month(
            "2024-07", Counter({"report": 12, "group:fraud": 9, "group:other": 3}), TABLE
        ),
    ]
    answer = build_statistics("2024-06", "2024-07", parts, TABLE)
    rows = {(row.table, row.row): row for row in answer.figures}
    assert answer.months == ("2024-06", "2024-07")
    assert rows["reports", "processed"].by_month == (9, 12)
    assert rows["groups", "other"].by_month == (0, None)
    for row in answer.figures:
        known = [number for number in row.by_month if number is not None]
        assert row.count == (sum(known) if known else None)


def test_a_region_is_told_for_each_100_000_inhabitants_of_the_census() -> None:
    figures: Figures = Counter(
        {"report": 7689, "origin:home": 7689, "division:06": 7000, "division:unplaced": 689}
    )
    answer = build_statistics(
        "2024-06", "2024-06", [build_published_month("2024-06", figures, TABLE)], TABLE
    )
    rates = {row.row: row.per_100_000 for row in answer.figures if row.table == "regions"}
    assert rates["06"] == 91.0  # 7,000 of 7,688,967
    assert rates["unplaced"] is None
    assert answer.population is not None
    assert answer.population.day == "2024-09-01"


def test_no_rate_is_told_from_a_census_that_nobody_confirmed() -> None:
    assert TABLE.census is not None
    guessed = TABLE.model_copy(
        update={"census": TABLE.census.model_copy(update={"confirmed": False})}
    )
    figures: Figures = Counter({"report": 9, "origin:home": 9, "division:06": 9})
    answer = build_statistics(
        "2024-06", "2024-06", [build_published_month("2024-06", figures, guessed)], guessed
    )
    assert answer.population is None
    assert {row.per_100_000 for row in answer.figures} == {None}


def test_the_regions_of_the_moroccan_census_add_up_to_the_population_of_its_decree() -> None:
    assert sum(each.inhabitants or 0 for each in TABLE.divisions) == 36_828_330


def test_a_note_of_corrections_tells_multiples_of_five_of_facts_and_nothing_below() -> None:
    def later(*moved: tuple[str, int]) -> Counts:
        return Counts({("2024-06-12", "2024-08-01", figure): often for figure, often in moved})

    recategorised = later(("group:fraud", -4), ("group:other", 4), ("report", 0))
    assert correction_note({"2024-06": recategorised}) == {}
    several = later(("group:other", 4), ("group:fraud", -4), ("suspect", 5), ("suspect:wanted", 5))
    assert correction_note({"2024-06": several}) == {"2024-06": 5}
    assert noted_months("2025-02")[0] == "2024-02"
    assert noted_months("2025-02")[-1] == "2025-01"


def test_times_of_fewer_than_five_are_not_told() -> None:
    figures = Counter({"time:review:urgent:100": 4, "time:review:standard:100": 5})
    month = build_published_month("2024-06", figures, TABLE)
    told = {
        (time.measure, time.priority)
        for time in build_statistics("2024-06", "2024-06", [month], TABLE).times
        if time.median_seconds is not None
    }
    assert told == {("review", "standard")}


@pytest.mark.parametrize(("most", "units"), [(0, 0.5), (5_000, 2)])
def test_a_month_of_very_many_cases_costs_little_more_to_read_than_a_quiet_one(
    most: int, units: float
) -> None:
    """Eventually consistent: half a unit for each 4 KB."""
    times = {
        f"time:{measure}:{priority}:{number}": round(most * math.exp(-(((number - 150) / 60) ** 2)))
        for measure in DELAY_MEASURES
        for priority in Priority
        for number in range(histogram.HISTOGRAM_CLASSES)
    }
    month = build_published_month("2024-06", Counter(times), TABLE)
    size = sum(map(len, month.times.values())) + len(json.dumps(dict(month.cells)))
    assert math.ceil(size / 4_096) / 2 == units


@pytest.mark.parametrize(
    ("month", "day"),
    [("2024-06", "2024-07-11"), ("2024-12", "2025-01-11"), ("2024-02", "2024-03-11")],
)
def test_a_month_is_published_ten_days_after_its_end(month: str, day: str) -> None:
    assert publication_day(month) == day


def test_months_cross_the_year() -> None:
    assert month_range("2024-11", "2025-02") == ["2024-11", "2024-12", "2025-01", "2025-02"]
