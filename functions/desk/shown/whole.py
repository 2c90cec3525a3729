"""The page of a case for one reader."""

from __future__ import annotations

from datetime import datetime

from casework.aws.table import alerts, particulars
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.decisions.staff import StaffMember
from casework.pack.jurisdiction import Jurisdiction
from casework.views.case_page import CaseView
from functions.desk.shown import lists, pages
from functions.desk.shown.people import names_of, subjects_in


def case_view(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None = None,
) -> CaseView:
    """A page of a case that the member may see; raises NotValid for a cursor of another list."""
    history = list(table.events(case.id))[: case.events]  # without decisions since it was read
    others = lists.others(table, member, history)
    about = particulars.of(table.name, case.id)
    page = pages.case_page(table, member, case, history, about, others, cursor)
    return CaseView.whole(
        pack,
        member,
        case,
        at,
        events=history,
        reports=page.reports,
        instructions=page.instructions,
        outcomes=page.outcomes,
        freezes=page.freezes,
        messages=page.messages,
        history=page.history,
        several=len(table.reports.of(case.id, 2).ids) > 1,
        unadmitted=lists.unadmitted(table, case),
        suggestions=lists.suggestions(member, case, page.values),
        dangers=alerts.how_many(table.name, case.id),
        others=others,
        identifiers=page.identifiers,
        people=names_of(table, subjects_in([case], history), at),
        cursor=page.cursor,
    )
