"""GET and POST /v1/desk/handover: what one shift of the duty desk leaves for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import IDEMPOTENCY_KEY_PARAMETER
from casework.aws.table import handover_table
from casework.aws.table.handover_table import StoredHandOver
from casework.case.times import format_timestamp
from casework.case.value_objects import Duty
from casework.decisions.permissions import StaffCall
from casework.errors import (
    KeyConflict,
    KeyMissing,
)
from casework.text.allowed_text import require_visible_text
from functions.desk import deployment
from functions.desk.queries import lists
from functions.desk.queries.people import names_by_subject
from functions.desk.shared.access import idempotency_digest, require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route, list_route

MAX_HANDOVERS_SHOWN: Final = 3
MAX_HANDOVER_LENGTH: Final = 1_000


class HandOver(BaseModel):
    """The body of `POST /v1/desk/handover`: words to the next shift."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_HANDOVER_LENGTH),
        AfterValidator(require_visible_text),
    ]
    """Name cases by their numbers. It must not tell who sent a report: everybody on the duty desk
    reads it, and no erasure of a case reaches it. It is kept for thirty days."""


class HandedOver(BaseModel):
    """What one person left."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    at: str
    by: str
    text: str
    open: Mapping[Duty, int] = {}
    """Cases on each list of the duty desk at that moment; lists without a case are left out."""


class HandOvers(BaseModel):
    """What was left last."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    left: tuple[HandedOver, ...]
    """The newest first."""
    people: Mapping[str, str] = {}
    """The names of those who left them, by subject."""


@list_route(
    "read_handovers",
    "handover",
    summary="What the last shifts left",
    answer=HandOvers,
    lines=lambda page: len(page.left),
)
def read_handovers(request: Request) -> Response:
    """The last three texts that shifts of the duty desk left for the next ones."""
    member = require_caller(request, StaffCall.DUTY)
    return _shown(
        handover_table.list_latest_handovers(
            deployment.desk_case_table().name, member.realm, MAX_HANDOVERS_SHOWN
        )
    )


@desk_route(
    "hand_over",
    "POST",
    "handover",
    summary="Hand the duty desk over",
    body=HandOver,
    answers={200: HandOvers},
    refusals=(*READ_REFUSALS, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY_PARAMETER,),
)
def hand_over(request: Request) -> Response:
    """Leave a text for the next shift; the number of open cases at this moment is kept with it.

    A request that is repeated at once, under its key, leaves one text.
    """
    member = require_caller(request, StaffCall.HANDOVER)
    key = idempotency_digest(request)
    handover, table, at = (
        request.parse_body(HandOver),
        deployment.desk_case_table(),
        deployment.now(),
    )
    last = handover_table.list_latest_handovers(table.name, member.realm, MAX_HANDOVERS_SHOWN)
    for each in last:
        if (each.key, each.by) == (key, member.subject):
            if each.text != handover.text:
                raise KeyConflict
            return _shown(last)
    counts = {
        kind.value: len(those) for kind, those in lists.latest_duty_lines(table, member).items()
    }
    left = StoredHandOver(format_timestamp(at), member.subject, handover.text, counts, key)
    handover_table.put_handover(table.name, member.realm, left)
    return _shown([left, *last][:MAX_HANDOVERS_SHOWN])


def _shown(handovers: Iterable[StoredHandOver]) -> Response:
    each = [
        HandedOver(
            at=one.at,
            by=one.by,
            text=one.text,
            open={Duty(kind): n for kind, n in one.open.items()},
        )
        for one in handovers
    ]
    names = names_by_subject(
        deployment.desk_case_table(), {one.by for one in each}, deployment.now()
    )
    return Response(200, HandOvers(left=tuple(each), people=names))
