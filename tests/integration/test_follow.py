"""What follows from an addition and from news: questions end, units hear, reporters are told."""

from __future__ import annotations

from typing import Any

import pytest

from casework.aws import keys
from casework.aws.announcements import mark_of
from casework.aws.report_table import NewAddition, ReportTable
from casework.aws.step import now
from casework.case import stamp
from casework.followup import Addition, fold_addition, messaged
from casework.lifecycle import Status
from functions.triage import link
from tests.builders import RABAT
from tests.office import ANALYST, TABLE, Office


def add(
    office: Office, reference: str, number: int = 1, *, at: str = "", **said: Any
) -> dict[str, Any]:
    """A reporter adds something; the stream's record of it."""
    addition = Addition.model_validate({"text": "Encore un fait.", **said})
    new = NewAddition(
        reference=reference,
        addition=f"A{number}",
        added_at=at or f"2030-01-0{number}T00:00:00.000Z",
        content=fold_addition(addition),
        pepper="1",
        body_mac=b"m" * 16,
        correlation_id="c",
    )
    assert ReportTable(TABLE).add_once(new, 50) is None
    return a_record(keys.addition_key(reference, new.addition))


def a_record(key: dict[str, str]) -> dict[str, Any]:
    named = {name: {"S": value} for name, value in key.items()}
    return {"eventName": "INSERT", "dynamodb": {"Keys": named, "SequenceNumber": "1"}}


def deliver(record: dict[str, Any]) -> list[Any]:
    failures: list[Any] = link.handle({"Records": [record]}, None)["batchItemFailures"]
    return failures


def test_the_answer_ends_the_question_and_the_review_goes_on_in_a_new_run(office: Office) -> None:
    case = office.ask(office.in_review())
    assert case.status is Status.AWAITING_ANSWER
    record = add(office, case.opened_by, answers=1)

    assert deliver(record) == deliver(record) == []

    after = office.now_case(case)
    assert after.status is Status.IN_REVIEW
    assert after.run == case.run + 1
    assert after.execution in office.executions()
    assert office.moves(case).count("answer") == 1


def test_an_answer_to_another_question_ends_nothing(office: Office) -> None:
    case = office.ask(office.in_review())
    assert deliver(add(office, case.opened_by, answers=7)) == []
    assert office.now_case(case).status is Status.AWAITING_ANSWER


def test_an_answer_ends_the_question_though_its_report_was_split_off_meanwhile(
    office: Office,
) -> None:
    case, apart = office.ask(office.in_review()), office.in_review(locations=[])
    (report,) = office.table.reports.several([case.opened_by])
    office.table.reports.move(report, case.id, apart.id, stamp(now()), [], None)
    deliver(add(office, case.opened_by, answers=1))
    assert office.now_case(case).status is Status.IN_REVIEW
    assert office.now_case(apart).version == apart.version


def test_the_unit_that_holds_a_case_hears_of_an_addition_with_the_same_id_each_time(
    office: Office,
) -> None:
    case = office.published(RABAT)
    record = add(office, case.opened_by)
    assert deliver(record) == deliver(record) == []
    told = office.told("case.addition")
    assert len(told) == 2
    assert len({each["id"] for each in told}) == 1
    assert {each["attributes"]["unit"] for each in told} == {RABAT}
    assert "Encore" not in repr(told)
    report = office.table.reports.one(case.opened_by)
    assert report is not None
    assert report.additions == 1


def test_danger_in_what_a_reporter_adds_reaches_the_duty_desk(office: Office) -> None:
    """The report itself told of none; an answer that tells of it is read like any report."""
    case = office.ask(office.in_review())
    assert not case.imminent
    quiet = add(office, case.opened_by, text="Le compte a changé de nom hier.")
    deliver(quiet)
    assert (office.now_case(case), office.told("case.alert")) == (case, [])

    text = "Il est devant ma porte avec un couteau, il dit qu'il va me tuer."
    dangerous = add(office, case.opened_by, number=2, text=text)
    deliver(dangerous)
    deliver(dangerous)

    now_ = office.now_case(case)
    assert (now_.status, now_.imminent) == (Status.IN_REVIEW, True)
    assert now_.priority.value == "immediate"
    last = list(office.table.events(case.id))[-1]
    assert (last.move, last.data["reference"]) == ("danger", case.opened_by)
    assert len({each["id"] for each in office.told("case.alert")}) == 1
    assert office.moves(case).count("danger") == 1


def test_what_two_people_decide_on_is_kept_where_a_reporter_adds_it(office: Office) -> None:
    case = office.in_review()
    deliver(add(office, case.opened_by, text="Le compte a changé de nom hier."))
    assert office.now_case(case).told == ()
    text = "Le même compte vend des vidéos pédopornographiques d'enfants."
    deliver(add(office, case.opened_by, number=2, text=text))
    assert office.now_case(case).told == ("child_sexual_exploitation",)


def test_an_addition_before_anybody_decided_tells_nobody_and_waits_with_the_report(
    office: Office,
) -> None:
    case = office.in_review()
    assert deliver(add(office, case.opened_by)) == []
    assert office.told("case.addition") == []


def test_an_entry_that_is_news_is_announced_for_reporters_and_others_are_not(
    office: Office,
) -> None:
    case = office.in_review()
    change = office.table.update(
        case.id, lambda each: messaged(each, now(), ANALYST, text="Bonjour.", report=None)
    )
    for number in range(1, change.events + 1):
        assert deliver(a_record(keys.event_key(case.id, number))) == []
    (news,) = office.told("case.news")
    assert news["attributes"]["unit"] == "reporters"
    assert news["data"]["news"] == f"{case.id}-{change.events}"
    assert "Bonjour" not in repr(news)
    assert "only" not in news["data"]


def test_a_question_is_news_to_whoever_was_asked_and_their_reference_stays_out_of_it(
    office: Office,
) -> None:
    case = office.ask(office.in_review())
    assert deliver(a_record(keys.event_key(case.id, case.events))) == []
    (news,) = office.told("case.news")
    assert news["data"]["only"] == mark_of(case.opened_by)
    assert case.opened_by not in repr(news).replace(case.id, "")


@pytest.mark.parametrize("end", ["reject"])
def test_that_a_case_ended_is_news_and_can_be_announced_again(office: Office, end: str) -> None:
    case = office.reject(office.in_review())
    assert case.status is Status.CLOSED
    link.reprocess({"cases": [case.id]}, None)
    assert [each["data"]["news"] for each in office.told("case.news")] == [
        f"{case.id}-{case.events}"
    ]


def test_that_nobody_acted_in_time_is_news_the_first_time_it_is_noticed(office: Office) -> None:
    case = office.in_review()
    for _ in range(2):
        office.later(days=8)
        office.take("escalate", office.now_case(case))
    for event in office.table.events(case.id):
        assert deliver(a_record(keys.event_key(case.id, event.number))) == []
    first = next(each for each in office.table.events(case.id) if each.move == "escalate")
    assert [each["data"]["news"] for each in office.told("case.news")] == [
        f"{case.id}-{first.number}"
    ]
