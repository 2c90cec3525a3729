"""The law of a case: only legal moves, and a history that cannot be changed unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.aws.table.item_mapping import (
    case_from_item,
    case_to_item,
    entry_from_item,
    event_from_item,
    event_to_item,
)
from casework.aws.table.wire import values_from_wire_item
from casework.case import lifecycle
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import EXECUTION_STEP_SECONDS
from casework.case.freezes import Bond, FreezingStep
from casework.case.history import CaseEvent, Particulars, chain_event, find_first_break
from casework.case.lifecycle import STATUS_RULES, STATUS_TRANSITIONS, Move, Status
from casework.case.referral import DeclineReason, Referral
from casework.case.rule_types import MoveKind, UnitInquiry
from casework.case.suspects import SuspectHappening, SuspectStanding
from casework.case.times import DeadlineWait, format_timestamp, start_wait
from casework.case.value_objects import (
    CloseReason,
    Danger,
    DeadlineKind,
    Duty,
    Freeze,
    Hold,
    LegalHold,
    PausedReview,
    Priority,
    ProsecutorNotice,
)
from casework.decisions.suspects import suspect_event
from casework.errors import IllegalMove, TooMany
from casework.moves import (
    deadlines,
    executions,
    freezes,
    inquiry,
    merges,
    prosecutor_notification,
    questions,
    referrals,
    retention,
    triage,
)
from casework.moves.severity import CaseSeverity, raise_severity
from casework.moves.triage import open_case
from tests import decided, law
from tests.builders import NOON, RABAT, SALE, a_case, a_danger, a_referred_case, clocks_of, made

WAITS = (600, 300)
Make = Callable[[Case, datetime], Change]

TODAY = NOON.date().isoformat()
ABOUT = Particulars(said={"amount": "8400"}, salt=bytes(32))


def money_left(case: Case, at: datetime) -> Change:
    """A report tells of money that left lately; raises IllegalMove where that is no move."""
    lifecycle.next_status(case.status, Move.MONEY)
    until = at + timedelta(days=1 + case.events)  # each tells of money that left later
    change = freezes.note_recoverable_money(case, at, format_timestamp(at), until)
    assert change is not None
    return change


def a_suspect(case: Case) -> list[CaseEvent]:
    """The entries that led to how suspect number 1 stands, if the case has one."""
    if not case.suspects:
        return []
    said = [SuspectHappening.IDENTIFIED]
    if case.suspects[0] != SuspectStanding.SOUGHT:
        said.append(SuspectHappening(case.suspects[0]))
    return [
        CaseEvent(
            number=number,
            move=Move.SUSPECT,
            at=format_timestamp(NOON),
            by="an officer",
            data={"suspect": 1, "happening": happening.value, "on": TODAY},
        )
        for number, happening in enumerate(said, start=1)
    ]


REFERRED = Referral(hop=1, unit=RABAT)
COURT_HOLD = LegalHold(court="a court", reference="12/2026", until="2031-03-02", entry=1)
HANDED = ProsecutorNotice(
    unit=RABAT, prosecutor="an office", court="a court", entry=1, at=format_timestamp(NOON)
)
MAKE: dict[Move, Make] = {
    Move.ASSESS: lambda case, at: triage.record_assessment(
        case,
        at,
        weight=CaseSeverity(Priority.URGENT),
        territory=None,
        clocks=clocks_of(*WAITS),
        data={},
    ),
    Move.ALERT: triage.mark_alerted,
    Move.RAISE: lambda case, at: told_more(case, at),
    Move.CONFIRM: lambda case, at: decided.confirmed(
        case,
        at,
        "an analyst",
        category="fraud",
        priority=Priority.STANDARD,
        territory=None,
        country=None,
        unit=RABAT,
    ),
    Move.REJECT: lambda case, at: decided.rejected(
        case, at, "an analyst", CloseReason.NOT_AN_OFFENCE
    ),
    Move.REOPEN: lambda case, at: decided.reopened(
        case.model_copy(update={"closed": CloseReason.DUPLICATE}),
        at,
        "an analyst",
        "error",
        clocks_of(*WAITS),
    ),
    Move.REFER: lambda case, at: referrals.queue_referral(
        case, at, unit=RABAT, data={"unit": RABAT}
    ),
    Move.PUBLISH: lambda case, at: referrals.mark_published(case, at, WAITS),
    Move.ACKNOWLEDGE: lambda case, at: decided.acknowledged(case, at, "an officer"),
    Move.DECLINE: lambda case, at: decided.declined(
        case, at, "an officer", reason=DeclineReason.OTHER_OFFENCE, named=SALE
    ),
    Move.REROUTE: lambda case, at: referrals.reroute_referral(
        case, at, unit=SALE, most_declines=2, review_seconds=WAITS
    ),
    Move.ESCALATE: lambda case, at: made(deadlines.escalate_missed_deadline(case, at, WAITS)),
    Move.UNDELIVERED: lambda case, at: made(referrals.mark_undelivered(case, at, "Throttling")),
    Move.STICK: lambda case, at: executions.mark_stuck(case, at, "retries_exhausted"),
    Move.PROPOSE: lambda case, at: decided.proposed(case, at, "an analyst"),
    Move.ASK: lambda case, at: questions.ask_reporter(
        case,
        at,
        "an analyst",
        report=case.opened_by,
        text="?",
        language="fr",
        answer_seconds=600,
    ),
    Move.ANSWER: lambda case, at: questions.record_answer(
        case, at, question=case.questions, report=case.opened_by
    ),
    Move.UNANSWERED: questions.expire_question,
    Move.MERGE: lambda case, at: merges.merge_case(
        case, a_case(2), at, "an analyst", {}, clocks_of(*WAITS)
    ),
    Move.SPLIT: lambda case, at: merges.split_case(case, a_case(2), at, "an analyst", WAITS),
    Move.PASS: lambda case, at: inquiry.override_gate(
        case, at, "an officer", Danger.LIFE, because=None
    ),
    Move.IDENTITY_ACCEPTED: lambda case, at: inquiry.accept_identity(
        case, at, "o", request=1, report=case.opened_by
    ),
    Move.IDENTITY_DOUBTED: lambda case, at: inquiry.doubt_identity(
        case, at, "o", {}, because=None, accepted=None
    ),
    Move.ANNUL: lambda case, at: inquiry.annul_entry(
        case, at, "o", 1, because=None, notice=case.notice
    ),
    Move.NO_DANGER: lambda case, at: decided.no_danger(case, at, "an analyst"),
    Move.BREAK_HOLD: lambda case, at: decided.hold_broken(case, at, "a supervisor"),
    Move.AUTHORISE: lambda case, at: inquiry.record_instruction(case, Move.AUTHORISE, at, "o", {}),
    Move.CHECK: lambda case, at: inquiry.record_instruction(case, Move.CHECK, at, "o", {}),
    Move.INFORM: lambda case, at: prosecutor_notification.record_informed(
        case, at, "o", {}, ("an office", "a court"), clocks_of(*WAITS)
    ),
    Move.RECEIPT: lambda case, at: prosecutor_notification.confirm_dossier_receipt(
        case.model_copy(update={"informed": HANDED, "referral": REFERRED}), at, "a prosecutor"
    ),
    Move.INSTRUCT: lambda case, at: inquiry.record_instruction(case, Move.INSTRUCT, at, "o", {}),
    Move.SUSPECT: lambda case, at: (
        suspect_event(case, 1, SuspectHappening.WANTED, at, "o", on=TODAY, before=a_suspect(case))
        if case.status.rule.ended
        else suspect_event(
            case, len(case.suspects) + 1, SuspectHappening.IDENTIFIED, at, "o", on=TODAY, before=()
        )
    ),
    Move.CORRECT: lambda case, at: inquiry.correct_close_reason(
        case, at, "an officer", CloseReason.SENT_ABROAD, {"corrects": 1}
    ),
    Move.MONEY: lambda case, at: money_left(case, at),
    Move.PAYMENT: lambda case, at: freezes.record_payment(case, at, "o", {}, ABOUT, None),
    Move.FREEZE: lambda case, at: (
        freezes.take_freeze_step(case, at, "o", 1, FreezingStep.LIFTED, {}, {})
        if case.status.rule.ended and case.freezes
        else freezes.open_freeze(case, at, "an officer", {}, ABOUT)
    ),
    Move.WAIVE: lambda case, at: freezes.waive_recovery(case, at, "an analyst", {}),
    Move.CLOSE: lambda case, at: inquiry.close_by_unit(
        case, at, "an officer", CloseReason.SENT_TO_COURT, {}, retention_seconds=WAITS
    ),
    Move.RESUME: lambda case, at: inquiry.resume_case(
        case.model_copy(update={"closed": CloseReason.SENT_TO_COURT, "referral": REFERRED}),
        at,
        "o",
        1,
        because=None,
        notice=case.notice,
        instructed=True,
        gate_shut=False,
    ),
    Move.NOTICE_WITHDRAWN: lambda case, at: inquiry.retract_notice(
        case.model_copy(update={"noticed": 1}), at, "o", owed=None, noticed=0, because=None
    ),
    Move.KEEP: lambda case, at: decided.kept(case, at, "a supervisor"),
    Move.ERASE: lambda case, at: retention.schedule_erasure(
        case, at, at.date(), "a supervisor", {}
    ),
    Move.COURT_HOLD: lambda case, at: retention.place_legal_hold(
        case,
        at,
        at.date(),
        "a supervisor",
        court="tpi-rabat",
        reference="12/2026",
        until=str(date(2031, 3, 2) + timedelta(days=at.minute)),
    ),
    Move.COURT_HOLD_LIFTED: lambda case, at: retention.lift_legal_hold(
        case.model_copy(update={"court_holds": (COURT_HOLD,)}),
        at,
        at.date(),
        "a supervisor",
        **COURT_HOLD.model_dump(exclude={"until"}),
    ),
    Move.EXPORT: lambda case, at: inquiry.record_export(case, at, "an officer"),
}


def told_more(case: Case, at: datetime) -> Change:
    """A report joins that tells of something new each time."""
    weight = CaseSeverity(Priority.IMMEDIATE, a_danger(case), ["terrorism"], [f"a flag of {at}"])
    source = {"report": case.opened_by}
    change = raise_severity(
        case, at, weight, clocks_of(*WAITS), source=source, reasons=["it_says_so"]
    )
    assert change is not None
    return change


def a_new_case() -> Case:
    return a_case(
        status=Status.RECEIVED, wait=None, version=0, revision=0, events=0, territory=None
    )


@given(st.lists(st.sampled_from(list(MAKE)), max_size=40))
def test_no_order_of_moves_breaks_the_law(wanted: list[Move]) -> None:
    change = open_case(a_new_case(), NOON)
    case, events = change.after, [change.event]
    for number, move in enumerate(wanted, start=1):
        try:
            change = MAKE[move](case, NOON + timedelta(minutes=number))
        except IllegalMove:
            continue
        after = change.after
        assert (
            after.status == case.status or after.status in STATUS_TRANSITIONS[case.status].values()
        )
        assert after.revision == case.revision + 1
        moved = after.status is not case.status
        stays = change.event is not None and move.rule.kind is not MoveKind.NOTE
        assert after.version == case.version + (
            (moved or stays) and move is not Move.PUBLISH  # the one its unit read is the one told
        )
        assert after.joinable == (not after.status.rule.ended)
        assert not (after.status.rule.idle and after.hold)
        assert after.events == case.events + (change.event is not None)
        assert after.opened_by == case.opened_by
        assert executions.execution_state(after, NOON, clocks_of(60)).status is after.status
        assert case_from_item(values_from_wire_item(case_to_item(after))) == after
        case = after
        events.append(change.event)
    kept = [event for event in events if event is not None]
    assert find_first_break(kept) is None
    assert [
        event_from_item(values_from_wire_item(event_to_item(case.id, event))) for event in kept
    ] == kept


@pytest.mark.parametrize(
    "edited",
    [
        {"data": {"M": {"level": {"N": "3"}}}},
        {"data": {"M": {"level": {"N": "2.5"}}}},
        {"data": {"M": {"level": {"N": "2.0000000000000000000000000000000000001"}}}},
        {"data": {"M": {"level": {"S": "2"}}}},
        {"data": {"M": {"level": {"B": b"2"}}}},
        {"data": {"M": {"level": {"NS": ["2"]}}}},
        {"data": {"M": {"level": {"L": [{"N": "2"}]}}}},
        {"data": {"M": {}}},
        {"by": {"B": b"system"}},
        {"added": {"N": "1"}},
    ],
    ids=str,
)
def test_no_edit_of_a_stored_entry_goes_unseen(edited: dict[str, Any]) -> None:
    """However near what was edited is to what stood there."""
    entry = chain_event(
        CaseEvent(number=1, move="late", at=format_timestamp(NOON), by="system", data={"level": 2}),
        "",
    )
    stored = event_to_item("C-1", entry)
    assert find_first_break([entry_from_item(values_from_wire_item(stored))]) is None
    assert find_first_break([entry_from_item(values_from_wire_item({**stored, **edited}))]) == 1


@pytest.mark.parametrize("status", Status)
def test_each_move_is_made_or_refused_as_the_law_is_written(status: Status) -> None:
    wrong = [
        f"{move}: {came}"
        for move in MAKE
        if (came := comes_to(status, move)) is not law.leads(status, move)
    ]
    assert not wrong


@pytest.mark.parametrize(
    ("before", "after", "goes_on"),
    [
        (UnitInquiry.OPEN, UnitInquiry.OPEN, DeadlineKind.INSTRUCTION),
        (UnitInquiry.AWAITED, UnitInquiry.AWAITED, DeadlineKind.AUTHORISATION),
        (UnitInquiry.AWAITED, UnitInquiry.OPEN, None),
        (UnitInquiry.OPEN, UnitInquiry.AWAITED, None),
    ],
)
def test_a_deadline_of_the_prosecutor_goes_on_while_the_unit_may_do_the_same(
    before: UnitInquiry,
    after: UnitInquiry,
    goes_on: DeadlineKind | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also in a status that is new: no recipe has to think of it."""
    held = STATUS_RULES[Status.ACKNOWLEDGED]
    monkeypatch.setitem(STATUS_RULES, Status.ACKNOWLEDGED, replace(held, inquiry=before))
    monkeypatch.setitem(STATUS_RULES, Status.CLOSED, replace(held, inquiry=after))
    wait = start_wait(NOON, [3600])
    case = a_referred_case(
        RABAT, status=Status.ACKNOWLEDGED, authorisation=wait, instruction=wait, wait=wait
    )
    moved = Change.from_move(case, Move.CLOSE, NOON).after
    assert moved.status is Status.CLOSED
    left = {kind for kind, due in moved.pending_deadlines.items() if due == wait}
    assert left == ({goes_on} if goes_on else set())


def comes_to(status: Status, move: Move) -> Status | None:
    """Where a case of a status stands after a move; None: the move was refused."""
    passed = DeadlineWait(
        since=format_timestamp(NOON), due="", level=1
    )  # what is kept may be decided on
    counted = ("sought",) if status.rule.ended else ()
    bound = (Freeze(bond=Bond.ORDERED, sent=True),) if status.rule.ended else ()
    case = a_referred_case(
        status=status,
        retention=passed,
        suspects=counted,
        imminent=move is not Move.ASK,  # danger waits for no answer
        hold=Hold(
            by="ana",
            since=format_timestamp(NOON),
            until=format_timestamp(NOON + timedelta(minutes=1)),
        ),
        freezes=bound,
        money=a_case().wait,
        closed_at=format_timestamp(NOON - timedelta(days=1)),  # what was told of money came later
    )
    if status is Status.AWAITING_ANSWER:
        case = case.model_copy(
            update={"paused": PausedReview(seconds=60, level=0, report=case.opened_by)}
        )
    try:
        return MAKE[move](case, NOON).after.status
    except IllegalMove:
        return None


@given(st.integers(0, 5), st.sampled_from(["at", "by", "move", "data", "drop", "swap"]))
def test_changed_history_names_the_first_broken_entry(at: int, how: str) -> None:
    events = a_history()
    spoilt = list(events)
    match how:
        case "drop":
            del spoilt[at]
        case "swap":
            spoilt[at], spoilt[at - 1] = spoilt[at - 1], spoilt[at]
        case "data":
            spoilt[at] = spoilt[at].model_copy(update={"data": {"unit": "another"}})
        case field:
            spoilt[at] = spoilt[at].model_copy(update={field: "another"})
    broken = find_first_break(spoilt)
    cut_at_the_end = how == "drop" and at == len(events) - 1
    assert (broken is None) == cut_at_the_end


def a_history() -> list[CaseEvent]:
    case, events = a_new_case(), []
    change = open_case(case, NOON)
    for move in (Move.ASSESS, Move.CONFIRM, Move.REFER, Move.DECLINE, Move.REROUTE):
        assert change.event is not None
        events.append(change.event)
        change = MAKE[move](change.after, NOON)
    assert change.event is not None
    return [*events, change.event]


def test_a_case_counts_a_hundred_suspects_and_no_more() -> None:
    case = a_referred_case(status=Status.ACKNOWLEDGED, suspects=("sought",) * 99)
    full = MAKE[Move.SUSPECT](case, NOON).after
    assert len(full.suspects) == 100
    with pytest.raises(TooMany):
        MAKE[Move.SUSPECT](full, NOON)
    (first,) = a_suspect(full)
    known = [first.model_copy(update={"data": {**first.data, "suspect": 100}})]
    wanted = suspect_event(full, 100, SuspectHappening.WANTED, NOON, "o", on=TODAY, before=known)
    assert wanted.after.suspects[-1] == "wanted"


def test_third_decline_too_many_goes_to_a_supervisor() -> None:
    case = a_referred_case(status=Status.DECLINED, declines=3, named=SALE)
    after = MAKE[Move.REROUTE](case, NOON).after
    assert (after.status, after.supervision, after.desk) == (Status.IN_REVIEW, True, "supervision")


def test_escalation_counts_levels_and_then_the_wait_goes_round_by_itself() -> None:
    first = deadlines.escalate_missed_deadline(a_case(), NOON, WAITS)
    assert first is not None
    assert deadlines.escalate_missed_deadline(first.after, NOON + timedelta(hours=1), WAITS) is None
    wait = first.after.wait
    assert wait is not None
    assert (wait.level, wait.last) == (1, True)
    assert Duty.OVERDUE in first.after.duties
    length = WAITS[-1]
    for late in (0, 1, 10 * length, 10 * length + 7):
        later = NOON + timedelta(seconds=length + late)
        assert seconds_of(first.after, later) == length - late % length + EXECUTION_STEP_SECONDS


def seconds_of(case: Case, at: datetime) -> int:
    """For how long the next wait of the workflow is."""
    return executions.execution_state(case, at, clocks_of(3_600, 600)).wait_seconds


def test_held_case_is_on_the_list_of_the_unit_at_once() -> None:
    held = decided.acknowledged(a_referred_case(), NOON, "an officer").after
    assert held.desk == f"held:{RABAT}"


def test_a_decided_case_is_shown_in_no_queue_and_moves_once() -> None:
    """Its place in the index of the review is taken by that of its unit, in one write."""
    reviewed = a_case(status=Status.REVIEWED, wait=None)
    assert (reviewed.desk, reviewed.index_queue) == (None, "review")
    declined = a_referred_case(status=Status.DECLINED)
    assert (declined.desk, declined.index_queue) == (None, RABAT)


def test_a_reviewed_case_gives_the_unit_the_time_of_its_urgency() -> None:
    reviewed = a_case(status=Status.REVIEWED, wait=None)
    assert seconds_of(reviewed, NOON) == 3_600 + EXECUTION_STEP_SECONDS


def test_late_failure_to_deliver_writes_nothing_on_a_held_case() -> None:
    referral = Referral(hop=1, unit=RABAT, failure="Throttling")
    with pytest.raises(IllegalMove):
        referrals.mark_undelivered(
            a_case(status=Status.CLOSED, referral=referral), NOON, "Throttling"
        )


def test_a_wait_that_has_passed_leaves_the_time_of_a_step() -> None:
    case = a_case()
    assert seconds_of(case, NOON + timedelta(days=365)) == EXECUTION_STEP_SECONDS
