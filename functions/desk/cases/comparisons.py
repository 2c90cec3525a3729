"""Cases that look alike: all pictures like one of a report, and what a person kept apart."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER, IDEMPOTENCY_KEY_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.services import secrets
from casework.aws.table.picture_keys import parse_picture_mark, picture_mark
from casework.aws.table.picture_table import ReportPicture
from casework.case.case import Case
from casework.case.change import Change
from casework.case.execution_state import CaseId
from casework.case.history import IDEMPOTENCY_FIELD
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import (
    CaseNotFound,
    IllegalMove,
    KeyMissing,
    NotValid,
    OtherCaseUnfit,
    TooMany,
)
from casework.linking.picture_matching import PictureName
from casework.moves.comparisons import mark_distinct
from casework.text.realm import realm_from_name, realm_key
from casework.views.pictures import AlikePage
from functions.desk import deployment
from functions.desk.queries.picture_matches import AlikePlace, all_alike
from functions.desk.shared.access import idempotency_digest, load_visible_case, require_caller
from functions.desk.shared.routing import READ_REFUSALS, UNMARKED, desk_route, list_route

COMPARISON_CURSOR_PATTERN: Final = re.compile(
    r"([0-9]{1,3})/(|[0-9A-Z-]{1,40}#(?:file|phone)-[0-9]{3})"
)


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


@desk_route(
    "keep_apart",
    "POST",
    "cases/{id}/apart",
    summary="Keep two cases apart that look alike",
    body=KeepApart,
    answers={200: KeptApart},
    refusals=(*READ_REFUSALS, CaseNotFound, IllegalMove, OtherCaseUnfit, KeyMissing, TooMany),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def keep_apart(request: Request) -> Response:
    """Record on both cases that a person compared them, and that they are about different facts.

    Each disappears from the suggestions of the other, and later reports do not bring it back. The
    two can still be merged, which ends this. It is no new version of either case: the ETags stay,
    and no colleague's decision is refused because of it.
    """
    member = require_caller(request, StaffCall.APART)
    key = idempotency_digest(request)
    other_id, table, at = (
        request.parse_body(KeepApart).other,
        deployment.desk_case_table(),
        deployment.now(),
    )

    def decide(case: Case) -> Change | None:
        require_permission(member, StaffCall.APART, case)
        other = table.get_case(other_id)
        require_permission(member, StaffCall.APART, other)
        change = mark_distinct(case, other, at, member.subject)
        return change and change.with_data(IDEMPOTENCY_FIELD, key)

    case, _ = table.update(case_id_from_path(request), decide)
    return Response(200, KeptApart(id=case.id, other=other_id), {"ETag": case.etag})


@list_route(
    "read_alike",
    "cases/{id}/reports/{report}/pictures/{picture}/alike",
    summary="All pictures that look like one",
    answer=AlikePage,
    lines=UNMARKED,
    refusals=(*READ_REFUSALS, CaseNotFound, NotValid),
    parameters=(CURSOR_PARAMETER,),
)
def read_alike(request: Request) -> Response:
    """All pictures of other reports that look like one of this case, page by page, without those of
    cases that the caller may not see. A picture that is not known has none.
    """
    member = require_caller(request, StaffCall.CASE)
    case = load_visible_case(member, StaffCall.CASE, case_id_from_path(request))
    picture_name = PictureName(request.path_params["report"], request.path_params["picture"])
    of, place = picture_mark(picture_name.reference, picture_name.name), AlikePlace()
    if (cursor := request.query.get("cursor")) is not None:
        band, _, after = cursors.decode_cursor(cursor, [of], COMPARISON_CURSOR_PATTERN)[
            1
        ].partition("/")
        place = AlikePlace(int(band), PictureName(*parse_picture_mark(after)) if after else None)
    picture = _picture(picture_name, case)
    if picture is None:
        return Response(200, AlikePage())
    secret = secrets.read_key(deployment.settings().selector_secret)
    key = realm_key(realm_from_name(picture_name.reference), secret)
    found = all_alike(
        deployment.desk_case_table(),
        member,
        picture,
        key,
        place,
        deployment.competent_offices_for_case,
    )
    more = cursors.encode_cursor(of, _written(found.next)) if found.next is not None else None
    return Response(200, AlikePage(alike=found.alike, cursor=more))


def _picture(picture_name: PictureName, case: Case) -> ReportPicture | None:
    """The picture of that name of a report of the case, if there is one."""
    table = deployment.desk_case_table()
    if not COMPARISON_CURSOR_PATTERN.fullmatch(
        f"0/{picture_mark(picture_name.reference, picture_name.name)}"
    ):
        return None
    if table.reports.get_case_id(picture_name.reference) != case.id:
        return None
    return table.pictures.get_picture(picture_name)


def _written(place: AlikePlace) -> str:
    after = picture_mark(place.after.reference, place.after.name) if place.after is not None else ""
    return f"{place.band}/{after}"
