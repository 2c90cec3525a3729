"""GET and POST /v1/desk/handover: what one shift of the duty desk leaves for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from casework.aws.http.http import IDEMPOTENCY_KEY, Answer, Request
from casework.aws.table import handover_table
from casework.aws.table.handover_table import StoredHandOver
from casework.case.parts import Duty
from casework.case.times import stamp
from casework.decisions.permissions import Call
from casework.errors import (
    KeyConflict,
    KeyMissing,
)
from casework.text.writing import says_something
from functions.desk import deployment
from functions.desk.entry.access import caller, key_of
from functions.desk.entry.calls import READING, listing, route
from functions.desk.shown import lists
from functions.desk.shown.people import names_of

SHOWN: Final = 3
LONGEST: Final = 1_000


class HandOver(BaseModel):
    """The body of `POST /v1/desk/handover`: words to the next shift."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=LONGEST),
        AfterValidator(says_something),
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


@listing(
    "read_handovers",
    "handover",
    summary="What the last shifts left",
    answer=HandOvers,
    lines=lambda page: len(page.left),
)
def read_handovers(request: Request) -> Answer:
    """The last three texts that shifts of the duty desk left for the next ones."""
    member = caller(request, Call.DUTY)
    return _shown(handover_table.latest(deployment.table().name, member.realm, SHOWN))


@route(
    "hand_over",
    "POST",
    "handover",
    summary="Hand the duty desk over",
    body=HandOver,
    answers={200: HandOvers},
    refusals=(*READING, KeyConflict, KeyMissing),
    parameters=(IDEMPOTENCY_KEY,),
)
def hand_over(request: Request) -> Answer:
    """Leave a text for the next shift; the number of open cases at this moment is kept with it.

    A request that is repeated at once, under its key, leaves one text.
    """
    member = caller(request, Call.HANDOVER)
    key = key_of(request)
    said, table, at = request.read(HandOver), deployment.table(), deployment.now()
    last = handover_table.latest(table.name, member.realm, SHOWN)
    for each in last:
        if (each.key, each.by) == (key, member.subject):
            if each.text != said.text:
                raise KeyConflict
            return _shown(last)
    counts = {kind.value: len(those) for kind, those in lists.on_duty(table, member).items()}
    left = StoredHandOver(stamp(at), member.subject, said.text, counts, key)
    handover_table.leave(table.name, member.realm, left)
    return _shown([left, *last][:SHOWN])


def _shown(left: Iterable[StoredHandOver]) -> Answer:
    each = [
        HandedOver(
            at=one.at,
            by=one.by,
            text=one.text,
            open={Duty(kind): n for kind, n in one.open.items()},
        )
        for one in left
    ]
    names = names_of(deployment.table(), {one.by for one in each}, deployment.now())
    return Answer(200, HandOvers(left=tuple(each), people=names))
