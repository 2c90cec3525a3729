"""Money held back: a notice is no order, an order is signed, and each step starts a clock."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.case.case import Case
from casework.case.change import Change
from casework.case.freezes import CLOCK_BY_BOND, FREEZE_TRANSITIONS, Bond, Clock, FreezingStep
from casework.case.history import PARTICULARS_FIELD, CaseEvent, Particulars
from casework.case.lifecycle import Status
from casework.case.times import format_timestamp
from casework.case.value_objects import DeadlineKind, Duty, Freeze
from casework.decisions.base import DecisionContext
from casework.decisions.freezes import FreezeEntry, NewFreeze, Payment, freeze_views
from casework.errors import FreezeNotFound, IllegalMove, NotValid, Refusal, TooMany
from casework.moves import freezes
from casework.moves.deadlines import mark_overdue
from casework.pack.jurisdiction import open_pack
from casework.pack.procedure import read_procedure
from tests.builders import NOON, a_case, a_referred_case
from tests.decided import WithHistory

PACK = open_pack("ma")
KNOWN = DecisionContext(pack=PACK)
SALT = bytes(range(32))
COURT = next(each.id for each in PACK.courts.values() if each.level == "first_instance")
OFFICE = {
    "prosecutor": "king-prosecutor",
    "court": COURT,
    "decided_on": "2026-03-02",
    "reference": "77/2026",
}
NAMED: dict[FreezingStep, dict[str, Any]] = {
    FreezingStep.NOTICE: {"channel": "portal"},
    FreezingStep.ASKED: {"channel": "telephone"},
    FreezingStep.AUTHORISED: OFFICE,
    FreezingStep.REFUSED: OFFICE,
    FreezingStep.ORDER: {"channel": "e_mail"},
    FreezingStep.ANSWERED: {"to": "order", "found": "unknown"},
    FreezingStep.LIFT_ASKED: {"asker": "holder"},
    FreezingStep.LIFT_REFUSED: OFFICE,
    FreezingStep.CONTESTED: {"because": "silence"},
    FreezingStep.FILE_SENT: {},
    FreezingStep.UPHELD: {"court": COURT, "reference": "9/2026"},
    FreezingStep.LIFTED: {"ground": "prosecutor"},
}


class Ledger:
    """A case with one freeze, and what is entered."""

    def __init__(self) -> None:
        self.case: Case = a_referred_case(status=Status.ACKNOWLEDGED)
        self.events: list[CaseEvent] = []
        self.about: dict[int, Any] = {}
        self.at = NOON
        self.begins()

    @property
    def known(self) -> DecisionContext:
        return WithHistory(pack=PACK, history=self.events)

    def begins(self) -> None:
        new = NewFreeze(amount="8400", currency="MAD", institution="Une banque")
        self.keep(new.change(self.case, self.at, "an officer", self.known))

    def keep(self, change: Change) -> None:
        assert change.event is not None
        self.case = change.after
        self.events.append(change.event)
        if change.particulars is not None:
            self.about[change.event.number] = change.particulars.said

    def enters(self, step: FreezingStep, number: int = 1, **said: Any) -> Freeze:
        document = json.dumps({"step": step.value, **NAMED[step], **said})
        entry = FreezeEntry.model_validate_json(document).root.with_number(number)
        self.keep(entry.change(self.case, self.at, "an officer", self.known))
        return self.case.freezes[number - 1]


def test_an_order_is_sent_only_once_it_was_authorised_in_writing() -> None:
    ledger = Ledger()
    with pytest.raises(IllegalMove, match="is a notice"):
        ledger.enters(FreezingStep.ORDER)
    assert ledger.enters(FreezingStep.NOTICE).bond is Bond.OPEN, "a notice binds nobody"
    ledger.enters(FreezingStep.ASKED)
    with pytest.raises(IllegalMove, match="is a notice"):
        ledger.enters(FreezingStep.ORDER)
    ledger.enters(FreezingStep.AUTHORISED)
    assert ledger.enters(FreezingStep.ORDER).bond is Bond.ORDERED
    with pytest.raises(IllegalMove):
        ledger.enters(FreezingStep.NOTICE)
    with pytest.raises(IllegalMove, match="ordered cannot take the step order"):
        ledger.enters(FreezingStep.ORDER)


def test_only_a_sent_notice_has_an_answer_which_may_change() -> None:
    ledger = Ledger()
    with pytest.raises(IllegalMove, match="sent nothing"):
        ledger.enters(FreezingStep.ANSWERED)
    ledger.enters(FreezingStep.NOTICE)
    sums = {"held": "8400", "of": "8400.00", "currency": "MAD"}
    held: dict[str, Any] = {"to": "notice", "found": "held", **sums}
    assert Clock.ANSWER not in ledger.enters(FreezingStep.ANSWERED, **held).waits
    went = [{"institution": "Une autre banque", "amount": "8400", "currency": "MAD"}]
    ledger.enters(FreezingStep.ANSWERED, to="notice", found="gone", gone=went)
    (view,) = freeze_views(ledger.case, ledger.events, ledger.about)
    assert [each.step for each in view.entries] == ["opened", "notice", "answered", "answered"]
    assert view.entries[2].particulars == {
        "held": "8400",
        "of": "8400.00",
        "currency": "MAD",
        "gone": [],
    }
    assert view.entries[3].said == {"to": "notice", "found": "gone"}
    assert (view.bond, view.sent) == (Bond.OPEN, True)


@pytest.mark.parametrize(
    "said",
    [
        {"found": "held"},
        {"found": "held", "held": "10", "of": "20", "currency": "MAD"},
        {"found": "partly_held", "held": "20", "of": "20", "currency": "MAD"},
        {"found": "partly_held", "held": "30", "of": "20", "currency": "MAD"},
        {"found": "gone", "held": "10", "of": "20", "currency": "MAD"},
        {"found": "unknown", "gone": [{"institution": "X"}]},
        {"found": "held", "held": "0", "of": "20", "currency": "MAD"},
    ],
)
def test_an_answer_that_does_not_add_up_is_refused(said: dict[str, Any]) -> None:
    document = json.dumps({"step": "answered", "to": "order", **said})
    with pytest.raises(ValidationError):
        FreezeEntry.model_validate_json(document)


def test_sums_accounts_and_names_are_in_no_entry_and_bound_by_a_salted_commitment() -> None:
    about = Particulars(said={"amount": "8400", "institution": "Une banque"}, salt=SALT)
    change = freezes.open_freeze(a_referred_case(status=Status.ACKNOWLEDGED), NOON, "o", {}, about)
    assert change.event is not None
    said = json.dumps(change.event.data)
    assert "8400" not in said
    assert "banque" not in said
    assert change.event.data[PARTICULARS_FIELD] == about.commitment
    other = Particulars(said=about.said, salt=bytes(32))
    assert other.commitment != about.commitment, "without the salt nobody can try out what it was"


def test_each_step_ends_the_actors_clock_and_starts_the_next_one() -> None:
    ledger = Ledger()
    seconds = read_procedure(PACK.folder).freeze.seconds
    assert ledger.case.freezes[0].waits == {}
    for step, clocks in (
        (FreezingStep.NOTICE, {Clock.ANSWER}),
        (FreezingStep.ASKED, {Clock.ANSWER, Clock.AUTHORISATION}),
        (FreezingStep.AUTHORISED, {Clock.ANSWER, Clock.ORDER}),
        (FreezingStep.ORDER, {Clock.ANSWER}),
        (FreezingStep.ANSWERED, set()),
        (FreezingStep.LIFT_ASKED, {Clock.LIFT}),
        (FreezingStep.CONTESTED, {Clock.FILE}),
        (FreezingStep.FILE_SENT, {Clock.COURT}),
        (FreezingStep.UPHELD, set()),
        (FreezingStep.LIFT_ASKED, {Clock.LIFT}),
        (FreezingStep.LIFT_REFUSED, set()),
        (FreezingStep.LIFTED, set()),
    ):
        freeze = ledger.enters(step)
        assert set(freeze.waits) == clocks, step
        for clock, wait in freeze.waits.items():
            assert wait.due == format_timestamp(NOON + timedelta(seconds=seconds[clock][0]))


def test_the_ten_days_of_the_prosecutor_run_from_the_day_the_lifting_was_asked_for() -> None:
    ledger = Ledger()
    for step in (
        FreezingStep.ASKED,
        FreezingStep.AUTHORISED,
        FreezingStep.ORDER,
        FreezingStep.ANSWERED,
    ):
        ledger.enters(step)
    waits = ledger.enters(FreezingStep.LIFT_ASKED, on="2026-02-27").waits
    assert waits[Clock.LIFT].due == format_timestamp(NOON + timedelta(days=7))
    with pytest.raises(NotValid):
        ledger.enters(FreezingStep.CONTESTED, on="2026-03-03")


def test_a_time_that_passed_is_on_the_duty_desk_and_the_next_one_waits_behind_it() -> None:
    ledger = Ledger()
    ledger.enters(FreezingStep.NOTICE)
    ledger.enters(FreezingStep.ASKED)
    case, seconds = ledger.case, read_procedure(PACK.folder).freeze.seconds
    assert case.clock_due == (1, Clock.ANSWER)
    assert Duty.OVERDUE not in case.duties
    late = mark_overdue(
        case, DeadlineKind.FREEZE, NOON + timedelta(minutes=15), seconds[Clock.ANSWER]
    )
    assert late.event is not None
    assert late.event.data == {"due": "freeze", "level": 1, "freeze": 1, "clock": "answer"}
    assert Duty.OVERDUE in late.after.duties
    assert late.after.clock_due == (1, Clock.AUTHORISATION)
    answered = Ledger.enters
    ledger.case = late.after
    answered(ledger, FreezingStep.ANSWERED)
    assert Duty.OVERDUE not in ledger.case.duties


def test_a_case_has_so_many_entries_about_freezes_and_yet_each_is_lifted() -> None:
    ledger = Ledger()
    for step in (
        FreezingStep.NOTICE,
        FreezingStep.ASKED,
        FreezingStep.AUTHORISED,
        FreezingStep.ORDER,
    ):
        ledger.enters(step)
    while len(ledger.events) < freezes.MAX_FREEZE_STEPS:
        ledger.enters(FreezingStep.ANSWERED, to="notice")
    with pytest.raises(TooMany, match="at most 200"):
        ledger.enters(FreezingStep.ANSWERED, to="notice")
    with pytest.raises(TooMany, match="at most 200"):
        ledger.begins()
    assert ledger.enters(FreezingStep.LIFTED).bond is Bond.LIFTED


def test_staff_enter_so_many_payments_and_no_more() -> None:
    ledger = Ledger()
    payment = Payment(told_by="reporter", channel="telephone", amount="100")
    for _ in range(freezes.MAX_PAYMENTS):
        ledger.keep(payment.change(ledger.case, NOON, "an officer", ledger.known))
    with pytest.raises(TooMany, match="at most 200"):
        payment.change(ledger.case, NOON, "an officer", ledger.known)


@pytest.mark.parametrize(("day", "code"), [("9999-01-01", "future"), ("0001-01-01", "early")])
def test_a_payment_of_a_mistyped_year_is_refused(day: str, code: str) -> None:
    freeze = NewFreeze(amount="1", currency="MAD", institution="B", at=day)
    paid = Payment(told_by="victim", channel="telephone", amount="1", currency="MAD", at=day)
    for each in (freeze, paid):
        with pytest.raises(NotValid) as refused:
            each.change(a_case(), NOON, "an analyst", KNOWN)
        (finding,) = refused.value.findings
        assert (finding.pointer, finding.code) == ("#/at", f"date.{code}")


def test_a_freeze_that_the_case_does_not_have_is_not_found() -> None:
    for number in (0, 2):
        with pytest.raises(FreezeNotFound):
            Ledger().enters(FreezingStep.NOTICE, number=number)


def test_a_case_has_so_many_freezes_and_an_ended_one_gets_none() -> None:
    full = a_referred_case(status=Status.ACKNOWLEDGED, freezes=(Freeze(),) * 20)
    with pytest.raises(TooMany, match="at most 20"):
        NewFreeze(amount="1", currency="MAD", institution="B").change(full, NOON, "o", KNOWN)
    ended = a_referred_case(status=Status.CLOSED, freezes=(Freeze(bond=Bond.ORDERED, sent=True),))
    with pytest.raises(IllegalMove, match="ended"):
        NewFreeze(amount="1", currency="MAD", institution="B").change(ended, NOON, "o", KNOWN)
    lifted = freezes.take_freeze_step(ended, NOON, "o", 1, FreezingStep.LIFTED, {}, {})
    assert lifted.after.freezes[0].bond is Bond.LIFTED


@given(
    st.lists(
        st.sampled_from([each for each in FreezingStep if each is not FreezingStep.OPENED]),
        max_size=25,
    )
)
def test_whatever_is_entered_nothing_binds_without_a_signature_and_clocks_follow(
    steps: list[FreezingStep],
) -> None:
    ledger = Ledger()
    signed, ordered, sent = False, False, False
    for step in steps:
        before = ledger.case
        try:
            freeze = ledger.enters(step)
        except Refusal:
            assert ledger.case == before
            continue
        signed |= step is FreezingStep.AUTHORISED
        ordered |= step is FreezingStep.ORDER
        sent |= step in {FreezingStep.NOTICE, FreezingStep.ORDER}
        binding = freeze.bond not in {
            *(Bond.OPEN, Bond.ASKED, Bond.AUTHORISED, Bond.REFUSED, Bond.LIFTED)
        }
        assert not binding or (signed and ordered)
        assert freeze.sent == sent
        expected = {CLOCK_BY_BOND[freeze.bond]} if freeze.bond in CLOCK_BY_BOND else set()
        assert set(freeze.waits) - {Clock.ANSWER} == expected
    assert set(FREEZE_TRANSITIONS) == set(Bond)


# ---- money that left lately --------------------------------------------------------------------


def test_money_that_left_lately_is_on_the_duty_desk_until_something_is_sent() -> None:
    ledger = Ledger()
    until = NOON + timedelta(hours=60)
    told = freezes.note_recoverable_money(ledger.case, NOON, "R", until)
    assert told is not None
    assert told.after.version == ledger.case.version, "no decision depends on it"
    assert Duty.MONEY in told.after.duties
    assert told.after.pending_deadlines[DeadlineKind.MONEY].due == format_timestamp(until)
    ledger.keep(told)
    assert freezes.note_recoverable_money(ledger.case, NOON, "R", until) is None
    ledger.enters(FreezingStep.ASKED)
    assert Duty.MONEY in ledger.case.duties, "asking is not sending"
    ledger.enters(FreezingStep.NOTICE)
    assert Duty.MONEY not in ledger.case.duties
    other = freezes.note_recoverable_money(ledger.case, NOON, "S", until)
    assert other is not None
    assert Duty.MONEY in other.after.duties


def test_money_leaves_the_duty_desk_when_it_is_let_go_or_its_time_has_passed() -> None:
    case = a_referred_case(status=Status.ACKNOWLEDGED)
    with pytest.raises(IllegalMove):
        freezes.waive_recovery(case, NOON, "an analyst", {"reason": "no_payment"})
    told = freezes.note_recoverable_money(case, NOON, "R", NOON + timedelta(hours=1))
    assert told is not None
    let_go = freezes.waive_recovery(told.after, NOON, "an analyst", {"reason": "no_payment"})
    assert Duty.MONEY not in let_go.after.duties
    passed = mark_overdue(told.after, DeadlineKind.MONEY, NOON + timedelta(hours=1), ())
    assert (
        Duty.MONEY in passed.after.duties,
        DeadlineKind.MONEY in passed.after.pending_deadlines,
    ) == (
        False,
        False,
    )
    assert Duty.OVERDUE not in passed.after.duties


def test_a_later_payment_prolongs_and_an_earlier_one_does_not_shorten() -> None:
    case = a_referred_case(status=Status.ACKNOWLEDGED)
    at: datetime = NOON
    for hours, kept in ((10, 10), (5, 10), (15, 10), (20, 20)):
        told = freezes.note_recoverable_money(case, at, f"R{hours}", NOON + timedelta(hours=hours))
        assert (told is not None) is (kept == hours), "the same money is no further entry"
        case = told.after if told is not None else case
        assert case.money is not None
        assert case.money.due == format_timestamp(NOON + timedelta(hours=kept))


def test_a_payment_told_by_telephone_puts_the_case_on_the_duty_desk() -> None:
    case = a_referred_case(status=Status.ACKNOWLEDGED)
    told = Payment(
        told_by="reporter",
        channel="telephone",
        amount="8400",
        currency="MAD",
        at="2026-03-02T09:00:00+01:00",
    )
    change = told.change(case, NOON, "an analyst", KNOWN)
    assert change.after.money is not None
    assert change.after.money.due == "2026-03-05T08:00:00.000Z"
    assert change.event is not None
    assert "8400" not in json.dumps(change.event.data)
    old = told.model_copy(update={"at": "2026-02-01"}).change(case, NOON, "an analyst", KNOWN)
    assert old.after.money is None
    with pytest.raises(NotValid):
        told.model_copy(update={"at": "2026-03-09"}).change(case, NOON, "an analyst", KNOWN)


def test_the_laws_times_are_data_with_their_source_and_not_confirmed() -> None:
    freeze = read_procedure(PACK.folder).freeze
    day = 86_400
    assert set(freeze.times) == set(Clock)
    assert [freeze.times[each].seconds for each in (Clock.LIFT, Clock.FILE, Clock.COURT)] == [
        (10 * day,),
        (3 * day,),
        (10 * day,),
    ]
    sources = [*((each.source, each.confirmed) for each in freeze.times.values())]
    sources += [(each.source, each.confirmed) for each in freeze.powers]
    assert all(source and not confirmed for source, confirmed in sources)
    assert {each.id for each in freeze.powers} == {
        "prosecutor_financial_inquiry",
        "officer_with_written_authorisation",
        "bank_al_maghrib",
        "postponed_operation",
        "anti_money_laundering_freeze",
    }
