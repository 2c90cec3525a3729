"""However many deadlines passed at once, the sweeper acts on all of them, page by page."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from casework.aws.services import clients
from casework.aws.table import items, keys, overdue_deadlines
from casework.aws.table.overdue_deadlines import PastDue
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind
from functions.triage import sweep
from tests.builders import NOON
from tests.integration.desks import TABLE, Desk
from tests.integration.lives import later, swept

PAGE = 3
MANY = 4 * PAGE + 1


@pytest.fixture(autouse=True)
def _small_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overdue_deadlines, "PAGE_SIZE", PAGE)
    later(monkeypatch, hours=1)
    swept()  # it knows the units


class Killed(BaseException):
    """The process ended here."""


class Clock:
    """Each act takes a second."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(sweep, "time", made)
    return made


@pytest.fixture
def acts(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> list[str]:
    """The cases and reports whose deadlines were acted on, in order."""
    done: list[str] = []

    def act(_: Any, each: PastDue, at: Any) -> bool:
        done.append(each.whose)
        clock.seconds += 1
        items.delete_item(TABLE, keys.due_key(each.due, each.kind, each.whose))
        return True

    monkeypatch.setattr(sweep.Sweeper, "_act", act)
    return done


def overdue(many: int, kind: DeadlineKind = DeadlineKind.NOTICE, after: int = 0) -> list[str]:
    """Deadlines that passed, one second after the other."""
    whose = [f"{kind}-{after + number:03d}" for number in range(many)]
    for number, each in enumerate(whose):
        due = format_timestamp(NOON + timedelta(seconds=after + number))
        items.put_item(TABLE, keys.due_key(due, kind, each))
    return whose


def test_more_deadlines_than_a_page_holds_are_met_in_one_pass(acts: list[str]) -> None:
    wanted = overdue(MANY)
    swept()
    assert sorted(acts) == wanted


def test_the_first_act_waits_for_one_page_only(
    acts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    overdue(MANY)
    read: list[int] = []

    def asked(**_: Any) -> None:
        read.append(len(acts))

    events = clients.aws_client("dynamodb").meta.events
    events.register("before-call.dynamodb.Query", asked)
    swept()
    events.unregister("before-call.dynamodb.Query", asked)
    assert read[0] == 0
    assert all(acted for acted in read[1:]), "the next page is read after acts on the first"


def test_a_pass_without_time_is_continued_where_it_stopped(
    acts: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = overdue(MANY)
    monkeypatch.setattr(sweep, "SWEEP_BUDGET_SECONDS", 4.5)
    done = []
    for _ in range(3):
        swept()
        done.append(len(acts))
    assert done == [5, 10, MANY]
    assert sorted(acts) == wanted
    assert capsys.readouterr().out.count('"DeadlinesLeft"') > 0


def test_a_deadline_that_kills_the_process_blocks_no_page_behind_it(
    acts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = overdue(MANY)
    poison = wanted[1]
    really = sweep.Sweeper._act

    def act(sweeper: Any, each: PastDue, at: Any) -> bool:
        if each.whose == poison:
            raise Killed
        return really(sweeper, each, at)

    monkeypatch.setattr(sweep.Sweeper, "_act", act)
    for minutes in range(2 * PAGE):
        later(monkeypatch, hours=1, minutes=minutes)
        try:
            swept()
        except Killed:
            continue
    assert sorted(acts) == sorted({*wanted} - {poison})


def test_a_deadline_that_fails_again_and_again_takes_no_turn_of_others(
    acts: list[str], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = overdue(MANY)
    monkeypatch.setattr(sweep, "SWEEP_BUDGET_SECONDS", 4.5)
    tried: Counter[str] = Counter()
    really = sweep.Sweeper._act

    def act(sweeper: Any, each: PastDue, at: Any) -> bool:
        tried[each.whose] += 1
        if each.whose in wanted[:2]:
            clock.seconds += 1
            raise ValueError
        return really(sweeper, each, at)

    monkeypatch.setattr(sweep.Sweeper, "_act", act)
    for _ in range(8):
        swept()
    assert sorted(acts) == wanted[2:]
    assert all(tried[each] > 1 for each in wanted[:2])


def test_deadlines_of_cases_come_before_those_that_have_time(
    acts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, cases = (
        overdue(MANY, DeadlineKind.ALONE),
        overdue(PAGE, DeadlineKind.NOTICE, after=MANY),
    )
    monkeypatch.setattr(sweep, "SWEEP_BUDGET_SECONDS", PAGE + 0.5)
    swept()
    assert sorted(acts[:PAGE]) == cases
    for _ in range(MANY):
        swept()
    assert sorted(acts[PAGE:]) == reports


def test_the_deadlines_of_very_many_reports_are_no_single_partition() -> None:
    """One of AWS takes a thousand write units a second, and each report writes a deadline."""
    of_reports = {
        keys.due_key(format_timestamp(NOON), DeadlineKind.ALONE, str(number))[keys.PARTITION_KEY]
        for number in range(1_000)
    }
    assert of_reports == {keys.report_due_partition(shard) for shard in range(keys.FLOW_SHARDS)}


def test_a_deadline_of_a_report_from_before_the_shards_is_met(acts: list[str]) -> None:
    reports = [f"before-{number}" for number in range(PAGE + 1)]
    for each in reports:
        items.put_item(
            TABLE, keys.unsharded_due_key(format_timestamp(NOON), DeadlineKind.ALONE, each)
        )
    swept()
    assert sorted(acts) == reports
    assert swept() == {}
    assert not [
        item
        for item in items.query_prefix(TABLE, keys.DUE_PARTITION)
        if item[keys.SORT_KEY] not in keys.CURSOR_SORTS
    ]
