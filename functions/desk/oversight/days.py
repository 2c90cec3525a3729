"""GET /v1/desk/decisions: what people decided on a day, for those who check it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.http import CURSOR, Answer, Parameter, Request
from casework.aws.table import decided_table
from casework.decisions.permissions import Call
from casework.errors import Finding, NotValid
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing
from functions.desk.shown.people import names_of

PLACE: Final = re.compile(r"[0-9TZ:.-]{24}#C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]#[0-9]{6}")
DAY: Final = Parameter(
    "day",
    "query",
    "The day, by the clocks of the country, as in 2026-03-02; at most a month ago.",
    {"type": "string", "format": "date"},
    required=True,
)


class DecidedThen(BaseModel):
    """A decision that somebody took."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    case: str
    """Id of the case."""
    event: int
    """Number of the entry in its history."""
    by: str
    unit: str | None = None
    """The unit that answered a referral by it."""


class DecidedOn(BaseModel):
    """Some of what people decided on a day, the latest first."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    day: str
    decisions: tuple[DecidedThen, ...]
    people: Mapping[str, str]
    """Their names, by subject."""
    cursor: str | None = None
    """Of the next page; left out on the last."""


@listing(
    "read_decisions_of_a_day",
    "decisions",
    summary="What was decided on a day, for auditors",
    answer=DecidedOn,
    lines=lambda page: len(page.decisions),
    refusals=(*READING, NotValid),
    parameters=(DAY, LIMIT, CURSOR),
)
def read_decisions_of_a_day(request: Request) -> Answer:
    """Each decision of a day within the last month, with its author; `history` has its entry."""
    member, at = caller(request, Call.HISTORY), deployment.now()
    day = _day(request.query.get("day", ""))
    name, after, table = f"decisions on {day}", None, deployment.table()
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.read(cursor, (name,), PLACE)
    shown, further = decided_table.page_of_day(
        table.name, member.realm, day, limit_of(request), after
    )
    return Answer(
        200,
        DecidedOn(
            day=day,
            decisions=tuple(
                DecidedThen(
                    at=each.at, case=each.case_id, event=each.number, by=each.by, unit=each.unit
                )
                for each in shown
            ),
            people=names_of(table, {each.by for each in shown}, at),
            cursor=cursors.write(name, further) if further is not None else None,
        ),
    )


def _day(asked: str) -> str:
    try:
        return date.fromisoformat(asked).isoformat()
    except ValueError:
        raise NotValid(
            "Some parameters cannot be accepted.",
            findings=[Finding("#/day", "day.malformed", "This must be a day such as 2026-03-02.")],
        ) from None
