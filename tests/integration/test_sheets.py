"""Staff read the bilan from sheets of settled days and the counters recorded since."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from moto import mock_aws

from casework.aws.services import clients
from casework.aws.services.clients import aws_client
from casework.aws.table import items, keys
from casework.aws.table.statistics_counters import StatisticsCounters
from casework.statistics.counts import Counts
from casework.statistics.publication import Figures
from tests.office import killed
from tests.tables import create_table

TABLE = "sheets"
FIRST = date(2026, 1, 25)
FIGURES = ("report", "group:fraud", "time:review:urgent:3", "time:referral:standard:330")


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatisticsCounters]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-3")
    with mock_aws():
        clients.reset_clients()
        create_table(TABLE)
        yield StatisticsCounters(TABLE)
    clients.reset_clients()


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


def count(counters: StatisticsCounters, today: str, *cells: tuple[str, str, str]) -> None:
    writes = list(counters.additions(Counts(cells), today))
    aws_client("dynamodb").transact_write_items(TransactItems=writes)


def of_days(counted: Counts, first: str, last: str) -> Figures:
    figures = Figures()
    for (fact, _, figure), often in counted.items():
        if first <= fact <= last:
            figures[figure] += often
    return figures


@pytest.mark.parametrize("seed", range(2))
def test_folding_changes_the_figures_of_no_window(counters: StatisticsCounters, seed: int) -> None:
    """Some counts are late, and folding goes on meanwhile, over two months."""
    chance = random.Random(seed)
    counted = Counts()
    for number in range(3, 20):
        for _ in range(4):
            recorded = number if chance.random() < 0.8 else chance.randrange(number + 1)
            fact = chance.randrange(recorded + 1)
            cell = (day(fact), day(recorded), chance.choice(FIGURES))
            count(counters, day(number), cell)
            counted[cell] += 1
        if chance.random() < 0.6:
            counters.fold(chance.choice(("2026-01", "2026-02")), day(number))
        a, b = sorted((chance.randrange(20), chance.randrange(20)))
        for first, last in ((day(a), day(b)), ("2026-01-01", "2026-02-28"), ("2026-01-01", day(b))):
            assert counters.figures_known_on(first, last, day(number)) == of_days(
                counted, first, last
            )


def test_a_whole_month_costs_one_sheet_however_many_days_it_has(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        count(counters, day(number), (day(number), day(number), "report"))
    counters.fold("2026-01", day(20))
    monkeypatch.setattr(StatisticsCounters, "_sheets", None)
    assert counters.figures_known_on("2026-01-01", day(20), day(20)) == {"report": 7}


def test_a_month_that_was_folded_before_it_had_a_sheet_is_read_from_its_days(
    counters: StatisticsCounters,
) -> None:
    for number in range(3):
        count(counters, day(number), (day(number), day(number), "report"))
    counters.fold("2026-01", day(5))
    items.delete_item(TABLE, keys.month_sheet_key("2026-01"))
    assert counters.figures_known_on("2026-01-01", day(5), day(5)) == {"report": 3}
    count(counters, day(3), (day(3), day(3), "report"))
    counters.fold("2026-01", day(6))
    assert counters.figures_known_on("2026-01-01", day(6), day(6)) == {"report": 4}


def test_a_late_count_is_in_the_figures_before_and_after_the_fold(
    counters: StatisticsCounters,
) -> None:
    count(counters, day(0), (day(0), day(0), "report"))
    counters.fold("2026-01", day(5))
    count(counters, day(6), (day(0), day(0), "report"))  # three days are long past
    assert counters.figures_known_on(day(0), day(0), day(6)) == {"report": 2}
    counters.fold("2026-01", day(6))
    assert counters._state("2026-01").holds
    assert counters.figures_known_on(day(0), day(0), day(6)) == {"report": 2}


def test_a_fold_overtaken_by_a_late_count_is_not_used(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(counters, day(0), (day(0), day(0), "report"))
    read = StatisticsCounters._counters
    overtaken: list[bool] = []

    def slow(self: StatisticsCounters, *window: Any, **how: Any) -> Counts:
        found = read(self, *window, **how)
        if not overtaken:
            overtaken.append(True)
            count(counters, day(5), (day(0), day(0), "report"))
        return found

    monkeypatch.setattr(StatisticsCounters, "_counters", slow)
    counters.fold("2026-01", day(5))
    assert counters.figures_known_on(day(0), day(0), day(5)) == {"report": 2}


@pytest.mark.parametrize(("first", "read_by"), [(day(0), "_sheets"), ("2026-01-01", "_whole")])
def test_a_fold_between_the_state_and_the_sheets_is_read_once(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch, first: str, read_by: str
) -> None:
    count(counters, day(0), (day(0), day(0), "report"))
    counters.fold("2026-01", day(3))
    count(counters, day(1), (day(0), day(1), "report"))
    read = getattr(StatisticsCounters, read_by)
    folded: list[bool] = []

    def slow(self: StatisticsCounters, *window: str) -> Any:
        if not folded:
            folded.append(True)
            counters.fold("2026-01", day(4))
        return read(self, *window)

    monkeypatch.setattr(StatisticsCounters, read_by, slow)
    assert counters.figures_known_on(first, day(1), day(4)) == {"report": 2}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_fold_killed_around_any_call_changes_no_figure(
    counters: StatisticsCounters, after: bool
) -> None:
    counted, made = Counts(), list[str]()
    for number in range(14):
        cell = (day(0), day(number), "report")
        count(counters, day(number), cell)
        counted[cell] += 1
        made = []
        with killed(number + 1, made, after=after):
            counters.fold("2026-01", day(number))
        assert counters.figures_known_on(day(0), day(9), day(number)) == {"report": counted.total()}
    assert len(made) < 14, "a fold makes fewer calls than were killed"


def test_each_month_is_folded_once_a_day(
    counters: StatisticsCounters, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[tuple[str, str]] = []
    monkeypatch.setattr(StatisticsCounters, "fold", lambda self, *window: folded.append(window))
    for number in (0, 0, 1):
        counters.keep_folded(["2026-02", "2026-01"], day(number))
    assert folded == [(month, day(n)) for n in (0, 1) for month in ("2026-01", "2026-02")]


def test_figures_can_be_read_as_they_were_known_on_a_day(counters: StatisticsCounters) -> None:
    count(counters, day(0), (day(0), day(0), "group:fraud"))
    count(counters, day(2), (day(0), day(2), "group:sextortion"))
    counters.fold("2026-01", day(6))
    known = [counters.figures_known_on(day(0), day(0), day(6), day(number)) for number in (0, 1, 2)]
    assert known == [
        {"group:fraud": 1},
        {"group:fraud": 1},
        {"group:fraud": 1, "group:sextortion": 1},
    ]
