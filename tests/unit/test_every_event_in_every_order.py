"""A state machine sends a case every event in every order: the law holds, and history tells all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casework.aws.table.item_mapping import case_from_item, case_to_item
from casework.aws.table.wire import values_from_wire_item
from casework.case import lifecycle, suspects
from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezes import Clock, FreezingStep
from casework.case.history import CaseEvent, find_first_break, valid_entries
from casework.case.lifecycle import STATUS_TRANSITIONS, Move, Status
from casework.case.suspects import SuspectHappening
from casework.case.times import format_timestamp
from casework.case.value_objects import SYSTEM_AUTHOR, DeadlineKind, Opener
from casework.decisions.suspects import Correction, entries_about_suspect, suspect_event
from casework.errors import Refusal
from casework.moves import (
    deadlines,
    freezes,
    holds,
    inquiry,
    merges,
    referrals,
    triage,
)
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_case
from tests.unit.test_case import MAKE, a_new_case

Make = Callable[[Case, datetime], Change | None]

OTHERS: dict[str, Make] = {
    "gated": lambda case, at: decided.acknowledged(case, at, "an officer", gate_shut=True),
    "gate again": lambda case, at: (
        inquiry.annul_entry(case, at, "o", case.gate[0].event, because=None, notice=case.notice)
        if case.gate
        else None
    ),
    "authorised": lambda case, at: inquiry.record_instruction(
        case,
        Move.AUTHORISE if case.status is Status.AWAITING_AUTHORISATION else Move.INSTRUCT,
        at,
        "o",
        {},
        authorises=True,
    ),
    "transfer": lambda case, at: referrals.transfer_case(case, at, "o", unit=SALE, data={}),
    "back": lambda case, at: referrals.transfer_case(case, at, "o", unit=RABAT, data={}),
    "reassign": lambda case, at: referrals.transfer_case(
        case, at, "a supervisor", unit=SALE, data={}, move=Move.REASSIGN
    ),
    "retry": lambda case, at: decided.retried(case, at, "an analyst"),
    "notice": lambda case, at: decided.notified(case, at, "an officer"),
    "read": lambda case, at: referrals.mark_read_by_unit(case, at, "an officer"),
    "hold": lambda case, at: holds.take_hold(case, at, "an analyst", {"review"}),
    "give back": lambda case, at: holds.release_hold(case, at, "an analyst"),
    "notice late": lambda case, at: (
        deadlines.mark_overdue(case, DeadlineKind.NOTICE, at, (60, 60))
        if DeadlineKind.NOTICE in case.pending_deadlines
        else None
    ),
    "retention": lambda case, at: (
        deadlines.mark_overdue(case, DeadlineKind.RETENTION, at, (60,))
        if DeadlineKind.RETENTION in case.pending_deadlines
        else None
    ),
    "money late": lambda case, at: (
        deadlines.mark_overdue(case, DeadlineKind.MONEY, at, ())
        if DeadlineKind.MONEY in case.pending_deadlines
        else None
    ),
    "freeze late": lambda case, at: (
        deadlines.mark_overdue(case, DeadlineKind.FREEZE, at, (60, 60))
        if DeadlineKind.FREEZE in case.pending_deadlines
        else None
    ),
    "moved": lambda case, at: merges.finish_moving(case, at, case.moving) if case.moving else None,
}
OPENED_BY = {
    Opener.AUTHORISATION: {Move.AUTHORISE, Move.INSTRUCT},
    Opener.DANGER: {Move.PASS},
    Opener.IDENTITY: {Move.IDENTITY_ACCEPTED},
}
NEVER_UNDER_THE_GATE = {Move.INSTRUCT, Move.SUSPECT, Move.TRANSFER}


class ACase(RuleBasedStateMachine):
    """One case, and everybody who may do something to it."""

    @initialize()
    def open(self) -> None:
        change = triage.open_case(a_new_case(), NOON)
        assert change.event is not None
        self.case, self.events, self.at = change.after, [change.event], NOON
        self.statuses = [self.case.status]

    @rule(move=st.sampled_from(list(MAKE)))
    def of_the_law(self, move: Move) -> None:
        self._try(MAKE[move])

    @rule(name=st.sampled_from(list(OTHERS)))
    def otherwise(self, name: str) -> None:
        self._try(OTHERS[name])

    @rule(number=st.integers(1, 3), happening=st.sampled_from(list(SuspectHappening)))
    def suspect(self, number: int, happening: SuspectHappening) -> None:
        if number <= len(self.case.suspects) + 1:
            self._try(
                lambda case, at: suspect_event(
                    case,
                    number,
                    happening,
                    at,
                    "o",
                    on=at.date().isoformat(),
                    before=entries_about_suspect(number, self.events),
                )
            )

    @rule(
        number=st.integers(1, 2), step=st.sampled_from([e for e in FreezingStep if e != "opened"])
    )
    def freeze(self, number: int, step: FreezingStep) -> None:
        times = dict.fromkeys(Clock, (60, 60))
        if number <= len(self.case.freezes):
            self._try(
                lambda case, at: freezes.take_freeze_step(case, at, "o", number, step, {}, times)
            )

    @rule(number=st.integers(1, 3), entry=st.integers(1, 40))
    def correct(self, number: int, entry: int) -> None:
        said = Correction(corrects=entry, because="other_day").with_number(number)
        known = decided.WithHistory(history=self.events)
        self._try(lambda case, at: said.change(case, at, "o", known))

    def _try(self, make: Make) -> None:
        self.at += timedelta(minutes=1)
        before = self.case
        try:
            change = make(before, self.at)
        except Refusal:
            assert self.case == before
            return
        if change is None:
            return
        self.case = change.after
        if change.event is not None:
            self.events.append(change.event)
            self._was_legal(before, change.event)
        self.statuses.append(self.case.status)

    def _was_legal(self, before: Case, event: CaseEvent) -> None:
        move = Move(event.move)
        assert lifecycle.is_legal_move(before.status, move)
        assert self.case.version == before.version + lifecycle.creates_version(move)
        if before.status is Status.AWAITING_AUTHORISATION:
            assert move not in NEVER_UNDER_THE_GATE
        if self.case.status is not before.status:
            there = STATUS_TRANSITIONS[before.status][move]
            assert self.case.status in {
                there,
                lifecycle.next_status(before.status, move, gate_shut=True),
            }
            assert self.case.moved_at == format_timestamp(self.at)

    @invariant()
    def history_tells_all(self) -> None:
        assert find_first_break(self.events) is None
        assert self.case.events == len(self.events)
        assert self.case.head == self.events[-1].hash
        found = suspects.standings_by_suspect(self.events)
        assert [each.value for each in found.values()] == list(self.case.suspects)

    @invariant()
    def only_what_people_decided_and_did_not_take_back_opens_the_gate(self) -> None:
        held = valid_entries(self.events)
        known = {event.number: event for event in self.events}
        for opening in self.case.gate:
            entry = known[opening.event]
            assert opening.event in held
            assert entry.by != SYSTEM_AUTHOR
            assert Move(entry.move) in OPENED_BY[opening.by]
        if self.case.status is Status.AWAITING_AUTHORISATION:
            assert self.case.gate == ()

    @invariant()
    def the_case_is_what_is_stored(self) -> None:
        assert case_from_item(values_from_wire_item(case_to_item(self.case))) == self.case

    @invariant()
    def nobody_is_owed_two_things_at_once(self) -> None:
        case = self.case
        assert case.joinable == (not case.status.rule.ended)
        if case.status is Status.AWAITING_ANSWER:
            assert DeadlineKind.ANSWER in case.pending_deadlines
            assert case.paused is not None
        if case.status is Status.MERGED:
            assert case.merged_into == a_case(2).id
        if not case.status.rule.idle:
            assert case.needs_execution
        if case.status is Status.CLOSED:
            assert case.closed is not None


TestACase = ACase.TestCase
TestACase.settings = settings(max_examples=60, stateful_step_count=40)
