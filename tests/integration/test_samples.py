"""A second person reads a twentieth of the closed reviews again, blind, and changes no case."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

import pytest

from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Move
from casework.case.quality_samples import choose_sample
from casework.case.replay import find_first_difference
from casework.decisions.staff import Role
from casework.text.reference import case_id_from_reference
from functions.desk import deployment
from tests.builders import a_reference
from tests.integration.answers import Answered
from tests.integration.desks import CONFIRM, REJECT, an_event
from tests.integration.test_first_glance import SCAM, Front, front
from tests.integration.test_link import PHONE, SAME_PHONE
from tests.office import SELECTOR

__all__ = ["front"]

REVIEW: Final = 3
"""The entry of the review of a case that was opened and assessed."""
NUMBERS: Final = {
    number: choose_sample(
        SELECTOR.encode(), case_id_from_reference(a_reference(number)), REVIEW, 20
    )
    is not None
    for number in range(100, 300)
}
CHOSEN: Final = [number for number, those in NUMBERS.items() if those]
NOT_CHOSEN: Final = [number for number, those in NUMBERS.items() if not those]
FRAUD: Final = {"outcome": "confirm", "category": "fraud", "priority": "urgent"}
"""What the first person decides, too."""


def reviewed(
    front: Front, by: str, number: int = CHOSEN[0], decision: Any = CONFIRM, **said: Any
) -> Case:
    """A case whose review a person closed, and the stream told of it twice."""
    case = front.case(front.came(number=number, narrative=SCAM, **said))
    assert front.desk.review(case, decision, by).status in {200, 202}
    told(front, case)
    return front.office.now_case(case)


def told(front: Front, case: Case) -> None:
    for move in (Move.CONFIRM, Move.REJECT):
        front.tell(case, move)


def listed(front: Front, by: str, **query: str) -> list[dict[str, Any]]:
    shown = front.desk.get("samples", by, **query)
    assert shown.status == 200, shown.text
    found: list[dict[str, Any]] = shown.document["samples"]
    return found


def say(front: Front, sample: str, by: str, said: Any = FRAUD, key: str = "") -> Answered:
    headers = {"content-type": "application/json", "idempotency-key": key or str(uuid.uuid4())}
    body = json.dumps({"sample": sample, **said})
    return front.desk.call(an_event("POST", "/v1/desk/samples", by, headers=headers, body=body))


def on_board(front: Front) -> dict[str, Any]:
    found: dict[str, Any] = front.desk.get("board", front.sara).document["samples"]
    return found


@pytest.fixture
def omar(front: Front) -> str:
    """A second analyst."""
    return front.desk.enrol(Role.ANALYST)


def test_a_chosen_review_waits_for_another_person_once_and_no_other_does(
    front: Front, omar: str
) -> None:
    reviewed(front, front.ana, NOT_CHOSEN[0])
    assert listed(front, omar) == []
    reviewed(front, front.ana)
    reviewed(front, front.ana, CHOSEN[1], REJECT)
    assert listed(front, front.ana) == [], "nobody reads the own review again"
    shown = listed(front, omar)
    assert [each["sample"] for each in shown] == [
        each["sample"] for each in listed(front, front.sara)
    ]
    assert len(shown) == 2, "both kinds of a closed review, each once"
    pulse = [front.desk.get("pulse", by).document.get("samples") for by in (front.ana, omar)]
    assert pulse == [0, 2]
    page = front.desk.get("samples", omar, limit="1").document
    (other,) = listed(front, omar, limit="1", cursor=page["cursor"])
    assert [page["samples"][0]["sample"], other["sample"]] == [each["sample"] for each in shown]


def test_the_cover_tells_nothing_of_what_was_decided(front: Front, omar: str) -> None:
    """Two people found what no reporter and no machine did: no cover tells of it."""
    of_two = REVIEW + 1
    number = next(
        each
        for each in NUMBERS
        if choose_sample(SELECTOR.encode(), case_id_from_reference(a_reference(each)), of_two, 20)
    )
    case = front.case(front.came(number=number, narrative=SCAM))
    for by in (front.ana, front.sara):
        said = {**CONFIRM, "category": "terrorism", "priority": "immediate"}
        assert front.desk.review(front.office.now_case(case), said, by).status in {200, 202}
    told(front, case)
    assert front.office.now_case(case).category == "terrorism"
    (sample,) = listed(front, omar)
    assert sample["severe"] is False


def test_who_reads_again_sees_what_was_told_until_then_and_nothing_that_came_of_it(
    front: Front, omar: str
) -> None:
    first = front.came(number=CHOSEN[0], narrative=SCAM, locations=PHONE)
    joined = front.came(narrative=f"{SCAM} Moi aussi.", locations=SAME_PHONE)
    case = front.case(first)
    decision = {**CONFIRM, "shown": 2}
    assert front.desk.review(case, decision, front.ana).status in {200, 202}
    told(front, case)
    front.office.later(minutes=5)
    front.came(narrative=f"{SCAM} Encore une fois.", locations=SAME_PHONE)

    (sample,) = listed(front, omar)

    assert [each["reference"] for each in sample["reports"]] == [first, joined]
    assert sample["reports"][0]["narrative"] == SCAM
    told_of_it = json.dumps(sample)
    assert case.id not in told_of_it
    for word in (case.number, front.ana, "urgent", "04.421", "assessment", "admitted"):
        assert word not in told_of_it, word
    marks = [
        each["sk"] for each in front.office.items(f"LOG#{case.id}", "MARK#") if omar in each["sk"]
    ]
    assert len(marks) == 1, "reading it is recorded as any reading of the case"


def test_a_second_reading_is_an_entry_that_changes_nothing_of_its_case(
    front: Front, omar: str
) -> None:
    case = reviewed(front, front.ana)
    (sample,) = listed(front, omar)
    key = str(uuid.uuid4())

    answers = [say(front, sample["sample"], omar, key=key) for _ in range(3)]

    assert {each.text for each in answers} == {answers[0].text}
    assert answers[0].document == {"sample": sample["sample"], "taken": True}
    after = front.office.now_case(case)
    assert after.etag == case.etag, "no colleague's decision is refused because of it"
    stayed = {"events", "head", "revision"}
    assert after.model_dump(exclude=stayed) == case.model_dump(exclude=stayed)
    last = list(front.office.table.events(case.id))[-1]
    assert (last.move, last.by, last.data["of"]) == (Move.SAMPLE, omar, REVIEW)
    assert find_first_break(front.office.table.entries(case.id)) is None
    assert find_first_difference(after, front.office.table.events(case.id)) is None
    told(front, case)
    assert listed(front, front.sara) == [], "a late repeat of the stream brings it back to nobody"
    assert say(front, sample["sample"], front.sara).document["taken"] is False
    assert say(front, sample["sample"], omar, {**FRAUD, "priority": "standard"}, key).status == 422
    assert on_board(front)["differing"] == []


def test_supervisors_see_the_case_on_which_two_people_differ_and_no_names(
    front: Front, omar: str
) -> None:
    case = reviewed(front, front.ana)
    (sample,) = listed(front, omar)
    assert on_board(front)["waiting"] == 1
    rejects = {"outcome": "reject", "reason": "no_exploitable_facts"}
    assert say(front, sample["sample"], omar, rejects).document["taken"]

    board = on_board(front)

    assert (board["waiting"], board["overdue"]) == (0, 0)
    (line,) = board["differing"]
    assert (line["case"], line["number"]) == (case.id, case.number)
    assert (line["first"], line["second"]) == ("fraud", "no_exploitable_facts")
    assert line["first_priority"] == "urgent"
    assert {front.ana, omar}.isdisjoint(line.values())


def test_a_sample_has_a_clock_of_its_own(front: Front, omar: str) -> None:
    reviewed(front, front.ana)
    (sample,) = listed(front, omar)
    assert 6 * 86_400 < sample["seconds_left"] <= 7 * 86_400
    front.office.later(days=8)
    (sample,) = listed(front, omar)
    assert sample["seconds_left"] == 0
    assert on_board(front)["overdue"] == 1


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({**FRAUD, "category": "no_such_thing"}, "#/category"),
        ({"outcome": "confirm", "category": "fraud"}, "#/priority"),
        ({"outcome": "reject", "reason": "i do not like it"}, "#/reason"),
    ],
)
def test_an_answer_that_says_nothing_known_is_refused_with_its_field(
    front: Front, omar: str, said: Any, pointer: str
) -> None:
    reviewed(front, front.ana)
    (sample,) = listed(front, omar)
    refused = say(front, sample["sample"], omar, said)
    assert refused.status == 422
    assert pointer in refused.text


def test_who_decided_is_refused_also_by_name_and_so_is_a_name_of_none(
    front: Front, omar: str
) -> None:
    reviewed(front, front.ana)
    (sample,) = listed(front, omar)
    assert say(front, sample["sample"], front.ana).status == 403
    unknown = f"{sample['sample'][:-1]}{'0' if sample['sample'][-1] != '0' else '1'}"
    assert say(front, unknown, omar).status == 422


def test_the_figures_do_not_tell_a_second_reader_what_the_first_person_decided(
    front: Front, omar: str
) -> None:
    """Counted before and after the reading, one figure of agreement would move."""
    today = deployment.now().date().isoformat()
    groups = {
        by: {
            each["table"]
            for each in front.desk.get("statistics", by, **{"from": today, "to": today}).document[
                "figures"
            ]
        }
        for by in (omar, front.sara)
    }
    assert "samples" in groups[front.sara]
    assert "samples" not in groups[omar]
