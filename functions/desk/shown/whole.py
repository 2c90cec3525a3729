"""A case for one reader: in short, a page of all of it, and of its dossier."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from casework.aws.table import alerts, particulars
from casework.aws.table.case_table import CaseTable
from casework.case.case import Case
from casework.case.lifecycle import Move
from casework.decisions.staff import Role, StaffMember
from casework.pack.competence_view import offices_of
from casework.pack.jurisdiction import Jurisdiction
from casework.views.case_page import CaseState, CaseView
from casework.views.dossier import Dossier
from functions.desk.shown import lists, pages
from functions.desk.shown.alike import with_alike
from functions.desk.shown.known import with_known
from functions.desk.shown.people import names_of, subjects_in
from functions.desk.shown.same import with_same


def case_view(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None = None,
) -> CaseView:
    """A page of a case that the member may see; raises NotValid for a cursor of another list."""
    shown = _shown(table, pack, member, case, at, cursor, naming=False)
    beside = with_alike(table, member, shown["reports"], partial(offices_of, pack))
    beside = with_same(table, member, beside, partial(offices_of, pack))
    shown["reports"] = with_known(table.name, pack, beside)
    return CaseView.whole(
        pack,
        member,
        case,
        at,
        **shown,
        several=len(table.reports.of(case.id, 2).ids) > 1,
        unadmitted=lists.unadmitted(table, case),
        dangers=alerts.how_many(table.name, case.id),
        people=names_of(table, subjects_in([case], shown["events"]), at),
        into=_merged_into(table, case),
    )


def case_state(
    table: CaseTable, pack: Jurisdiction, member: StaffMember, case: Case, at: datetime
) -> CaseState:
    """The case as the answer to an act on it tells of it."""
    offices = partial(offices_of, pack)
    return CaseState.seen_by(
        member, case, at, pack.facts.zone, offices, into=_merged_into(table, case)
    )


def _merged_into(table: CaseTable, case: Case) -> Case | None:
    return table.case(case.merged_into) if case.merged_into else None


def dossier(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None = None,
) -> Dossier:
    """A page of its dossier; raises as `case_view`. The words are read for identifiers again."""
    shown = _shown(table, pack, member, case, at, cursor, naming=True)
    return Dossier.of(pack, member, case, at, **shown)


def _shown(
    table: CaseTable,
    pack: Jurisdiction,
    member: StaffMember,
    case: Case,
    at: datetime,
    cursor: str | None,
    *,
    naming: bool,
) -> dict[str, Any]:
    """What both show: the history, what exists of it for the member, and a page of each list."""
    history = list(table.events(case.id))[: case.events]  # without decisions since it was read
    others = lists.others(table, member, history, partial(offices_of, pack))
    about = particulars.of(table.name, case.id)
    # Notes between colleagues are in no dossier, and not for the prosecutor, whom they may discuss.
    if naming or member.role is Role.PROSECUTOR:
        notes = {event.number for event in history if event.move == Move.REMARK}
        about = {number: said for number, said in about.items() if number not in notes}
    page = pages.case_page(
        table, member, case, history, about, others, cursor, at=at, naming=naming
    )
    return {
        "events": history,
        "reports": page.reports,
        "instructions": page.instructions,
        "outcomes": page.outcomes,
        "freezes": page.freezes,
        "messages": page.messages,
        "history": page.history,
        "identifiers": page.identifiers,
        "suggestions": lists.suggestions(member, case, page.values),
        "others": others,
        "cursor": page.cursor,
    }
