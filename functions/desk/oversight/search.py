"""POST /v1/desk/find: cases by what somebody says or shows, and the record of who searched."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.aws.table import staff_activity_table
from casework.aws.table.case_table import CaseTable
from casework.decisions.permissions import StaffCall
from casework.errors import (
    NotValid,
    TooMany,
)
from casework.identifiers import identifier_label
from casework.linking.records import IdentifierMark
from casework.linking.stop_list import read_stop_list
from casework.text.realm import Realm
from casework.views.search import Find, Found, ParsedSearch, SearchGround, parse_search
from functions.desk import deployment
from functions.desk.queries.case_lines import CaseLines
from functions.desk.queries.search import search_cases
from functions.desk.shared.access import colleague_from_path, require_caller
from functions.desk.shared.routing import (
    LIMIT_PARAMETER,
    READ_REFUSALS,
    desk_route,
    list_route,
    parse_limit,
)

MAX_AN_HOUR: Final = 120
"""Searches of one person in an hour: two a minute, all the time. A list of telephones is read by
nobody so."""
UNRECOGNISED_KIND: Final = "unread"
"""The kind, in the record, of a text that was read as nothing."""
SEARCH_RECORD_CURSOR_PATTERN: Final = re.compile(r"[0-9TZ:.-]{24}#[0-9a-f]{8}")


def _sought(request: Request) -> tuple[str, tuple[str, ...]]:
    """What the mark of a refused search holds; raises refusals of the body."""
    asked = request.parse_body(Find)
    key = _looking_in(Realm.REAL).identifiers.key  # one key for all realms
    read = parse_search(asked.text, read_stop_list(deployment.desk_jurisdiction().folder))
    return asked.ground.value, tuple(_digests(key, asked.text, read))


@desk_route(
    "find_cases",
    "POST",
    "find",
    summary="Find cases",
    body=Find,
    answers={200: Found},
    refusals=(*READ_REFUSALS, TooMany),
    sought=_sought,
)
def find_cases(request: Request) -> Response:
    """The cases of a reference, a case id, the number that people say, or an identifier that
    reports name, closed cases included; each says why it was found.

    An officer finds the own unit's cases, and a prosecutor those of the own office that stand with
    a unit; any other case and none are the same empty answer. What reporters call their own leads
    to no case. Nothing else of words is searched.
    Who searched, on which ground, and a keyed digest of what for are kept for 90 days, of a refused
    search as well. 409 after 120 searches in an hour.
    """
    member, at = require_caller(request, StaffCall.FIND), deployment.now()
    query = request.parse_body(Find)
    table = _looking_in(member.realm)
    before = staff_activity_table.count_recent_searches(table.name, member.subject, at, MAX_AN_HOUR)
    if before >= MAX_AN_HOUR:
        raise TooMany(f"You searched {MAX_AN_HOUR} times within an hour.")
    read = parse_search(query.text, read_stop_list(deployment.desk_jurisdiction().folder))
    lines = CaseLines(table, deployment.desk_jurisdiction(), member, at)
    found = search_cases(lines, read)
    staff_activity_table.record_search(
        table.name,
        member.subject,
        at,
        ground=query.ground.value,
        digests=_digests(table.identifiers.key, query.text, read),
        found=len(found.cases),
    )
    return Response(200, found)


def _looking_in(realm: Realm) -> CaseTable:
    settings = deployment.settings()
    return CaseTable(settings.case_table, settings.selector_secret, realm)


def _digests(key: bytes, text: str, read: ParsedSearch) -> list[str]:
    """What a search was for, as histories name identifiers: to compare, and not to read."""
    said: list[IdentifierMark] = [(each.kind, each.value) for each in read.said]
    said = said or [(UNRECOGNISED_KIND, text.strip())]
    return [
        identifier_label(key, kind, value) for kind, value in dict.fromkeys([*said, *read.marks])
    ]


class Searched(BaseModel):
    """A search that somebody made."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    ground: SearchGround
    digests: tuple[str, ...]
    """`kind:mark` of what was searched for. The same mark is the same thing, in other searches and
    in the histories of cases; `unread` is the kind of a text that was nothing to search for."""
    found: int
    """How many cases were shown."""


class SearchPage(BaseModel):
    """Some of the searches of a person, the latest first."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    searches: tuple[Searched, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


@list_route(
    "read_searches",
    "staff/{subject}/searches",
    summary="What a person searched for, for auditors",
    answer=SearchPage,
    lines=lambda page: len(page.searches),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_searches(request: Request) -> Response:
    """The searches of a member of the staff within 90 days, with their grounds."""
    member = require_caller(request, StaffCall.HISTORY)
    subject, at = colleague_from_path(request, member), deployment.now()
    name, after = f"searches {subject}", None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (name,), SEARCH_RECORD_CURSOR_PATTERN)
    table = deployment.desk_case_table().name
    lines, further = staff_activity_table.list_searches(
        table, subject, at, parse_limit(request), after
    )
    searches = (
        Searched(
            at=line.at,
            ground=SearchGround(line.said["ground"]),
            digests=tuple(line.said["digests"]),
            found=line.said["found"],
        )
        for line in lines
    )
    going_on = cursors.encode_cursor(name, further) if further is not None else None
    return Response(200, SearchPage(searches=tuple(searches), cursor=going_on))
