"""The list of a prosecutor's office: its cases with units, those that await authorisation first.

No index knows the office of a case, which follows from the pack as it is now. The lists of the
units that work for its court are read, and the cases of other offices left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from casework.aws.http import cursors
from casework.aws.table.case_table import CaseTable
from casework.aws.table.desk_keys import HELD_QUEUE_PREFIX
from casework.case.case import Case
from casework.case.referral import OfficeSeat
from casework.decisions.permissions import responsible_unit
from casework.decisions.staff import StaffMember
from casework.pack.competence_view import competent_offices
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.offices import units_at_office
from casework.views.lists import QueuePage
from functions.desk.queries.case_lines import CaseLines
from functions.desk.queries.people import named_subjects, names_by_subject

OFFICE_CURSOR_LIST: Final = "office"
OFFICE_CASES_PER_BATCH: Final = 100
"""Cases of one read of the table."""
MAX_OFFICE_CASES_READ: Final = 1_000
"""Cases of units that one list looks at; `left_out` says where there are more."""
OFFICE_CURSOR_PATTERN: Final = re.compile("[0-9]{1,4}")
AFTER_EVERY_TIME_SORT: Final = "~"
"""Sorts after every time."""


def office_page(lines: CaseLines, limit: int, cursor: str | None) -> QueuePage:
    """The cases of the member's office, from the cursor on; raises NotValid for a foreign cursor.

    Those that await its authorisation come first, then by the nearest deadline of the office, then
    the most urgent.
    """
    table, pack, member = lines.table, lines.pack, lines.member
    begins = (
        int(cursors.decode_cursor(cursor, (OFFICE_CURSOR_LIST,), OFFICE_CURSOR_PATTERN)[1])
        if cursor is not None
        else 0
    )
    found, read = list[Case](), 0
    seat = member.seat
    for case in _of_units(table, pack, member, seat) if seat else ():
        if read == MAX_OFFICE_CASES_READ:
            read += 1
            break
        read += 1
        if responsible_unit(case) is not None and seat in competent_offices(pack, case):
            found.append(case)
    found.sort(key=_in_order)
    ends = begins + limit
    shown = found[begins:ends]
    return QueuePage(
        cases=lines.lines(shown),
        people=names_by_subject(table, named_subjects(shown), lines.now),
        cursor=cursors.encode_cursor(OFFICE_CURSOR_LIST, str(ends)) if ends < len(found) else None,
        left_out=read > MAX_OFFICE_CASES_READ,
    )


def _of_units(
    table: CaseTable, pack: Jurisdiction, member: StaffMember, seat: OfficeSeat
) -> Iterator[Case]:
    """The cases that stand with the units of an office: those that they hold, then those that wait
    for their answer."""
    units = units_at_office(pack, seat)
    for name in (*(f"{HELD_QUEUE_PREFIX}{unit}" for unit in units), *units):
        queue, after, begins = member.own_list_name(name), None, True
        while begins or after is not None:
            page = table.queue(queue, OFFICE_CASES_PER_BATCH, after)
            # The index may lag behind: a case that is no longer in the queue is left out.
            yield from (case for case in table.get_cases(page.ids) if case.desk == queue)
            begins, after = False, page.after


def _in_order(case: Case) -> tuple[bool, str, int, str]:
    awaited = case.authorisation or case.instruction
    return (
        not case.status.rule.awaits_authorisation,
        (awaited.due or awaited.since) if awaited else AFTER_EVERY_TIME_SORT,
        case.priority.rank,
        case.opened_at,
    )
