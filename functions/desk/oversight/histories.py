"""The history of a case, for auditors: every entry with its place in the chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, JsonValue

from casework.aws.http import cursors
from casework.aws.http.http import CURSOR, Answer, Request
from casework.aws.http.target import case_id_of
from casework.aws.services.sizes import fitting
from casework.aws.table import log
from casework.aws.table.case_table import CaseTable
from casework.case.history import Event, Unreadable, first_broken
from casework.decisions.permissions import Call, permit
from casework.errors import CaseNotFound, NotValid
from casework.text import spoken
from functions.desk import deployment
from functions.desk.entry.access import caller
from functions.desk.entry.calls import READING, route


class ChainedEvent(BaseModel):
    """One entry: the move, its time and author, and the hash of its chain."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    number: int
    move: str
    at: str
    by: str
    data: dict[str, JsonValue]
    changed: dict[str, JsonValue]
    """The fields of the case that it changed, with their new values; null for one that is empty
    again. Laid one over the other they are the case."""
    previous: str
    hash: str

    @classmethod
    def of(cls, event: Event) -> ChainedEvent:
        """The event as it is chained."""
        return cls(**event.model_dump())

    @classmethod
    def those_of(cls, entries: Iterable[Event | Unreadable]) -> tuple[ChainedEvent, ...]:
        """All that can be read."""
        return tuple(cls.of(entry) for entry in entries if isinstance(entry, Event))


class Mark(BaseModel):
    """An event around the case without a decision."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    kind: str
    """`view`, `refused`, `notice`, `file`; `addition` for one that has no entry of its own, because
    very many came; `motive_read` where a person read why somebody asked for an identity or opened
    a number."""
    at: str
    by: str
    call: str | None = None
    """The operation that was refused; only for refusals."""
    readings: int | None = None
    """How often the person opened the page of the case on the day; left out where they were shown
    a part of it in a list alone."""
    about: str | None = None
    """Whose motive was read: `identity#` and the number of the request, or `number#` and the entry
    of the opening."""


ROOMS: Final = (2_500_000, 1_500_000, 1_000_000)
"""Bytes of events, log and marks on a page; one of each is always shown."""
_PLACES: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,7}){2}")


class History(BaseModel):
    """The whole record of a case, without the words of reports, page by page.

    Every page tells whether the chains of all entries verify.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: str
    case_number: str | None = None
    """The number that people say over a telephone."""
    events: tuple[ChainedEvent, ...]
    log: tuple[ChainedEvent, ...]
    """Days bound in the second chain: views and joined reports."""
    marks: tuple[Mark, ...]
    broken: int | None = None
    """Number of the first event that does not fit the chain, or cannot be read and is not shown;
    left out when all fit."""
    log_broken: int | None = None
    truncated: bool
    """Whether the chain ends elsewhere than the case says."""
    cursor: str | None = None
    """Of the next page, which goes on with all three lists; left out on the last."""


@route(
    "GET",
    "history/{id}",
    summary="The history of a case, for auditors",
    answers={200: History},
    refusals=(*READING, CaseNotFound, NotValid),
    parameters=(CURSOR,),
)
def read_history(request: Request) -> Answer:
    """Every event with its hashes, the log of views, refusals and joins, and if the chains hold.

    The case is named by its id, or by the number that people say (`4183-0526-7`). Reading it is
    itself recorded and counted, by reader and day.
    """
    member = caller(request, Call.HISTORY)
    table, at = deployment.table(), deployment.now()
    case = table.case(_named_in(request, table))
    permit(member, Call.HISTORY, case)
    name, cursor = f"history {case.id}", request.query.get("cursor")
    places = cursors.read(cursor, (name,), _PLACES)[1].split(".") if cursor else ("0", "0", "0")
    if not cursor:
        log.count_reading(table.name, case.id, at, member.subject)
    else:
        log.mark_person(table.name, case.id, at, log.VIEW, member.subject)
    events, entries = list(table.entries(case.id)), list(log.entries_of(table.name, case.id))
    ends = _end(events)
    lists: tuple[Sequence[BaseModel], ...] = (
        ChainedEvent.those_of(events),
        ChainedEvent.those_of(entries),
        tuple(map(_mark, log.marks_of(table.name, case.id))),
    )
    begins = [*map(int, places)]
    shown = [
        fitting(each[begin:], room) for each, begin, room in zip(lists, begins, ROOMS, strict=True)
    ]
    named: dict[str, Any] = dict(zip(("events", "log", "marks"), shown, strict=True))
    ended = [begin + len(each) for begin, each in zip(begins, shown, strict=True)]
    more = any(end < len(each) for end, each in zip(ended, lists, strict=True))
    return Answer(
        200,
        History(
            id=case.id,
            case_number=case.number or None,
            **named,
            cursor=cursors.write(name, ".".join(map(str, ended))) if more else None,
            broken=first_broken(events),
            log_broken=first_broken(entries),
            truncated=ends[0] < case.events or (ends[0] == case.events and ends[1] != case.head),
        ),
    )


def _named_in(request: Request, table: CaseTable) -> str:
    """The id of the case in the address; raises CaseNotFound."""
    try:
        number = spoken.parse(request.path_params["id"])
    except spoken.NotASpokenNumber:
        return case_id_of(request)
    if (case_id := table.numbered(number)) is None:
        raise CaseNotFound("There is no such case.")
    return case_id


def _end(events: Sequence[Event | Unreadable]) -> tuple[int, str]:
    """Number and hash of the last entry; one that cannot be read is counted by its place."""
    if not events:
        return 0, ""
    last = events[-1]
    return last.number if isinstance(last, Event) else len(events), last.hash


def _mark(item: dict[str, Any]) -> Mark:
    """The stored values; a value that was removed by hand stays empty, and the nightly verification
    finds it."""
    said = {name: str(item.get(name, "")) for name in ("at", "by")}
    told = {name: str(item[name]) for name in ("call", "about") if item.get(name)}
    readings = item.get(log.READINGS)
    return Mark(
        kind=item["sk"].split("#")[2],
        **said,
        **told,
        readings=int(readings) if readings is not None else None,
    )
