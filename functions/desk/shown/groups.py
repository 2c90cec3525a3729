"""Groups of reports alike, and the sign of a flood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.aws.table.group_table import GroupTable
from casework.aws.table.turns import READ, Turns
from casework.case.times import stamp
from casework.views.groups import FloodView, GroupView

COUNTED: Final = 1_000
"""Reports of a group that are counted."""
FLOOD: Final = 40
"""Cases of danger within `WITHIN` from which it is a flood: the pilot expects eighty reports of any
kind in a day."""
WITHIN: Final = timedelta(hours=1)


def groups_in(table: CaseTable, groups: Mapping[str, str]) -> dict[str, GroupView]:
    """What is shown of the groups of some lines, by line."""
    kept = GroupTable(table.name)
    counts = {group: kept.how_many(group, COUNTED) for group in sorted({*groups.values()})}
    return {
        line: GroupView(id=group, count=counts[group], most=COUNTED)
        for line, group in groups.items()
    }


def flood_in(page: Turns, now: datetime) -> FloodView | None:
    """Whether the cases of danger on the first page of their list are a flood."""
    since = stamp(now - WITHIN)
    late = [each for each in page.lines if each.told.opened_at >= since]
    cases = sum(1 + len(each.others) for each in late)
    if cases < FLOOD:
        return None
    return FloodView(cases=min(cases, READ), lines=len(late), most=READ)
