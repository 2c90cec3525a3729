"""Cases are merged and split again, with everything that belongs to their reports."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from casework.aws.services import notifications
from casework.aws.services.clients import aws_client
from casework.aws.services.notifications import anonymous_report_id, case_referred
from casework.aws.table import items, keys
from casework.aws.table.wire import to_wire_item
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.value_objects import Priority
from casework.decisions.staff import Role
from casework.moves.deadlines import escalate_missed_deadline
from casework.moves.messages import record_message
from casework.report.reporter_news import news_name
from functions.triage import case_moves, sweep
from tests.builders import NOON, RABAT, a_case, made
from tests.integration.answers import problem
from tests.integration.desks import TABLE, Desk
from tests.integration.lives import (
    ASK,
    PHONE,
    REJECT,
    held,
    inquiring,
    instruct,
    later,
    swept,
)
from tests.office import identified


def swept_until_all_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweeper looks at once, and as often again as it looks after what is on its way."""
    for minutes in (0, 2, 4):
        later(monkeypatch, minutes=minutes)
        swept()


def test_a_merged_case_points_to_the_other_and_a_split_undoes_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    kept, case = desk.in_review(), desk.in_review()
    mine = desk.report(case, 2, locations=[PHONE])
    own = desk.report(kept, 1)
    mark = ("phone", "+212612345678")
    aws_client("dynamodb").put_item(
        TableName=TABLE,
        Item={
            **to_wire_item(keys.identifier_key(identified(*mark))),
            "case_id": {"S": case.id},
        },
    )
    assert desk.review(case, {"outcome": "merge", "into": kept.id}, ana).status == 202
    merged = desk.table.get_case(case.id)
    assert (merged.status, merged.merged_into) == (Status.MERGED, kept.id)
    later(monkeypatch, minutes=0)
    assert swept() == {"moving": 1}
    assert desk.table.identifiers.owners([mark]).cases == {mark: kept.id}
    assert {report.case_id for report in desk.table.reports.get_reports([mine, own])} == {kept.id}
    later(monkeypatch, minutes=2)
    assert swept() == {"moving": 1}
    assert swept() == {}

    split = desk.review(desk.table.get_case(case.id), {"outcome": "split"}, ana)
    assert (split.status, split.document["status"]) == (200, "in_review")
    assert swept() == {"moving": 1}
    assert desk.table.identifiers.owners([mark]).cases == {mark: case.id}
    assert [each.case_id for each in desk.table.reports.get_reports([mine, own])] == [
        case.id,
        kept.id,
    ]
    assert [event.move for event in desk.table.events(kept.id)][-2:] == ["absorb", "release"]
    assert desk.step_functions.started[-1]["name"] == f"{case.id}-2"


def test_news_of_a_split_case_has_other_ids_than_earlier_news(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receiver that drops known ids still gets the news of the split case."""
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    kept, reviewed = desk.in_review(), desk.in_review()
    taken = inquiring(desk, omar)
    merge = {"outcome": "merge", "into": kept.id}
    late, hop = (14_400, 14_400), case_referred(taken).id
    first = desk.table.save(
        made(escalate_missed_deadline(reviewed, NOON + timedelta(hours=4), late))
    ).id
    told = notifications.review_overdue(desk.table.get_case(first)).id
    assert desk.review(desk.table.get_case(first), merge, ana).status == 202
    assert instruct(desk, taken, "join", omar, into=held(desk, omar).id).status in {200, 202}
    at = later(monkeypatch, hours=6)
    for case_id in (first, taken.id):
        assert desk.review(desk.table.get_case(case_id), {"outcome": "split"}, ana).status in {
            200,
            202,
        }
    again = made(
        escalate_missed_deadline(desk.table.get_case(first), at + timedelta(hours=4), late)
    ).after
    assert again.wait is not None
    assert again.wait.level == 1
    assert notifications.review_overdue(again).id != told
    assert case_referred(desk.refer(desk.table.get_case(taken.id), RABAT)).id != hop


def test_a_case_is_not_merged_into_itself_nor_into_one_that_ended(desk: Desk) -> None:
    ana, case, over = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    desk.review(over, REJECT, ana)
    for into in (case.id, over.id):
        answered = desk.review(case, {"outcome": "merge", "into": into}, ana)
        assert (answered.status, problem(answered)) == (409, "other-case-unfit")


def test_a_case_is_not_merged_while_reports_are_on_their_way_back_to_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    case, into = desk.in_review(), desk.in_review()
    merge = {"outcome": "merge", "into": into.id}
    assert desk.review(case, merge, ana).status == 202
    assert desk.review(desk.table.get_case(case.id), {"outcome": "split"}, ana).status == 200
    early = desk.review(desk.table.get_case(case.id), merge, ana)
    assert (early.status, problem(early)) == (409, "illegal-move")
    for minutes in (0, 2):
        later(monkeypatch, minutes=minutes)
        swept()
    assert desk.review(desk.table.get_case(case.id), merge, ana).status == 202


def test_nested_merges_are_undone_from_the_last_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = desk.enrol(Role.ANALYST)
    first, second, third = desk.in_review(), desk.in_review(), desk.in_review()
    mine = desk.report(first, 61)

    def where() -> str | None:
        report = desk.table.reports.get_report(mine)
        return report.case_id if report else None

    def moved(minutes: int) -> None:
        later(monkeypatch, minutes=minutes)
        swept()

    for step, (case, into) in enumerate(((first, second), (second, third))):
        assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
        moved(3 * step)
        moved(3 * step + 2)
    assert where() == third.id
    refused = desk.review(desk.table.get_case(first.id), {"outcome": "split"}, ana)
    assert (refused.status, problem(refused)) == (409, "other-case-unfit")
    for step, case in enumerate((second, first), start=3):
        assert desk.review(desk.table.get_case(case.id), {"outcome": "split"}, ana).status == 200
        moved(3 * step)
        assert where() == case.id


def test_reports_that_come_late_into_a_merged_case_go_on_to_where_it_went(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case in between has moved what it had, twice, while many are still on their way to it."""
    monkeypatch.setattr(case_moves, "MOVES_PER_PAGE", 1)
    monkeypatch.setattr(sweep, "TURN_SECONDS", 0)
    ana = desk.enrol(Role.ANALYST)
    first, second, third = desk.in_review(), desk.in_review(), desk.in_review()
    mine = [desk.report(first, number) for number in range(61, 67)]
    for case, into in ((first, second), (second, third)):
        assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202

    for minutes in range(0, 20, 2):
        later(monkeypatch, minutes=minutes)
        swept()

    assert {each.case_id for each in desk.table.reports.get_reports(mine)} == {third.id}
    assert all(desk.table.get_case(each.id).moving is None for each in (first, second))


def test_a_split_finds_its_reports_among_however_many_the_other_case_has(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each pass continues where the former one ended, even if that found no report."""
    monkeypatch.setattr(case_moves, "MOVES_PER_PAGE", 1)
    ana, into, case = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    for number in range(61, 66):
        desk.report(into, number)
    mine = [desk.report(case, number, at="2026-03-02T11:30:00.000Z") for number in (71, 72)]
    assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
    for minutes in (0, 2):
        later(monkeypatch, minutes=minutes)
        swept()
    assert desk.review(desk.table.get_case(case.id), {"outcome": "split"}, ana).status == 200
    monkeypatch.setattr(sweep, "TURN_SECONDS", 0)
    at = 3
    while desk.table.get_case(case.id).moving is not None and at < 20:
        later(monkeypatch, minutes=at)
        swept()
        at += 1
    assert {each.case_id for each in desk.table.reports.get_reports(mine)} == {case.id}
    assert desk.table.get_case(case.id).moving is None
    assert len(list(desk.table.reports.iter_reports(into.id))) == 5


def test_a_unit_is_told_of_reports_that_a_merge_brings_into_its_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    ana, into, case = desk.enrol(Role.ANALYST), desk.referred(), desk.in_review()
    desk.report(case, 71)
    assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
    swept_until_all_is_moved(monkeypatch)
    assert told == [f"{into.id}-addition-{anonymous_report_id(case.id)}"]


def test_reporters_of_reports_in_transit_hear_how_the_case_ended_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    ana, into, case = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    desk.report(case, 71)
    earlier = desk.table.save(record_message(into, NOON - timedelta(hours=1), ana, reports=()))
    assert desk.review(case, {"outcome": "merge", "into": earlier.id}, ana).status == 202
    seen = desk.table.get_case(into.id)
    assert desk.review(seen, {**REJECT, "seen": seen.events}, ana).status == 202
    ended = list(desk.table.events(into.id))[-1]
    swept_until_all_is_moved(monkeypatch)
    assert told == [f"{news_name(into.id, ended.number)}-news"]


def test_reporters_of_a_merged_case_get_no_message_through_the_old_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    """They read the messages of the other case; after a split they get those of their own."""
    ana, into, case = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    desk.report(case, 71)
    assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
    said = {"text": "Merci."}
    for who, refusal in ((desk.enrol(Role.SUPERVISOR), "illegal-move"), (ana, "not-allowed")):
        lost = desk.decide(desk.table.get_case(case.id), "messages", said, who)
        assert problem(lost) == refusal
    for minutes in (0, 2):
        later(monkeypatch, minutes=minutes)
        swept()
    assert desk.review(desk.table.get_case(case.id), {"outcome": "split"}, ana).status == 200
    later(monkeypatch, minutes=3)
    sent = desk.decide(desk.table.get_case(case.id), "messages", said, ana)
    assert sent.status == 201
    for minutes in (4, 6):
        later(monkeypatch, minutes=minutes)
        swept()
    assert told == [f"{news_name(case.id, sent.document['number'])}-news"]


def test_a_message_sent_again_is_answered_as_before_though_its_report_has_moved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    ana, into, case = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    said = {"text": "Merci.", "reports": [desk.report(case, 71)]}
    key = str(uuid.uuid4())
    first = desk.decide(case, "messages", said, ana, idempotency_key=key)
    assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
    later(monkeypatch, minutes=1)
    assert swept() == {"moving": 1}
    again = desk.decide(case, "messages", said, ana, idempotency_key=key)
    assert (again.status, again.text) == (201, first.text)
    for other in ("another", a_case(2).opened_by):
        wrong = desk.decide(
            case, "messages", {**said, "reports": [other]}, ana, idempotency_key=key
        )
        assert problem(wrong) == "key-conflict"


def test_a_case_is_as_urgent_as_the_more_urgent_of_those_merged_into_it(desk: Desk) -> None:
    """Otherwise one person could reject a case for two by way of another case."""
    ana, into = desk.enrol(Role.ANALYST), desk.in_review(Priority.STANDARD)
    for priority, after in (
        (Priority.URGENT, "urgent"),
        (Priority.INFORMATION, "urgent"),
        (Priority.IMMEDIATE, "immediate"),
    ):
        case = desk.in_review(priority)
        assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
        assert desk.table.get_case(into.id).priority.value == after
    assert [each.data.get("priority") for each in desk.table.events(into.id)][2:] == [
        "urgent",
        None,
        "immediate",
    ]
    assert find_first_break(desk.table.events(into.id)) is None
    merged = desk.table.get_case(into.id)
    alone = desk.review(merged, {**REJECT, "seen": merged.events}, ana)
    assert (alone.document["decision"], alone.document["status"]) == ("propose", "in_review")


def test_danger_comes_with_a_case_that_is_merged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait for an answer in the other case ends once, without the answer."""
    ana, into = desk.enrol(Role.ANALYST), desk.in_review()
    case = desk.in_review(Priority.IMMEDIATE, imminent=True)
    desk.report(into, 1)
    assert desk.review(into, ASK, ana).status == 202
    asked = desk.table.get_case(into.id)
    later(monkeypatch, seconds=1)
    assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
    absorbed = desk.table.get_case(into.id)
    assert (absorbed.imminent, absorbed.priority) == (True, Priority.IMMEDIATE)
    assert absorbed.etag == asked.etag
    assert into.id in [each["id"] for each in desk.get("duty", ana).document["imminent"]]
    assert swept() == {"moving": 1}
    back = desk.table.get_case(into.id)
    assert (back.status, back.run) == (Status.IN_REVIEW, 2)
    assert desk.step_functions.started[-1]["name"] == f"{into.id}-2"
    last = list(desk.table.events(into.id))[-1]
    assert (last.move, last.data) == ("unanswered", {"question": 1, "because": "more_urgent"})
    assert problem(desk.review(back, ASK, ana)) == "cannot-wait"
    later(monkeypatch, minutes=2)
    assert swept() == {"moving": 1}
    assert desk.table.get_case(into.id).status is Status.IN_REVIEW


def test_an_unreadable_report_moves_with_the_others_of_a_merged_case(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, case, into = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    mine = [desk.report(case, number) for number in range(71, 74)]
    poisoned = items.get_item(TABLE, keys.report_key(mine[0]))
    items.put_item(
        TABLE, {**(poisoned or {}), "narrative": b"not compressed", "facts": b"nor these"}
    )
    assert desk.review(case, {"outcome": "merge", "into": into.id}, ana).status == 202
    later(monkeypatch, minutes=1)
    assert swept()["moving"] == 1
    assert {each.case_id for each in desk.table.reports.get_reports(mine)} == {into.id}
    assert desk.review(desk.table.get_case(case.id), {"outcome": "split"}, ana).status == 200
    later(monkeypatch, minutes=3)
    assert swept()["moving"] == 1
    assert {each.case_id for each in desk.table.reports.get_reports(mine)} == {case.id}
