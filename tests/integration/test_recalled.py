"""A report on identifiers of a closed case names it, and still opens or joins another case."""

from __future__ import annotations

from typing import Any

import pytest

from casework.case.case import MAX_SUGGESTIONS, Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.case.times import DeadlineWait
from casework.decisions.staff import Role, StaffMember
from casework.linking.join_rules import decide_case
from casework.views.history_view import redact_history
from functions.triage import link
from tests.builders import RABAT, SALE, a_case
from tests.integration.test_killed import everywhere
from tests.office import Office, marked

PHONE = [{"kind": "phone", "value": "06 00 00 41 17"}]
ELSEWHERE = [{"kind": "phone", "value": "06 00 00 41 18"}]
BOTH = [*PHONE, *ELSEWHERE]
MARK = marked("phone", "+212600004117")


def sent_to_court(office: Office, **said: Any) -> Case:
    """A case that its unit sent to court."""
    case = office.published(RABAT, **said)
    office.acknowledge(case)
    return office.close(office.now_case(case))


@pytest.mark.parametrize("end", ["court", "rejection"])
def test_a_new_case_names_the_closed_one_that_held_its_page_and_is_named_by_it(
    office: Office, end: str
) -> None:
    url = [{"kind": "url", "value": "https://banque.example/verification"}]
    closed = (
        sent_to_court(office, locations=url)
        if end == "court"
        else office.reject(office.in_review(locations=url))
    )
    report = office.accept(locations=url)

    office.deliver(report)
    office.deliver(report)

    case = office.case_of(report)
    assert case.id != closed.id
    (said,) = case.suggestions
    assert (said.case, said.because, said.report) == (closed.id, "closed", report)
    assert said.shared == (marked("domain", "banque.example"),)
    after = office.now_case(closed)
    (named,) = after.suggestions
    assert (named.case, named.because, named.shared) == (case.id, "closed", said.shared)
    assert (after.status, after.etag) == (Status.CLOSED, closed.etag)
    assert office.moves(closed).count("suggest") == 1
    events = list(office.table.events(closed.id))
    assert find_first_break(events) is None
    assert find_first_difference(after, events) is None


def test_the_next_report_joins_the_new_case_and_tells_the_closed_one_nothing(
    office: Office,
) -> None:
    closed = sent_to_court(office, locations=PHONE)
    first, second = office.accept(locations=PHONE), office.accept(locations=PHONE)
    office.deliver(first, second)
    assert office.case_of(second).id == office.case_of(first).id
    assert office.moves(closed).count("suggest") == 1


def test_a_report_that_joins_an_open_case_names_the_closed_one_there(office: Office) -> None:
    closed = sent_to_court(office, locations=PHONE)
    case = office.in_review(locations=ELSEWHERE)
    report = office.accept(locations=BOTH)

    office.deliver(report)

    now = office.case_of(report)
    assert now.id == case.id
    assert [(each.case, each.because) for each in now.suggestions] == [(closed.id, "closed")]
    (named,) = office.now_case(closed).suggestions
    assert (named.case, named.shared, named.report) == (case.id, (MARK,), report)
    assert now.etag == case.etag


def test_a_new_case_names_the_closed_case_that_its_match_was_merged_into(office: Office) -> None:
    merged, kept = office.in_review(locations=PHONE), office.in_review(locations=ELSEWHERE)
    office.merge(merged, kept)
    office.reject(office.now_case(kept))  # before its identifiers were carried
    report = office.accept(locations=PHONE)

    office.deliver(report)

    (said,) = office.case_of(report).suggestions
    assert (said.case, said.because) == (kept.id, "closed")


def test_the_unit_that_ended_a_case_is_told_of_a_report_on_its_identifiers_only(
    office: Office,
) -> None:
    closed = sent_to_court(office, locations=PHONE)
    report = office.accept(locations=PHONE)
    office.deliver(report)
    new = office.case_of(report)

    for _ in range(2):
        office.deliver_event(office.now_case(closed))
    office.deliver_event(new)
    link.reprocess({"cases": [closed.id, new.id]}, None)

    told = office.told("case.recalled")
    assert len(told) == 3
    assert len({each["id"] for each in told}) == 1, "repeated, it has the same id"
    assert {(each["attributes"]["unit"], each["subject"]) for each in told} == {(RABAT, closed.id)}
    for secret in (new.id, report, "600004117", MARK):
        assert secret not in repr(told)
    assert set(told[0]["data"]) == {"case", "unit", "priority", "status", "hop"}


def test_a_case_that_ended_at_review_notifies_no_unit(office: Office) -> None:
    closed = office.reject(office.in_review(locations=PHONE))
    office.deliver(office.accept(locations=PHONE))
    office.deliver_event(office.now_case(closed))
    assert office.told("case.recalled") == []


@pytest.mark.parametrize("holder", [RABAT, SALE])
def test_a_unit_that_hears_of_the_report_as_an_addition_is_told_once(
    office: Office, holder: str
) -> None:
    closed = sent_to_court(office, locations=PHONE)
    office.published(holder, locations=ELSEWHERE)
    office.deliver(office.accept(locations=BOTH))

    office.deliver_event(office.now_case(closed))

    (added,) = office.told("case.addition")
    assert added["attributes"]["unit"] == holder
    recalled = [each["attributes"]["unit"] for each in office.told("case.recalled")]
    assert recalled == ([] if holder == RABAT else [RABAT])


def test_the_history_tells_the_unit_that_a_report_came_without_naming_its_case(
    office: Office,
) -> None:
    closed = sent_to_court(office, locations=PHONE)
    report = office.accept(locations=PHONE)
    office.deliver(report)
    officer = StaffMember(subject="an officer", name="A person", role=Role.OFFICER, unit=RABAT)

    def shown(case: Case) -> list[tuple[str, dict[str, Any]]]:
        events = list(office.table.events(case.id))
        return [(each.move, each.data) for each in redact_history(officer, events, (), {})]

    assert shown(closed)[-1] == ("suggest", {"because": "closed"})
    assert closed.id not in repr(shown(office.case_of(report)))


@pytest.mark.parametrize("end", ["erased", "kept as long as the pack says"])
def test_an_erased_or_expired_case_is_named_no_more(end: str) -> None:
    mark = ("phone", "+212600004117")
    passed = DeadlineWait(since="2026-03-02T11:00:00.000Z", due="", level=1)
    case = a_case(
        status=Status.ERASED if end == "erased" else Status.CLOSED,
        retention=None if end == "erased" else passed,
    )
    found = decide_case([mark], {mark: case.id}, {case.id: case})
    assert found.recalled == ()
    kept = case.model_copy(update={"status": Status.CLOSED, "retention": None})
    assert decide_case([mark], {mark: case.id}, {case.id: kept}).recalled == ((case.id, (mark,)),)


def test_an_account_of_the_same_name_on_another_platform_recalls_nothing() -> None:
    mark = ("handle", "nora_vip99")
    case = a_case(status=Status.CLOSED)
    scoped = ("handle", "telegram/nora_vip99")
    found = decide_case([mark, scoped], {mark: case.id}, {case.id: case}, {mark: "instagram"})
    assert found.recalled == ()
    same = decide_case([mark, scoped], {mark: case.id}, {case.id: case}, {mark: "telegram"})
    assert same.recalled == ((case.id, (mark,)),)
    untold = decide_case([mark], {mark: case.id}, {case.id: case}, {mark: "instagram"})
    assert untold.recalled == ((case.id, (mark,)),), "where it was met is not told"


def test_a_killed_delivery_after_the_end_of_a_case_opens_a_new_one_linked_both_ways() -> None:
    def begin(office: Office) -> tuple[Case, str]:
        closed = office.reject(office.in_review(locations=PHONE))
        return closed, office.accept(locations=PHONE)

    def delivered(office: Office, subject: tuple[Case, str]) -> None:
        office.deliver(subject[1])

    def linked_both_ways(office: Office, subject: tuple[Case, str]) -> None:
        closed, report = subject
        case = office.case_of(report)
        assert (case.opened_by, len(office.cases())) == (report, 2)
        assert office.now_case(closed).status is Status.CLOSED
        assert [each.case for each in case.suggestions] == [closed.id]
        assert [each.case for each in office.now_case(closed).suggestions] == [case.id]
        assert office.moves(closed).count("suggest") == 1

    assert everywhere(begin, delivered, delivered, linked_both_ways) > 0


def test_many_later_reports_keep_the_item_of_a_closed_case_small(office: Office) -> None:
    numbers = [{"kind": "phone", "value": f"06 00 00 42 {each:02}"} for each in range(8)]
    closed = office.reject(office.in_review(locations=numbers))
    for number in numbers:
        office.deliver(office.accept(locations=[number]))
    assert len(office.now_case(closed).suggestions) == MAX_SUGGESTIONS
