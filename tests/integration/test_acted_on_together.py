"""Cases are acted on together where the list says so, and the histories tell that they were."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from casework.aws.table import items, keys
from casework.case.case import Case
from casework.case.first_glance import OwedGlance
from casework.case.history import CaseEvent
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from tests import decided
from tests.builders import NOON, RABAT
from tests.integration.answers import Answered
from tests.integration.desks import TABLE, Desk, an_event
from tests.integration.test_facts_of_a_line import changed, reported

JSON = {"content-type": "application/json"}
BATCH = str(uuid.uuid4())
REJECT = {"outcome": "reject", "reason": "no_exploitable_facts"}


def line(desk: Desk, case: Case, by: str, **query: str) -> dict[str, Any]:
    cases = desk.queue(by, **query).document["cases"]
    found: dict[str, Any] = next(each for each in cases if each["id"] == case.id)
    return found


def last(desk: Desk, case: Case) -> CaseEvent:
    return list(desk.table.events(case.id))[-1]


def owe_a_glance(desk: Desk, case: Case) -> None:
    owed = OwedGlance(priority=Priority.STANDARD).to_stored()
    place = {keys.QUEUE_PARTITION_KEY: "glances", keys.QUEUE_SORT_KEY: "2#here"}
    update_report(case, glance=owed, **place)


def update_report(case: Case, **fields: Any) -> None:
    from casework.aws.table import keys

    kept = items.get_item(TABLE, keys.report_key(case.opened_by)) or {}
    items.put_item(TABLE, {**kept, **fields})


def test_a_case_that_its_line_says_wholly_is_rejected_with_others(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    several = [reported(desk) for _ in range(2)]
    for case in several:
        shown = line(desk, case, ana)
        assert "alike" not in shown["facts"]
        answered = desk.review(case, {**REJECT, "batch": BATCH}, ana, **{"if-match": shown["etag"]})
        assert answered.status in {200, 202}, answered.text
    assert {last(desk, each).data["batch"] for each in several} == {BATCH}


def with_files(desk: Desk, case: Case) -> None:
    update_report(case, file_count=1)


def immediate(desk: Desk, case: Case) -> None:
    changed(desk, case, priority=Priority.IMMEDIATE)


def of_minors(desk: Desk, case: Case) -> None:
    changed(desk, case, flags=("minor_victim",))


def covered(desk: Desk, case: Case) -> None:
    changed(desk, case, told=("terrorism",))


def withdrawn(desk: Desk, case: Case) -> None:
    changed(desk, case, withdrawals=1)


def joined(desk: Desk, case: Case) -> None:
    desk.report(case, 77, joined=True)


def joined_late(desk: Desk, case: Case) -> None:
    for number in range(60, 66):
        desk.report(case, number)
    changed(desk, case, shown=5)
    desk.report(case, 77, joined=True)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (immediate, "immediate"),
        (of_minors, "minors"),
        (owe_a_glance, "unglanced"),
        (with_files, "undisplayed"),
        (covered, "undisplayed"),
        (withdrawn, "undisplayed"),
        (joined, "undisplayed"),
        (joined_late, "undisplayed"),
    ],
)
def test_the_list_says_why_a_case_stands_alone_and_the_service_refuses_it_alike(
    desk: Desk, happens: Any, reason: str
) -> None:
    case, ana = reported(desk), desk.enrol(Role.ANALYST)
    happens(desk, case)
    case = desk.table.get_case(case.id)
    assert line(desk, case, ana)["facts"]["alike"] == reason
    other = reported(desk)
    for said in (REJECT, {"outcome": "merge", "into": other.id}):
        refused = desk.review(case, {**said, "batch": BATCH}, ana)
        assert (refused.status, refused.document["type"].rpartition(":")[2]) == (409, "not-alike")
        assert refused.document["reason"] == reason
    into = desk.review(other, {"outcome": "merge", "into": case.id, "batch": BATCH}, ana)
    assert into.document["type"].endswith("not-alike")


def test_an_officer_gives_several_cases_at_once_and_none_that_stands_alone(desk: Desk) -> None:
    omar, lina = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, RABAT)
    ours, minors = (held(desk) for _ in range(2))
    changed(desk, minors, flags=("minor_victim",))

    def give(case: Case, **said: Any) -> Answered:
        path = f"/v1/desk/cases/{case.id}/owner"
        return desk.call(
            an_event("PUT", path, omar, headers=JSON, body=json.dumps({"to": lina, **said}))
        )

    assert give(ours, batch=BATCH).status == 200
    assert last(desk, ours).data == {"to": lina, "batch": BATCH}
    assert give(ours, batch=BATCH).status == 200, "a repeat changes nothing"
    assert give(minors, batch=BATCH).document["reason"] == "minors"
    assert give(minors).status == 200
    assert last(desk, minors).data == {"to": lina}


def held(desk: Desk) -> Case:
    """A case that an officer of the unit took."""
    case = reported(desk, desk.referred(RABAT))
    return desk.table.save(decided.acknowledged(case, NOON, "omar"))
