"""Each line of danger says what was said, where, by whom and since when; no question pauses it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework.aws.services.clients import aws_client
from casework.aws.services.response_sizes import MAX_RESPONSE_BYTES
from casework.aws.table import audit_log
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.case.case import Case
from casework.case.danger import DangerKind
from casework.case.lifecycle import Status
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.report.followup import Addition, fold_addition
from casework.views.first_words import MAX_FIRST_WORDS_LENGTH
from tests.builders import a_danger
from tests.integration.answers import problem
from tests.integration.desks import CONFIRM, TABLE, Desk

KNIFE = "Il est en bas de l'immeuble avec un couteau, il dit qu'il monte. " * 8
ASK = {"outcome": "ask", "question": "Où êtes-vous ?"}


def endangered(
    desk: Desk, kind: DangerKind = DangerKind.STATED, narrative: str = KNIFE, **fields: Any
) -> Case:
    """A case whose report tells of danger, with the report beside it."""
    case = desk.received(**fields)
    place = {"text": "Rue Tarik, Salé"}
    desk.report(case, desk._opened, narrative=narrative, role="victim", territory=place)
    return desk.assess(case, Priority.IMMEDIATE, danger=a_danger(case, kind=kind))


def lines(desk: Desk, by: str) -> list[dict[str, Any]]:
    answered = desk.get("duty", by)
    assert answered.status == 200, answered.text
    found: list[dict[str, Any]] = answered.document["imminent"]
    return found


def views(desk: Desk, case: Case) -> list[str]:
    return [str(each["by"]) for each in audit_log.read_marks(desk.table.name, case.id)]


def test_a_line_says_what_was_said_where_by_whom_and_since_when(desk: Desk) -> None:
    case, ana = endangered(desk), desk.enrol(Role.ANALYST)
    (line,) = lines(desk, ana)
    danger = line["danger"]
    assert (danger["kind"], danger["at"]) == ("stated", case.opened_at)
    said = danger["said"]
    assert said["words"].startswith("Il est en bas de l'immeuble avec un couteau")
    assert len(said["words"]) <= MAX_FIRST_WORDS_LENGTH
    assert (said["place"], said["role"]) == ("Rue Tarik, Salé", "victim")
    assert ana in views(desk, case), "who was shown the words read them"


def test_the_page_of_the_case_says_the_same(desk: Desk) -> None:
    case, ana = endangered(desk), desk.enrol(Role.ANALYST)
    shown = desk.case(case, ana).document["danger"]
    assert shown == lines(desk, ana)[0]["danger"]


def test_danger_that_was_added_later_is_told_in_the_words_of_the_addition(desk: Desk) -> None:
    case = desk.received()
    reference = desk.report(case, desk._opened, narrative="Il m'insulte depuis une semaine.")
    new = NewAddition(
        reference=reference,
        addition="A1",
        added_at="2026-03-02T12:00:00.000Z",
        content=fold_addition(Addition(text="Il est devant ma porte avec un couteau.")),
        pepper="1",
        body_mac=b"m",
        correlation_id="c",
    )
    assert ReportTable(TABLE).add_once(new, 50) is None
    told = a_danger(case, addition="A1", at=new.added_at)
    case, ana = desk.assess(case, Priority.IMMEDIATE, danger=told), desk.enrol(Role.ANALYST)
    (line,) = lines(desk, ana)
    assert line["danger"]["added"] is True
    words = "Il est devant ma porte avec un couteau. · Il m'insulte depuis une semaine."
    assert line["danger"]["said"]["words"] == words
    assert desk.case(case, ana).document["danger"] == line["danger"]


def test_words_that_are_hard_to_bear_stay_covered(desk: Desk) -> None:
    endangered(desk, category="child_sexual_exploitation")
    said = lines(desk, desk.enrol(Role.ANALYST))[0]["danger"]["said"]
    assert said["covered"] is True
    assert "words" not in said


def test_the_gravest_is_on_the_first_page_however_many_doubts_there_are(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    stated = endangered(desk, opened_at="2026-03-02T01:00:00.000Z")
    for minute in range(55):
        at = f"2026-03-02T11:{minute:02}:00.000Z"
        desk.in_review(Priority.IMMEDIATE, danger=a_danger(kind=DangerKind.DOUBTED), opened_at=at)
    announced = endangered(desk, DangerKind.ANNOUNCED, opened_at="2026-03-02T02:00:00.000Z")
    page = desk.get("duty", ana).document
    assert [each["id"] for each in page["imminent"][:2]] == [stated.id, announced.id]
    rest = desk.get("duty", ana, cursor=page["cursors"]["imminent"]).document["imminent"]
    assert len({each["id"] for each in (*page["imminent"], *rest)}) == 57
    assert desk.get("pulse", ana).document["imminent"][:2] == [stated.id, announced.id]


def test_a_page_of_dangers_costs_one_read_of_reports_and_few_bytes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    for _ in range(12):
        endangered(desk, narrative="\u2028x" * 9_000)
    lines(desk, ana)  # readings are recorded once a day
    calls: list[str] = []
    dynamodb, call = aws_client("dynamodb"), aws_client("dynamodb").batch_get_item

    def counted(**asked: Any) -> Any:
        calls.append("read")
        return call(**asked)

    monkeypatch.setattr(dynamodb, "batch_get_item", counted)
    answered = desk.get("duty", ana)
    few = len(calls)
    assert len(answered.document["imminent"]) == 12
    assert len(json.dumps(answered.document["imminent"])) < 12 * 4_000 < MAX_RESPONSE_BYTES
    for _ in range(12):
        endangered(desk)
    desk.get("duty", ana)
    calls.clear()
    desk.get("duty", ana)
    assert len(calls) == few, "as many reads for twice the lines"


def test_a_report_that_left_the_case_says_nothing_there(desk: Desk) -> None:
    other = endangered(desk)
    case = desk.received()
    danger = a_danger(case, report=other.opened_by)
    desk.assess(case, Priority.IMMEDIATE, danger=danger)
    found = {each["id"]: each["danger"] for each in lines(desk, desk.enrol(Role.ANALYST))}
    assert "said" not in found[case.id]
    assert "said" in found[other.id]


@pytest.mark.parametrize("imminent", [True, False])
def test_a_question_never_pauses_an_immediate_case(desk: Desk, imminent: bool) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = endangered(desk)
    if not imminent:  # somebody said that there is no danger, and it stays immediate
        calm = {"outcome": "no_danger", "reason": "Il est parti, dit la victime.", "dangers": 0}
        assert desk.review(case, calm, ana).status == 200
        case = desk.table.get_case(case.id)
    refused = desk.review(case, ASK, ana)
    assert (refused.status, problem(refused)) == (409, "cannot-wait")
    after = desk.table.get_case(case.id)
    assert (after.status, after.wait) == (Status.IN_REVIEW, case.wait), "its clock runs"
    assert [each["id"] for each in desk.queue(ana).document["cases"]] == [case.id]
    assert "ask" not in desk.case(case, ana).document["may"]
    assert desk.review(case, {**CONFIRM, "priority": "immediate"}, ana).status == 202
