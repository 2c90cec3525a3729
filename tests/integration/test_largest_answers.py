"""A case filled to every limit, with what grows most in JSON, can be read page by page.

A function answers at most 6 MB and the HTTP API passes on at most 10: what is longer is an error,
and a case that one reporter makes unreadable is a case nobody works on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

import boto3
import pytest

from casework import strict_json
from casework.aws import items
from casework.aws.additions import additions_to
from casework.aws.messages import StoredMessage, message_item
from casework.aws.report_table import NewAddition, ReportTable
from casework.aws.sizes import LARGEST_ANSWER, weight
from casework.aws.stored import case_item, event_item, question_item
from casework.case import Case, Duty, Question
from casework.change import Change
from casework.desk import CaseLine
from casework.followup import (
    LONGEST_MESSAGE,
    MOST_ADDED_LOCATIONS,
    MOST_ADDITIONS,
    MOST_MESSAGES,
    Addition,
    fold_addition,
)
from casework.lifecycle import Move
from casework.moves.asking import MOST_QUESTIONS
from casework.moves.inquiry import MOST_SUSPECTS
from casework.report import LONGEST_LOCATION, LONGEST_NARRATIVE
from casework.staff import Role
from casework.suspects import Standing
from functions.desk import handler, lists, pages
from tests.builders import NOON, a_reference, a_report
from tests.integration.answers import Answered, problem
from tests.integration.desks import TABLE, Desk, an_event
from tests.integration.forms import post
from tests.integration.reporters import Reporters, a_key

GROWS = "\U0001d518"
"""Outside the basic plane: four bytes when it is sent, two escapes of six when it is answered."""
MOST_ENTRIES = 1_000


def size(answered: Answered) -> int:
    """Bytes of what the function hands to the service, at worst."""
    whole = {"statusCode": answered.status, "headers": answered.headers, "body": answered.text}
    return len(json.dumps(whole))


def text(length: int) -> str:
    return ("\u2028" + GROWS * 9) * (length // 10)


def locations(most: int, room: int) -> list[dict[str, str]]:
    """As many of the longest locations as a body of so many bytes takes."""
    value = text(LONGEST_LOCATION)
    count = min(most, room // (len(value.encode()) + 60))
    return [{"kind": "other", "value": value}] * count


def largest_addition() -> dict[str, Any]:
    said = {"text": text(LONGEST_NARRATIVE), "kind": "correction", "corrects": "other"}
    room = strict_json.MOST_BYTES - len(said["text"].encode()) - 500
    return {**said, "locations": locations(MOST_ADDED_LOCATIONS, room)}


def fill(table: str, reference: str) -> None:
    """All additions that a report takes, and all questions put to its reporter."""
    for number in range(MOST_ADDITIONS):
        sent = Addition.model_validate_json(json.dumps(largest_addition()))
        new = NewAddition(
            reference=reference,
            addition=f"{number:026d}",
            added_at=f"2026-03-02T12:{number:02d}:00.000Z",
            content=fold_addition(sent),
            pepper="1",
            body_mac=b"m",
            correlation_id="c",
        )
        assert ReportTable(table).add_once(new, MOST_ADDITIONS) is None
    for number in range(1, MOST_QUESTIONS + 1):
        question = Question(
            number=number,
            report=reference,
            text=text(2_000),
            language="fr",
            asked_at="2026-03-02T12:00:00.000Z",
            due="2026-03-09T12:00:00.000Z",
        )
        item = question_item("C-1", question)
        boto3.client("dynamodb").put_item(TableName=table, Item=item)


@pytest.fixture
def full(desk: Desk) -> Case:
    """A case with everything: a full report among others, messages, suspects, a long history."""
    case = desk.in_review()
    large: dict[str, Any] = {
        "narrative": text(LONGEST_NARRATIVE),
        "locations": locations(50, strict_json.MOST_BYTES - LONGEST_NARRATIVE * 4 - 2_000),
    }
    for number in (1, 2, 3):
        reference = desk.report(case, number, at=f"2026-03-02T11:00:0{number}.000Z", **large)
        if number == 2:
            fill(TABLE, reference)
    asked = {"report": a_reference(2), "question": MOST_QUESTIONS}
    gone = {"reports": [a_reference(number) for number in range(100, 125)]}
    for number in range(MOST_ENTRIES):
        move = Move.MESSAGE if number else Move.ASK
        move = Move.ERASED if number > MOST_MESSAGES else move
        said: dict[str, Any] = gone if move is Move.ERASED else {} if number else asked
        change = Change.of(case, move, NOON, "an analyst", said)
        assert change.event is not None
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=event_item(case.id, change.event))
        case = change.after
        if move is Move.MESSAGE:
            message = StoredMessage(
                case.events, "2026-03-02T12:00:00.000Z", "a", text(LONGEST_MESSAGE), (), "k"
            )
            items.put(TABLE, message_item(case.id, message))
    case = case.model_copy(update={"suspects": (Standing.PRESENTED.value,) * MOST_SUSPECTS})
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=case_item(case))
    return case


def read(path: str, by: str) -> Iterator[dict[str, Any]]:
    """Every page of a call, each within what a function may answer."""
    query: dict[str, str] = {}
    while True:
        response = handler.handle(an_event("GET", f"/v1/desk/{path}", by, query=query), None)
        answered = Answered(response["statusCode"], response["headers"], response["body"])
        assert answered.status == 200, answered.text[:500]
        assert size(answered) <= LARGEST_ANSWER
        page = answered.document
        yield page
        if "cursor" not in page:
            return
        query = {"cursor": page["cursor"]}


def everything(found: list[dict[str, Any]]) -> tuple[dict[str, list[str]], list[int], list[int]]:
    """Additions by report, messages and entries, in the order in which the pages told them."""
    added: dict[str, list[str]] = {}
    for page in found:
        for report in page["reports"]:
            assert len(report["narrative"]) == LONGEST_NARRATIVE
            assert report.get("continued", False) == (report["reference"] in added)
            known = added.setdefault(report["reference"], [])
            known += [each["id"] for each in report["added"]]
    messages = [[each["number"] for each in page["messages"]] for page in found]
    history = [[each["number"] for each in page["history"]] for page in found]
    return added, list(chain(*reversed(messages))), list(chain(*reversed(history)))


def test_every_page_of_a_full_case_can_be_answered_and_nothing_is_left_out(
    desk: Desk, full: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "READING_A_PAGE_SECONDS", 60)
    monkeypatch.setattr(pages, "additions_to", cache(additions_to))  # they stay as they are
    ana = desk.enrol(Role.ANALYST)
    for call, taken in (("", 0), ("/dossier", 1)):  # that a dossier was taken is an entry
        found = list(read(f"cases/{full.id}{call}", ana))
        added, messages, history = everything(found)
        assert [len(each) for each in added.values()] == [0, MOST_ADDITIONS, 0]
        assert added[a_reference(2)] == [f"{number:026d}" for number in range(MOST_ADDITIONS)]
        assert messages == list(range(messages[0], messages[0] + MOST_MESSAGES))
        assert history == list(range(1, full.events + taken + 1))
        asked = [
            len(each["questions"])
            for page in found
            for each in page["reports"]
            if each["reference"] == a_reference(2)
        ]
        assert set(asked) == {MOST_QUESTIONS}
    found = list(read(f"history/{full.id}", desk.enrol(Role.AUDITOR)))
    numbers = [each["number"] for page in found for each in page["events"]]
    assert numbers == list(range(1, full.events + 2))
    assert [page.get("broken") for page in found] == [None] * len(found)
    line = weight(CaseLine.of(full, NOON))
    assert line * lists.MOST * len(Duty) <= LARGEST_ANSWER, "all lists of the duty desk together"


def test_every_page_of_a_full_report_can_be_followed(reporters: Reporters) -> None:
    sent = reporters.send(a_report(narrative=text(LONGEST_NARRATIVE)), a_key()).document
    reference, receipt = sent["reference"], sent["receipt"]
    fill(TABLE, reference)
    told: list[str] = []
    asked: list[int] = []
    cursor = ""
    while True:
        answered = reporters.follow(reference, receipt, cursor)
        assert answered.status == 200
        assert size(answered) <= LARGEST_ANSWER
        page = answered.document
        told = [each["id"] for each in page["additions"]] + told
        asked += [each["question"] for each in page["messages"]]
        form = {"reference": reference, "receipt": receipt}
        if len(told) < MOST_ADDITIONS / 5:  # a page of the form is made of a page of the API
            asked_for = {**form, "cursor": cursor} if cursor else form
            rendered = post(reporters, asked_for, "/fr/follow")
            assert rendered.status == 200
            assert size(rendered) <= LARGEST_ANSWER
        cursor = page.get("cursor", "")
        if not cursor:
            break
    assert told == [f"{number:026d}" for number in range(MOST_ADDITIONS)]
    assert sorted(asked) == list(range(1, MOST_QUESTIONS + 1))
    refused = reporters.call(
        "POST",
        f"/v1/reports/{reference}/additions",
        {
            "content-type": "application/json",
            "authorization": f"Receipt {receipt}",
            "idempotency-key": a_key(),
        },
        json.dumps(largest_addition(), ensure_ascii=False).encode(),
    )
    assert problem(refused) == "too-many-additions", "and it is one that intake takes"
