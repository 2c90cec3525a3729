"""A case under /v1/desk: its queue, its page and its dossier, the hold, the review, and the answer
of the unit.

Each call names its audience, lets `decisions.permissions.require_permission` decide, and does one
thing.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.api import Request, Response, has_parameter
from casework.aws.http.parameters import CURSOR_PARAMETER, IDEMPOTENCY_KEY_PARAMETER, Parameter
from casework.aws.http.path_params import case_id_from_path
from casework.aws.table import audit_log, hold_table
from casework.aws.table.items import WriteConflict
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import CaseId
from casework.credentials import receipt
from casework.decisions.additions import Look
from casework.decisions.base import Decision
from casework.decisions.permissions import StaffCall, require_permission, responsible_unit
from casework.decisions.referral import Acknowledgement
from casework.decisions.review import BreakHold, ReviewDecision, TakeOut
from casework.decisions.staff import Role, StaffMember, list_queues
from casework.errors import (
    CannotWait,
    CaseNotFound,
    DangerStands,
    Finding,
    HeldByAnother,
    HeldLongEnough,
    IllegalMove,
    KeyMissing,
    NotAlike,
    NotAllowed,
    NotValid,
    OtherCaseUnfit,
    TooMany,
)
from casework.moves.holds import release_hold, take_hold
from casework.moves.inquiry import continue_export, record_export
from casework.moves.referrals import mark_read_by_unit
from casework.views.case_page import CaseState, CaseView
from casework.views.dossier import Dossier
from casework.views.lists import QueuePage
from functions.desk import deployment
from functions.desk.queries import case_views, holds, lists, office
from functions.desk.queries.case_lines import CaseLines
from functions.desk.shared.access import load_visible_case, opened_case, require_caller
from functions.desk.shared.case_lists import CaseListResponse, open_case_lines
from functions.desk.shared.decision_handler import decision_route
from functions.desk.shared.routing import (
    LIMIT_PARAMETER,
    READ_REFUSALS,
    desk_route,
    list_route,
    parse_limit,
)

MAX_SKIPPED: Final = 200
"""Cases that one call may pass over."""

OWN_LIST_NAMES: Final = ("waiting", *lists.QUEUE_PREFIX_BY_LIST, office.OFFICE_CURSOR_LIST)
OF_PARAMETER = Parameter(
    "of",
    "query",
    "`waiting` for what waits to be answered, `held` for what the own unit holds, `added` for what "
    "it ended and reporters added to since, `office` for the cases of the own prosecutor's office. "
    "Supervisors ask by `unit:` and its id for what waits "
    "for any unit and what it holds.",
    {
        "anyOf": [
            {"enum": OWN_LIST_NAMES},
            {"type": "string", "pattern": f"^{lists.UNIT_LIST_PREFIX}"},
        ]
    },
)
WITH_PARAMETER: Final = Parameter(
    "with",
    "query",
    "`mine` for what the caller works on alone now, beside the list.",
    {"enum": ["mine"]},
)

AS_PARAMETER: Final = Parameter(
    "as",
    "query",
    "`brief` for the cases of the list in few bytes, where they are only counted.",
    {"enum": ["brief"]},
)


@list_route(
    "read_queue",
    "queue",
    summary="Work waiting for me",
    answer=QueuePage,
    lines=lambda page: len(page.cases) + len(page.brief or ()) + len(page.mine or ()),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(OF_PARAMETER, WITH_PARAMETER, AS_PARAMETER, LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_queue(request: Request) -> Response:
    """Cases waiting for the caller, most urgent first, then the oldest.

    Analysts see cases that wait for review; supervisors see disputes between units, and then the
    review. Officers see cases that are referred to their unit and not yet acknowledged; with
    `of=held` the cases that their unit holds; with `of=added` its ended cases with later additions,
    until a person has looked. Prosecutors have one list, `of=office`: the cases that stand with a
    unit and that their office at their court is competent for. What awaits authorisation comes
    first, by the nearest deadline.
    """
    member = require_caller(request, StaffCall.QUEUE)
    brief, mine = has_parameter(request, AS_PARAMETER), has_parameter(request, WITH_PARAMETER)
    of, lines = _list_of(request, member), open_case_lines(member)
    limit, cursor = parse_limit(request), request.query.get("cursor")
    if of == office.OFFICE_CURSOR_LIST:
        page = office.office_page(lines, limit, cursor)
    else:
        page = lists.queue_page(lines, limit, cursor, of=of)
    page = page.without_content() if brief else page
    page = _with_mine(page, lines) if mine else page
    return CaseListResponse(200, page, lines=lines if page.cases or page.mine else None)


def _with_mine(page: QueuePage, lines: CaseLines) -> QueuePage:
    require_permission(lines.member, StaffCall.HOLD)
    held = holds.hold_page(lines, holds.HELD_CASE_BATCH_SIZE, None, by=lines.member.subject)
    return page.model_copy(update={"mine": held.cases, "people": {**page.people, **held.people}})


def _list_of(request: Request, member: StaffMember) -> str:
    """Which list is asked for; any unit's is for those who see the board."""
    of_office = member.role is Role.PROSECUTOR
    list_name = request.query.get("of", office.OFFICE_CURSOR_LIST if of_office else "waiting")
    if list_name.startswith(lists.UNIT_LIST_PREFIX):
        require_permission(member, StaffCall.BOARD)
        if list_name.removeprefix(lists.UNIT_LIST_PREFIX) in deployment.desk_jurisdiction().units:
            return list_name
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/of", "unit.unknown", "This unit is not in the list.")],
        )
    if list_name not in OWN_LIST_NAMES or (list_name == office.OFFICE_CURSOR_LIST) is not of_office:
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/of", "of.unknown", "You have no such list.")],
        )
    return list_name


@desk_route(
    "read_case",
    "GET",
    "cases/{id}",
    summary="A case",
    answers={200: CaseView},
    refusals=(*READ_REFUSALS, CaseNotFound, NotValid),
    parameters=(CURSOR_PARAMETER,),
)
def read_case(request: Request) -> Response:
    """The case with its assessment and competence, and page by page its reports with questions and
    additions, the prosecutor's decisions, suspects and freezes, messages to reporters, and its
    history.

    `may` names the next calls of the caller; a decision sends the ETag back in If-Match.
    """
    member = require_caller(request, StaffCall.CASE)
    cursor = request.query.get("cursor")
    seen = opened_case if cursor is None else load_visible_case
    return case_page_response(
        member, seen(member, StaffCall.CASE, case_id_from_path(request)), cursor
    )


class TakeNext(BaseModel):
    """Which of the waiting cases to pass over."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    skip: tuple[CaseId, ...] = Field(default=(), max_length=MAX_SKIPPED)
    """Cases that the caller left for others."""
    other_than: str | None = Field(default=None, max_length=64)
    """A category: cases of others come first, unless something immediate waits. For a rest between
    two cases that are hard to bear."""


@desk_route(
    "take_next",
    "POST",
    "next",
    summary="Take the next case",
    body=TakeNext,
    answers={200: CaseView, 204: None},
    refusals=(*READ_REFUSALS, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def take_next(request: Request) -> Response:
    """The most urgent case of the own queue that nobody works on, held for the caller as by `hold`.

    A case that the caller holds already comes first, and is held no longer than before: a repeated
    request needs no memory of its key. A case that the caller passes over stays held until it is
    given back; a person who holds three gets no other (409). 204 when nothing waits that the caller
    could take. Of two people who ask at once, each gets another case.
    """
    member = require_caller(request, StaffCall.HOLD)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    asked = request.parse_body(TakeNext)
    table, at, queues = deployment.desk_case_table(), deployment.now(), list_queues(member)

    def take(case: Case) -> Change | None:
        require_permission(member, StaffCall.HOLD, case)
        if case.desk in queues and lists.holds_case(case, member, at):
            return None
        return take_hold_listed(case, at, member)

    for case_id in lists.iter_takeable(table, member, at, asked.skip, asked.other_than):
        with suppress(HeldByAnother, HeldLongEnough, IllegalMove, CaseNotFound, NotAllowed):
            case, _ = table.update(case_id, take)
            audit_log.count_reading(table.name, case.id, at, member.subject)
            return case_page_response(member, case)
    return Response(204)


def case_page_response(member: StaffMember, case: Case, cursor: str | None = None) -> Response:
    """A page of a case; the first opening by its unit is recorded."""
    if member.role is Role.OFFICER:
        case = record_unit_read(case, member)
    table, at = deployment.desk_case_table(), deployment.now()
    view = case_views.case_view(table, deployment.desk_jurisdiction(), member, case, at, cursor)
    return Response(200, view, {"ETag": case.etag})


@decision_route(
    "review_case",
    "cases/{id}/review",
    StaffCall.REVIEW,
    "Decide at review",
    ReviewDecision,
    refusals=(OtherCaseUnfit, CannotWait, DangerStands, NotAlike),
)
def review_case(request: Request) -> Decision:
    """Confirm a case, corrected where needed, reject it with a reason, ask a reporter, merge the
    case into another one, split off one that was merged, or say that no danger is imminent.

    If the jurisdiction requires two people, the first proposes and the second, who sends the same,
    decides. 200 when the workflow was told, 202 when it follows later; the decision stands either
    way. The same request again gets the same content.
    """
    return request.parse_body(ReviewDecision).root


@decision_route(
    "take_report_out",
    "cases/{id}/take-out",
    StaffCall.TAKE_OUT,
    "Take a report out of a case",
    TakeOut,
)
def take_report_out(request: Request) -> Decision:
    """Have a report that does not belong to the case open its own, which is read and reviewed anew.

    It never comes back by itself. Identifiers that only it names go with it. Its additions,
    questions and messages stay readable to its reporter, and both histories name the other case.
    For the holder of the case: the desk, or the unit.
    """
    return request.parse_body(TakeOut)


@decision_route(
    "acknowledge_case",
    "cases/{id}/acknowledgement",
    StaffCall.ACKNOWLEDGEMENT,
    "Take or decline a referral",
    Acknowledgement,
)
def acknowledge_case(request: Request) -> Decision:
    """Take the case for the unit, or decline it naming why and which unit is competent.

    The case may then await the prosecutor's authorisation: `status` says so. A unit that declined
    a case reads it no more.
    200 when the workflow was told, 202 when it follows later; the decision stands either way.
    The same request again is answered with the same content.
    """
    return request.parse_body(Acknowledgement).root


@desk_route(
    "hold_case",
    "POST",
    "cases/{id}/hold",
    summary="Take an item for a while",
    answers={200: CaseState},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, HeldByAnother, HeldLongEnough, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def hold_case(request: Request) -> Response:
    """Work alone on an item of the own queue: no colleague decides on it meanwhile.

    It comes back by itself after a quarter of an hour; taking it again prolongs that, up to an hour
    in all. Then only colleagues can take it for a quarter of an hour. A hold is no new version of
    the case: the ETag stays.
    """
    member = require_caller(request, StaffCall.HOLD)
    receipt.parse_idempotency_key(request.headers.get("idempotency-key"))
    at = deployment.now()

    def take(case: Case) -> Change:
        require_permission(member, StaffCall.HOLD, case)
        return take_hold_listed(case, at, member)

    case, _ = deployment.desk_case_table().update(case_id_from_path(request), take)
    state = case_views.case_state(
        deployment.desk_case_table(), deployment.desk_jurisdiction(), member, case, at
    )
    return Response(200, state, {"ETag": case.etag})


def take_hold_listed(case: Case, at: datetime, member: StaffMember) -> Change:
    """The member works on the case alone; a hold that begins stands in the list of all holds."""
    change = take_hold(case, at, member.subject, list_queues(member))
    before, hold = case.hold, change.after.hold
    if hold and (before is None or (before.by, before.since) != (hold.by, hold.since)):
        hold_table.put_hold_line(deployment.desk_case_table().name, case.id, hold)
    return change


@desk_route(
    "give_back_case",
    "DELETE",
    "cases/{id}/hold",
    summary="Give an item back",
    answers={200: CaseState},
    refusals=(*READ_REFUSALS, CaseNotFound, HeldByAnother),
)
def give_back_case(request: Request) -> Response:
    """Let others work on the item again, before it comes back by itself."""
    member = require_caller(request, StaffCall.HOLD)
    at = deployment.now()

    def give(case: Case) -> Change | None:
        require_permission(member, StaffCall.HOLD, case)
        return release_hold(case, at, member.subject)

    case, _ = deployment.desk_case_table().update(case_id_from_path(request), give)
    state = case_views.case_state(
        deployment.desk_case_table(), deployment.desk_jurisdiction(), member, case, at
    )
    return Response(200, state, {"ETag": case.etag})


@decision_route(
    "look_at_case",
    "cases/{id}/look",
    StaffCall.LOOK,
    "Say that somebody looked at what was added",
    Look,
)
def look_at_case(request: Request) -> Decision:
    """Record that a person looked at the additions to a case of the own unit, or to one that ended:
    its deadline to look ends, and an ended case leaves the list `added`.

    409 when more was added since: read it first.
    """
    return request.parse_body(Look)


@decision_route(
    "break_hold",
    "cases/{id}/hold/break",
    StaffCall.BREAK_HOLD,
    "Break a colleague's hold",
    BreakHold,
)
def break_hold(request: Request) -> Decision:
    """Let others work on an urgent item that a colleague holds. The reason stays with the history;
    the former holder comes after others for a quarter of an hour.
    """
    return request.parse_body(BreakHold)


@desk_route(
    "read_dossier",
    "GET",
    "cases/{id}/dossier",
    summary="The dossier of a case",
    answers={200: Dossier},
    refusals=(*READ_REFUSALS, CaseNotFound, NotValid),
    parameters=(CURSOR_PARAMETER,),
)
def read_dossier(request: Request) -> Response:
    """Everything known of the case, for machines: the schema is `docs/dossier.schema.json`.

    Assessment with its reasons, competence and its ground, deadlines; page by page linked reports,
    identifiers, instructions, suspects, freezes, messages, history. That it was taken is an event.
    """
    member = require_caller(request, StaffCall.DOSSIER)
    table, at = deployment.desk_case_table(), deployment.now()
    cursor = request.query.get("cursor")

    def export(case: Case) -> Change | None:
        require_permission(member, StaffCall.DOSSIER, case, deployment.competent_offices_for_case)
        if cursor is None:
            return record_export(case, at, member.subject)
        return continue_export(case, at, member.subject, table.events(case.id))

    case, _ = table.update(case_id_from_path(request), export)
    page = case_views.dossier_page(table, deployment.desk_jurisdiction(), member, case, at, cursor)
    return Response(200, page, {"ETag": case.etag})


def record_unit_read(case: Case, member: StaffMember) -> Case:
    """The case; the first opening by an officer of its unit is recorded, without a new version."""
    if responsible_unit(case) is None:
        return case
    change = mark_read_by_unit(case, deployment.now(), member.subject)
    if change is None:
        return case
    try:
        return deployment.desk_case_table().save(change)
    except WriteConflict:
        return deployment.desk_case_table().get_case(case.id)
