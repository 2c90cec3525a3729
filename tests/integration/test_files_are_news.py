"""A file that arrives is news of its case, like an addition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.aws.steps.task_state import now
from casework.aws.table import audit_log, items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.lifecycle import Move, Status
from casework.case.value_objects import SYSTEM_AUTHOR
from casework.decisions.news import list_news_since
from functions.triage import files, link
from tests.builders import RABAT
from tests.office import TABLE, Office


def kept(
    office: Office, case_id: str, reference: str, number: int = 1, *, names_it: bool = True
) -> dict[str, Any]:
    """The receiver marks a kept file in the log of its case; the stream's record of the mark."""
    at = now().replace(second=0, microsecond=0)
    what = keys.file_mark(reference, number)
    said: dict[str, str | int] = {"bound": "b", "vault": "v1"}
    if names_it:
        said |= {"report": reference, "file": number}
    audit_log.record_mark(
        TABLE, case_id, at, keys.STORED_FILE_MARK_KIND, what, by=SYSTEM_AUTHOR, **said
    )
    key = keys.mark_key(case_id, at.isoformat()[:10], keys.STORED_FILE_MARK_KIND, what)
    image = to_wire_item(items.get_item(TABLE, key) or {})
    told = {"Keys": to_wire_item(key), "NewImage": image, "SequenceNumber": "1"}
    return {"eventName": "INSERT", "dynamodb": told}


def deliver(*records: dict[str, Any]) -> None:
    assert link.handle({"Records": list(records)}, None) == {"batchItemFailures": []}


def test_the_unit_that_holds_a_case_hears_of_a_file_once_and_has_to_look(office: Office) -> None:
    case = office.published(RABAT)
    record = kept(office, case.id, case.opened_by)
    deliver(record, record)
    deliver(record)
    assert [each["attributes"]["unit"] for each in office.told("case.addition")] == [RABAT]
    (entry,) = (each for each in office.table.events(case.id) if each.move == Move.ADD)
    assert entry.data == {"report": case.opened_by, "kind": "file", "file": 1}


def test_a_mark_from_before_marks_named_their_file_is_news_of_it_as_well(office: Office) -> None:
    case = office.published(RABAT)
    deliver(kept(office, case.id, case.opened_by, names_it=False))
    (entry,) = (each for each in office.table.events(case.id) if each.move == Move.ADD)
    assert entry.data == {"report": case.opened_by, "kind": "file", "file": 1}


def test_the_news_is_what_a_mark_says_and_not_how_its_key_is_written(office: Office) -> None:
    case = office.published(RABAT)
    mark = keys.mark_key(case.id, "2026-03-02", keys.STORED_FILE_MARK_KIND, "another name")
    link.follow_record(link._settings(), {**mark, "report": case.opened_by, "file": 1})
    link.follow_record(link._settings(), mark)
    (entry,) = (each for each in office.table.events(case.id) if each.move == Move.ADD)
    assert entry.data == {"report": case.opened_by, "kind": "file", "file": 1}


def test_files_of_one_moment_are_one_entry_and_a_later_one_is_told_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = office.published(RABAT)
    deliver(*(kept(office, case.id, case.opened_by, number) for number in (1, 2, 3)))
    assert office.moves(case).count("add") == 1
    monkeypatch.setattr(files, "now", lambda: now() + timedelta(minutes=3))
    deliver(kept(office, case.id, case.opened_by, 4))
    assert office.moves(case).count("add") == 2


def test_a_file_ends_the_question_to_its_reporter(office: Office) -> None:
    case = office.ask(office.in_review())
    other = office.in_review(locations=[])
    deliver(kept(office, case.id, other.opened_by))
    assert office.now_case(case).status is Status.AWAITING_ANSWER, "another reporter was asked"
    record = kept(office, case.id, case.opened_by)
    deliver(record, record)
    after = office.now_case(case)
    assert (after.status, after.run) == (Status.IN_REVIEW, case.run + 1)
    assert after.execution in office.executions()


def test_a_decision_that_ends_a_case_needs_eyes_on_the_file(office: Office) -> None:
    case = office.in_review()
    seen = case.events
    deliver(kept(office, case.id, case.opened_by))
    news = list_news_since(list(office.table.events(case.id)), seen)
    assert [each.data["kind"] for each in news] == ["file"]


def test_a_file_for_a_case_that_ended_waits_for_eyes(office: Office) -> None:
    case = office.reject(office.in_review())
    deliver(kept(office, case.id, case.opened_by))
    after = office.now_case(case)
    assert after.unread is not None
    assert after.unread.last == after.events
