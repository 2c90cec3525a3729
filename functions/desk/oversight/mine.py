"""What a member of the staff has at the desk alone: the account, settings, what they decided."""

from __future__ import annotations

import re
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.access import tag_of
from casework.aws.http.http import CURSOR, IF_MATCH_OF_SETTINGS, Answer, Request
from casework.aws.table import desk_table
from casework.aws.table.items import WrittenMeanwhile
from casework.case.case import entity_tag
from casework.case.lifecycle import Move, Status
from casework.decisions.staff import Call, StaffMember, permit
from casework.errors import (
    BodyTooLarge,
    CaseChanged,
    IfMatchUnreadable,
    NotJson,
    NotValid,
    PreconditionMissing,
    Refusal,
    UnsupportedEncoding,
)
from functions.desk import deployment
from functions.desk.entry.access import caller, colleague
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing, route
from functions.desk.oversight.staff import StaffPerson

PLACE: Final = re.compile(r"[0-9TZ:.-]{24}#C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]")


Language = Literal["ar", "en", "fr"]
"""The languages of the pages of the desk: those of `web/desk/messages`."""


class OwnSettings(BaseModel):
    """How a person wants the pages of the desk."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    language: Language | None = None
    """Of the pages; left out for that of the browser."""
    cover_more: bool = False
    """The words of every case stay covered until they are asked for, not of severe ones alone."""
    letters_off: bool = False
    """No letter or digit is a command: for people who dictate, or whose hands tremble."""
    grey: bool = False
    """The pages are drawn without colours."""


class Me(StaffPerson):
    """The own account, with its settings."""

    settings: OwnSettings


@route("GET", "me", summary="Who I am here", answers={200: Me})
def read_me(request: Request) -> Answer:
    """The caller's own account, name, role and unit, and the own settings; the ETag is that of the
    settings."""
    member = caller(request, Call.ME)
    settings, version = _settings_of(member)
    me = Me(**StaffPerson.of(member).model_dump(), settings=settings)
    return Answer(200, me, {"ETag": entity_tag(version)})


@route(
    "PUT",
    "me/settings",
    summary="Change how the pages are for me",
    body=OwnSettings,
    answers={200: OwnSettings},
    refusals=(
        *READING,
        CaseChanged,
        PreconditionMissing,
        IfMatchUnreadable,
        NotJson,
        BodyTooLarge,
        UnsupportedEncoding,
        NotValid,
    ),
    parameters=(IF_MATCH_OF_SETTINGS,),
)
def change_settings(request: Request) -> Answer:
    """Keep these settings instead of those that were seen; what is left out is as it is at first.

    Two open pages of one person do not undo each other's changes: whoever names settings that
    another page replaced meanwhile is answered 412 with those that hold now. Settings that hold
    already are answered 200, so that a repeat is answered like the first attempt.
    """
    member = caller(request, Call.ME)
    seen, asked = tag_of(request), request.read(OwnSettings)
    held, version = _settings_of(member)
    if held == asked:
        return Answer(200, held, {"ETag": entity_tag(version)})
    if entity_tag(version) != seen:
        raise _replaced(held, version)
    kept, table = asked.model_dump(mode="json", exclude_defaults=True), deployment.table().name
    try:
        version = desk_table.keep_settings(table, member.subject, kept, version)
    except WrittenMeanwhile:
        raise _replaced(*_settings_of(member)) from None
    return Answer(200, asked, {"ETag": entity_tag(version)})


def _settings_of(member: StaffMember) -> tuple[OwnSettings, int]:
    """The settings of a member, and their version."""
    kept, version = desk_table.settings_of(deployment.table().name, member.subject)
    known = {name: kept[name] for name in OwnSettings.model_fields if name in kept}
    # Kept by an earlier release, which took every code, or has more languages than this one.
    if known.get("language") not in get_args(Language):
        known.pop("language", None)
    return OwnSettings(**known), version


def _replaced(held: OwnSettings, version: int) -> CaseChanged:
    return CaseChanged(
        "The settings are not the ones you saw.",
        current=held.model_dump(mode="json", exclude_none=True),
        etag=entity_tag(version),
    )


class DecidedCase(BaseModel):
    """A decision of a person."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    case: str
    """Id of the case."""
    decision: Move
    number: str | None = None
    """Of the case, as people say it; left out with the fields below where the case is no longer
    among those of the reader."""
    category: str | None = None
    status: Status | None = None
    """As it stands now."""


class DecisionPage(BaseModel):
    """Some of the decisions of a person, the latest first."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    decisions: tuple[DecidedCase, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


@listing(
    "me/decisions",
    summary="What I decided lately",
    answer=DecisionPage,
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_my_decisions(request: Request) -> Answer:
    """The caller's decisions of the last 30 days, with the cases as they stand now. The histories
    of the cases are the proof of what was decided; this is a memory."""
    member = caller(request, Call.ME)
    return _decisions(request, member, member.subject, Call.CASE)


@listing(
    "staff/{subject}/decisions",
    summary="What a person decided lately, for auditors",
    answer=DecisionPage,
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_decisions(request: Request) -> Answer:
    """The decisions of a member of the staff within 30 days."""
    member = caller(request, Call.HISTORY)
    return _decisions(request, member, colleague(request, member), Call.HISTORY)


def _decisions(request: Request, member: StaffMember, subject: str, call: Call) -> Answer:
    name, after = f"decisions {subject}", None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.read(cursor, (name,), PLACE)
    table, at = deployment.table(), deployment.now()
    lines, further = desk_table.decisions_of(table.name, subject, at, limit_of(request), after)
    cases = {case.id: case for case in table.cases([line.what for line in lines])}
    decisions = []
    for line in lines:
        case = cases.get(line.what)
        try:
            permit(member, call, case, deployment.offices)
        except Refusal:
            case = None
        decisions.append(
            DecidedCase(
                at=line.at,
                case=line.what,
                decision=Move(line.said["move"]),
                number=(case.number or None) if case else None,
                category=case.category if case else None,
                status=case.status if case else None,
            )
        )
    going_on = cursors.write(name, further) if further is not None else None
    return Answer(200, DecisionPage(decisions=tuple(decisions), cursor=going_on))
