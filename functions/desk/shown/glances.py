"""The list of new reports that no person has looked at, and their numbers."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from typing import Final

from casework.aws.http import cursors
from casework.aws.table import desk_keys, glances
from casework.aws.table.case_table import CaseTable
from casework.aws.table.reading import facts_of, words_of
from casework.aws.table.stored import StoredReport
from casework.case.looking import Glance
from casework.case.times import stamp
from casework.decisions.staff import StaffMember
from casework.pack.jurisdiction import Jurisdiction
from casework.pack.procedure import procedure
from casework.report.report import ReporterRole
from casework.text.folding import as_kept
from casework.views.desk import Glances
from casework.views.glance import GlancePage, GlanceView

USUAL: Final = 5
"""Reports of a page: the one in front of a person, and the next ones."""
COUNTED: Final = 100
"""Reports that are counted, where the count alone is asked for."""

_STAMP: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
IN_GLANCES: Final = re.compile(rf"[0-9]#{_STAMP}#[0-9A-Z-]{{1,40}}")


def in_numbers(table: CaseTable, member: StaffMember, pack: Jurisdiction, now: datetime) -> Glances:
    """The new reports of the member's realm that no person has looked at, in numbers; reads keys
    alone."""
    before = stamp(now - _time(pack))
    found = glances.standing(table.name, member.realm, before, COUNTED)
    return Glances(
        waiting=found.waiting,
        overdue=found.overdue,
        oldest_at=found.oldest_at,
        most=COUNTED,
    )


def page(
    table: CaseTable,
    member: StaffMember,
    pack: Jurisdiction,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> GlancePage:
    """New reports that a member may glance at, from the cursor on: without those that the member
    could not tell. Raises NotValid for a foreign cursor."""
    after = None if cursor is None else cursors.read(cursor, [desk_keys.GLANCES], IN_GLANCES)[1]
    found = glances.page(table.name, member.realm, limit, after)
    shown = [
        _view(each, each.unseen, pack, now)
        for each in table.reports.several(found.ids)
        if each.unseen is not None and each.unseen.unsure != member.subject
    ]
    further = cursors.write(desk_keys.GLANCES, found.after) if found.after is not None else None
    return GlancePage(reports=tuple(shown), cursor=further)


def _view(report: StoredReport, found: Glance, pack: Jurisdiction, now: datetime) -> GlanceView:
    facts, narrative = facts_of(report), words_of(report)
    due = datetime.fromisoformat(report.accepted_at) + _time(pack)
    hard = procedure(pack.folder).second_look.categories
    return GlanceView(
        reference=report.reference,
        case=report.case_id or report.own_case,
        accepted_at=report.accepted_at,
        due=stamp(due),
        seconds_left=max(0, math.ceil((due - now).total_seconds())),
        language=report.language,
        role=(facts.role if facts else ReporterRole.WITNESS).value,
        severe=not hard.isdisjoint({found.category, *found.told}),
        narrative=as_kept(report.narrative) if narrative is None else narrative,
        unreadable=report.unreadable or narrative is None,
        second=found.unsure is not None,
        **found.model_dump(exclude={"unsure"}),
    )


def _time(pack: Jurisdiction) -> timedelta:
    """Within which time a person glances at a new report."""
    return timedelta(minutes=procedure(pack.folder).glance_minutes)
