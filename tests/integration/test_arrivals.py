"""The list of a case's reports gives each number once and in order, in one list or in several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import audit_log, case_reports, items, keys
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from tests.integration.full_case import today
from tests.integration.test_link import PHONE
from tests.office import TABLE, Office

FIRST = 3
"""Reports in the first list of a case, in these tests."""


@pytest.fixture
def small_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MAX_FIRST_ARRIVALS", FIRST)


def a_case_of(office: Office, reports: int) -> tuple[Case, list[str]]:
    """A case, and the references of its reports in the order in which they came."""
    case = office.in_review(locations=PHONE)
    others = [office.accept(locations=PHONE) for _ in range(reports - 1)]
    assert office.deliver(*others) == []
    return case, [case.opened_by, *others]


def numbers(case: Case, above: int = 0, limit: int | None = None) -> list[int]:
    found = case_reports.iter_report_lines(TABLE, case.id, above, limit)
    return [keys.number_from_arrival_sort(line[keys.SORT_KEY]) for line in found]


@pytest.mark.usefixtures("small_lists")
@pytest.mark.parametrize("reports", [FIRST, FIRST + 1, 3 * keys.FLOW_SHARDS])
def test_the_reports_of_a_large_case_are_listed_in_the_order_in_which_they_came(
    office: Office, reports: int
) -> None:
    case, came = a_case_of(office, reports)

    table = office.table.reports
    assert table.last_number(case.id) == reports
    assert table.page_references(case.id, 100).ids == came
    for above in range(reports):
        assert numbers(case, above) == list(range(above + 1, reports + 1))
        assert numbers(case, above, 2) == list(range(above + 1, reports + 1))[:2]
    assert list(table.iter_references(case.id, 1, reports - 1)) == came[1 : reports - 1]


@pytest.mark.usefixtures("small_lists")
@pytest.mark.parametrize("size", [1, 2, 5])
def test_pages_of_a_large_case_leave_nothing_out(office: Office, size: int) -> None:
    case, came = a_case_of(office, 2 * keys.FLOW_SHARDS)

    shown: list[str] = []
    after: str | None = ""
    while after is not None:
        page = office.table.reports.page_references(case.id, size, after or None)
        shown, after = [*shown, *page.ids], page.after

    assert shown == came


@pytest.mark.usefixtures("small_lists")
def test_a_reader_who_sees_a_number_sees_all_lower_ones_whatever_comes_while_they_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, _ = a_case_of(office, FIRST + 1)
    coming = [office.accept(locations=PHONE) for _ in range(3 * keys.FLOW_SHARDS)]
    really, busy = items.query_items, [False]

    def query(*asked: Any, **said: Any) -> Iterator[dict[str, Any]]:
        if not busy[0]:
            busy[0] = True
            for _ in range(2):
                if coming:
                    assert office.deliver(coming.pop()) == []
            busy[0] = False
        return really(*asked, **said)

    monkeypatch.setattr(items, "query_items", query)
    while coming:
        seen = numbers(case)
        assert seen == list(range(1, len(seen) + 1))


@pytest.mark.parametrize("first", [FIRST, 1_000])
def test_no_number_is_given_twice_though_the_last_reports_left(
    office: Office, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.setattr(keys, "MAX_FIRST_ARRIVALS", first)
    case, came = a_case_of(office, FIRST + 2)
    table = office.table.reports

    for reference in reversed(came[1:]):
        report = table.get_report(reference)
        assert report is not None
        table.unlink(report, case.id)
        assert reference not in table.page_references(case.id, 100).ids
        assert table.last_number(case.id) == len(came)
    later = office.accept(locations=PHONE)
    assert office.deliver(later) == []

    assert table.page_references(case.id, 100).ids == [case.opened_by, later]
    assert table.last_number(case.id) == len(came) + 1
    assert [each.number for each in table.iter_reports(case.id)] == [1, len(came) + 1]


@pytest.mark.usefixtures("small_lists")
def test_the_night_binds_the_reports_of_every_list(office: Office) -> None:
    case, came = a_case_of(office, 2 * keys.FLOW_SHARDS)
    audit_log.bind_day(TABLE, case.id, today(), task_state.now())

    assert list(find_history_differences(office.table, case.id)) == []
    line = keys.arrived_key(case.id, len(came))
    items.delete_item(TABLE, line)
    assert any("counts fewer" in each for each in find_history_differences(office.table, case.id))


def test_lines_beyond_the_first_list_stand_in_different_partitions() -> None:
    beyond = [
        keys.arrived_key("C-1", keys.MAX_FIRST_ARRIVALS + each)[keys.PARTITION_KEY]
        for each in range(1, 2 * keys.FLOW_SHARDS)
    ]
    assert len(set(beyond)) == keys.FLOW_SHARDS
    assert all(one != other for one, other in pairwise(beyond))
    assert keys.first_arrivals_partition("C-1") not in beyond
