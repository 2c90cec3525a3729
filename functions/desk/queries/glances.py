"""The list of new reports that no person has looked at, and their numbers."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Any, Final

from casework.aws.http import cursors
from casework.aws.table import desk_keys, glance_queue
from casework.aws.table.case_table import CaseTable
from casework.aws.table.glance_queue import GLANCE_BATCH_SIZE
from casework.aws.table.group_table import GroupTable
from casework.aws.table.item_mapping import StoredReport
from casework.aws.table.report_parsing import parse_facts, read_narrative
from casework.case.danger import DangerKind
from casework.case.first_glance import OwedGlance
from casework.case.times import format_timestamp
from casework.decisions.staff import StaffMember
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import read_procedure
from casework.report.report import ReporterRole
from casework.text.compression import readable_part
from casework.views.duty_desk_view import Glances
from casework.views.glance import GlancePage, GlanceView
from casework.views.groups import GroupView
from functions.desk.queries.groups import group_views_by_line

DEFAULT_GLANCES: Final = 5
"""Reports of a page: the one in front of a person, and the next ones."""
MAX_GLANCES_COUNTED: Final = 100
"""Reports that are counted, where the count alone is asked for."""

_STAMP: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
GLANCE_CURSOR_PATTERN: Final = re.compile(
    rf"[0-9]#(?:~[0-9]{{4}}#)?{_STAMP}#[0-9A-Z-]{{1,40}}(?:#[0-9A-Z-]{{1,40}})?"
)
MAX_GROUP_REPORTS_SHOWN: Final = 3
"""Reports of a group that are looked at for one that the reader may glance at."""


def count_glances(
    table: CaseTable, member: StaffMember, pack: Jurisdiction, now: datetime
) -> Glances:
    """The new reports of the member's realm that no person has looked at, in numbers; reads keys
    alone."""
    announced = DangerKind.ANNOUNCED.rank

    def before(rank: int) -> str:
        return format_timestamp(now - _time(pack, announced=rank == announced))

    found = glance_queue.count_owed_glances(table.name, member.realm, before, MAX_GLANCES_COUNTED)
    return Glances(
        waiting=found.waiting,
        overdue=found.overdue,
        oldest_at=found.oldest_at,
        most=MAX_GLANCES_COUNTED,
    )


def glance_page(
    table: CaseTable,
    member: StaffMember,
    pack: Jurisdiction,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> GlancePage:
    """New reports that a member may glance at, from the cursor on: without those that the member
    could not tell. Raises NotValid for a foreign cursor."""
    after = (
        None
        if cursor is None
        else cursors.decode_cursor(cursor, [desk_keys.GLANCE_QUEUE], GLANCE_CURSOR_PATTERN)[1]
    )
    found = glance_queue.list_glance_page(table.name, member.realm, limit, after)
    wanted = [
        each
        for line in found.lines
        for each in (line.list_place.id, *line.others)[:MAX_GROUP_REPORTS_SHOWN]
    ]
    open_to = {
        each.reference: (each, each.unseen)
        for at in range(0, len(wanted), GLANCE_BATCH_SIZE)
        for each in table.reports.get_reports(wanted[at : at + GLANCE_BATCH_SIZE])
        if each.unseen is not None and each.unseen.unsure != member.subject
    }
    groups = group_views_by_line(
        table, {each.place: each.list_place.group for each in found.lines if each.others}
    )
    shown = [
        _view(*open_to[named], pack, now).model_copy(
            update=_alike(table, open_to[named][1], groups.get(line.place))
        )
        for line in found.lines
        for named in [each for each in (line.list_place.id, *line.others) if each in open_to][:1]
    ]
    further = (
        cursors.encode_cursor(desk_keys.GLANCE_QUEUE, found.after)
        if found.after is not None
        else None
    )
    return GlancePage(reports=tuple(shown), cursor=further)


def _alike(table: CaseTable, owed: OwedGlance, group: GroupView | None) -> dict[str, Any]:
    """What is said of the group for which a report stands in the list."""
    if group is None:
        return {}
    copies = GroupTable(table.name).how_many(group.id, group.most, owed.stands.same)
    return {"group": group, "copies": max(1, copies)}


def _view(report: StoredReport, found: OwedGlance, pack: Jurisdiction, now: datetime) -> GlanceView:
    facts, narrative = parse_facts(report), read_narrative(report)
    announced = found.danger_kind is DangerKind.ANNOUNCED
    due = datetime.fromisoformat(report.accepted_at) + _time(pack, announced=announced)
    hard = read_procedure(pack.folder).second_look.categories
    return GlanceView(
        reference=report.reference,
        case=report.case_id or report.own_case_id,
        accepted_at=report.accepted_at,
        due=format_timestamp(due),
        seconds_left=max(0, math.ceil((due - now).total_seconds())),
        language=report.language,
        role=(facts.role if facts else ReporterRole.WITNESS).value,
        severe=not hard.isdisjoint({found.category, *found.told}),
        facts=facts,
        files=report.file_count,
        narrative=readable_part(report.narrative) if narrative is None else narrative,
        unreadable=report.unreadable or narrative is None,
        second=found.unsure is not None,
        danger=found.danger_kind,
        **found.model_dump(exclude={"unsure", "danger", "stands"}),
    )


def _time(pack: Jurisdiction, *, announced: bool) -> timedelta:
    """Within which time a person glances at a new report: at one that announces an attack,
    sooner."""
    rules = read_procedure(pack.folder)
    return timedelta(minutes=rules.announced_glance_minutes if announced else rules.glance_minutes)
