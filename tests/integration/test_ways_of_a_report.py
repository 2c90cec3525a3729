"""Ways that a report may go, with and without trouble: it ends where it belongs, and at every step
the night finds the cases as their histories say."""

from __future__ import annotations

from typing import Any

import pytest

from casework.aws.steps import step
from casework.aws.table import items, keys, log
from casework.aws.table.verification import differences
from casework.case.case import Case
from casework.case.parts import Due
from casework.case.times import stamp
from casework.text.reference import case_id_of
from functions.triage import one_report
from tests.integration.test_link import PHONE
from tests.office import TABLE, Office

NOBODYS: list[dict[str, str]] = []


def told_at_night(office: Office) -> list[str]:
    """The findings of a nightly verification of all cases."""
    return [
        f"{each.id} {said}"
        for each in office.cases()
        for said in differences(office.table, each.id)
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

        patch.setattr(one_report, "bring", killed)
        assert office.deliver(reference) == [reference]
        office.later(minutes=3)
        assert office.reconcile() == {"unserved": 1}
    office.take("triage", office.table.case(case_id_of(reference)))
    return reference, office.table.case(case_id_of(reference))


def test_the_admission_clock_of_a_merged_report_stops_when_its_time_has_passed(
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


def test_verification_finds_a_missing_line_of_an_admission_clock(office: Office) -> None:
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


def test_a_released_report_waits_for_its_next_case(office: Office) -> None:
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
    report = office.table.reports.one(reference)
    assert report is not None
    assert (report.case_id, report.moved) == (into.id, (case.id,))
    assert report.belongs_to(office.now_case(into))
    assert office.now_case(case).moving is None
    assert told_at_night(office) == []
