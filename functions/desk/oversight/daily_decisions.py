"""GET /v1/desk/decisions: what people decided on a day, for those who check it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER, Parameter
from casework.aws.table import decision_log_table
from casework.decisions.permissions import StaffCall
from casework.errors import Finding, NotValid
from functions.desk import deployment
from functions.desk.queries.people import names_by_subject
from functions.desk.shared.access import require_caller
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

DAY_DECISION_CURSOR_PATTERN: Final = re.compile(
    r"[0-9TZ:.-]{24}#C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]#[0-9]{6}"
)
DECISION_DAY_PARAMETER: Final = Parameter(
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
    move: str | None = None
    """What was done; left out where the line is from before this was kept."""
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


@list_route(
    "read_decisions_of_a_day",
    "decisions",
    summary="What was decided on a day, for auditors",
    answer=DecidedOn,
    lines=lambda page: len(page.decisions),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(DECISION_DAY_PARAMETER, LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_decisions_of_a_day(request: Request) -> Response:
    """Each decision of a day within the last month, with its author; `history` has its entry."""
    member, at = require_caller(request, StaffCall.HISTORY), deployment.now()
    day = _day(request.query.get("day", ""))
    name, after, table = f"decisions on {day}", None, deployment.desk_case_table()
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (name,), DAY_DECISION_CURSOR_PATTERN)
    shown, further = decision_log_table.page_decisions_of_day(
        table.name, member.realm, day, parse_limit(request), after
    )
    return Response(
        200,
        DecidedOn(
            day=day,
            decisions=tuple(
                DecidedThen(
                    at=each.at,
                    case=each.case_id,
                    event=each.number,
                    by=each.by,
                    move=each.move,
                    unit=each.unit,
                )
                for each in shown
            ),
            people=names_by_subject(table, {each.by for each in shown}, at),
            cursor=cursors.encode_cursor(name, further) if further is not None else None,
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
