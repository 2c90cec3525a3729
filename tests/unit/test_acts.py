"""Which acts are open to a person on a case, and the reason where one is not."""

from __future__ import annotations

from typing import Any

import pytest

from casework.case.case import Case
from casework.case.lifecycle import Move, Status
from casework.case.value_objects import CloseReason, Hold
from casework.decisions.acts import ACT_RULES, ActsOnCase, CaseAct, list_acts
from casework.decisions.available_moves import CaseFacts
from casework.decisions.closed_reasons import ClosedReason
from casework.decisions.permissions import StaffCall
from casework.decisions.staff import Role, StaffMember
from tests.builders import NOON, RABAT, a_case, a_member, a_referred_case
from tests.law import leads
from tests.unit.test_staff import ABOUT, EXPECTED, OF_RABAT, YES, held, offices_of

EVERYTHING = CaseFacts(
    unadmitted=1,
    several=True,
    into=a_case(),
    alike=True,
    annullable=frozenset({"entered_by_officer"}),
    identities=True,
    asked=True,
)
"""As much to act on as there can be beside the case."""


def member_of(role: Role) -> StaffMember:
    office, court = OF_RABAT
    return a_member(role, unit=RABAT, office=office, court=court)


def acts(role: Role, case: Case, facts: CaseFacts = EVERYTHING) -> ActsOnCase:
    return list_acts(member_of(role), case, NOON, facts, offices_of)


def reason(role: Role, case: Case, act: CaseAct, facts: CaseFacts = EVERYTHING) -> str | None:
    """Why an act is not open; None where it is, and `absent` where the role has no such act."""
    found = acts(role, case, facts)
    if act in found.open:
        return None
    return next((each.because for each in found.closed if each.act is act), "absent")


def calls_of(act: CaseAct) -> set[StaffCall]:
    return {call for _, call in ACT_RULES[act].options()}


@pytest.mark.parametrize("role", Role)
def test_a_role_has_the_acts_of_its_calls_and_no_other(role: Role) -> None:
    for case in filter(None, ABOUT):
        found = acts(role, case)
        listed = [*found.open, *(each.act for each in found.closed)]
        assert len(listed) == len(set(listed))
        assert set(listed) == {
            act for act in CaseAct if any(EXPECTED[role][call][0] is YES for call in calls_of(act))
        }


@pytest.mark.parametrize("role", Role)
def test_no_act_is_open_whose_calls_are_all_refused_to_the_person(role: Role) -> None:
    for place, case in enumerate(ABOUT):
        if case is None:
            continue
        refused = {
            act
            for act in CaseAct
            if all(EXPECTED[role][call][place] is not YES for call in calls_of(act))
        }
        assert refused.isdisjoint(acts(role, case).open), case.status


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("role", Role)
def test_no_act_is_open_whose_moves_the_law_does_not_have_there(role: Role, status: Status) -> None:
    case = a_referred_case(RABAT, status=status)
    illegal = {
        act
        for act, rule in ACT_RULES.items()
        if not any(leads(status, move) is not None for move in rule.moves)
    }
    assert illegal.isdisjoint(acts(role, case).open)


def closed(because: CloseReason = CloseReason.DUPLICATE, **fields: Any) -> Case:
    return a_referred_case(RABAT, status=Status.CLOSED, wait=None, closed=because, **fields)


HELD = Hold(by="a colleague", since="2026-03-02T11:55:00.000Z", until="2026-03-02T12:15:00.000Z")


@pytest.mark.parametrize(
    ("role", "case", "act", "because"),
    [
        (Role.ANALYST, a_case(), CaseAct.CONFIRM, None),
        (Role.ANALYST, a_case(hold=HELD), CaseAct.CONFIRM, ClosedReason.HELD_BY_COLLEAGUE),
        (Role.ANALYST, a_case(hold=HELD), CaseAct.FREEZE, None),
        (Role.ANALYST, a_case(hold=HELD), CaseAct.NOTE, None),
        (Role.SUPERVISOR, a_case(hold=HELD), CaseAct.BREAK_HOLD, None),
        (Role.SUPERVISOR, a_case(), CaseAct.BREAK_HOLD, ClosedReason.NOBODY_HOLDS),
        (Role.ANALYST, a_case(imminent=True), CaseAct.ASK, ClosedReason.CANNOT_WAIT),
        (Role.ANALYST, a_case(supervision=True), CaseAct.CONFIRM, ClosedReason.FOR_SUPERVISORS),
        (Role.ANALYST, a_referred_case(RABAT), CaseAct.CONFIRM, ClosedReason.WITH_UNIT),
        (Role.ANALYST, a_referred_case(RABAT), CaseAct.MESSAGE, ClosedReason.WITH_UNIT),
        (Role.ANALYST, closed(), CaseAct.CONFIRM, ClosedReason.ENDED),
        (Role.ANALYST, closed(), CaseAct.REOPEN, None),
        (Role.ANALYST, a_case(), CaseAct.REOPEN, ClosedReason.NOT_ENDED),
        (
            Role.ANALYST,
            closed(CloseReason.SENT_TO_COURT),
            CaseAct.REOPEN,
            ClosedReason.NOT_REJECTED,
        ),
        (
            Role.ANALYST,
            a_case(status=Status.AWAITING_ANSWER),
            CaseAct.CONFIRM,
            ClosedReason.ANSWER_AWAITED,
        ),
        (Role.ANALYST, a_case(status=Status.RECEIVED), CaseAct.CONFIRM, ClosedReason.ON_ITS_WAY),
        (Role.ANALYST, a_case(status=Status.MERGED), CaseAct.CONFIRM, ClosedReason.MERGED),
        (Role.SUPERVISOR, a_case(), CaseAct.REASSIGN, ClosedReason.NOT_REFERRED),
        (Role.OFFICER, a_referred_case(RABAT), CaseAct.INSTRUCT, ClosedReason.NOT_TAKEN),
        (Role.OFFICER, a_referred_case(RABAT), CaseAct.ASSIGN, ClosedReason.NOT_TAKEN),
        (Role.OFFICER, held(), CaseAct.ACKNOWLEDGE, ClosedReason.WITH_UNIT),
        (
            Role.OFFICER,
            held(status=Status.AWAITING_AUTHORISATION),
            CaseAct.SUSPECT,
            ClosedReason.AUTHORISATION_AWAITED,
        ),
        (Role.OFFICER, held(), CaseAct.SUSPECT, None),
        (Role.OFFICER, held(), CaseAct.SUSPECT_EVENT, ClosedReason.NO_SUSPECT),
        (Role.OFFICER, held(suspects=("wanted",)), CaseAct.SUSPECT_EVENT, None),
        (Role.OFFICER, held(suspects=("wanted",) * 100), CaseAct.SUSPECT, ClosedReason.FULL),
        (Role.OFFICER, held(), CaseAct.FREEZE_STEP, ClosedReason.NO_FREEZE),
        (Role.OFFICER, held(), CaseAct.DANGER_OVER, ClosedReason.NO_DANGER),
        (Role.OFFICER, held(), CaseAct.LOOK, ClosedReason.NOTHING_ADDED),
        (Role.OFFICER, held(), CaseAct.NOTICE, ClosedReason.NO_NOTICE),
        (Role.OFFICER, held(), CaseAct.CLOSURE, None),
        (Role.OFFICER, held(), CaseAct.WAIVE, ClosedReason.NO_MONEY),
        (Role.PROSECUTOR, held(), CaseAct.CLOSURE, ClosedReason.UNIT_ENDS_IT),
        (Role.PROSECUTOR, held(status=Status.AWAITING_AUTHORISATION), CaseAct.CLOSURE, None),
        (Role.PROSECUTOR, held(), CaseAct.RECEIPT, ClosedReason.NO_DOSSIER),
        (Role.PROSECUTOR, held(), CaseAct.CONFIRM, "absent"),
        (Role.SUPERVISOR, closed(), CaseAct.RESUME, ClosedReason.UNIT_DID_NOT_END_IT),
        (Role.SUPERVISOR, closed(), CaseAct.ERASE, ClosedReason.STILL_KEPT),
        (Role.SUPERVISOR, held(), CaseAct.RESUME, ClosedReason.WITH_UNIT),
        (Role.ANALYST, a_case(), CaseAct.RETRY, ClosedReason.NOT_STUCK),
    ],
)
def test_an_act_is_closed_for_what_would_refuse_it_first(
    role: Role, case: Case, act: CaseAct, because: str | None
) -> None:
    assert reason(role, case, act) == because


@pytest.mark.parametrize(
    ("role", "case", "act", "facts", "because"),
    [
        (Role.ANALYST, a_case(), CaseAct.ADMIT, CaseFacts(), ClosedReason.ALL_ADMITTED),
        (Role.ANALYST, a_case(), CaseAct.TAKE_OUT, CaseFacts(), ClosedReason.ONE_REPORT),
        (Role.ANALYST, a_case(), CaseAct.COMPARE, CaseFacts(), ClosedReason.NOTHING_ALIKE),
        (
            Role.ANALYST,
            a_case(),
            CaseAct.MERGE,
            CaseFacts(held=True),
            ClosedReason.COURT_HOLDS,
        ),
        (Role.SUPERVISOR, a_case(), CaseAct.COURT_LIFT, CaseFacts(), ClosedReason.NO_COURT_HOLD),
        (Role.OFFICER, held(), CaseAct.ANNUL, CaseFacts(), ClosedReason.NOTHING_TO_ANNUL),
        (
            Role.OFFICER,
            held(),
            CaseAct.ANNUL,
            CaseFacts(annullable=frozenset({"by_prosecutor"})),
            ClosedReason.NOTHING_TO_ANNUL,
        ),
        (
            Role.PROSECUTOR,
            held(),
            CaseAct.ANNUL,
            CaseFacts(annullable=frozenset({"by_prosecutor"})),
            None,
        ),
        (Role.OFFICER, held(), CaseAct.IDENTITY_ASK, CaseFacts(), ClosedReason.NO_IDENTITY),
        (Role.OFFICER, held(), CaseAct.IDENTITIES, CaseFacts(), ClosedReason.NOT_ASKED),
    ],
)
def test_an_act_that_has_nothing_to_act_on_says_so(
    role: Role, case: Case, act: CaseAct, facts: CaseFacts, because: str | None
) -> None:
    assert reason(role, case, act, facts) == because


def test_moves_that_cannot_wait_pass_the_hold_of_a_colleague_and_no_other() -> None:
    passing = {move for move in Move if move.rule.passes_holds}
    assert passing == {Move.BREAK_HOLD, Move.PAYMENT, Move.FREEZE, Move.WAIVE}
