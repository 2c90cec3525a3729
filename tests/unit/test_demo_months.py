"""The invented months of the demonstration fill every chart, and add up as real ones do."""

from __future__ import annotations

from casework.pack.jurisdiction import JURISDICTIONS_FOLDER
from casework.pack.published_table import load_statistics_law
from casework.statistics.publication import (
    add_remainders,
    build_published_month,
    build_statistics,
    totals_and_parts,
)
from harness.demo.months import synthetic

TABLE = load_statistics_law(JURISDICTIONS_FOLDER / "ma").table
MONTHS = [f"2026-{number:02d}" for number in range(1, 11)]


def test_the_parts_of_an_invented_month_add_up_to_their_whole() -> None:
    figures = add_remainders(synthetic("2026-03", TABLE), TABLE)
    for whole, parts in totals_and_parts(TABLE):
        if whole is not None:
            assert sum(figures[part] for part in parts) == figures[whole], whole


def test_a_newcomer_sees_every_chart_filled() -> None:
    published = [build_published_month(month, synthetic(month, TABLE), TABLE) for month in MONTHS]
    answer = build_statistics(MONTHS[0], MONTHS[-1], published, TABLE)
    told = {row.table for row in answer.figures if row.count}
    assert told == {row.table for row in answer.figures}
    assert all(time.median_seconds for time in answer.times)
    regions = [row for row in answer.figures if row.table == "regions" and row.per_100_000]
    assert len(regions) == 12
