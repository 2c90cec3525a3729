"""A report that does not belong to its case opens its own, complete."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from casework.aws.steps import task_state
from casework.aws.table.erasure import erase_report
from casework.aws.table.verification import find_history_differences
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.case.value_objects import SYSTEM_AUTHOR, Priority
from casework.decisions.staff import Role
from casework.errors import IllegalMove, NotValid
from casework.text.reference import case_id_from_reference
from functions.statistics import counting
from functions.triage import link
from tests.builders import RABAT, SALE, a_reference
from tests.integration.answers import problem
from tests.integration.desks import Desk
from tests.integration.lives import held
from tests.integration.taken_out import take_out
from tests.integration.test_counting import (
    counters,
    figures,
    records,
    sum_of_marks,
    tell,
)
from tests.integration.test_follow import add
from tests.integration.test_killed import everywhere
from tests.office import ANALYST, Office, a_record

PHONE = {"kind": "phone", "value": "06 00 00 41 17"}
OWN = {"kind": "phone", "value": "06 00 00 41 18"}
OTHER = {"kind": "phone", "value": "06 00 00 41 19"}
CHATTER: dict[str, Any] = {"category": "fraud", "narrative": "blabla"}


def carried(office: Office, case: Case) -> None:
    """The stream tells of the decision."""
    number = office.now_case(case).events
    told = a_record("", 0)
    told["dynamodb"]["Keys"] = {
        "pk": {"S": f"CASE#{case.id}"},
        "sk": {"S": f"EVENT#{number:06d}"},
    }
    assert link.handle({"Records": [told]}, None) == {"batchItemFailures": []}


def owner_of(office: Office, value: dict[str, str]) -> str:
    """The case that owns an identifier: the next report on it joins this case."""
    reference = office.accept(locations=[value])
    office.deliver(reference)
    return office.case_of(reference).id


def test_a_report_taken_out_is_reviewed_with_its_own_urgency(office: Office) -> None:
    case = office.in_review(locations=[PHONE], **CHATTER)
    victim = office.accept(locations=[PHONE], danger_now=True)
    office.deliver(victim)

    apart = take_out(office, office.now_case(case), victim)

    assert apart.id == case_id_from_reference(victim)
    assert office.case_of(victim).id == apart.id
    assert (apart.status, apart.opened_by) == (Status.RECEIVED, victim)
    office.take("triage", apart)
    assessed = office.now_case(apart)
    assert (assessed.status, assessed.priority) == (Status.IN_REVIEW, Priority.IMMEDIATE)
    left = office.now_case(case)
    assert left.status is Status.IN_REVIEW
    assert left.etag != case.etag, "who decides next decides on a case without it"
    assert victim not in office.table.reports.page_references(case.id, 10).ids
    assert office.table.reports.page_references(apart.id, 10).ids == [victim]


def test_additions_of_its_reporter_weigh_in_the_new_case_too(office: Office) -> None:
    """The old case was urgent before, so its history does not show the addition's urgency."""
    case = office.in_review(locations=[PHONE], danger_now=True)
    joined = office.accept(locations=[PHONE], **CHATTER)
    office.deliver(joined)
    text = "Il est devant ma porte avec un couteau, il dit qu'il va me tuer."
    add(office, joined, text=text)
    apart = take_out(office, office.now_case(case), joined)
    office.take("triage", apart)
    assert office.now_case(apart).priority is Priority.IMMEDIATE
    assert office.now_case(apart).imminent


def test_both_histories_name_the_other_case_and_verify(office: Office) -> None:
    case, joined = a_case_of_two(office)
    apart = take_out(office, case, joined)
    last = list(office.table.events(case.id))[-1]
    assert (last.move, last.by) == ("take_out", ANALYST)
    assert last.data == {
        "report": joined,
        "to": apart.id,
        "because": "other_facts",
        "status": "in_review",
    }
    (first,) = office.table.events(apart.id)
    report = office.table.reports.get_report(joined)
    assert report is not None
    assert (first.move, first.data["from"]) == ("open", case.id)
    assert first.data["bound"] == report.bound.hex(), "the words are bound by it"
    for each in (case, apart):
        events = list(office.table.events(each.id))
        assert find_first_break(events) is None
        assert find_first_difference(office.now_case(each), events) is None
        assert list(find_history_differences(office.table, each.id)) == []


def a_case_of_two(office: Office, *more: dict[str, str]) -> tuple[Case, str]:
    """A case in review, and a report that joined it and names more."""
    case = office.in_review(locations=[PHONE])
    joined = office.accept(locations=[PHONE, *more])
    office.deliver(joined)
    return office.now_case(case), joined


def test_a_report_taken_out_takes_only_identifiers_that_no_other_report_names(
    office: Office,
) -> None:
    case, joined = a_case_of_two(office, OWN, OTHER)
    office.deliver(office.accept(locations=[OTHER]))
    apart = take_out(office, office.now_case(case), joined)
    carried(office, case)
    assert owner_of(office, OWN) == apart.id
    assert owner_of(office, OTHER) == owner_of(office, PHONE) == case.id


def test_a_report_taken_out_never_rejoins_by_itself(office: Office) -> None:
    case, joined = a_case_of_two(office)
    apart = take_out(office, case, joined)
    carried(office, case)
    office.deliver(joined)
    link.reprocess({"references": [joined]}, None)
    assert not office.table.reports.link(joined, case.id, "2026-01-01T00:00:00.000Z", ())
    office.take("triage", office.now_case(apart))
    office.reject(office.now_case(apart))
    office.later(minutes=2)
    office.sweep()
    office.reconcile()
    assert office.case_of(joined).id == apart.id


def test_the_first_report_of_a_case_can_be_taken_out_while_another_stays(office: Office) -> None:
    case, joined = a_case_of_two(office)
    apart = take_out(office, case, case.opened_by)
    assert apart.id not in {case.id, case_id_from_reference(joined)}
    assert office.case_of(case.opened_by).id == apart.id
    assert office.case_of(joined).id == case.id
    carried(office, case)
    assert [
        *find_history_differences(office.table, case.id),
        *find_history_differences(office.table, apart.id),
    ] == []
    with pytest.raises(IllegalMove, match="one stays"):
        take_out(office, office.now_case(case), joined)
    assert owner_of(office, PHONE) == case.id


def test_a_report_can_be_taken_out_of_two_cases_in_turn(office: Office) -> None:
    """It was taken out, its case was merged into another, and it is taken out of that, too."""
    case, joined = a_case_of_two(office, OWN)
    first = take_out(office, case, joined)
    carried(office, case)
    office.take("triage", first)
    kept = office.in_review(locations=[])
    office.merge(office.now_case(first), kept)
    office.later(seconds=1)
    office.sweep()
    assert office.case_of(joined).id == kept.id

    second = take_out(office, office.now_case(kept), joined)

    assert second.id not in {case.id, first.id, kept.id}
    assert office.case_of(joined).id == second.id
    report = office.table.reports.get_report(joined)
    assert report is not None
    assert [each.case for each in report.stayed] == [case.id, kept.id]
    assert report.belongs_to(office.now_case(second))
    office.later(minutes=2)
    office.sweep()
    assert office.case_of(joined).id == second.id, "no split and no merge takes it back"


def test_a_report_with_an_open_question_is_not_taken_out(office: Office) -> None:
    case, joined = a_case_of_two(office)
    asked = office.ask(case)
    with pytest.raises(IllegalMove, match="waits for the answer"):
        take_out(office, asked, asked.opened_by)
    apart = take_out(office, asked, joined)
    assert office.case_of(joined).id == apart.id
    assert office.now_case(case).status is Status.AWAITING_ANSWER


def test_a_report_of_another_case_is_not_taken_out(office: Office) -> None:
    case, _ = a_case_of_two(office)
    other = office.in_review(locations=[])
    with pytest.raises(NotValid):
        take_out(office, case, other.opened_by)


def test_taking_a_report_out_moves_the_counters_exactly(office: Office) -> None:
    counting._table.cache_clear()
    case, joined = a_case_of_two(office)
    office.confirm(case)
    tell(records(office))
    before = figures(office)
    office.take("referral", office.now_case(case))
    apart = take_out(office, office.now_case(case), joined)
    tell(records(office))
    tell(records(office))
    found = figures(office)
    assert found["report"] == before["report"] == 2
    assert (before["case"], found["case"]) == (1, 2)
    assert found["group:fraud"] == before["group:fraud"] == 2, "as it counted until it is reviewed"
    office.take("triage", apart)
    office.reject(office.now_case(apart))
    tell(records(office))
    found = figures(office)
    assert (found["group:fraud"], found["group:set_aside"]) == (1, 1)
    assert counters(office) == sum_of_marks(office)
    counting._table.cache_clear()


def test_erasing_a_moved_report_erases_its_own_identifiers_in_every_case(office: Office) -> None:
    case, joined = a_case_of_two(office, OWN)
    take_out(office, case, joined)
    carried(office, case)
    erase_report(office.table, joined, task_state.now(), SYSTEM_AUTHOR)
    names = Counter(item["case_id"] for item in office.items("IDENTIFIER#phone", "IDENTIFIER"))
    assert names == {case.id: 1}, "the number that the other report names, too"


def test_a_killed_taking_out_leaves_the_report_in_one_case_with_its_own_number() -> None:
    def taken_out(office: Office, subject: tuple[Case, str]) -> None:
        case, joined = subject
        take_out(office, case, joined)
        carried(office, case)

    def repaired(office: Office, subject: tuple[Case, str]) -> None:
        case, joined = subject
        if office.case_of(joined).id == case.id:
            take_out(office, office.now_case(case), joined)
        for minutes in (2, 4):
            office.later(minutes=minutes)
            office.sweep()
            office.reconcile()

    def is_apart(office: Office, subject: tuple[Case, str]) -> None:
        case, joined = subject
        apart = office.case_of(joined)
        assert apart.id == case_id_from_reference(joined)
        assert [event.move for event in office.table.events(case.id)].count("take_out") == 1
        assert office.table.reports.page_references(apart.id, 10).ids == [joined]
        assert office.table.reports.page_references(case.id, 10).ids == [case.opened_by]
        assert apart.execution in office.executions()
        assert apart.moving is None
        assert owner_of(office, OWN) == apart.id

    calls = everywhere(lambda office: a_case_of_two(office, OWN), taken_out, repaired, is_apart)
    assert calls >= 20


# ---- at the desk -------------------------------------------------------------------------------


def asks(reference: str) -> dict[str, str]:
    return {"report": reference, "because": "named_by_chance"}


def test_only_the_holder_of_the_case_takes_a_report_out(desk: Desk) -> None:
    ana, sara = desk.enrol(Role.ANALYST), desk.enrol(Role.SUPERVISOR)
    omar, samir = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    case = desk.in_review()
    desk.report(case, 1)
    joined = desk.report(case, 51)
    assert "take_out" in desk.case(case, ana).document["may"]
    assert desk.decide(case, "take-out", asks(joined), omar).status == 404

    answered = desk.decide(case, "take-out", asks(joined), ana)
    assert (answered.status, answered.document["status"]) == (200, "in_review")
    apart = desk.table.get_case(case_id_from_reference(joined))
    assert desk.step_functions.started[-1]["name"] == apart.execution
    now = desk.table.get_case(case.id)
    assert "take_out" not in desk.case(now, ana).document["may"], "one stays"
    only = desk.decide(now, "take-out", asks(case.opened_by), sara)
    assert (only.status, problem(only)) == (409, "illegal-move")

    of_a_unit = held(desk, omar)
    late = desk.report(of_a_unit, 52)
    for somebody, status in ((ana, 403), (sara, 403), (samir, 404)):
        assert desk.decide(of_a_unit, "take-out", asks(late), somebody).status == status
    assert desk.decide(of_a_unit, "take-out", asks(late), omar).status == 200
    history = desk.case(desk.table.get_case(of_a_unit.id), omar).document["history"]
    assert history[-1]["move"] == "take_out"
    assert "to" not in history[-1]["data"], "it stands with the desk: no case of the unit"


def test_a_repeated_request_takes_no_second_report_out(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    joined = desk.report(case, 51)
    first, second = (desk.decide(case, "take-out", asks(joined), ana) for _ in range(2))
    assert (first.document, second.status) == (second.document, 200)
    refused = desk.decide(case, "take-out", asks(a_reference(1)), ana)
    assert refused.status == 412


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"report": a_reference(99), "because": "other_facts"}, "#/report"),
        ({"report": "nothing", "because": "other_facts"}, "#/report"),
        ({"report": a_reference(1)}, "#/because"),
        ({"report": a_reference(1), "because": "dislike"}, "#/because"),
    ],
)
def test_a_refused_taking_out_points_at_the_wrong_field(
    desk: Desk, document: dict[str, Any], pointer: str
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    desk.report(case, 51)
    answered = desk.decide(case, "take-out", document, ana)
    assert answered.status == 422
    assert [each["pointer"] for each in answered.document["errors"]] == [pointer]
