"""An admission is an entry, so that verification finds one forged in the table."""

from __future__ import annotations

from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table import audit_log, items, keys
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.moves.merges import split_case
from tests import admitting
from tests.integration.full_case import OTHER, PHONE, admit, merge_another, naming, today
from tests.office import ANALYST, TABLE, Office


def a_case_that_strangers_joined(office: Office, phone: str = PHONE) -> tuple[Case, list[str]]:
    """The case, and the strangers: two were admitted by their names, the last one was not."""
    case = office.in_review(**naming(phone))
    strangers = [office.accept(**naming(phone)) for _ in range(3)]
    assert office.deliver(*strangers) == []
    admitting.admit(office.table, case.id, task_state.now(), ANALYST, strangers[0])
    admit(office, case, strangers[1])
    assert list(find_history_differences(office.table, case.id)) == []
    return office.now_case(case), strangers


def edited(reference: str, **said: Any) -> dict[str, Any]:
    """Edit a report in the table; returns the item as it was."""
    report = items.get_item(TABLE, keys.report_key(reference)) or {}
    items.put_item(TABLE, {**report, **said})
    return report


def a_night(office: Office, case: Case) -> None:
    """Seal the day with every arrival and entry."""
    audit_log.bind_day(TABLE, case.id, today(), task_state.now())


@pytest.mark.parametrize("nights", [0, 1])
def test_verification_finds_a_stranger_linked_to_an_entry_that_admits_others(
    office: Office, nights: int
) -> None:
    """Otherwise strangers would read messages to all reporters."""
    case, (*_, stranger) = a_case_that_strangers_joined(office)
    for _ in range(nights):
        a_night(office, case)

    for event in range(case.events + 2):
        was = edited(stranger, admitted={"case": case.id, "event": event})
        assert list(find_history_differences(office.table, case.id)) != [], event
        items.put_item(TABLE, was)
    assert list(find_history_differences(office.table, case.id)) == []


def test_verification_finds_a_stranger_moved_in_from_another_case_by_hand(office: Office) -> None:
    case, (*_, stranger) = a_case_that_strangers_joined(office)
    other, (_, elsewhere, _) = a_case_that_strangers_joined(office, OTHER)
    assert other.id != case.id
    a_night(office, case)
    report = office.table.reports.get_report(elsewhere)
    assert report is not None
    assert report.admitted is not None
    own = office.table.reports.get_report(stranger)
    assert own is not None
    there = {"case": other.id, "moved": [], "number": 1, "admitted": None, "to": case.id}

    for said in (
        {"admitted": report.admitted.model_dump()},
        {"seen": report.admitted.model_dump(), "moved": [other.id]},
        {"moved": [own.own_case_id]},
        {"stayed": [{**there, "until": format_timestamp(task_state.now())}]},
    ):
        was = edited(stranger, **said)
        assert list(find_history_differences(office.table, case.id)) != [], said
        items.put_item(TABLE, was)
    assert list(find_history_differences(office.table, case.id)) == []


def test_verification_finds_a_stranger_missing_from_the_list_of_unadmitted_reports(
    office: Office,
) -> None:
    """Otherwise a decision would end the case over an unseen report."""
    case, strangers = a_case_that_strangers_joined(office)
    by_name, stranger = (office.table.reports.get_report(each) for each in strangers[1:])
    assert by_name is not None
    assert stranger is not None

    for report, said in ((stranger, {"belongs": True}), (by_name, {})):
        key = keys.arrived_key(case.id, report.number)
        line = items.get_item(TABLE, key) or {}
        without = {name: value for name, value in line.items() if name != "belongs"}
        items.put_item(TABLE, {**without, **said})
        assert len(list(find_history_differences(office.table, case.id))) == 1
        items.put_item(TABLE, line)


@pytest.mark.parametrize("nights", [0, 1])
def test_admissions_verify_after_a_merge_and_a_split(office: Office, nights: int) -> None:
    case, _ = a_case_that_strangers_joined(office)
    other = merge_another(office, case)
    for _ in range(nights):
        a_night(office, case)
    office.table.save(
        split_case(
            office.now_case(other), office.now_case(case), task_state.now(), ANALYST, (3600,)
        )
    )
    office.later(minutes=2)
    office.sweep()

    for each in (case, other):
        for report in office.table.reports.iter_reports(each.id):
            assert report.case_id == each.id
        assert list(find_history_differences(office.table, each.id)) == []
    assert any(each.admitted for each in office.table.reports.iter_reports(other.id))
