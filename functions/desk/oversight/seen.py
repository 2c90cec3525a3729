"""GET /v1/desk/staff/{subject}/seen: which lists a person was shown, and what they were refused."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from casework.aws.http import cursors
from casework.aws.http.http import CURSOR, Answer, Request
from casework.aws.table import seen_table
from casework.decisions.permissions import Call
from casework.errors import NotValid
from casework.views.find import SearchGround
from functions.desk import deployment
from functions.desk.entry.access import caller, colleague
from functions.desk.entry.calls import LIMIT, READING, limit_of, listing

PLACE: Final = re.compile(r"[0-9T-]{13}#(?:list|refused)#[^\x00-\x1f]{1,240}")


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
    def of_mark(cls, said: dict[str, Any]) -> SeenLine:
        """From the stored values."""
        told = {name: said[name] for name in cls.model_fields if said.get(name) not in (None, "")}
        return cls.model_validate(told)


class SeenPage(BaseModel):
    """Some of what a person was shown and refused, the latest hour first."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    seen: tuple[SeenLine, ...]
    cursor: str | None = None
    """Of the next page; left out on the last."""


@listing(
    "read_seen",
    "staff/{subject}/seen",
    summary="Which lists a person was shown, for auditors",
    answer=SeenPage,
    lines=lambda page: len(page.seen),
    refusals=(*READING, NotValid),
    parameters=(LIMIT, CURSOR),
)
def read_seen(request: Request) -> Answer:
    """The lists that a member of the staff was shown within 90 days, hour by hour, and the calls
    that they were refused: of a search also its ground and keyed digests of what was sought. Who
    read a case or a motive, or was refused a case, stands in the history of the case.
    """
    member = caller(request, Call.HISTORY)
    subject, at = colleague(request, member), deployment.now()
    name, after = f"seen {subject}", None
    if (cursor := request.query.get("cursor")) is not None:
        _, after = cursors.read(cursor, (name,), PLACE)
    table = deployment.table().name
    marks, further = seen_table.seen_by(table, subject, at, limit_of(request), after)
    going_on = cursors.write(name, further) if further is not None else None
    return Answer(
        200, SeenPage(seen=tuple(SeenLine.of_mark(mark.said) for mark in marks), cursor=going_on)
    )
