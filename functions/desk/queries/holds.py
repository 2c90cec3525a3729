"""What people work on alone now, the oldest hold first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from casework.aws.http import cursors
from casework.aws.table import hold_table
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.decisions.staff import StaffMember
from casework.views.lists import QueuePage
from functions.desk.queries.case_lines import CaseLines
from functions.desk.queries.people import named_subjects, names_by_subject

HELD_CASE_BATCH_SIZE: Final = 50
"""Cases that are read together."""
HOLD_CURSOR_LIST: Final = "holds"
HOLD_CURSOR_PATTERN: Final = re.compile(r"[0-9TZ:.-]{24}#C-(?:[0-9A-Z]{4}-){4}[0-9A-Z]")


def hold_page(
    lines: CaseLines,
    limit: int,
    cursor: str | None,
    *,
    by: str | None = None,
) -> QueuePage:
    """Cases of the member's realm that a person works on alone, or `by` does, from the cursor on;
    raises NotValid for a foreign cursor."""
    after = (
        None
        if cursor is None
        else cursors.decode_cursor(cursor, [HOLD_CURSOR_LIST], HOLD_CURSOR_PATTERN)[1]
    )
    cases: list[Case] = []
    place = ""
    for found, case in iter_holds(lines.table, lines.member, lines.now, after, by=by):
        if len(cases) == limit:
            return _page(lines, cases, cursors.encode_cursor(HOLD_CURSOR_LIST, place))
        cases.append(case)
        place = found
    return _page(lines, cases, None)


def iter_holds(
    table: CaseTable,
    member: StaffMember,
    now: datetime,
    after: str | None = None,
    *,
    by: str | None = None,
) -> Iterator[tuple[str, Case]]:
    """The same, each with its place in the list, read as far as asked for."""
    lines = (
        line
        for line in hold_table.list_holds(table.name, member.realm, now, after)
        if by is None or line.by == by
    )
    while some := list(islice(lines, HELD_CASE_BATCH_SIZE)):
        cases = {case.id: case for case in table.get_cases([line.case_id for line in some])}
        for line in some:
            case = cases.get(line.case_id)
            hold = case.active_hold(now) if case else None
            if case and hold and (hold.since, hold.by) == (line.since, line.by):
                yield line.place, case


def _page(lines: CaseLines, cases: list[Case], cursor: str | None) -> QueuePage:
    return QueuePage(
        cases=lines.lines(cases),
        people=names_by_subject(lines.table, named_subjects(cases), lines.now),
        cursor=cursor,
    )
