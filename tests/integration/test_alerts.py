"""People get one alert in a window about danger and arrivals in a case, even in a flood."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from casework.aws.steps.task_state import now
from casework.aws.table import danger_alerts
from casework.case.case import Case
from casework.case.times import format_timestamp
from functions.triage import additions
from functions.triage.follow_ups import informed_unit
from functions.triage.link import reprocess
from tests.admitting import admit
from tests.builders import RABAT, SALE
from tests.decided import no_danger
from tests.integration.test_follow import add, deliver
from tests.integration.test_link import PHONE
from tests.office import ANALYST, Office, killed

DANGER = "Il est devant ma porte avec un couteau et dit qu'il va me tuer."


def joiners(office: Office, often: int) -> list[str]:
    """So many reports of the same person, each of danger."""
    return [office.accept(locations=PHONE, danger_now=True) for _ in range(often)]


def alerted(office: Office, case: Case) -> int:
    """How many different alerts of the case there were."""
    return len({each["id"] for each in office.told("case.alert") if each["subject"] == case.id})


def test_twenty_reports_that_join_with_danger_are_one_alert_and_twenty_dangers(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE)

    assert office.deliver(*joiners(office, 20)) == []

    (told,) = office.told("case.alert")
    assert told["data"]["priority"] == "immediate", "as urgent as it is by what came"
    assert danger_alerts.count_dangers(office.table.name, case.id) == 20


def test_the_first_danger_is_told_though_much_was_told_of_the_case_before(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    office.deliver(*(office.accept(locations=PHONE) for _ in range(3)))
    assert office.told("case.alert") == []

    office.deliver(*joiners(office, 1))

    assert alerted(office, case) == 1


def test_danger_that_comes_a_window_later_is_told_anew(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    office.deliver(*joiners(office, 2))
    office.later(minutes=13)
    office.deliver(*joiners(office, 2))
    assert alerted(office, case) == 1
    office.later(minutes=20)

    office.deliver(*joiners(office, 2))

    assert len(office.told("case.alert")) == 2
    assert danger_alerts.count_dangers(office.table.name, case.id) == 6


def test_a_record_of_danger_delivered_again_late_sends_no_second_alert(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    references = joiners(office, 3)
    office.deliver(*references)
    office.later(hours=5)

    office.deliver(*references)
    reprocess({"references": references}, None)

    assert len(office.told("case.alert")) == 1
    assert danger_alerts.count_dangers(office.table.name, case.id) == 3


def test_receivers_get_one_alert_even_if_its_sender_is_killed(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE)
    (reference,) = joiners(office, 1)
    office.deliver(reference)
    for at in range(1, 30):
        made: list[str] = []
        (reference,) = joiners(office, 1)
        with killed(at, made, after=True):
            office.deliver(reference)
        office.deliver(reference)
        if len(made) < at:
            break
    else:
        pytest.fail("the sender was not killed at its last calls")
    assert alerted(office, case) == 1


def test_several_consumers_at_once_tell_receivers_of_one_alert(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    references = joiners(office, 12)
    with ThreadPoolExecutor(4) as together:
        list(together.map(office.deliver, references))

    assert alerted(office, case) == 1
    assert danger_alerts.count_dangers(office.table.name, case.id) == 12


def test_a_report_that_joins_an_alerted_case_sends_no_second_alert(office: Office) -> None:
    """The first report told of danger: its alert also covers reports that join."""
    case = office.in_review(locations=PHONE, danger_now=True)
    office.take("triage", case)
    assert alerted(office, case) == 1

    office.deliver(*joiners(office, 5))

    assert len(office.told("case.alert")) == 1
    assert danger_alerts.count_dangers(office.table.name, case.id) == 6


def test_a_flood_while_the_case_opens_is_one_alert(office: Office) -> None:
    """Reports join between the opening and the workflow's own alert."""
    case = office.in_review(locations=PHONE, danger_now=True)
    office.deliver(*joiners(office, 3))

    for _ in range(2):  # the service may call a step again
        office.take("triage", case)

    assert alerted(office, case) == 1
    assert office.now_case(case).alerted
    assert danger_alerts.count_dangers(office.table.name, case.id) == 4


def test_the_first_alert_is_told_whenever_its_step_is_killed(office: Office) -> None:
    """A joiner that comes between the deaths counts on what the step began."""
    for at in range(1, 30):
        made: list[str] = []
        phone = [{"kind": "phone", "value": f"06 00 00 {at:02d} 17"}]
        case = office.in_review(locations=phone, danger_now=True)
        with killed(at, made, after=True):
            office.take("triage", case)
        office.deliver(office.accept(locations=phone, danger_now=True))
        office.take("triage", case)
        assert alerted(office, case) == 1, made
        if len(made) < at:
            return
    pytest.fail("the step never came to its end")


def test_repeated_additions_of_one_reporter_are_one_alert(office: Office) -> None:
    case = office.in_review(locations=[])
    for number in range(1, 6):
        deliver(
            add(office, case.opened_by, number=number, text=DANGER, at="2030-01-01T00:00:00.000Z")
        )

    assert len(office.told("case.alert")) == 1
    assert danger_alerts.count_dangers(office.table.name, case.id) == 5


def test_danger_that_comes_again_and_again_after_the_end_is_one_alert_in_a_window(
    office: Office,
) -> None:
    case = office.in_review(locations=PHONE)
    office.reject(case)
    for number in range(1, 13):
        office.later(minutes=1)
        deliver(add(office, case.opened_by, number, at=format_timestamp(now()), text=DANGER))

    assert alerted(office, case) == len(office.told("case.alert")) == 1
    assert danger_alerts.count_dangers(office.table.name, case.id) == 12

    office.later(minutes=20)
    deliver(add(office, case.opened_by, 13, at=format_timestamp(now()), text=DANGER))
    assert alerted(office, case) == 2


def test_danger_after_a_person_saw_none_is_told_at_once(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    office.deliver(*joiners(office, 1))
    office.table.update(case.id, lambda each: no_danger(each, now(), ANALYST))

    office.later(minutes=1)
    office.deliver(*joiners(office, 1))

    assert alerted(office, case) == 2


def test_a_unit_hears_once_in_a_window_of_reports_that_join_its_case(office: Office) -> None:
    case = office.published(locations=PHONE)

    office.deliver(*(office.accept(locations=PHONE) for _ in range(20)))

    assert len(office.told("case.addition")) == 1
    assert office.table.reports.last_number(case.id) == 21, "the desk has them all"

    office.later(minutes=20)
    office.deliver(office.accept(locations=PHONE))
    assert len({each["id"] for each in office.told("case.addition")}) == 2


def test_a_new_unit_hears_of_a_joining_report_within_the_window_of_the_former_unit(
    office: Office,
) -> None:
    case = office.published(RABAT, locations=PHONE)
    office.deliver(office.accept(locations=PHONE))
    office.decline(case, SALE)
    office.take("referral", office.now_case(case))
    assert informed_unit(office.now_case(case)) == SALE

    office.deliver(office.accept(locations=PHONE))

    assert [each["attributes"]["unit"] for each in office.told("case.addition")] == [RABAT, SALE]


def test_the_desk_is_told_once_in_a_window_of_additions_after_the_end(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    office.reject(case)
    for number in range(1, 13):
        office.later(minutes=1)
        deliver(add(office, case.opened_by, number, at=format_timestamp(now()), text="Encore."))

    assert [each["attributes"]["unit"] for each in office.told("case.addition")] == ["duty"]
    report = office.table.reports.get_report(case.opened_by)
    assert report is not None
    assert report.additions == 12, "the desk has them all"


def test_supervisors_are_told_once_in_a_window_of_withdrawals(office: Office) -> None:
    case = office.in_review(locations=PHONE)
    office.deliver(*(office.accept(locations=PHONE) for _ in range(5)))
    admit(office.table, case.id, now(), "an-analyst", case.opened_by)
    for number, report in enumerate(reversed([*office.table.reports.iter_reports(case.id)]), 1):
        deliver(a_withdrawal(office, report.reference, number))

    told = office.told("case.withdrawal")
    assert [each["data"].get("unadmitted") for each in told] == [True, None], "no stranger hides it"


def test_the_desk_is_told_once_in_a_window_of_unreadable_reports(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.in_review(locations=PHONE)
    monkeypatch.setattr(additions, "read_addition", unread)
    for number in range(1, 6):
        record = add(office, case.opened_by, number, at=format_timestamp(now()), text="Encore.")
        for _ in range(3):
            office.later(minutes=1.1)
            deliver(record)

    assert len(office.told("case.unreadable")) == 1


def a_withdrawal(office: Office, reference: str, number: int) -> dict[str, Any]:
    return add(
        office,
        reference,
        number,
        at=format_timestamp(now()),
        kind="withdrawal",
        text="Tout est faux.",
    )


def unread(*_: object) -> None:
    """A reading that fails each time."""
    raise ValueError


def test_a_unit_is_told_where_its_officers_open_the_case(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK", "https://signaler.example.org/desk/")
    case = office.published()
    (told,) = office.told("case.referred")
    assert told["data"]["link"] == f"https://signaler.example.org/desk/?case={case.id}"


def test_a_unit_is_told_without_a_link_where_the_address_is_not_known(office: Office) -> None:
    office.published()
    (told,) = office.told("case.referred")
    assert "link" not in told["data"]
