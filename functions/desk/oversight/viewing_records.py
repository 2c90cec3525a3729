"""GET /v1/desk/staff/{subject}/seen: which lists a person was shown, and what they were refused."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.aws.table import seen_table
from casework.decisions.permissions import StaffCall
from casework.errors import NotValid
from casework.views.search import SearchGround
from functions.desk import deployment
from functions.desk.shared.access import colleague_from_path, require_caller
from functions.desk.shared.routing import LIMIT_PARAMETER, READ_REFUSALS, list_route, parse_limit

SEEN_CURSOR_PATTERN: Final = re.compile(r"[0-9T-]{13}#(?:list|refused)#[^\x00-\x1f]{1,240}")


class SeenLine(BaseModel):
    """A list that a person was shown in an hour, or a call that they were refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    """Of a list: when the most lines of it were shown in this hour."""
    kind: Literal["list", "refused"]
    call: str
    """The operation."""
    of: str | None = None
    """What the list was asked by, as in its address; left out where by nothing."""
    further: bool = False
    """Whether it was a further page of the list, and not its beginning."""
    lines: int | None = None
    """How many lines of the list were shown at once, at most."""
    why: str | None = None
    """Kind of the refusal."""
    ground: SearchGround | None = None
    """Of a refused search."""
    digests: tuple[str, ...] = ()
    """The same, `kind:mark` of what was sought, as in `searches`."""

    @classmethod
    def from_mark(cls, said: dict[str, Any]) -> SeenLine:
        """From the stored values."""
        told = {name: said[name] for name in cls.model_fields if said.get(name) not in (None, "")}
        return cls.model_validate(told)


class SeenPage(BaseModel):
    """Some of what a person was shown and refused, the latest hour first."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    seen: tuple[SeenLine, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


@list_route(
    "read_seen",
    "staff/{subject}/seen",
    summary="Which lists a person was shown, for auditors",
    answer=SeenPage,
    lines=lambda page: len(page.seen),
    refusals=(*READ_REFUSALS, NotValid),
    parameters=(LIMIT_PARAMETER, CURSOR_PARAMETER),
)
def read_seen(request: Request) -> Response:
    """The lists that a member of the staff was shown within 90 days, hour by hour, and the calls
    that they were refused: of a search also its ground and keyed digests of what was sought. Who
    read a case or a motive, or was refused a case, stands in the history of the case.
    """
    member = require_caller(request, StaffCall.HISTORY)
    subject, at = colleague_from_path(request, member), deployment.now()
    name, after = f"seen {subject}", None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.decode_cursor(cursor, (name,), SEEN_CURSOR_PATTERN)
    table = deployment.desk_case_table().name
    marks, further = seen_table.list_seen_by_person(table, subject, at, parse_limit(request), after)
    going_on = cursors.encode_cursor(name, further) if further is not None else None
    return Response(
        200, SeenPage(seen=tuple(SeenLine.from_mark(mark.said) for mark in marks), cursor=going_on)
    )
