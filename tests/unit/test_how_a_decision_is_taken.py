"""Every decision is taken alike: its author has seen the news and the reports, and where two people
decide, the second one decides the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import CaseEvent
from casework.case.lifecycle import Move, Status
from casework.case.referral import Referral
from casework.case.times import DeadlineWait, format_timestamp
from casework.case.value_objects import CloseReason, Priority
from casework.decisions.base import Decision, DecisionContext
from casework.decisions.gate import NoDanger
from casework.decisions.instructions import Authorise, CloseCase, Closure, OrderChecks
from casework.decisions.retention import Erase
from casework.decisions.review import Ask, Confirm, Merge, Reject
from casework.errors import NewsUnseen, NotValid, ReportsUnseen, SecondLookOwed
from casework.moves.additions import record_addition
from casework.pack.jurisdiction import open_pack
from casework.report.followup import AdditionKind
from tests.builders import NOON, RABAT, a_case, a_reference
from tests.decided import WithHistory

PACK = open_pack("ma")
LONG_AGO = NOON - timedelta(days=1)
OFFICE: dict[str, Any] = {
    "prosecutor": "prosecutor_first_instance",
    "court": "tpi-rabat",
    "decided_on": date(2026, 3, 2),
    "reference": "12/2026",
    "other_office": "The competent office asked for it.",
}
REJECTION = Reject(outcome="reject", reason="duplicate")
ERASURE = Erase(outcome="erase")
CLOSURE = Closure(reason="sent_to_court", **OFFICE)
CLOSED_BY_OFFICE = CloseCase(kind="close", ground="no_offence", **OFFICE)
OTHER = a_case(opener=2)


def in_review(**fields: Any) -> Case:
    return a_case(category="child_sexual_exploitation", priority=Priority.URGENT, **fields)


def with_unit(**fields: Any) -> Case:
    stands = {"referral": Referral(hop=1, unit=RABAT), "wait": None}
    return a_case(**{"status": Status.ACKNOWLEDGED, **stands, **fields})


def ended(**fields: Any) -> Case:
    over = DeadlineWait(since=format_timestamp(LONG_AGO), due=format_timestamp(LONG_AGO), level=1)
    closed = {
        "closed": CloseReason.DUPLICATE,
        "closed_at": format_timestamp(LONG_AGO),
        "wait": None,
    }
    return a_case(status=Status.CLOSED, retention=over, **{**closed, **fields})


def event_of(change: Change) -> CaseEvent:
    assert change.event is not None
    return change.event


@dataclass(frozen=True)
class BesideOther(WithHistory):
    """What a decision is told where there is another case, and reports that nobody saw."""

    not_seen: Mapping[int, str] = field(default_factory=dict)

    def case(self, case_id: str) -> Case:
        return OTHER

    def unseen(self, case: Case) -> Mapping[int, str]:
        return {number: at for number, at in self.not_seen.items() if number > case.shown}


def knowing(
    events: Sequence[CaseEvent] = (), *, unseen: dict[int, str] | None = None, arrived: int = 0
) -> DecisionContext:
    return BesideOther(PACK, history=events, last_report=arrived, not_seen=unseen or {})


BY_TWO = [
    (Confirm(outcome="confirm"), in_review()),
    (REJECTION, in_review()),
    (Merge(outcome="merge", into=OTHER.id), in_review()),
    (ERASURE, ended()),
]


@pytest.mark.parametrize(("decision", "case"), BY_TWO, ids=lambda each: type(each).__name__)
def test_the_first_person_proposes_and_a_second_one_who_sends_the_same_decides(
    decision: Decision, case: Case
) -> None:
    first = decision.apply(case, NOON, "ana", knowing())
    assert (event_of(first).move, first.after.status) == (Move.PROPOSE, case.status)
    assert decision.is_recorded_by(event_of(first), "ana"), "sent again, it is a repeat"
    assert not decision.is_recorded_by(event_of(first), "ben"), "another person decides"
    with pytest.raises(SecondLookOwed):
        decision.apply(first.after, NOON, "ana", knowing())
    second = decision.apply(first.after, NOON, "ben", knowing())
    assert event_of(second).move == decision.move
    assert decision.is_recorded_by(event_of(second), "ben")
    assert not decision.is_recorded_by(event_of(second), "ana")


def test_who_decides_otherwise_proposes_anew() -> None:
    first = REJECTION.apply(in_review(), NOON, "ana", knowing())
    other = Reject(outcome="reject", reason="not_an_offence")
    assert not other.is_recorded_by(event_of(first), "ana")
    assert not Confirm(outcome="confirm").is_recorded_by(event_of(first), "ana")
    assert event_of(other.apply(first.after, NOON, "ben", knowing())).move == Move.PROPOSE


def test_a_question_and_calm_need_one_person_whatever_the_pack_says() -> None:
    asked = Ask(outcome="ask", question="Which account did the money go to?")
    assert event_of(asked.apply(in_review(), NOON, "ana", knowing())).move == Move.ASK
    calm = NoDanger(outcome="no_danger", dangers=0, reason="The caller was reached.")
    decided = calm.apply(in_review(imminent=True), NOON, "ana", knowing())
    assert event_of(decided).move == Move.NO_DANGER


ENDS = [(REJECTION, in_review()), (CLOSURE, with_unit()), (CLOSED_BY_OFFICE, with_unit())]


@pytest.mark.parametrize(("decision", "case"), ENDS, ids=lambda each: type(each).__name__)
def test_no_case_ends_while_there_is_news_that_its_author_did_not_see(
    decision: Decision, case: Case
) -> None:
    news = record_addition(
        case, LONG_AGO, report=a_reference(), addition="1", kind=AdditionKind.MORE
    )
    known = knowing([event_of(news)])
    with pytest.raises(NewsUnseen):
        decision.apply(news.after, NOON, "ana", known)
    seen = decision.model_copy(update={"seen": event_of(news).number})
    assert seen.apply(news.after, NOON, "ana", known).event


@pytest.mark.parametrize(("decision", "case"), ENDS, ids=lambda each: type(each).__name__)
def test_no_case_ends_while_there_is_a_report_that_nobody_saw(
    decision: Decision, case: Case
) -> None:
    known = knowing(unseen={2: format_timestamp(LONG_AGO), 3: format_timestamp(NOON)}, arrived=3)
    with pytest.raises(ReportsUnseen, match="2 reports"):
        decision.apply(case, NOON, "ana", known)
    with pytest.raises(ReportsUnseen, match="1 reports"):
        decision.model_copy(update={"shown": 1}).apply(case, NOON, "ana", known)
    seen = decision.model_copy(update={"shown": 2})
    assert seen.apply(case, NOON, "ana", known).event, "the last one came just now"


def test_a_report_that_did_not_come_was_not_shown() -> None:
    for shown, arrived in ((2, 1), (1, 0)):
        decision = Confirm(outcome="confirm", shown=shown)
        with pytest.raises(NotValid):
            decision.apply(in_review(), NOON, "ana", knowing(arrived=arrived))


def test_what_a_person_was_shown_stands_in_the_case_once_it_is_decided() -> None:
    case, known = a_case(shown=1, unadmitted=2), knowing(arrived=2)
    decision = Confirm(outcome="confirm", shown=2)
    change = decision.apply(case, NOON, "ana", known)
    assert (change.after.shown, change.after.unadmitted) == (2, 0)
    assert event_of(change).data["shown"] == 2
    assert decision.is_recorded_by(event_of(change), "ana")
    assert not Confirm(outcome="confirm", shown=3).is_recorded_by(event_of(change), "ana")
    again = Confirm(outcome="confirm", shown=1).apply(case, NOON, "ana", known)
    assert (again.before, "shown" in event_of(again).data) == (case, False), "no more than before"
    proposal = decision.apply(in_review(shown=1), NOON, "ana", known)
    assert (proposal.after.shown, "shown" in event_of(proposal).data) == (1, False)


def test_an_instruction_is_known_by_its_kind_whatever_move_records_it() -> None:
    authorised = Authorise(kind="authorise", **OFFICE)
    change = authorised.apply(with_unit(), NOON, "omar", knowing())
    assert event_of(change).move == Move.INSTRUCT
    assert authorised.is_recorded_by(event_of(change), "omar")
    assert not OrderChecks(kind="order_checks", **OFFICE).is_recorded_by(event_of(change), "omar")
    awaiting = with_unit(status=Status.AWAITING_AUTHORISATION)
    awaited = authorised.apply(awaiting, NOON, "omar", knowing())
    assert event_of(awaited).move == Move.AUTHORISE
    assert authorised.is_recorded_by(event_of(awaited), "omar")
