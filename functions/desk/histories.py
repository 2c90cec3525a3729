"""The history of a case, for auditors: every entry with its place in the chain."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue

from casework.aws import log
from casework.aws.access import case_id_of
from casework.aws.http import Answer, Api, Request
from casework.errors import CaseNotFound
from casework.history import Event, first_broken
from casework.staff import Call, permit
from functions.desk import deployment
from functions.desk.access import caller
from functions.desk.calls import READING


class ChainedEvent(BaseModel):
    """One entry: what happened, when, by whom, and the hash it is chained by."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    move: str
    at: str
    by: str
    data: dict[str, JsonValue]
    previous: str
    hash: str

    @classmethod
    def of(cls, event: Event) -> ChainedEvent:
        """The event as it is chained."""
        return cls(**event.model_dump())


class Mark(BaseModel):
    """Something that happened around the case and decided nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """`view`, `refused` or `notice`."""
    at: str
    by: str
    call: str | None = None
    """The operation that was refused; left out for what is no refusal."""


class History(BaseModel):
    """All that is recorded of a case, without what anybody reported."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    events: tuple[ChainedEvent, ...]
    log: tuple[ChainedEvent, ...]
    """Days bound in the second chain: who read, what joined."""
    marks: tuple[Mark, ...]
    broken: int | None = None
    """Number of the first event that does not fit the chain; left out when all fit."""
    log_broken: int | None = None
    truncated: bool
    """Whether the chain ends elsewhere than the case says."""


def register(api: Api) -> None:
    """Serve the call of this module."""
    api.operation(
        "GET",
        "/v1/desk/history/{id}",
        summary="The history of a case, for auditors",
        tag="desk",
        answers={200: History},
        refusals=(*READING, CaseNotFound),
        security="staff",
    )(read_history)


def read_history(request: Request) -> Answer:
    """Every event with its hashes, the log of views, refusals and joins, and if the chains hold.

    Reading it is itself recorded, once per reader and day.
    """
    member = caller(request, Call.HISTORY)
    table, at = deployment.table(), deployment.now()
    case = table.case(case_id_of(request))
    permit(member, Call.HISTORY, case)
    log.mark_person(table.name, case.id, at, "view", member.subject)
    events, entries = list(table.events(case.id)), list(log.entries_of(table.name, case.id))
    ends = (events[-1].number, events[-1].hash) if events else (0, "")
    return Answer(
        200,
        History(
            id=case.id,
            events=tuple(map(ChainedEvent.of, events)),
            log=tuple(map(ChainedEvent.of, entries)),
            marks=tuple(map(_mark, log.marks_of(table.name, case.id))),
            broken=first_broken(events),
            log_broken=first_broken(entries),
            truncated=ends[0] < case.events or (ends[0] == case.events and ends[1] != case.head),
        ),
    )


def _mark(item: dict[str, Any]) -> Mark:
    return Mark(kind=item["sk"].split("#")[2], at=item["at"], by=item["by"], call=item.get("call"))
