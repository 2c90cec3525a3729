"""The calls of a unit that holds a case: instructions, suspects, the gate, the notice, the end."""

from __future__ import annotations

import re

from casework.aws.http import Answer, Request
from casework.desk import Decided
from casework.dossier import FreezeRequest
from casework.errors import (
    AuthorisationAwaited,
    CaseNotFound,
    NoRecentTransfer,
    OtherCaseUnfit,
    SuspectNotFound,
)
from casework.instruction import (
    Closure,
    GiveNotice,
    InstructionEntry,
    NewSuspect,
    PassGate,
    SuspectChange,
    SuspectEvent,
)
from casework.staff import Call, permit
from functions.desk import deployment, lists
from functions.desk.access import caller, case_id_of
from functions.desk.calls import DECIDING, ON_A_VERSION, READING, api
from functions.desk.deciding import decide


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/instructions",
    summary="Enter a decision of the prosecutor",
    tag="desk",
    body=InstructionEntry,
    answers={200: Decided, 202: Decided},
    refusals=(*DECIDING, AuthorisationAwaited, OtherCaseUnfit),
    parameters=ON_A_VERSION,
    security="staff",
)
def enter_instruction(request: Request) -> Answer:
    """Authorise, order checks, investigate, complete, join, transfer or close: dated, by which
    office, under which number. It may start the clock of the notice to identified complainants.
    """
    member = caller(request, Call.INSTRUCTIONS)
    decision = request.read(InstructionEntry).root
    return decide(request, case_id_of(request), member, Call.INSTRUCTIONS, decision)


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/danger",
    summary="Pass the gate because of danger",
    tag="desk",
    body=PassGate,
    answers={200: Decided, 202: Decided},
    refusals=(*DECIDING, AuthorisationAwaited),
    parameters=ON_A_VERSION,
    security="staff",
)
def pass_gate(request: Request) -> Answer:
    """Begin the inquiry before the prosecutor authorises it: danger is imminent.

    The reason stays in the history.
    """
    member = caller(request, Call.DANGER)
    decision = request.read(PassGate)
    return decide(request, case_id_of(request), member, Call.DANGER, decision)


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/suspects",
    summary="Count a suspect",
    tag="desk",
    body=NewSuspect,
    answers={200: Decided, 202: Decided},
    refusals=(*DECIDING, AuthorisationAwaited),
    parameters=ON_A_VERSION,
    security="staff",
)
def add_suspect(request: Request) -> Answer:
    """A suspect was identified. They get the next number of the case; who it is stays elsewhere."""
    member = caller(request, Call.SUSPECTS)
    decision = request.read(NewSuspect)
    return decide(request, case_id_of(request), member, Call.SUSPECTS, decision)


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/suspects/{n}/events",
    summary="Say what happened to a suspect",
    tag="desk",
    body=SuspectEvent,
    answers={200: Decided, 202: Decided},
    refusals=(*DECIDING, AuthorisationAwaited, SuspectNotFound),
    parameters=ON_A_VERSION,
    security="staff",
)
def change_suspect(request: Request) -> Answer:
    """Wanted, lapsed, cancelled, arrested or presented. Nothing is ever changed: a mistake is
    corrected by the next event.
    """
    member = caller(request, Call.SUSPECTS)
    event = request.read(SuspectEvent)
    decision = SuspectChange(happening=event.happening, number=number_of(request))
    return decide(request, case_id_of(request), member, Call.SUSPECTS, decision)


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/notice",
    summary="Record that the complainant was told",
    tag="desk",
    body=GiveNotice,
    answers={200: Decided, 202: Decided},
    refusals=(*DECIDING, AuthorisationAwaited),
    parameters=ON_A_VERSION,
    security="staff",
)
def give_notice(request: Request) -> Answer:
    """The complainant, the victim or a lawyer was told of the prosecutor's decision: the clock of
    the notice stops.
    """
    member = caller(request, Call.NOTICE)
    decision = request.read(GiveNotice)
    return decide(request, case_id_of(request), member, Call.NOTICE, decision)


@api.operation(
    "POST",
    "/v1/desk/cases/{id}/closure",
    summary="End a case",
    tag="desk",
    body=Closure,
    answers={200: Decided, 202: Decided},
    refusals=(*DECIDING, AuthorisationAwaited),
    parameters=ON_A_VERSION,
    security="staff",
)
def close_case(request: Request) -> Answer:
    """The unit's work ends, for a reason that can be told: sent to court, sent abroad, or the
    prosecutor refused to authorise an inquiry.
    """
    member = caller(request, Call.CLOSURE)
    decision = request.read(Closure)
    return decide(request, case_id_of(request), member, Call.CLOSURE, decision)


@api.operation(
    "GET",
    "/v1/desk/cases/{id}/freeze-request",
    summary="A request to hold money back",
    tag="desk",
    answers={200: FreezeRequest},
    refusals=(*READING, CaseNotFound, NoRecentTransfer),
    security="staff",
)
def draft_freeze_request(request: Request) -> Answer:
    """A draft for the prosecutor, from the transfers the reports tell of, while they are recent."""
    member = caller(request, Call.FREEZE_REQUEST)
    table, at = deployment.table(), deployment.now()
    case = table.case(case_id_of(request))
    permit(member, Call.FREEZE_REQUEST, case)
    reports, _ = lists.reports_page(table, case, None)
    return Answer(
        200,
        FreezeRequest.draft(
            deployment.pack(), case, at, events=list(table.events(case.id)), reports=reports
        ),
    )


def number_of(request: Request) -> int:
    """The suspect in the address; what cannot be a number is not found."""
    text = request.path_params["n"]
    if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
        raise SuspectNotFound("The case has no suspect of this number.")
    return int(text)
