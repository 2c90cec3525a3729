"""POST /v1/desk/find: cases by what somebody says or shows, and the record of who searched."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.http import CURSOR, Answer, Request
from casework.aws.table import desk_table
from casework.aws.table.case_table import CaseTable
from casework.decisions.permissions import Call
from casework.errors import (
    NotValid,
    TooMany,
)
from casework.identifiers import told_as
from casework.linking.kept import Mark
from casework.linking.stops import stops
from casework.text.realm import Realm
from casework.views.find import Find, Found, SearchGround, Sought, sought
from functions.desk import deployment
from functions.desk.entry.access import caller, colleague
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing, route
from functions.desk.shown.found import found_by

MOST_AN_HOUR: Final = 120
"""Searches of one person in an hour: two a minute, all the time. A list of telephones is read by
nobody so."""
UNREAD: Final = "unread"
"""The kind, in the record, of a text that was read as nothing."""
PLACE: Final = re.compile(r"[0-9TZ:.-]{24}#[0-9a-f]{8}")


def _sought(request: Request) -> tuple[str, tuple[str, ...]]:
    """What the mark of a refused search holds; raises refusals of the body."""
    asked = request.read(Find)
    key = _looking_in(Realm.REAL).identifiers.key  # one key for all realms
    read = sought(asked.text, stops(deployment.pack().folder))
    return asked.ground.value, tuple(_digests(key, asked.text, read))


@route(
    "find_cases",
    "POST",
    "find",
    summary="Find cases",
    body=Find,
    answers={200: Found},
    refusals=(*READING, TooMany),
    sought=_sought,
)
def find_cases(request: Request) -> Answer:
    """The cases of a reference, a case id, the number that people say, or an identifier that
    reports name, closed cases included; each says why it was found.

    An officer finds the own unit's cases; a case of another unit and none are the same empty
    answer. What reporters call their own leads to no case. Nothing else of words is searched.
    Who searched, on which ground, and a keyed digest of what for are kept for 90 days, of a refused
    search as well. 409 after 120 searches in an hour.
    """
    member, at = caller(request, Call.FIND), deployment.now()
    asked = request.read(Find)
    table = _looking_in(member.realm)
    before = desk_table.searches_within_an_hour(table.name, member.subject, at, MOST_AN_HOUR)
    if before >= MOST_AN_HOUR:
        raise TooMany(f"You searched {MOST_AN_HOUR} times within an hour.")
    read = sought(asked.text, stops(deployment.pack().folder))
    found = found_by(table, member, at, deployment.zone(), read)
    desk_table.keep_search(
        table.name,
        member.subject,
        at,
        ground=asked.ground.value,
        digests=_digests(table.identifiers.key, asked.text, read),
        found=len(found.cases),
    )
    return Answer(200, found)


def _looking_in(realm: Realm) -> CaseTable:
    settings = deployment.settings()
    return CaseTable(settings.case_table, settings.selector_secret, realm)


def _digests(key: bytes, text: str, read: Sought) -> list[str]:
    """What a search was for, as histories name identifiers: to compare, and not to read."""
    said: list[Mark] = [(each.kind, each.value) for each in read.said]
    said = said or [(UNREAD, text.strip())]
    return [told_as(key, kind, value) for kind, value in dict.fromkeys([*said, *read.marks])]


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


@listing(
    "read_searches",
    "staff/{subject}/searches",
    summary="What a person searched for, for auditors",
    answer=SearchPage,
    lines=lambda page: len(page.searches),
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_searches(request: Request) -> Answer:
    """The searches of a member of the staff within 90 days, with their grounds."""
    member = caller(request, Call.HISTORY)
    subject, at = colleague(request, member), deployment.now()
    name, after = f"searches {subject}", None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.read(cursor, (name,), PLACE)
    table = deployment.table().name
    lines, further = desk_table.searches_of(table, subject, at, limit_of(request), after)
    searches = (
        Searched(
            at=line.at,
            ground=SearchGround(line.said["ground"]),
            digests=tuple(line.said["digests"]),
            found=line.said["found"],
        )
        for line in lines
    )
    going_on = cursors.write(name, further) if further is not None else None
    return Answer(200, SearchPage(searches=tuple(searches), cursor=going_on))
