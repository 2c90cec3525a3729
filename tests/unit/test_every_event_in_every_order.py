"""A state machine sends a case every event in every order: the law holds, and history tells all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from casework.aws.table.stored import case_from, case_item
from casework.aws.table.wire import from_wire
from casework.case import lifecycle, suspects
from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezing import Clock, FreezingStep
from casework.case.history import Event, first_broken, holding
from casework.case.lifecycle import LEGAL, Move, Status
from casework.case.parts import SYSTEM, Due, Opener
from casework.case.suspects import SuspectHappening
from casework.case.times import stamp
from casework.decisions.outcomes import Correction, about, suspect_event
from casework.errors import Refusal
from casework.moves import (
    deadlines,
    freezing,
    holds,
    inquiry,
    merging,
    referring,
    triage,
)
from tests import decided
from tests.builders import NOON, RABAT, SALE, a_case
from tests.unit.test_case import MAKE, a_new_case

Make = Callable[[Case, datetime], Change | None]

OTHERS: dict[str, Make] = {
    "gated": lambda case, at: decided.acknowledged(case, at, "an officer", gated=True),
    "gate again": lambda case, at: (
        inquiry.annulled(case, at, "o", case.gate[0].event, because=None, notice=case.notice)
        if case.gate
        else None
    ),
    "authorised": lambda case, at: inquiry.instructed(
        case,
        Move.AUTHORISE if case.status is Status.AWAITING_AUTHORISATION else Move.INSTRUCT,
        at,
        "o",
        {},
        authorises=True,
    ),
    "transfer": lambda case, at: referring.transferred(case, at, "o", unit=SALE, data={}),
    "back": lambda case, at: referring.transferred(case, at, "o", unit=RABAT, data={}),
    "reassign": lambda case, at: referring.transferred(
        case, at, "a supervisor", unit=SALE, data={}, move=Move.REASSIGN
    ),
    "retry": lambda case, at: decided.retried(case, at, "an analyst"),
    "notice": lambda case, at: decided.notified(case, at, "an officer"),
    "read": lambda case, at: referring.read_by_unit(case, at, "an officer"),
    "hold": lambda case, at: holds.taken(case, at, "an analyst", {"review"}),
    "give back": lambda case, at: holds.given_back(case, at, "an analyst"),
    "notice late": lambda case, at: (
        deadlines.overdue(case, Due.NOTICE, at, (60, 60)) if Due.NOTICE in case.dues else None
    ),
    "retention": lambda case, at: (
        deadlines.overdue(case, Due.RETENTION, at, (60,)) if Due.RETENTION in case.dues else None
    ),
    "money late": lambda case, at: (
        deadlines.overdue(case, Due.MONEY, at, ()) if Due.MONEY in case.dues else None
    ),
    "freeze late": lambda case, at: (
        deadlines.overdue(case, Due.FREEZE, at, (60, 60)) if Due.FREEZE in case.dues else None
    ),
    "moved": lambda case, at: merging.reports_moved(case, at, case.moving) if case.moving else None,
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
        change = triage.opened(a_new_case(), NOON)
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
                    before=about(number, self.events),
                )
            )

    @rule(
        number=st.integers(1, 2), step=st.sampled_from([e for e in FreezingStep if e != "opened"])
    )
    def freeze(self, number: int, step: FreezingStep) -> None:
        times = dict.fromkeys(Clock, (60, 60))
        if number <= len(self.case.freezes):
            self._try(lambda case, at: freezing.stepped(case, at, "o", number, step, {}, times))

    @rule(number=st.integers(1, 3), entry=st.integers(1, 40))
    def correct(self, number: int, entry: int) -> None:
        said = Correction(corrects=entry, because="other_day").numbered(number)
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

    def _was_legal(self, before: Case, event: Event) -> None:
        move = Move(event.move)
        assert lifecycle.allows(before.status, move)
        assert self.case.version == before.version + lifecycle.versions(move)
        if before.status is Status.AWAITING_AUTHORISATION:
            assert move not in NEVER_UNDER_THE_GATE
        if self.case.status is not before.status:
            there = LEGAL[before.status][move]
            assert self.case.status in {there, lifecycle.after(before.status, move, gated=True)}
            assert self.case.moved_at == stamp(self.at)

    @invariant()
    def history_tells_all(self) -> None:
        assert first_broken(self.events) is None
        assert self.case.events == len(self.events)
        assert self.case.head == self.events[-1].hash
        found = suspects.standings(self.events)
        assert [each.value for each in found.values()] == list(self.case.suspects)

    @invariant()
    def only_what_people_decided_and_did_not_take_back_opens_the_gate(self) -> None:
        held = holding(self.events)
        known = {event.number: event for event in self.events}
        for opening in self.case.gate:
            entry = known[opening.event]
            assert opening.event in held
            assert entry.by != SYSTEM
            assert Move(entry.move) in OPENED_BY[opening.by]
        if self.case.status is Status.AWAITING_AUTHORISATION:
            assert self.case.gate == ()

    @invariant()
    def the_case_is_what_is_stored(self) -> None:
        assert case_from(from_wire(case_item(self.case))) == self.case

    @invariant()
    def nobody_is_owed_two_things_at_once(self) -> None:
        case = self.case
        assert case.joinable == (not case.status.law.ended)
        if case.status is Status.AWAITING_ANSWER:
            assert Due.ANSWER in case.dues
            assert case.paused is not None
        if case.status is Status.MERGED:
            assert case.merged_into == a_case(2).id
        if not case.status.law.idle:
            assert case.in_flight
        if case.status is Status.CLOSED:
            assert case.closed is not None


TestACase = ACase.TestCase
TestACase.settings = settings(max_examples=60, stateful_step_count=40)
