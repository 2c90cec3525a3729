"""Ways that a report may go, with and without trouble: it ends where it belongs, and at every step
the night finds the cases as their histories say."""

from __future__ import annotations

from casework.aws import items, keys, log, step
from casework.aws.verification import differences
from casework.case import Due, stamp
from casework.reference import case_id_of
from tests.integration.test_link import PHONE
from tests.office import TABLE, Office

NOBODYS: list[dict[str, str]] = []


def told_at_night(office: Office) -> list[str]:
    """What a night would tell of all cases."""
    return [
        f"{each.id} {said}"
        for each in office.cases()
        for said in differences(office.table, each.id)
    ]


def swept(office: Office, minutes: int = 6) -> None:
    for _ in range(minutes):
        office.later(minutes=1)
        office.sweep()


def test_the_clock_of_a_report_that_people_merged_into_a_case_stops_when_it_passed(
    office: Office,
) -> None:
    into, case = office.in_review(locations=NOBODYS), office.in_review(locations=PHONE)
    office.merge(case, into)
    swept(office)
    assert told_at_night(office) == []
    office.later(hours=30)
    office.sweep()
    report = office.table.reports.one(case.opened_by)
    assert report is not None
    assert report.alone is not None
    assert items.get(TABLE, keys.due_key(report.alone.due, Due.ALONE, report.reference)) is None
    assert told_at_night(office) == []


def test_a_clock_whose_line_is_taken_away_is_found(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    office.deliver(joined)
    assert told_at_night(office) == []
    report = office.table.reports.one(joined)
    assert report is not None
    assert report.alone is not None
    items.delete(TABLE, keys.due_key(report.alone.due, Due.ALONE, joined))
    assert len(told_at_night(office)) == 1
    assert case.id in told_at_night(office)[0]


def test_a_report_that_was_let_go_waits_for_its_next_case(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    joined = office.accept(locations=PHONE)
    office.deliver(joined)
    log.bind(TABLE, case.id, stamp(step.now())[:10], step.now())
    office.reject(office.now_case(case))
    swept(office, 3)
    report = office.table.reports.one(joined)
    assert report is not None
    assert report.flow is not None
    assert told_at_night(office) == []
    office.reconcile()
    assert office.case_of(joined).id == case_id_of(joined)
    assert told_at_night(office) == []
