"""Groups of reports alike, and the sign of a flood."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from casework.aws.table.case_table import CaseTable
from casework.aws.table.group_table import GroupTable
from casework.aws.table.turns import LINES_PER_RANK, TurnPage
from casework.case.times import format_timestamp
from casework.views.groups import FloodView, GroupView

MAX_GROUP_MEMBERS_COUNTED: Final = 1_000
"""Reports of a group that are counted."""
FLOOD_CASES: Final = 40
"""Cases of danger within `FLOOD_TIME` from which it is a flood: the pilot expects eighty reports of
any kind in a day."""
FLOOD_TIME: Final = timedelta(hours=1)


def group_views_by_line(table: CaseTable, groups: Mapping[str, str]) -> dict[str, GroupView]:
    """What is shown of the groups of some lines, by line."""
    kept = GroupTable(table.name)
    counts = {
        group: kept.how_many(group, MAX_GROUP_MEMBERS_COUNTED)
        for group in sorted({*groups.values()})
    }
    return {
        line: GroupView(id=group, count=counts[group], most=MAX_GROUP_MEMBERS_COUNTED)
        for line, group in groups.items()
    }


def flood_view(page: TurnPage, now: datetime) -> FloodView | None:
    """Whether the cases of danger on the first page of their list are a flood."""
    since = format_timestamp(now - FLOOD_TIME)
    late = [each for each in page.lines if each.list_place.opened_at >= since]
    cases = sum(1 + len(each.others) for each in late)
    if cases < FLOOD_CASES:
        return None
    return FloodView(cases=min(cases, LINES_PER_RANK), lines=len(late), most=LINES_PER_RANK)
