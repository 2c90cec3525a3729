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
from casework.aws.table import file_marks, keys, log, particulars
from casework.aws.table.case_table import CaseTable
from casework.case.columns import About
from casework.case.history import TOLD_IN, Event, Unreadable, first_broken
from casework.case.lifecycle import moves_that
from casework.decisions.decision import WORDS
from casework.decisions.files import ALONE, FILE
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
    report: str | None = None
    """Of a mark of a file: reference of the report that it belongs to."""
    n: int | None = None
    """The same: its number in the report."""
    name: str | None = None
    """The same: as its sender named it, which is text; left out once it was erased."""


class OfAFile(BaseModel):
    """What an entry tells of a file: which one it is, and why a person wanted it, or let another
    one have it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    number: int
    """Of the entry."""
    report: str
    """Reference of the report that the file belongs to."""
    n: int
    """Its number in the report."""
    name: str | None = None
    """As its sender named it: text. Left out once the report was erased."""
    words: str | None = None
    """Why, in the words of the person; left out likewise."""
    alone: str | None = None
    """Of an opening by one person where two open files: why nobody waited, as `danger`."""


ROOMS: Final = (2_000_000, 1_500_000, 1_000_000)
"""Bytes of events, log and marks on a page; one of each is always shown."""
ROOM_OF_FILES: Final = 700_000
"""Bytes of what a page tells of files beside its entries."""
OF_FILES: Final = moves_that(lambda law: law.about is About.FILE)
"""The entries that name a file."""
_PLACES: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,7}){2}")


class History(BaseModel):
    """The whole record of a case, page by page, without the words of reports. Names of files are
    told, and why people opened them.

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
    files: tuple[OfAFile, ...] = ()
    """Which files the entries of this page tell of, and why somebody opened them."""
    broken: int | None = None
    """Number of the first event that does not fit the chain, or cannot be read and is not shown;
    left out when all fit."""
    log_broken: int | None = None
    truncated: bool
    """Whether the chain ends elsewhere than the case says."""
    cursor: str | None = None
    """Of the next page, which goes on with all three lists; left out on the last."""


@route(
    "read_history",
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
    some = [
        fitting(each[begin:], room) for each, begin, room in zip(lists, begins, ROOMS, strict=True)
    ]
    files, upto = _files(table.name, case.id, some[0])
    shown = [some[0][:upto], some[1], fitting(_with_names(table.name, some[2]), ROOMS[2])]
    named: dict[str, Any] = dict(zip(("events", "log", "marks"), shown, strict=True))
    ended = [begin + len(each) for begin, each in zip(begins, shown, strict=True)]
    more = any(end < len(each) for end, each in zip(ended, lists, strict=True))
    return Answer(
        200,
        History(
            id=case.id,
            case_number=case.number or None,
            **named,
            files=files,
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


def _files(
    table: str, case_id: str, events: Sequence[BaseModel]
) -> tuple[tuple[OfAFile, ...], int]:
    """What these entries tell of files, as far as a page has room; and how many of the entries it
    shows then."""
    those = [
        (place, event)
        for place, event in enumerate(events)
        if isinstance(event, ChainedEvent) and event.move in OF_FILES
    ]
    if not those:
        return (), len(events)
    about, told = particulars.of(table, case_id), list[OfAFile]()
    at = [(str(event.data.get(TOLD_IN)), int(str(event.data.get(FILE)))) for _, event in those]
    names = file_marks.names_of(table, at)
    for (_, event), file in zip(those, at, strict=True):
        words = about.get(event.number, {}).get(WORDS)
        alone = event.data.get(ALONE)
        told.append(
            OfAFile(
                number=event.number,
                report=file[0],
                n=file[1],
                name=names.get(file),
                words=words,
                alone=str(alone) if alone else None,
            )
        )
    shown = fitting(told, ROOM_OF_FILES)
    return shown, those[len(shown)][0] if len(shown) < len(those) else len(events)


def _with_names(table: str, marks: Sequence[BaseModel]) -> list[Mark]:
    """The marks, those of files with the names of these."""
    those = [each for each in marks if isinstance(each, Mark)]
    files = ((each.report, each.n) for each in those)
    names = file_marks.names_of(table, ((of, n) for of, n in files if of and n is not None))
    return [
        each.model_copy(update={"name": names.get((each.report, each.n))})
        if each.report and each.n is not None
        else each
        for each in those
    ]


def _mark(item: dict[str, Any]) -> Mark:
    """The stored values; a value that was removed by hand stays empty, and the nightly verification
    finds it."""
    said: dict[str, Any] = {name: str(item.get(name, "")) for name in ("at", "by")}
    (_, _, kind, _), readings = keys.mark_key.of(item), item.get(log.READINGS)
    told: dict[str, Any] = {"readings": int(readings) if readings is not None else None}
    if (file := file_marks.file_in(item)) is not None:
        told |= {"report": file[0], "n": file[1]}
    else:
        told |= {name: str(item[name]) for name in ("call", "about") if item.get(name)}
    return Mark(kind=kind, **said, **told)
