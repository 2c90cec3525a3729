"""The record of an alert is kept while needed and erased with its report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.aws.steps import task_state
from casework.aws.table import danger_alerts, keys
from casework.aws.table.erasure import erase_case, erase_report
from casework.case.case import Case
from casework.case.times import format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.moves.retention import end_trial_case
from casework.moves.severity import CaseSeverity
from casework.text.realm import Realm
from tests.integration.test_alerts import DANGER, joiners
from tests.integration.test_follow import add, deliver
from tests.integration.test_link import PHONE
from tests.office import Office


def kept(office: Office, case: Case) -> list[dict[str, Any]]:
    """The records of alerts in a case."""
    return office.items(f"CASE#{case.id}", keys.alert_source_key.begins)


def erase(office: Office, reference: str) -> None:
    erase_report(office.table, reference, task_state.now(), SYSTEM_AUTHOR)


def test_the_record_of_an_alert_is_erased_with_its_report(office: Office) -> None:
    case = office.in_review(locations=PHONE, danger_now=True)
    office.take("triage", case)
    erased, other = joiners(office, 2)
    office.deliver(erased, other)
    at = format_timestamp(task_state.now())
    deliver(add(office, erased, number=1, text=DANGER, at=at))
    assert len(kept(office, case)) == 4

    erase(office, erased)
    assert len(kept(office, case)) == 2
    erase(office, case.opened_by)
    (left,) = kept(office, case)
    erase(office, other)

    assert other in left[keys.SORT_KEY]
    assert kept(office, case) == []


def test_the_record_of_an_alert_is_erased_in_the_later_case_of_its_report(office: Office) -> None:
    case, into = office.in_review(locations=PHONE), office.in_review(locations=[])
    (joined,) = joiners(office, 1)
    office.deliver(joined)
    office.merge(case, into)
    office.later(minutes=2)
    office.sweep()
    assert office.case_of(joined).id == into.id
    assert len(kept(office, case)) == 1

    erase(office, joined)

    assert kept(office, case) == []


def test_the_record_of_an_alert_is_erased_with_its_case(office: Office) -> None:
    case = office.in_review(locations=PHONE, realm=Realm.TRIAL, danger_now=True)
    office.take("triage", case)
    office.table.update(case.id, lambda now: end_trial_case(now, task_state.now(), SYSTEM_AUTHOR))

    for _ in erase_case(office.table, office.now_case(case), task_state.now()):
        pass

    assert kept(office, case) == []


def test_an_alert_of_a_report_erased_meanwhile_leaves_no_record(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    (joined,) = joiners(office, 1)
    office.deliver(joined)
    erase(office, joined)

    source = danger_alerts.DangerSource(joined, format_timestamp(task_state.now()))
    danger_alerts.send_danger_alert(
        office.table.name, office.topic, case, CaseSeverity(), source, task_state.now()
    )

    assert kept(office, case) == []


def test_the_record_of_an_alert_is_kept_for_a_fortnight(office: Office) -> None:
    """As long as a dead letter may be sent again."""
    case = office.in_review(locations=PHONE, danger_now=True)
    office.take("triage", case)
    office.deliver(*joiners(office, 1))
    for each in kept(office, case):
        left = each[keys.EXPIRES_AT_FIELD] - task_state.now().timestamp()
        assert timedelta(days=13).total_seconds() < left
        assert left <= timedelta(days=14).total_seconds()
