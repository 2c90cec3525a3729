"""Who may do what: every role, every call, the own unit's case and another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import pytest

from casework.case.case import Case
from casework.case.freezes import Bond
from casework.case.lifecycle import Move, Status
from casework.case.referral import OfficeSeat
from casework.case.times import format_timestamp, start_wait
from casework.case.value_objects import CloseReason, Freeze
from casework.decisions.available_moves import CaseFacts, list_available_moves
from casework.decisions.permissions import (
    PERMISSIONS_BY_ROLE,
    StaffCall,
    require_permission,
    responsible_unit,
)
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

NOBODY_BUT_ONESELF = {**dict.fromkeys(StaffCall, NO), StaffCall.ME: ANY}

OF_RABAT: OfficeSeat = ("king-prosecutor", "tpi-rabat")
PROSECUTED = {
    StaffCall.QUEUE: OWN,
    StaffCall.FIND: OWN,
    StaffCall.CASE: OWN,
    StaffCall.WATCH: OWN,
    StaffCall.DOSSIER: OWN,
    StaffCall.PACKAGE: OWN,
    StaffCall.INSTRUCTIONS: OWN,
    StaffCall.RECEIPT: OWN,
    StaffCall.CLOSURE: OWN,
    StaffCall.OPENINGS: OWN,
}

# Written out apart from the product's table: for the call alone, a case of the own unit, a case
# of another unit, a case that stands with the desk, and one that another unit closed.
EXPECTED: dict[Role, dict[StaffCall, tuple[type[Refusal] | None, ...]]] = {
    Role.ANALYST: {
        StaffCall.QUEUE: ANY,
        StaffCall.FIND: ANY,
        StaffCall.CASE: ANY,
        StaffCall.DOSSIER: ANY,
        StaffCall.PACKAGE: NO,
        StaffCall.HOLD: ANY,
        StaffCall.BREAK_HOLD: NO,
        StaffCall.REVIEW: ANY,
        StaffCall.ACKNOWLEDGEMENT: NO,
        StaffCall.INSTRUCTIONS: NO,
        StaffCall.INFORMED: NO,
        StaffCall.RECEIPT: NO,
        StaffCall.DANGER: NO,
        StaffCall.FREEZES: ANY,
        StaffCall.SUSPECTS: NO,
        StaffCall.NOTICE: NO,
        StaffCall.CLOSURE: NO,
        StaffCall.CORRECTION: NO,
        StaffCall.MESSAGES: DESK,
        StaffCall.NOTES: ANY,
        StaffCall.WATCH: ANY,
        StaffCall.CAMPAIGN: ANY,
        StaffCall.APART: ANY,
        StaffCall.OWNER: NO,
        StaffCall.ADMISSION: DESK,
        StaffCall.TAKE_OUT: DESK,
        StaffCall.ATTENTION: ANY,
        StaffCall.TAKE: ANY,
        StaffCall.TRIES: ANY,
        StaffCall.ROSTER: ANY,
        StaffCall.NUMBER: ANY,
        StaffCall.HANDOVER: ANY,
        StaffCall.LOOK: UNHELD,
        StaffCall.FILES: DESK,
        StaffCall.FILE_ADMISSION: DESK,
        StaffCall.IDENTITY_REQUESTS: NO,
        StaffCall.IDENTITY_DECISION: NO,
        StaffCall.GLANCE: ANY,
        StaffCall.SAMPLE: ANY,
        StaffCall.DUTY: ANY,
        StaffCall.BOARD: NO,
        StaffCall.OPENINGS: NO,
        StaffCall.OPENING_REVIEW: NO,
        StaffCall.RETENTION: NO,
        StaffCall.RETRY: ANY,
        StaffCall.REASSIGN: NO,
        StaffCall.HISTORY: NO,
        StaffCall.STATISTICS: ANY,
        StaffCall.STAFF: NO,
        StaffCall.ME: ANY,
    },
    Role.OFFICER: {
        StaffCall.QUEUE: OWN,
        StaffCall.FIND: OWN,
        StaffCall.CASE: OWN,
        StaffCall.DOSSIER: OWN,
        StaffCall.PACKAGE: OWN,
        StaffCall.HOLD: OWN,
        StaffCall.BREAK_HOLD: NO,
        StaffCall.REVIEW: NO,
        StaffCall.ACKNOWLEDGEMENT: OWN,
        StaffCall.INSTRUCTIONS: OWN,
        StaffCall.INFORMED: OWN,
        StaffCall.RECEIPT: NO,
        StaffCall.DANGER: OWN,
        StaffCall.FREEZES: OWN,
        StaffCall.SUSPECTS: OWN,
        StaffCall.NOTICE: OWN,
        StaffCall.CLOSURE: OWN,
        StaffCall.CORRECTION: OWN,
        StaffCall.MESSAGES: OWN,
        StaffCall.NOTES: OWN,
        StaffCall.WATCH: OWN,
        StaffCall.CAMPAIGN: OWN,
        StaffCall.APART: NO,
        StaffCall.OWNER: OWN,
        StaffCall.ADMISSION: OWN,
        StaffCall.TAKE_OUT: OWN,
        StaffCall.ATTENTION: NO,
        StaffCall.TAKE: OWN,
        StaffCall.TRIES: OWN,
        StaffCall.ROSTER: NO,
        StaffCall.NUMBER: OWN,
        StaffCall.HANDOVER: NO,
        StaffCall.LOOK: OWN,
        StaffCall.FILES: OWN,
        StaffCall.FILE_ADMISSION: OWN,
        StaffCall.IDENTITY_REQUESTS: OWN,
        StaffCall.IDENTITY_DECISION: OWN,
        StaffCall.GLANCE: NO,
        StaffCall.SAMPLE: NO,
        StaffCall.DUTY: NO,
        StaffCall.BOARD: NO,
        StaffCall.OPENINGS: NO,
        StaffCall.OPENING_REVIEW: NO,
        StaffCall.RETENTION: NO,
        StaffCall.RETRY: NO,
        StaffCall.REASSIGN: NO,
        StaffCall.HISTORY: NO,
        StaffCall.STATISTICS: NO,
        StaffCall.STAFF: NO,
        StaffCall.ME: ANY,
    },
    Role.SUPERVISOR: {
        StaffCall.QUEUE: ANY,
        StaffCall.FIND: ANY,
        StaffCall.CASE: ANY,
        StaffCall.DOSSIER: ANY,
        StaffCall.PACKAGE: NO,
        StaffCall.HOLD: ANY,
        StaffCall.BREAK_HOLD: ANY,
        StaffCall.REVIEW: ANY,
        StaffCall.ACKNOWLEDGEMENT: NO,
        StaffCall.INSTRUCTIONS: NO,
        StaffCall.INFORMED: NO,
        StaffCall.RECEIPT: NO,
        StaffCall.DANGER: NO,
        StaffCall.FREEZES: ANY,
        StaffCall.SUSPECTS: ENDED,
        StaffCall.NOTICE: ANY,
        StaffCall.CLOSURE: NO,
        StaffCall.CORRECTION: ENDED,
        StaffCall.MESSAGES: ANY,
        StaffCall.NOTES: ANY,
        StaffCall.WATCH: ANY,
        StaffCall.CAMPAIGN: ANY,
        StaffCall.APART: ANY,
        StaffCall.OWNER: NO,
        StaffCall.ADMISSION: UNHELD,
        StaffCall.TAKE_OUT: UNHELD,
        StaffCall.ATTENTION: ANY,
        StaffCall.TAKE: ANY,
        StaffCall.TRIES: ANY,
        StaffCall.ROSTER: ANY,
        StaffCall.NUMBER: ANY,
        StaffCall.HANDOVER: ANY,
        StaffCall.LOOK: UNHELD,
        StaffCall.FILES: UNHELD,
        StaffCall.FILE_ADMISSION: ANY,
        StaffCall.IDENTITY_REQUESTS: NO,
        StaffCall.IDENTITY_DECISION: ANY,
        StaffCall.GLANCE: ANY,
        StaffCall.SAMPLE: ANY,
        StaffCall.DUTY: ANY,
        StaffCall.BOARD: ANY,
        StaffCall.OPENINGS: ANY,
        StaffCall.OPENING_REVIEW: NO,
        StaffCall.RETENTION: ANY,
        StaffCall.RETRY: ANY,
        StaffCall.REASSIGN: ANY,
        StaffCall.HISTORY: NO,
        StaffCall.STATISTICS: ANY,
        StaffCall.STAFF: NO,
        StaffCall.ME: ANY,
    },
    Role.CUSTODIAN: {
        **NOBODY_BUT_ONESELF,
        StaffCall.IDENTITY_DECISION: ANY,
        StaffCall.OPENINGS: ANY,
        StaffCall.OPENING_REVIEW: ANY,
    },
    Role.AUDITOR: {
        **dict.fromkeys(StaffCall, NO),
        StaffCall.ME: ANY,
        StaffCall.HISTORY: ANY,
        StaffCall.OPENINGS: ANY,
        StaffCall.OPENING_REVIEW: ANY,
        StaffCall.STAFF: ANY,
        StaffCall.STATISTICS: ANY,
    },
    Role.PROSECUTOR: {**NOBODY_BUT_ONESELF, **PROSECUTED},
    Role.ADMIN: {**NOBODY_BUT_ONESELF, StaffCall.STAFF: ANY},
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
        assert (Move.ADMIT in list_available_moves(member, case, CaseFacts(1))) is (role is admits)
        assert Move.ADMIT not in list_available_moves(member, case), "there is nothing to admit"


def offices_of(case: Case) -> set[OfficeSeat]:
    """That of Rabat, for the cases of its unit."""
    return {OF_RABAT} if case.referral and case.referral.unit == RABAT else set()


def refused(member: StaffMember, call: StaffCall, about: Case | None) -> type[Refusal] | None:
    """What a person is refused with who makes a call; None: it is permitted."""
    try:
        require_permission(member, call, about, offices_of)
    except Refusal as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("role", Role)
def test_each_role_makes_exactly_its_calls(role: Role) -> None:
    office, court = OF_RABAT
    member = a_member(role, unit=RABAT, office=office, court=court)
    answers = {call: tuple(refused(member, call, about) for about in ABOUT) for call in StaffCall}
    wrong = [
        f"{call}, {of}: {answered and answered.__name__}"
        for call in StaffCall
        for of, answered, expected in zip(
            ABOUT_IDS, answers[call], EXPECTED[role][call], strict=True
        )
        if answered is not expected
    ]
    assert not wrong


def test_the_permission_table_answers_for_every_role_and_call() -> None:
    assert set(PERMISSIONS_BY_ROLE) == set(Role)
    assert all(set(row) == set(StaffCall) for row in PERMISSIONS_BY_ROLE.values())


@pytest.mark.parametrize("role", Role)
def test_an_inactive_account_does_nothing(role: Role) -> None:
    member = a_member(role, unit=RABAT, active=False)
    done = [
        call
        for call in StaffCall
        if refused(member, call, a_referred_case(RABAT)) is not NotAllowed
    ]
    assert not done


def test_an_officer_of_no_unit_has_no_cases() -> None:
    with pytest.raises(NotAllowed):
        require_permission(a_member(Role.OFFICER), StaffCall.QUEUE)


def test_a_prosecutor_of_no_office_or_of_no_court_has_no_cases() -> None:
    for fields in ({}, {"office": OF_RABAT[0]}, {"court": OF_RABAT[1]}):
        with pytest.raises(NotAllowed):
            require_permission(a_member(Role.PROSECUTOR, **fields), StaffCall.QUEUE)


def test_an_office_reaches_no_case_whose_offices_are_not_known() -> None:
    office, court = OF_RABAT
    member = a_member(Role.PROSECUTOR, office=office, court=court)
    with pytest.raises(CaseNotFound):
        require_permission(member, StaffCall.CASE, a_referred_case(RABAT))
    require_permission(member, StaffCall.CASE, a_referred_case(RABAT), offices_of)


def test_a_contested_case_is_reviewed_by_a_supervisor_alone() -> None:
    contested = a_case(supervision=True)
    with pytest.raises(NotAllowed):
        require_permission(a_member(Role.ANALYST), StaffCall.REVIEW, contested)
    require_permission(a_member(Role.SUPERVISOR), StaffCall.REVIEW, contested)


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
    assert responsible_unit(a_referred_case(RABAT, status=status)) == stands_with


MONEY = (Move.PAYMENT, Move.FREEZE)
REVIEWING = (Move.CONFIRM, Move.REJECT, Move.ASK, Move.MERGE, *MONEY)
INQUIRING: Final = (
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
"""What an officer is offered on a case of the unit that may inquire, in the order of
`CALLS_BY_MOVE`: a new move of such a case is entered here."""


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
                closed_at=format_timestamp(NOON),
                money=start_wait(NOON + timedelta(hours=1), [60]),
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
    found = list_available_moves(a_member(role, unit=RABAT), case, CaseFacts(into=a_case()))
    offered = tuple(each for each in found if each is not Move.KEEP_APART)
    assert offered == moves, (
        "a new move has its place in the lists of this file (INQUIRING, REVIEWING, MONEY, or the"
        " row of the case), in the order of CALLS_BY_MOVE, for each role that is offered it"
    )


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
    may = list_available_moves(a_member(Role.ANALYST), merged, CaseFacts(held=held, into=into))
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
    assert (Move.KEEP_APART in list_available_moves(a_member(role, unit=RABAT), case)) is open_to
