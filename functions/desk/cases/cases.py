"""A case under /v1/desk: its queue, its page and its dossier, the hold, the review, and the answer
of the unit.

Each call names its audience, lets `decisions.permissions.permit` decide, and does one thing.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from casework.aws.http.http import CURSOR, IDEMPOTENCY_KEY, Answer, Parameter, Request, asks
from casework.aws.http.target import case_id_of
from casework.aws.table import hold_table, log
from casework.aws.table.items import WrittenMeanwhile
from casework.case.case import Case
from casework.case.change import Change
from casework.case.journey import CaseId
from casework.credentials import receipt
from casework.decisions.adding import Look
from casework.decisions.decision import Decision
from casework.decisions.permissions import Call, holder, permit
from casework.decisions.referral import Acknowledgement
from casework.decisions.review import BreakHold, ReviewDecision, TakeOut
from casework.decisions.staff import Role, StaffMember, queues_of
from casework.errors import (
    CannotWait,
    CaseNotFound,
    DangerStands,
    Finding,
    HeldByAnother,
    HeldLongEnough,
    IllegalMove,
    KeyMissing,
    NotAllowed,
    NotValid,
    OtherCaseUnfit,
    TooMany,
)
from casework.moves.holds import given_back, taken
from casework.moves.inquiry import exported, exported_further
from casework.moves.referring import read_by_unit
from casework.views.case_page import CaseState, CaseView
from casework.views.desk import QueuePage
from casework.views.dossier import Dossier
from functions.desk import deployment
from functions.desk.entry.access import caller, opened_case, seen_case
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing, route
from functions.desk.entry.deciding import decision
from functions.desk.shown import holds, lists, office, whole

MOST_SKIPPED: Final = 200
"""Cases that one call may pass over."""

OWN_LISTS: Final = ("waiting", *lists.OF_A_UNIT, office.LIST)
OF = Parameter(
    "of",
    "query",
    "`waiting` for what waits to be answered, `held` for what the own unit holds, `added` for what "
    "it ended and reporters added to since, `office` for the cases of the own prosecutor's office. "
    "Supervisors ask by `unit:` and its id for what waits "
    "for any unit and what it holds.",
    {"anyOf": [{"enum": OWN_LISTS}, {"type": "string", "pattern": f"^{lists.OF_UNIT}"}]},
)
WITH: Final = Parameter(
    "with",
    "query",
    "`mine` for what the caller works on alone now, beside the list.",
    {"enum": ["mine"]},
)

AS: Final = Parameter(
    "as",
    "query",
    "`brief` for the cases of the list in few bytes, where they are only counted.",
    {"enum": ["brief"]},
)


@listing(
    "read_queue",
    "queue",
    summary="Work waiting for me",
    answer=QueuePage,
    lines=lambda page: len(page.cases) + len(page.brief or ()) + len(page.mine or ()),
    refusals=(*READING, NotValid),
    parameters=(OF, WITH, AS, LIMIT, CURSOR),
)
def read_queue(request: Request) -> Answer:
    """Cases waiting for the caller, most urgent first, then the oldest.

    Analysts see cases that wait for review; supervisors see disputes between units, and then the
    review. Officers see cases that are referred to their unit and not yet acknowledged; with
    `of=held` the cases that their unit holds; with `of=added` its ended cases with later additions,
    until a person has looked. Prosecutors have one list, `of=office`: the cases that stand with a
    unit and that their office at their court is competent for. What awaits authorisation comes
    first, by the nearest deadline.
    """
    member = caller(request, Call.QUEUE)
    brief, mine = asks(request, AS), asks(request, WITH)
    of = _list_of(request, member)
    if of == office.LIST:
        page = _of_office(request, member)
    else:
        page = lists.queue_page(
            deployment.table(),
            member,
            deployment.now(),
            deployment.zone(),
            limit_of(request),
            request.query.get("cursor"),
            of=of,
        )
    page = page.in_brief() if brief else page
    return Answer(200, _with_mine(page, member) if mine else page)


def _with_mine(page: QueuePage, member: StaffMember) -> QueuePage:
    permit(member, Call.HOLD)
    held = holds.page(
        deployment.table(),
        member,
        deployment.now(),
        deployment.zone(),
        holds.AT_ONCE,
        None,
        by=member.subject,
    )
    return page.model_copy(update={"mine": held.cases, "people": {**page.people, **held.people}})


def _of_office(request: Request, member: StaffMember) -> QueuePage:
    """A page of the list of the member's office."""
    return office.office_page(
        deployment.table(),
        deployment.pack(),
        member,
        deployment.now(),
        limit_of(request),
        request.query.get("cursor"),
    )


def _list_of(request: Request, member: StaffMember) -> str:
    """Which list is asked for; any unit's is for those who see the board."""
    of_office = member.role is Role.PROSECUTOR
    asked = request.query.get("of", office.LIST if of_office else "waiting")
    if asked.startswith(lists.OF_UNIT):
        permit(member, Call.BOARD)
        if asked.removeprefix(lists.OF_UNIT) in deployment.pack().units:
            return asked
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/of", "unit.unknown", "This unit is not in the list.")],
        )
    if asked not in OWN_LISTS or (asked == office.LIST) is not of_office:
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/of", "of.unknown", "You have no such list.")],
        )
    return asked


@route(
    "read_case",
    "GET",
    "cases/{id}",
    summary="A case",
    answers={200: CaseView},
    refusals=(*READING, CaseNotFound, NotValid),
    parameters=(CURSOR,),
)
def read_case(request: Request) -> Answer:
    """The case with its assessment and competence, and page by page its reports with questions and
    additions, the prosecutor's decisions, suspects and freezes, messages to reporters, and its
    history.

    `may` names the next calls of the caller; a decision sends the ETag back in If-Match.
    """
    member = caller(request, Call.CASE)
    cursor = request.query.get("cursor")
    seen = opened_case if cursor is None else seen_case
    return answered(member, seen(member, Call.CASE, case_id_of(request)), cursor)


class TakeNext(BaseModel):
    """Which of the waiting cases to pass over."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    skip: tuple[CaseId, ...] = Field(default=(), max_length=MOST_SKIPPED)
    """Cases that the caller left for others."""
    other_than: str | None = Field(default=None, max_length=64)
    """A category: cases of others come first, unless something immediate waits. For a rest between
    two cases that are hard to bear."""


@route(
    "take_next",
    "POST",
    "next",
    summary="Take the next case",
    body=TakeNext,
    answers={200: CaseView, 204: None},
    refusals=(*READING, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY,),
)
def take_next(request: Request) -> Answer:
    """The most urgent case of the own queue that nobody works on, held for the caller as by `hold`.

    A case that the caller holds already comes first, and is held no longer than before: a repeated
    request needs no memory of its key. A case that the caller passes over stays held until it is
    given back; a person who holds three gets no other (409). 204 when nothing waits that the caller
    could take. Of two people who ask at once, each gets another case.
    """
    member = caller(request, Call.HOLD)
    receipt.read_key(request.headers.get("idempotency-key"))
    asked = request.read(TakeNext)
    table, at, queues = deployment.table(), deployment.now(), queues_of(member)

    def take(case: Case) -> Change | None:
        permit(member, Call.HOLD, case)
        if case.desk in queues and lists.is_held_by(case, member, at):
            return None
        return held(case, at, member)

    for case_id in lists.takeable(table, member, at, asked.skip, asked.other_than):
        with suppress(HeldByAnother, HeldLongEnough, IllegalMove, CaseNotFound, NotAllowed):
            case, _ = table.update(case_id, take)
            log.count_reading(table.name, case.id, at, member.subject)
            return answered(member, case)
    return Answer(204)


def answered(member: StaffMember, case: Case, cursor: str | None = None) -> Answer:
    """A page of a case; the first opening by its unit is recorded."""
    if member.role is Role.OFFICER:
        case = opened_by_unit(case, member)
    table, at = deployment.table(), deployment.now()
    view = whole.case_view(table, deployment.pack(), member, case, at, cursor)
    return Answer(200, view, {"ETag": case.etag})


@decision(
    "review_case",
    "cases/{id}/review",
    Call.REVIEW,
    "Decide at review",
    ReviewDecision,
    refusals=(OtherCaseUnfit, CannotWait, DangerStands),
)
def review_case(request: Request) -> Decision:
    """Confirm a case, corrected where needed, reject it with a reason, ask a reporter, merge the
    case into another one, split off one that was merged, or say that no danger is imminent.

    If the jurisdiction requires two people, the first proposes and the second, who sends the same,
    decides. 200 when the workflow was told, 202 when it follows later; the decision stands either
    way. The same request again gets the same content.
    """
    return request.read(ReviewDecision).root


@decision(
    "take_report_out", "cases/{id}/take-out", Call.TAKE_OUT, "Take a report out of a case", TakeOut
)
def take_report_out(request: Request) -> Decision:
    """Have a report that does not belong to the case open its own, which is read and reviewed anew.

    It never comes back by itself. Identifiers that only it names go with it. Its additions,
    questions and messages stay readable to its reporter, and both histories name the other case.
    For the holder of the case: the desk, or the unit.
    """
    return request.read(TakeOut)


@decision(
    "acknowledge_case",
    "cases/{id}/acknowledgement",
    Call.ACKNOWLEDGEMENT,
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
    return request.read(Acknowledgement).root


@route(
    "hold_case",
    "POST",
    "cases/{id}/hold",
    summary="Take an item for a while",
    answers={200: CaseState},
    refusals=(*READING, CaseNotFound, IllegalMove, HeldByAnother, HeldLongEnough, KeyMissing),
    parameters=(IDEMPOTENCY_KEY,),
)
def hold_case(request: Request) -> Answer:
    """Work alone on an item of the own queue: no colleague decides on it meanwhile.

    It comes back by itself after a quarter of an hour; taking it again prolongs that, up to an hour
    in all. Then only colleagues can take it for a quarter of an hour. A hold is no new version of
    the case: the ETag stays.
    """
    member = caller(request, Call.HOLD)
    receipt.read_key(request.headers.get("idempotency-key"))
    at = deployment.now()

    def take(case: Case) -> Change:
        permit(member, Call.HOLD, case)
        return held(case, at, member)

    case, _ = deployment.table().update(case_id_of(request), take)
    state = whole.case_state(deployment.table(), deployment.pack(), member, case, at)
    return Answer(200, state, {"ETag": case.etag})


def held(case: Case, at: datetime, member: StaffMember) -> Change:
    """The member works on the case alone; a hold that begins stands in the list of all holds."""
    change = taken(case, at, member.subject, queues_of(member))
    before, hold = case.hold, change.after.hold
    if hold and (before is None or (before.by, before.since) != (hold.by, hold.since)):
        hold_table.begin(deployment.table().name, case.id, hold)
    return change


@route(
    "give_back_case",
    "DELETE",
    "cases/{id}/hold",
    summary="Give an item back",
    answers={200: CaseState},
    refusals=(*READING, CaseNotFound, HeldByAnother),
)
def give_back_case(request: Request) -> Answer:
    """Let others work on the item again, before it comes back by itself."""
    member = caller(request, Call.HOLD)
    at = deployment.now()

    def give(case: Case) -> Change | None:
        permit(member, Call.HOLD, case)
        return given_back(case, at, member.subject)

    case, _ = deployment.table().update(case_id_of(request), give)
    state = whole.case_state(deployment.table(), deployment.pack(), member, case, at)
    return Answer(200, state, {"ETag": case.etag})


@decision(
    "look_at_case", "cases/{id}/look", Call.LOOK, "Say that somebody looked at what was added", Look
)
def look_at_case(request: Request) -> Decision:
    """Record that a person looked at the additions to a case of the own unit, or to one that ended:
    its deadline to look ends, and an ended case leaves the list `added`.

    409 when more was added since: read it first.
    """
    return request.read(Look)


@decision(
    "break_hold",
    "cases/{id}/hold/break",
    Call.BREAK_HOLD,
    "Break a colleague's hold",
    BreakHold,
)
def break_hold(request: Request) -> Decision:
    """Let others work on an urgent item that a colleague holds. The reason stays with the history;
    the former holder comes after others for a quarter of an hour.
    """
    return request.read(BreakHold)


@route(
    "read_dossier",
    "GET",
    "cases/{id}/dossier",
    summary="The dossier of a case",
    answers={200: Dossier},
    refusals=(*READING, CaseNotFound, NotValid),
    parameters=(CURSOR,),
)
def read_dossier(request: Request) -> Answer:
    """Everything known of the case, for machines: the schema is `docs/dossier.schema.json`.

    Assessment with its reasons, competence and its ground, deadlines; page by page linked reports,
    identifiers, instructions, suspects, freezes, messages, history. That it was taken is an event.
    """
    member = caller(request, Call.DOSSIER)
    table, at = deployment.table(), deployment.now()
    cursor = request.query.get("cursor")

    def export(case: Case) -> Change | None:
        permit(member, Call.DOSSIER, case, deployment.offices)
        if cursor is None:
            return exported(case, at, member.subject)
        return exported_further(case, at, member.subject, table.events(case.id))

    case, _ = table.update(case_id_of(request), export)
    page = whole.dossier(table, deployment.pack(), member, case, at, cursor)
    return Answer(200, page, {"ETag": case.etag})


def opened_by_unit(case: Case, member: StaffMember) -> Case:
    """The case; the first opening by an officer of its unit is recorded, without a new version."""
    if holder(case) is None:
        return case
    change = read_by_unit(case, deployment.now(), member.subject)
    if change is None:
        return case
    try:
        return deployment.table().save(change)
    except WrittenMeanwhile:
        return deployment.table().case(case.id)
