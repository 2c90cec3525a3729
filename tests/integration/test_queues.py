"""Each desk has its queue, most urgent first; the duty desk has the cases that must not wait."""

from __future__ import annotations

import uuid
from datetime import timedelta

import boto3
import pytest

from casework.aws.http import cursors
from casework.aws.table import desk_keys
from casework.aws.table.case_table import CaseTable
from casework.aws.table.wire import to_wire_item
from casework.case.case import Case
from casework.case.change import Change
from casework.case.value_objects import Duty, Priority
from casework.decisions.staff import Role
from casework.moves import additions, deadlines, executions, referrals, triage
from casework.moves.severity import CaseSeverity, raise_severity
from casework.report.followup import AdditionKind
from casework.text.realm import Realm
from functions.desk import deployment
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_danger, clocks_of, made
from tests.integration.answers import problem
from tests.integration.desks import ACCEPT, CONFIRM, REJECT, TABLE, Desk, an_event, ids
from tests.integration.lives import held, to_court

# ---- queues ------------------------------------------------------------------------------------


def test_a_queue_lists_the_most_urgent_case_first_and_then_the_oldest(desk: Desk) -> None:
    def waiting(priority: Priority, minute: int) -> str:
        return desk.in_review(priority, opened_at=f"2026-03-02T11:{minute:02}:00.000Z").id

    late = waiting(Priority.STANDARD, 30)
    early = waiting(Priority.STANDARD, 10)
    information = waiting(Priority.INFORMATION, 1)
    immediate = waiting(Priority.IMMEDIATE, 50)
    urgent = waiting(Priority.URGENT, 40)
    assert ids(desk.queue(desk.enrol(Role.ANALYST))) == [
        immediate,
        urgent,
        early,
        late,
        information,
    ]


def test_the_pages_of_a_queue_have_no_gap_and_no_repeat(desk: Desk) -> None:
    ana, waiting = desk.enrol(Role.ANALYST), {desk.in_review().id for _ in range(7)}
    seen: list[str] = []
    query: dict[str, str] = {"limit": "3"}
    for expected in (3, 3, 1):
        page = desk.queue(ana, **query)
        assert len(ids(page)) == expected
        seen += ids(page)
        query["cursor"] = page.document.get("cursor", "")
    assert query["cursor"] == ""
    assert (len(seen), set(seen)) == (7, waiting)


def test_a_queue_in_brief_has_the_same_cases_and_only_what_counts_them(desk: Desk) -> None:
    ana, omar = desk.enrol(Role.ANALYST), desk.enrol(Role.OFFICER, RABAT)
    first, *others = [desk.in_review() for _ in range(3)]
    desk.referred(RABAT)
    path, key = f"/v1/desk/cases/{first.id}/hold", {"idempotency-key": str(uuid.uuid4())}
    assert desk.call(an_event("POST", path, ana, headers=key)).status == 200
    for member, query in ((ana, {"limit": "2"}), (omar, {}), (ana, {"with": "mine"})):
        whole = desk.queue(member, **query).document
        short = desk.queue(member, **query, **{"as": "brief"}).document
        assert short["cases"] == []
        assert short["brief"] == [
            {name: each[name] for name in ("id", "priority", "opened_at", "hold") if name in each}
            for each in whole["cases"]
        ]
        assert short.get("mine") == whole.get("mine")
        assert "brief" not in whole
    brief = desk.queue(ana, **{"as": "brief"}).document["brief"]
    held = {each["id"]: each.get("hold", {}).get("by") for each in brief}
    assert held == {first.id: ana, **dict.fromkeys((each.id for each in others), None)}


def test_a_line_of_the_queue_says_why_its_case_is_urgent(desk: Desk) -> None:
    case = desk.referred()
    (line,) = desk.queue(desk.enrol(Role.OFFICER, RABAT)).document["cases"]
    assert line["id"] == case.id
    assert line["wait"] == {
        "since": "2026-03-02T12:00:00.000Z",
        "due": "2026-03-02T13:00:00.000Z",
        "seconds_left": 3_600,
        "level": 0,
    }
    assert line["referral"] == {
        "hop": 1,
        "unit": RABAT,
        "published_at": "2026-03-02T12:00:00.000Z",
    }


def test_the_time_left_is_never_negative(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.referred()
    monkeypatch.setattr(deployment, "now", lambda: NOON + timedelta(days=1))
    (line,) = desk.queue(desk.enrol(Role.OFFICER, RABAT)).document["cases"]
    assert line["wait"]["seconds_left"] == 0


def test_each_desk_has_its_own_queue(desk: Desk) -> None:
    review, contested = desk.in_review(), desk.contested()
    rabat, sale = desk.referred(RABAT), desk.referred(SALE)
    assert ids(desk.queue(desk.enrol(Role.ANALYST))) == [review.id]
    assert ids(desk.queue(desk.enrol(Role.SUPERVISOR))) == [contested.id, review.id]
    assert ids(desk.queue(desk.enrol(Role.OFFICER, RABAT))) == [rabat.id]
    assert ids(desk.queue(desk.enrol(Role.OFFICER, SALE))) == [sale.id]


def test_a_supervisor_reads_on_from_one_queue_to_the_next(desk: Desk) -> None:
    contested, review = [desk.contested().id, desk.contested().id], desk.in_review().id
    sara, seen, query = desk.enrol(Role.SUPERVISOR), [], {"limit": "2"}
    first = desk.queue(sara, **query)
    seen += ids(first)
    last = desk.queue(sara, cursor=first.document["cursor"], **query)
    seen += ids(last)
    assert (set(seen[:2]), seen[2:]) == (set(contested), [review])
    assert "cursor" not in last.document


def test_a_case_that_has_left_the_queue_is_not_shown_though_the_index_lags(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, gone, waiting = desk.enrol(Role.ANALYST), desk.in_review(), desk.in_review()
    stale = desk.table.queue("review", 10)
    desk.review(gone, REJECT, ana)
    monkeypatch.setattr(CaseTable, "queue", lambda *_: stale)
    assert ids(desk.queue(ana)) == [waiting.id]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "", "1e1", "١", "1000000"])
def test_a_page_has_one_to_a_hundred_entries(desk: Desk, limit: str) -> None:
    answered = desk.queue(desk.enrol(Role.ANALYST), limit=limit)
    assert (answered.status, answered.document["errors"][0]["pointer"]) == (422, "#/limit")


def test_a_cursor_of_another_queue_is_refused(desk: Desk) -> None:
    for _ in range(2):
        desk.referred(RABAT)
    page = desk.queue(desk.enrol(Role.OFFICER, RABAT), limit="1")
    answered = desk.queue(desk.enrol(Role.OFFICER, SALE), cursor=page.document["cursor"])
    assert (answered.status, problem(answered)) == (422, "not-valid")
    forged = cursors.encode_cursor("supervision", "")
    assert desk.queue(desk.enrol(Role.ANALYST), cursor=forged).status == 422


def test_an_addition_after_the_end_stays_on_the_units_list_until_an_officer_looks(
    desk: Desk,
) -> None:
    rahma = desk.enrol(Role.OFFICER, RABAT)
    case = to_court(desk, rahma)
    assert ids(desk.queue(rahma, of="added")) == []
    case = desk.table.save(add_to(case, "withdrawal"))
    (line,) = desk.queue(rahma, of="added").document["cases"]
    assert (line["id"], line["withdrawals"]) == (case.id, 1)
    assert desk.queue(desk.enrol(Role.OFFICER, SALE), of="added").document["cases"] == []
    seen = desk.case(case, rahma).document["unread"]["last"]
    desk.table.save(add_to(case, "more"))

    early = desk.decide(case, "look", {"seen": seen}, rahma)
    assert (early.status, problem(early)) == (409, "illegal-move")
    unheard_of = desk.decide(case, "look", {"seen": 9_999}, rahma)
    assert unheard_of.document["errors"][0]["pointer"] == "#/seen"
    other = desk.decide(case, "look", {"seen": seen + 1}, desk.enrol(Role.OFFICER, SALE))
    assert other.status == 404
    assert desk.decide(case, "look", {"seen": seen + 1}, rahma).status == 200
    assert "unread" not in desk.case(case, rahma).document
    assert desk.decide(case, "look", {"seen": seen + 1}, rahma).status == 200, "once is enough"
    assert ids(desk.queue(rahma, of="added")) == []
    last = list(desk.table.events(case.id))[-1]
    assert (last.move, last.by) == ("look", rahma)


def test_an_addition_to_a_case_held_by_a_unit_is_on_the_list_of_that_unit(desk: Desk) -> None:
    rahma, ana = desk.enrol(Role.OFFICER, RABAT), desk.enrol(Role.ANALYST)
    case = held(desk, rahma)
    case = desk.table.save(add_to(case, "more"))
    (line,) = desk.queue(rahma, of="held").document["cases"]
    seen = line["unread"]["last"]
    (deadline,) = [each for each in line["deadlines"] if each["kind"] == "unread"]
    assert deadline["due"] > line["unread"]["since"]
    assert "look" in desk.case(case, rahma).document["may"]
    assert "look" not in desk.case(case, ana).document["may"]
    assert desk.decide(case, "look", {"seen": seen}, ana).status == 403
    assert desk.decide(case, "look", {"seen": seen}, rahma).status == 200
    (line,) = desk.queue(rahma, of="held").document["cases"]
    assert "unread" not in line
    assert "unread" not in {each["kind"] for each in line["deadlines"]}


def test_an_addition_to_a_case_that_ended_at_review_is_on_the_duty_desk(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = desk.in_review()
    assert desk.review(case, REJECT, ana).status in {200, 202}
    case = desk.table.save(add_to(desk.table.get_case(case.id), "more"))
    (line,) = desk.get("duty", ana).document["added_after_end"]
    assert line["id"] == case.id
    seen = line["unread"]["last"]
    assert "look" in desk.case(case, ana).document["may"]
    assert desk.decide(case, "look", {"seen": seen}, ana).status in {200, 202}
    assert desk.get("duty", ana).document["added_after_end"] == []


def add_to(case: Case, kind: str) -> Change:
    """The effects of an addition to the first report of the case."""
    return additions.record_addition(
        case,
        NOON,
        report=case.opened_by,
        addition="A",
        kind=AdditionKind(kind),
        clocks=clocks_of(60),
    )


# ---- the duty desk -----------------------------------------------------------------------------


def not_told(desk: Desk, unit: str) -> Case:
    """A case whose unit could not be told of it."""
    confirmed = decided.confirmed(
        desk.in_review(),
        NOON,
        "ana",
        category="fraud",
        priority=Priority.URGENT,
        territory=None,
        country=None,
        unit=None,
    )
    queued = referrals.queue_referral(desk.table.save(confirmed), NOON, unit=unit, data={})
    return desk.table.save(
        made(referrals.mark_undelivered(desk.table.save(queued), NOON, "NotFound"))
    )


def test_the_duty_desk_lists_imminent_overdue_undelivered_and_stuck_cases(desk: Desk) -> None:
    desk.in_review()
    imminent = desk.in_review(Priority.IMMEDIATE, imminent=True)
    overdue = desk.table.save(
        made(deadlines.escalate_missed_deadline(desk.in_review(), NOON, (60, 60)))
    )
    stuck = desk.table.save(executions.mark_stuck(desk.in_review(), NOON, "restarts"))
    unreadable = desk.table.save(
        triage.mark_addition_unreadable(desk.in_review(), NOON, "a reference", "A1")
    )
    undelivered = not_told(desk, RABAT)

    duty = desk.get("duty", desk.enrol(Role.SUPERVISOR)).document
    assert {kind: [line["id"] for line in duty[kind]] for kind in Duty} == {
        "imminent": [imminent.id],
        "overdue": [overdue.id],
        "undelivered": [undelivered.id],
        "stuck": [stuck.id],
        "unreadable": [unreadable.id],
        "retention": [],
        "money": [],
        "added_after_end": [],
    }
    assert duty["undelivered"][0]["referral"]["failure"] == "NotFound"
    assert duty["stuck"][0]["stuck"] == "restarts"


def test_a_case_that_was_dealt_with_leaves_the_duty_desk(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    case = desk.table.save(
        made(
            deadlines.escalate_missed_deadline(
                desk.in_review(Priority.IMMEDIATE, imminent=True), NOON, (60, 60)
            )
        )
    )
    assert desk.review(case, {**CONFIRM, "priority": "immediate"}, ana).status == 202
    case = desk.table.get_case(case.id)
    case = desk.table.save(referrals.queue_referral(case, NOON, unit=RABAT, data={}))
    desk.acknowledge(case, ACCEPT, desk.enrol(Role.OFFICER, RABAT))
    duty = desk.get("duty", ana).document
    assert all(duty[kind] == [] for kind in Duty)
    assert not [item for item in desk.items() if item["pk"] == desk_keys.duty_partition(Realm.REAL)]


def test_an_outdated_line_of_the_duty_desk_is_not_shown(desk: Desk) -> None:
    case = desk.in_review()
    place = desk_keys.queue_sort(case.priority.rank, case.opened_at, case.id)
    item = to_wire_item(desk_keys.duty_key("overdue", place))
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)
    assert desk.get("duty", desk.enrol(Role.ANALYST)).document["overdue"] == []


def test_a_long_list_of_the_duty_desk_goes_on_at_its_cursor_most_urgent_first(desk: Desk) -> None:
    ana = desk.enrol(Role.ANALYST)
    cases = []
    for minute, priority in enumerate(
        ("standard", "standard", "immediate", "information", "urgent")
    ):
        at = f"2026-03-02T11:{minute:02}:00.000Z"
        case = desk.in_review(Priority(priority), opened_at=at)
        cases.append(
            desk.table.save(made(deadlines.escalate_missed_deadline(case, NOON, (60, 60))))
        )
    cases[0] = desk.table.update(  # it is as urgent as it is now, not as it was
        cases[0].id,
        lambda case: raise_severity(
            case,
            NOON,
            CaseSeverity(Priority.IMMEDIATE, a_danger(case)),
            clocks_of(60, 60),
            source={"report": "a reference"},
            reasons=["danger"],
        ),
    ).case
    stuck = desk.table.save(executions.mark_stuck(desk.in_review(), NOON, "restarts"))
    duty = desk.get("duty", ana, limit="2").document
    assert [line["id"] for line in duty["stuck"]] == [stuck.id]
    seen: list[str] = [line["id"] for line in duty["overdue"]]
    while "overdue" in duty["cursors"]:
        duty = desk.get("duty", ana, limit="2", cursor=duty["cursors"]["overdue"]).document
        assert duty["stuck"] == []
        seen += [line["id"] for line in duty["overdue"]]
    assert seen == [cases[each].id for each in (0, 2, 4, 1, 3)]
