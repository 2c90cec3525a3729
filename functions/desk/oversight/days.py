"""GET /v1/desk/decisions: what people decided on a day, for who checks the acts of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Final

from pydantic import BaseModel, ConfigDict

from casework.aws.http.http import Answer, Parameter, Request
from casework.aws.table import decided_table
from casework.decisions.staff import Call
from casework.errors import Finding, NotValid
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import READING, listing
from functions.desk.shown.people import names_of

MOST: Final = 1_000
"""Decisions of one answer: far more than a country takes on a day."""
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
    """What people decided on a day, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    day: str
    decisions: tuple[DecidedThen, ...]
    people: Mapping[str, str]
    """Their names, by subject."""
    more: bool
    """There are more than an answer shows."""


@listing(
    "decisions",
    summary="What was decided on a day, for auditors",
    answer=DecidedOn,
    refusals=(*READING, NotValid),
    parameters=(DAY,),
)
def read_decisions_of_a_day(request: Request) -> Answer:
    """Each decision of a day within the last month, with its author; `history` has its entry."""
    member, at = caller(request, Call.HISTORY), deployment.now()
    day = _day(request.query.get("day", ""))
    table = deployment.table()
    found = list(islice(decided_table.of_day(table.name, member.realm, day), MOST + 1))
    shown = found[:MOST]
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
            more=len(found) > len(shown),
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
