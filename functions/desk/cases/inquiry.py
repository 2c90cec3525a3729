"""The calls of a unit that holds a case: instructions, suspects, the gate, the notice, the end."""

from __future__ import annotations

import re

from casework.aws.http import path_params
from casework.aws.http.api import Request
from casework.decisions.base import Decision
from casework.decisions.gate import DangerDecision, IdentityVerdict
from casework.decisions.instructions import Closure, GiveNotice, InstructionEntry
from casework.decisions.permissions import StaffCall
from casework.decisions.prosecutor_notification import ConfirmReceipt, Inform
from casework.decisions.retractions import EndWithdrawal, NoticeWithdrawal
from casework.decisions.suspects import (
    ClosureCorrection,
    Correction,
    NewSuspect,
    SuspectEvent,
)
from casework.errors import (
    AuthorisationAwaited,
    EntryNotFound,
    IdentityNotReleased,
    OtherCaseUnfit,
    RequestNotFound,
    SuspectNotFound,
)
from functions.desk.shared.decision_handler import decision_route


@decision_route(
    "enter_instruction",
    "cases/{id}/instructions",
    StaffCall.INSTRUCTIONS,
    "Enter a decision of the prosecutor",
    InstructionEntry,
    refusals=(OtherCaseUnfit,),
)
def enter_instruction(request: Request) -> Decision:
    """Authorise, order checks, investigate, complete, join, transfer or close: with date, office
    and number. It may start the clock of the notice to identified complainants.

    It is no older than the case and of the competent office, or `other_office` says why another one
    decided. `annul` takes back an earlier entry, which stays in the ledger: without an
    authorisation the gate shuts again, unless another ground keeps it open.

    An officer enters what the office decided, and may name the `document`. A prosecutor gives a
    decision of the own office here, at most ten minutes after signing in (401,
    `fresh-sign-in-needed`). The entry says which of the two it is, as `given`; what a prosecutor
    gave, no officer takes back.
    """
    return request.parse_body(InstructionEntry).root


@decision_route(
    "inform_prosecutor",
    "cases/{id}/informed",
    StaffCall.INFORMED,
    "Record that the prosecutor was informed",
    Inform,
)
def inform_prosecutor(request: Request) -> Decision:
    """Which office, on which day, by which means, and which dossier was handed over: by the entry
    by which it was taken, or by its digest.

    It ends the unit's time to inform, and the office's time to answer begins. The office confirms
    the receipt; informed anew, it gets no more time.
    """
    return request.parse_body(Inform)


@decision_route(
    "confirm_receipt",
    "cases/{id}/receipt",
    StaffCall.RECEIPT,
    "Confirm that the dossier came",
    ConfirmReceipt,
)
def confirm_receipt(request: Request) -> Decision:
    """A prosecutor of the office that the dossier was handed to confirms that it came, at most ten
    minutes after signing in.
    """
    return request.parse_body(ConfirmReceipt)


@decision_route(
    "decide_on_danger",
    "cases/{id}/danger",
    StaffCall.DANGER,
    "Decide on danger",
    DangerDecision,
    refusals=(AuthorisationAwaited,),
)
def decide_on_danger(request: Request) -> Decision:
    """Begin the inquiry before the prosecutor authorises it, because danger is imminent: name its
    kind and its source. The case is immediate from then on, and so are its deadlines. Or withdraw
    that: the gate shuts again, unless another ground keeps it open, and the case stays as urgent.
    Or say that no danger is imminent.

    An assessment opens no gate by itself. The reasons stay with the history.
    """
    return request.parse_body(DangerDecision).root


@decision_route(
    "believe_identity",
    "cases/{id}/identity-requests/{number}/verdict",
    StaffCall.IDENTITY_REQUESTS,
    "Say whether an opened identity is to be believed",
    IdentityVerdict,
    refusals=(IdentityNotReleased, RequestNotFound),
)
def believe_identity(request: Request) -> Decision:
    """Accept an identity that you opened, which opens the gate if the pack says so, or doubt it.

    A later doubt takes an acceptance back: the gate shuts again, unless another ground keeps it
    open. Any officer of the unit that holds the case may do that, also once the report is erased.
    `If-Match` is the ETag of the case.
    """
    return request.parse_body(IdentityVerdict).root.with_number(
        path_params.identity_request_number_from_path(request)
    )


@decision_route(
    "add_suspect",
    "cases/{id}/suspects",
    StaffCall.SUSPECTS,
    "Count a suspect",
    NewSuspect,
)
def add_suspect(request: Request) -> Decision:
    """A suspect was identified. They get the next number of the case; the identity stays
    elsewhere."""
    return request.parse_body(NewSuspect)


@decision_route(
    "change_suspect",
    "cases/{id}/suspects/{n}/events",
    StaffCall.SUSPECTS,
    "Say what happened to a suspect",
    SuspectEvent,
    refusals=(SuspectNotFound,),
)
def change_suspect(request: Request) -> Decision:
    """Wanted, lapsed, cancelled, arrested or presented, and on which day. A late entry takes the
    place of its day. No entry is ever changed: a further entry corrects an error.
    """
    return request.parse_body(SuspectEvent).with_number(suspect_number_from_path(request))


@decision_route(
    "correct_suspect",
    "cases/{id}/suspects/{n}/corrections",
    StaffCall.SUSPECTS,
    "Correct what was entered of a suspect",
    Correction,
    refusals=(AuthorisationAwaited, SuspectNotFound, EntryNotFound),
)
def correct_suspect(request: Request) -> Decision:
    """An entry about the suspect was an error: it is no longer valid, and figures follow. The
    remaining entries must be in a possible order, so correct the latest first. A suspect without a
    valid entry is withdrawn, and the number is not used again. A correction can be corrected: its
    entry is then valid again.
    """
    return request.parse_body(Correction).with_number(suspect_number_from_path(request))


@decision_route(
    "give_notice",
    "cases/{id}/notice",
    StaffCall.NOTICE,
    "Record that the complainant was told",
    GiveNotice,
    refusals=(AuthorisationAwaited,),
)
def give_notice(request: Request) -> Decision:
    """The complainant, the victim or a lawyer was told of the prosecutor's decision: the clock of
    the notice stops.
    """
    return request.parse_body(GiveNotice)


@decision_route(
    "withdraw_notice",
    "cases/{id}/notice/withdrawal",
    StaffCall.NOTICE,
    "Withdraw that the complainant was told",
    NoticeWithdrawal,
)
def withdraw_notice(request: Request) -> Decision:
    """The last notice was recorded in error, and no complainant was told. It stays in the history
    with this entry beside it, and is owed again with its first deadline.
    """
    return request.parse_body(NoticeWithdrawal)


@decision_route(
    "close_case",
    "cases/{id}/closure",
    StaffCall.CLOSURE,
    "End a case",
    Closure,
    refusals=(AuthorisationAwaited,),
)
def close_case(request: Request) -> Decision:
    """The unit's work ends, for a reason that can be told: sent to court, sent abroad, or the
    prosecutor refused to authorise an inquiry. A prosecutor refuses it here, as with instructions.
    """
    return request.parse_body(Closure)


@decision_route(
    "correct_closure",
    "cases/{id}/closure/corrections",
    StaffCall.CORRECTION,
    "Correct why a case ended",
    ClosureCorrection,
)
def correct_closure(request: Request) -> Decision:
    """The reason was recorded wrongly: the right one is entered beside it, by the unit that ended
    the case or by a supervisor. Its reporters read it as a further step.
    """
    return request.parse_body(ClosureCorrection)


@decision_route(
    "withdraw_end",
    "cases/{id}/closure/withdrawal",
    StaffCall.CORRECTION,
    "Withdraw the end of a case",
    EndWithdrawal,
)
def withdraw_end(request: Request) -> Decision:
    """A unit ended the case in error, for example by the decision of another case: the unit goes on
    with it where it stood, and its notices are owed again. For the unit, or a supervisor. Its
    reporters read it as a further step. A rejection is reopened instead.
    """
    return request.parse_body(EndWithdrawal)


def suspect_number_from_path(request: Request) -> int:
    """The suspect in the address; an invalid number is not found."""
    text = request.path_params["n"]
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
        raise SuspectNotFound("The case has no suspect of this number.")
    return int(text)
