"""People admit reports that joined a case, and end none with reports that they have not seen."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from casework.case.admission import LAST_SEEN_REPORT_FIELD
from casework.case.case import Case
from casework.case.history import find_first_break
from casework.case.lifecycle import Status
from casework.case.replay import find_first_difference
from casework.decisions.staff import Role
from casework.moves.additions import record_addition
from casework.report.followup import AdditionKind
from functions.triage import unseen_reports
from tests.builders import NOON, RABAT, SALE
from tests.integration.answers import Answered, problem
from tests.integration.desks import ACCEPT, CONFIRM, REJECT, Desk
from tests.integration.lives import NAMED, OFFICE, court, held, inquiring, instruct, later, swept

NOBODYS = "C-42X4-RMY8-S740-9PA8-3"


def admit(desk: Desk, case: Case, by: str, **said: Any) -> Answered:
    return desk.decide(desk.table.get_case(case.id), "admissions", said, by)


def shown(desk: Desk, case: Case, by: str) -> dict[int, bool]:
    """Number of each report that the reader sees, and whether it is admitted."""
    view = desk.case(case, by).document
    return {each["number"]: each["belongs"] for each in view["reports"]}


def test_reports_are_admitted_each_by_its_own_name(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    joined = [desk.report(case, number, joined=True) for number in (2, 3, 4)]
    view = desk.case(case, ana).document
    assert (view["unadmitted"], view["first_unadmitted"]) == (3, 2)
    assert "admit" in view["may"]
    first = admit(desk, case, ana, reports=[joined[1]])
    assert (first.status, first.document) == (200, {"id": case.id, "unadmitted": 2})
    assert shown(desk, case, ana) == {1: True, 2: False, 3: True, 4: False}
    by = desk.case(case, ana).document["reports"][2]["admitted"]
    assert (by["by"], by["event"]) == (ana, 3)
    assert admit(desk, case, ana, reports=[joined[0], joined[2]]).document["unadmitted"] == 0
    assert shown(desk, case, ana) == dict.fromkeys(range(1, 5), True)
    again = admit(desk, case, ana, reports=joined)
    assert (again.status, len(list(desk.table.events(case.id)))) == (200, 4), "nothing is admitted"
    assert "admit" not in desk.case(case, ana).document["may"]
    late = desk.report(case, 5, joined=True)
    assert shown(desk, case, ana)[5] is False, late
    now = desk.table.get_case(case.id)
    assert now.etag == case.etag, "an admission is no new version of the case"
    assert find_first_difference(now, desk.table.events(case.id)) is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reports": ["0000-0000-0000-0000-0"]}, "report.unknown"),
        ({"reports": []}, "too_short"),
        ({}, "missing"),
        ({"shown": 2}, "missing"),
    ],
)
def test_a_report_outside_the_case_is_not_admitted(
    desk: Desk, said: dict[str, Any], code: str
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    desk.report(case, 2, joined=True)
    refused = admit(desk, case, ana, **said)
    assert (refused.status, refused.document["errors"][0]["code"]) == (422, code)
    assert desk.table.get_case(case.id).shown == 0


def test_only_the_holder_of_the_case_admits_reports(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    sara, sofia = desk.enrol(Role.OFFICER, SALE), desk.enrol(Role.SUPERVISOR)
    case = inquiring(desk, omar, disclosure=NAMED)
    joined = desk.report(case, 51, joined=True)
    assert [admit(desk, case, by, reports=[joined]).status for by in (ana, sara, sofia)] == [
        *(403, 404, 403),
    ]
    assert admit(desk, case, omar, reports=[joined]).status == 200
    closure = {"reason": "sent_to_court", **OFFICE, "court": court(desk)}
    assert desk.decide(desk.table.get_case(case.id), "closure", closure, omar).status == 200
    late = desk.report(case, 52, joined=True)
    assert admit(desk, case, omar, reports=[late]).status == 403
    assert admit(desk, case, sofia, reports=[late]).status == 200


def test_a_decision_admits_no_report_that_its_author_was_shown(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    case = desk.in_review()
    desk.report(case, 1)
    desk.report(case, 2, joined=True)
    assert desk.review(case, {**CONFIRM, LAST_SEEN_REPORT_FIELD: 3}, ana).status == 422
    assert desk.review(case, {**CONFIRM, LAST_SEEN_REPORT_FIELD: 2}, ana).status == 202
    desk.report(case, 3, joined=True)
    assert shown(desk, case, ana) == {1: True, 2: False, 3: False}
    again = desk.review(case, {**CONFIRM, LAST_SEEN_REPORT_FIELD: 2}, ana, if_match=case.etag)
    assert again.status == 202, "the same once more"
    more = desk.review(case, {**CONFIRM, LAST_SEEN_REPORT_FIELD: 3}, ana, if_match=case.etag)
    assert more.status == 412, "who has seen more decides anew"
    referred = desk.refer_confirmed(desk.table.get_case(case.id), RABAT)
    assert desk.acknowledge(referred, ACCEPT, omar).status in {200, 202}
    checks = instruct(desk, case, "order_checks", omar, decided_on="2026-03-02", shown=3)
    assert checks.status in {200, 202}
    assert desk.table.get_case(case.id).shown == 3
    assert shown(desk, case, omar) == {1: True, 2: False, 3: False}
    events = list(desk.table.events(case.id))
    assert find_first_break(events) is None
    assert find_first_difference(desk.table.get_case(case.id), events) is None


def test_a_case_with_unseen_reports_cannot_be_ended(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    case = desk.in_review()
    desk.report(case, 1)
    assert desk.report(case, 52, joined=True)
    for said in (REJECT, {**REJECT, LAST_SEEN_REPORT_FIELD: 1}):
        refused = desk.review(case, said, ana)
        assert (refused.status, problem(refused)) == (409, "reports-unseen")
        assert "has the number 2" in refused.document["detail"]
    assert desk.review(case, {**REJECT, LAST_SEEN_REPORT_FIELD: 2}, ana).status == 202
    taken = inquiring(desk, omar, disclosure=NAMED)
    desk.report(taken, 61, joined=True)
    last = desk.table.reports.last_number(taken.id)
    ends: list[tuple[str, dict[str, Any]]] = [
        ("closure", {"reason": "sent_to_court"}),
        ("instructions", {"kind": "close", "ground": "unknown_offender"}),
    ]
    for call, said in ends:
        document = {**said, **OFFICE, "court": court(desk)}
        refused = desk.decide(desk.table.get_case(taken.id), call, document, omar)
        assert (refused.status, problem(refused)) == (409, "reports-unseen")
    document = {**ends[0][1], **OFFICE, "court": court(desk), LAST_SEEN_REPORT_FIELD: last}
    assert desk.decide(desk.table.get_case(taken.id), "closure", document, omar).status == 200


def test_a_report_that_joined_while_its_case_ended_is_linked_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that was shown stays in the ended case; one that was not shown leaves it."""
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    first, seen = desk.report(case, 1), desk.report(case, 2, joined=True)
    assert desk.review(case, {**REJECT, LAST_SEEN_REPORT_FIELD: 2}, ana).status == 202
    missed = desk.report(case, 3, joined=True)
    later(monkeypatch, minutes=2)
    assert swept() == {"unseen": 1}
    stays = {each.reference for each in desk.table.reports.iter_reports(case.id)}
    assert stays == {first, seen}
    assert unseen_reports.UNSEEN_PAGE_SIZE, missed
    (gone,) = desk.table.reports.get_reports([missed])
    assert not gone.belongs_to(desk.table.get_case(case.id))


def test_questions_go_only_to_reporters_of_admitted_reports(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    joined = desk.report(case, 2, joined=True)
    ask = {"outcome": "ask", "question": "Quel jour ?", "report": joined}
    refused = desk.review(case, ask, ana)
    assert (refused.status, refused.document["errors"][0]["code"]) == (422, "report.unadmitted")
    assert desk.review(case, {**ask, LAST_SEEN_REPORT_FIELD: 2}, ana).status == 422, (
        "to be shown is not to belong"
    )
    assert admit(desk, case, ana, reports=[joined]).status == 200
    assert desk.review(case, ask, ana).status == 202


def test_only_a_report_that_somebody_saw_makes_a_complainant(desk: Desk) -> None:
    """A stranger may send a name to a case: no notice is owed before a person had the report in
    view."""
    omar = desk.enrol(Role.OFFICER, RABAT)
    for said in ({}, {LAST_SEEN_REPORT_FIELD: 2}):
        case = held(desk, omar)
        desk.report(case, 300 + desk._opened, joined=True, disclosure=NAMED)
        assert instruct(desk, case, "authorise", omar).status == 200
        assert instruct(desk, case, "investigate", omar, **said).status == 200
        assert (desk.table.get_case(case.id).notice is not None) is bool(said)


def test_a_message_reaches_the_named_or_all_admitted_reporters(desk: Desk) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    first, joined = desk.report(case, 1), desk.report(case, 2, joined=True)
    said = {"text": "Gardez la capture.", "reports": [joined, first.lower()]}
    key = str(uuid.uuid4())
    sent = desk.decide(case, "messages", said, ana, idempotency_key=key)
    assert sent.document["reports"] == [joined, first]
    turned = {**said, "reports": [first, joined]}
    again = desk.decide(case, "messages", turned, ana, idempotency_key=key)
    assert (again.status, again.text) == (201, sent.text)
    fewer = {**said, "reports": [first]}
    assert problem(desk.decide(case, "messages", fewer, ana, idempotency_key=key)) == "key-conflict"


def test_a_report_too_long_without_admission_is_on_the_duty_desk_once_until_seen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    ana, case = desk.enrol(Role.ANALYST), desk.in_review()
    desk.report(case, 1)
    for number in (2, 3):
        desk.report(case, number, joined=True)

    def overdue() -> bool:
        return case.id in [each["id"] for each in desk.get("duty", ana).document["overdue"]]

    assert not overdue()
    later(monkeypatch, days=3)
    assert swept()["alone"] == 2
    assert overdue()
    waits = desk.table.get_case(case.id)
    assert [event.move for event in desk.table.events(case.id)].count("overdue") == 1
    assert sum("-admission-" in each for each in told) == 1, "one alert, whoever floods"
    assert sum(each.endswith("-late-news") for each in told) == 2, "each reporter hears of it"
    assert find_first_difference(waits, desk.table.events(case.id)) is None
    last = [each.reference for each in desk.table.reports.iter_reports(case.id)]
    assert admit(desk, case, ana, reports=last).status == 200
    assert not overdue()


# ---- the other case that a person names ----------------------------------------------------------


def test_an_officer_cannot_probe_for_a_case_with_a_report_that_joins_it(desk: Desk) -> None:
    """Another unit's, the desk's, an ended one of theirs and none at all: one answer, one write."""
    omar, sara = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.OFFICER, SALE)
    theirs = desk.referred(SALE)
    ended = desk.referred(SALE)
    desk.waits(ended)
    assert desk.acknowledge(ended, ACCEPT, sara).status == 200
    answers = []
    for into in (theirs.id, ended.id, desk.in_review().id, NOBODYS):
        case = inquiring(desk, omar, disclosure=NAMED)
        before = {(each["pk"], each["sk"]) for each in desk.items()}
        refused = instruct(desk, case, "join", omar, into=into)
        written = {(each["pk"], each["sk"]) for each in desk.items()} - before
        told = {name: said for name, said in refused.document.items() if name != "instance"}
        kinds = sorted(sort.split("#")[0].replace(case.id, "CASE") for _, sort in written)
        answers.append((refused.status, told, kinds))
        assert desk.table.get_case(case.id).status is Status.ACKNOWLEDGED
    assert answers[0][0] == 404
    assert answers == [answers[0]] * 4


def test_a_history_names_no_case_of_another_unit(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    own, joined = inquiring(desk, omar, disclosure=NAMED), inquiring(desk, omar, disclosure=NAMED)
    brought = desk.in_review()
    assert desk.review(brought, {"outcome": "merge", "into": own.id}, ana).status == 202
    assert instruct(desk, joined, "join", omar, into=own.id).status == 200
    entries = desk.case(own, omar).document["history"]
    absorbed = [each["data"] for each in entries if each["move"] == "absorb"]
    assert len(absorbed) == 2
    assert brought.id not in str(entries)
    assert brought.id in str(desk.case(own, ana).document["history"])
    dossier = desk.get(f"cases/{own.id}/dossier", omar).document
    assert brought.id not in str(dossier)


WITHDRAWN_BY_THREE = [2, 3, 4]
"""Numbers of joined reports that were withdrawn before their admission."""


def withdrawn_by_strangers(desk: Desk) -> tuple[Case, list[str]]:
    case = desk.in_review()
    desk.report(case, 1)
    joined = [desk.report(case, number, joined=True) for number in WITHDRAWN_BY_THREE]
    for number, reference in zip(WITHDRAWN_BY_THREE, joined, strict=True):
        desk.table.save(
            record_addition(
                desk.table.get_case(case.id),
                NOON,
                report=reference,
                addition="a1",
                kind=AdditionKind.WITHDRAWAL,
                unadmitted=number,
            )
        )
    return case, joined


def test_a_withdrawal_counts_once_after_its_report_is_admitted(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    case, joined = withdrawn_by_strangers(desk)

    def counted() -> int:
        return int(desk.case(case, ana).document["withdrawals"])

    assert counted() == 0
    assert admit(desk, case, ana, reports=[joined[1]]).status == 200
    assert counted() == 1
    assert admit(desk, case, ana, reports=joined[:2]).status == 200
    assert counted() == 2, "of the one that was admitted before nothing is counted again"
    assert desk.review(desk.table.get_case(case.id), {**CONFIRM, "shown": 4}, ana).status in {
        200,
        202,
    }
    assert counted() == 2, "a decision admits none"
    assert find_first_difference(desk.table.get_case(case.id), desk.table.events(case.id)) is None
