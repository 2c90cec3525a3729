"""GET and POST /v1/desk/roster: who is on duty, until when, and who comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import AwareDatetime, BaseModel, ConfigDict

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.table import roster_table
from casework.aws.table.roster_table import DutyShift, DutyTurn, DutyWord
from casework.case.times import format_timestamp
from casework.decisions.permissions import PERMISSIONS_BY_ROLE, PermissionReach, StaffCall
from casework.decisions.staff import StaffMember
from casework.errors import Finding, KeyConflict, KeyMissing, NotValid
from functions.desk import deployment
from functions.desk.queries.people import names_by_subject
from functions.desk.shared.access import Subject, idempotency_digest, require_caller
from functions.desk.shared.routing import READ_REFUSALS, UNMARKED, desk_route, list_route

MAX_SHIFT_TIME: Final = timedelta(hours=16)
MAX_TURNS_SHOWN: Final = 10
SHIFTS_PER_BATCH: Final = 99


class TakeDuty(BaseModel):
    """The body of `POST /v1/desk/roster`: that the caller is on duty, or no longer."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    until: AwareDatetime | None = None
    """Until when, at most sixteen hours from now; left out, the caller leaves the duty now."""
    next: Subject | None = None
    """The colleague who comes next, by subject: whoever is named says so themselves once they are
    on duty."""


class OnDuty(BaseModel):
    """One person who is on duty."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    subject: str
    since: str
    until: str


class TurnView(BaseModel):
    """What one person said of their duty."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    by: str
    said: DutyWord
    until: str
    """Of a duty that was left, when."""
    next: str | None = None
    """Whom they named as the next; left out where they named nobody."""


class Roster(BaseModel):
    """Who is on duty, and how it came to that."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    on: tuple[OnDuty, ...]
    """Who stays longest comes first. Empty: nobody is on duty, which is alarmed on after five
    minutes."""
    next: str | None = None
    """Who was named as the next and is not on duty yet, by subject; left out without one."""
    turns: tuple[TurnView, ...]
    """What was said last, the newest first, at most ten; it is kept for a year."""
    people: Mapping[str, str] = {}
    """The names of all of them, by subject."""


class Watcher(BaseModel):
    """Somebody who may be on duty."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    subject: str
    name: str


class Watchers(BaseModel):
    """Those who may be on duty, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    people: tuple[Watcher, ...]


@list_route("read_roster", "roster", summary="Who is on duty", answer=Roster, lines=UNMARKED)
def read_roster(request: Request) -> Response:
    """Who is on duty now and until when, who was named as the next, and what was said last."""
    member = require_caller(request, StaffCall.DUTY)
    return _roster(member, deployment.now())


@list_route(
    "read_watchers", "watchers", summary="Who may be on duty", answer=Watchers, lines=UNMARKED
)
def read_watchers(request: Request) -> Response:
    """The members of the staff who may be on duty: one of them is named as the next."""
    member = require_caller(request, StaffCall.ROSTER)
    found = sorted(_watchers(member), key=lambda each: (each.name, each.subject))
    people = tuple(Watcher(subject=each.subject, name=each.name) for each in found)
    return Response(200, Watchers(people=people))


@desk_route(
    "take_duty",
    "POST",
    "roster",
    summary="Take the duty, or leave it",
    body=TakeDuty,
    answers={200: Roster},
    refusals=(*READ_REFUSALS, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def take_duty(request: Request) -> Response:
    """Say that you are on duty until a time, or that you leave it, and who comes next. Several
    people may be on duty at once. Who said what is kept for a year.

    A request that is repeated at once, under its key, is heard once.
    """
    member = require_caller(request, StaffCall.ROSTER)
    key, duty = idempotency_digest(request), request.parse_body(TakeDuty)
    table, at = deployment.desk_case_table(), deployment.now()
    if findings := list(_findings(duty, member, at)):
        raise NotValid("Some fields cannot be accepted.", findings=findings)
    until = format_timestamp(duty.until or at)
    own = (each for each in roster_table.list_shifts(table.name, member.realm))
    before = next((each for each in own if each.subject == member.subject), None)
    if before is not None and before.key == key:
        if duty.until is not None and before.until != until:
            raise KeyConflict
        return _roster(member, at)
    since = before.since if before is not None and before.runs(at) else format_timestamp(at)
    shift = DutyShift(member.subject, since, until, key)
    turn = DutyTurn(
        format_timestamp(at), member.subject, "on" if duty.until else "off", until, duty.next
    )
    roster_table.record_turn(table.name, member.realm, shift, turn)
    return _roster(member, at)


def _findings(said: TakeDuty, member: StaffMember, at: datetime) -> Iterator[Finding]:
    if said.until is not None and not at < said.until <= at + MAX_SHIFT_TIME:
        yield Finding("#/until", "until.range", "Name a time within the next sixteen hours.")
    if said.next is not None and said.next not in {each.subject for each in _watchers(member)}:
        yield Finding("#/next", "next.unknown", "Nobody of this id may be on duty.")


def _watchers(member: StaffMember) -> Iterator[StaffMember]:
    """The active members of the staff who may take the duty, in the member's realm."""
    table, after = deployment.desk_case_table(), None
    while True:
        people, after = table.list_staff(SHIFTS_PER_BATCH, after, member.realm)
        for subject, item in people.items():
            each = StaffMember.from_item(subject, item)
            if (
                each.active
                and PERMISSIONS_BY_ROLE[each.role][StaffCall.ROSTER] is not PermissionReach.NONE
            ):
                yield each
        if after is None:
            return


def _roster(member: StaffMember, at: datetime) -> Response:
    table = deployment.desk_case_table()
    running = [each for each in roster_table.list_shifts(table.name, member.realm) if each.runs(at)]
    running.sort(key=lambda each: (each.until, each.subject), reverse=True)
    turns = roster_table.list_turns(table.name, member.realm, MAX_TURNS_SHOWN)
    named = next((each.next for each in turns if each.next), None)
    is_next = named if named not in {each.subject for each in running} else None
    subjects = {each.subject for each in running} | {each.by for each in turns}
    subjects |= {each.next for each in turns if each.next}
    return Response(
        200,
        Roster(
            on=tuple(
                OnDuty(subject=each.subject, since=each.since, until=each.until) for each in running
            ),
            next=is_next,
            turns=tuple(
                TurnView(at=each.at, by=each.by, said=each.said, until=each.until, next=each.next)
                for each in turns
            ),
            people=names_by_subject(table, subjects, at),
        ),
    )
