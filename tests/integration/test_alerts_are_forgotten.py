"""The record of an alert is kept while needed and erased with its report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.aws.steps import step
from casework.aws.table import alerts, keys
from casework.aws.table.erasure import erase_case, erase_report
from casework.case.case import Case
from casework.case.parts import SYSTEM
from casework.case.times import stamp
from casework.moves.keeping import trial_ended
from casework.moves.weight import Weight
from casework.text.realm import Realm
from tests.integration.test_alerts import DANGER, joiners
from tests.integration.test_follow import add, deliver
from tests.integration.test_link import PHONE
from tests.office import Office


def kept(office: Office, case: Case) -> list[dict[str, Any]]:
    """The records of alerts in a case."""
    return office.items(f"CASE#{case.id}", keys.alert_source_key.begins)


def erase(office: Office, reference: str) -> None:
    erase_report(office.table, reference, step.now(), SYSTEM)


def test_the_record_of_an_alert_is_erased_with_its_report(office: Office) -> None:
    case = office.in_review(locations=PHONE, danger_now=True)
    office.take("triage", case)
    erased, other = joiners(office, 2)
    office.deliver(erased, other)
    at = stamp(step.now())
    deliver(add(office, erased, number=1, text=DANGER, at=at))
    assert len(kept(office, case)) == 4

    erase(office, erased)
    assert len(kept(office, case)) == 2
    erase(office, case.opened_by)
    (left,) = kept(office, case)
    erase(office, other)

    assert other in left[keys.SORT]
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
    office.table.update(case.id, lambda now: trial_ended(now, step.now(), SYSTEM))

    for _ in erase_case(office.table, office.now_case(case), step.now()):
        pass

    assert kept(office, case) == []


def test_an_alert_of_a_report_erased_meanwhile_leaves_no_record(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    (joined,) = joiners(office, 1)
    office.deliver(joined)
    erase(office, joined)

    source = alerts.DangerSource(joined, stamp(step.now()))
    alerts.alert(office.table.name, office.topic, case, Weight(), source, step.now())

    assert kept(office, case) == []


def test_the_record_of_an_alert_is_kept_for_a_fortnight(office: Office) -> None:
    """As long as a dead letter may be sent again."""
    case = office.in_review(locations=PHONE, danger_now=True)
    office.take("triage", case)
    office.deliver(*joiners(office, 1))
    for each in kept(office, case):
        left = each[keys.EXPIRES_AT] - step.now().timestamp()
        assert timedelta(days=13).total_seconds() < left
        assert left <= timedelta(days=14).total_seconds()
