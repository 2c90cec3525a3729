"""Who may do what: every role, every call, the own unit's case and another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.case.case import Case
from casework.case.freezing import Bond
from casework.case.lifecycle import Move, Status
from casework.case.parts import CloseReason, Freeze
from casework.case.referral import Seat
from casework.case.times import stamp, wait_from
from casework.decisions.open_moves import moves_open_to
from casework.decisions.permissions import MAY, Call, holder, permit
from casework.decisions.staff import Role, StaffMember
from casework.errors import CaseNotFound, NotAllowed, Refusal
from tests.builders import NOON, RABAT, SALE, a_case, a_member, a_referred_case

YES, REFUSED, HIDDEN = None, NotAllowed, CaseNotFound

ANY = (YES, YES, YES, YES, YES)
OWN = (YES, YES, HIDDEN, HIDDEN, HIDDEN)
NO = (REFUSED, REFUSED, REFUSED, REFUSED, REFUSED)
ENDED = (YES, REFUSED, REFUSED, REFUSED, YES)
DESK = (YES, REFUSED, REFUSED, YES, REFUSED)
UNHELD = (YES, REFUSED, REFUSED, YES, YES)

NOBODY_BUT_ONESELF = {**dict.fromkeys(Call, NO), Call.ME: ANY}

OF_RABAT: Seat = ("king-prosecutor", "tpi-rabat")
PROSECUTED = {
    Call.QUEUE: OWN,
    Call.CASE: OWN,
    Call.DOSSIER: OWN,
    Call.PACKAGE: OWN,
    Call.INSTRUCTIONS: OWN,
    Call.RECEIPT: OWN,
    Call.CLOSURE: OWN,
    Call.OPENINGS: OWN,
}

# Written out apart from the product's table: for the call alone, a case of the own unit, a case
# of another unit, a case that stands with the desk, and one that another unit closed.
EXPECTED: dict[Role, dict[Call, tuple[type[Refusal] | None, ...]]] = {
    Role.ANALYST: {
        Call.QUEUE: ANY,
        Call.FIND: ANY,
        Call.CASE: ANY,
        Call.DOSSIER: ANY,
        Call.PACKAGE: NO,
        Call.HOLD: ANY,
        Call.BREAK_HOLD: NO,
        Call.REVIEW: ANY,
        Call.ACKNOWLEDGEMENT: NO,
        Call.INSTRUCTIONS: NO,
        Call.INFORMED: NO,
        Call.RECEIPT: NO,
        Call.DANGER: NO,
        Call.FREEZES: ANY,
        Call.SUSPECTS: NO,
        Call.NOTICE: NO,
        Call.CLOSURE: NO,
        Call.CORRECTION: NO,
        Call.MESSAGES: DESK,
        Call.NOTES: ANY,
        Call.APART: ANY,
        Call.OWNER: NO,
        Call.ADMISSION: DESK,
        Call.TAKE_OUT: DESK,
        Call.ATTENTION: ANY,
        Call.TAKE: ANY,
        Call.TRIES: ANY,
        Call.ROSTER: ANY,
        Call.NUMBER: ANY,
        Call.HANDOVER: ANY,
        Call.LOOK: UNHELD,
        Call.FILES: DESK,
        Call.FILE_ADMISSION: DESK,
        Call.IDENTITY_REQUESTS: NO,
        Call.IDENTITY_DECISION: NO,
        Call.GLANCE: ANY,
        Call.SAMPLE: ANY,
        Call.DUTY: ANY,
        Call.BOARD: NO,
        Call.OPENINGS: NO,
        Call.OPENING_REVIEW: NO,
        Call.RETENTION: NO,
        Call.RETRY: ANY,
        Call.REASSIGN: NO,
        Call.HISTORY: NO,
        Call.STATISTICS: ANY,
        Call.STAFF: NO,
        Call.ME: ANY,
    },
    Role.OFFICER: {
        Call.QUEUE: OWN,
        Call.FIND: OWN,
        Call.CASE: OWN,
        Call.DOSSIER: OWN,
        Call.PACKAGE: OWN,
        Call.HOLD: OWN,
        Call.BREAK_HOLD: NO,
        Call.REVIEW: NO,
        Call.ACKNOWLEDGEMENT: OWN,
        Call.INSTRUCTIONS: OWN,
        Call.INFORMED: OWN,
        Call.RECEIPT: NO,
        Call.DANGER: OWN,
        Call.FREEZES: OWN,
        Call.SUSPECTS: OWN,
        Call.NOTICE: OWN,
        Call.CLOSURE: OWN,
        Call.CORRECTION: OWN,
        Call.MESSAGES: OWN,
        Call.NOTES: OWN,
        Call.APART: NO,
        Call.OWNER: OWN,
        Call.ADMISSION: OWN,
        Call.TAKE_OUT: OWN,
        Call.ATTENTION: NO,
        Call.TAKE: OWN,
        Call.TRIES: OWN,
        Call.ROSTER: NO,
        Call.NUMBER: OWN,
        Call.HANDOVER: NO,
        Call.LOOK: OWN,
        Call.FILES: OWN,
        Call.FILE_ADMISSION: OWN,
        Call.IDENTITY_REQUESTS: OWN,
        Call.IDENTITY_DECISION: OWN,
        Call.GLANCE: NO,
        Call.SAMPLE: NO,
        Call.DUTY: NO,
        Call.BOARD: NO,
        Call.OPENINGS: NO,
        Call.OPENING_REVIEW: NO,
        Call.RETENTION: NO,
        Call.RETRY: NO,
        Call.REASSIGN: NO,
        Call.HISTORY: NO,
        Call.STATISTICS: NO,
        Call.STAFF: NO,
        Call.ME: ANY,
    },
    Role.SUPERVISOR: {
        Call.QUEUE: ANY,
        Call.FIND: ANY,
        Call.CASE: ANY,
        Call.DOSSIER: ANY,
        Call.PACKAGE: NO,
        Call.HOLD: ANY,
        Call.BREAK_HOLD: ANY,
        Call.REVIEW: ANY,
        Call.ACKNOWLEDGEMENT: NO,
        Call.INSTRUCTIONS: NO,
        Call.INFORMED: NO,
        Call.RECEIPT: NO,
        Call.DANGER: NO,
        Call.FREEZES: ANY,
        Call.SUSPECTS: ENDED,
        Call.NOTICE: ANY,
        Call.CLOSURE: NO,
        Call.CORRECTION: ENDED,
        Call.MESSAGES: ANY,
        Call.NOTES: ANY,
        Call.APART: ANY,
        Call.OWNER: NO,
        Call.ADMISSION: UNHELD,
        Call.TAKE_OUT: UNHELD,
        Call.ATTENTION: ANY,
        Call.TAKE: ANY,
        Call.TRIES: ANY,
        Call.ROSTER: ANY,
        Call.NUMBER: ANY,
        Call.HANDOVER: ANY,
        Call.LOOK: UNHELD,
        Call.FILES: UNHELD,
        Call.FILE_ADMISSION: ANY,
        Call.IDENTITY_REQUESTS: NO,
        Call.IDENTITY_DECISION: ANY,
        Call.GLANCE: ANY,
        Call.SAMPLE: ANY,
        Call.DUTY: ANY,
        Call.BOARD: ANY,
        Call.OPENINGS: ANY,
        Call.OPENING_REVIEW: NO,
        Call.RETENTION: ANY,
        Call.RETRY: ANY,
        Call.REASSIGN: ANY,
        Call.HISTORY: NO,
        Call.STATISTICS: ANY,
        Call.STAFF: NO,
        Call.ME: ANY,
    },
    Role.CUSTODIAN: {
        **NOBODY_BUT_ONESELF,
        Call.IDENTITY_DECISION: ANY,
        Call.OPENINGS: ANY,
        Call.OPENING_REVIEW: ANY,
    },
    Role.AUDITOR: {
        **dict.fromkeys(Call, NO),
        Call.ME: ANY,
        Call.HISTORY: ANY,
        Call.OPENINGS: ANY,
        Call.OPENING_REVIEW: ANY,
        Call.STAFF: ANY,
        Call.STATISTICS: ANY,
    },
    Role.PROSECUTOR: {**NOBODY_BUT_ONESELF, **PROSECUTED},
    Role.ADMIN: {**NOBODY_BUT_ONESELF, Call.STAFF: ANY},
}
ABOUT: tuple[Case | None, ...] = (
    None,
    a_referred_case(RABAT),
    a_referred_case(SALE),
    a_case(),
    a_referred_case(SALE).model_copy(update={"status": Status.CLOSED}),
)
ABOUT_IDS = (
    "the call alone",
    "a case of the own unit",
    "another's",
    "the desk's",
    "one that ended",
)


@pytest.mark.parametrize(
    ("status", "admits"),
    [
        (Status.QUEUED, Role.OFFICER),
        (Status.ACKNOWLEDGED, Role.OFFICER),
        (Status.CLOSED, Role.SUPERVISOR),
    ],
)
def test_only_the_holder_of_a_case_admits_reports_to_it(status: Status, admits: Role) -> None:
    case = a_referred_case(RABAT).model_copy(update={"status": status})
    for role in (Role.ANALYST, Role.OFFICER, Role.SUPERVISOR):
        member = a_member(role, unit=RABAT)
        assert (Move.ADMIT in moves_open_to(member, case, 1)) is (role is admits)
        assert Move.ADMIT not in moves_open_to(member, case, 0), "there is nothing to admit"


def offices_of(case: Case) -> set[Seat]:
    """That of Rabat, for the cases of its unit."""
    return {OF_RABAT} if case.referral and case.referral.unit == RABAT else set()


def refused(member: StaffMember, call: Call, about: Case | None) -> type[Refusal] | None:
    """What a person is refused with who makes a call; None: it is permitted."""
    try:
        permit(member, call, about, offices_of)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("role", Role)
def test_each_role_makes_exactly_its_calls(role: Role) -> None:
    office, court = OF_RABAT
    member = a_member(role, unit=RABAT, office=office, court=court)
    answers = {call: tuple(refused(member, call, about) for about in ABOUT) for call in Call}
    wrong = [
        f"{call}, {of}: {answered and answered.__name__}"
        for call in Call
        for of, answered, expected in zip(
            ABOUT_IDS, answers[call], EXPECTED[role][call], strict=True
        )
        if answered is not expected
    ]
    assert not wrong


def test_the_permission_table_answers_for_every_role_and_call() -> None:
    assert set(MAY) == set(Role)
    assert all(set(row) == set(Call) for row in MAY.values())


@pytest.mark.parametrize("role", Role)
def test_an_inactive_account_does_nothing(role: Role) -> None:
    member = a_member(role, unit=RABAT, active=False)
    done = [
        call for call in Call if refused(member, call, a_referred_case(RABAT)) is not NotAllowed
    ]
    assert not done


def test_an_officer_of_no_unit_has_no_cases() -> None:
    with pytest.raises(NotAllowed):
        permit(a_member(Role.OFFICER), Call.QUEUE)


def test_a_prosecutor_of_no_office_or_of_no_court_has_no_cases() -> None:
    for fields in ({}, {"office": OF_RABAT[0]}, {"court": OF_RABAT[1]}):
        with pytest.raises(NotAllowed):
            permit(a_member(Role.PROSECUTOR, **fields), Call.QUEUE)


def test_an_office_reaches_no_case_whose_offices_are_not_known() -> None:
    office, court = OF_RABAT
    member = a_member(Role.PROSECUTOR, office=office, court=court)
    with pytest.raises(CaseNotFound):
        permit(member, Call.CASE, a_referred_case(RABAT))
    permit(member, Call.CASE, a_referred_case(RABAT), offices_of)


def test_a_contested_case_is_reviewed_by_a_supervisor_alone() -> None:
    contested = a_case(supervision=True)
    with pytest.raises(NotAllowed):
        permit(a_member(Role.ANALYST), Call.REVIEW, contested)
    permit(a_member(Role.SUPERVISOR), Call.REVIEW, contested)


@pytest.mark.parametrize(
    ("status", "stands_with"),
    [
        (Status.RECEIVED, None),
        (Status.IN_REVIEW, None),
        (Status.REVIEWED, None),
        (Status.QUEUED, RABAT),
        (Status.PUBLISHED, RABAT),
        (Status.DECLINED, None),
        (Status.AWAITING_AUTHORISATION, RABAT),
        (Status.ACKNOWLEDGED, RABAT),
        (Status.CLOSED, RABAT),
        (Status.AWAITING_ANSWER, None),
        (Status.MERGED, None),
    ],
)
def test_a_case_stands_with_a_unit_only_while_it_is_referred(
    status: Status, stands_with: str | None
) -> None:
    assert holder(a_referred_case(RABAT, status=status)) == stands_with


MONEY = (Move.PAYMENT, Move.FREEZE)
REVIEWING = (Move.CONFIRM, Move.REJECT, Move.ASK, Move.MERGE, *MONEY)
INQUIRING = (
    Move.MERGE,
    Move.PASS,
    Move.IDENTITY_ACCEPTED,
    Move.IDENTITY_DOUBTED,
    Move.ANNUL,
    Move.CHECK,
    Move.INSTRUCT,
    Move.TRANSFER,
    Move.INFORM,
    Move.SUSPECT,
    *MONEY,
    Move.CLOSE,
)


DANGEROUS = (Move.CONFIRM, Move.REJECT, Move.MERGE, Move.NO_DANGER, *MONEY)
"""A question would let danger wait."""


def held(unit: str = RABAT, status: Status = Status.ACKNOWLEDGED, **fields: Any) -> Case:
    return a_referred_case(unit, status=status, wait=None, **fields)


@pytest.mark.parametrize(
    ("role", "case", "moves"),
    [
        (Role.ANALYST, a_case(), REVIEWING),
        (Role.ANALYST, a_case(supervision=True), MONEY),
        (Role.ANALYST, a_case(imminent=True), DANGEROUS),
        (Role.OFFICER, a_referred_case(RABAT, status=Status.DECLINED), ()),
        (Role.SUPERVISOR, a_case(supervision=True), (*REVIEWING, Move.COURT_HOLD)),
        (Role.ANALYST, a_case(status=Status.MERGED), (Move.SPLIT,)),
        (Role.ANALYST, a_case(stuck="retries_exhausted"), (*REVIEWING, Move.RETRY)),
        (Role.ANALYST, a_referred_case(), MONEY),
        (Role.ANALYST, held(), MONEY),
        (Role.SUPERVISOR, a_referred_case(), (*MONEY, Move.COURT_HOLD, Move.REASSIGN)),
        (Role.OFFICER, a_referred_case(RABAT), (Move.ACKNOWLEDGE, Move.DECLINE, *MONEY)),
        (Role.OFFICER, a_referred_case(SALE), ()),
        (Role.OFFICER, held(), INQUIRING),
        (Role.OFFICER, held(SALE), ()),
        (
            Role.OFFICER,
            held(status=Status.AWAITING_AUTHORISATION),
            (
                Move.AUTHORISE,
                Move.PASS,
                Move.IDENTITY_ACCEPTED,
                Move.IDENTITY_DOUBTED,
                Move.ANNUL,
                Move.CHECK,
                Move.INFORM,
                *MONEY,
                Move.CLOSE,
            ),
        ),
        (
            Role.OFFICER,
            held(status=Status.CLOSED, notice=a_case().wait),
            (Move.ANNUL, Move.PAYMENT, Move.NOTICE),
        ),
        (
            Role.SUPERVISOR,
            held(status=Status.CLOSED, notice=a_case().wait),
            (Move.PAYMENT, Move.NOTICE, Move.COURT_HOLD),
        ),
        (
            Role.OFFICER,
            held(status=Status.CLOSED, suspects=("wanted",)),
            (Move.ANNUL, Move.SUSPECT, Move.CORRECT, Move.PAYMENT),
        ),
        (Role.OFFICER, held(status=Status.MERGED, suspects=("presented",)), (Move.CORRECT,)),
        (
            Role.OFFICER,
            held(status=Status.CLOSED, closed=CloseReason.SENT_TO_COURT),
            (Move.ANNUL, Move.CORRECT, Move.PAYMENT, Move.RESUME),
        ),
        (
            Role.SUPERVISOR,
            held(status=Status.CLOSED, closed=CloseReason.SENT_TO_COURT, noticed=9),
            (Move.CORRECT, Move.PAYMENT, Move.NOTICE_WITHDRAWN, Move.RESUME, Move.COURT_HOLD),
        ),
        (
            Role.OFFICER,
            held(status=Status.CLOSED, closed=CloseReason.DUPLICATE),
            (Move.ANNUL, Move.PAYMENT),
        ),
        (
            Role.SUPERVISOR,
            a_case(status=Status.CLOSED, closed=CloseReason.DUPLICATE),
            (Move.REOPEN, Move.CORRECT, Move.PAYMENT, Move.COURT_HOLD),
        ),
        (
            Role.ANALYST,
            a_case(status=Status.CLOSED, closed=CloseReason.DUPLICATE),
            (Move.REOPEN, Move.PAYMENT),
        ),
        (
            Role.ANALYST,
            held(status=Status.CLOSED, closed=CloseReason.SENT_TO_COURT),
            (Move.PAYMENT,),
        ),
        (
            Role.ANALYST,
            held(
                status=Status.CLOSED,
                closed_at=stamp(NOON),
                money=wait_from(NOON + timedelta(hours=1), [60]),
            ),
            (*MONEY, Move.WAIVE),
        ),
        (Role.OFFICER, held(status=Status.MERGED, notice=a_case().wait), (Move.NOTICE,)),
        (Role.OFFICER, held(status=Status.MERGED, freezes=(Freeze(),)), (Move.FREEZE,)),
        (Role.OFFICER, held(status=Status.MERGED, freezes=(Freeze(bond=Bond.LIFTED),)), ()),
        (Role.ANALYST, held(money=a_case().wait), (*MONEY, Move.WAIVE)),
    ],
)
def test_a_case_shows_its_reader_the_next_moves(
    role: Role, case: Case, moves: tuple[Move, ...]
) -> None:
    found = moves_open_to(a_member(role, unit=RABAT), case, into=a_case())
    assert tuple(each for each in found if each is not Move.KEEP_APART) == moves


@pytest.mark.parametrize(
    ("into", "held", "open_to"),
    [
        (a_case(), False, True),
        (a_case(), True, False),
        (a_case(status=Status.MERGED), False, False),
        (None, False, False),
    ],
)
def test_a_merge_is_undone_where_the_other_case_was_not_merged_further_and_no_court_holds_it(
    into: Case | None, held: bool, open_to: bool
) -> None:
    merged = a_case(status=Status.MERGED)
    may = moves_open_to(a_member(Role.ANALYST), merged, held=held, into=into)
    assert (Move.SPLIT in may) is open_to


@pytest.mark.parametrize(
    ("role", "status", "open_to"),
    [
        (Role.ANALYST, Status.IN_REVIEW, True),
        (Role.ANALYST, Status.CLOSED, True),
        (Role.ANALYST, Status.MERGED, False),
        (Role.SUPERVISOR, Status.IN_REVIEW, True),
        (Role.OFFICER, Status.ACKNOWLEDGED, False),
    ],
)
def test_analysts_may_keep_a_case_apart_that_no_suggestion_names(
    role: Role, status: Status, open_to: bool
) -> None:
    """A picture can be what is alike: the case itself then suggests no other one."""
    case = held(status=status)
    assert (Move.KEEP_APART in moves_open_to(a_member(role, unit=RABAT), case)) is open_to
