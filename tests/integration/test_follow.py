"""Effects of additions and news: questions end, units and reporters are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from casework.aws.services.notifications import anonymous_report_id
from casework.aws.steps.task_state import now
from casework.aws.table import keys
from casework.aws.table.additions import list_additions
from casework.aws.table.erasure import erase_case
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_table import NewAddition, ReportTable
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, Duty
from casework.errors import IllegalMove
from casework.identifiers import keyed_mark
from casework.moves.additions import mark_additions_read
from casework.moves.messages import record_message
from casework.pack.jurisdiction import open_pack
from casework.report.followup import Addition, fold_addition
from functions.triage import additions, link
from tests import admitting
from tests.builders import RABAT
from tests.office import ANALYST, OFFICER, OWN, SELECTOR, TABLE, Office, marked

PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]


def add(
    office: Office,
    reference: str,
    number: int = 1,
    *,
    at: str = "",
    own: tuple[str, ...] = (),
    **said: Any,
) -> dict[str, Any]:
    """A reporter adds something; the stream's record of it."""
    addition = Addition.model_validate_json(json.dumps({"text": "Encore un fait.", **said}))
    new = NewAddition(
        reference=reference,
        addition=f"A{number}",
        added_at=at or f"2030-01-0{number}T00:00:00.000Z",
        content=fold_addition(addition),
        pepper="1",
        body_mac=b"m" * 16,
        correlation_id="c",
        own=own,
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
    (report,) = office.table.reports.get_reports([case.opened_by])
    office.table.reports.move(report, case.id, apart.id, format_timestamp(now()), [], None)
    deliver(add(office, case.opened_by, answers=1))
    assert office.now_case(case).status is Status.IN_REVIEW
    assert office.now_case(apart).version == apart.version


def test_the_unit_that_holds_a_case_hears_of_an_addition_once_however_often_it_is_delivered(
    office: Office,
) -> None:
    case = office.published(RABAT)
    record = add(office, case.opened_by)
    assert deliver(record) == deliver(record) == []
    told = office.told("case.addition")
    assert [each["attributes"]["unit"] for each in told] == [RABAT]
    assert "Encore" not in repr(told)
    report = office.table.reports.get_report(case.opened_by)
    assert report is not None
    assert report.additions == 1


def test_danger_in_an_addition_reaches_the_duty_desk(office: Office) -> None:
    """The report told of none; an answer is read like a report."""
    case = office.ask(office.in_review())
    assert not case.imminent
    quiet = add(office, case.opened_by, text="Le compte a changé de nom hier.")
    deliver(quiet)
    assert (office.now_case(case).priority, office.told("case.alert")) == (case.priority, [])

    text = "Il est devant ma porte avec un couteau, il dit qu'il va me tuer."
    dangerous = add(office, case.opened_by, number=2, text=text)
    deliver(dangerous)
    deliver(dangerous)

    now_ = office.now_case(case)
    assert (now_.status, now_.imminent) == (Status.IN_REVIEW, True)
    assert now_.priority.value == "immediate"
    raised = list(office.table.events(case.id))[-2]
    assert (raised.move, raised.data["report"]) == ("raise", case.opened_by)
    assert raised.data["addition"], "which of what they added"
    assert len({each["id"] for each in office.told("case.alert")}) == 1
    assert office.moves(case).count("raise") == 1


def test_an_addition_can_make_a_case_one_for_two_people(office: Office) -> None:
    case = office.in_review()
    deliver(add(office, case.opened_by, text="Le compte a changé de nom hier."))
    assert office.now_case(case).told == ()
    text = "Le même compte vend des vidéos pédopornographiques d'enfants."
    deliver(add(office, case.opened_by, number=2, text=text))
    assert office.now_case(case).told == ("child_sexual_exploitation",)


def test_a_later_report_joins_by_an_identifier_from_an_addition(
    office: Office,
) -> None:
    """Desk bug 7: the next victim was called from the number in the addition."""
    case = office.in_review(narrative="Un faux vendeur.", locations=[])
    deliver(add(office, case.opened_by, text="Il appelle du 0661234567, écrit à vol@escroc.ma."))
    (kept,) = list_additions(TABLE, case.opened_by)
    assert dict(kept.named)[marked("phone", "+212661234567")] == "+212661234567"
    assert office.moves(case).index("add") + 1 == kept.event
    later = office.accept(narrative="Appel du 06 61 23 45 67.", locations=[])
    office.deliver(later)
    assert office.case_of(later).id == case.id


def test_an_addition_with_an_identifier_of_another_case_suggests_each_to_the_other(
    office: Office,
) -> None:
    phone = {"kind": "phone", "value": "0661234567"}
    mine = office.in_review(narrative="Un faux vendeur.", locations=[])
    other = office.in_review(narrative="Un autre.", locations=[phone])
    record = add(office, mine.opened_by, locations=[phone])
    assert deliver(record) == deliver(record) == []
    for here, there in ((mine, other), (other, mine)):
        (suggestion,) = office.now_case(here).suggestions
        assert (suggestion.case, suggestion.because) == (there.id, "identifier")
        assert suggestion.report == mine.opened_by
        assert suggestion.shared == (marked("phone", "+212661234567"),)
    assert office.case_of(mine.opened_by).id == mine.id, "nothing is merged by itself"
    assert office.moves(mine).count("add") == 1, "however often it is told"


def test_a_reporters_own_contact_in_an_addition_links_no_report(
    office: Office,
) -> None:
    case = office.in_review(narrative="Un faux vendeur.", locations=[])
    own = keyed_mark(SELECTOR.encode(), "phone", "+212661234567")
    deliver(
        add(office, case.opened_by, own=(own,), text="Mon contact est le 0661234567 désormais.")
    )
    (kept,) = list_additions(TABLE, case.opened_by)
    assert kept.own_named == (marked("phone", "+212661234567"),)
    later = office.accept(narrative="Appel du 06 61 23 45 67.", locations=[])
    office.deliver(later)
    assert office.case_of(later).id != case.id


def test_the_unit_that_ended_a_case_is_told_of_additions_and_lists_the_case(
    office: Office,
) -> None:
    """Desk bug 6: the answer to the reporter promises that people read the addition."""
    case = office.close(office.acknowledge(office.published(RABAT)))
    deliver(add(office, case.opened_by))
    after = office.now_case(case)
    assert after.desk == f"added:{RABAT}"
    assert Duty.ADDED_AFTER_END not in after.duties
    (told,) = office.told("case.addition")
    assert told["attributes"]["unit"] == RABAT


@pytest.mark.parametrize("over", [False, True], ids=["a case it holds", "a case it ended"])
def test_an_unread_addition_to_a_units_case_reaches_the_duty_desk_in_time(
    office: Office, *, over: bool
) -> None:
    case = office.acknowledge(office.published(RABAT, narrative="Un faux vendeur."))
    if over:
        case = office.close(case)
    record = add(office, case.opened_by)
    deliver(record)
    deliver(record)
    assert "unread" not in office.sweep()
    assert office.table.duty(Duty.OVERDUE, 10).ids == []

    office.later(days=4)  # of a standard case; its first instruction is due later
    assert office.sweep()["unread"] == 1

    after = office.now_case(case)
    assert office.table.duty(Duty.OVERDUE, 10).ids == [case.id]
    (late,) = office.told("case.late")
    assert (late["attributes"]["unit"], late["subject"]) == ("supervision", case.id)
    assert after.unread is not None
    last = after.unread.last
    seen = office.table.update(
        case.id, lambda each: mark_additions_read(each, now(), OFFICER, seen=last)
    ).case
    assert office.table.duty(Duty.OVERDUE, 10).ids == []
    assert DeadlineKind.UNREAD not in seen.pending_deadlines
    events = list(office.table.events(case.id))
    assert (events[-2].data["due"], events[-1].move) == ("unread", "look")
    assert find_first_difference(seen, events) is None


def test_an_addition_to_a_case_that_ended_at_review_waits_on_the_duty_desk(
    office: Office,
) -> None:
    case = office.reject(office.in_review())
    deliver(add(office, case.opened_by))
    deliver(add(office, case.opened_by, number=2))
    after = office.now_case(case)
    assert after.duties >= {Duty.ADDED_AFTER_END}
    assert {told["attributes"]["unit"] for told in office.told("case.addition")} == {"duty"}
    assert office.table.duty(Duty.ADDED_AFTER_END, 10).ids == [case.id]
    assert after.unread is not None
    with pytest.raises(IllegalMove):
        mark_additions_read(after, now(), ANALYST, seen=after.unread.last - 1)
    seen = office.table.update(
        case.id, lambda each: mark_additions_read(each, now(), ANALYST, seen=after.events)
    ).case
    assert Duty.ADDED_AFTER_END not in seen.duties
    assert office.moves(case)[-1] == "look"
    with pytest.raises(IllegalMove):
        mark_additions_read(seen, now(), ANALYST, seen=seen.events)


def test_a_withdrawal_is_in_front_of_people_and_moves_nothing(office: Office) -> None:
    case = office.in_review()
    record = add(office, case.opened_by, kind="withdrawal", text="Je préfère arrêter.")
    deliver(record)
    deliver(record)
    after = office.now_case(case)
    assert (after.status, after.version, after.priority) == (
        case.status,
        case.version,
        case.priority,
    )
    assert after.withdrawals == 1
    (event,) = [each for each in office.table.events(case.id) if each.move == "add"]
    assert (event.by, event.data["kind"]) == ("reporter", "withdrawal")
    assert "arrêter" not in repr(event)
    assert {each["attributes"]["unit"] for each in office.told("case.withdrawal")} == {
        "supervision"
    }


def test_money_lost_in_an_addition_is_read_like_money_lost_in_a_report(
    office: Office,
) -> None:
    case = office.in_review(narrative="Un faux vendeur.", locations=[], category="fraud")
    lost = {"amount": "90000", "currency": "MAD", "at": "2030-01-01"}
    deliver(add(office, case.opened_by, text="J'ai payé.", money_lost=[lost]))
    (kept,) = list_additions(TABLE, case.opened_by)
    assert kept.readable_content is not None
    found = additions.read_addition(
        open_pack("ma"), SELECTOR.encode(), OWN.encode(), one(office, case.opened_by), kept
    )
    assert found is not None
    assert found.assessment.priority.value == "urgent"


def test_reprocessing_a_report_follows_up_additions_that_were_missed(office: Office) -> None:
    case = office.in_review()
    add(office, case.opened_by, text="Il appelle du 0661234567.")  # its record was lost
    assert "add" not in office.moves(case)
    for _ in range(2):
        assert link.reprocess({"references": [case.opened_by]}, None)["failed"] == []
    assert office.moves(case).count("add") == 1


def test_the_identifiers_of_an_addition_are_erased_with_its_report(office: Office) -> None:
    case = office.in_review(narrative="Un faux vendeur.", locations=[])
    deliver(add(office, case.opened_by, text="Il appelle du 0661234567."))
    mark = ("phone", "+212661234567")
    assert office.table.identifiers.owners([mark]).cases == {mark: case.id}
    for _ in erase_case(office.table, office.now_case(case), now()):
        pass
    assert office.table.identifiers.owners([mark]).cases == {}
    assert list_additions(TABLE, case.opened_by) == []


def one(office: Office, reference: str) -> StoredReport:
    report = office.table.reports.get_report(reference)
    assert report is not None
    return report


def test_an_addition_before_the_review_notifies_no_unit_and_waits_with_the_report(
    office: Office,
) -> None:
    case = office.in_review()
    assert deliver(add(office, case.opened_by)) == []
    assert office.told("case.addition") == []


def test_only_entries_with_news_are_announced_to_reporters(
    office: Office,
) -> None:
    case = office.in_review()
    change = office.table.update(
        case.id, lambda each: record_message(each, now(), ANALYST, reports=())
    ).case
    for number in range(1, change.events + 1):
        assert deliver(a_record(keys.event_key(case.id, number))) == []
    (news,) = office.told("case.news")
    assert news["attributes"]["unit"] == "reporters"
    assert news["data"]["news"] == f"{case.id}-{change.events}"
    assert "Bonjour" not in repr(news)
    assert "only" not in news["data"]


def test_a_question_is_news_for_its_reporter_without_the_reference(
    office: Office,
) -> None:
    case = office.ask(office.in_review())
    assert deliver(a_record(keys.event_key(case.id, case.events))) == []
    (news,) = office.told("case.news")
    assert news["data"]["only"] == [anonymous_report_id(case.opened_by)]
    assert case.opened_by not in repr(news).replace(case.id, "")


@pytest.mark.parametrize("end", ["reject"])
def test_the_end_of_a_case_is_news_and_can_be_announced_again(office: Office, end: str) -> None:
    case = office.reject(office.in_review())
    assert case.status is Status.CLOSED
    link.reprocess({"cases": [case.id]}, None)
    assert [each["data"]["news"] for each in office.told("case.news")] == [
        f"{case.id}-{case.events}"
    ]


def test_a_missed_deadline_is_news_the_first_time_only(office: Office) -> None:
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


def test_a_withdrawal_by_a_stranger_does_not_weaken_the_case_of_a_victim(office: Office) -> None:
    """The report is not admitted: its withdrawal is told once, as a stranger's."""
    case = office.in_review(locations=PHONE)
    strangers = [office.accept(locations=PHONE) for _ in range(2)]
    office.deliver(*strangers)
    admitting.admit(office.table, case.id, now(), ANALYST, case.opened_by)
    for each in strangers:
        deliver(add(office, each, kind="withdrawal", text="Tout est faux."))
    assert office.now_case(case).withdrawals == 0
    entries = [each for each in office.table.events(case.id) if each.move == "add"]
    assert [each.data["unadmitted"] for each in entries] == [2, 3]
    told = office.told("case.withdrawal")
    assert len({each["id"] for each in told}) == 1
    assert all(each["data"]["unadmitted"] for each in told)

    deliver(add(office, case.opened_by, kind="withdrawal", text="Je préfère arrêter."))

    assert office.now_case(case).withdrawals == 1
    (last,) = [each for each in office.told("case.withdrawal") if each["id"] != told[0]["id"]]
    assert "unadmitted" not in last["data"]


def test_a_strangers_addition_to_the_case_of_a_unit_is_marked_as_a_strangers(
    office: Office,
) -> None:
    case = office.published(locations=PHONE)
    stranger = office.accept(locations=PHONE)
    office.deliver(stranger)
    admitting.admit(office.table, case.id, now(), ANALYST, case.opened_by)
    before = {each["id"] for each in office.told("case.addition")}
    for each in (stranger, case.opened_by):
        deliver(add(office, each, text="Il a rappelé."))
    told = [each for each in office.told("case.addition") if each["id"] not in before]
    assert [each["data"].get("unadmitted") for each in told] == [True, None]
