"""The list of a prosecutor's office: its cases with units, those that await authorisation first.

No index knows the office of a case, which follows from the pack as it is now. The lists of the
units that work for its court are read, and the cases of other offices left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from casework.aws.http import cursors
from casework.aws.table.case_table import CaseTable
from casework.aws.table.desk_keys import HELD_BY
from casework.case.case import Case
from casework.case.lifecycle import Status
from casework.case.referral import Seat
from casework.decisions.permissions import holder
from casework.decisions.staff import StaffMember
from casework.pack.competence_view import offices_of
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.offices import units_of
from casework.views.desk import CaseLine, QueuePage
from functions.desk.shown.people import names_of, subjects_in

LIST: Final = "office"
AT_ONCE: Final = 100
"""Cases of one read of the table."""
MOST_READ: Final = 1_000
"""Cases of units that one list looks at; `left_out` says where there are more."""
PLACE: Final = re.compile("[0-9]{1,4}")
LAST: Final = "~"
"""Sorts after every time."""


def office_page(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> QueuePage:
    """The cases of the member's office, from the cursor on; raises NotValid for a foreign cursor.

    Those that await its authorisation come first, then by the nearest deadline of the office, then
    the most urgent.
    """
    begins = int(cursors.read(cursor, (LIST,), PLACE)[1]) if cursor is not None else 0
    found, read = list[Case](), 0
    seat = member.seat
    for case in _of_units(table, pack, member, seat) if seat else ():
        if read == MOST_READ:
            read += 1
            break
        read += 1
        if holder(case) is not None and seat in offices_of(pack, case):
            found.append(case)
    found.sort(key=_in_order)
    ends = begins + limit
    shown = found[begins:ends]
    return QueuePage(
        cases=tuple(CaseLine.of(case, now, pack.facts.zone) for case in shown),
        people=names_of(table, subjects_in(shown), now),
        cursor=cursors.write(LIST, str(ends)) if ends < len(found) else None,
        left_out=read > MOST_READ,
    )


def _of_units(
    table: CaseTable, pack: Jurisdiction, member: StaffMember, seat: Seat
) -> Iterator[Case]:
    """The cases that stand with the units of an office: those that they hold, then those that wait
    for their answer."""
    units = units_of(pack, seat)
    for name in (*(f"{HELD_BY}{unit}" for unit in units), *units):
        queue, after, begins = member.reads(name), None, True
        while begins or after is not None:
            page = table.queue(queue, AT_ONCE, after)
            # The index may lag behind: a case that is no longer in the queue is left out.
            yield from (case for case in table.cases(page.ids) if case.desk == queue)
            begins, after = False, page.after


def _in_order(case: Case) -> tuple[bool, str, int, str]:
    awaited = case.authorisation or case.instruction
    return (
        case.status is not Status.AWAITING_AUTHORISATION,
        (awaited.due or awaited.since) if awaited else LAST,
        case.priority.rank,
        case.opened_at,
    )
