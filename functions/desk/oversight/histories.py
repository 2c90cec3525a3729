"""The history of a case, for auditors: every entry with its place in the chain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, JsonValue

from casework.aws.http import cursors
from casework.aws.http.api import Request, Response
from casework.aws.http.parameters import CURSOR_PARAMETER
from casework.aws.http.path_params import case_id_from_path
from casework.aws.services.response_sizes import take_while_fits
from casework.aws.table import audit_log, file_marks, keys, particulars
from casework.aws.table.case_table import CaseTable
from casework.case.history import TOLD_IN_FIELD, CaseEvent, UnreadableEntry, find_first_break
from casework.case.lifecycle import moves_where
from casework.case.rule_types import EntrySubject
from casework.decisions.base import FREE_WORDS_FIELD
from casework.decisions.file_access import ALONE_REASON_FIELD, FILE
from casework.decisions.permissions import StaffCall, require_permission
from casework.errors import CaseNotFound, NotValid
from casework.text import case_number as spoken
from functions.desk import deployment
from functions.desk.shared.access import require_caller
from functions.desk.shared.routing import READ_REFUSALS, desk_route


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
    def from_event(cls, event: CaseEvent) -> ChainedEvent:
        """The event as it is chained."""
        return cls(**event.model_dump())

    @classmethod
    def from_entries(
        cls, entries: Iterable[CaseEvent | UnreadableEntry]
    ) -> tuple[ChainedEvent, ...]:
        """All that can be read."""
        return tuple(cls.from_event(entry) for entry in entries if isinstance(entry, CaseEvent))


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


HISTORY_PAGE_BUDGETS_BYTES: Final = (2_000_000, 1_500_000, 1_000_000)
"""Bytes of events, log and marks on a page; one of each is always shown."""
ROOM_OF_FILES: Final = 700_000
"""Bytes of what a page tells of files beside its entries."""
FILE_HISTORY_MOVES: Final = moves_where(lambda law: law.about is EntrySubject.FILE)
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


@desk_route(
    "read_history",
    "GET",
    "history/{id}",
    summary="The history of a case, for auditors",
    answers={200: History},
    refusals=(*READ_REFUSALS, CaseNotFound, NotValid),
    parameters=(CURSOR_PARAMETER,),
)
def read_history(request: Request) -> Response:
    """Every event with its hashes, the log of views, refusals and joins, and if the chains hold.

    The case is named by its id, or by the number that people say (`4183-0526-7`). Reading it is
    itself recorded and counted, by reader and day.
    """
    member = require_caller(request, StaffCall.HISTORY)
    table, at = deployment.desk_case_table(), deployment.now()
    case = table.get_case(_named_in(request, table))
    require_permission(member, StaffCall.HISTORY, case)
    name, cursor = f"history {case.id}", request.query.get("cursor")
    places = (
        cursors.decode_cursor(cursor, (name,), _PLACES)[1].split(".") if cursor else ("0", "0", "0")
    )
    if not cursor:
        audit_log.count_reading(table.name, case.id, at, member.subject)
    else:
        audit_log.record_access(table.name, case.id, at, audit_log.VIEW_MARK, member.subject)
    events, entries = (
        list(table.entries(case.id)),
        list(audit_log.read_day_entries(table.name, case.id)),
    )
    ends = _end(events)
    lists: tuple[Sequence[BaseModel], ...] = (
        ChainedEvent.from_entries(events),
        ChainedEvent.from_entries(entries),
        tuple(map(_mark, audit_log.read_marks(table.name, case.id))),
    )
    begins = [*map(int, places)]
    some = [
        take_while_fits(each[begin:], room)
        for each, begin, room in zip(lists, begins, HISTORY_PAGE_BUDGETS_BYTES, strict=True)
    ]
    files, upto = _files(table.name, case.id, some[0])
    shown = [
        some[0][:upto],
        some[1],
        take_while_fits(_with_names(table.name, some[2]), HISTORY_PAGE_BUDGETS_BYTES[2]),
    ]
    named: dict[str, Any] = dict(zip(("events", "log", "marks"), shown, strict=True))
    ended = [begin + len(each) for begin, each in zip(begins, shown, strict=True)]
    more = any(end < len(each) for end, each in zip(ended, lists, strict=True))
    return Response(
        200,
        History(
            id=case.id,
            case_number=case.number or None,
            **named,
            files=files,
            cursor=cursors.encode_cursor(name, ".".join(map(str, ended))) if more else None,
            broken=find_first_break(events),
            log_broken=find_first_break(entries),
            truncated=ends[0] < case.events or (ends[0] == case.events and ends[1] != case.head),
        ),
    )


def _named_in(request: Request, table: CaseTable) -> str:
    """The id of the case in the address; raises CaseNotFound."""
    try:
        number = spoken.parse_case_number(request.path_params["id"])
    except spoken.NotASpokenNumber:
        return case_id_from_path(request)
    if (case_id := table.find_by_number(number)) is None:
        raise CaseNotFound("There is no such case.")
    return case_id


def _end(events: Sequence[CaseEvent | UnreadableEntry]) -> tuple[int, str]:
    """Number and hash of the last entry; one that cannot be read is counted by its place."""
    if not events:
        return 0, ""
    last = events[-1]
    return last.number if isinstance(last, CaseEvent) else len(events), last.hash


def _files(
    table: str, case_id: str, events: Sequence[BaseModel]
) -> tuple[tuple[OfAFile, ...], int]:
    """What these entries tell of files, as far as a page has room; and how many of the entries it
    shows then."""
    those = [
        (place, event)
        for place, event in enumerate(events)
        if isinstance(event, ChainedEvent) and event.move in FILE_HISTORY_MOVES
    ]
    if not those:
        return (), len(events)
    about, files = particulars.read_case_particulars(table, case_id), list[OfAFile]()
    at = [
        (str(event.data.get(TOLD_IN_FIELD)), int(str(event.data.get(FILE)))) for _, event in those
    ]
    names = file_marks.read_file_names(table, at)
    for (_, event), file in zip(those, at, strict=True):
        words = about.get(event.number, {}).get(FREE_WORDS_FIELD)
        alone = event.data.get(ALONE_REASON_FIELD)
        files.append(
            OfAFile(
                number=event.number,
                report=file[0],
                n=file[1],
                name=names.get(file),
                words=words,
                alone=str(alone) if alone else None,
            )
        )
    shown = take_while_fits(files, ROOM_OF_FILES)
    return shown, those[len(shown)][0] if len(shown) < len(those) else len(events)


def _with_names(table: str, marks: Sequence[BaseModel]) -> list[Mark]:
    """The marks, those of files with the names of these."""
    those = [each for each in marks if isinstance(each, Mark)]
    files = ((each.report, each.n) for each in those)
    names = file_marks.read_file_names(table, ((of, n) for of, n in files if of and n is not None))
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
    (_, _, kind, _), readings = keys.mark_key.of(item), item.get(audit_log.READING_COUNT_FIELD)
    told: dict[str, Any] = {"readings": int(readings) if readings is not None else None}
    if (file := file_marks.file_from_mark_sort(item)) is not None:
        told |= {"report": file[0], "n": file[1]}
    else:
        told |= {name: str(item[name]) for name in ("call", "about") if item.get(name)}
    return Mark(kind=kind, **said, **told)
