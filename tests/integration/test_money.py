"""Money that reports and additions tell of is on the duty desk while it may be held back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.case.case import Case
from casework.case.value_objects import DeadlineKind, Duty
from casework.moves import freezes
from tests.integration.test_follow import add, deliver
from tests.office import Office

QUIET = "Une page qui me semble fausse."


def lost(hours: float = 1) -> list[dict[str, Any]]:
    """A payment so many hours ago."""
    at = datetime.now(UTC) - timedelta(hours=hours)
    return [{"amount": "8400", "currency": "MAD", "at": at.isoformat(timespec="seconds")}]


def told(office: Office, case: Case) -> list[str]:
    """The entries that tell of money."""
    return [each.move for each in office.table.events(case.id) if each.move == "money"]


@pytest.mark.parametrize(("hours", "due"), [(1, True), (60, True), (80, False)])
def test_a_report_of_a_recent_payment_puts_its_case_on_the_duty_desk_at_once(
    office: Office, hours: float, due: bool
) -> None:
    case = office.in_review(narrative=QUIET, money_lost=lost(hours))
    assert (Duty.MONEY in case.duties) is due
    assert (DeadlineKind.MONEY in case.pending_deadlines) is due
    assessed = next(each for each in office.table.events(case.id) if each.move == "assess")
    assert ("money_until" in assessed.data) is due
    assert case.money is None or case.money.due == assessed.data["money_until"]


def test_words_about_a_recent_payment_put_the_case_on_the_duty_desk_too(office: Office) -> None:
    case = office.in_review(narrative="J'ai viré 8 400 dirhams ce matin à un escroc.")
    assert Duty.MONEY in case.duties
    other = [{"kind": "url", "value": "https://autre.example/page"}]
    assert Duty.MONEY not in office.in_review(narrative=QUIET, locations=other).duties


def test_a_joining_report_puts_the_case_on_the_duty_desk_once(
    office: Office,
) -> None:
    case = office.in_review(narrative=QUIET)
    joiner = office.accept(narrative=QUIET, money_lost=lost())
    assert office.deliver(joiner, joiner) == []
    assert office.case_of(joiner).id == case.id
    after = office.now_case(case)
    assert Duty.MONEY in after.duties
    assert len(told(office, case)) == 1
    office.table.save(
        freezes.waive_recovery(after, task_state.now(), "an analyst", {"reason": "no_payment"})
    )
    assert office.deliver(joiner) == []
    assert Duty.MONEY not in office.now_case(case).duties, "people let it go"


@pytest.mark.parametrize(
    ("text", "fields", "due"),
    [
        ("Voici.", {"money_lost": [{**lost()[0], "at": "2029-12-31"}]}, True),
        ("Hier à 18h j'ai envoyé 300 dh", {}, True),
        ("C'était hier.", {}, False),
        ("J'ai envoyé 300 dh le 1 janvier 2028", {}, False),
    ],
)
def test_an_addition_about_a_payment_puts_the_case_on_the_duty_desk(
    office: Office, text: str, fields: dict[str, Any], due: bool
) -> None:
    case = office.in_review(narrative=QUIET)
    record = add(office, case.opened_by, text=text, **fields)  # on 1 January 2030
    assert deliver(record) == deliver(record) == []
    assert (Duty.MONEY in office.now_case(case).duties) is due
    assert len(told(office, case)) == due


def test_a_day_alone_completes_the_payment_that_was_reported(office: Office) -> None:
    case = office.in_review(narrative=QUIET, money_lost=[{"amount": "8400", "currency": "MAD"}])
    assert Duty.MONEY not in case.duties
    assert deliver(add(office, case.opened_by, text="Le 31 décembre à 9h30.")) == []
    assert Duty.MONEY in office.now_case(case).duties


def test_an_addition_after_the_end_keeps_the_case_on_the_duty_desk_until_people_act(
    office: Office,
) -> None:
    case = office.in_review(narrative=QUIET, money_lost=lost(2))
    ended = office.reject(case)
    assert Duty.MONEY not in ended.duties, "who closed it knew of that"
    again = [{**lost()[0], "at": "2029-12-31"}]  # it is added on 1 January 2030
    record = add(office, case.opened_by, text="Et encore une fois.", money_lost=again)
    assert deliver(record) == deliver(record) == []
    told_later = office.now_case(case)
    assert Duty.MONEY in told_later.duties
    assert len(told(office, case)) == 1
    waived = freezes.waive_recovery(
        told_later, task_state.now(), "an analyst", {"reason": "no_payment"}
    )
    assert Duty.MONEY not in office.table.save(waived).duties
