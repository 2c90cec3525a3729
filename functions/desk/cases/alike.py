"""Cases that look alike: all pictures like one of a report, and what a person kept apart."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.http import CURSOR, IDEMPOTENCY_KEY, Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.services import secrets
from casework.aws.table.picture_keys import mark_of, marked
from casework.aws.table.picture_table import Picture
from casework.case.case import Case
from casework.case.change import Change
from casework.case.history import KEY
from casework.case.journey import CaseId
from casework.decisions.permissions import Call, permit
from casework.errors import (
    CaseNotFound,
    IllegalMove,
    KeyMissing,
    NotValid,
    OtherCaseUnfit,
    TooMany,
)
from casework.linking.pictures import PictureName
from casework.moves.comparing import kept_apart
from casework.text.realm import key_in, realm_of
from casework.views.pictures import AlikePage
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of, seen_case
from functions.desk.entry.calls import NO_MARK, READING, listing, route
from functions.desk.shown.alike import AlikePlace, all_alike

PLACE: Final = re.compile(r"([0-9]{1,3})/(|[0-9A-Z-]{1,40}#(?:file|phone)-[0-9]{3})")


class KeepApart(BaseModel):
    """The body of `POST /v1/desk/cases/{id}/apart`: the case that looks like this one."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    other: CaseId


class KeptApart(BaseModel):
    """Two cases that are kept apart. Repeating the request writes nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    """Of the case."""
    other: str
    """Id of the other one, which says the same of this one."""


@route(
    "keep_apart",
    "POST",
    "cases/{id}/apart",
    summary="Keep two cases apart that look alike",
    body=KeepApart,
    answers={200: KeptApart},
    refusals=(*READING, CaseNotFound, IllegalMove, OtherCaseUnfit, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY,),
)
def keep_apart(request: Request) -> Answer:
    """Record on both cases that a person compared them, and that they are about different facts.

    Each disappears from the suggestions of the other, and later reports do not bring it back. The
    two can still be merged, which ends this. It is no new version of either case: the ETags stay,
    and no colleague's decision is refused because of it.
    """
    member = caller(request, Call.APART)
    key = key_of(request)
    other_id, table, at = request.read(KeepApart).other, deployment.table(), deployment.now()

    def decide(case: Case) -> Change | None:
        permit(member, Call.APART, case)
        other = table.case(other_id)
        permit(member, Call.APART, other)
        change = kept_apart(case, other, at, member.subject)
        return change and change.saying(KEY, key)

    case, _ = table.update(case_id_of(request), decide)
    return Answer(200, KeptApart(id=case.id, other=other_id), {"ETag": case.etag})


@listing(
    "read_alike",
    "cases/{id}/reports/{report}/pictures/{picture}/alike",
    summary="All pictures that look like one",
    answer=AlikePage,
    lines=NO_MARK,
    refusals=(*READING, CaseNotFound, NotValid),
    parameters=(CURSOR,),
)
def read_alike(request: Request) -> Answer:
    """All pictures of other reports that look like one of this case, page by page, without those of
    cases that the caller may not see. A picture that is not known has none.
    """
    member = caller(request, Call.CASE)
    case = seen_case(member, Call.CASE, case_id_of(request))
    named = PictureName(request.path_params["report"], request.path_params["picture"])
    of, place = mark_of(named.reference, named.name), AlikePlace()
    if (cursor := request.query.get("cursor")) is not None:
        band, _, after = cursors.read(cursor, [of], PLACE)[1].partition("/")
        place = AlikePlace(int(band), PictureName(*marked(after)) if after else None)
    picture = _picture(named, case)
    if picture is None:
        return Answer(200, AlikePage())
    secret = secrets.key(deployment.settings().selector_secret)
    key = key_in(realm_of(named.reference), secret)
    found = all_alike(deployment.table(), member, picture, key, place, deployment.offices)
    more = cursors.write(of, _written(found.next)) if found.next is not None else None
    return Answer(200, AlikePage(alike=found.alike, cursor=more))


def _picture(named: PictureName, case: Case) -> Picture | None:
    """The picture of that name of a report of the case, if there is one."""
    table = deployment.table()
    if not PLACE.fullmatch(f"0/{mark_of(named.reference, named.name)}"):
        return None
    if table.reports.case_of(named.reference) != case.id:
        return None
    return table.pictures.one(named)


def _written(place: AlikePlace) -> str:
    after = mark_of(place.after.reference, place.after.name) if place.after is not None else ""
    return f"{place.band}/{after}"
