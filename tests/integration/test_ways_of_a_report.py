"""Ways that a report may go, with and without trouble: it ends where it belongs, and at every step
the night finds the cases as their histories say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import pytest

from casework.aws.steps import task_state
from casework.aws.table import audit_log, items, keys
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind
from casework.text.reference import case_id_from_reference
from functions.triage import link_report
from tests.builders import NOON
from tests.integration.test_link import PHONE
from tests.office import TABLE, Office

NOBODYS: list[dict[str, str]] = []
DAYS = [format_timestamp(NOON + timedelta(days=after))[:10] for after in range(2)]
"""The day of these tests, and the next one."""


def told_at_night(office: Office) -> list[str]:
    """The findings of a nightly verification of all cases."""
    return [
        f"{each.id} {said}"
        for each in office.cases()
        for said in find_history_differences(office.table, each.id)
    ]


def swept(office: Office, minutes: int = 6) -> None:
    for _ in range(minutes):
        office.later(minutes=1)
        office.sweep()


def opened_only(office: Office, monkeypatch: pytest.MonkeyPatch, **said: Any) -> tuple[str, Case]:
    """A report whose case was opened before its maker was killed: it is in no case yet. The
    reconciler had the case served, and failed at the report."""
    reference = office.accept(**said)
    with monkeypatch.context() as patch:

        def killed(*_: Any, **__: Any) -> bool:
            raise ConnectionError

        patch.setattr(link_report, "join_reports", killed)
        assert office.deliver(reference) == [reference]
        office.later(minutes=3)
        assert office.reconcile() == {"unserved": 1}
    office.take("triage", office.table.get_case(case_id_from_reference(reference)))
    return reference, office.table.get_case(case_id_from_reference(reference))


def test_the_admission_clock_of_a_merged_report_stops_when_its_time_has_passed(
    office: Office,
) -> None:
    into, case = office.in_review(locations=NOBODYS), office.in_review(locations=PHONE)
    office.merge(case, into)
    swept(office)
    assert told_at_night(office) == []
    office.later(hours=30)
    office.sweep()
    report = office.table.reports.get_report(case.opened_by)
    assert report is not None
    assert report.alone is not None
    assert (
        items.get_item(TABLE, keys.due_key(report.alone.due, DeadlineKind.ALONE, report.reference))
        is None
    )
    assert told_at_night(office) == []


def test_verification_finds_a_missing_line_of_an_admission_clock(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    office.deliver(joined)
    assert told_at_night(office) == []
    report = office.table.reports.get_report(joined)
    assert report is not None
    assert report.alone is not None
    items.delete_item(TABLE, keys.due_key(report.alone.due, DeadlineKind.ALONE, joined))
    assert len(told_at_night(office)) == 1
    assert case.id in told_at_night(office)[0]


def test_a_released_report_waits_for_its_next_case(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    office.deliver(joined)
    audit_log.bind_day(TABLE, case.id, format_timestamp(task_state.now())[:10], task_state.now())
    office.reject(office.now_case(case))
    swept(office, 3)
    report = office.table.reports.get_report(joined)
    assert report is not None
    assert report.flow is not None
    assert told_at_night(office) == []
    office.reconcile()
    assert office.case_of(joined).id == case_id_from_reference(joined)
    assert told_at_night(office) == []


@pytest.mark.parametrize("locations", [PHONE, NOBODYS])
@pytest.mark.parametrize("all_moved", [True, False])
def test_a_late_report_follows_its_case_that_was_merged_before(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    locations: list[dict[str, str]],
    *,
    all_moved: bool,
) -> None:
    into = office.in_review(locations=NOBODYS)
    reference, case = opened_only(office, monkeypatch, locations=locations)
    office.merge(case, into)
    swept(office, 4 if all_moved else 0)
    assert told_at_night(office) == []
    assert office.deliver(reference) == []
    swept(office)
    report = office.table.reports.get_report(reference)
    assert report is not None
    assert (report.case_id, report.moved) == (into.id, (case.id,))
    assert report.was_seen_in(office.now_case(into))
    assert office.now_case(case).moving is None
    assert told_at_night(office) == []


def lines_of(reference: str) -> list[str]:
    """When the deadlines of a report stand in the list of the sweeper."""
    partition = keys.due_key("", DeadlineKind.ALONE, reference)[keys.PARTITION_KEY]
    found = map(
        keys.parse_due_sort,
        (item[keys.SORT_KEY] for item in items.query_prefix(TABLE, partition, "2")),
    )
    return [due for due, _, whose in found if whose == reference]


def test_a_deadline_whose_report_is_on_its_way_stays_and_one_without_its_clock_goes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line is written before the report is linked, and the process was killed in between."""
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    with monkeypatch.context() as patch:
        patch.setattr(items, "write_transaction", Mock(side_effect=ConnectionError))
        assert office.deliver(joined) == [joined]
    (first,) = lines_of(joined)
    office.later(hours=60)
    assert first < format_timestamp(task_state.now())
    office.sweep()
    assert lines_of(joined) == [first]

    assert office.deliver(joined) == []
    report = office.table.reports.get_report(joined)
    assert report is not None
    assert report.alone is not None
    assert office.case_of(joined).id == case.id
    assert lines_of(joined) == [first, report.alone.due]
    office.sweep()
    assert lines_of(joined) == [report.alone.due]


def test_a_join_tells_the_night_of_its_case_where_no_entry_of_the_day_does(office: Office) -> None:
    office.late_by = NOON - datetime.now(UTC)
    case = office.in_review(locations=PHONE)
    first, later = office.accept(locations=PHONE), office.accept(locations=PHONE)

    def told() -> list[str]:
        return [
            day for day in DAYS if items.get_item(TABLE, keys.day_key(day, case.id)) is not None
        ]

    office.deliver(first)
    assert case.grew_on == DAYS[0]
    assert told() == [], "its entry of that day stands in the list of the night"
    office.later(days=1)
    office.deliver(later)
    assert office.now_case(case).grew_on == DAYS[0]
    assert told() == [DAYS[1]]
