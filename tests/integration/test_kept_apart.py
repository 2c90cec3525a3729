"""Two cases that look alike and are about different facts: people say so once, for both."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.decisions.staff import Role
from tests.builders import RABAT, a_case
from tests.integration.answers import Answered, problem
from tests.integration.desks import Desk, an_event
from tests.integration.lives import later, swept, the_stream
from tests.office import before_each_call, killed, put_report

PHONE = {"kind": "phone", "value": "06 00 00 41 17"}
PAGE = {"kind": "url", "value": "https://banque.example/verification"}


@pytest.fixture
def pair(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> tuple[Case, Case]:
    """Two cases, each suggested to the other by a report that names what belongs to both."""
    hear = the_stream(monkeypatch)
    one, two = (hear(put_report(n, locations=[each])) for n, each in ((91, PHONE), (92, PAGE)))
    hear(put_report(93, locations=[PHONE, PAGE]))
    return one, two


def apart(desk: Desk, case: Case, other: Case, by: str) -> Answered:
    headers = {"content-type": "application/json", "idempotency-key": str(uuid.uuid4())}
    body = json.dumps({"other": other.id})
    path = f"/v1/desk/cases/{case.id}/apart"
    return desk.call(an_event("POST", path, by, headers=headers, body=body))


def suggested(desk: Desk, case: Case) -> list[str]:
    return [each.case for each in desk.table.get_case(case.id).suggestions]


def notes(desk: Desk, case: Case) -> list[tuple[str, Any]]:
    """Who kept the case apart, and from which other one."""
    events = desk.table.events(case.id)
    return [(each.by, each.data["case"]) for each in events if each.move == "keep_apart"]


def test_both_histories_say_who_kept_the_two_apart_and_no_report_suggests_them_again(
    desk: Desk, pair: tuple[Case, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, two), ana = pair, desk.enrol(Role.ANALYST)
    before = desk.case(one, ana)
    assert "keep_apart" in before.document["may"]
    assert suggested(desk, one) == [two.id]

    answered = apart(desk, one, two, ana)

    assert (answered.status, answered.headers["ETag"]) == (200, before.etag)
    the_stream(monkeypatch)(put_report(94, locations=[PHONE, PAGE]))
    for case, other in ((one, two), (two, one)):
        assert notes(desk, case) == [(ana, other.id)]
        shown = desk.case(case, ana).document
        assert (shown["suggestions"], shown["apart"]) == ([], [other.id])
        assert list(find_history_differences(desk.table, case.id)) == []


def test_cases_that_were_kept_apart_can_still_be_merged_by_hand(
    desk: Desk, pair: tuple[Case, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, two), ana = pair, desk.enrol(Role.ANALYST)
    apart(desk, one, two, ana)
    merged = desk.review(desk.table.get_case(two.id), {"outcome": "merge", "into": one.id}, ana)
    assert merged.status == 202
    later(monkeypatch, minutes=0)
    swept()
    assert desk.table.get_case(one.id).apart == desk.table.get_case(two.id).apart == ()
    assert problem(apart(desk, one, two, ana)) == "other-case-unfit"


def test_said_again_at_once_by_two_people_or_after_a_crash_each_history_has_it_once(
    desk: Desk, pair: tuple[Case, Case]
) -> None:
    (one, two), ana, ben = pair, desk.enrol(Role.ANALYST), desk.enrol(Role.ANALYST)
    calls: list[str] = []
    for after in (False, True):
        for at in range(1, 20):
            calls.clear()
            with killed(at, calls, after=after):
                apart(desk, one, two, ana)
            both = {len(notes(desk, one)), len(notes(desk, two))}
            assert both in ({0}, {1}), "both say it, or neither"
        assert len(calls) < at, "it was not killed at the last calls"
    assert notes(desk, one) == [(ana, two.id)]

    def turned_round(model: Any, **_: Any) -> None:
        if model.name == "TransactWriteItems" and not calls:
            calls.append(model.name)
            assert apart(desk, third, one, ben).status == 200

    third = desk.in_review()
    calls.clear()
    with before_each_call(turned_round):
        assert apart(desk, one, third, ana).status == 200
    assert (notes(desk, third), notes(desk, one)[1:]) == ([(ben, one.id)], [(ben, third.id)])


def test_only_two_cases_that_exist_for_an_analyst_are_kept_apart(
    desk: Desk, pair: tuple[Case, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, two), ana = pair, desk.enrol(Role.ANALYST)
    assert problem(apart(desk, one, one, ana)) == "other-case-unfit"
    assert problem(apart(desk, one, a_case(4_000), ana)) == "case-not-found"
    omar = desk.enrol(Role.OFFICER, RABAT)
    held = desk.referred(RABAT)
    assert problem(apart(desk, held, one, omar)) == "not-allowed"
    assert apart(desk, held, one, ana).status == 200
    shown = desk.case(held, omar)
    assert one.id not in shown.text, "a unit is told of no other case"
    assert "keep_apart" not in shown.text
    monkeypatch.setattr("casework.moves.comparisons.MAX_DISTINCT_CASES", 1)
    assert problem(apart(desk, one, two, ana)) == "too-many"
    assert notes(desk, two) == []
